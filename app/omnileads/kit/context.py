"""What is known about the request (or job, or command) that the present code runs for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class RequestContext:
    """`peer` is the client's IP address, `door` how it came in: "web", "job" or "cli"."""

    request_id: str | None = None
    peer: str | None = None
    door: str = "cli"


_NONE = RequestContext()
_current: ContextVar[RequestContext] = ContextVar("request_context", default=_NONE)


def request_context() -> RequestContext:
    return _current.get()


def set_request_context(context: RequestContext) -> None:
    _current.set(context)


@contextmanager
def within(context: RequestContext) -> Iterator[None]:
    """The context of a piece of work that ends before its thread does."""
    before = _current.set(context)
    try:
        yield
    finally:
        _current.reset(before)
