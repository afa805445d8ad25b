"""What the resources say is what a real contact centre has: made, changed, corrected, refused, deleted."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.api import Api, Object
from tests.support.contact_centre import ContactCentre, Item, contact_centre
from tests.support.process import OperatorProcess, wait_for

COLLECTIONS = {
    "AgentGroup": "agent-groups",
    "Campaign": "campaigns",
    "SIPTrunk": "sip-trunks",
    "InboundRoute": "inbound-routes",
    "OutboundRoute": "outbound-routes",
}
WIZARD = """\
type = wizard
transport = trunk-transport
remote_hosts = sip.carrier.example
sends_auth = yes
outbound_auth/username = acme
outbound_auth/password = ${PASSWORD}
endpoint/context = from-pstn
endpoint/allow = !all,alaw
"""


@pytest.fixture(scope="session")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ContactCentre]:
    with contact_centre(tmp_path_factory.mktemp("application")) as centre:
        yield centre


class Desired:
    """Resources of one namespace, all of one contact centre."""

    def __init__(self, api: Api, operator: OperatorProcess, centre: ContactCentre, namespace: str) -> None:
        self.api = api
        self.operator = operator
        self.centre = centre
        self.namespace = namespace
        self.secret("token", token=centre.token)

    def secret(self, name: str, *, is_marked: bool = True, **values: str) -> None:
        metadata: Item = {"name": name, "namespace": self.namespace}
        if is_marked:
            metadata["labels"] = {"omnileads.org/configuration": "true"}
        self.api.create({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": values})

    def create(self, kind: str, resource: str, /, **spec: Any) -> None:
        centre = {"url": self.centre.url, "token": {"name": "token", "key": "token"}}
        self.api.create(
            {
                "apiVersion": "omnileads.org/v1alpha1",
                "kind": kind,
                "metadata": {"name": resource, "namespace": self.namespace},
                "spec": {"centre": centre, **spec},
            }
        )

    def change(self, kind: str, resource: str, /, **spec: Any) -> None:
        self.api.change(kind, self.namespace, resource, {"spec": spec})

    def delete(self, kind: str, name: str) -> None:
        self.api.delete(kind, self.namespace, name)

    def resource(self, kind: str, name: str) -> Object | None:
        return self.api.find(kind, self.namespace, name)

    def synced(self, kind: str, name: str) -> Object:
        status = (self.resource(kind, name) or {}).get("status") or {}
        return next((dict(each) for each in status.get("conditions") or [] if each["type"] == "Synced"), {})

    def wait_until(self, kind: str, name: str, status: str, reason: str) -> Object:
        def found() -> Object | None:
            condition = self.synced(kind, name)
            return condition if (condition.get("status"), condition.get("reason")) == (status, reason) else None

        return wait_for(
            f"{kind} {name}: {status} {reason}",
            found,
            evidence=lambda: f"{self.synced(kind, name)}\n{self.operator.log()}",
        )

    def wait_for_item(self, of: str, name: str, /, **fields: Any) -> Item:
        def found() -> Item | None:
            item = self.centre.find(COLLECTIONS[of], name)
            return item if item and fields.items() <= item.items() else None

        return wait_for(f"{of} {name} with {fields}", found, evidence=self.operator.log)


@pytest.fixture
def desired(api: Api, operator: OperatorProcess, centre: ContactCentre, namespace: str) -> Desired:
    return Desired(api, operator, centre, namespace)


@pytest.fixture
def unique() -> str:
    """A word that no other test uses."""
    return f"t{secrets.token_hex(4)}"


def test_a_team_a_campaign_and_its_numbers(desired: Desired, unique: str) -> None:
    desired.secret("carrier", password="hunter2hunter2")
    # In the opposite order of what they need: they wait for one another.
    desired.create(
        "OutboundRoute", "out", name=unique, patterns=[{"match": "X."}, {"prefix": "9", "match": "X."}], trunks=[unique]
    )
    desired.create("InboundRoute", "in", name=unique, did=str(int(unique[1:], 16)), destination={"campaign": unique})
    desired.wait_until("InboundRoute", "in", "False", "ReferenceNotFound")
    placeholder = {"placeholder": "PASSWORD", "secret": {"name": "carrier", "key": "password"}}
    desired.create("SIPTrunk", "trunk", name=unique, wizardText=WIZARD, secrets=[placeholder], maxChannels=30)
    options = [{"name": "Sold", "isPositive": True}, {"name": "Later", "kind": "callback"}]
    queue = {"strategy": "leastrecent"}
    desired.create("Campaign", "campaign", name=unique, kind="inbound", dispositions=options, inbound=queue)
    desired.create("AgentGroup", "group", name=unique, autoUnpauseSeconds=30)

    desired.wait_for_item("AgentGroup", unique, auto_unpause_seconds=30, allow_hold=True)
    campaign = desired.wait_for_item("Campaign", unique, strategy="leastrecent", kind="inbound")
    trunk = desired.wait_for_item("SIPTrunk", unique, max_channels=30)
    assert "outbound_auth/password = hunter2hunter2" in trunk["wizard_text"]
    route = desired.wait_for_item("InboundRoute", unique)
    assert (route["destination"]["type"], route["destination"]["id"]) == ("inbound-campaign", campaign["id"])
    outbound = desired.wait_for_item("OutboundRoute", unique)
    assert [each["id"] for each in outbound["trunks"]] == [trunk["id"]]
    for kind, name in (
        ("OutboundRoute", "out"),
        ("InboundRoute", "in"),
        ("SIPTrunk", "trunk"),
        ("Campaign", "campaign"),
    ):
        desired.wait_until(kind, name, "True", "Synced")
    assert "hunter2" not in str(desired.resource("SIPTrunk", "trunk"))


def test_a_change_and_drift_are_brought_to_what_is_said(desired: Desired, unique: str) -> None:
    desired.create("AgentGroup", "group", name=unique)
    item = desired.wait_for_item("AgentGroup", unique)
    desired.change("AgentGroup", "group", autoUnpauseSeconds=45, forceDisposition=True)
    desired.wait_for_item("AgentGroup", unique, auto_unpause_seconds=45, force_disposition=True)
    # Somebody changes it in the console.
    desired.centre.call("PATCH", f"agent-groups/{item['id']}", {"auto_unpause_seconds": 1})
    desired.wait_for_item("AgentGroup", unique, auto_unpause_seconds=45)
    # A field that the resource does not know stays as people set it.
    desired.centre.call("PATCH", f"agent-groups/{item['id']}", {"allow_dashboard": False, "allow_hold": False})
    desired.wait_for_item("AgentGroup", unique, allow_hold=True, allow_dashboard=False)


def test_another_name_renames_it(desired: Desired, unique: str) -> None:
    desired.create("AgentGroup", "group", name=unique)
    item = desired.wait_for_item("AgentGroup", unique)
    desired.wait_until("AgentGroup", "group", "True", "Synced")
    desired.change("AgentGroup", "group", name=f"{unique} new")
    assert desired.wait_for_item("AgentGroup", f"{unique} new")["id"] == item["id"]


def test_the_options_of_a_campaign_stay_the_same_when_others_change(desired: Desired, unique: str) -> None:
    desired.create("Campaign", "campaign", name=unique, kind="manual", dispositions=[{"name": "Sold"}])
    before = desired.wait_for_item("Campaign", unique)["dispositions"]
    desired.wait_until("Campaign", "campaign", "True", "Synced")
    changed = [{"name": "Sold", "isPositive": True}, {"name": "Refused", "subdispositions": ["Price"]}]
    desired.change("Campaign", "campaign", dispositions=changed)

    def options() -> list[Item]:
        found: list[Item] = (desired.centre.find("campaigns", unique) or {})["dispositions"]
        return found if len(found) == 2 else []

    after = wait_for("two options", options, evidence=desired.operator.log)
    assert after[0]["id"] == before[0]["id"]
    assert after[0]["is_positive"]
    assert after[1]["subdispositions"] == ["Price"]


def test_what_was_deleted_in_the_console_comes_back(desired: Desired, unique: str) -> None:
    desired.create("AgentGroup", "group", name=unique)
    item = desired.wait_for_item("AgentGroup", unique)
    desired.wait_until("AgentGroup", "group", "True", "Synced")
    desired.centre.call("DELETE", f"agent-groups/{item['id']}")
    desired.wait_for_item("AgentGroup", unique)


def test_what_exists_already_is_taken_over(desired: Desired, unique: str) -> None:
    made = desired.centre.call("POST", "agent-groups", {"name": unique, "auto_unpause_seconds": 7})
    desired.create("AgentGroup", "group", name=unique)
    item = desired.wait_for_item("AgentGroup", unique, auto_unpause_seconds=0)
    assert item["id"] == made["id"]


def test_a_deletion_waits_while_it_is_used(desired: Desired, unique: str) -> None:
    placeholder = {"placeholder": "PASSWORD", "secret": {"name": "carrier", "key": "password"}}
    desired.secret("carrier", password="hunter2hunter2")
    desired.create("SIPTrunk", "trunk", name=unique, wizardText=WIZARD, secrets=[placeholder])
    desired.create("OutboundRoute", "out", name=unique, patterns=[{"match": "X."}], trunks=[unique])
    desired.wait_until("OutboundRoute", "out", "True", "Synced")
    desired.delete("SIPTrunk", "trunk")

    def is_refused() -> bool:
        return desired.synced("SIPTrunk", "trunk").get("status") == "False"

    wait_for("the refusal", is_refused, evidence=desired.operator.log)
    assert desired.centre.find("sip-trunks", unique)
    desired.delete("OutboundRoute", "out")
    wait_for("the trunk to go", lambda: desired.resource("SIPTrunk", "trunk") is None, evidence=desired.operator.log)
    assert desired.centre.find("sip-trunks", unique) is None
    assert desired.centre.find("outbound-routes", unique) is None


def test_a_retained_item_stays(desired: Desired, unique: str) -> None:
    desired.create("AgentGroup", "group", name=unique, deletionPolicy="Retain")
    desired.wait_until("AgentGroup", "group", "True", "Synced")
    desired.delete("AgentGroup", "group")
    wait_for("the resource to go", lambda: desired.resource("AgentGroup", "group") is None)
    assert desired.centre.find("agent-groups", unique)


def test_what_the_contact_centre_refuses_is_said(desired: Desired, unique: str) -> None:
    desired.create("SIPTrunk", "trunk", name=unique, wizardText="no = such key\n")
    condition = wait_for("the refusal", lambda: desired.synced("SIPTrunk", "trunk"), evidence=desired.operator.log)
    assert condition["status"] == "False"
    assert "wizard_text" in condition["message"]


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"wizardText": WIZARD}, "UnknownPlaceholder"),
        (
            {"wizardText": WIZARD, "secrets": [{"placeholder": "PASSWORD", "secret": {"name": "no", "key": "p"}}]},
            "SecretNotFound",
        ),
        (
            {"wizardText": WIZARD, "secrets": [{"placeholder": "PASSWORD", "secret": {"name": "two", "key": "p"}}]},
            "SecretRefused",
        ),
    ],
)
def test_secrets_that_cannot_be_used(desired: Desired, unique: str, spec: dict[str, Any], reason: str) -> None:
    desired.secret("two", p="one line\ntype = evil")
    desired.create("SIPTrunk", "trunk", name=unique, **spec)
    desired.wait_until("SIPTrunk", "trunk", "False", reason)
    assert desired.centre.find("sip-trunks", unique) is None


def test_a_secret_that_is_not_meant_for_it_is_not_read(desired: Desired, unique: str) -> None:
    desired.secret("foreign", is_marked=False, password="of somebody else")
    secret = {"placeholder": "PASSWORD", "secret": {"name": "foreign", "key": "password"}}
    desired.create("SIPTrunk", "trunk", name=unique, wizardText=WIZARD, secrets=[secret])
    condition = desired.wait_until("SIPTrunk", "trunk", "False", "SecretNotMarked")
    assert "omnileads.org/configuration=true" in condition["message"]
    assert desired.centre.find("sip-trunks", unique) is None


def test_a_contact_centre_that_is_away_is_awaited(desired: Desired, unique: str) -> None:
    desired.secret("nobody", token="oml_nothing")
    metadata = {"name": "group", "namespace": desired.namespace}
    spec = {"name": unique, "centre": {"instance": "nowhere", "token": {"name": "nobody", "key": "token"}}}
    desired.api.create(
        {"apiVersion": "omnileads.org/v1alpha1", "kind": "AgentGroup", "metadata": metadata, "spec": spec}
    )
    desired.wait_until("AgentGroup", "group", "False", "ContactCentreAway")


def test_a_token_that_is_not_accepted_is_said(desired: Desired, unique: str) -> None:
    desired.secret("wrong", token="oml_nothing")
    metadata = {"name": "group", "namespace": desired.namespace}
    spec = {"name": unique, "centre": {"url": desired.centre.url, "token": {"name": "wrong", "key": "token"}}}
    desired.api.create(
        {"apiVersion": "omnileads.org/v1alpha1", "kind": "AgentGroup", "metadata": metadata, "spec": spec}
    )
    condition = wait_for("the refusal", lambda: desired.synced("AgentGroup", "group"))
    assert condition["status"] == "False"
    assert desired.centre.find("agent-groups", unique) is None
