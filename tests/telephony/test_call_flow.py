"""Real calls through everything between a number and a campaign: hours, IVR, identification, dialplan, voicemail."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from support.carrier import Carrier
from support.centre import Campaign, Centre
from support.crm import Crm
from support.history import History
from support.tones import heard_seconds, read_wav
from support.waiting import eventually
from support.workplace import Workplace

AtWork = Callable[..., Workplace]
MENU_HZ, SECOND_HZ, AGAIN_HZ, WRONG_HZ, WHO_HZ = 500.0, 560.0, 620.0, 690.0, 760.0
BEEP_HZ, VOICE_HZ = 700.0, 860.0
"""Asterisk's beep before a recording, and a caller who can be told apart from it."""
HANG_UP: dict[str, object] = {"type": "hangup", "id": None}


def to(kind: str, thing: Any) -> dict[str, object]:
    return {"type": kind, "id": thing["id"] if isinstance(thing, dict) else thing.id}


def to_campaign(campaign: Campaign) -> dict[str, object]:
    return {"type": "inbound-campaign", "id": campaign.id}


@pytest.fixture(scope="module")
def menu_audio(centre: Centre) -> int:
    return centre.audio(MENU_HZ)


@pytest.fixture(scope="module")
def who_audio(centre: Centre) -> int:
    return centre.audio(WHO_HZ)


@pytest.fixture(scope="module")
def campaigns(centre: Centre) -> tuple[Campaign, Campaign]:
    """Two campaigns without agents: a call that waits there has arrived."""
    return centre.campaign(), centre.campaign()


@pytest.fixture
def crm() -> Iterator[Crm]:
    with Crm() as server:
        yield server


def arrives(history: History, number: str, campaign: Campaign) -> None:
    (entered,) = history.wait_for(number, "ENTERQUEUE")
    assert entered.campaign_id == campaign.id


# --- hours -----------------------------------------------------------------------------------------------------------


def minutes(moment: datetime) -> str:
    return moment.strftime("%H:%M")


@pytest.mark.parametrize("is_open", [True, False])
def test_a_time_condition(
    is_open: bool,
    centre: Centre,
    carrier: Carrier,
    campaigns: tuple[Campaign, Campaign],
    history: History,
) -> None:
    """The group begins or began five minutes from now, so the moment of the call decides."""
    now = datetime.now(UTC)
    start = now - timedelta(minutes=5) if is_open else now + timedelta(minutes=5)
    hours = {"time_from": minutes(start), "time_to": minutes(start + timedelta(minutes=60))}
    group = centre.make("time-groups", ranges=[hours])
    day, night = campaigns
    condition = centre.make(
        "time-conditions", time_group_id=group["id"], match=to_campaign(day), otherwise=to_campaign(night)
    )
    caller = carrier.call(centre.route(to("time-condition", condition)))
    arrives(history, caller.number, day if is_open else night)


# --- IVR -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def menu(centre: Centre, menu_audio: int, campaigns: tuple[Campaign, Campaign]) -> str:
    """The number of a menu: 1 the first campaign, 2 a second menu whose 1 is the second campaign."""
    first, second = campaigns
    nested = centre.make(
        "ivrs",
        audio_id=centre.audio(SECOND_HZ),
        timeout=HANG_UP,
        invalid=HANG_UP,
        options=[{"digit": "1", "destination": to_campaign(second)}],
    )
    made = centre.make(
        "ivrs",
        audio_id=menu_audio,
        timeout_seconds=2,
        timeout_retries=1,
        timeout_audio_id=centre.audio(AGAIN_HZ, seconds=2),
        timeout=to_campaign(second),
        invalid_retries=1,
        invalid_audio_id=centre.audio(WRONG_HZ, seconds=2),
        invalid=HANG_UP,
        options=[
            {"digit": "1", "destination": to_campaign(first)},
            {"digit": "2", "destination": to("ivr", nested)},
        ],
    )
    return centre.route(to("ivr", made))


def test_a_digit_leads_on_at_once(
    menu: str, carrier: Carrier, campaigns: tuple[Campaign, Campaign], history: History
) -> None:
    caller = carrier.call(menu)
    caller.wait_until_hears(MENU_HZ)
    caller.press("1")
    arrives(history, caller.number, campaigns[0])


def test_a_nested_menu(menu: str, carrier: Carrier, campaigns: tuple[Campaign, Campaign], history: History) -> None:
    caller = carrier.call(menu)
    caller.wait_until_hears(MENU_HZ)
    caller.press("2")
    caller.wait_until_hears(SECOND_HZ)
    caller.press("1")
    arrives(history, caller.number, campaigns[1])


def test_silence_is_asked_again_and_sent_on(
    menu: str, carrier: Carrier, campaigns: tuple[Campaign, Campaign], history: History
) -> None:
    caller = carrier.call(menu)
    caller.wait_until_hears(MENU_HZ)
    caller.wait_until_hears(AGAIN_HZ, within_seconds=15)
    caller.wait_until_hears(MENU_HZ, within_seconds=15)
    caller.wait_until_hears(AGAIN_HZ, within_seconds=15)
    arrives(history, caller.number, campaigns[1])


def test_wrong_digits_are_asked_again_and_sent_on(menu: str, carrier: Carrier, history: History) -> None:
    caller = carrier.call(menu)
    caller.wait_until_hears(MENU_HZ)
    caller.press("9")
    caller.wait_until_hears(WRONG_HZ)
    caller.wait_until_hears(MENU_HZ)
    caller.press("8")
    caller.wait_until_hears(WRONG_HZ)
    caller.wait_until_hung_up()
    history.wait_for(caller.number, "ENDFLOW")


def test_leaving_the_menu_is_in_the_history(menu: str, carrier: Carrier, history: History) -> None:
    caller = carrier.call(menu)
    caller.wait_until_hears(MENU_HZ)
    caller.hang_up()
    history.wait_for(caller.number, "LEFTFLOW")


# --- customer identification -----------------------------------------------------------------------------------------


def test_the_agent_sees_who_identified(centre: Centre, who_audio: int, carrier: Carrier, at_work: AtWork) -> None:
    worker = at_work(centre.agent())
    campaign = centre.campaign(worker.agent)
    asking = centre.make(
        "customer-identifications",
        mode="ask-only",
        audio_id=who_audio,
        length=6,
        identified=to_campaign(campaign),
        unidentified=HANG_UP,
    )
    caller = carrier.call(centre.route(to("customer-identification", asking)))
    caller.wait_until_hears(WHO_HZ)
    caller.press("204060")
    offer = worker.phone.wait_until_ringing()
    assert offer.headers["idcliente"] == "204060"


@pytest.mark.parametrize(
    ("mode", "status", "answer", "is_identified"),
    [
        ("crm-decides", 200, '{"status": "ok", "destination": "true"}', True),
        ("crm-decides", 200, '{"status": "ok", "destination": "false"}', False),
        ("crm-decides", 200, '{"status": "fail", "destination": "true"}', False),
        ("crm-decides", 500, '{"status": "ok", "destination": "true"}', False),
        ("crm-decides", 200, "<html>no</html>", False),
        ("crm-routes", 200, '{"status": "ok", "destination": "1,%d"}', True),
        ("crm-routes", 200, '{"status": "ok", "destination": "1,99999999"}', False),
    ],
)
def test_the_crm_decides(
    mode: str,
    status: int,
    answer: str,
    is_identified: bool,
    centre: Centre,
    who_audio: int,
    carrier: Carrier,
    crm: Crm,
    campaigns: tuple[Campaign, Campaign],
    history: History,
) -> None:
    known, unknown = campaigns
    crm.status, crm.body = status, answer % known.id if "%d" in answer else answer
    asking = centre.make(
        "customer-identifications",
        mode=mode,
        url=crm.url,
        audio_id=who_audio,
        identified=HANG_UP if mode == "crm-routes" else to_campaign(known),
        unidentified=to_campaign(unknown),
    )
    caller = carrier.call(centre.route(to("customer-identification", asking)))
    caller.wait_until_hears(WHO_HZ)
    caller.press("4711#")
    arrives(history, caller.number, known if is_identified else unknown)
    (inquiry,) = crm.inquiries
    assert (inquiry.user_agent, inquiry.form) == ("OMniLeads", {"idContact": ["4711"]})


def test_a_crm_that_hangs_has_identified_nobody(
    centre: Centre,
    who_audio: int,
    carrier: Carrier,
    crm: Crm,
    campaigns: tuple[Campaign, Campaign],
    history: History,
) -> None:
    crm.delay_seconds = 60
    asking = centre.make(
        "customer-identifications",
        mode="crm-decides",
        url=crm.url,
        audio_id=who_audio,
        identified=HANG_UP,
        unidentified=to_campaign(campaigns[1]),
    )
    caller = carrier.call(centre.route(to("customer-identification", asking)))
    caller.wait_until_hears(WHO_HZ)
    caller.press("4711#")
    arrives(history, caller.number, campaigns[1])


# --- dialplan and voicemail ------------------------------------------------------------------------------------------

DIALPLAN = """
[tests-{mark}]
exten => data,1,Answer()
 same => n,Set(Omlcrmcustomerid=12 34)
 same => n,Set(Omlcrmcustomerplan=gold,plus)
 same => n,Set(OMLCUSTOMDIALPLANVARS=Omlcrmcustomerid&Omlcrmcustomerplan)
 same => n,Gosub(sub-oml-dst-switch,s,1(1,{campaign}))
"""


def test_a_custom_destination_and_the_way_back(centre: Centre, carrier: Carrier, at_work: AtWork) -> None:
    worker = at_work(centre.agent())
    campaign = centre.campaign(worker.agent)
    context = f"tests-{campaign.id}"
    centre.api.put("/custom-dialplan", text=DIALPLAN.format(mark=campaign.id, campaign=campaign.id))
    eventually(
        lambda: centre.api.get("/custom-dialplan")["sync"]["state"] == "applied",
        within_seconds=20,
        evidence=lambda: centre.api.get("/custom-dialplan"),
    )
    custom = centre.make("custom-destinations", context=context, extension="data", failover=HANG_UP)
    carrier.call(centre.route(to("custom-destination", custom)))
    offer = worker.phone.wait_until_ringing()
    assert offer.headers["omlcrmcustomerid"] == "12 34"
    assert offer.headers["omlcrmcustomerplan"] == "gold,plus"


def test_a_custom_destination_that_does_not_exist_fails_over(
    centre: Centre, carrier: Carrier, campaigns: tuple[Campaign, Campaign], history: History
) -> None:
    custom = centre.make("custom-destinations", context="not-there", extension="s", failover=to_campaign(campaigns[0]))
    caller = carrier.call(centre.route(to("custom-destination", custom)))
    arrives(history, caller.number, campaigns[0])


def test_a_message_is_recorded(centre: Centre, carrier: Carrier, menu_audio: int, history: History) -> None:
    """What is said after the beep, and only that."""
    box = centre.make("voicemail-boxes", greeting_audio_id=menu_audio)
    caller = carrier.call(centre.route(to("voicemail", box)), tone_hz=VOICE_HZ)
    caller.wait_until_hears(MENU_HZ)
    eventually(lambda: heard_seconds(caller.sound.heard(), BEEP_HZ) > 0.1, within_seconds=10, evidence=caller.evidence)
    begun = time.monotonic()
    time.sleep(3)  # what the caller has to say
    caller.hang_up()
    spoken = time.monotonic() - begun
    (left,) = history.wait_for(caller.number, "VOICEMAIL")
    rate, samples = read_wav(history.recording(left))
    assert 1.5 < heard_seconds(samples, VOICE_HZ, rate=rate) < spoken + 0.5


def test_a_call_to_an_agent_in_person(centre: Centre, carrier: Carrier, at_work: AtWork, history: History) -> None:
    worker, other = at_work(centre.agent()), at_work(centre.agent())
    did = centre.route({"type": "agent", "id": worker.agent.agent_id})
    caller = carrier.call(did)
    worker.take_call()
    caller.wait_until_hears(440)
    assert not other.phone.is_ringing
    caller.hang_up()
    history.wait_for(caller.number, "ENTERQUEUE", "CONNECT", "COMPLETEOUTNUM")
    worker.wait_for_status("READY")


def test_a_trunk_takes_no_more_calls_than_it_has_channels(
    centre: Centre, campaigns: tuple[Campaign, Campaign], history: History, tmp_path: Path
) -> None:
    instance = centre.instance
    centre.trunk("127.0.0.7", max_channels=1)
    trunk = instance.setting("asterisk_trunk_listen"), instance.port("asterisk_trunk")
    with Carrier(*trunk, tmp_path, address="127.0.0.7") as carrier:
        first = carrier.call(campaigns[0].did)
        arrives(history, first.number, campaigns[0])
        second = carrier.call(campaigns[0].did)
        history.wait_for(second.number, "TRUNK-FULL")
        eventually(lambda: "refused 503" in second.log, within_seconds=5, evidence=second.evidence)
        assert first.is_connected
