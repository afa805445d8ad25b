"""Pods are as restricted as they can be: the API server's own admission says so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cluster.instances import InstanceUnderTest
from tests.support.api import Api, ApiError
from tests.support.namespaces import own_namespace
from tests.support.process import OperatorProcess


@pytest.fixture(scope="module")
def templates(api: Api, operator: OperatorProcess) -> dict[str, dict[str, object]]:
    with own_namespace(api, "security") as name:
        instance = InstanceUnderTest(api, operator, name).create()
        instance.wait_until_written()
        kinds = ("Deployment", "StatefulSet", "Job")
        return {
            component: item["spec"]["template"] for kind in kinds for component, item in instance.children(kind).items()
        }


@pytest.fixture(scope="module")
def restricted(api: Api) -> Iterator[str]:
    with own_namespace(api, "restricted", **{"pod-security.kubernetes.io/enforce": "restricted"}) as name:
        for account in ("default", "acme-postgres"):
            metadata = {"name": account, "namespace": name}
            api.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata})
        yield name


def admit(api: Api, namespace: str, template: dict[str, object]) -> None:
    spec = dict(template["spec"])  # type: ignore[call-overload]  # a template as data
    # Claims of a StatefulSet are made by its controller.
    mounts = {mount["name"] for container in spec["containers"] for mount in container["volumeMounts"]}
    known = {volume["name"] for volume in spec["volumes"]}
    spec["volumes"] = [*spec["volumes"], *({"name": name, "emptyDir": {}} for name in mounts - known)]
    api.create(
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "probe", "namespace": namespace}, "spec": spec},
        dry_run=True,
    )


@pytest.mark.parametrize("component", ["app", "worker", "acd", "dialer", "nginx", "postgres", "redis", "migrate-0-1-0"])
def test_is_admitted_where_only_restricted_pods_are(
    api: Api, templates: dict[str, dict[str, object]], restricted: str, component: str
) -> None:
    admit(api, restricted, templates[component])


@pytest.mark.parametrize("component", ["asterisk", "kamailio", "rtpengine"])
def test_voice_is_refused_there_for_the_host_network_alone(
    api: Api, templates: dict[str, dict[str, object]], restricted: str, component: str
) -> None:
    with pytest.raises(ApiError) as refused:
        admit(api, restricted, templates[component])
    reasons = refused.value.message.partition(": host namespaces")[2]
    assert reasons.startswith(" (hostNetwork=true)")
    assert "allowPrivilegeEscalation" not in refused.value.message
