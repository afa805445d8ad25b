"""A thousand campaigns and many contacts: what a list reads does not grow with what there is.

Every statement an answer needs is run once more under EXPLAIN ANALYZE. No big table is read from end to end, and the
rows that are read and thrown away are bounded by the page, wherever in the list it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event, insert, text

from omnileads.campaigns.leads.order import export_order
from omnileads.campaigns.models import Campaign
from omnileads.contacts.models import ContactBase
from omnileads.kit.pagination import encode_cursor
from omnileads.kit.runtime import Runtime
from tests.campaigns.things import CAMPAIGNS, COLUMNS, Bases, make, preview
from tests.domain import API

CONTACTS = 60_000
CAMPAIGN_COUNT = 1_000
MOST_ROWS = 12_000
"""Rows a page may read: a search looks through 3,000 contacts first, an export takes 5,000 at once."""

FILL_BASE = """
INSERT INTO contacts (base_id, phone, external_id, values, phones, search)
SELECT :base, '+54341' || n, 'A-' || n,
       ARRAY['+54341' || n, '', 'Person ' || n, '1', 'A-' || n], ARRAY['54341' || n],
       (:base || '/person ' || :base || '/' || n || ' ' || :base || '+54341' || n)::tsvector
FROM generate_series(1000000, 1000000 + :count - 1) AS n
"""
FILL_LEADS = """
INSERT INTO leads (campaign_id, contact_id, position, state)
SELECT :campaign, id, row_number() OVER (ORDER BY id), CASE WHEN id % 1000 = 0 THEN 'finished' ELSE 'pending' END
FROM contacts WHERE base_id = :base
"""


class Plans:
    """The plans of what was read while it watched, each as PostgreSQL has carried it out."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._statements: list[tuple[str, Any]] = []

    @contextmanager
    def watching(self) -> Iterator[None]:
        def note(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
            if statement.lstrip().startswith(("SELECT", "SET LOCAL enable")):
                self._statements.append((statement, values))

        engine = self._runtime.database.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield
        finally:
            event.remove(engine, "before_cursor_execute", note)

    @property
    def count(self) -> int:
        return len(self._statements)

    def faults(self, *tables: str) -> list[str]:
        """Of these tables: read from end to end, or more rows of them touched than a page may."""
        found = []
        with self._runtime.database.engine.connect() as connection:
            cursor = connection.connection.cursor()
            for statement, values in self._statements:
                if statement.startswith("SET"):
                    cursor.execute(statement)
                    continue
                cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values)
                (document,) = cursor.fetchone() or ([],)
                plan = json.loads(document) if isinstance(document, str) else document
                found += [f"{fault} in: {statement}" for fault in _faults(plan[0]["Plan"], tables)]
        return found


def _faults(node: dict[str, Any], tables: Sequence[str]) -> list[str]:
    kind, table = node["Node Type"], node.get("Relation Name")
    rows = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    found = []
    if kind == "Seq Scan" and table in tables:
        found.append(f"{table} is read from end to end")
    if rows > MOST_ROWS and table in tables:
        found.append(f"{kind} of {table} touches {rows} rows")
    return [*found, *(fault for child in node.get("Plans", ()) for fault in _faults(child, tables))]


@pytest.fixture
def plans(runtime: Runtime) -> Plans:
    return Plans(runtime)


@pytest.fixture
def large(runtime: Runtime, bases: Bases, admin: TestClient) -> tuple[ContactBase, dict[str, Any]]:
    """A base with many contacts, and a preview campaign that has nearly all of them to work still."""
    base = bases.make(1, name="Large", columns=COLUMNS)
    bases.make(1, name="Small")
    campaign = make(admin, preview(base))
    with runtime.database.transaction() as session:
        session.execute(text("SET LOCAL synchronous_commit = off"))
        session.execute(text("DELETE FROM leads"))
        session.execute(text(FILL_BASE), {"base": base.id, "count": CONTACTS})
        session.execute(text(FILL_LEADS), {"campaign": campaign["id"], "base": base.id})
        session.execute(text("UPDATE contact_bases SET contact_count = :count"), {"count": CONTACTS})
    with runtime.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (ANALYZE) contacts, leads"))
    return base, campaign


def test_lists_of_contacts_and_leads_read_a_page(
    large: tuple[ContactBase, dict[str, Any]], admin: TestClient, plans: Plans
) -> None:
    base, campaign = large
    contacts, leads = f"{API}/contact-bases/{base.id}/contacts", f"{CAMPAIGNS}/{campaign['id']}/leads"

    def page(url: str, **query: Any) -> Any:
        answer = admin.get(url, params={"page_size": 200, **query})
        assert answer.status_code == 200, answer.text
        return answer.json()

    with plans.watching():
        first = page(contacts)
        deep = page(contacts, cursor=encode_cursor(first["items"][0]["id"] + CONTACTS - 500))
        found = {search: page(contacts, search=search) for search in ("person", "1059998", "+543411059998", "nobody")}
        begun = page(leads)
        last = page(leads, cursor=encode_cursor(CONTACTS - 500, 0))
        finished = page(leads, state="finished")
        page(leads, agent_id=1)
    assert [len(contacts["items"]) for contacts in (first, deep)] == [50, 50]
    assert [len(worked["items"]) for worked in (begun, last)] == [200, 200]
    assert first["next"]
    assert (len(found["person"]["items"]), found["person"]["is_cut"]) == (200, True)
    assert [item["phone"] for item in found["1059998"]["items"]] == ["+543411059998"]
    assert [item["phone"] for item in found["+543411059998"]["items"]] == ["+543411059998"]
    assert not found["nobody"]["items"]
    assert 0 < len(finished["items"]) <= 61
    assert not plans.faults("contacts", "leads")


def test_the_order_is_exported_piece_by_piece(
    large: tuple[ContactBase, dict[str, Any]], runtime: Runtime, plans: Plans
) -> None:
    with plans.watching():
        lines = sum(piece.count(b"\r\n") for piece in export_order(runtime.database, large[1]["id"]))
    assert lines == pytest.approx(CONTACTS, abs=100)
    assert not plans.faults("leads")


def test_a_thousand_campaigns_are_listed_with_as_few_statements_as_one(
    admin: TestClient, bases: Bases, runtime: Runtime
) -> None:
    make(admin, preview(bases.make(1)))

    def read(**query: Any) -> tuple[Any, int]:
        plans = Plans(runtime)
        with plans.watching():
            answer = admin.get(CAMPAIGNS, params={"page_size": 50, **query}).json()
        assert not plans.faults("contacts", "leads", "dispositions")
        return answer, plans.count

    _one, few = read()
    with runtime.database.transaction() as session:
        rows = [{"kind": "manual", "name": f"Campaign {n}", "state": "active"} for n in range(1, CAMPAIGN_COUNT + 1)]
        session.execute(insert(Campaign), rows)
        assert session.query(Campaign).count() == CAMPAIGN_COUNT + 1
    first, count = read()
    last, _ = read(page=21)
    searched, _ = read(search="campaign 777")
    assert (first["total"], len(first["items"]), len(last["items"])) == (CAMPAIGN_COUNT + 1, 50, 1)
    assert [row["name"] for row in searched["items"]] == ["Campaign 777"]
    assert count == few
