"""A WebSocket client (RFC 6455) of the size that tests need: text in whole frames, pings answered."""

from __future__ import annotations

import base64
import os
import socket
import ssl
import struct
import time
from collections.abc import Mapping

CONNECT_TIMEOUT_SECONDS = 5
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA


class WebSocket:
    """An open connection to this machine. Every method may raise OSError; a closed one raises ConnectionError."""

    def __init__(
        self, place: tuple[str, int], path: str, headers: Mapping[str, str], *, tls: ssl.SSLContext | None = None
    ) -> None:
        self._socket = socket.create_connection(place, CONNECT_TIMEOUT_SECONDS)
        if tls:
            self._socket = tls.wrap_socket(self._socket)
        self._buffer = b""
        lines = [f"GET {path} HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: Upgrade"]
        lines += [f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}", "Sec-WebSocket-Version: 13"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode())
        while b"\r\n\r\n" not in self._buffer:
            received = self._socket.recv(4096)
            assert received, f"the connection was closed after {self._buffer!r}"
            self._buffer += received
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        assert b" 101 " in head.split(b"\r\n")[0], head.decode()

    def send(self, text: str) -> None:
        self._write(TEXT, text.encode())

    def receive(self, timeout_seconds: float) -> str:
        """The next text; TimeoutError when there is none in time."""
        limit = time.monotonic() + timeout_seconds
        while True:
            opcode, payload = self._read(limit)
            if opcode == PING:
                self._write(PONG, payload)
            elif opcode == CLOSE:
                raise ConnectionError("the other side closed the connection")
            elif opcode == TEXT:
                return payload.decode()

    def close(self) -> None:
        """Ends the connection without a word, as a killed browser does."""
        self._socket.close()

    def _write(self, opcode: int, payload: bytes) -> None:
        mask = os.urandom(4)
        size = len(payload)
        length = bytes([0x80 | size]) if size < 126 else bytes([0x80 | 126]) + struct.pack(">H", size)
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
        self._socket.sendall(bytes([0x80 | opcode]) + length + mask + masked)

    def _read(self, limit: float) -> tuple[int, bytes]:
        head = self._read_exactly(2, limit)
        size = head[1] & 0x7F
        if size == 126:
            size = struct.unpack(">H", self._read_exactly(2, limit))[0]
        elif size == 127:
            size = struct.unpack(">Q", self._read_exactly(8, limit))[0]
        return head[0] & 0x0F, self._read_exactly(size, limit)

    def _read_exactly(self, count: int, limit: float) -> bytes:
        while len(self._buffer) < count:
            self._socket.settimeout(max(limit - time.monotonic(), 0.01))
            received = self._socket.recv(65536)
            if not received:
                raise ConnectionError("the other side closed the connection")
            self._buffer += received
        data, self._buffer = self._buffer[:count], self._buffer[count:]
        return data
