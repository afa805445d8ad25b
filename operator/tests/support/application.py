"""The real application for the tests of configuration: uvicorn on a PostgreSQL and a Redis of its own.

Run as a program (`python application.py PORT`, with the folder `app` as its working directory and on its path), because
the application's tests and these have packages of the same name. Prints a token of an administrator when it serves.
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

PASSWORD = "a fine long passphrase"


def main(port: int) -> None:
    from tests.servers import postgres_server, redis_server  # noqa: PLC0415 - the application's, on its own path

    with ExitStack() as running:
        postgres = running.enter_context(postgres_server())
        redis = running.enter_context(redis_server())
        folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
        os.environ |= {
            "POSTGRES_HOST": postgres.host,
            "POSTGRES_PORT": str(postgres.port),
            "POSTGRES_DATABASE": postgres.database,
            "POSTGRES_USER": postgres.user,
            "POSTGRES_PASSWORD": postgres.password,
            "REDIS_HOST": redis.host,
            "REDIS_PORT": str(redis.port),
            "REDIS_PASSWORD": redis.password,
            "REDIS_DATABASE": redis.database,
            "APP_PORT": str(port),
            "APP_PUBLIC_URL": "https://contact.example",
            "APP_INTERNAL_TOKEN": "the internal token of the tests",
            "APP_CONSOLE_DIRECTORY": str(folder),
            "RECORDINGS_DIRECTORY": str(folder),
            "SIP_EPHEMERAL_SECRET": "the-ephemeral-secret-of-the-tests",
        }
        _prepare()
        from omnileads.main import serve  # noqa: PLC0415 - reads the environment made above
        from omnileads.settings import Settings, read  # noqa: PLC0415

        serve(read(Settings))


def _prepare() -> None:
    from omnileads.accounts.passwords import Passwords  # noqa: PLC0415
    from omnileads.commands import AccountCommands  # noqa: PLC0415
    from omnileads.kit.runtime import Runtime  # noqa: PLC0415
    from omnileads.schema import migrate  # noqa: PLC0415
    from omnileads.settings import Settings, read  # noqa: PLC0415

    runtime = Runtime.build(read(Settings))
    try:
        migrate(runtime.database)
        AccountCommands(runtime, Passwords()).create_administrator("admin", PASSWORD)
    finally:
        runtime.close()


if __name__ == "__main__":
    main(int(sys.argv[1]))
