"""Three members of Redis, each with its Sentinel, as the operator's pods are; the clients are the application's."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest
import redis
from redis.exceptions import AuthenticationError, RedisError

from omnileads_operator.desired.credentials import OF_REDIS, Step, begun, changed
from omnileads_operator.desired.instance import Manifest
from omnileads_operator.desired.redis import DATA, SENTINEL_DATA
from omnileads_operator.desired.rotation import WORDS, rotation_jobs
from tests.ha import appending, registering
from tests.ha.clients import LIMIT_SECONDS, Client, report
from tests.ha.cluster import SECRETS, found, instance, objects, variables
from tests.ha.members import Member
from tests.support.control_plane import REPOSITORY, free_port
from tests.support.expansion import expanded
from tests.support.process import wait_for

pytestmark = pytest.mark.timeout(600)  # of a machine that does other things, too
MEMBERS = ("REDIS_SENTINELS", "REDIS_SENTINEL_MASTER", "REDIS_ANNOUNCE")
STREAM = "oml:events"
SIP_SECRET = "of-the-webphones"


@dataclass
class Redis:
    folder: Path
    manifests: list[Manifest]
    port: int = field(default_factory=free_port)
    sentinel_port: int = field(default_factory=free_port)
    password: str = SECRETS["redis_password"]
    servers: list[Member] = field(default_factory=list)
    sentinels: list[Member] = field(default_factory=list)

    def __post_init__(self) -> None:
        for number in range(3):
            self.servers.append(self._member(number, 0, DATA))
            self.sentinels.append(self._member(number, 1, SENTINEL_DATA))
        self.write_hosts(self.folder)

    def address(self, number: int) -> str:
        return f"127.0.43.{number + 1}"

    def hosts(self) -> dict[str, str]:
        return {f"acme-redis-{number}.acme-redis-members.centres.svc": self.address(number) for number in range(3)}

    def write_hosts(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        (folder / "hosts").write_text("".join(f"{address} {name}\n" for name, address in self.hosts().items()))

    def _member(self, number: int, container: int, mounted: str) -> Member:
        workload = found(self.manifests, "StatefulSet", "redis")
        name = f"acme-redis-{number}"
        told = variables(workload, container, {"metadata.name": name}) | {"REDIS_LISTEN": self.address(number)}
        told = self.on_free_ports(told | {"SENTINEL_PORT": str(self.sentinel_port), "SENTINEL_DOWN_MS": "3000"})
        command = workload["spec"]["template"]["spec"]["containers"][container].get("args", [])
        place = self.folder / f"{name}-{container}"
        return Member("redis", place, mounted, told, ("entrypoint.sh", *command), self.hosts())

    def on_free_ports(self, told: dict[str, str]) -> dict[str, str]:
        ports = {"6379": str(self.port), "26379": str(self.sentinel_port)}
        moved = {name: ports.get(value, value) for name, value in told.items()}
        for name in {"REDIS_SENTINELS", "SENTINELS", "SERVERS"} & set(moved):
            for usual, port in ports.items():
                moved[name] = moved[name].replace(f":{usual}", f":{port}")
        return moved

    def client_variables(self, secrets: Mapping[str, str] = SECRETS) -> dict[str, str]:
        """What the operator tells the call engine."""
        told = variables(found(self.manifests, "Deployment", "acd"), 0, {"metadata.name": "acd"}, secrets)
        return self.on_free_ports({name: value for name, value in told.items() if name.startswith("REDIS_")})

    def ask(self, number: int, password: str | None = None) -> redis.Redis:
        return redis.Redis(
            self.address(number),
            self.port,
            password=password or self.password,
            decode_responses=True,
            socket_timeout=3,
            socket_connect_timeout=3,
        )

    def role(self, number: int) -> str:
        try:
            with self.ask(number) as client:
                return str(client.execute_command("ROLE")[0])
        except RedisError:
            return ""

    def is_ready(self, number: int) -> bool:
        return self.servers[number].run("healthcheck.sh").returncode == 0

    def master(self) -> int | None:
        masters = [number for number in range(3) if self.role(number) == "master"]
        return masters[0] if len(masters) == 1 else None

    def wait_for_master(self, *, other_than: int | None = None) -> int:
        def found_master() -> tuple[int] | None:
            number = self.master()
            return (number,) if number is not None and number != other_than else None

        return wait_for("a master", found_master, seconds=LIMIT_SECONDS, evidence=self.evidence)[0]

    def wait_until(self, what: str, is_so: Callable[[], bool]) -> None:
        wait_for(what, is_so, seconds=LIMIT_SECONDS, evidence=self.evidence)

    def wait_until_all_follow(self) -> None:
        """And know each other: only then can a master be missed."""

        def know_each_other() -> bool:
            for number in range(3):
                with redis.Redis(self.address(number), self.sentinel_port, decode_responses=True) as sentinel:
                    state = cast("dict[str, dict[str, int]]", sentinel.sentinel_masters())["omnileads"]
                    if state["num-other-sentinels"] < 2 or state["num-slaves"] < 2:
                        return False
            return True

        def is_so() -> bool:
            try:
                return self.master() is not None and all(map(self.is_ready, range(3))) and know_each_other()
            except RedisError:
                return False

        self.wait_until("all members to follow", is_so)

    def events(self, number: int) -> set[int]:
        with self.ask(number) as client:
            return {int(fields["id"]) for _, fields in cast("list[tuple[str, dict[str, str]]]", client.xrange(STREAM))}

    def kill(self, number: int) -> None:
        """The pod: both of its containers."""
        self.servers[number].kill()
        self.sentinels[number].kill()

    def stop(self, number: int) -> None:
        """The pod as the kubelet stops it."""
        self.sentinels[number].stop()
        self.servers[number].stop()

    def start(self, number: int) -> None:
        self.servers[number].start()
        self.sentinels[number].start()

    def evidence(self) -> str:
        return "\n".join(f"--- {each.folder.name}\n{each.log()[-1500:]}" for each in (*self.servers, *self.sentinels))


@pytest.fixture
def members(tmp_path: Path) -> Iterator[Redis]:
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    made = Redis(tmp_path, objects("centres", redis={"managed": {"members": 3}}))
    yield made
    for number in range(3):
        made.kill(number)


@pytest.fixture
def client(members: Redis) -> Iterator[Callable[[], Client]]:
    """Started by the test, when there are members."""
    running: list[Client] = []

    def start() -> Client:
        running.append(Client(appending.__file__, "appended", members.client_variables(), members.folder))
        return running[0]

    yield start
    for each in running:
        each.close()


def test_a_server_grows_to_three_members_and_a_dead_master_loses_no_acknowledged_event(
    members: Redis, client: Callable[[], Client]
) -> None:
    # A server of its own, as on one machine; then the same data in a member of three.
    members.servers[0].start(without=MEMBERS)
    members.wait_until("the server", lambda: members.role(0) == "master")
    with members.ask(0) as first:
        first.set("kept", "42")
    members.servers[0].stop()
    for number in range(3):
        members.start(number)
    members.wait_until_all_follow()
    assert members.master() == 0
    appending_client = client()
    appending_client.wait_for_more()

    # The master's pod dies: another one is the master, and both clients go on by themselves.
    killed_at = time.monotonic()
    members.kill(0)
    second = members.wait_for_master(other_than=0)
    report("redis: another master", time.monotonic() - killed_at)
    appending_client.wait_for_more()
    appending_client.wait_for_more(5, "counted")
    report("redis: the next event after a death", appending_client.pause_after(killed_at))
    assert set(appending_client.acknowledged()) <= members.events(second)
    with members.ask(second) as client_of_second:
        assert client_of_second.get("kept") == "42"

    # It comes back as a replica.
    members.start(0)
    members.wait_until_all_follow()
    assert members.role(0) == "slave"

    # A master that is stopped as Kubernetes does it is missed like a dead one.
    stopped_at = time.monotonic()
    members.stop(second)
    third = members.wait_for_master(other_than=second)
    appending_client.wait_for_more()
    report("redis: the next event after a stop", appending_client.pause_after(stopped_at))
    acknowledged = appending_client.stop()
    assert set(acknowledged) <= members.events(third)


def test_the_password_is_made_anew_and_nobody_is_shut_out(
    members: Redis, client: Callable[[], Client], tmp_path: Path
) -> None:
    for number in range(3):
        members.start(number)
    members.wait_until_all_follow()
    old = client()
    old.wait_for_more()

    def run_job(step: Step, secrets: Mapping[str, str]) -> None:
        """Twice: a Job whose pod is lost when it was nearly done is run again."""
        model = instance("centres", redis={"managed": {"members": 3}})
        manifest = found(rotation_jobs(model, step, "1", {}), "Job", f"{WORDS[step]}-redis-1")
        container = manifest["spec"]["template"]["spec"]["containers"][0]
        told = members.on_free_ports(variables(manifest, 0, {}, secrets))
        command = tuple(expanded(container["command"], told))
        job = Member("redis", tmp_path / f"job-{step}", "/mnt", told, command, members.hosts())
        assert [job.finish(), job.finish()] == [0, 0], job.log()
        assert secrets["redis_password"] not in job.log()

    def may(password: str, number: int) -> bool:
        try:
            with members.ask(number, password) as asking:
                return bool(asking.ping())
        except AuthenticationError:
            return False

    accepting = begun(SECRETS, OF_REDIS, 1_800_000_000, lambda: "made-anew")
    run_job("accepting", accepting)
    changing = changed(accepting)
    members.write_hosts(tmp_path / "new")
    told = {**members.client_variables(changing), "AFTER_NUMBER": "1000000"}
    new = Client(appending.__file__, "appended", told, tmp_path / "new")
    new.wait_for_more()
    # A container that starts between takes both, and is followed and watched by those that were there before.
    for each in (members.servers[2], members.sentinels[2]):
        each.stop()
        each.variables = {**each.variables, "REDIS_PASSWORD": "made-anew", "REDIS_PASSWORD_PREVIOUS": "redis-secret"}
        each.start()
    members.wait_until_all_follow()
    assert all(may(password, number) for password in ("redis-secret", "made-anew") for number in range(3))
    old.wait_for_more()
    appended = old.acknowledged()
    old.close()

    retired_at = time.monotonic()
    run_job("changing", changing)
    new.wait_for_more()
    new.wait_for_more(5, "counted")
    report("redis: the longest pause while the old password goes", pause := new.pause_after(retired_at))
    assert pause < 1.5
    members.password = "made-anew"
    members.wait_until_all_follow()
    assert [may("redis-secret", number) for number in range(3)] == [False] * 3
    # The probes of the containers, which were started with the old one, say what they said before; and the Sentinels
    # know the new one: they make another one the master.
    master = members.wait_for_master()
    members.kill(master)
    second = members.wait_for_master(other_than=master)
    new.wait_for_more()
    appended += new.stop()
    assert set(appended) <= members.events(second)


def test_a_master_that_nobody_follows_takes_nothing(members: Redis) -> None:
    for number in range(3):
        members.start(number)
    members.wait_until_all_follow()
    master = members.wait_for_master()
    for number in {0, 1, 2} - {master}:
        members.kill(number)

    def is_refused() -> bool:
        try:
            with members.ask(master) as client:
                client.set("lonely", "1")
        except RedisError as error:
            return str(error).startswith("NOREPLICAS")
        return False

    members.wait_until("writes to be refused", is_refused)


def test_a_sentinel_tells_who_the_master_is_and_nothing_else_without_the_password(members: Redis) -> None:
    for number in range(3):
        members.start(number)
    members.wait_until_all_follow()
    with redis.Redis(members.address(1), members.sentinel_port, decode_responses=True) as stranger:
        assert stranger.sentinel_get_master_addr_by_name("omnileads") == (
            "acme-redis-0.acme-redis-members.centres.svc",
            members.port,
        )
        for command in (("SENTINEL", "SET", "omnileads", "quorum", "1"), ("INFO",), ("SHUTDOWN",)):
            with pytest.raises(RedisError, match="no permissions"):
                stranger.execute_command(*command)


@pytest.fixture
def kamailio(members: Redis) -> Iterator[Member]:
    """As its Deployment tells it; neither Asterisk nor rtpengine is there."""
    told = variables(found(members.manifests, "Deployment", "kamailio"), 0, {"status.podIP": "127.0.0.1"})
    ports = {"KAMAILIO_SIP_PORT": str(free_port()), "KAMAILIO_WS_PORT": str(free_port())}
    nobody = dict.fromkeys(("ASTERISK_HOST", "RTPENGINE_HOST", "KAMAILIO_PEERS"), "127.0.0.1")
    secret = {"SIP_EPHEMERAL_SECRET_FILE": "/mnt/secret"}
    told = members.on_free_ports({**told, **ports, **nobody, **secret, "KAMAILIO_SHM_MB": "64"})
    made = Member("kamailio", members.folder / "kamailio", "/mnt", told, hosts=members.hosts())
    (made.folder / "volume" / "secret").write_text(SIP_SECRET)
    yield made
    made.kill()


def register(kamailio: Member, extension: str) -> bool:
    told = kamailio.variables
    done = subprocess.run(
        [sys.executable, registering.__file__, told["KAMAILIO_WS_PORT"], extension, SIP_SECRET],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "images" / "tests")},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    return done.stdout.strip() == "200"


def test_kamailio_asks_the_sentinels_itself(members: Redis, kamailio: Member) -> None:
    for number in range(3):
        members.start(number)
    members.wait_until_all_follow()
    kamailio.start()
    # A webphone is forgotten within seconds of its connection's end, so it registers again until it was seen.
    with members.ask(0) as first:
        members.wait_until(
            "the webphone", lambda: register(kamailio, "1001") and bool(first.exists("oml:webphone:1001"))
        )
    members.kill(0)
    second = members.wait_for_master(other_than=0)
    with members.ask(second) as client:
        members.wait_until(
            "the next webphone", lambda: register(kamailio, "1002") and bool(client.exists("oml:webphone:1002"))
        )
