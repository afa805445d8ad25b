"""The side of the network on which callers and browsers are: machines of their own; the node is their router."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from support.carrier import Caller, Carrier

CARRIER_ADDRESS: Final = "10.213.0.2"
_NEW_NET: Final = 0x40000000
_enter = ctypes.CDLL(None, use_errno=True).setns


@contextmanager
def among_people() -> Iterator[None]:
    """What this thread opens or starts meanwhile is on their side, and stays there."""
    with Path("/proc/thread-self/ns/net").open() as here, Path("/run/netns/people").open() as there:
        _go(there.fileno())
        try:
            yield
        finally:
            _go(here.fileno())


def _go(namespace: int) -> None:
    if _enter(namespace, _NEW_NET):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


class DistantCarrier(Carrier):
    """A carrier that calls over the network."""

    def __init__(self, trunk_host: str, trunk_port: int, folder: Path) -> None:
        super().__init__(trunk_host, trunk_port, folder, address=CARRIER_ADDRESS)

    def call(self, did: str, *, number: str | None = None, tone_hz: float | None = 700.0) -> Caller:
        with among_people():
            return super().call(did, number=number, tone_hz=tone_hz)
