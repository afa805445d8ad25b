"""What there was with a contact before: calls and dispositions in the agent's campaigns, the newest first."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, union
from sqlalchemy.orm import Session, lazyload

from omnileads.agents.models import Agent
from omnileads.agents.names import agent_names
from omnileads.calls.models import Call
from omnileads.campaigns.models import CampaignMember, DispositionOption
from omnileads.desk.schemas import ContactHistoryItem
from omnileads.dispositions.models import Disposition
from omnileads.kit.pagination import Page, PageQuery
from omnileads.telephony.destinations import campaign_names


def history_of(session: Session, agent: Agent, contact_id: int, query: PageQuery) -> Page[ContactHistoryItem]:
    """The caller has made sure that the agent may see the contact."""
    own = select(CampaignMember.campaign_id).where(CampaignMember.agent_id == agent.id)
    calls = select(Call.id).where(Call.contact_id == contact_id, Call.campaign_id.in_(own))
    answers = select(Disposition.call_id).where(Disposition.contact_id == contact_id, Disposition.campaign_id.in_(own))
    both = union(calls, answers).subquery()
    total = session.scalar(select(func.count()).select_from(both)) or 0
    at = func.coalesce(Call.started_at, Disposition.created_at)
    rows = session.execute(
        select(both.c.id, at.label("at"), Call, Disposition, DispositionOption.name)
        .outerjoin(Call, Call.id == both.c.id)
        .outerjoin(Disposition, Disposition.call_id == both.c.id)
        .outerjoin(DispositionOption, DispositionOption.id == Disposition.option_id)
        .order_by(at.desc(), both.c.id.desc())
        .options(lazyload(Disposition.option))  # joined as usual, it would leave out calls without a disposition
        .limit(query.page_size)
        .offset(query.offset)
    ).all()
    agents = agent_names(session, {_agent_id(row) for row in rows})
    campaigns = campaign_names(session, {_campaign_id(row) for row in rows})
    items = [
        ContactHistoryItem(
            call_id=row.id,
            at=row.at,
            campaign_name=campaigns.get(_campaign_id(row), ""),
            agent_name=agents.get(_agent_id(row), ""),
            direction=row.Call.direction if row.Call else None,
            outcome=row.Call.outcome if row.Call else None,
            talk_seconds=row.Call.talk_seconds if row.Call else None,
            disposition=row.name,
            subdisposition=row.Disposition.subdisposition if row.Disposition else None,
            comment=row.Disposition.comment if row.Disposition else "",
        )
        for row in rows
    ]
    return Page(items=items, total=total, page=query.page, page_size=query.page_size)


def _agent_id(row: Any) -> int:
    return (row.Call.agent_id if row.Call else row.Disposition.agent_id) or 0


def _campaign_id(row: Any) -> int:
    return (row.Call.campaign_id if row.Call else row.Disposition.campaign_id) or 0
