"""`oml`: the processes, and what an administrator does on the server.

Passwords are read from standard input or from a file, never from arguments. Every failure is one sentence on standard
error and exit code 1.
"""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO, TypeVar

from sqlalchemy.exc import OperationalError

from omnileads import uploader, worker
from omnileads.accounts.passwords import Passwords
from omnileads.acd import main as acd
from omnileads.api.assembly import build_api
from omnileads.commands import AccountCommands, wait_for_database
from omnileads.dialer import main as dialer
from omnileads.kit.bucket import BucketError
from omnileads.kit.errors import AppError
from omnileads.kit.events import replay_dead_letters
from omnileads.kit.logging import configure_logging
from omnileads.kit.runtime import Runtime
from omnileads.main import serve
from omnileads.recording_commands import RecordingCommands
from omnileads.reference import settings_reference
from omnileads.schema import migrate
from omnileads.settings import (
    AcdSettings,
    DialerSettings,
    PlatformSettings,
    ProcessSettings,
    RecordingsSettings,
    Settings,
    SettingsError,
    UploaderSettings,
    WorkerSettings,
    read,
)
from omnileads.version import VERSION

Command = Callable[[argparse.Namespace], int]

S = TypeVar("S", bound=ProcessSettings)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit code."""
    chosen = _parser().parse_args(arguments)
    command: Command = chosen.command
    try:
        return command(chosen)
    except SettingsError as error:
        return _fail(str(error))
    except AppError as error:
        return _fail("\n".join([error.text, *(f"{item.field}: {item.message}" for item in error.fields)]))
    except BucketError as error:
        return _fail(f"The bucket cannot be used: {error}.")
    except OperationalError as error:
        return _fail(f"PostgreSQL is not reachable or refuses: {error.orig}".strip())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="oml", description="OMniLeads: processes and administration.")
    parser.add_argument("--version", action="version", version=VERSION)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Command, explanation: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=explanation, description=explanation)
        added.set_defaults(command=command)
        return added

    add("serve", _serve, "Run the web application: console, API, websockets.")
    add("worker", _worker, "Run the worker: events to PostgreSQL, background jobs.")
    add("acd", _acd, "Run the call engine.")
    add("dialer", _dialer, "Run the outbound dialer.")
    add("uploader", _uploader, "Run the uploader: moves an Asterisk's recordings to the bucket.")
    migration = add("migrate", _migrate, "Bring the database to this version's schema.")
    migration.add_argument("--wait", type=float, default=60.0, metavar="SECONDS", help="wait this long for PostgreSQL")
    restored = add(
        "after-restore",
        _after_restore,
        "Bring a restored database to this version's schema, and forget the live state of the one before.",
    )
    restored.add_argument("--wait", type=float, default=60.0, metavar="SECONDS", help="wait this long for PostgreSQL")
    creation = add("create-admin", _create_admin, "Create an administrator, unless it exists.")
    creation.add_argument("username", nargs="?", default="admin")
    reset = add("reset-password", _reset_password, "Give a user a new password and unblock the account.")
    reset.add_argument("username")
    demo = add(
        "demo-data", _demo_data, "Make a small team, a campaign and a route to try calls with, unless they exist."
    )
    for with_password in (creation, reset, demo):
        with_password.add_argument(
            "--password-file", type=Path, metavar="FILE", help="file with the password (default: standard input)"
        )
    add("unblock-user", _unblock_user, "Let a locked user sign in again.").add_argument("username")
    add("replay-events", _replay_events, "Give the events that could not be stored to the worker once more.")
    sounds = add("recordings", _recordings, "Move recordings to the bucket, or look whether all are there.")
    sounds.add_argument(
        "action",
        choices=("move", "verify"),
        help="move: what is in the recordings folder goes into the bucket; verify: every recording that the call log "
        "names is looked for",
    )
    add("settings-reference", _settings_reference, "Print the reference of all settings as Markdown.")
    add("openapi", _openapi, "Print the OpenAPI document of the API.")
    return parser


def _serve(_arguments: argparse.Namespace) -> int:
    serve(_start(Settings))
    return 0


def _worker(_arguments: argparse.Namespace) -> int:
    return worker.run(_start(WorkerSettings))


def _acd(_arguments: argparse.Namespace) -> int:
    return acd.run(_start(AcdSettings))


def _dialer(_arguments: argparse.Namespace) -> int:
    return dialer.run(_start(DialerSettings))


def _uploader(_arguments: argparse.Namespace) -> int:
    return uploader.run(_start(UploaderSettings))


def _recordings(arguments: argparse.Namespace) -> int:
    settings = _start(RecordingsSettings, sys.stderr)
    commands = RecordingCommands(settings, _say)
    return commands.move() if arguments.action == "move" else commands.verify()


def _migrate(arguments: argparse.Namespace) -> int:
    with _runtime() as runtime:
        wait_for_database(runtime, arguments.wait)
        was_behind = migrate(runtime.database)
    _say("The database is migrated to this version." if was_behind else "The database is of this version already.")
    return 0


def _after_restore(arguments: argparse.Namespace) -> int:
    """Sessions, agents' states, events that wait: all in Redis is about rows of the database that was replaced."""
    with _runtime() as runtime:
        wait_for_database(runtime, arguments.wait)
        migrate(runtime.database)
        runtime.redis.flushdb()
    _say("The restored database is of this version, and the live state of the one before is forgotten.")
    return 0


def _create_admin(arguments: argparse.Namespace) -> int:
    password = _read_password(arguments.password_file)
    with _runtime() as runtime:
        was_made = AccountCommands(runtime, Passwords()).create_administrator(arguments.username, password)
    _say(f"The administrator {arguments.username} {'is created' if was_made else 'exists; nothing was changed'}.")
    return 0


def _reset_password(arguments: argparse.Namespace) -> int:
    password = _read_password(arguments.password_file)
    with _runtime() as runtime:
        AccountCommands(runtime, Passwords()).reset_password(arguments.username, password)
    _say(f"The password of {arguments.username} is changed and the account is unblocked.")
    return 0


def _unblock_user(arguments: argparse.Namespace) -> int:
    with _runtime() as runtime:
        AccountCommands(runtime, Passwords()).unblock(arguments.username)
    _say(f"The account {arguments.username} is unblocked.")
    return 0


def _demo_data(arguments: argparse.Namespace) -> int:
    password = _read_password(arguments.password_file)
    with _runtime() as runtime:
        was_made = AccountCommands(runtime, Passwords()).create_demo_data(password)
    _say(f"The demonstration data {'is made' if was_made else 'exists; nothing was changed'}.")
    return 0


def _replay_events(_arguments: argparse.Namespace) -> int:
    with _runtime() as runtime:
        count = replay_dead_letters(runtime.redis)
    _say(f"{count} events are given to the worker once more.")
    return 0


def _settings_reference(_arguments: argparse.Namespace) -> int:
    sys.stdout.write(settings_reference())
    return 0


def _openapi(_arguments: argparse.Namespace) -> int:
    sys.stdout.write(json.dumps(build_api().openapi(), indent=2, ensure_ascii=False) + "\n")
    return 0


def _start(kind: type[S], stream: TextIO | None = None) -> S:
    """Read the settings of a process and send its log to `stream` (standard output)."""
    settings = read(kind)
    configure_logging(process=kind.process, instance=settings.oml.instance, level=settings.oml.log_level, stream=stream)
    return settings


@contextmanager
def _runtime() -> Iterator[Runtime]:
    """A runtime for one command; its log goes to standard error."""
    runtime = Runtime.build(_start(PlatformSettings, sys.stderr))
    try:
        yield runtime
    finally:
        runtime.close()


def _read_password(file: Path | None) -> str:
    """The first line of the file, of standard input, or of what is typed without echo."""
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
        except OSError as error:
            raise SettingsError(f"The password file cannot be read: {error.strerror}: {file}") from None
    if sys.stdin.isatty():
        return getpass.getpass("New password: ")
    return sys.stdin.readline().rstrip("\r\n")


def _say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")


def _fail(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
