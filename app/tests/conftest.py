"""Fixtures shared by all tests: servers, settings, a runtime on a migrated database, the application, people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from omnileads.accounts.models import Role, User
from omnileads.accounts.passwords import Passwords
from omnileads.accounts.sessions import CSRF_HEADER
from omnileads.agents.models import AgentGroup
from omnileads.api import create_app
from omnileads.kit.logging import configure_logging
from omnileads.kit.runtime import Runtime
from omnileads.schema import migrate
from omnileads.settings import AppTopic, PostgresTopic, RecordingsTopic, RedisTopic, Settings, SipTopic
from tests.servers import Server, postgres_server, redis_server

PUBLIC_URL = "https://contact.example"
INTERNAL_TOKEN = "the internal token of the tests"
PASSWORD = "a fine long passphrase"
KEPT_TABLES = frozenset({"alembic_version", "config_revision", "roles"})


class VirtualClock:
    """Stands still until it is advanced."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._now = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
        self._elapsed = 0.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._elapsed

    def advance(self, **interval: float) -> None:
        """`advance(seconds=5)`, `advance(days=1)`: as timedelta's arguments."""
        step = timedelta(**interval)
        self._now += step
        self._elapsed += step.total_seconds()


@pytest.fixture(scope="session", autouse=True)
def _json_logs() -> None:
    configure_logging(process="tests", instance="oml-test", level="info")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def redis_address() -> Iterator[Server]:
    with redis_server() as server:
        yield server


@pytest.fixture(scope="session")
def settings(postgres: Server, redis_address: Server, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        postgres=PostgresTopic(
            host=postgres.host,
            port=postgres.port,
            database=postgres.database,
            user=postgres.user,
            password=postgres.password,
            pool_size=5,
        ),
        redis=RedisTopic(
            host=redis_address.host,
            port=redis_address.port,
            password=redis_address.password,
            database=int(redis_address.database),
        ),
        app=AppTopic(
            public_url=PUBLIC_URL,
            internal_token=INTERNAL_TOKEN,
            console_directory=tmp_path_factory.mktemp("console"),
        ),
        recordings=RecordingsTopic(directory=tmp_path_factory.mktemp("recordings")),
        sip=SipTopic(ephemeral_secret="the ephemeral secret of the tests"),
    )


@pytest.fixture(scope="session")
def shared_clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture(scope="session")
def shared_runtime(settings: Settings, shared_clock: VirtualClock) -> Iterator[Runtime]:
    """One pool of connections for the whole session, on a database with all migrations applied."""
    runtime = Runtime.build(settings, shared_clock)
    migrate(runtime.database)
    yield runtime
    runtime.close()


@pytest.fixture
def clock(shared_clock: VirtualClock) -> VirtualClock:
    """The clock of the runtime and the application, at noon of a Monday."""
    shared_clock.reset()
    return shared_clock


@pytest.fixture
def runtime(shared_runtime: Runtime, settings: Settings, clock: VirtualClock) -> Iterator[Runtime]:
    """The runtime on an empty database and an empty Redis, with a clock that stands still."""
    _erase(shared_runtime)
    runtime = Runtime.on(shared_runtime.database, shared_runtime.redis, settings.redis, clock)
    yield runtime
    runtime.jobs.close()


@pytest.fixture
def session(runtime: Runtime) -> Iterator[Session]:
    """A transaction that is committed at the end of the test; commit it before asking the application."""
    with runtime.database.transaction() as session:
        yield session


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    """Hashing as in production, but cheap."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(scope="session")
def shared_app(settings: Settings, shared_runtime: Runtime, passwords: Passwords) -> FastAPI:
    return create_app(settings, shared_runtime, passwords)


@pytest.fixture
def app(shared_app: FastAPI, runtime: Runtime) -> FastAPI:
    """The application, on what `runtime` has emptied."""
    return shared_app


@pytest.fixture
def browsers(app: FastAPI) -> Iterator[Browsers]:
    with Browsers(app) as browsers:
        yield browsers


@pytest.fixture
def client(browsers: Browsers) -> TestClient:
    """A client nobody is signed in with."""
    return browsers.open()


@pytest.fixture
def users(runtime: Runtime, passwords: Passwords) -> People:
    return People(runtime, passwords)


@pytest.fixture
def sign_in(browsers: Browsers, users: People) -> SignedIn:
    """`sign_in("supervisor")`: a client signed in as a new user of that role."""
    return SignedIn(browsers, users)


class Browsers:
    """Opens clients of the application; each keeps its own cookies."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._open = ExitStack()

    def __enter__(self) -> Browsers:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def open(self, peer: str = "203.0.113.7") -> TestClient:
        client = TestClient(self._app, base_url=PUBLIC_URL, client=(peer, 50000), headers={"Origin": PUBLIC_URL})
        return self._open.enter_context(client)


class People:
    """Makes users, and a group for the agents among them."""

    def __init__(self, runtime: Runtime, passwords: Passwords) -> None:
        self._runtime = runtime
        self._hash = passwords.hash(PASSWORD)
        self._made = 0

    def make(self, role: str = "administrator", **fields: Any) -> User:
        """A user of this role with the password PASSWORD. An agent's profile is not made here."""
        self._made += 1
        with self._runtime.database.transaction() as session:
            user = User(
                username=fields.pop("username", f"{role}-{self._made}"),
                first_name=fields.pop("first_name", ""),
                last_name=fields.pop("last_name", ""),
                email=fields.pop("email", ""),
                password_hash=fields.pop("password_hash", self._hash),
                must_change_password=fields.pop("must_change_password", False),
                is_active=fields.pop("is_active", True),
                role=session.execute(select(Role).where(Role.slug == role)).scalar_one(),
                created_at=self._runtime.clock.now(),
                **fields,
            )
            session.add(user)
        return user

    def make_group(self, name: str = "Agents") -> AgentGroup:
        with self._runtime.database.transaction() as session:
            group = AgentGroup(name=name)
            session.add(group)
        return group


class SignedIn:
    def __init__(self, browsers: Browsers, users: People) -> None:
        self._browsers = browsers
        self._users = users

    def __call__(self, who: str | User = "administrator") -> TestClient:
        """A client signed in as `who`: a user, or a role of which a user is made."""
        user = self._users.make(who) if isinstance(who, str) else who
        client = self._browsers.open()
        answer = client.post("/api/v2/session", json={"username": user.username, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        client.headers[CSRF_HEADER] = answer.json()["csrf_token"]
        return client


def _erase(runtime: Runtime) -> None:
    with runtime.database.engine.begin() as connection:
        existing = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        names = ", ".join(f'"{name}"' for name in existing if name not in KEPT_TABLES)
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
        connection.execute(text("DELETE FROM roles WHERE NOT is_predefined"))
        connection.execute(text("UPDATE config_revision SET revision = 1"))
    runtime.redis.flushdb()


@pytest.fixture(scope="session")
def repository() -> Path:
    return Path(__file__).resolve().parents[2]
