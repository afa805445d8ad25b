"""Reserving free leads for the members of a preview campaign, so that each has as many as the next one."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT
from sqlalchemy.orm import Session

from omnileads.campaigns.models import CampaignMember, Lead

_AT_ONCE: Final = 50_000


def distributed(count: int, agent_ids: Sequence[int], seed: int | None) -> list[int]:
    """An agent for each of so many leads in their order; each agent has the same number of them, give or take one.

    Without a seed they take turns; with one each round is in an order of its own, always the same for a seed.
    """
    if not agent_ids:
        return []
    chance = random.Random(seed)  # noqa: S311 - who gets which contact is no secret
    chosen: list[int] = []
    while len(chosen) < count:
        turn = list(agent_ids)
        if seed is not None:
            chance.shuffle(turn)
        chosen += turn
    return chosen[:count]


def distribute(session: Session, campaign_id: int, seed: int | None) -> int:
    """Reserve every free lead for a member. Returns how many were reserved; none without members."""
    members = session.scalars(
        select(CampaignMember.agent_id)
        .where(CampaignMember.campaign_id == campaign_id)
        .order_by(CampaignMember.agent_id)
    ).all()
    if not members:
        return 0
    session.execute(text("SET LOCAL statement_timeout = 0"))
    leads = session.scalars(
        select(Lead.id)
        .where(Lead.campaign_id == campaign_id, Lead.state == "pending", Lead.agent_id.is_(None), Lead.is_enabled)
        .order_by(Lead.position, Lead.id)
        .with_for_update()
    ).all()
    pairs = iter(zip(leads, distributed(len(leads), members, seed), strict=True))
    while batch := list(islice(pairs, _AT_ONCE)):
        _reserve(session, batch)
    return len(leads)


def _reserve(session: Session, pairs: Iterable[tuple[int, int]]) -> None:
    leads, agents = zip(*pairs, strict=True)
    chosen = select(
        func.unnest(_array(leads)).label("lead_id"), func.unnest(_array(agents)).cast(Integer).label("agent_id")
    ).subquery()
    session.execute(
        update(Lead)
        .where(Lead.id == chosen.c.lead_id)
        .values(agent_id=chosen.c.agent_id)
        .execution_options(synchronize_session=False)
    )


def _array(ids: Sequence[int]) -> ColumnElement[Any]:
    return literal(list(ids), ARRAY(BIGINT))
