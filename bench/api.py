"""How fast `/api/v1` lists, reads and stores dispositions, beside Django REST Framework on the same tables."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from itertools import count
from statistics import median
from typing import Any

from bench.contact_import import product_servers
from bench.errors import CannotMeasureError
from bench.report import REPOSITORY, Goal, Result, percentile, spread
from bench.web_load import Answers, Question, ask_for

ROUNDS, QUICK_ROUNDS = 5, 1
SECONDS, QUICK_SECONDS = 6.0, 1.5
CONNECTIONS = 8
LISTED = 100
CONTACTS = 100_000
START_SECONDS = 180.0
VENV = REPOSITORY / "build" / "bench-venv"
LOCK = REPOSITORY / "requirements" / "bench.lock"
KINDS = ("list", "get", "create")

METHOD = """\
An agent's token lists its 100 dispositions, reads one of them, and stores one about a contact that has none, over 8
connections that ask again as soon as they are answered. Ours is `oml serve` as shipped: one uvicorn process with its
log lines, request ids, measurements and headers. The other is bench/drf: the same three addresses in Django REST
Framework, with the same token, role and campaign checks and the same rows written (answer, history, audit), the
middleware of a new Django project and of languages, served by one gunicorn process with threads, kept database
connections and a log line for each answer. Both use one PostgreSQL with the product's tables. The servers are bound to
one processor, who asks them to the others. Rounds of each address are taken in turn, and the order of the two sides
changes with each round. The ratio of an address is ours divided by the other's, the median of the rounds; the result's
is the smallest of three."""

PREPARE = """\
import json, sys
from sqlalchemy import text
from tests.api_v1.crm import World, token_of
from tests.conftest import Browsers, People, SignedIn
from omnileads.accounts.passwords import Passwords
from omnileads.api import create_app
from omnileads.kit.runtime import Runtime
from omnileads.settings import Settings, read

COPY = '''INSERT INTO contacts
(base_id, phone, external_id, values, phones, search, is_original, created_at, updated_at)
SELECT base_id, phone, 'n' || number, values, phones, search, is_original, created_at, updated_at
FROM contacts, generate_series(1, :count) AS number WHERE id = :id'''
ANSWERS = '''INSERT INTO dispositions (call_id, campaign_id, option_id, agent_id, contact_id, comment)
SELECT 'v1-' || id, :campaign, :option, :agent, id, 'bought' FROM contacts WHERE id > :id ORDER BY id LIMIT :count'''

settings = read(Settings)
runtime = Runtime.build(settings)
passwords = Passwords()
with Browsers(create_app(settings, runtime, passwords)) as browsers:
    users = People(runtime, passwords)
    world = World(browsers, users, SignedIn(browsers, users), runtime)
    writer, profile = world.team.agent()
    campaign = world.make_campaign("Measured", members=[{"agent_id": world.ana.id}, {"agent_id": profile.id}])
    option = campaign["dispositions"][0]["id"]
    contact = world.contact()
    reader_token, writer_token = (token_of(world.admin, user) for user in (world.agent_user, writer))
with runtime.database.transaction() as session:
    session.execute(text("SET LOCAL statement_timeout = 0"))
    session.execute(text(COPY), {"count": int(sys.argv[1]), "id": contact})
    about = {"campaign": campaign["id"], "option": option, "agent": world.ana.id, "id": contact}
    session.execute(text(ANSWERS), {**about, "count": int(sys.argv[2])})
    answered = session.scalar(text("SELECT min(id) FROM dispositions"))
    free = session.scalar(text("SELECT max(contact_id) + 1 FROM dispositions"))
    last = session.scalar(text("SELECT max(id) FROM contacts"))
with runtime.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
    connection.execute(text("VACUUM ANALYZE"))
print(json.dumps({"reader": reader_token, "writer": writer_token, "option": option, "answered": answered, "free": free,
    "last": last}))
"""


@dataclass
class Side:
    """One of the two servers. `times` are all answers' seconds, `rates` each round's requests a second, by kind."""

    name: str
    port: int
    times: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    rates: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in KINDS})

    def take(self, kind: str, answers: Answers) -> None:
        self.times[kind] += answers.seconds
        self.rates[kind].append(answers.per_second)

    def figures(self) -> dict[str, Any]:
        return {
            kind: {
                "requests_per_second": spread(self.rates[kind]),
                "p50_ms": round(percentile(self.times[kind], 50) * 1000, 2),
                "p99_ms": round(percentile(self.times[kind], 99) * 1000, 2),
                "requests": len(self.times[kind]),
            }
            for kind in KINDS
        }


def run(*, quick: bool) -> Result:
    _prepare_venv()
    rounds, seconds = (QUICK_ROUNDS, QUICK_SECONDS) if quick else (ROUNDS, SECONDS)
    with product_servers(_settings()) as (_connection, environment):
        questions = _questions(_prepared(environment))
        with ExitStack() as running:
            processor = running.enter_context(_one_processor_apart())
            ours = Side("ours", running.enter_context(_served(_our_command, environment, processor)))
            other = Side("drf", running.enter_context(_served(_drf_command, environment, processor)))
            _check_same_answers(ours, other, questions)
            for number in range(rounds):
                sides = (ours, other) if number % 2 == 0 else (other, ours)
                for kind in KINDS:
                    for side in sides:
                        ask_for(side.port, questions[kind], seconds=seconds / 5, connections=CONNECTIONS)
                        answers = ask_for(side.port, questions[kind], seconds=seconds, connections=CONNECTIONS)
                        side.take(kind, answers)
                _tell(number, ours, other)
    ratios = {
        kind: round(median(a / b for a, b in zip(ours.rates[kind], other.rates[kind], strict=True)), 2)
        for kind in KINDS
    }
    return Result(
        benchmark="api",
        method=METHOD,
        baseline="Django REST Framework under gunicorn",
        ratio=min(ratios.values()),
        parameters={"rounds": rounds, "seconds": seconds, "connections": CONNECTIONS, "listed": LISTED},
        figures={"ratios": ratios, "ours": ours.figures(), "drf": other.figures()},
        goals=[Goal(f"requests a second beside DRF: {kind}", ratios[kind], 3, "", at_least=True) for kind in KINDS],
    )


def _tell(number: int, ours: Side, other: Side) -> None:
    told = (f"{kind} {ours.rates[kind][-1]:,.0f}/{other.rates[kind][-1]:,.0f}" for kind in KINDS)
    print(f"round {number + 1}, requests a second of ours/drf: {', '.join(told)}", flush=True)


def _prepare_venv() -> None:
    """Django and its friends, in an environment of their own. Raises CannotMeasureError."""
    kept = VENV / "bench.lock"
    if kept.exists() and kept.read_bytes() == LOCK.read_bytes():
        return
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    try:
        subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
        subprocess.run([*pip, "--require-hashes", "--no-deps", "--requirement", str(LOCK)], check=True)
    except subprocess.CalledProcessError as error:
        raise CannotMeasureError(f"Django REST Framework cannot be installed: {error}") from error
    kept.write_bytes(LOCK.read_bytes())


def _settings() -> dict[str, str]:
    return {
        "APP_PUBLIC_URL": "https://contact.example",
        "APP_INTERNAL_TOKEN": secrets.token_hex(16),
        "SIP_EPHEMERAL_SECRET": secrets.token_hex(16),
    }


def _prepared(environment: dict[str, str]) -> dict[str, Any]:
    sys.path.insert(0, str(REPOSITORY / "app"))
    command = [sys.executable, "-c", PREPARE, str(CONTACTS), str(LISTED)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    prepared: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return prepared


def _questions(prepared: dict[str, Any]) -> dict[str, Question]:
    contacts = count(prepared["free"])

    def body() -> dict[str, Any]:
        contact = next(contacts)
        if contact > prepared["last"]:
            raise CannotMeasureError("all contacts have their dispositions; raise CONTACTS")
        return {"idContact": contact, "idDispositionOption": prepared["option"], "comments": "bought", "callid": "c-1"}

    path = "/api/v1/disposition/"
    return {
        "list": Question("GET", path, prepared["reader"], 200),
        "get": Question("GET", f"{path}{prepared['answered']}/", prepared["reader"], 200),
        "create": Question("POST", path, prepared["writer"], 201, body),
    }


def _our_command(port: int, environment: dict[str, str]) -> tuple[list[str], dict[str, str]]:
    command = [sys.executable, "-c", "import sys; from omnileads.cli import main; sys.exit(main(['serve']))"]
    return command, {**environment, "APP_PORT": str(port)}


def _drf_command(port: int, environment: dict[str, str]) -> tuple[list[str], dict[str, str]]:
    gunicorn = [str(VENV / "bin" / "gunicorn"), "--bind", f"127.0.0.1:{port}", "--workers", "1"]
    threads = ["--worker-class", "gthread", "--threads", str(CONNECTIONS), "--keep-alive", "75"]
    command = [*gunicorn, *threads, "--access-logfile", "-", "bench.drf.wsgi"]
    return command, {**environment, "PYTHONPATH": str(REPOSITORY)}


@contextmanager
def _one_processor_apart() -> Iterator[int]:
    """A processor this process leaves to the servers, which take turns, so that asking takes nothing from answering.

    Raises CannotMeasureError.
    """
    first, *others = sorted(os.sched_getaffinity(0))
    if not others:
        raise CannotMeasureError("this takes two processors: one for the servers, one for who asks them")
    os.sched_setaffinity(0, others)
    try:
        yield first
    finally:
        os.sched_setaffinity(0, {first, *others})


@contextmanager
def _served(
    command_for: Callable[[int, dict[str, str]], tuple[list[str], dict[str, str]]],
    environment: dict[str, str],
    processor: int,
) -> Iterator[int]:
    """The port of a server that answers."""
    port = int(import_module("tests.servers").free_port())
    command, variables = command_for(port, environment)
    command = ["taskset", "--cpu-list", str(processor), *command]
    with subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as server:
        try:
            _wait_until_answered(port, server)
            yield port
        finally:
            server.terminate()


def _wait_until_answered(port: int, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    question = Question("GET", "/api/v1/disposition/", "nobody", 403)
    while True:
        try:
            ask_for(port, question, seconds=0.01, connections=1)
        except OSError as error:
            if server.poll() is not None or time.monotonic() > end:
                told = server.stderr.read().decode() if server.stderr is not None and server.poll() is not None else ""
                raise RuntimeError(f"a server did not start: {error} {told[-2000:]}") from error
            time.sleep(0.1)
        else:
            return


def _check_same_answers(ours: Side, other: Side, questions: dict[str, Question]) -> None:
    """Raises RuntimeError when the two do not say the same."""
    for kind in ("list", "get"):
        if answer_of(ours.port, questions[kind]) != answer_of(other.port, questions[kind]):
            raise RuntimeError(f"the two answer {kind} differently")


def answer_of(port: int, question: Question) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", question.path, headers={"Authorization": f"Bearer {question.token}"})
    answer = connection.getresponse().read()
    connection.close()
    return json.loads(answer)
