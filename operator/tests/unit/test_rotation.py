"""The Jobs of a rotation, and who is to change over."""

from __future__ import annotations

import json

import pytest

from omnileads_operator.desired.credentials import OF_VOICE, Step
from omnileads_operator.desired.everything import everything
from omnileads_operator.desired.instance import Manifest, Observed
from omnileads_operator.desired.rotation import CHANGE_OVER, behind, keys_of, rotation_jobs
from tests.unit.conftest import MakeInstance, found

EXTERNAL = {"external": {"host": "data.example", "password": {"name": "mine", "key": "password"}}}
THREE = {"managed": {"members": 3}}


def env(job: Manifest) -> dict[str, str]:
    variables = job["spec"]["template"]["spec"]["containers"][0]["env"]
    return {each["name"]: each.get("value") or each["valueFrom"]["secretKeyRef"]["key"] for each in variables}


@pytest.mark.parametrize("step", ["accepting", "changing"])
def test_its_jobs_are_let_to_the_data(instance: MakeInstance, step: Step) -> None:
    for job in rotation_jobs(instance(), step, "1", {}):
        label = job["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/name"]
        policies = everything(instance())
        assert label in json.dumps(found(policies, "NetworkPolicy", "data")["spec"]["podSelector"])
        for component in ("postgres", "redis"):
            assert label in json.dumps(found(policies, "NetworkPolicy", component)["spec"]["ingress"][0])


def test_it_has_the_old_and_the_new_password_of_its_step(instance: MakeInstance) -> None:
    accepting, changing = (
        env(rotation_jobs(instance(), step, "1", {})[0]) for step in ("accepting", "changing")
    )  # fmt: skip
    pairs = [(each["OLD"], each["NEW"], each["PASSWORD_AT"]) for each in (accepting, changing)]
    assert pairs == [
        ("postgres_password", "postgres_password_next", "made_at_next"),
        ("postgres_password_previous", "postgres_password", "made_at"),
    ]
    assert ("END_SESSIONS" in accepting, "END_SESSIONS" in changing) == (False, True)


def test_asterisk_and_kamailio_are_asked_whether_they_know_the_next_ones(instance: MakeInstance) -> None:
    made = rotation_jobs(instance(), "accepting", "1", {})[2]
    assert made["metadata"]["name"] == "acme-accept-asterisk-1"
    told = env(made)
    assert told["ASTERISK_ARI_USER"] == "asterisk_ari_user"
    assert told["ARI_PASSWORD"] == "asterisk_ari_password_next"
    assert told["SIP_SECRET"] == "sip_ephemeral_secret_next"
    policy = found(everything(instance(Observed(voice_addresses=("192.0.2.1/32",)))), "NetworkPolicy", "rotation")
    label = made["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/name"]
    assert policy["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/name"] == label
    assert [each["port"] for each in policy["spec"]["egress"][0]["ports"]] == [8088, 10088]


def test_they_read_all_that_may_be_good_from_files(instance: MakeInstance) -> None:
    for kind, component, user in (("StatefulSet", "asterisk", ["user"]), ("Deployment", "kamailio", [])):
        pod = found(everything(instance()), kind, component)["spec"]["template"]["spec"]
        volume = next(each for each in pod["volumes"] if "projected" in each)
        paths = [each["secret"]["items"][0]["path"] for each in volume["projected"]["sources"]]
        name = "password" if component == "asterisk" else "secret"
        assert {name, f"{name}_next", f"{name}_previous", *user} <= set(paths)
        assert all(each["secret"]["optional"] for each in volume["projected"]["sources"])


def test_of_three_members_of_redis_all_are_told_and_their_sentinels(instance: MakeInstance) -> None:
    one, three = (env(rotation_jobs(each, "accepting", "1", {})[1]) for each in (instance(), instance(redis=THREE)))
    assert one["SERVERS"] == "acme-redis.centres.svc:6379"
    assert "SENTINELS" not in one
    names = [f"acme-redis-{number}.acme-redis-members.centres.svc" for number in range(3)]
    assert three["SERVERS"] == ",".join(f"{name}:6379" for name in names)
    assert three["SENTINELS"] == ",".join(f"{name}:26379" for name in names)


def test_what_others_run_is_left_out(instance: MakeInstance) -> None:
    assert len(keys_of(instance())) == 6
    assert keys_of(instance(postgres=EXTERNAL, redis=EXTERNAL)) == ("app_internal_token", *OF_VOICE)
    assert rotation_jobs(instance(postgres=EXTERNAL, redis=EXTERNAL), "changing", "1", {}) == []


def test_a_component_is_behind_until_all_its_pods_were_told(instance: MakeInstance) -> None:
    def told(word: str) -> list[Manifest]:
        key = ("acme-credentials", "redis_password")
        return everything(instance(Observed(secret_hashes={key: word}, heard_hashes={key: "the same"})))

    before, wanted = told("old"), told("new")
    settled = frozenset(CHANGE_OVER)
    live = {(item["kind"], item["metadata"]["name"]): item for item in before}
    assert set(behind(wanted, live, settled)) == {"app", "worker", "acd", "dialer", "kamailio"}
    live = {(item["kind"], item["metadata"]["name"]): item for item in wanted}
    assert behind(wanted, live, settled) == []
    assert behind(wanted, live, settled - {"acd"}) == ["acd"]
    assert set(behind(wanted, {}, settled)) == set(CHANGE_OVER)
