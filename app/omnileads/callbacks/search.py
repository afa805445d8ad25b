"""Questions about callbacks: lists of them, and which agents one can be given to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, exists, func, select
from sqlalchemy.orm import Session

from omnileads.accounts.models import User
from omnileads.agents.models import Agent
from omnileads.agents.names import DISPLAY_NAME, agent_names
from omnileads.callbacks.models import Callback
from omnileads.callbacks.schemas import CallbackAgent, CallbackOut
from omnileads.campaigns.models import Campaign, CampaignMember
from omnileads.campaigns.scope import Scope
from omnileads.contacts.models import Column, Contact, ContactBase
from omnileads.kit.pagination import Page, PageQuery, contains, paginate


@dataclass(frozen=True, slots=True)
class CallbackFilter:
    """Null means: any. `since` is included, `until` and `due_before` are not."""

    campaign_id: int | None = None
    agent_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    due_before: datetime | None = None


def find_callbacks(session: Session, wanted: CallbackFilter, scope: Scope, query: PageQuery) -> Page[CallbackOut]:
    """Callbacks of live campaigns the person may see, the next one first."""
    live = select(Campaign.id).where(Campaign.deleted_at.is_(None))
    if scope is not None:
        live = live.where(Campaign.id.in_(scope))
    if wanted.campaign_id is not None:
        live = live.where(Campaign.id == wanted.campaign_id)
    # The few numbers of campaigns, not a question for them: with them the planner knows which index is the short way.
    statement = select(Callback).where(Callback.campaign_id.in_(session.scalars(live).all()))
    if wanted.agent_id is not None:
        statement = statement.where(Callback.agent_id == wanted.agent_id)
    if wanted.since is not None:
        statement = statement.where(Callback.due_at >= wanted.since)
    for end in (wanted.until, wanted.due_before):
        if end is not None:
            statement = statement.where(Callback.due_at < end)
    rows, total = paginate(session, statement.order_by(Callback.due_at, Callback.id), query)
    return Page(items=shown(session, rows), total=total, page=query.page, page_size=query.page_size)


def find_takers(session: Session, callback: Callback, query: PageQuery) -> Page[CallbackAgent]:
    """The other agents of the callback's campaign by name; searched by name, username or extension."""
    same = exists().where(
        Callback.campaign_id == callback.campaign_id,
        Callback.contact_id == callback.contact_id,
        Callback.agent_id == Agent.id,
    )
    statement = (
        select(Agent.id, DISPLAY_NAME, Agent.extension, same.label("has_one"))
        .join(User, User.id == Agent.user_id)
        .join(CampaignMember, CampaignMember.agent_id == Agent.id)
        .where(
            CampaignMember.campaign_id == callback.campaign_id,
            Agent.id != callback.agent_id,
            Agent.deleted_at.is_(None),
        )
    )
    if query.search:
        text = DISPLAY_NAME + " " + User.username + " " + cast(Agent.extension, String)
        statement = statement.where(text.ilike(contains(query.search), escape="\\"))
    total = session.execute(select(func.count()).select_from(statement.subquery())).scalar_one()
    rows = session.execute(
        statement.order_by(func.lower(DISPLAY_NAME), Agent.id).limit(query.page_size).offset(query.offset)
    )
    items = [
        CallbackAgent(id=agent_id, name=name, extension=extension, has_callback=has_one)
        for agent_id, name, extension, has_one in rows
    ]
    return Page(items=items, total=total, page=query.page, page_size=query.page_size)


def shown(session: Session, rows: Sequence[Callback]) -> list[CallbackOut]:
    """As the API shows them, with the names of what they are about."""
    campaigns = {
        campaign_id: (name, rules)
        for campaign_id, name, rules in session.execute(
            select(Campaign.id, Campaign.name, Campaign.field_rules).where(
                Campaign.id.in_({row.campaign_id for row in rows})
            )
        )
    }
    # One that is taken away after its callbacks were read is not among them.
    contacts = {
        contact_id: list(zip(columns, values, strict=False))
        for contact_id, columns, values in session.execute(
            select(Contact.id, ContactBase.columns, Contact.values)
            .join(ContactBase, ContactBase.id == Contact.base_id)
            .where(Contact.id.in_({row.contact_id for row in rows}))
        )
    }
    agents = agent_names(session, {row.agent_id for row in rows})
    return [
        CallbackOut(
            id=row.id,
            kind=row.kind,
            campaign_id=row.campaign_id,
            campaign_name=campaigns[row.campaign_id][0],
            contact_id=row.contact_id,
            contact=_called(contacts.get(row.contact_id, []), campaigns[row.campaign_id][1]),
            agent_id=row.agent_id,
            agent_name=agents.get(row.agent_id, ""),
            due_at=row.due_at,
            phone=row.phone,
            note=row.note,
        )
        for row in rows
    ]


def _called(values: Sequence[tuple[Column, str]], rules: Mapping[str, Any]) -> str:
    """What a contact goes by: its first value that is no phone and that the campaign does not hide."""
    seen = [
        (column["role"], value)
        for column, value in values
        if column["role"] != "phone" and value and not rules.get(column["key"], {}).get("hidden")
    ]
    # An external id only where there is nothing else: it says little to people.
    return next((value for _, value in sorted(seen, key=lambda item: item[0] == "external-id")), "")
