"""What is known of a call when its external site is told: the values that parameters of campaigns choose from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from sqlalchemy import select
from sqlalchemy.orm import Session

from omnileads.accounts.models import User
from omnileads.agents.models import Agent
from omnileads.agents.names import agent_names
from omnileads.calls.followers import TAKEN
from omnileads.calls.models import Call, CallEvent
from omnileads.campaigns.models import Campaign
from omnileads.crm.schemas import SiteContext
from omnileads.dispositions.models import Disposition


@dataclass(frozen=True, slots=True)
class CallFacts:
    """Of a call that somebody took; `at` is when."""

    call_id: str
    number: str
    wait_seconds: float | None
    recording: str | None
    at: datetime


def facts_of(session: Session, call_id: str, number: str, now: datetime) -> CallFacts:
    """As the log knows them; of a call that is not in it yet, what the caller of this knows."""
    event = session.scalar(
        select(CallEvent)
        .where(CallEvent.call_id == call_id, CallEvent.event.in_(TAKEN))
        .order_by(CallEvent.sequence.desc())
        .limit(1)
    )
    if event is not None:
        return CallFacts(call_id, event.number, event.wait_seconds, event.recording, event.time)
    call = session.get(Call, call_id)
    if call is not None:
        return CallFacts(call_id, call.number, call.wait_seconds, None, call.started_at)
    return CallFacts(call_id, number, None, None, now)


def context_of(
    session: Session,
    campaign: Campaign,
    agent_id: int,
    facts: CallFacts,
    *,
    contact_id: int | None,
    contact: Mapping[str, str],
    dialplan: Iterable[tuple[str, str]] = (),
    disposition: Disposition | None = None,
) -> SiteContext:
    """`contact` are its values by column key, as far as whoever sends them may know them."""
    username = session.scalar(select(User.username).join(Agent, Agent.user_id == User.id).where(Agent.id == agent_id))
    return SiteContext(
        campaign={"id": str(campaign.id), "name": campaign.name, "type": campaign.kind},
        contact=dict(contact),
        call={
            "call_id": facts.call_id,
            "agent_id": str(agent_id),
            "agent_username": username or "",
            "agent_name": agent_names(session, [agent_id]).get(agent_id, ""),
            "telephone": facts.number,
            "contact_id": str(contact_id) if contact_id is not None else "",
            "rec_filename": PurePosixPath(facts.recording).name if facts.recording else "",
            "call_wait_duration": str(round(facts.wait_seconds)) if facts.wait_seconds is not None else "",
            "datetime": facts.at.astimezone().isoformat(timespec="seconds"),
        },
        dialplan={name: value[:10_000] for name, value in dialplan},
        disposition=_disposition(disposition),
        answers={name: str(value) for name, value in disposition.answers.items()} if disposition else {},
    )


def _disposition(disposition: Disposition | None) -> dict[str, str]:
    if disposition is None:
        return {}
    return {
        "id": str(disposition.option_id),
        "name": disposition.option.name,
        "subdisposition": disposition.subdisposition or "",
    }
