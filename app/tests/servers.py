"""A PostgreSQL and a Redis of the test session's own.

In this order: the servers named by OML_TEST_POSTGRES_URL / OML_TEST_REDIS_URL, the product's images under podman, the
programs installed on this machine. A named PostgreSQL gets a database of this session's own; a named Redis must name an
empty database, and not 0 or 1, which a real installation uses.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg2
import pytest
import redis

REPOSITORY = Path(__file__).resolve().parents[2]
VERSION = (REPOSITORY / "VERSION").read_text().strip()
START_LIMIT_SECONDS = 60.0
DEBIAN_POSTGRES = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Server:
    """How to reach a server; `database` is a name for PostgreSQL and a number for Redis."""

    host: str
    port: int
    user: str
    password: str
    database: str


@contextmanager
def postgres_server() -> Iterator[Server]:
    """A migrated-from-nothing database is expected to be empty here, and is thrown away afterwards."""
    url = os.environ.get("OML_TEST_POSTGRES_URL")
    if url:
        with _own_database(_parse(url)) as server:
            yield server
        return
    server = Server("127.0.0.1", free_port(), "oml_test", secrets.token_hex(12), "oml_test")
    image = f"localhost/omnileads/postgres:{VERSION}"
    with ExitStack() as running:
        if has_image(image):
            environment = {
                "POSTGRES_PORT": str(server.port),
                "POSTGRES_USER": server.user,
                "POSTGRES_PASSWORD": server.password,
                "POSTGRES_DATABASE": server.database,
            }
            running.enter_context(_container(image, environment, "/var/lib/omnileads/postgres"))
        else:
            running.enter_context(_local_postgres(server))
        _wait_for("PostgreSQL", lambda: _connect(server).close())
        yield server


@contextmanager
def redis_server() -> Iterator[Server]:
    url = os.environ.get("OML_TEST_REDIS_URL")
    if url:
        server = _parse(url)
        _refuse_foreign_redis(server)
        yield server
        _client(server).flushdb()
        return
    server = Server("127.0.0.1", free_port(), "", secrets.token_hex(12), "0")
    image = f"localhost/omnileads/redis:{VERSION}"
    with ExitStack() as running:
        if has_image(image):
            environment = {"REDIS_PORT": str(server.port), "REDIS_PASSWORD": server.password}
            running.enter_context(_container(image, environment, "/var/lib/omnileads/redis"))
        else:
            running.enter_context(_local_redis(server))
        _wait_for("Redis", lambda: _client(server).ping())
        yield server


def _parse(url: str) -> Server:
    parts = urlsplit(url)
    return Server(
        host=parts.hostname or "127.0.0.1",
        port=parts.port or {"redis": 6379}.get(parts.scheme, 5432),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        database=parts.path.lstrip("/"),
    )


@contextmanager
def _own_database(server: Server) -> Iterator[Server]:
    name = f"oml_test_{os.getpid()}_{secrets.token_hex(4)}"
    _execute(server, f'CREATE DATABASE "{name}"')
    try:
        yield Server(server.host, server.port, server.user, server.password, name)
    finally:
        _execute(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _execute(server: Server, statement: str) -> None:
    connection = _connect(server)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()


def _connect(server: Server) -> psycopg2.extensions.connection:
    return psycopg2.connect(
        host=server.host,
        port=server.port,
        user=server.user,
        password=server.password,
        dbname=server.database or "postgres",
        connect_timeout=5,
    )


def _client(server: Server) -> redis.Redis:
    return redis.Redis(
        host=server.host, port=server.port, password=server.password or None, db=int(server.database or 0)
    )


def _refuse_foreign_redis(server: Server) -> None:
    if int(server.database or 0) < 2:
        raise RuntimeError("OML_TEST_REDIS_URL names a database a real installation uses; name one from 2 on")
    if _client(server).dbsize():
        raise RuntimeError("OML_TEST_REDIS_URL names a database that is not empty; these tests would erase it")


def has_image(image: str) -> bool:
    podman = shutil.which("podman")
    return podman is not None and subprocess.run([podman, "image", "exists", image], check=False).returncode == 0


@contextmanager
def _container(image: str, environment: dict[str, str], data: str) -> Iterator[None]:
    name = f"oml-test-{secrets.token_hex(6)}"
    with tempfile.NamedTemporaryFile("w", suffix=".env") as file:
        file.write("".join(f"{key}={value}\n" for key, value in environment.items()))
        file.flush()
        command = ["podman", "run", "--detach", "--rm", "--name", name, "--network", "host", "--tmpfs", data]
        subprocess.run([*command, "--env-file", file.name, image], check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["podman", "rm", "--force", "--time", "2", name], check=False, capture_output=True)


@contextmanager
def _local_postgres(server: Server) -> Iterator[None]:
    folder = Path(tempfile.mkdtemp(prefix="oml-test-postgres-"))
    as_user: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        as_user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        shutil.chown(folder, "nobody", "nogroup")
    password_file = folder / "password"
    password_file.write_text(server.password)
    password_file.chmod(0o644)
    data = folder / "data"
    initdb = [*as_user, postgres_program("initdb"), "-D", str(data), "-U", server.user, "-A", "scram-sha-256"]
    subprocess.run([*initdb, f"--pwfile={password_file}", "-E", "UTF8", "-N"], check=True, capture_output=True)
    options = {"listen_addresses": server.host, "unix_socket_directories": str(folder), "fsync": "off"}
    process = subprocess.Popen(
        [*as_user, postgres_program("postgres"), "-D", str(data), "-p", str(server.port)]
        + [argument for name, value in options.items() for argument in ("-c", f"{name}={value}")],
        stdout=subprocess.DEVNULL,
        stderr=(folder.parent / f"{folder.name}.log").open("w"),
    )
    try:
        maintenance = Server(server.host, server.port, server.user, server.password, "postgres")
        _wait_for("PostgreSQL", lambda: _connect(maintenance).close())
        _execute(maintenance, f'CREATE DATABASE "{server.database}"')
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _local_redis(server: Server) -> Iterator[None]:
    program = shutil.which("redis-server")
    if program is None:
        raise RuntimeError("no Redis to test with: build the images, install redis-server or set OML_TEST_REDIS_URL")
    with tempfile.TemporaryDirectory(prefix="oml-test-redis-") as folder:
        process = subprocess.Popen(
            [program, "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, cwd=folder, text=True
        )
        if process.stdin is not None:
            process.stdin.write(f"bind {server.host}\nport {server.port}\nrequirepass {server.password}\nsave ''\n")
            process.stdin.close()
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=30)


def postgres_program(name: str) -> str:
    found = shutil.which(name)
    if found:
        return found
    versions = sorted(DEBIAN_POSTGRES.glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
    if not versions:
        raise RuntimeError("no PostgreSQL to test with: build the images, install it or set OML_TEST_POSTGRES_URL")
    return str(versions[-1])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(what: str, attempt: Callable[[], object]) -> None:
    end = time.monotonic() + START_LIMIT_SECONDS
    while True:
        try:
            attempt()
        except (psycopg2.OperationalError, redis.RedisError, urllib.error.URLError) as error:
            if time.monotonic() > end:
                raise RuntimeError(f"{what} did not start within {START_LIMIT_SECONDS:.0f} s: {error}") from error
            time.sleep(0.1)
        else:
            return


@contextmanager
def s3_server(folder: Path) -> Iterator[str]:
    """A real S3 service with an empty bucket `sounds`, which takes any key. Yields its address."""
    found = subprocess.run([str(REPOSITORY / "bin" / "s3-server")], capture_output=True, text=True, check=False)
    if found.returncode == 3:
        pytest.skip(f"no S3 server: {found.stderr.strip().splitlines()[-1]}")
    assert found.returncode == 0, found.stderr
    port = free_port()
    log = folder / "s3.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [found.stdout.strip(), "-H", "127.0.0.1", "-p", str(port)], stdout=output, stderr=subprocess.STDOUT
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for("the S3 server", lambda: urllib.request.urlopen(address, timeout=2).close())
        urllib.request.urlopen(urllib.request.Request(f"{address}/sounds", method="PUT"), timeout=10).close()
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)
