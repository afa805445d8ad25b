"""The operator dies, the API server dies."""

from __future__ import annotations

from tests.cluster.instances import InstanceUnderTest
from tests.support.api import Api
from tests.support.control_plane import ControlPlane
from tests.support.process import OperatorProcess, wait_for


def test_a_killed_operator_goes_on_where_it_was(api: Api, operator: OperatorProcess, namespace: str) -> None:
    instance = InstanceUnderTest(api, operator, namespace).create()
    instance.wait_for_child("StatefulSet", "postgres")
    operator.kill()
    secret = instance.wait_for_child("Secret", "credentials")
    api.delete("StatefulSet", namespace, "acme-postgres")
    operator.start()
    instance.wait_for_child("StatefulSet", "postgres")
    instance.make_ready()
    assert instance.wait_for_child("Secret", "credentials")["data"] == secret["data"]


def test_what_was_deleted_while_the_operator_was_away_is_let_go(
    api: Api, operator: OperatorProcess, namespace: str
) -> None:
    instance = InstanceUnderTest(api, operator, namespace).create()
    instance.wait_until_written()
    assert operator.stop() == 0
    api.delete("OMniLeads", namespace, "acme")
    assert instance.resource()["metadata"]["deletionTimestamp"]
    operator.start()
    wait_for("the resource to go", lambda: api.find("OMniLeads", namespace, "acme") is None, evidence=operator.log)


def test_an_api_server_that_was_away_is_found_again(
    plane: ControlPlane, api: Api, operator: OperatorProcess, namespace: str
) -> None:
    instance = InstanceUnderTest(api, operator, namespace).create()
    instance.wait_until_written()
    plane.restart()
    api.delete("Service", namespace, "acme-app")
    instance.wait_for_child("Service", "app")
    instance.make_ready()
