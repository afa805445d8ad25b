"""What the scripts of backups are run with: a PostgreSQL, an S3 server, and the programs of the image.

The image of PostgreSQL where it is built, as its pod runs it; else the programs of this machine.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg2
import pytest
import urllib3

from omnileads_operator.desired.store import script
from omnileads_operator.version import VERSION
from tests.support.control_plane import LOOPBACK, REPOSITORY, free_port
from tests.support.process import wait_for

IMAGE = f"{os.environ.get('OML_IMAGE_PREFIX', 'localhost/omnileads')}/postgres:{VERSION}"
FOLDERS = {"volume": "/backup", "recordings": "/recordings", "stored": "/stored-recordings"}
"""Folders of the test, and where the Jobs' pods have them."""
SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/s3/aws4_request, Signature=any"}
"""The server reads no further, but without it refuses what an upload has made private."""
Done = subprocess.CompletedProcess[str]


@dataclass
class Database:
    """A PostgreSQL of the test's own, the volume beside it, and who runs scripts there."""

    port: int
    folder: Path
    container: str | None

    def env(self, database: str = "omnileads") -> dict[str, str]:
        return {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGUSER": "omnileads",
            "PGPASSWORD": "secret",
            "PGDATABASE": database,
        }

    def run(self, *names: str, before: str = "", **variables: str) -> Done:
        """Run scripts as their Job does, after commands of the test's own."""
        text = before + script(*names)
        variables = {**self.env(), **variables}
        if self.container is None:
            own = {
                "WORK_FOLDER": str(self.folder / "work"),
                **{f"{name.upper()}_FOLDER": str(self.folder / name) for name in FOLDERS},
            }
            return _run(["bash", "-c", text], {**os.environ, **variables, **own})
        told = [argument for each in variables.items() for argument in ("--env", "=".join(each))]
        return _run(["podman", "exec", *told, self.container, "bash", "-c", text])

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        connection = psycopg2.connect(
            host="127.0.0.1", port=self.port, user="omnileads", password="secret", dbname="omnileads"
        )
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(statement)
                return list(cursor.fetchall()) if cursor.description else []
        finally:
            connection.close()

    def stored(self, name: str) -> Path:
        return self.folder / "volume" / name

    def names(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "volume").iterdir())


@contextmanager
def database(folder: Path) -> Iterator[Database]:
    for name in FOLDERS:
        (folder / name).mkdir()
        (folder / name).chmod(0o777)
    port = free_port()
    if shutil.which("podman") and _run(["podman", "image", "exists", IMAGE]).returncode == 0:
        with _container(port, folder) as name:
            yield Database(port, folder, name)
    elif shutil.which("initdb") and shutil.which("s3cmd"):
        with _local(folder, port):
            yield Database(port, folder, None)
    else:
        pytest.skip(
            f"{IMAGE} is not built (images/build.sh postgres builds it), nor are PostgreSQL and s3cmd installed"
        )


@contextmanager
def _container(port: int, folder: Path) -> Iterator[str]:
    name = f"oml-test-{secrets.token_hex(6)}"
    variables = {
        "POSTGRES_DATABASE": "omnileads",
        "POSTGRES_USER": "omnileads",
        "POSTGRES_PASSWORD": "secret",
        "POSTGRES_PORT": str(port),
    }
    told = [argument for each in variables.items() for argument in ("--env", "=".join(each))]
    places = ["--tmpfs", "/var/lib/omnileads/postgres"]
    places += [f"--volume={folder / name}:{place}" for name, place in FOLDERS.items()]
    started = _run(["podman", "run", "--detach", "--name", name, "--network", "host", *places, *told, IMAGE])
    try:
        assert started.returncode == 0, started.stderr
        wait_for("PostgreSQL", lambda: _run(["podman", "exec", name, "healthcheck.sh"]).returncode == 0)
        yield name
    finally:
        _run(["podman", "rm", "--force", "--time", "2", name])


@contextmanager
def _local(folder: Path, port: int) -> Iterator[None]:
    data = folder / "data"
    data.mkdir()
    as_user: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        as_user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        shutil.chown(data, "nobody", "nogroup")
        for parent in (folder, *folder.parents):
            if parent.stat().st_uid == os.geteuid() and parent.is_relative_to("/tmp"):  # noqa: S108 - pytest's own
                parent.chmod(parent.stat().st_mode | 0o111)
    _check(_run([*as_user, "initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"]))
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={data} -c fsync=off"
    server = [*as_user, "pg_ctl", "-D", str(data), "-l", str(data / "log"), "-w"]
    _check(_run([*server, "-o", options, "start"]))
    try:
        where = ["psql", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "-c"]
        _check(_run([*where, "CREATE ROLE omnileads LOGIN"]))
        _check(_run([*where, "CREATE DATABASE omnileads OWNER omnileads"]))
        yield
    finally:
        _run([*server, "-m", "immediate", "stop"])


class S3Server:
    """A real S3 server, which takes any key, and what is in it as a test looks."""

    bucket = "backups"

    def __init__(self, url: str, process: subprocess.Popen[bytes] | None = None) -> None:
        self.url = url
        self._process = process

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Connections are accepted meanwhile, and nothing is answered."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def call(self, verb: str, path: str, content: bytes | None = None) -> bytes:
        url = f"{self.url}/{quote(path, safe='/?=&')}"
        answer = urllib3.request(verb, url, body=content, headers=SIGNED, retries=False, timeout=10.0)
        assert answer.status < 300, answer.data
        return answer.data

    def names(self) -> list[str]:
        listing = self.call("GET", f"{self.bucket}?list-type=2").decode()
        return sorted(part.partition("</Key>")[0] for part in listing.split("<Key>")[1:])

    def read(self, name: str) -> bytes:
        return self.call("GET", f"{self.bucket}/{name}")

    def env(self, folder: str, bucket: str = bucket) -> dict[str, str]:
        return {
            "S3_ENDPOINT": self.url,
            "S3_REGION": "us-east-1",
            "S3_BUCKET": bucket,
            "S3_FOLDER": folder,
            "S3_PATH_STYLE": "true",
            "S3_ACCESS_KEY_ID": "key",
            "S3_SECRET_ACCESS_KEY": "secret",
        }


@contextmanager
def s3_server(folder: Path, address: str = LOOPBACK) -> Iterator[S3Server]:
    found = _run([str(REPOSITORY / "bin" / "s3-server")])
    if found.returncode == 3:
        pytest.skip(f"no S3 server: {found.stderr.strip().splitlines()[-1]}")
    assert found.returncode == 0, found.stderr
    program = found.stdout.strip()
    port = free_port()
    url = f"http://{address}:{port}"
    log = folder / "s3.log"
    process = subprocess.Popen(
        [program, "-H", address, "-p", str(port)], stdout=log.open("wb"), stderr=subprocess.STDOUT
    )

    def is_serving() -> bool:
        assert process.poll() is None, log.read_text(errors="replace")[-3000:]
        try:
            return urllib3.request("GET", url, retries=False, timeout=2.0).status == 200
        except (urllib3.exceptions.HTTPError, OSError):
            return False

    try:
        wait_for("the S3 server", is_serving, evidence=lambda: log.read_text(errors="replace")[-3000:])
        server = S3Server(url, process)
        server.call("PUT", server.bucket)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=30)


def _run(command: list[str], env: Mapping[str, str] | None = None) -> Done:
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env, cwd="/")


def _check(done: Done) -> None:
    assert done.returncode == 0, done.stderr
