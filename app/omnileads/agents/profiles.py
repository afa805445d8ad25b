"""Agent profiles: made and ended with their users, listed as choices."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Integer, String, cast, func, or_, select, text
from sqlalchemy.orm import Session

from omnileads.accounts.models import User
from omnileads.agents.errors import NoFreeExtension
from omnileads.agents.models import EXTENSION_MAX, EXTENSION_MIN, Agent, AgentGroup
from omnileads.agents.names import DISPLAY_NAME
from omnileads.agents.schemas import AgentOption
from omnileads.kit.errors import ValidationFailed
from omnileads.kit.pagination import Page, PageQuery, contains

_EXTENSION_LOCK = 0x6F6D6C01
"""Advisory lock of whoever assigns an extension."""


def live_profiles(session: Session, user_ids: Collection[int]) -> list[Agent]:
    """Profiles of these users that are not retired."""
    return list(session.scalars(select(Agent).where(Agent.user_id.in_(user_ids), Agent.deleted_at.is_(None))))


def create_profile(session: Session, user_id: int, group_id: int) -> Agent:
    """Make the user an agent, or again the one it was. Raises ValidationFailed (`group_id`), NoFreeExtension."""
    _require_group(session, group_id)
    agent = session.scalar(select(Agent).where(Agent.user_id == user_id)) or Agent(user_id=user_id)
    extension = _free_extension(session)
    agent.group_id = group_id
    agent.extension = extension
    agent.deleted_at = None
    session.add(agent)
    session.flush()
    session.refresh(agent)
    return agent


def change_group(session: Session, user_id: int, group_id: int) -> Agent:
    """Raises ValidationFailed (`group_id`) for an unknown group, LookupError for a user without profile."""
    _require_group(session, group_id)
    profiles = live_profiles(session, [user_id])
    if not profiles:
        raise LookupError(f"user {user_id} has no agent profile")
    profiles[0].group_id = group_id
    session.flush()
    session.refresh(profiles[0])
    return profiles[0]


def page_of_agents(session: Session, query: PageQuery, group_id: int | None) -> Page[AgentOption]:
    """Agents as choices, by name."""
    statement = (
        select(Agent.id, DISPLAY_NAME, Agent.extension, Agent.group_id, AgentGroup.name.label("group_name"))
        .join(User, User.id == Agent.user_id)
        .join(AgentGroup, AgentGroup.id == Agent.group_id)
        .where(Agent.deleted_at.is_(None), User.deleted_at.is_(None))
    )
    if group_id is not None:
        statement = statement.where(Agent.group_id == group_id)
    if query.search:
        pattern = contains(query.search)
        places = (DISPLAY_NAME, User.username, cast(Agent.extension, String))
        statement = statement.where(or_(*(place.ilike(pattern, escape="\\") for place in places)))
    total = session.execute(select(func.count()).select_from(statement.subquery())).scalar_one()
    rows = session.execute(
        statement.order_by(func.lower(DISPLAY_NAME), Agent.id).limit(query.page_size).offset(query.offset)
    )
    items = [
        AgentOption(id=agent_id, name=name, extension=extension, group_id=group, group_name=group_name)
        for agent_id, name, extension, group, group_name in rows
    ]
    return Page(items=items, total=total, page=query.page, page_size=query.page_size)


def _require_group(session: Session, group_id: int) -> None:
    """Keeps the group from being deleted until the transaction ends."""
    found = session.scalar(
        select(AgentGroup.id)
        .where(AgentGroup.id == group_id, AgentGroup.deleted_at.is_(None))
        .with_for_update(read=True)
    )
    if found is None:
        raise ValidationFailed.of("group_id", "unknown", "This agent group does not exist. Choose another one.")


def _free_extension(session: Session) -> int:
    """An extension nobody has, one never used if possible, else the one free for longest.

    A webphone's credentials outlive its agent by up to their lifetime, so a number must not change hands quickly.
    """
    session.execute(select(func.pg_advisory_xact_lock(_EXTENSION_LOCK)))
    numbers = func.generate_series(EXTENSION_MIN, EXTENSION_MAX).table_valued("number", name="numbers").render_derived()
    number = cast(numbers.c.number, Integer)
    freed_at = func.max(Agent.deleted_at)
    statement = (
        select(number)
        .select_from(numbers.outerjoin(Agent, Agent.extension == number))
        .group_by(number)
        .having(func.count(Agent.id).filter(Agent.deleted_at.is_(None)) == 0)
        .order_by(freed_at.asc().nulls_first(), text("1"))
        .limit(1)
    )
    extension = session.scalar(statement)
    if extension is None:
        raise NoFreeExtension
    return extension
