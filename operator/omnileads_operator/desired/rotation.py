"""The steps of a rotation: the Jobs that tell PostgreSQL and Redis, and whether all others have changed over.

Asterisk and Kamailio need not be told: their files say it, within a minute or two. A Job asks until they all know it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from omnileads_operator.desired.credentials import (
    MADE_AT,
    NEXT,
    OF_APP,
    OF_POSTGRES,
    OF_REDIS,
    OF_VOICE,
    PREVIOUS,
    Step,
)
from omnileads_operator.desired.instance import Instance, Manifest
from omnileads_operator.desired.pods import CONFIG_HASH, Container, Pod, Value
from omnileads_operator.desired.store import script
from omnileads_operator.desired.wiring import (
    ARI_PORT,
    KAMAILIO_WS_PORT,
    POSTGRES_PORT,
    REDIS_PORT,
    SENTINEL_MASTER,
    Wiring,
)
from omnileads_operator.desired.workloads import job
from omnileads_operator.resources.sizes import sized

COMPONENT: Final = "rotation"
CHANGE_OVER: Final = ("postgres", "app", "worker", "acd", "dialer", "kamailio")
"""Whose pods have a rotated password from their start; Redis' own are told while they run, Asterisk's read files."""
WORDS: Final[Mapping[Step, str]] = {"accepting": "accept", "changing": "retire"}
SMALL: Final = sized("32Mi", "128Mi", "20m")


def keys_of(instance: Instance) -> tuple[str, ...]:
    """What is rotated. Passwords of a PostgreSQL and a Redis that others run are those others'."""
    wiring = Wiring(instance)
    postgres, redis = wiring.managed_postgres(), wiring.managed_redis()
    return (*(OF_POSTGRES if postgres else ()), *(OF_REDIS if redis else ()), *OF_APP, *OF_VOICE)


def rotation_jobs(instance: Instance, step: Step, made_at: str, versions: Mapping[str, str]) -> list[Manifest]:
    """The Jobs of a step, named by the time of the new passwords: each rotation has its own."""
    wiring, made = Wiring(instance), []
    if wiring.managed_postgres():
        made.append(_job(instance, "postgres", step, made_at, versions, _postgres_env(instance, step)))
    if managed := wiring.managed_redis():
        made.append(_job(instance, "redis", step, made_at, versions, _redis_env(instance, step, managed.members)))
    if step == "accepting":
        made.append(_job(instance, "asterisk", step, made_at, versions, _voice_env(instance)))
    return made


def job_names(instance: Instance, step: Step, made_at: str) -> list[str]:
    return [item["metadata"]["name"] for item in rotation_jobs(instance, step, made_at, {})]


def behind(wanted: list[Manifest], live: Mapping[tuple[str, str], Manifest], settled: frozenset[str]) -> list[str]:
    """Components some of whose pods may still have what they were told before."""
    found = []
    for item in wanted:
        component = item["metadata"]["labels"]["app.kubernetes.io/name"]
        if item["kind"] not in ("Deployment", "StatefulSet") or component not in CHANGE_OVER:
            continue
        there = live.get((item["kind"], item["metadata"]["name"]))
        if there is None or _told(there) != _told(item) or component not in settled:
            found.append(component)
    return found


def _told(workload: Mapping[str, Any]) -> str | None:
    annotations = workload["spec"]["template"]["metadata"].get("annotations") or {}
    return annotations.get(CONFIG_HASH)


def _job(
    instance: Instance, slug: str, step: Step, made_at: str, versions: Mapping[str, str], env: Mapping[str, Value]
) -> Manifest:
    container = Container(COMPONENT, env, SMALL, entrypoint=["bash", "-c", script(f"rotate-{slug}")])
    name = f"{WORDS[step]}-{slug}-{made_at}"
    made = job(instance, name, Pod(slug, [container], restart="OnFailure"), versions.get(slug, instance.spec.version))
    # Policies let it to the data by this label.
    made["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/name"] = COMPONENT
    return made


def _pair(instance: Instance, step: Step, key: str) -> tuple[Value, Value]:
    """Before and after."""
    if step == "accepting":
        return instance.generated(key), instance.generated(key + NEXT)
    return instance.generated(key + PREVIOUS), instance.generated(key)


def _postgres_env(instance: Instance, step: Step) -> dict[str, Value]:
    old, new = _pair(instance, step, OF_POSTGRES[0])
    replication_old, replication_new = _pair(instance, step, OF_POSTGRES[1])
    env: dict[str, Value] = {
        "PGHOST": Wiring(instance).host("postgres"),
        "PGPORT": POSTGRES_PORT,
        "PGDATABASE": "omnileads",
        "LOGIN": instance.generated("postgres_user"),
        "REPLICATION_LOGIN": instance.generated("postgres_replication_user"),
        "OLD": old,
        "NEW": new,
        "REPLICATION_OLD": replication_old,
        "REPLICATION_NEW": replication_new,
        "PASSWORD_AT": _pair(instance, step, MADE_AT)[1],
    }
    return env if step == "accepting" else {**env, "END_SESSIONS": "yes"}


def _redis_env(instance: Instance, step: Step, members: int) -> dict[str, Value]:
    wiring = Wiring(instance)
    old, new = _pair(instance, step, OF_REDIS[0])
    env: dict[str, Value] = {"OLD": old, "NEW": new}
    if members == 1:
        env["SERVERS"] = f"{wiring.host('redis')}:{REDIS_PORT}"
    else:
        env["SERVERS"] = ",".join(f"{name}:{REDIS_PORT}" for name in wiring.redis_members(members))
        env["SENTINELS"] = wiring.sentinel_env(members)["REDIS_SENTINELS"]
        env["MASTER"] = SENTINEL_MASTER
    return {**env, "ACCEPT": "yes"} if step == "accepting" else env


def _voice_env(instance: Instance) -> dict[str, Value]:
    wiring = Wiring(instance)
    ari, sip = OF_VOICE
    return {
        "ASTERISK_HOST": wiring.host("asterisk"),
        "ASTERISK_ARI_PORT": ARI_PORT,
        "ASTERISK_ARI_USER": instance.generated("asterisk_ari_user"),
        "KAMAILIO_HOST": wiring.host("kamailio"),
        "KAMAILIO_WS_PORT": KAMAILIO_WS_PORT,
        "ARI_PASSWORD": instance.generated(ari + NEXT),
        "SIP_SECRET": instance.generated(sip + NEXT),
    }
