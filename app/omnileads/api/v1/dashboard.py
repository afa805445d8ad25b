"""`dashboard_supervision`, `audit_supervisor`, `contactos_asignados_preview`: what a supervisor looks up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from omnileads.agents.names import agent_names
from omnileads.api.v1.bodies import Data, Fields, as_text, takes
from omnileads.api.v1.errors import Body, missing
from omnileads.api.v1.supervision import SeenAgents, acts, counted, seen_campaign, wanted_day
from omnileads.calls.models import Call
from omnileads.calls.projection import LOST, NOT_REACHED
from omnileads.campaigns.models import Campaign, Lead
from omnileads.campaigns.scope import CurrentScope, Scope
from omnileads.contacts.models import Contact
from omnileads.kit.audit import AuditEntry
from omnileads.kit.clock import midnight
from omnileads.kit.edge import CurrentRuntime, Transaction
from omnileads.kit.permissions import CurrentPrincipal, Principal, requires
from omnileads.kit.runtime import Runtime
from omnileads.kit.schemas import PlainText
from omnileads.supervision.trail import seen_entries

router = APIRouter(tags=["supervision"], dependencies=[requires("supervision.read"), *acts])

MOST: Final = 1000
"""Rows in an answer; the following ones with `offset`."""

ATTENDED: Final = ("answered", "talking")
FAILED: Final = tuple(sorted({*NOT_REACHED.values(), LOST["ABANDON"], LOST["ABANDONWEL"], LOST["EXITWITHTIMEOUT"]}))

Offset = Annotated[int, Query(ge=0, le=10_000_000)]


@router.get("/dashboard_supervision")
def dashboard(session: Transaction, runtime: CurrentRuntime, scope: CurrentScope, seen: SeenAgents) -> Body:
    """The campaigns the caller sees, their agents now, and today's calls."""
    return {
        "active_campaigns": _active_campaigns(session, scope),
        "state_agents": counted(seen),
        "contacted_calls": _contacted_calls(session, runtime, scope),
    }


def _active_campaigns(session: Session, scope: Scope) -> Body:
    """How many of each kind are active; of dialer campaigns, of how many that are not finished."""
    statement = select(Campaign.kind, Campaign.state, func.count()).where(
        Campaign.deleted_at.is_(None), Campaign.state != "finished"
    )
    if scope is not None:
        statement = statement.where(Campaign.id.in_(scope))
    counts = {
        (kind, state): count
        for kind, state, count in session.execute(statement.group_by(Campaign.kind, Campaign.state))
    }
    dialers = sum(count for (kind, _state), count in counts.items() if kind == "dialer")
    active = {kind: counts.get((kind, "active"), 0) for kind in ("inbound", "dialer", "manual", "preview")}
    return {**active, "dialer": f"{active['dialer']}/{dialers}"}


def _contacted_calls(session: Session, runtime: Runtime, scope: Scope) -> Body:
    since = midnight(runtime.clock.now().astimezone().date())
    statement = select(Call.outcome, func.count()).where(Call.started_at >= since, Call.campaign_id.is_not(None))
    if scope is not None:
        statement = statement.where(Call.campaign_id.in_(scope))
    counts = dict(session.execute(statement.group_by(Call.outcome)).all())
    return {
        "attended": sum(counts.get(outcome, 0) for outcome in ATTENDED),
        "failed": sum(counts.get(outcome, 0) for outcome in FAILED),
    }


class TrailSince(Fields):
    """`date_start`: yyyy-mm-dd or dd/mm/yyyy; without it today."""

    date_start: str | None = None


def _trail(
    session: Session, runtime: Runtime, principal: Principal, scope: Scope, sent: str | None, offset: int
) -> list[Body]:
    since = midnight(wanted_day(sent, runtime.clock.now().astimezone().date()))
    return [_told(entry) for entry in seen_entries(session, principal, scope, since, limit=MOST, offset=offset)]


@router.get("/audit_supervisor")
def audit_trail(
    session: Transaction,
    runtime: CurrentRuntime,
    principal: CurrentPrincipal,
    scope: CurrentScope,
    date_start: Annotated[PlainText | None, Query(max_length=30)] = None,
    offset: Offset = 0,
) -> list[Body]:
    """Who did what since a day, the newest first: 1000 at once, the following ones with `offset`."""
    return _trail(session, runtime, principal, scope, date_start, offset)


@router.post("/audit_supervisor", openapi_extra=takes(TrailSince))
def audit_trail_by_body(
    session: Transaction,
    runtime: CurrentRuntime,
    principal: CurrentPrincipal,
    scope: CurrentScope,
    data: Data,
    offset: Offset = 0,
) -> list[Body]:
    """The same for who sends the day in a body."""
    return _trail(session, runtime, principal, scope, as_text(data.get("date_start")), offset)


def _told(entry: AuditEntry) -> Body:
    more = {"before": entry.before, "after": entry.after}
    return {
        "id": entry.id,
        "username": entry.actor_name or "",
        "object": entry.subject_type,
        "name": _name(entry.after) or _name(entry.before) or entry.subject_id,
        "action": entry.action,
        "additional_information": json.dumps({key: value for key, value in more.items() if value}, ensure_ascii=False),
        "date": entry.at.astimezone().isoformat(timespec="seconds"),
    }


def _name(snapshot: Mapping[str, Any] | None) -> str:
    found = (snapshot or {}).get("name") or (snapshot or {}).get("username")
    return found if isinstance(found, str) else ""


CALLED: Final = {"finished": "Finalizado", "delivered": "Reservado", "assigned": "Reservado"}


def _preview(session: Transaction, scope: CurrentScope, campaign_id: str) -> int:
    """Raises Refused for what is no preview campaign the caller sees."""
    number = seen_campaign(session, scope, campaign_id)
    if session.get_one(Campaign, number).kind != "preview":
        raise missing()
    return number


@router.get("/supervision/contactos_asignados_preview/{campaign_id}")
def preview_contacts(
    session: Transaction, campaign: Annotated[int, Depends(_preview)], offset: Offset = 0
) -> list[Body]:
    """The contacts of a preview campaign in the order of their delivery: 1000 at once, the following with `offset`."""
    statement = (
        select(Contact.id, Contact.phone, Contact.external_id, Lead.state, Lead.agent_id)
        .join(Lead, Lead.contact_id == Contact.id)
        .where(Lead.campaign_id == campaign)
        .order_by(Lead.position, Lead.id)
    )
    rows = session.execute(statement.limit(MOST).offset(offset)).all()
    names = agent_names(session, {agent_id for *_, agent_id in rows if agent_id is not None})
    return [
        {
            "id": number,
            "telefono": phone,
            "id_externo": external_id,
            "estado": CALLED.get(state, "Liberado" if agent_id is None else "Reservado"),
            "agente": names.get(agent_id or 0, ""),
        }
        for number, phone, external_id, state, agent_id in rows
    ]
