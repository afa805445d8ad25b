"""Rules that hold for all objects of an instance, and what is wired to what."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from omnileads_operator.desired.everything import everything
from omnileads_operator.desired.instance import Manifest, Observed
from omnileads_operator.desired.pods import SLUGS, USERS
from omnileads_operator.desired.postgres import ROLE_LABEL
from tests.unit.conftest import MakeInstance, found

REPOSITORY = Path(__file__).resolve().parents[3]
WORKLOADS = ("Deployment", "StatefulSet", "Job")
SET_BY_ALL = {"OML_INSTANCE", "OML_LOG_LEVEL", "TZ"}


def pods(objects: list[Manifest]) -> dict[str, Manifest]:
    return {
        item["metadata"]["name"].removeprefix("acme-"): item["spec"]["template"]
        for item in objects
        if item["kind"] in WORKLOADS
    }


def variables(pod: Manifest, container: int = 0) -> dict[str, Any]:
    return {each["name"]: each for each in pod["spec"]["containers"][container]["env"]}


def test_the_same_spec_leads_to_the_same_objects(instance: MakeInstance) -> None:
    assert everything(instance()) == everything(instance())


def test_no_two_objects_have_one_name(instance: MakeInstance) -> None:
    keys = [(item["kind"], item["metadata"]["name"]) for item in everything(instance(expose={"ingress": {}}))]
    assert len(keys) == len(set(keys))


def test_every_selector_finds_the_pods_it_is_for(instance: MakeInstance) -> None:
    objects = everything(instance())
    labels = {name: pod["metadata"]["labels"] for name, pod in pods(objects).items()}
    for item in objects:
        if item["kind"] in ("Deployment", "StatefulSet", "PodDisruptionBudget", "Service"):
            selector = item["spec"]["selector"]
            wanted = dict(selector.get("matchLabels", selector))
            wanted.pop(ROLE_LABEL, None)  # which the members of PostgreSQL write onto their pods themselves
            matching = [name for name, has in labels.items() if wanted.items() <= has.items()]
            assert matching == [item["metadata"]["name"].removeprefix("acme-").removesuffix("-open")]


@pytest.mark.parametrize("component", sorted(USERS))
def test_pods_run_as_the_user_of_their_image(instance: MakeInstance, component: str) -> None:
    slug = SLUGS.get(component, component)
    folder = "app" if slug in ("acd", "dialer") else slug
    text = (REPOSITORY / "images" / folder / "Containerfile").read_text()
    program = re.search(r"useradd --system --uid (\d+) --gid (\S+)", text)
    assert program
    group = re.search(rf"groupadd --system --gid (\d+) {program[2]}", text)
    assert group
    security = pods(everything(instance()))[component]["spec"]["securityContext"]
    assert (security["runAsUser"], security["runAsGroup"]) == (int(program[1]), int(group[1]))


@pytest.mark.parametrize("component", ["app", "worker", "acd", "dialer", "nginx", "postgres", "redis", "kamailio",
                                       "rtpengine", "asterisk"])  # fmt: skip
def test_it_is_told_what_the_role_tells_it(instance: MakeInstance, component: str) -> None:
    """The variables of the role, but for those that have one value only or belong to another process."""
    role = SLUGS.get(component, component)
    folder = REPOSITORY / "roles" / role
    text = "".join(path.read_text() for part in ("vars", "tasks") for path in sorted((folder / part).glob("main.yml")))
    passed = set(re.findall(r"^\s+([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+):", text, re.MULTILINE))
    secret = {"name": "a", "key": "b"}
    made = instance(
        settings={"mail": {"host": "mx", "password": secret}},
        recordings={"s3": {"bucket": "sounds", "credentials": "a", "authority": secret}},
    )
    pod = pods(everything(made))[component]
    told = {name for number in range(len(pod["spec"]["containers"])) for name in variables(pod, number)}
    foreign = {
        # In files, which change while it runs.
        "asterisk": {"APP_INTERNAL_TOKEN", "ASTERISK_ARI_USER", "ASTERISK_ARI_PASSWORD"}
        if {"APP_INTERNAL_TOKEN_FILE", "ASTERISK_ARI_FILES"} <= told
        else set(),
        "kamailio": {"SIP_EPHEMERAL_SECRET"} if "SIP_EPHEMERAL_SECRET_FILE" in told else set(),
        "app": {name for name in passed if name.startswith(("WORKER_", "MAIL_"))},
        "worker": {
            name for name in passed if not name.startswith(("WORKER_", "MAIL_", "POSTGRES_", "REDIS_", "OUTGOING"))
        },
    }.get(component, set())
    # The application's own default holds; nothing in the instance would change it.
    fixed = {"CUSTOM_CORS_ALLOW_HEADERS", "KAMAILIO_HOST"} if component in ("app", "worker") else set()
    # A certificate that is not good is never believed here.
    fixed |= {"BUCKET_VERIFY_TLS"}
    assert passed - foreign - fixed <= told
    assert told >= SET_BY_ALL


def test_no_secret_is_written_into_an_object(instance: MakeInstance) -> None:
    for pod in pods(everything(instance())).values():
        for container in range(len(pod["spec"]["containers"])):
            for name, each in variables(pod, container).items():
                if re.search("(PASSWORD|SECRET|TOKEN)$", name):
                    assert "value" not in each, name


def test_pods_roll_only_for_the_secrets_they_read(instance: MakeInstance) -> None:
    def hashes(value: str) -> dict[str, str]:
        key = ("acme-credentials", "redis_password")
        observed = Observed(secret_hashes={key: value}, heard_hashes={key: value})
        found_pods = pods(everything(instance(observed)))
        return {
            name: pod["metadata"].get("annotations", {}).get("omnileads.org/secrets-hash", "")
            for name, pod in found_pods.items()
        }

    before, after = hashes("one"), hashes("two")
    assert {name for name in before if before[name] != after[name]} == {
        "app", "worker", "acd", "dialer", "redis", "kamailio"
    }  # fmt: skip


def test_external_data_is_used_and_none_is_run(instance: MakeInstance) -> None:
    password = {"name": "elsewhere", "key": "password"}
    objects = everything(
        instance(
            postgres={"external": {"host": "db.example", "port": 6432, "password": password, "cidr": "192.0.2.7/32"}},
            redis={"external": {"host": "cache.example", "password": password}},
        )
    )
    assert [item["metadata"]["name"] for item in objects if item["kind"] == "StatefulSet"] == ["acme-asterisk"]
    told = variables(pods(objects)["acd"])
    assert told["POSTGRES_HOST"]["value"] == "db.example"
    assert told["POSTGRES_PASSWORD"]["valueFrom"]["secretKeyRef"] == password
    egress = found(objects, "NetworkPolicy", "data")["spec"]["egress"]
    assert {"to": [{"ipBlock": {"cidr": "192.0.2.7/32"}}], "ports": [{"protocol": "TCP", "port": 6432}]} in egress


def test_nothing_may_be_reached_that_is_not_listed(instance: MakeInstance) -> None:
    objects = everything(instance(Observed(voice_addresses=("192.0.2.1/32",))))
    policies = [item for item in objects if item["kind"] == "NetworkPolicy"]
    default = found(objects, "NetworkPolicy", "default")["spec"]
    assert default["podSelector"] == {"matchLabels": {"app.kubernetes.io/instance": "acme"}}
    assert default["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in default
    for policy in policies:
        name = policy["metadata"]["name"].removeprefix("acme-")
        for rule in policy["spec"].get("ingress", []):
            assert rule.get("from") or name == "nginx", f"{name} lets everybody in"
    redis = found(objects, "NetworkPolicy", "redis")["spec"]["ingress"]
    assert {"ipBlock": {"cidr": "192.0.2.1/32"}} in redis[0]["from"]


def test_without_a_known_voice_node_nobody_is_let_in_for_it(instance: MakeInstance) -> None:
    for item in everything(instance()):
        for rule in item["spec"].get("ingress", []) if item["kind"] == "NetworkPolicy" else []:
            assert rule.get("from") != []
        for rule in item["spec"].get("egress", []) if item["kind"] == "NetworkPolicy" else []:
            assert rule.get("to") != []


def test_an_asterisk_that_must_stop_has_time_for_its_calls(instance: MakeInstance) -> None:
    pod = pods(everything(instance(voice={"drainSeconds": 1200})))["asterisk"]["spec"]
    command = pod["containers"][0]["lifecycle"]["preStop"]["exec"]["command"]
    assert command == ["drain.sh", "1200"]
    assert pod["terminationGracePeriodSeconds"] > 1200


def test_media_is_never_evicted(instance: MakeInstance) -> None:
    objects = everything(instance())
    for component in ("asterisk", "kamailio", "rtpengine", "postgres", "redis"):
        assert found(objects, "PodDisruptionBudget", component)["spec"]["maxUnavailable"] == 0


def test_of_several_kamailios_one_may_be_evicted_and_of_rtpengines_none(instance: MakeInstance) -> None:
    objects = everything(instance(voice={"kamailio": {"replicas": 3}, "rtpengine": {"replicas": 2}}))
    for component, replicas, budget in (("kamailio", 3, 1), ("rtpengine", 2, 0)):
        spec = found(objects, "Deployment", component)["spec"]
        assert spec["replicas"] == replicas
        assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 1, "maxSurge": 0}
        term = spec["template"]["spec"]["affinity"]["podAntiAffinity"][
            "requiredDuringSchedulingIgnoredDuringExecution"
        ][0]
        assert term["topologyKey"] == "kubernetes.io/hostname"
        assert term["labelSelector"]["matchLabels"].items() <= spec["template"]["metadata"]["labels"].items()
        assert found(objects, "PodDisruptionBudget", component)["spec"]["maxUnavailable"] == budget
        service = found(objects, "Service", component)["spec"]
        assert (service["clusterIP"], service["publishNotReadyAddresses"]) == ("None", True)
    told = variables(found(objects, "Deployment", "kamailio")["spec"]["template"])
    assert told["KAMAILIO_PEERS"]["value"] == "acme-kamailio.centres.svc"


@pytest.mark.parametrize("replicas", [0, 11])
def test_edges_are_one_to_ten(instance: MakeInstance, replicas: int) -> None:
    for component in ("kamailio", "rtpengine"):
        with pytest.raises(ValidationError, match=f"voice.{component}.replicas"):
            instance(voice={component: {"replicas": replicas}})


def test_the_samples_are_of_the_models() -> None:
    from omnileads_operator.crds import RESOURCES  # noqa: PLC0415

    models = {resource.kind: resource.spec for resource in RESOURCES}
    for path in (REPOSITORY / "operator" / "deploy" / "samples").glob("*.yaml"):
        for document in yaml.safe_load_all(path.read_text()):
            models[document["kind"]].model_validate(document["spec"])


def test_a_field_beside_another_leaves_that_one_its_default(instance: MakeInstance) -> None:
    """A storage class does not make a volume another size, nor do resources another worker."""
    named = {"storage": {"storage_class_name": "fast"}}
    objects = everything(
        instance(
            worker={"placement": {"node_selector": {"disk": "fast"}}},
            redis={"managed": named},
            voice={"asterisk": named},
        )
    )
    assert found(objects, "Deployment", "worker")["spec"]["replicas"] == 1
    sizes = {
        component: found(objects, "StatefulSet", component)["spec"]["volumeClaimTemplates"][0]["spec"]["resources"]
        for component in ("redis", "asterisk")
    }
    assert {name: each["requests"]["storage"] for name, each in sizes.items()} == {"redis": "4Gi", "asterisk": "2Gi"}


def test_no_pod_is_killed_while_a_busy_node_starts_it(instance: MakeInstance) -> None:
    for name, pod in pods(everything(instance())).items():
        for container in pod["spec"]["containers"]:
            if probe := container.get("startupProbe"):
                assert probe["periodSeconds"] * probe["failureThreshold"] >= 300, name
