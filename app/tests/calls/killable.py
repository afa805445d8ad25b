"""A PostgreSQL, a Redis and a worker of their own that can be killed with SIGKILL and started again with their data."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import psycopg2
import redis

from tests.servers import VERSION, Server, free_port, has_image, postgres_program

START_LIMIT_SECONDS = 60.0


class Killable(Protocol):
    def start(self) -> None: ...
    def kill(self) -> None: ...
    def remove(self) -> None: ...


class Program:
    """A program in the foreground; `ready` raises until it can be used."""

    def __init__(self, command: list[str], folder: Path, environment: dict[str, str] | None = None) -> None:
        self._command = command
        self._folder = folder
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self._folder / "log").open("ab") as output:
            self._process = subprocess.Popen(
                self._command, stdout=output, stderr=output, cwd=self._folder, env=self._environment
            )

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(timeout=30)
            self._process = None

    def remove(self) -> None:
        self.kill()


class Container:
    """A container of the product's image, its data in a folder of the test."""

    def __init__(self, image: str, environment: dict[str, str], data: str, folder: Path) -> None:
        self._name = f"oml-test-{secrets.token_hex(6)}"
        file = folder / "env"
        file.write_text("".join(f"{key}={value}\n" for key, value in environment.items()))
        self._volume = f"{self._name}-data"
        self._run = ["podman", "run", "--detach", "--name", self._name, "--network", "host"]
        self._run += ["--env-file", str(file), "--volume", f"{self._volume}:{data}", image]
        self._is_made = False

    def start(self) -> None:
        command = ["podman", "start", self._name] if self._is_made else self._run
        subprocess.run(command, check=True, capture_output=True)
        self._is_made = True

    def kill(self) -> None:
        subprocess.run(["podman", "kill", "--signal", "KILL", self._name], check=False, capture_output=True)
        subprocess.run(["podman", "wait", self._name], check=False, capture_output=True)

    def remove(self) -> None:
        subprocess.run(["podman", "rm", "--force", "--time", "0", self._name], check=False, capture_output=True)
        subprocess.run(["podman", "volume", "rm", "--force", self._volume], check=False, capture_output=True)


def killable_postgres(folder: Path) -> tuple[Killable, Server]:
    server = Server("127.0.0.1", free_port(), "oml_test", secrets.token_hex(12), "oml_test")
    image = f"localhost/omnileads/postgres:{VERSION}"
    if has_image(image):
        environment = {
            "POSTGRES_PORT": str(server.port),
            "POSTGRES_USER": server.user,
            "POSTGRES_PASSWORD": server.password,
            "POSTGRES_DATABASE": server.database,
        }
        return Container(image, environment, "/var/lib/omnileads/postgres", folder), server
    return _postgres_program_of(folder, server), server


def _postgres_program_of(folder: Path, server: Server) -> Program:
    as_user: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        as_user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        for path in (folder, *folder.parents[:3]):
            path.chmod(0o755)
        shutil.chown(folder, "nobody", "nogroup")
    data = folder / "data"
    password = folder / "password"
    password.write_text(server.password)
    password.chmod(0o644)
    initdb = [*as_user, postgres_program("initdb"), "-D", str(data), "-U", server.user, "-A", "scram-sha-256"]
    subprocess.run([*initdb, f"--pwfile={password}", "-E", "UTF8", "-N"], check=True, capture_output=True)
    options = ["-c", f"listen_addresses={server.host}", "-c", f"unix_socket_directories={folder}"]
    program = Program(
        [*as_user, postgres_program("postgres"), "-D", str(data), "-p", str(server.port), *options], folder
    )
    program.start()
    maintenance = Server(server.host, server.port, server.user, server.password, "postgres")
    wait_for(lambda: connect(maintenance).close())
    connection = connect(maintenance)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{server.database}"')
    connection.close()
    program.kill()
    return program


def killable_redis(folder: Path) -> tuple[Killable, Server]:
    """As in the product: every write is in the append-only file, flushed each second."""
    server = Server("127.0.0.1", free_port(), "", secrets.token_hex(12), "0")
    image = f"localhost/omnileads/redis:{VERSION}"
    if has_image(image):
        environment = {"REDIS_PORT": str(server.port), "REDIS_PASSWORD": server.password}
        return Container(image, environment, "/var/lib/omnileads/redis", folder), server
    program = shutil.which("redis-server")
    if program is None:
        raise RuntimeError("no Redis to test with: build the images or install redis-server")
    configuration = folder / "redis.conf"
    configuration.write_text(
        f"bind {server.host}\nport {server.port}\nrequirepass {server.password}\nsave ''\ndir {folder}\n"
        "appendonly yes\nappendfsync everysec\n"
    )
    return Program([program, str(configuration)], folder), server


APPLICATION = Path(__file__).resolve().parents[2]
"""The folder the package is in: tests run from a checkout, where it is not installed."""


def killable_worker(folder: Path, postgres: Server, redis_address: Server) -> Program:
    """`oml worker` with the settings of these servers."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(APPLICATION),
        "OML_INSTANCE": "oml-test",
        "POSTGRES_HOST": postgres.host,
        "POSTGRES_PORT": str(postgres.port),
        "POSTGRES_USER": postgres.user,
        "POSTGRES_PASSWORD": postgres.password,
        "POSTGRES_DATABASE": postgres.database,
        "REDIS_HOST": redis_address.host,
        "REDIS_PORT": str(redis_address.port),
        "REDIS_PASSWORD": redis_address.password,
        "WORKER_PORT": str(free_port()),
        "RECORDINGS_DIRECTORY": str(folder),
    }
    command = [sys.executable, "-c", "import sys; from omnileads.cli import main; sys.exit(main(['worker']))"]
    return Program(command, folder, environment)


def connect(server: Server) -> psycopg2.extensions.connection:
    return psycopg2.connect(
        host=server.host,
        port=server.port,
        user=server.user,
        password=server.password,
        dbname=server.database,
        connect_timeout=3,
    )


def client(server: Server) -> redis.Redis:
    return redis.Redis(
        host=server.host, port=server.port, password=server.password, decode_responses=True, socket_timeout=3
    )


def wait_for(attempt: Callable[[], object]) -> None:
    """Until `attempt` does not raise."""
    end = time.monotonic() + START_LIMIT_SECONDS
    while True:
        try:
            attempt()
        except (psycopg2.OperationalError, redis.RedisError):
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return
