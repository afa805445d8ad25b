"""What an entry of the event stream must look like. Anything else is a poison entry.

Text is bounded only where the table needs it and is made storable rather than refused: history must not lose a call
because the caller's number is long or holds characters that are none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from omnileads.kit.schemas import MAX_INTEGER

MAX_BIGINT: Final = 2**63 - 1
EPOCH_MS_LIMIT: Final = 253_370_764_800_000
"""The year 9999, in milliseconds since 1970."""

_EVENT_NAME = StringConstraints(pattern=r"^[A-Z][A-Z0-9_-]{0,31}$")
_CALL_EVENT_ID: Final = re.compile(r"(?P<call>[^\x00]{1,32}):(?P<sequence>[0-9]{1,9})", re.DOTALL)


def _storable(text: str) -> str:
    """The text with U+FFFD for what Postgres cannot hold: NUL and halves of surrogate pairs."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\x00", "\ufffd")


AnyText = Annotated[str, AfterValidator(_storable)]
EpochMs = Annotated[int, Field(ge=0, le=EPOCH_MS_LIMIT)]
Integer = Annotated[int, Field(ge=-1, le=MAX_INTEGER)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
RecordingFile = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}/[A-Za-z0-9_+][A-Za-z0-9._+-]*\.wav$")
]


class MalformedEventError(Exception):
    """The entry can never be stored; the text says why, without personal data."""


class _Event(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    time: EpochMs
    event: Annotated[str, _EVENT_NAME]


class CallEventIn(_Event):
    """A call's event. `call_id` and `sequence` are its identity: the id is "<call_id>:<sequence>"."""

    call_id: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    sequence: Annotated[int, Field(ge=0, le=MAX_INTEGER)]
    campaign_id: Integer = 0
    campaign_type: Integer = 0
    call_type: Integer = 0
    agent_id: Integer = -1
    number: AnyText = ""
    contact_id: Annotated[int, Field(ge=-1, le=MAX_BIGINT)] | None = None
    wait_seconds: Seconds | None = None
    talk_seconds: Seconds | None = None
    recording: RecordingFile | None = None
    agent_extra_id: Integer | None = None
    campaign_extra_id: Integer | None = None
    number_extra: AnyText | None = None
    did: AnyText | None = None
    dialplan_data: Annotated[list[tuple[AnyText, AnyText]], Field(default_factory=list, exclude=True)]
    """What the dialplan says about the call (`Omlcrm...`), for CRMs; it is not kept in the log."""


class AgentEventIn(_Event):
    """An agent's login, logout, pause or unpause."""

    id: Annotated[str, StringConstraints(pattern=r"^[^\x00]{1,64}$")]
    event: Literal["ADDMEMBER", "REMOVEMEMBER", "PAUSEALL", "UNPAUSEALL"]
    agent_id: Annotated[int, Field(ge=1, le=MAX_INTEGER)]
    pause_id: Annotated[str, StringConstraints(pattern=r"^[^\x00]{0,16}$")] | None = None


def read_event(kind: str, event_id: str, data: Mapping[str, Any]) -> CallEventIn | AgentEventIn:
    """The event of a stream entry. Raises MalformedEventError."""
    try:
        if kind == "call":
            return _read_call_event(event_id, data)
        if kind == "agent":
            return AgentEventIn.model_validate({**data, "id": event_id})
    except ValidationError as error:
        raise MalformedEventError(_describe(error)) from None
    raise MalformedEventError(f"kind {kind[:20]!r} is not known")


def _read_call_event(event_id: str, data: Mapping[str, Any]) -> CallEventIn:
    match = _CALL_EVENT_ID.fullmatch(event_id)
    if match is None:
        raise MalformedEventError('the id is not "<call_id>:<sequence>"')
    if data.get("call_id") != match["call"]:
        raise MalformedEventError("call_id is not the one in the id")
    return CallEventIn.model_validate({**data, "sequence": int(match["sequence"])})


def _describe(error: ValidationError) -> str:
    problems = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(f"{'.'.join(str(part) for part in problem['loc'])}: {problem['type']}" for problem in problems)
