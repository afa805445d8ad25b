from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from omnileads.accounts.housekeeping import FAILURES_KEPT, SESSION_KEPT, TOKEN_KEPT, prune
from omnileads.accounts.models import AccessToken, SignInFailures, WebSession
from omnileads.kit.runtime import Runtime
from tests.conftest import People, SignedIn, VirtualClock


def count(session: Session, table: type[WebSession | AccessToken | SignInFailures]) -> int:
    return session.execute(select(func.count()).select_from(table)).scalar_one()


def test_what_has_run_out_is_removed(sign_in: SignedIn, runtime: Runtime, clock: VirtualClock) -> None:
    sign_in("manager").post("/api/v2/tokens", json={"name": "crm", "expires_in_days": 1})
    kept_seconds = max(SESSION_KEPT.total_seconds(), TOKEN_KEPT.total_seconds() + 86400)
    for step, left in ((kept_seconds - 1, (0, 1)), (2, (0, 0))):
        clock.advance(seconds=step)
        with runtime.database.transaction() as session:
            prune(session, clock)
            assert (count(session, WebSession), count(session, AccessToken)) == left


def test_a_live_session_stays(sign_in: SignedIn, runtime: Runtime, clock: VirtualClock) -> None:
    sign_in("manager")
    clock.advance(seconds=SESSION_KEPT.total_seconds() - 1)
    with runtime.database.transaction() as session:
        prune(session, clock)
        assert count(session, WebSession) == 1


def test_a_users_lock_stays_and_all_other_counts_go(runtime: Runtime, users: People, clock: VirtualClock) -> None:
    users.make(username="Ana")
    users.make(username="ben")
    now = clock.now()
    with runtime.database.transaction() as session:
        for username, locked_at in (("ana", now), ("ben", None), ("nobody", now)):
            session.add(SignInFailures(username=username, failures=5, last_failure_at=now, locked_at=locked_at))
    clock.advance(seconds=FAILURES_KEPT.total_seconds() + 1)
    with runtime.database.transaction() as session:
        prune(session, clock)
        assert session.scalars(select(SignInFailures.username)).all() == ["ana"]
