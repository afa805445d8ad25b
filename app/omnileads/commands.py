"""What `oml` does to users and to the database on the server, where no permission is asked."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from omnileads.accounts.notices import UserNotices
from omnileads.accounts.passwords import Passwords
from omnileads.accounts.roles import ADMINISTRATOR, AGENT
from omnileads.accounts.schemas import UserCreate
from omnileads.accounts.sessions import WebSessions
from omnileads.accounts.sign_in import find_user
from omnileads.accounts.users import Users
from omnileads.campaigns.demo import DemoAgent, create_demo_data
from omnileads.campaigns.directory import CampaignAgentDirectory
from omnileads.kit.errors import NotFound
from omnileads.kit.runtime import Runtime
from omnileads.settings import SessionTopic

POLL_SECONDS = 1.0


class UnknownUser(NotFound):
    def __init__(self, username: str) -> None:
        super().__init__(f"There is no user {username}.")


class OtherRole(NotFound):
    def __init__(self, username: str) -> None:
        super().__init__(f"The user {username} exists and is no administrator. Choose another username.")


class AccountCommands:
    """Each method is one transaction."""

    def __init__(self, runtime: Runtime, passwords: Passwords) -> None:
        self._runtime = runtime
        self._passwords = passwords

    def create_administrator(self, username: str, password: str) -> bool:
        """Make the administrator unless it exists; its password is then left alone. Returns whether it was made.

        Raises ValidationFailed for a weak password, OtherRole when the name belongs to somebody else.
        """
        with self._runtime.database.transaction() as session:
            existing = find_user(session, username)
            if existing is not None:
                if existing.role.slug != ADMINISTRATOR:
                    raise OtherRole(username)
                return False
            wanted = UserCreate.model_validate({"username": username, "password": password, "role_slug": ADMINISTRATOR})
            self.users(session).create(None, wanted)
            return True

    def reset_password(self, username: str, password: str) -> None:
        """Set a new password, unblock the account and end its session and tokens. Raises UnknownUser."""
        with self._runtime.database.transaction() as session:
            user = find_user(session, username)
            if user is None:
                raise UnknownUser(username)
            users = self.users(session)
            users.reset_password(None, user.id, password, must_change=False)
            users.unblock(None, user.id)

    def unblock(self, username: str) -> None:
        """Let a locked user sign in again. Raises UnknownUser."""
        with self._runtime.database.transaction() as session:
            user = find_user(session, username)
            if user is None:
                raise UnknownUser(username)
            self.users(session).unblock(None, user.id)

    def create_demo_data(self, password: str) -> bool:
        """Make a small team that can take a call; its agents get this password. Returns whether it was made."""
        with self._runtime.database.transaction() as session:

            def make_agent(agent: DemoAgent, group_id: int) -> int:
                wanted = {
                    "username": agent.username,
                    "first_name": agent.first_name,
                    "last_name": agent.last_name,
                    "password": password,
                    "role_slug": AGENT,
                    "group_id": group_id,
                }
                made = self.users(session).create(None, UserCreate.model_validate(wanted)).user
                return CampaignAgentDirectory(self._runtime).by_user(session, [made.id])[made.id].id

            return create_demo_data(session, self._runtime, make_agent)

    def users(self, session: Session) -> Users:
        runtime = self._runtime
        sessions = WebSessions(session, runtime.redis, runtime.clock, SessionTopic().cookie_age)
        directory = CampaignAgentDirectory(runtime)
        notices = UserNotices(session, runtime.jobs, console_url="")
        return Users(session, runtime.redis, runtime.clock, self._passwords, directory, sessions, notices)


def wait_for_database(runtime: Runtime, limit_seconds: float, sleep: Callable[[float], None] = time.sleep) -> None:
    """Return as soon as PostgreSQL answers. Raises OperationalError when it does not within the limit."""
    end = runtime.clock.monotonic() + limit_seconds
    while True:
        try:
            runtime.database.ping()
        except OperationalError:
            if runtime.clock.monotonic() >= end:
                raise
            sleep(POLL_SECONDS)
        else:
            return
