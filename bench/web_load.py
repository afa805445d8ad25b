"""Asks a server over HTTP as fast as it answers, over a fixed number of connections, and takes each answer's time."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

_LIMIT_SECONDS = 30.0


@dataclass(frozen=True)
class Question:
    """One kind of request. `body` makes the next one's."""

    method: str
    path: str
    token: str
    status: int
    body: Callable[[], dict[str, Any]] | None = None

    def text(self, port: int) -> bytes:
        content = json.dumps(self.body()).encode() if self.body is not None else b""
        head = [
            f"{self.method} {self.path} HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            f"Authorization: Bearer {self.token}",
            "Accept: application/json",
            "Connection: keep-alive",
        ]
        if content:
            head += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
        return "\r\n".join([*head, "", ""]).encode() + content


@dataclass
class Answers:
    """`seconds` of each answer; `elapsed` of all of them together."""

    seconds: list[float] = field(default_factory=list)
    elapsed: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.seconds) / self.elapsed


def ask_for(port: int, question: Question, *, seconds: float, connections: int) -> Answers:
    """Each connection asks again as soon as it is answered. Raises RuntimeError for any other answer than expected."""
    return asyncio.run(_ask_for(port, question, seconds, connections))


async def _ask_for(port: int, question: Question, seconds: float, connections: int) -> Answers:
    answers = Answers()
    started = time.perf_counter()
    end = started + seconds
    async with asyncio.timeout(seconds + _LIMIT_SECONDS):
        await asyncio.gather(*(_connection(port, question, end, answers) for _ in range(connections)))
    answers.elapsed = time.perf_counter() - started
    return answers


async def _connection(port: int, question: Question, end: float, answers: Answers) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while time.perf_counter() < end:
            text = question.text(port)
            sent_at = time.perf_counter()
            writer.write(text)
            status, body = await _answer(reader)
            answers.seconds.append(time.perf_counter() - sent_at)
            if status != question.status:
                raise RuntimeError(f"{question.method} {question.path} was answered {status}: {body[:300]!r}")
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head[9:12])
    length = next(_lengths(head), None)
    if length is None:
        raise RuntimeError(f"an answer without a length: {head[:300]!r}")
    return status, await reader.readexactly(length)


def _lengths(head: bytes) -> Iterator[int]:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name == b"content-length":
            yield int(value)
