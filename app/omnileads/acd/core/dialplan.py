"""Outbound routes: which trunks a dialled number goes to, and what they receive."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from omnileads.telephony.patterns import fits


@dataclass(frozen=True, slots=True)
class DialPattern:
    """Numbers `prefix` + `match` (see `telephony.patterns`); a trunk receives them with `prefix` become `prepend`."""

    match: str
    prefix: str = ""
    prepend: str = ""

    def sent(self, number: str) -> str | None:
        """What the trunk receives for this number, None if the pattern does not match it."""
        if not number.startswith(self.prefix):
            return None
        rest = number[len(self.prefix) :]
        return self.prepend + rest if fits(self.match, rest) else None


@dataclass(frozen=True, slots=True)
class Trunk:
    """A trunk as the engine sees it; `name` is its PJSIP endpoint."""

    id: int
    name: str
    max_channels: int = 1000
    caller_id: str = ""


@dataclass(frozen=True, slots=True)
class OutboundRoute:
    """The trunks are tried in their order, each for `ring_seconds`."""

    id: int
    name: str
    patterns: tuple[DialPattern, ...] = field(default=())
    trunk_ids: tuple[int, ...] = ()
    ring_seconds: int = 45
    generates_ringing: bool = False
    """the agent hears a ringing tone of ours instead of what the network plays before the answer (option `r`)"""
    talk_limit_ms: int | None = None
    """longest talk (option `L`)"""


@dataclass(frozen=True, slots=True)
class Match:
    """A route that takes a number, the pattern it was, and what its trunks receive."""

    route: OutboundRoute
    pattern: DialPattern
    sent: str


def find_route(routes: Iterable[OutboundRoute], number: str) -> Match | None:
    """The first route, in order, with a pattern for this number and a trunk to send it to."""
    for route in routes:
        if not route.trunk_ids:
            continue
        for pattern in route.patterns:
            sent = pattern.sent(number)
            if sent is not None:
                return Match(route, pattern, sent)
    return None
