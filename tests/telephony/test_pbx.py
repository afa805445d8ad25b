"""A company's PBX, a second Asterisk configured as docs/pbx.md says, and OMniLeads: calls in both directions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support.carrier import CARRIER_PORT, Carrier
from support.centre import Centre
from support.history import History
from support.pbx import PBX_ADDRESS, SIP_PORT, TELEPHONES_ADDRESS, Pbx, wizard_text
from support.telephones import Exchange
from support.waiting import eventually
from support.workplace import Workplace

AtWork = Callable[..., Workplace]
NAME, DID, SALES, RECEPTION = "pbx", "098098", "201", "204"
OUR_NUMBER = "+5435100"
NEXT_TRUNK_ADDRESS = "127.0.0.4"
FROM_USER_PREFIX = "8"
"""Dialled before a number, the PBX calls in the name of an account and not of the extension."""

AGENT_HZ, EXTENSION_HZ = 440.0, 700.0


@pytest.fixture(scope="module")
def trunk(centre: Centre) -> Iterator[int]:
    """The id of the trunk to the PBX, made of the template for a PBX on the LAN."""
    text = wizard_text(template(centre, "pbx-lan"), qualify_seconds=1)
    discard(centre, "outbound-routes", "name", NAME)
    discard(centre, "sip-trunks", "name", NAME)
    made = centre.api.post("/sip-trunks", name=NAME, caller_id=OUR_NUMBER, wizard_text=text)
    yield int(made["id"])
    discard(centre, "sip-trunks", "name", NAME)


@pytest.fixture(scope="module")
def running_pbx(centre: Centre, trunk: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pbx]:
    with Pbx(centre.instance, tmp_path_factory.mktemp("pbx")) as pbx:
        wait_for_line(centre, trunk, "reachable")
        yield pbx


@pytest.fixture
def pbx(running_pbx: Pbx) -> Iterator[Pbx]:
    """Its log is shown when the test fails."""
    yield running_pbx
    print(running_pbx.evidence())


@pytest.fixture
def telephones(pbx: Pbx) -> Iterator[Exchange]:
    """The telephones of the PBX's extensions, as those who are called."""
    with Exchange(TELEPHONES_ADDRESS, SIP_PORT) as exchange:
        yield exchange


@pytest.fixture
def extensions(pbx: Pbx, tmp_path: Path) -> Iterator[Carrier]:
    """The telephones of the PBX's extensions, as those who call."""
    with Carrier(PBX_ADDRESS, SIP_PORT, tmp_path, address=TELEPHONES_ADDRESS) as callers:
        yield callers


@pytest.fixture
def route(centre: Centre, trunk: int) -> Iterator[Callable[..., None]]:
    """`route()`: the PBX's extensions are dialled over its trunk and then these. Removed after the test."""

    def make(*next_trunks: int) -> None:
        patterns = [{"prefix": "", "prepend": "", "match": "2XX"}]
        trunks = [trunk, *next_trunks]
        discard(centre, "outbound-routes", "name", NAME)
        centre.make("outbound-routes", name=NAME, patterns=patterns, trunk_ids=trunks, ring_seconds=20)

    yield make
    discard(centre, "outbound-routes", "name", NAME)


def template(centre: Centre, slug: str) -> str:
    return next(str(one["wizard_text"]) for one in centre.api.get("/sip-trunks/templates") if one["slug"] == slug)


def discard(centre: Centre, collection: str, field: str, value: str) -> None:
    """Remove the item, if there is one: also one of a session that was killed."""
    for item in centre.api.get(f"/{collection}", search=value)["items"]:
        if item[field] == value:
            centre.api.delete(f"/{collection}/{item['id']}")


def line(centre: Centre, trunk: int) -> dict[str, Any]:
    """What the page shows of the trunk's other side."""
    shown: dict[str, Any] = centre.api.get(f"/sip-trunks/{trunk}")["line"]
    return shown


def wait_for_line(centre: Centre, trunk: int, reachability: str) -> None:
    eventually(
        lambda: line(centre, trunk)["reachability"] == reachability,
        within_seconds=25,
        evidence=lambda: centre.api.get(f"/sip-trunks/{trunk}"),
    )


def caller(at_work: AtWork, centre: Centre) -> Workplace:
    """An agent who may call out, whose webphone takes its own calls."""
    worker = at_work(centre.agent(allow_off_campaign_calls=True), tone_hz=AGENT_HZ)
    worker.phone.answers_at_once = True
    return worker


def events(history: History, worker: Workplace) -> list[tuple[str, str]]:
    """Event and number of all calls of an agent, who is as new as the test."""
    rows = history.rows(
        "SELECT event, number FROM call_events WHERE agent_id = %s ORDER BY call_id, sequence", worker.agent.agent_id
    )
    return [(str(event), str(number)) for event, number in rows]


def wait_for_events(history: History, worker: Workplace, number: str, *names: str) -> None:
    expected = [(name, number) for name in names]
    eventually(lambda: events(history, worker) == expected, evidence=lambda: events(history, worker))


# --- from the PBX ----------------------------------------------------------------------------------------------------


def test_an_extension_calls_a_number_of_ours(
    centre: Centre, extensions: Carrier, at_work: AtWork, history: History
) -> None:
    worker = at_work(centre.agent(), tone_hz=AGENT_HZ)
    campaign = centre.campaign(worker.agent)
    discard(centre, "inbound-routes", "did", DID)
    destination = {"type": "inbound-campaign", "id": campaign.id}
    centre.make("inbound-routes", did=DID, language="en", destination=destination)
    reception = extensions.call(DID, number=RECEPTION, tone_hz=EXTENSION_HZ)
    offer = worker.take_call()
    assert (offer.headers["omloutnum"], offer.headers["omldid"]) == (RECEPTION, DID)
    reception.wait_until_hears(AGENT_HZ)
    eventually(lambda: offer.sound and offer.sound.hears(EXTENSION_HZ), evidence=reception.evidence)
    reception.hang_up()
    wait_for_events(history, worker, RECEPTION, "CONNECT", "COMPLETEOUTNUM")


@pytest.mark.parametrize("sends_from_user", [False, True])
def test_the_pbx_dials_an_agent(
    sends_from_user: bool, centre: Centre, extensions: Carrier, at_work: AtWork, history: History
) -> None:
    """The extension, then the agent's id; nobody else rings. The agent sees which extension of the PBX calls."""
    worker, other = at_work(centre.agent(), tone_hz=AGENT_HZ), at_work(centre.agent())
    dialled = f"{worker.agent.extension}{worker.agent.agent_id}"
    prefix = FROM_USER_PREFIX if sends_from_user else ""
    sales = extensions.call(f"{prefix}{dialled}", number=SALES, tone_hz=EXTENSION_HZ)
    offer = worker.take_call()
    assert offer.headers["omloutnum"] == SALES
    assert not other.phone.offers
    sales.wait_until_hears(AGENT_HZ)
    eventually(lambda: offer.sound and offer.sound.hears(EXTENSION_HZ), evidence=sales.evidence)
    worker.phone.hang_up()
    sales.wait_until_hung_up()
    wait_for_events(history, worker, SALES, "CONNECT", "COMPLETEAGENT")


# --- to the PBX ------------------------------------------------------------------------------------------------------


def test_an_agent_calls_an_extension(
    centre: Centre, telephones: Exchange, route: Callable[..., None], at_work: AtWork, history: History
) -> None:
    route()
    sales = telephones.telephone(SALES, tone_hz=EXTENSION_HZ)
    worker = caller(at_work, centre)
    worker.api.post("/agent/calls", number=SALES, campaign_id=None)
    sales.wait_until_ringing()
    far = sales.answer()
    assert f"<sip:{OUR_NUMBER}@" in far.headers["from"]
    worker.wait_for_status("ONCALL")
    near = worker.phone.offers[-1]
    eventually(lambda: near.sound and near.sound.hears(EXTENSION_HZ), evidence=sales.evidence)
    eventually(lambda: far.sound and far.sound.hears(AGENT_HZ), evidence=sales.evidence)
    sales.hang_up()
    worker.phone.wait_until_idle()
    wait_for_events(history, worker, SALES, "DIAL", "ANSWER", "COMPLETEOUTNUM")


@pytest.mark.parametrize(("extension", "result"), [(SALES, "BUSY"), ("299", "OTHER")])
def test_an_extension_that_is_busy_or_does_not_exist(
    extension: str,
    result: str,
    centre: Centre,
    telephones: Exchange,
    route: Callable[..., None],
    at_work: AtWork,
    history: History,
) -> None:
    """That is final: the route's second trunk is not tried."""
    telephones.telephone(SALES).refuses_with = "486 Busy Here"
    with Exchange(NEXT_TRUNK_ADDRESS, CARRIER_PORT) as next_network:
        elsewhere = next_network.telephone(extension)
        route(centre.trunk(NEXT_TRUNK_ADDRESS))
        worker = caller(at_work, centre)
        worker.api.post("/agent/calls", number=extension, campaign_id=None)
        wait_for_events(history, worker, extension, "DIAL", result)
        worker.wait_for_status("READY")
        assert not elsewhere.offers


def test_a_pbx_that_is_down(
    centre: Centre,
    trunk: int,
    pbx: Pbx,
    telephones: Exchange,
    route: Callable[..., None],
    at_work: AtWork,
    history: History,
) -> None:
    """The trunk's page says so, the route's next trunk takes the call; and all is as before when the PBX is back."""
    shown = line(centre, trunk)
    assert (shown["registration"], shown["reachability"]) == ("none", "reachable")
    pbx.stop()
    wait_for_line(centre, trunk, "unreachable")
    route()
    worker = caller(at_work, centre)
    worker.api.post("/agent/calls", number=SALES, campaign_id=None)
    wait_for_events(history, worker, SALES, "DIAL", "CHANUNAVAIL")
    worker.wait_for_status("READY")
    route(centre.trunk(NEXT_TRUNK_ADDRESS))
    with Exchange(NEXT_TRUNK_ADDRESS, CARRIER_PORT) as next_network:
        elsewhere = next_network.telephone(SALES)
        worker.api.post("/agent/calls", number=SALES, campaign_id=None)
        elsewhere.wait_until_ringing(within_seconds=5)
        elsewhere.answer()
        worker.wait_for_status("ONCALL")
        elsewhere.hang_up()
    wait_for_events(history, worker, SALES, "DIAL", "CHANUNAVAIL", "DIAL", "ANSWER", "COMPLETEOUTNUM")
    pbx.start()
    pbx.wait_until_up()
    wait_for_line(centre, trunk, "reachable")
    worker.wait_for_status("READY")
    sales = telephones.telephone(SALES)
    worker.api.post("/agent/calls", number=SALES, campaign_id=None)
    sales.wait_until_ringing()
    worker.phone.hang_up()
