from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from omnileads.kit.audit import AuditEntry, AuditLog
from omnileads.kit.permissions import Principal
from omnileads.kit.runtime import Runtime

ACTOR = Principal(7, "ana", "manager", frozenset())


def entry(session: Session) -> AuditEntry:
    session.flush()
    return session.execute(select(AuditEntry)).scalar_one()


def test_an_entry_says_who_did_what_when_and_what_changed(session: Session, runtime: Runtime) -> None:
    AuditLog(session, runtime.clock).record(
        "pause.changed",
        "pause",
        3,
        actor=ACTOR,
        before={"name": "Lunch", "kind": "x"},
        after={"name": "Break", "kind": "x"},
    )
    written = entry(session)
    assert (written.actor_id, written.actor_name, written.at) == (7, "ana", runtime.clock.now())
    assert (written.action, written.subject_type, written.subject_id) == ("pause.changed", "pause", "3")
    assert (written.before, written.after) == ({"name": "Lunch"}, {"name": "Break"})


def test_without_a_request_it_is_the_command_line(session: Session, runtime: Runtime) -> None:
    AuditLog(session, runtime.clock).record("user.created", "user", "1", actor=None, after={"username": "ana"})
    written = entry(session)
    assert (written.actor_id, written.door, written.peer, written.request_id) == (None, "cli", None, None)
    assert (written.before, written.after) == (None, {"username": "ana"})
