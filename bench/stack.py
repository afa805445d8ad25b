"""The part of the product a call needs, as containers of its images: postgres, redis, asterisk, worker and acd.

Everything is named `oml-bench-*`, listens on addresses of its own in 127.9.0.0/24, and is removed at the end. Asterisk
has one thing more than the product: the baseline, a plain app_queue with the same agents, mounted into the container.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType

import psycopg2
import redis

from bench.errors import CannotMeasureError
from bench.report import REPOSITORY

INSTANCE = "oml-bench"
HOST = "127.9.0.1"
CALLERS = "127.9.0.2"
AGENTS = "127.9.0.3"
BASELINE_CALLERS = "127.9.0.4"
TRUNK_PORT = 15761
AGENTS_PORT = 15060
CALLERS_PORT = 15080
ARI_PORT = 15788
POSTGRES_PORT = 15932
REDIS_PORT = 16879
FIRST_EXTENSION = 1000
READY_SECONDS = 60
CAPABILITIES = ("CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "SETGID", "SETUID")

TRUNKS = f"""\
[callers]
type=wizard
transport=trunk-transport
remote_hosts={CALLERS}:{CALLERS_PORT}
accepts_registrations=no
sends_registrations=no
endpoint/context=from-pstn
endpoint/allow=!all,alaw
endpoint/direct_media=no

[baseline-callers]
type=wizard
transport=trunk-transport
remote_hosts={BASELINE_CALLERS}:{CALLERS_PORT}
accepts_registrations=no
sends_registrations=no
endpoint/context=baseline
endpoint/allow=!all,alaw
endpoint/direct_media=no
"""

BASELINE_AGENT = """\
[baseline-{extension}]
type = endpoint
transport = agents
context = from-agents
aors = baseline-{extension}
disallow = all
allow = alaw
direct_media = no
rtp_symmetric = yes
media_address = {host}
bind_rtp_to_media_address = yes
send_connected_line = no
timers = no

[baseline-{extension}]
type = aor
contact = sip:{extension}@{agents}:{port}
"""


class Stack:
    """Use as a context manager. `agents` people are logged in and ready, in the product and in the baseline alike."""

    def __init__(self, agents: int) -> None:
        self.agents = agents
        self._folder = Path(tempfile.mkdtemp(prefix=f"{INSTANCE}-"))
        self._version = (REPOSITORY / "VERSION").read_text().strip()
        self._passwords = {name: secrets.token_hex(16) for name in ("postgres", "redis", "ari")}
        self.recordings = self._folder / "recordings"

    def __enter__(self) -> Stack:
        try:
            self._start()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._remove()

    # --- asking --------------------------------------------------------------------------------------------------

    @property
    def ari(self) -> tuple[str, str, str]:
        """Address, user and password of ARI."""
        return f"http://{HOST}:{ARI_PORT}/ari", "omnileads", self._passwords["ari"]

    @property
    def settings(self) -> dict[str, str]:
        """How a process of the application reaches PostgreSQL and Redis."""
        return self._postgres() | self._redis()

    def redis(self) -> redis.Redis:
        return redis.Redis(host=HOST, port=REDIS_PORT, password=self._passwords["redis"], decode_responses=True)

    def query(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Rows of one SELECT."""
        connection = psycopg2.connect(
            host=HOST, port=POSTGRES_PORT, dbname="omnileads", user="omnileads", password=self._passwords["postgres"]
        )
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchall()
        finally:
            connection.close()

    def asterisk(self, command: str) -> str:
        """Asterisk's answer to a command of its console."""
        return podman("exec", f"{INSTANCE}-asterisk", "asterisk", "-rx", command)

    def channels(self) -> int:
        """Channels in Asterisk now."""
        return int(self.asterisk("core show channels count").split()[0])

    def wait_until_quiet(self, seconds: float = 45) -> None:
        """Until no channel is left and every event is stored. Raises TimeoutError."""
        wait_for(lambda: self.channels() == 0, seconds, "Asterisk still has channels")
        wait_for(lambda: self.unstored_events() == 0, seconds, "events are not stored")

    def unstored_events(self) -> int:
        """Events in the stream that no worker has stored yet."""
        (group,) = self.redis().xinfo_groups("oml:events")
        return int(group["pending"]) + int(group["lag"] or 0)

    def cpu_seconds(self, process: str) -> float:
        """Processor time that a container's processes have used since they started."""
        root = int(podman("inspect", "--format", "{{.State.Pid}}", f"{INSTANCE}-{process}"))
        return sum(process_seconds(pid) for pid in with_descendants(root))

    def memory_mb(self, process: str) -> float:
        """Proportional memory of a container's processes."""
        root = int(podman("inspect", "--format", "{{.State.Pid}}", f"{INSTANCE}-{process}"))
        return round(sum(proportional_kb(pid) for pid in with_descendants(root)) / 1024, 1)

    # --- starting ------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        self._remove_containers()
        self.recordings.mkdir()
        self._run("postgres", "postgres", self._postgres() | {"POSTGRES_LISTEN": HOST})
        self._run("redis", "redis", {"REDIS_LISTEN": HOST, **self._redis()})
        self._wait_healthy("postgres", "redis")
        self._once("app", ["migrate"])
        members = json.loads(
            self._once("app", [], entrypoint="/opt/omnileads/venv/bin/python", stdin=self._seed_script())
        )
        self._run("asterisk", "asterisk", self._asterisk(), self._asterisk_volumes())
        self._wait_healthy("asterisk")
        application = self._postgres() | self._redis()
        self._run("worker", "app", application | {"WORKER_LISTEN": HOST, "WORKER_PORT": "15703"}, command=["worker"])
        self._run("acd", "acd", application | self._acd())
        self._wait_healthy("worker", "acd")
        self._log_in(members)

    def _seed_script(self) -> str:
        script = (REPOSITORY / "bench" / "seed.py").read_text()
        return script.replace("int(sys.argv[1])", str(self.agents))

    def _log_in(self, members: Sequence[int]) -> None:
        """Webphones appear as if Kamailio had seen them; agents log in by the requests the application sends."""
        client = self.redis()
        for number, member in enumerate(members):
            client.set(f"oml:webphone:{FIRST_EXTENSION + number}", "bench")
            client.publish("oml:webphone", f"{FIRST_EXTENSION + number}:1")
            request = {"type": "agent.login", "agent_id": member}
            expires_at = int(time.time() * 1000) + 60_000
            client.xadd(
                "oml:acd:commands",
                {"id": f"bench{number}", "expires_at": str(expires_at), "command": json.dumps(request)},
            )

        def is_ready() -> bool:
            documents = client.hgetall("oml:live:agents").values()
            ready = [document for document in documents if json.loads(document)["status"] == "READY"]
            return len(ready) == len(members)

        wait_for(is_ready, READY_SECONDS, "not all agents are ready")

    def _postgres(self) -> dict[str, str]:
        return {
            "POSTGRES_HOST": HOST,
            "POSTGRES_PORT": str(POSTGRES_PORT),
            "POSTGRES_DATABASE": "omnileads",
            "POSTGRES_USER": "omnileads",
            "POSTGRES_PASSWORD": self._passwords["postgres"],
        }

    def _redis(self) -> dict[str, str]:
        return {"REDIS_HOST": HOST, "REDIS_PORT": str(REDIS_PORT), "REDIS_PASSWORD": self._passwords["redis"]}

    def _asterisk(self) -> dict[str, str]:
        return {
            "ASTERISK_LISTEN": HOST,
            "ASTERISK_HOST": HOST,
            "ASTERISK_ARI_PORT": str(ARI_PORT),
            "ASTERISK_ARI_USER": "omnileads",
            "ASTERISK_ARI_PASSWORD": self._passwords["ari"],
            "ASTERISK_SIP_AGENT_PORT": "15760",
            "ASTERISK_TRUNK_LISTEN": HOST,
            "ASTERISK_SIP_TRUNK_PORT": str(TRUNK_PORT),
            "ASTERISK_SIP_TRUNK_NAT_PORT": "15762",
            "ASTERISK_SIP_TRUNK_CONTAINER_PORT": "15763",
            "ASTERISK_RTP_MIN": "54000",
            "ASTERISK_RTP_MAX": "58999",
            "ASTERISK_AGENT_CODECS": "alaw",
            "KAMAILIO_HOST": AGENTS,
            "KAMAILIO_SIP_PORT": str(AGENTS_PORT),
        }

    def _acd(self) -> dict[str, str]:
        wanted = ("ASTERISK_HOST", "ASTERISK_ARI_PORT", "ASTERISK_ARI_USER", "ASTERISK_ARI_PASSWORD")
        asterisk = self._asterisk()
        return {name: asterisk[name] for name in (*wanted, "KAMAILIO_HOST", "KAMAILIO_SIP_PORT")} | {
            "ACD_LISTEN": HOST,
            "ACD_PORT": "15701",
        }

    def _asterisk_volumes(self) -> list[str]:
        """The product's own settings with the baseline added, and its trunks."""
        synced, overlay = self._folder / "asterisk", self._folder / "overlay"
        synced.mkdir()
        overlay.mkdir()
        (synced / "pjsip_trunks.conf").write_text(TRUNKS)
        shutil.copy(REPOSITORY / "bench" / "asterisk" / "baseline.dialplan.conf", synced / "oml_extensions_custom.conf")
        image = REPOSITORY / "images" / "asterisk"
        extensions = range(FIRST_EXTENSION, FIRST_EXTENSION + self.agents)
        agents = "\n".join(
            BASELINE_AGENT.format(extension=extension, host=HOST, agents=AGENTS, port=AGENTS_PORT)
            for extension in extensions
        )
        members = "".join(f"member => PJSIP/baseline-{extension}\n" for extension in extensions)
        (overlay / "pjsip.conf").write_text((image / "templates" / "pjsip.conf").read_text() + "\n" + agents)
        (overlay / "modules.conf").write_text(
            (image / "config" / "modules.conf").read_text() + "\nload = app_queue.so\n"
        )
        (overlay / "queues.conf").write_text((REPOSITORY / "bench" / "asterisk" / "queues.conf").read_text() + members)
        return [
            f"{synced}:/var/lib/omnileads/asterisk",
            f"{self.recordings}:/var/spool/omnileads/recordings",
            f"{overlay / 'pjsip.conf'}:/usr/share/omnileads/templates/pjsip.conf:ro",
            f"{overlay / 'modules.conf'}:/etc/asterisk/modules.conf:ro",
            f"{overlay / 'queues.conf'}:/etc/asterisk/queues.conf:ro",
        ]

    # --- containers ----------------------------------------------------------------------------------------------

    def _image(self, slug: str) -> str:
        prefix = os.environ.get("OML_IMAGE_PREFIX", "localhost/omnileads")
        name = f"{prefix}/{slug}:{self._version}"
        if subprocess.run(["podman", "image", "exists", name], check=False).returncode != 0:
            raise CannotMeasureError(f"the image {name} is not on this host; build it with `make images`")
        return name

    def _options(self, name: str, env: Mapping[str, str]) -> list[str]:
        env_file = self._folder / f"{name}.env"
        env_file.write_text("".join(f"{key}={value}\n" for key, value in env.items()))
        env_file.chmod(0o600)
        capabilities = [f"--cap-add={capability}" for capability in CAPABILITIES]
        return ["--network=host", f"--env-file={env_file}", "--pull=never", "--cap-drop=all", *capabilities]

    def _run(
        self,
        name: str,
        slug: str,
        env: Mapping[str, str],
        volumes: Sequence[str] = (),
        command: Sequence[str] = (),
    ) -> None:
        mounts = [f"--volume={volume}" for volume in volumes]
        container = ["--detach", f"--name={INSTANCE}-{name}", "--log-driver=k8s-file"]
        podman("run", *container, *self._options(name, env), *mounts, self._image(slug), *command)

    def _once(self, slug: str, command: Sequence[str], *, entrypoint: str | None = None, stdin: str = "") -> str:
        options = self._options("once", self._postgres() | self._redis())
        override = [f"--entrypoint={entrypoint}"] if entrypoint else []
        arguments = [*command] if entrypoint is None else ["-", *command]
        return podman("run", "--rm", "--interactive", *options, *override, self._image(slug), *arguments, stdin=stdin)

    def _wait_healthy(self, *names: str) -> None:
        for name in names:
            container = f"{INSTANCE}-{name}"
            wait_for(
                partial(_is_healthy, container),
                READY_SECONDS,
                f"{container} is not healthy; see `podman logs {container}`",
            )

    def _remove_containers(self) -> None:
        found = podman("ps", "--all", "--quiet", "--filter", f"name=^{INSTANCE}-").split()
        if found:
            podman("rm", "--force", "--volumes", "--time", "5", *found)

    def _remove(self) -> None:
        if os.environ.get("OML_BENCH_KEEP"):
            print(f"kept: {self._folder}")
            return
        self._remove_containers()
        shutil.rmtree(self._folder, ignore_errors=True)


def podman(*arguments: str, stdin: str | None = None) -> str:
    """podman's output. Raises RuntimeError with what it said."""
    result = subprocess.run(["podman", *arguments], input=stdin, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise RuntimeError(f"podman {' '.join(arguments[:2])} failed: {result.stderr.strip()}")
    return result.stdout


def wait_for(condition: Callable[[], bool], seconds: float, otherwise: str) -> None:
    """Until the condition holds. Raises TimeoutError with the sentence."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{otherwise} after {seconds:g} s")
        time.sleep(0.2)


def with_descendants(root: int) -> list[int]:
    """The process and all below it, those that vanish meanwhile left out."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found, rest = [], [root]
    while rest:
        pid = rest.pop()
        found.append(pid)
        rest += children.get(pid, [])
    return found


def process_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def proportional_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def _is_healthy(container: str) -> bool:
    return subprocess.run(["podman", "healthcheck", "run", container], capture_output=True, check=False).returncode == 0
