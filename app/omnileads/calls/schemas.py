"""Answers about calls, their events and recordings. Seconds may have a fraction."""

from __future__ import annotations

from pydantic import Field

from omnileads.calls.models import CallDirection, CallOutcome, EndedBy, RecordingState
from omnileads.kit.clock import Instant
from omnileads.kit.schemas import ResponseModel


class NamedRef(ResponseModel):
    id: int
    name: str


class ColleagueRef(ResponseModel):
    """The agent on the other side of a call between agents."""

    agent_id: int
    name: str
    extension: int


class CallDisposition(ResponseModel):
    """`answers` are those in the option's form, by the names of its fields."""

    option_id: int
    name: str
    subdisposition: str | None
    comment: str
    answers: dict[str, str]


class CallOut(ResponseModel):
    id: str
    started_at: Instant
    campaign: NamedRef | None
    direction: CallDirection
    is_internal: bool = Field(description="Between agents; `number` and `did` are extensions.")
    colleague: ColleagueRef | None
    did: str | None
    number: str
    agent: NamedRef | None
    outcome: CallOutcome
    wait_seconds: float | None
    talk_seconds: float | None
    ended_by: EndedBy | None
    disposition: CallDisposition | None
    has_recording: bool


class CallEventOut(ResponseModel):
    """One event of a call. Null means: does not apply."""

    id: str
    time: Instant
    event: str
    campaign: NamedRef | None
    agent: NamedRef | None
    number: str
    did: str | None
    wait_seconds: float | None
    talk_seconds: float | None
    recording: str | None


class RecordingOut(ResponseModel):
    """`state` "pending": the file is not finished; "missing": it was looked for and not found, `message` says where."""

    id: int
    call_id: str
    started_at: Instant
    campaign: NamedRef | None
    agent: NamedRef | None
    number: str
    duration_seconds: float | None
    state: RecordingState
    message: str
