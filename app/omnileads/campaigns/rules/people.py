"""Rules about members, groups and supervisors."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import select

from omnileads.accounts.models import Role, User
from omnileads.agents.models import Agent, AgentGroup
from omnileads.campaigns.rules.asking import Asking, Problems
from omnileads.kit.errors import FieldProblem

SUPERVISING_PERMISSION: Final = "supervision.read"


def problems(asking: Asking) -> Problems:
    return [*_member_problems(asking), *_group_problems(asking), *_supervisor_problems(asking)]


def _member_problems(asking: Asking) -> Problems:
    ids = [member.agent_id for member in asking.request.members]
    known = set(asking.session.scalars(select(Agent.id).where(Agent.id.in_(ids), Agent.deleted_at.is_(None))))
    known |= {member.agent_id for member in asking.campaign.members} if asking.campaign else set()
    return _list_problems("members", "agent_id", ids, known, "agent")


def _group_problems(asking: Asking) -> Problems:
    ids = [group.group_id for group in asking.request.groups]
    statement = select(AgentGroup.id).where(AgentGroup.id.in_(ids), AgentGroup.deleted_at.is_(None))
    return _list_problems("groups", "group_id", ids, set(asking.session.scalars(statement)), "group")


def _supervisor_problems(asking: Asking) -> Problems:
    ids = asking.request.supervisor_ids
    statement = (
        select(User.id)
        .join(Role, Role.id == User.role_id)
        .where(User.id.in_(ids), User.deleted_at.is_(None), Role.permissions.contains([SUPERVISING_PERMISSION]))
    )
    known = set(asking.session.scalars(statement))
    known |= {row.user_id for row in asking.campaign.supervisors} if asking.campaign else set()
    return _list_problems("supervisor_ids", None, ids, known, "user who may supervise")


def _list_problems(field: str, part: str | None, ids: Sequence[int], known: Collection[int], what: str) -> Problems:
    found: Problems = []
    seen: set[int] = set()
    for index, item in enumerate(ids):
        place = f"{field}.{index}.{part}" if part else f"{field}.{index}"
        if item in seen:
            found.append(FieldProblem(place, "repeated", f"This {what} is in the list twice. Remove one."))
        elif item not in known:
            found.append(FieldProblem(place, "unknown", f"There is no such {what}. Choose another one."))
        seen.add(item)
    return found
