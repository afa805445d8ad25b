"""Roles of people's own making. The predefined ones are listed here and changed nowhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from omnileads.accounts.errors import OwnRole, RoleBeyondOwn, RoleInUse, RoleNameTaken, RolePredefined
from omnileads.accounts.management import beyond, is_agent_role
from omnileads.accounts.models import Role, User
from omnileads.accounts.roles import PERMISSIONS, WORKS_AS_AGENT, missing_needs
from omnileads.accounts.schemas import RoleCreate, RoleOut, RolePatch
from omnileads.kit.changes import ConfigurationChanges, patched
from omnileads.kit.clock import Clock
from omnileads.kit.db import constraint_errors
from omnileads.kit.errors import FieldProblem, NotFound, ValidationFailed
from omnileads.kit.permissions import Principal

SHOWN_USERS: Final = 5
SLUG_LENGTH: Final = 32


class Roles:
    """Changes of a role are configuration: open consoles look again at what their user may."""

    def __init__(self, session: Session, changes: ConfigurationChanges, clock: Clock, actor: Principal) -> None:
        self._session = session
        self._changes = changes
        self._clock = clock
        self._actor = actor

    def all(self) -> list[RoleOut]:
        """The predefined roles in the order of their power, then the others by name."""
        roles = self._session.scalars(
            select(Role).where(Role.deleted_at.is_(None)).order_by(Role.is_predefined.desc(), Role.id)
        ).all()
        predefined = [role for role in roles if role.is_predefined]
        own = sorted((role for role in roles if not role.is_predefined), key=lambda role: role.name.casefold())
        return self._present([*predefined, *own])

    def one(self, role_id: int) -> RoleOut:
        """Raises NotFound."""
        return self._present([self._role(role_id)])[0]

    def create(self, wanted: RoleCreate) -> RoleOut:
        """Raises ValidationFailed (`name`, `permissions`), RoleBeyondOwn."""
        self._check_permissions(wanted.permissions)
        self._check_name(wanted.name)
        role = Role(
            slug=self._free_slug(wanted.name),
            name=wanted.name,
            is_predefined=False,
            permissions=sorted(set(wanted.permissions)),
        )
        taken = RoleNameTaken()
        with constraint_errors(self._session, {"uq_roles_name_own": taken, "uq_roles_slug": taken}):
            self._session.add(role)
        self._changes.record("role.created", "role", role.id, after=_snapshot(role))
        return self._present([role])[0]

    def change(self, role_id: int, patch: RolePatch) -> RoleOut:
        """Raises NotFound, RolePredefined, OwnRole, RoleBeyondOwn, RoleInUse, ValidationFailed."""
        role = self._own_making(role_id)
        before = _snapshot(role)
        wanted = patched(RoleCreate(**before), patch)
        self._check_permissions(wanted.permissions)
        self._check_name(wanted.name)
        if (WORKS_AS_AGENT in wanted.permissions) != is_agent_role(role):
            self._check_unused(role, "Whether a role works as an agent cannot change while somebody has it: {names}.")
        with constraint_errors(self._session, {"uq_roles_name_own": RoleNameTaken()}):
            role.name = wanted.name
            role.permissions = sorted(set(wanted.permissions))
        self._changes.record("role.changed", "role", role.id, before=before, after=_snapshot(role))
        return self._present([role])[0]

    def delete(self, role_id: int) -> None:
        """Hide the role. Raises NotFound, RolePredefined, OwnRole, RoleBeyondOwn, RoleInUse."""
        role = self._own_making(role_id)
        self._check_unused(role, "Users have this role: {names}. Give them another one first.")
        role.deleted_at = self._clock.now()
        self._session.flush()
        self._changes.record("role.deleted", "role", role.id, before=_snapshot(role))

    def _role(self, role_id: int) -> Role:
        """Locked, so that nobody gets the role while it changes or goes."""
        role = self._session.scalar(select(Role).where(Role.id == role_id, Role.deleted_at.is_(None)).with_for_update())
        if role is None:
            raise NotFound
        return role

    def _own_making(self, role_id: int) -> Role:
        """The role, if this actor may change it."""
        role = self._role(role_id)
        if role.is_predefined:
            raise RolePredefined
        if role.slug == self._actor.role_slug:
            raise OwnRole
        if beyond(self._actor, role.permissions):
            raise RoleBeyondOwn
        return role

    def _check_permissions(self, permissions: Collection[str]) -> None:
        """Raises ValidationFailed for what does not exist or does not go together, RoleBeyondOwn."""
        problems = [
            FieldProblem(f"permissions.{index}", "unknown", f'There is no permission "{permission}".')
            for index, permission in enumerate(permissions)
            if permission not in PERMISSIONS
        ]
        problems += [
            FieldProblem("permissions", "incomplete", f"{permission} is of no use without {', '.join(sorted(needs))}.")
            for permission, needs in sorted(missing_needs(permissions).items())
            if permission in PERMISSIONS
        ]
        if problems:
            raise ValidationFailed(fields=problems)
        too_much = beyond(self._actor, permissions)
        if too_much:
            raise RoleBeyondOwn(f"You cannot give away what you may not do yourself: {', '.join(sorted(too_much))}.")

    def _check_name(self, name: str) -> None:
        """Raises RoleNameTaken for the name of a predefined role; the other names have an index."""
        taken = select(Role.id).where(Role.is_predefined, func.lower(Role.name) == name.lower())
        if self._session.scalar(taken) is not None:
            raise RoleNameTaken

    def _check_unused(self, role: Role, sentence: str) -> None:
        """Raises RoleInUse with the names of who has the role."""
        names = self._session.scalars(
            select(User.username).where(User.role_id == role.id, User.deleted_at.is_(None)).order_by(User.username)
        ).all()
        if names:
            more = f" and {len(names) - SHOWN_USERS} more" if len(names) > SHOWN_USERS else ""
            raise RoleInUse(sentence.format(names=", ".join(names[:SHOWN_USERS]) + more))

    def _free_slug(self, name: str) -> str:
        """A slug nobody had before, made of the name: what integrators write into files and requests."""
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:SLUG_LENGTH].rstrip("-") or "role"
        taken = set(self._session.scalars(select(Role.slug).where(Role.slug.like(f"{base}%"))))
        candidates: Iterable[str] = (base if number == 1 else f"{base}-{number}" for number in range(1, len(taken) + 2))
        return next(candidate for candidate in candidates if candidate not in taken)

    def _present(self, roles: Sequence[Role]) -> list[RoleOut]:
        counts = dict(
            self._session.execute(
                select(User.role_id, func.count()).where(User.deleted_at.is_(None)).group_by(User.role_id)
            ).all()
        )
        return [
            RoleOut(
                id=role.id,
                slug=role.slug,
                name=role.name,
                is_predefined=role.is_predefined,
                permissions=sorted(role.permissions),
                user_count=counts.get(role.id, 0),
            )
            for role in roles
        ]


def _snapshot(role: Role) -> dict[str, Any]:
    return {"name": role.name, "permissions": list(role.permissions)}
