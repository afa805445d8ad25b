"""What a call's events say about the call: a pure function from all its events to one row of `calls`.

The row depends on the set of events only, not on the order or number of times they arrived, because events are folded
in the order of their sequence numbers and the writer keeps each once. Event names are those of the original's call log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from omnileads.calls.models import CallDirection, CallOutcome, EndedBy

ENTER_QUEUE: Final = frozenset({"ENTERQUEUE", "ENTERQUEUE-TRANSFER"})
ENDED_BY: Final[dict[str, EndedBy]] = {"COMPLETEAGENT": "agent", "COMPLETEOUTNUM": "caller"}
LOST: Final[dict[str, CallOutcome]] = {
    "ABANDON": "abandoned",
    "ABANDONWEL": "abandoned-welcome",
    "EXITWITHTIMEOUT": "timeout",
    "EXITWITHKEY": "left-flow",
    "UNKNOWN-DID": "unknown-did",
    "TRUNK-FULL": "trunk-full",
    "VOICEMAIL": "voicemail",
    "LEFTFLOW": "left-flow",
    "ENDFLOW": "ended-flow",
}
LEFT_BY_CALLER: Final = frozenset({"ABANDON", "ABANDONWEL", "EXITWITHKEY", "VOICEMAIL", "LEFTFLOW"})
NOT_REACHED: Final[dict[str, CallOutcome]] = {
    "BUSY": "busy",
    "NOANSWER": "no-answer",
    "CANCEL": "cancelled",
    "CHANUNAVAIL": "unavailable",
    "CONGESTION": "congestion",
    "NONDIALPLAN": "no-route",
    "BLACKLIST": "blocked",
    "OTHER": "failed",
}
"""The events with which a call out ends before anybody has answered."""


class EventFacts(Protocol):
    """The part of an event the projection reads; `agent_id` -1 is nobody, `campaign_id` 0 no campaign."""

    @property
    def sequence(self) -> int: ...
    @property
    def time(self) -> datetime: ...
    @property
    def event(self) -> str: ...
    @property
    def campaign_id(self) -> int: ...
    @property
    def agent_id(self) -> int: ...
    @property
    def number(self) -> str: ...
    @property
    def did(self) -> str | None: ...
    @property
    def contact_id(self) -> int | None: ...
    @property
    def wait_seconds(self) -> float | None: ...
    @property
    def talk_seconds(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class CallFacts:
    """The columns of `calls` except its id."""

    started_at: datetime
    ended_at: datetime | None = None
    campaign_id: int | None = None
    did: str | None = None
    number: str = ""
    contact_id: int | None = None
    agent_id: int | None = None
    direction: CallDirection = "inbound"
    outcome: CallOutcome = "unknown"
    wait_seconds: float | None = None
    talk_seconds: float | None = None
    ended_by: EndedBy | None = None


def project(events: Iterable[EventFacts]) -> CallFacts:
    """Fold the events of one call, at least one of them. Raises ValueError when there is none."""
    ordered = sorted(events, key=lambda event: event.sequence)
    if not ordered:
        raise ValueError("a call has at least one event")
    call = CallFacts(started_at=min(event.time for event in ordered))
    for event in ordered:
        call = _STEPS.get(event.event, _unchanged)(_identified(call, event), event)
    return call


def _identified(call: CallFacts, event: EventFacts) -> CallFacts:
    """Who called which number, and which contact that is: the first event that says so counts."""
    if call.number and call.did and call.contact_id:
        return call
    contact_id = event.contact_id if event.contact_id is not None and event.contact_id > 0 else None
    return replace(
        call,
        number=call.number or event.number,
        did=call.did or event.did or None,
        contact_id=call.contact_id or contact_id,
    )


def _unchanged(call: CallFacts, event: EventFacts) -> CallFacts:
    return call


def _entered_queue(call: CallFacts, event: EventFacts) -> CallFacts:
    return replace(
        call, outcome="waiting", campaign_id=event.campaign_id or call.campaign_id, ended_at=None, ended_by=None
    )


def _dialled(call: CallFacts, event: EventFacts) -> CallFacts:
    return replace(
        call,
        direction="outbound",
        outcome="dialing",
        campaign_id=event.campaign_id or call.campaign_id,
        agent_id=_agent(event) or call.agent_id,
    )


def _not_reached(call: CallFacts, event: EventFacts) -> CallFacts:
    return replace(
        call,
        direction="outbound",
        outcome=NOT_REACHED[event.event],
        campaign_id=event.campaign_id or call.campaign_id,
        agent_id=_agent(event) or call.agent_id,
        wait_seconds=_first_known(event.wait_seconds, call.wait_seconds),
        ended_at=event.time,
        ended_by="agent" if event.event == "CANCEL" else None,
    )


def _connected(call: CallFacts, event: EventFacts) -> CallFacts:
    return replace(
        call,
        outcome="talking",
        campaign_id=event.campaign_id or call.campaign_id,
        agent_id=_agent(event) or call.agent_id,
        wait_seconds=_first_known(event.wait_seconds, call.wait_seconds),
        ended_at=None,
        ended_by=None,
    )


def _completed(call: CallFacts, event: EventFacts) -> CallFacts:
    return replace(
        call,
        outcome="answered",
        campaign_id=event.campaign_id or call.campaign_id,
        agent_id=_agent(event) or call.agent_id,
        wait_seconds=_first_known(call.wait_seconds, event.wait_seconds),
        talk_seconds=_first_known(event.talk_seconds, call.talk_seconds),
        ended_at=event.time,
        ended_by=ENDED_BY[event.event],
    )


def _lost(call: CallFacts, event: EventFacts) -> CallFacts:
    return replace(
        call,
        outcome=LOST[event.event],
        campaign_id=event.campaign_id or call.campaign_id,
        wait_seconds=_first_known(event.wait_seconds, call.wait_seconds),
        talk_seconds=_first_known(event.talk_seconds, call.talk_seconds),
        ended_at=event.time,
        ended_by="caller" if event.event in LEFT_BY_CALLER else None,
    )


def _agent(event: EventFacts) -> int | None:
    return event.agent_id if event.agent_id > 0 else None


def _first_known(*seconds: float | None) -> float | None:
    return next((value for value in seconds if value is not None), None)


_STEPS: Final[dict[str, Callable[[CallFacts, EventFacts], CallFacts]]] = {
    **dict.fromkeys(ENTER_QUEUE, _entered_queue),
    "DIAL": _dialled,
    **dict.fromkeys(NOT_REACHED, _not_reached),
    "CONNECT": _connected,
    "ANSWER": _connected,
    **dict.fromkeys(ENDED_BY, _completed),
    **dict.fromkeys(LOST, _lost),
}
