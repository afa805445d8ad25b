"""Three members of PostgreSQL vote in a real Kubernetes API, with the rights the operator gives them and no others.

They are the image's own processes. The client is the application's own; between them is what a Service does.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import urllib3

from omnileads_operator.desired.credentials import OF_POSTGRES, Step, begun, changed, finished
from omnileads_operator.desired.instance import Manifest
from omnileads_operator.desired.postgres import ROLE_LABEL
from omnileads_operator.desired.rotation import WORDS, rotation_jobs
from tests.ha import committing
from tests.ha.clients import LIMIT_SECONDS, Client, report
from tests.ha.cluster import SECRETS, create, create_pod, found, give_account, instance, objects, variables
from tests.ha.members import Member
from tests.ha.service import Service
from tests.support.api import Api, ApiError
from tests.support.control_plane import ControlPlane, free_port
from tests.support.expansion import expanded
from tests.support.process import wait_for

pytestmark = pytest.mark.timeout(600)  # of a machine that does other things, too
MOUNTED = "/var/lib/omnileads/postgres"


@dataclass
class Postgres:
    api: Api
    plane: ControlPlane
    namespace: str
    folder: Path
    workload: Manifest
    port: int = field(default_factory=free_port)
    patroni_port: int = field(default_factory=free_port)
    members: dict[str, Member] = field(default_factory=dict)

    def add(self, number: int) -> Member:
        """A pod of the StatefulSet, not yet started."""
        address = f"127.0.42.{number + 1}"
        name = create_pod(self.api, self.workload, number, address)
        member = self.members[name] = Member("postgres", self.folder / name, MOUNTED, {})
        self.tell(name, address, SECRETS)
        return member

    def tell(self, name: str, address: str, secrets: Mapping[str, str]) -> None:
        """What its pod is told from the next start on."""
        told = variables(self.workload, 0, {"metadata.name": name, "status.podIP": address}, secrets)
        told |= {"POSTGRES_LISTEN": address, "POSTGRES_PORT": str(self.port), "PATRONI_PORT": str(self.patroni_port)}
        told |= {"POSTGRES_SHARED_BUFFERS": "32MB"}
        token = self.api.token_of(self.namespace, "acme-postgres")
        self.members[name].variables = {**told, **give_account(self.members[name], self.plane, token)}

    def roles(self) -> dict[str, str]:
        return {
            pod["metadata"]["name"]: pod["metadata"]["labels"].get(ROLE_LABEL, "")
            for pod in self.api.list("Pod", self.namespace)
        }

    def leader(self) -> str | None:
        """The pod that the Service leads to; null where it is none, and never two."""
        leaders = [name for name, role in self.roles().items() if role == "primary"]
        return leaders[0] if len(leaders) == 1 else None

    def target(self) -> tuple[str, int] | None:
        name = self.leader()
        return (self.members[name].variables["POSTGRES_LISTEN"], self.port) if name else None

    def patroni(self, name: str, path: str) -> int:
        address = self.members[name].variables["POSTGRES_LISTEN"]
        try:
            url = f"http://{address}:{self.patroni_port}{path}"
            return urllib3.request("GET", url, retries=False, timeout=5.0).status
        except (urllib3.exceptions.HTTPError, OSError):
            return 0

    def is_ready(self, name: str) -> bool:
        probe = self.workload["spec"]["template"]["spec"]["containers"][0]["readinessProbe"]["httpGet"]["path"]
        return self.patroni(name, probe) == 200

    def synchronous(self) -> set[str]:
        annotations = self.api.get("ConfigMap", self.namespace, "acme-postgres-sync")["metadata"]["annotations"]
        return set(filter(None, (annotations.get("sync_standby") or "").split(",")))

    def query(
        self,
        name: str,
        sql: str,
        user: str = "omnileads",
        password: str = SECRETS["postgres_password"],
        *,
        database: str = "omnileads",
    ) -> list[tuple[Any, ...]]:
        connection = psycopg2.connect(
            host=self.members[name].variables["POSTGRES_LISTEN"],
            port=self.port,
            user=user,
            password=password,
            dbname=database,
            connect_timeout=5,
        )
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def wait_for_leader(self, *, other_than: str = "") -> str:
        def found_leader() -> str | None:
            name = self.leader()
            return name if name and name != other_than and self.is_ready(name) else None

        return wait_for("a leader", found_leader, seconds=LIMIT_SECONDS, evidence=self.evidence)

    def wait_until_all_follow(self) -> None:
        def is_so() -> bool:
            leader = self.leader()
            others = set(self.members) - {leader}
            return leader is not None and all(map(self.is_ready, self.members)) and bool(self.synchronous() & others)

        wait_for("all members to follow", is_so, seconds=LIMIT_SECONDS, evidence=self.evidence)

    def evidence(self) -> str:
        return f"{self.roles()}\n" + "\n".join(f"--- {name}\n{each.log()}" for name, each in self.members.items())


@pytest.fixture
def postgres(api: Api, plane: ControlPlane, namespace: str, tmp_path: Path) -> Iterator[Postgres]:
    manifests = objects(namespace, postgres={"managed": {"members": 3}})
    for kind in ("ServiceAccount", "Role", "RoleBinding"):
        create(api, found(manifests, kind, "postgres"))
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    made = Postgres(api, plane, namespace, tmp_path, found(manifests, "StatefulSet", "postgres"))
    yield made
    for member in made.members.values():
        member.kill()


def test_a_server_grows_to_three_members_and_a_dead_leader_loses_no_commit(postgres: Postgres, tmp_path: Path) -> None:
    # A server of its own, as on one machine; then its data under Patroni; then two more members.
    first = postgres.add(0)
    first.start(without=("PATRONI_SCOPE",))
    name = "acme-postgres-0"

    def is_serving() -> bool:
        try:
            return bool(postgres.query(name, "SELECT 1"))
        except psycopg2.OperationalError:
            return False

    wait_for("the server", is_serving, seconds=LIMIT_SECONDS, evidence=postgres.evidence)
    postgres.query(name, "CREATE TABLE kept AS SELECT 42 AS answer")
    first.stop()
    first.start()
    assert postgres.wait_for_leader() == name
    for number in (1, 2):
        postgres.add(number).start()
    postgres.wait_until_all_follow()
    # Whom a member lets in says the image and not initdb, whose rules know this machine's addresses only.
    with pytest.raises(psycopg2.OperationalError, match=r"no pg_hba\.conf entry"):
        postgres.query(name, "SELECT 1", database="postgres")
    service = Service(postgres.target)
    told = {
        "POSTGRES_HOST": "127.0.0.1",
        "POSTGRES_PORT": str(service.port),
        "POSTGRES_USER": "omnileads",
        "POSTGRES_PASSWORD": SECRETS["postgres_password"],
    }
    client = Client(committing.__file__, "committed", told, tmp_path)
    client.wait_for_more()

    # The leader dies with all that is its: a standby leads, and the client goes on by itself.
    killed_at = time.monotonic()
    postgres.members[name].kill()
    second = postgres.wait_for_leader(other_than=name)
    report("postgres: another leader", time.monotonic() - killed_at)
    client.wait_for_more()
    report("postgres: the next commit after a death", client.pause_after(killed_at))
    committed = client.acknowledged()
    assert postgres.query(second, "SELECT answer FROM kept") == [(42,)]
    there = {number for (number,) in postgres.query(second, "SELECT number FROM numbers")}
    assert set(committed) <= there

    # It comes back as a standby, and has what was committed meanwhile.
    postgres.members[name].start()
    postgres.wait_until_all_follow()
    assert postgres.leader() == second
    assert postgres.query(name, "SELECT pg_is_in_recovery()") == [(True,)]

    # A leader that is stopped as Kubernetes does it hands over at once.
    stopped_at = time.monotonic()
    postgres.members[second].stop()
    third = postgres.wait_for_leader(other_than=second)
    report("postgres: handed over", time.monotonic() - stopped_at)
    client.wait_for_more()
    committed = client.stop()
    service.close()
    there = {number for (number,) in postgres.query(third, "SELECT number FROM numbers")}
    assert set(committed) <= there
    assert len(committed) == len(set(committed))


def test_passwords_are_made_anew_and_nobody_is_shut_out(postgres: Postgres, tmp_path: Path) -> None:
    for number in range(3):
        postgres.add(number).start()
    postgres.wait_until_all_follow()
    service = Service(postgres.target)

    def client(secrets: Mapping[str, str], after: int) -> Client:
        told = {
            "POSTGRES_HOST": "127.0.0.1",
            "POSTGRES_PORT": str(service.port),
            "POSTGRES_USER": secrets["postgres_user"],
            "POSTGRES_PASSWORD": secrets["postgres_password"],
            "AFTER_NUMBER": str(after),
        }
        made = Client(committing.__file__, "committed", told, tmp_path / f"client-{after}")
        made.wait_for_more()
        return made

    def run_job(step: Step, secrets: Mapping[str, str]) -> None:
        """Twice: a Job whose pod is lost when it was nearly done is run again."""
        manifest = found(rotation_jobs(instance(postgres.namespace), step, "1", {}), "Job", f"{WORDS[step]}-postgres-1")
        container = manifest["spec"]["template"]["spec"]["containers"][0]
        told = variables(manifest, 0, {}, secrets) | {"PGHOST": "127.0.0.1", "PGPORT": str(service.port)}
        command = tuple(expanded(container["command"], told))
        job = Member("postgres", tmp_path / f"job-{step}", "/mnt", told, command)
        assert [job.finish(), job.finish()] == [0, 0], job.log()

    def may(secrets: Mapping[str, str], name: str) -> bool:
        try:
            postgres.query(name, "SELECT 1", secrets["postgres_user"], secrets["postgres_password"])
        except psycopg2.OperationalError as error:
            if "password authentication failed" not in str(error):
                raise
            return False
        return True

    old = client(SECRETS, 0)
    accepting = begun(SECRETS, OF_POSTGRES, 1_800_000_000, lambda: "made-anew")
    run_job("accepting", accepting)

    # Whoever leads now was started before; it does not undo what was accepted.
    first = postgres.wait_for_leader()
    postgres.members[first].stop()
    leader = postgres.wait_for_leader(other_than=first)
    changing = changed(accepting)
    wait_for("both passwords", lambda: may(SECRETS, leader) and may(changing, leader), evidence=postgres.evidence)
    postgres.members[first].start()
    postgres.wait_until_all_follow()

    # One after another is started with the new ones; each follows the others, and they it.
    new = client(changing, 1_000_000)
    old.wait_for_more()
    for name, member in postgres.members.items():
        member.stop()
        postgres.tell(name, member.variables["POSTGRES_LISTEN"], changing)
        member.start()
        postgres.wait_until_all_follow()
    old.wait_for_more()
    committed = old.stop()
    retired_at = time.monotonic()
    run_job("changing", changing)
    new.wait_for_more()
    report("postgres: the longest pause while the old password goes", pause := new.pause_after(retired_at))
    assert pause < 1.5
    committed += new.stop()
    leader = postgres.wait_for_leader()
    again = {**changing, "postgres_user": "omnileads"}
    assert (may(SECRETS, leader), may(changing, leader), may(again, leader)) == (False, True, True)
    there = {number for (number,) in postgres.query(leader, "SELECT number FROM numbers", password="made-anew")}
    assert set(committed) <= there
    # What either of the two makes belongs to the one.
    owners = postgres.query(leader, "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'",
                            changing["postgres_user"], "made-anew")  # fmt: skip
    assert owners == [("omnileads",)]
    # The next time the other one is told.
    once_more = begun(finished(changing), OF_POSTGRES, 1_900_000_000, lambda: "once-more")
    run_job("accepting", once_more)
    service.close()
    assert changed(once_more)["postgres_user"] == "omnileads"
    assert (may(once_more, leader), may(changed(once_more), leader)) == (True, True)


def test_the_account_may_vote_and_no_more(postgres: Postgres) -> None:
    token = postgres.api.token_of(postgres.namespace, "acme-postgres")
    member = Api(postgres.plane.url, token, postgres.plane.authority)
    assert member.list("Pod", postgres.namespace) == []
    create_pod(postgres.api, postgres.workload, 7, "127.0.42.8")
    refused = (
        lambda: member.get("Secret", postgres.namespace, "acme-credentials"),
        lambda: member.change("Pod", postgres.namespace, "acme-postgres-7", {"metadata": {"labels": {"a": "b"}}}),
        lambda: member.get("ConfigMap", postgres.namespace, "of-somebody-else"),
        lambda: member.list("Pod", "default"),
    )
    for attempt in refused:
        with pytest.raises(ApiError) as error:
            attempt()
        assert error.value.status == 403
