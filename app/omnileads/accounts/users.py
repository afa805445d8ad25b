"""Creating, changing and ending users.

Who may manage whom depends on the role of the managed user (`accounts.management`), and whoever has only
`users.write-agents` is further limited to the agents of the campaigns they supervise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import redis
from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session

from omnileads.accounts.errors import LastAdministrator, NotAnAgentUser, OwnAccount, RoleNotManaged, UsernameTaken
from omnileads.accounts.login_tokens import revoke_login_token
from omnileads.accounts.management import WRITE_ANY, is_agent_role, require_managed
from omnileads.accounts.models import Role, User
from omnileads.accounts.notices import UserNotices
from omnileads.accounts.passwords import Passwords, check_new_password
from omnileads.accounts.ports import AgentDirectory, AgentRef
from omnileads.accounts.roles import ADMINISTRATOR
from omnileads.accounts.schemas import UserChange, UserClone, UserCreate
from omnileads.accounts.sessions import WebSessions, announce_session_end
from omnileads.accounts.sign_in import fold, locked_usernames, unblock
from omnileads.accounts.tokens import AccessTokens
from omnileads.kit.audit import AuditLog
from omnileads.kit.clock import Clock
from omnileads.kit.db import constraint_errors
from omnileads.kit.errors import NotFound, ValidationFailed
from omnileads.kit.pagination import PageQuery, contains, paginate
from omnileads.kit.permissions import Principal
from omnileads.kit.revision import bump_config_revision


@dataclass(frozen=True)
class UserView:
    user: User
    agent: AgentRef | None
    is_locked: bool


class Users:
    def __init__(
        self,
        session: Session,
        client: redis.Redis,
        clock: Clock,
        passwords: Passwords,
        directory: AgentDirectory,
        sessions: WebSessions,
        notices: UserNotices,
    ) -> None:
        self._session = session
        self._redis = client
        self._clock = clock
        self._passwords = passwords
        self._directory = directory
        self._sessions = sessions
        self._notices = notices
        self._audit = AuditLog(session, clock)

    def page(self, viewer: Principal, query: PageQuery, role_slug: str | None) -> tuple[list[UserView], int]:
        """The users this person may see in the order of their names, with how many there are."""
        statement = self._visible(viewer)
        if query.search:
            pattern = contains(query.search)
            columns = (User.username, User.first_name, User.last_name, User.email)
            statement = statement.where(or_(*(column.ilike(pattern, escape="\\") for column in columns)))
        if role_slug:
            statement = statement.where(User.role.has(Role.slug == role_slug))
        rows, total = paginate(self._session, statement.order_by(func.lower(User.username), User.id), query)
        return self._views(rows), total

    def visible(self, viewer: Principal) -> list[UserView]:
        """All users this person may see in the order of their names."""
        statement = self._visible(viewer).order_by(func.lower(User.username), User.id)
        return self._views(self._session.scalars(statement).all())

    def get(self, viewer: Principal, user_id: int) -> UserView:
        """Raises NotFound, also for a user this person may not see."""
        user = self._session.scalar(self._visible(viewer).where(User.id == user_id))
        if user is None:
            raise NotFound
        return self._views([user])[0]

    def create(self, actor: Principal | None, wanted: UserCreate) -> UserView:
        """Raises ValidationFailed (password, role_slug, group_id), RoleNotManaged, UsernameTaken."""
        role = self._role(wanted.role_slug)
        require_managed(actor, role)
        _check_group(role, wanted.group_id, is_required=True)
        user = self._add(wanted, role)
        if wanted.group_id is not None:
            self._directory.create(self._session, user.id, wanted.group_id)
        return self._created(actor, user)

    def clone(self, actor: Principal, source_id: int, wanted: UserClone) -> UserView:
        """Another agent in the same role, group and campaigns.

        Raises NotFound, RoleNotManaged, NotAnAgentUser, ValidationFailed (`password`), UsernameTaken.
        """
        source = self._managed(actor, source_id)
        if not is_agent_role(source.role):
            raise NotAnAgentUser
        like_source = {"role_slug": source.role.slug, "is_active": True}
        user = self._add(UserCreate.model_validate({**dict(wanted), **like_source}), source.role)
        self._directory.copy(self._session, source.id, user.id)
        return self._created(actor, user)

    def _add(self, wanted: UserCreate, role: Role) -> User:
        password = wanted.password.get_secret_value()
        check_new_password("password", password, _own_data(wanted))
        user = User(
            username=wanted.username,
            first_name=wanted.first_name,
            last_name=wanted.last_name,
            email=wanted.email,
            language=wanted.language,
            password_hash=self._passwords.hash(password),
            must_change_password=wanted.must_change_password,
            is_active=wanted.is_active,
            role=role,
            created_at=self._clock.now(),
        )
        with constraint_errors(self._session, {"uq_users_username": UsernameTaken()}):
            self._session.add(user)
        return user

    def _created(self, actor: Principal | None, user: User) -> UserView:
        self._audit.record("user.created", "user", user.id, actor=actor, after=_snapshot(user))
        self._notices.created(user)
        return self._views([user])[0]

    def change(self, actor: Principal, user_id: int, wanted: UserChange) -> UserView:
        """Raises NotFound, RoleNotManaged, OwnAccount, LastAdministrator, ValidationFailed, UsernameTaken."""
        user = self._managed(actor, user_id)
        before = _snapshot(user)
        fields = wanted.model_dump(exclude_none=True, exclude={"role_slug", "group_id"})
        role = self._role(wanted.role_slug) if wanted.role_slug else user.role
        if role is not user.role:
            require_managed(actor, role)
        _check_group(role, wanted.group_id, is_required=not is_agent_role(user.role))
        is_active = wanted.is_active if wanted.is_active is not None else user.is_active
        loses_power = role.slug != user.role.slug or not is_active
        if loses_power:
            self._check_may_lose_power(actor, user, role, is_active=is_active)
        old_role, user.role = user.role, role
        with constraint_errors(self._session, {"uq_users_username": UsernameTaken()}):
            for name, value in fields.items():
                setattr(user, name, value)
        self._follow_role(user, old_role, wanted.group_id)
        if is_agent_role(role) and before != _snapshot(user):
            # The call engine shows agents' names and rings the active ones only.
            bump_config_revision(self._session, self._redis)
        if loses_power:
            self._end_access(user, with_tokens=not is_active)
        self._audit.record("user.changed", "user", user.id, actor=actor, before=before, after=_snapshot(user))
        return self._views([user])[0]

    def delete(self, actor: Principal, user_id: int) -> None:
        """Raises NotFound, RoleNotManaged, OwnAccount, LastAdministrator."""
        user = self._managed(actor, user_id)
        self._check_may_lose_power(actor, user, user.role, is_active=False)
        self._directory.retire(self._session, user.id)
        self._end_access(user, with_tokens=True)
        self._audit.record("user.deleted", "user", user.id, actor=actor, before=_snapshot(user))
        user.is_active = False
        user.deleted_at = self._clock.now()

    def unblock(self, actor: Principal | None, user_id: int) -> UserView:
        """Forget the failed sign-ins. Raises NotFound, RoleNotManaged."""
        user = self._managed(actor, user_id) if actor else self._live(user_id)
        was_locked = unblock(self._session, user.username)
        self._audit.record("user.unblocked", "user", user.id, actor=actor, before={"is_locked": was_locked})
        return self._views([user])[0]

    def reset_password(self, actor: Principal | None, user_id: int, new_password: str, *, must_change: bool) -> None:
        """Give a user a new password and end what the old one opened: session, tokens.

        Raises NotFound, RoleNotManaged, ValidationFailed (field `new_password`).
        """
        user = self._managed(actor, user_id) if actor else self._live(user_id)
        self._set_password(user, new_password)
        user.must_change_password = must_change
        self._end_access(user, with_tokens=True)
        self._audit.record("user.password-reset", "user", user.id, actor=actor)
        self._notices.password_changed(user)

    def change_own_password(self, actor: Principal, new_password: str) -> User:
        """Set the caller's password; the current one was confirmed by `SignIn`. Raises ValidationFailed."""
        user = self._live(actor.user_id)
        if self._passwords.verify(user.password_hash, new_password):
            raise ValidationFailed.of("new_password", "unchanged", "Choose a password other than the current one.")
        self._set_password(user, new_password)
        user.must_change_password = False
        self._audit.record("user.password-changed", "user", user.id, actor=actor)
        self._notices.password_changed(user)
        return user

    def _set_password(self, user: User, new_password: str) -> None:
        check_new_password("new_password", new_password, _own_data(user))
        user.password_hash = self._passwords.hash(new_password)

    def _live(self, user_id: int) -> User:
        user = self._session.scalar(select(User).where(User.id == user_id, User.deleted_at.is_(None)))
        if user is None:
            raise NotFound
        return user

    def _visible(self, viewer: Principal) -> Select[User]:
        """Who manages only agents sees the people of their campaigns, agents of no campaign, and themselves."""
        statement = select(User).where(User.deleted_at.is_(None))
        if viewer.sees_everything or viewer.may(WRITE_ANY):
            return statement
        session, directory = self._session, self._directory
        people = directory.supervised_by(session, viewer.user_id) | directory.supervising_beside(
            session, viewer.user_id
        )
        seen = {viewer.user_id} | people | directory.in_no_campaign(session)
        return statement.where(User.id.in_(seen))

    def _managed(self, actor: Principal, user_id: int) -> User:
        """The user, if the actor may manage it. Raises NotFound, RoleNotManaged."""
        user = self._live(user_id)
        require_managed(actor, user.role)
        if not actor.may(WRITE_ANY) and user_id not in self._directory.supervised_by(self._session, actor.user_id):
            raise RoleNotManaged("You can only manage the agents of campaigns you supervise.")
        return user

    def _role(self, slug: str) -> Role:
        """The role, kept from being changed or deleted until the transaction ends."""
        role = self._session.scalar(
            select(Role).where(Role.slug == slug, Role.deleted_at.is_(None)).with_for_update(read=True)
        )
        if role is None:
            raise ValidationFailed.of("role_slug", "unknown", "There is no such role.")
        return role

    def _check_may_lose_power(self, actor: Principal, user: User, role: Role, *, is_active: bool) -> None:
        if user.id == actor.user_id:
            raise OwnAccount
        remains = role.slug == ADMINISTRATOR and is_active
        if user.role.slug == ADMINISTRATOR and user.is_active and not remains:
            others = self._session.scalars(
                select(User.id)
                .where(User.role_id == user.role_id, User.is_active, User.deleted_at.is_(None), User.id != user.id)
                .with_for_update(of=User)
            ).all()
            if not others:
                raise LastAdministrator

    def _follow_role(self, user: User, old_role: Role, group_id: int | None) -> None:
        """Keep the agent profile in step with the role."""
        was_agent, is_agent = is_agent_role(old_role), is_agent_role(user.role)
        if was_agent and not is_agent:
            self._directory.retire(self._session, user.id)
        elif is_agent and group_id is not None:
            if was_agent:
                self._directory.change_group(self._session, user.id, group_id)
            else:
                self._directory.create(self._session, user.id, group_id)

    def _end_access(self, user: User, *, with_tokens: bool) -> None:
        self._sessions.end_of_user(user.id)
        if with_tokens:
            AccessTokens(self._session, self._clock, self._audit).revoke_all_of(user.id)
            revoke_login_token(self._session, user.id)
        announce_session_end(self._session, self._redis, user_id=user.id, session_id=None)

    def _views(self, users: Sequence[User]) -> list[UserView]:
        agents = self._directory.by_user(self._session, [user.id for user in users])
        locked = locked_usernames(self._session, [user.username for user in users])
        return [UserView(user, agents.get(user.id), fold(user.username) in locked) for user in users]


def has_administrator(session: Session) -> bool:
    """Whether an active administrator exists."""
    is_administrator = User.role.has(Role.slug == ADMINISTRATOR)
    return bool(session.scalar(select(exists().where(User.is_active, User.deleted_at.is_(None), is_administrator))))


def _check_group(role: Role, group_id: int | None, *, is_required: bool) -> None:
    if is_agent_role(role) and group_id is None and is_required:
        raise ValidationFailed.of("group_id", "missing", "Choose the agent's group.")
    if not is_agent_role(role) and group_id is not None:
        raise ValidationFailed.of("group_id", "not-an-agent", "Only agents have a group.")


def _own_data(user: User | UserCreate) -> tuple[str, ...]:
    return user.username, user.first_name, user.last_name, user.email


def _snapshot(user: User) -> dict[str, Any]:
    return {
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "language": user.language,
        "role_slug": user.role.slug,
        "is_active": user.is_active,
    }
