"""A CRM at work: it maps its ids, makes an agent's browser call somebody, and stores what came of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.browser import Desks
from support.carrier import CARRIER_ADDRESS, CARRIER_PORT
from support.centre import TRUNK, Centre
from support.crm_client import CrmClient
from support.history import History
from support.telephones import Exchange
from support.waiting import eventually

AGENT_HZ, CALLED_HZ = 440.0, 700.0
COLUMNS = [{"name": "nombre"}, {"name": "idext", "role": "external-id"}, {"name": "tel", "role": "phone"}]


@pytest.fixture
def network() -> Iterator[Exchange]:
    """The telephones behind the carrier."""
    with Exchange(CARRIER_ADDRESS, CARRIER_PORT) as exchange:
        yield exchange


@pytest.fixture(scope="module")
def prefix(centre: Centre) -> str:
    """What must be dialled before a number to reach the carrier."""
    trunk = centre.api.get("/sip-trunks", search=TRUNK)["items"][0]
    centre.make("outbound-routes", patterns=[{"prefix": "8", "prepend": "", "match": "XXXX."}], trunk_ids=[trunk["id"]])
    return "8"


def test_click_to_call_and_a_disposition(
    centre: Centre, desk: Desks, network: Exchange, prefix: str, history: History
) -> None:
    agent = centre.agent(auto_unpause_seconds=60, force_unpause=True)
    system = centre.make("external-systems", agents=[{"agent_id": agent.agent_id, "external_id": "ana"}])
    base = centre.make("contact-bases", columns=COLUMNS)
    centre.campaign(agent, contact_base_id=base["id"], external_system_id=system["id"], external_id="support")
    number = centre.number()
    called = network.telephone(number, tone_hz=CALLED_HZ)
    working = desk(agent, tone_hz=AGENT_HZ)
    crm = CrmClient(centre.instance.url, centre.instance.tls(), system["id"])
    crm.sign_in(agent.username, agent.password)
    assert crm.columns("support")["fields"] == ["nombre", "idext", "tel"]
    crm.add_contact("support", tel=f"{prefix}{number}", idext="c-1", nombre="Eva")

    crm.call("support", "ana", f"{prefix}{number}", "c-1")
    called.wait_until_ringing()
    called.answer()
    working.wait_for_status("ONCALL")
    working.wait_until_hears(CALLED_HZ)
    far = called.offers[-1].sound
    eventually(lambda: far and far.hears(AGENT_HZ), evidence=working.evidence)
    working.hang_up()
    called.wait_until_idle()
    dial, *_ = history.wait_for(f"{prefix}{number}", "DIAL", "ANSWER", "COMPLETEAGENT")

    options = crm.options("support")
    stored = crm.disposition("c-1", options["Sale"], "bought", dial.call_id)
    assert history.disposition(dial.call_id) == (options["Sale"], "bought")
    crm.change_disposition(stored, "c-1", options["Not interested"], "sent it back")
    assert history.disposition(dial.call_id) == (options["Not interested"], "sent it back")
    working.wait_for_status("READY")
    crm.close()
