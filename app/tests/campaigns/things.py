"""Makers for the tests of campaigns: bases with contacts, and campaigns of each kind through the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from omnileads.campaigns.models import Lead
from omnileads.contacts.models import Column, Contact, ContactBase
from omnileads.kit.runtime import Runtime
from tests.domain import API, OPTIONS

CAMPAIGNS = f"{API}/campaigns"

COLUMNS: list[Column] = [
    {"key": "phone", "name": "Phone", "role": "phone"},
    {"key": "mobile", "name": "Mobile", "role": "phone"},
    {"key": "name", "name": "Name", "role": "data"},
    {"key": "active", "name": "Active", "role": "data"},
    {"key": "id", "name": "Id", "role": "external-id"},
]

DIALING: dict[str, Any] = {
    "starts_on": "2026-03-01",
    "ends_on": "2026-03-31",
    "weekdays": [1, 2, 3, 4, 5],
    "opens_at": "09:00:00",
    "closes_at": "18:00:00",
}


class Bases:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def make(
        self,
        count: int = 0,
        *,
        name: str = "People",
        columns: Sequence[Column] = COLUMNS,
        values: Sequence[Sequence[str]] = (),
    ) -> ContactBase:
        """A base with so many contacts, or with those of these values."""
        rows = list(values) or [[f"+54341{number:07}", "", f"Person {number}", "1", ""] for number in range(count)]
        with self._runtime.database.transaction() as session:
            base = ContactBase(name=name, columns=list(columns), contact_count=len(rows))
            session.add(base)
            session.flush()
            session.add_all(contact_of(base.id, row) for row in rows)
        return base

    def contact_ids(self, base: ContactBase) -> list[int]:
        with self._runtime.database.transaction() as session:
            return list(session.scalars(select(Contact.id).where(Contact.base_id == base.id).order_by(Contact.id)))


def contact_of(base_id: int, values: Sequence[str]) -> Contact:
    """A contact of a base with `COLUMNS`."""
    phones = [value.lstrip("+") for value in values[:2] if value]
    return Contact(base_id=base_id, phone=values[0], values=list(values), phones=phones, search="")


def manual(**fields: Any) -> dict[str, Any]:
    return {"kind": "manual", "name": "Manual", "dispositions": OPTIONS, **fields}


def preview(base: ContactBase, **fields: Any) -> dict[str, Any]:
    return {"kind": "preview", "name": "Preview", "contact_base_id": base.id, "dispositions": OPTIONS, **fields}


def dialer(base: ContactBase, **fields: Any) -> dict[str, Any]:
    return {
        "kind": "dialer",
        "name": "Dialer",
        "contact_base_id": base.id,
        "dispositions": OPTIONS,
        **DIALING,
        **fields,
    }


def make(client: TestClient, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(CAMPAIGNS, json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def leads_of(session: Session, campaign: dict[str, Any]) -> list[Lead]:
    """In their order."""
    statement = select(Lead).where(Lead.campaign_id == campaign["id"]).order_by(Lead.position, Lead.id)
    return list(session.scalars(statement))
