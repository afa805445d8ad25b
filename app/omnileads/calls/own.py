"""An agent's own calls: those it talks, talked or tried to talk in."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, select
from sqlalchemy.orm import Session

from omnileads.agents.live import LiveAgents
from omnileads.calls.models import CallContact, CallEvent
from omnileads.kit.db import table_of
from omnileads.kit.errors import NotFound

OWN_EVENTS: Final = ("CONNECT", "ANSWER", "DIAL")
"""Events that make a call its agent's: it took it, or made it. In a campaign, a number that was not reached is work
done too."""


_events = table_of(CallEvent).c


def is_own(agent_id: int | BindParameter[int]) -> ColumnElement[bool]:
    """The condition on events that make a call this agent's."""
    return and_(_events.agent_id == agent_id, _events.event.in_(OWN_EVENTS))


_CAMPAIGN: Final = (
    select(_events.campaign_id)
    .where(_events.call_id == bindparam("call_id"), is_own(bindparam("agent_id")))
    .order_by(_events.sequence.desc())
    .limit(1)
)


def campaign_of_own_call(session: Session, live: LiveAgents, agent_id: int, call_id: str) -> int:
    """The campaign (0: none) of an agent's call; the live state knows it before the log does.

    Raises NotFound for a call of somebody else.
    """
    campaign_id: int | None = session.scalar(_CAMPAIGN, {"call_id": call_id, "agent_id": agent_id})
    if campaign_id is not None:
        return campaign_id
    present = live.one(agent_id)
    if present is None or present.call_id != call_id:
        raise NotFound
    return present.campaign_id or 0


def contact_of_call(session: Session, call_id: str) -> int | None:
    """Whom the call is with: as somebody said, else as the call engine was told when it was made."""
    attached = session.get(CallContact, call_id, populate_existing=True)
    if attached is not None:
        return attached.contact_id
    return session.scalar(
        select(CallEvent.contact_id)
        .where(CallEvent.call_id == call_id, CallEvent.contact_id > 0)
        .order_by(CallEvent.sequence.desc())
        .limit(1)
    )
