"""Asterisk's side: commands over its control socket, and what it logs while it carries them out.

A connection to the socket is a remote console. It starts with one line naming host and version; commands end in a zero
byte. `cli quit after COMMAND`, understood only as the first of a connection, makes Asterisk close it when the output is
complete. A console is muted until `logger mute` switches that over; then it receives the log.
"""

from __future__ import annotations

import re
import socket
import time
from dataclasses import dataclass
from pathlib import Path

COMMAND_TIMEOUT_SECONDS = 30
# Log lines are written by a thread of their own, so they may arrive after the command's output.
LOG_SILENCE_SECONDS = 0.5
LOG_LIMIT_SECONDS = 5

_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_LOGGED = re.compile(
    r"^(?:\[[^\]]+\] )?(?P<level>WARNING|ERROR|VERBOSE)\[\d+\](?:\[[^\]]+\])?:? (?:\S+\.c:\d+ )?(?:\w+: )?(?P<text>.+)$"
)


class AsteriskAwayError(Exception):
    """Asterisk does not answer on its control socket: it is starting, stopping or gone."""


@dataclass(frozen=True)
class Reload:
    """What Asterisk said to a reload: the command's output, and what it logged meanwhile as (level, text)."""

    output: str
    logged: tuple[tuple[str, str], ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(text for _, text in self.logged)

    @property
    def complaints(self) -> tuple[str, ...]:
        """Warnings and errors."""
        return tuple(text for level, text in self.logged if level != "VERBOSE")

    @property
    def errors(self) -> tuple[str, ...]:
        return tuple(text for level, text in self.logged if level == "ERROR")


class Control:
    """Every call opens its own connection and may raise AsteriskAwayError."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def command(self, text: str) -> str:
        """Runs one CLI command and returns all it prints."""
        with self._connect() as connection:
            return self._run(connection, text)

    def reload(self, module: str, verbosity: int = 0) -> Reload:
        """Reloads a module and collects what Asterisk logs meanwhile: complaints, and remarks up to `verbosity`."""
        with self._connect() as listener:
            if verbosity:
                self._send(listener, f"core set verbose {verbosity}")
            self._send(listener, "logger mute silent")
            output = self.command(f"module reload {module}")
            return Reload(output, tuple(_logged(_drain(listener))))

    def _connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(COMMAND_TIMEOUT_SECONDS)
        try:
            connection.connect(str(self._path))
            greeting = b""
            while not greeting.endswith(b"\n"):
                received = connection.recv(1)
                if not received:
                    raise AsteriskAwayError("Asterisk closed its control socket")
                greeting += received
        except OSError as error:
            connection.close()
            raise AsteriskAwayError(f"Asterisk's control socket {self._path}: {error}") from error
        return connection

    @staticmethod
    def _send(connection: socket.socket, text: str) -> None:
        try:
            connection.sendall(text.encode() + b"\0")
        except OSError as error:
            raise AsteriskAwayError(f"Asterisk did not take '{text}': {error}") from error

    def _run(self, connection: socket.socket, text: str) -> str:
        received = bytearray()
        self._send(connection, f"cli quit after {text}")
        try:
            while chunk := connection.recv(65536):
                received += chunk
        except OSError as error:
            raise AsteriskAwayError(f"Asterisk did not finish '{text}': {error}") from error
        return _plain(bytes(received))


def _drain(listener: socket.socket) -> str:
    """Reads what has been logged until nothing comes any more."""
    received = bytearray()
    limit = time.monotonic() + LOG_LIMIT_SECONDS
    listener.settimeout(LOG_SILENCE_SECONDS)
    while time.monotonic() < limit:
        try:
            chunk = listener.recv(65536)
        except TimeoutError:
            break
        if not chunk:
            break
        received += chunk
    return _plain(bytes(received))


def _plain(data: bytes) -> str:
    return _COLOUR.sub("", data.decode("utf-8", "replace")).replace("\r", "").replace("\0", "")


def _logged(log: str) -> list[tuple[str, str]]:
    found = (_LOGGED.match(line.strip()) for line in log.splitlines())
    return [(match["level"], match["text"].strip()) for match in found if match]
