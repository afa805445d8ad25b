"""How fast a file of contacts comes in, beside a bare COPY of its good rows into the same indexed table."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from random import Random
from statistics import median
from typing import Any

import psycopg2
import psycopg2.extensions

from bench.report import REPOSITORY, Goal, Result

ROWS, QUICK_ROWS = 1_000_000, 100_000
ROUNDS = 3
BAD, DUPLICATE = 0.02, 0.01
COPY = "COPY contacts (base_id, phone, external_id, values, phones, search) {} "
NAMES = ("tel1", "tel2", "tel3", "name", "surname", "city", "email", "id")
ROLES = ("phone", "phone", "phone", "data", "data", "data", "data", "external-id")

METHOD = """\
A file of 8 columns (three phones, four of data, an external id) with 2 % bad rows and 1 % duplicates is imported into a
new base by the worker's own code, in a process of its own, whose largest memory is read at its end. Then the rows that
came in are written to a file as COPY has them, and that file is copied bare into the same table with the same indexes.
Both are done in turn, the table emptied between them. Rows are those of the file, for both; the ratio is
the median of the rounds. PostgreSQL is the product's image (or this machine's) with its usual settings. Searches are
asked of the base at the end, ten times each."""

WORKER = """\
import json, sys, time
from types import SimpleNamespace
from omnileads.contacts.import_job import ImportJob
from omnileads.kit.runtime import Runtime
from omnileads.settings import PlatformSettings, read
runtime = Runtime.build(read(PlatformSettings))
started = time.perf_counter()
state = ImportJob(runtime).run(SimpleNamespace(arguments={"import_id": int(sys.argv[1])}))["state"]
seconds = time.perf_counter() - started
memory = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps({"state": state, "seconds": seconds, "memory_mb": memory / 1024}))
"""

_FIRSTS = "maria jose juan ana luis carlos rosa pedro jorge lucia elena marta hugo ines raul sara"
_LAST_BEGINNINGS = "Garc Lop Fern Mart Rod Gonz Per Sanch Ram Tor Flor Riv"
_LAST_ENDINGS = "ia ez as os al"
SEARCHES = ("maria", "garcia rosario", "maria garcia rosario mail", "+54934100", "341555", "1000500", "nobody")


def run(*, quick: bool) -> Result:
    rows = QUICK_ROWS if quick else ROWS
    with product_servers() as (connection, environment):
        content = contact_file(rows)
        rounds = [_round(connection, environment, content, rows) for _ in range(1 if quick else ROUNDS)]
        searches = _searches(environment)
    ratio = median(bare / imported for imported, bare, _memory in rounds)
    memory = max(memory for _imported, _bare, memory in rounds)
    slowest = max(searches.values())
    return Result(
        benchmark="import",
        method=METHOD,
        baseline="COPY of the accepted rows into the same indexed table",
        ratio=round(ratio, 3),
        parameters={"rows": rows, "file_bytes": len(content), "rounds": len(rounds)},
        figures={
            "import_rows_per_second": [round(rows / imported) for imported, _bare, _memory in rounds],
            "bare_copy_rows_per_second": [round(rows / bare) for _imported, bare, _memory in rounds],
            "peak_memory_mb": round(memory, 1),
            "search_milliseconds": searches,
        },
        goals=[
            Goal("speed of an import beside a bare COPY", ratio, 0.6, "", at_least=True),
            Goal("peak memory of an import", memory, 200, "MB"),
            Goal("slowest search in the base", slowest, 100, "ms"),
        ],
    )


def _round(
    connection: psycopg2.extensions.connection, environment: dict[str, str], content: bytes, rows: int
) -> tuple[float, float, float]:
    """Seconds of the import, seconds of the bare COPY, megabytes of the import."""
    _empty(connection)
    outcome = _import(environment, store(connection, content))
    with connection.cursor() as cursor:
        lines = io.BytesIO()
        cursor.copy_expert(COPY.format("TO STDOUT"), lines)
    lines.seek(0)
    _empty_contacts(connection)
    with connection.cursor() as cursor:
        started = time.perf_counter()
        cursor.copy_expert(COPY.format("FROM STDIN"), lines, 64 * 1024)
        bare = time.perf_counter() - started
    print(f"import {rows / outcome['seconds']:,.0f} rows/s, bare COPY {rows / bare:,.0f} rows/s", flush=True)
    return outcome["seconds"], bare, outcome["memory_mb"]


def _import(environment: dict[str, str], import_id: int) -> dict[str, Any]:
    command = [sys.executable, "-c", WORKER, str(import_id)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    outcome: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    if outcome["state"] != "done":
        raise RuntimeError(f"the import ended as {outcome['state']}")
    return outcome


def store(connection: psycopg2.extensions.connection, content: bytes, name: str = "bench") -> int:
    """The upload as the application stores it, started; the new base is called `name`."""
    options = {
        "encoding": "utf-8",
        "delimiter": ",",
        "has_header": True,
        "name": name,
        "duplicates": "reject",
        "columns": [
            {"name": column, "role": role, "source": place}
            for place, (column, role) in enumerate(zip(NAMES, ROLES, strict=True))
        ],
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO contact_imports (kind, state, file_name, size_bytes, options, attempts, is_cancel_requested,"
            " done_bytes, read_count, accepted_count, rejected_count, duplicate_count, created_at, touched_at)"
            " VALUES ('contacts', 'queued', 'bench.csv', %s, %s, 0, false, 0, 0, 0, 0, 0, now(), now()) RETURNING id",
            (len(content), json.dumps(options)),
        )
        found = cursor.fetchone()
        if found is None:
            raise RuntimeError("the import was not stored")
        for position, start in enumerate(range(0, len(content), 1 << 20)):
            part = psycopg2.Binary(content[start : start + (1 << 20)])
            cursor.execute("INSERT INTO contact_import_chunks VALUES (%s, %s, %s)", (found[0], position, part))
    return int(found[0])


def _empty(connection: psycopg2.extensions.connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE contacts, contact_imports, contact_bases CASCADE")


def _empty_contacts(connection: psycopg2.extensions.connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE contacts CASCADE")


def _searches(environment: dict[str, str]) -> dict[str, float]:
    script = (
        "import json, sys, time\n"
        "from sqlalchemy import select, text\n"
        "from omnileads.contacts.contacts import Contacts\n"
        "from omnileads.contacts.models import ContactBase\n"
        "from omnileads.kit.runtime import Runtime\n"
        "from omnileads.settings import PlatformSettings, read\n"
        "runtime = Runtime.build(read(PlatformSettings))\n"
        "taken = {}\n"
        "with runtime.database.transaction() as session:\n"
        "    session.execute(text('ANALYZE contacts'))\n"
        "    session.execute(text(\"SELECT gin_clean_pending_list('ix_contacts_search')\"))\n"
        "    contacts = Contacts(session, runtime.clock, session.scalars(select(ContactBase)).one(), None)\n"
        "    for search in json.loads(sys.argv[1]):\n"
        "        times = []\n"
        "        for _ in range(10):\n"
        "            started = time.perf_counter()\n"
        "            contacts.slice(search, None, 50)\n"
        "            times.append(time.perf_counter() - started)\n"
        "        taken[search] = round(sorted(times)[5] * 1000, 1)\n"
        "print(json.dumps(taken))\n"
    )
    command = [sys.executable, "-c", script, json.dumps(SEARCHES)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    taken: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return taken


def contact_file(rows: int) -> bytes:
    random = Random(7)  # noqa: S311 (figures, no secrets)
    firsts = _FIRSTS.split()
    beginnings, endings = _LAST_BEGINNINGS.split(), _LAST_ENDINGS.split()
    lasts = [beginning + ending for beginning in beginnings for ending in endings]
    cities = ["Rosario", "Buenos Aires", "Mendoza", *(f"City {number}" for number in range(200))]
    lines = [",".join(NAMES)]
    for number in range(rows):
        chance = random.random()
        if chance < BAD:
            lines.append(f"no phone,,,{random.choice(firsts)},x,y,z,{number}")
        elif chance < BAD + DUPLICATE and number:
            lines.append(lines[random.randrange(1, len(lines))])
        else:
            name = random.choice(firsts)
            mobile = f"341{random.randrange(5_000_000, 6_999_999)}" if chance < 0.7 else ""
            lines.append(
                f"+5493{4_100_000_000 + number},341{random.randrange(4_000_000, 4_999_999)},{mobile},{name.title()},"
                f"{random.choice(lasts)},{random.choice(cities)},{name}{number}@mail.example,{1_000_000 + number}"
            )
    return ("\r\n".join(lines) + "\r\n").encode()


@contextmanager
def product_servers(
    settings: Mapping[str, str] | None = None,
) -> Iterator[tuple[psycopg2.extensions.connection, dict[str, str]]]:
    """A PostgreSQL with the product's tables and a Redis, both thrown away; and the settings to reach them.

    `settings` are further ones.
    """
    sys.path.insert(0, str(REPOSITORY / "app"))
    servers: Any = import_module("tests.servers")
    with servers.postgres_server() as postgres, servers.redis_server() as redis:
        environment = {
            **os.environ,
            **(settings or {}),
            "PYTHONPATH": str(REPOSITORY / "app"),
            "POSTGRES_HOST": postgres.host,
            "POSTGRES_PORT": str(postgres.port),
            "POSTGRES_USER": postgres.user,
            "POSTGRES_PASSWORD": postgres.password,
            "POSTGRES_DATABASE": postgres.database,
            "REDIS_HOST": redis.host,
            "REDIS_PORT": str(redis.port),
            "REDIS_PASSWORD": redis.password,
        }
        migrate = (
            "from omnileads.kit.db import Database; from omnileads.schema import migrate;"
            "from omnileads.settings import PlatformSettings, read;"
            "migrate(Database(read(PlatformSettings).postgres, 'bench'))"
        )
        subprocess.run([sys.executable, "-c", migrate], env=environment, check=True, capture_output=True)
        connection = psycopg2.connect(
            host=postgres.host,
            port=postgres.port,
            user=postgres.user,
            password=postgres.password,
            dbname=postgres.database,
        )
        connection.autocommit = True
        try:
            yield connection, environment
        finally:
            connection.close()
