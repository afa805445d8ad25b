"""How long lists take over a million contacts and a thousand campaigns, beside one contact read by its key."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import psycopg2.extensions

from bench.contact_import import product_servers
from bench.report import Goal, Result, percentile

CONTACTS, QUICK_CONTACTS = 1_000_000, 50_000
CAMPAIGNS = 1_000
TURNS, QUICK_TURNS = 100, 20

METHOD = """\
A base of contacts and a preview campaign with all of them to work, made with generate_series, and a thousand campaigns.
The application's own classes answer, in one process with one connection: the first page of the contacts, a page near
the end, searches for a word that is frequent, one that is rare, one nobody has, and a phone; the first page of the
leads, one near the end, those of a state; and a page of campaigns, the last one, a search in them. Each is asked in
turn with one contact read by its primary key (the baseline, with the same presentation), and timed from the call
to the answer as Python objects. Ratios are of medians to the baseline's median. A page has 50 rows, so reading one row
by its key 50 times is what a page could cost without being slow."""

FILL = (
    """INSERT INTO contact_bases (name, columns, contact_count, is_hidden)
    VALUES ('bench', %(columns)s, %(count)s, false)""",
    """INSERT INTO contacts (base_id, phone, external_id, values, phones, search)
    SELECT 1, '+5493' || n, 'A' || n, ARRAY['+5493' || n, 'Persona', 'Nombre' || n, 'A' || n], ARRAY['5493' || n],
           ('1/persona 1/nombre' || n || ' 1/a' || n || ' 1+5493' || n)::tsvector
    FROM generate_series(1000000, 999999 + %(count)s) AS n""",
    """INSERT INTO campaigns (kind, name, state, objective, recording_enabled, contact_base_id)
    SELECT 'preview', 'Campaign ' || n, 'active', 0, false, 1 FROM generate_series(1, %(campaigns)s) AS n""",
    """INSERT INTO leads (campaign_id, contact_id, position, state)
    SELECT 1, id, id, CASE WHEN id %% 100 = 0 THEN 'finished' ELSE 'pending' END FROM contacts""",
    "VACUUM (ANALYZE) contacts",
    "VACUUM (ANALYZE) leads",
    "ANALYZE",
)
COLUMNS = [
    {"key": "phone", "name": "phone", "role": "phone"},
    {"key": "kind", "name": "kind", "role": "data"},
    {"key": "name", "name": "name", "role": "data"},
    {"key": "id", "name": "id", "role": "external-id"},
]

READER = """\
import json, sys, time
from omnileads.accounts.models import User
from omnileads.campaigns.leads.desk import LeadDesk
from omnileads.campaigns.models import Campaign
from omnileads.campaigns.presentation import CampaignPresenter, row_statement
from omnileads.contacts.contacts import Contacts
from omnileads.contacts.models import ContactBase
from omnileads.kit.pagination import encode_cursor
from omnileads.kit.runtime import Runtime
from omnileads.settings import PlatformSettings, read
from sqlalchemy import func, select
runtime = Runtime.build(read(PlatformSettings))
count, turns = int(sys.argv[1]), int(sys.argv[2])
taken = {}
with runtime.database.transaction() as session:
    base, campaign = session.get_one(ContactBase, 1), session.get_one(Campaign, 1)
    contacts = Contacts(session, runtime.clock, base, None)
    desk = LeadDesk(session, campaign, runtime.clock.now())
    presenter = CampaignPresenter(session, runtime.redis)
    ordered = row_statement().order_by(func.lower(Campaign.name), Campaign.id)
    def campaigns(offset, *conditions):
        total = session.scalar(select(func.count(Campaign.id)).where(*conditions))
        return presenter.rows(session.execute(ordered.where(*conditions).limit(50).offset(offset)).all()), total
    deep = encode_cursor(count - 200)
    asked = {
        "contacts, first page": lambda turn: contacts.slice("", None, 50),
        "contacts, deep page": lambda turn: contacts.slice("", deep, 50),
        "search, frequent word": lambda turn: contacts.slice("persona", None, 50),
        "search, rare word": lambda turn: contacts.slice(f"nombre{1000000 + turn * 37 % count}", None, 50),
        "search, nobody": lambda turn: contacts.slice(f"xyz{turn}", None, 50),
        "search, phone": lambda turn: contacts.slice(f"5493{1000000 + turn * 41 % count}", None, 50),
        "leads, first page": lambda turn: desk.slice(None, 50, None, None),
        "leads, deep page": lambda turn: desk.slice(encode_cursor(count - 200, 0), 50, None, None),
        "leads, finished": lambda turn: desk.slice(None, 50, "finished", None),
        "leads, counted": lambda turn: desk.counts(),
        "campaigns, first page": lambda turn: campaigns(0),
        "campaigns, last page": lambda turn: campaigns(950),
        "campaigns, search": lambda turn: campaigns(0, Campaign.name.ilike("%777%")),
    }
    for name, ask in {"baseline": lambda turn: contacts.one(1 + turn * 9973 % count), **asked}.items():
        ask(0)
        taken[name] = []
    for turn in range(turns):
        for name, ask in asked.items():
            for what, work in (("baseline", lambda turn: contacts.one(1 + turn * 9973 % count)), (name, ask)):
                session.expunge_all()
                session.add_all((base, campaign))
                started = time.perf_counter()
                work(turn)
                taken[what].append(1000 * (time.perf_counter() - started))
print(json.dumps(taken))
"""


def run(*, quick: bool) -> Result:
    count, turns = (QUICK_CONTACTS, QUICK_TURNS) if quick else (CONTACTS, TURNS)
    with product_servers() as (connection, environment):
        _fill(connection, count)
        command = [sys.executable, "-c", READER, str(count), str(turns)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stderr[-3000:])
        taken: dict[str, list[float]] = json.loads(done.stdout.strip().splitlines()[-1])
    base = _median(taken.pop("baseline"))
    figures: dict[str, Any] = {"baseline": {"p50_ms": round(base, 2)}}
    for name, values in taken.items():
        p50, p99 = _median(values), percentile(values, 99)
        figures[name] = {"p50_ms": round(p50, 2), "p99_ms": round(p99, 2), "ratio": round(p50 / base, 2)}
    pages = {name: figure["ratio"] for name, figure in figures.items() if "ratio" in figure and "counted" not in name}
    slowest = max(pages, key=lambda name: pages[name])
    return Result(
        benchmark="lists",
        method=METHOD,
        baseline="one contact read by its primary key in the same run",
        ratio=pages[slowest],
        figures=figures,
        parameters={"contacts": count, "leads": count, "campaigns": CAMPAIGNS, "turns": turns},
        goals=[
            Goal(f"slowest page beside one row ({slowest})", pages[slowest], 50, "times"),
            Goal(
                "deep page of contacts beside the first",
                figures["contacts, deep page"]["p50_ms"] / figures["contacts, first page"]["p50_ms"],
                2,
                "times",
            ),
            Goal(
                "deep page of leads beside the first",
                figures["leads, deep page"]["p50_ms"] / figures["leads, first page"]["p50_ms"],
                2,
                "times",
            ),
        ],
    )


def _median(values: list[float]) -> float:
    return percentile(values, 50)


def _fill(connection: psycopg2.extensions.connection, count: int) -> None:
    values = {"columns": json.dumps(COLUMNS), "count": count, "campaigns": CAMPAIGNS}
    with connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement, values)
