"""The audit log as a supervisor may read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, String, and_, cast, or_, select
from sqlalchemy.orm import Session

from omnileads.agents.models import Agent
from omnileads.campaigns.models import CampaignMember
from omnileads.campaigns.scope import Scope
from omnileads.kit.audit import AuditEntry
from omnileads.kit.permissions import Principal


def seen_entries(
    session: Session, principal: Principal, scope: Scope, since: datetime, *, limit: int, offset: int
) -> Sequence[AuditEntry]:
    """The entries since then, the newest first.

    All of them for who sees everything; else what the person did, and what was done with the campaigns in scope, their
    agents, and the agents' users.
    """
    statement = select(AuditEntry).where(AuditEntry.at >= since)
    if scope is not None:
        statement = statement.where(or_(AuditEntry.actor_id == principal.user_id, *_about(scope)))
    return session.scalars(statement.order_by(AuditEntry.id.desc()).limit(limit).offset(offset)).all()


def _about(scope: frozenset[int]) -> list[ColumnElement[bool]]:
    agents = (
        select(Agent.id, Agent.user_id)
        .join(CampaignMember, CampaignMember.agent_id == Agent.id)
        .where(CampaignMember.campaign_id.in_(scope))
        .subquery()
    )
    return [
        and_(AuditEntry.subject_type == "campaign", AuditEntry.subject_id.in_([str(number) for number in scope])),
        and_(AuditEntry.subject_type == "agent", AuditEntry.subject_id.in_(select(cast(agents.c.id, String)))),
        and_(AuditEntry.subject_type == "user", AuditEntry.subject_id.in_(select(cast(agents.c.user_id, String)))),
    ]
