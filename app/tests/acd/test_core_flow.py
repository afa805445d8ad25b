"""What a call meets before and between campaigns: hours, IVR, identification, custom dialplan, voicemail, agents."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from omnileads.acd.core.commands import AskCrm, HangUp, PlayAnnouncement, RunDialplan, StopAnnouncement
from omnileads.acd.core.config import (
    HANG_UP,
    CustomDestination,
    Destination,
    DestinationType,
    Identification,
    Ivr,
    Route,
    RoutingConfig,
    TimeCondition,
    VoicemailBox,
)
from omnileads.acd.core.dialplan import Trunk
from omnileads.acd.core.events import CallArrived, ConfigurationChanged, CrmAnswered, DialplanFailed, DigitPressed
from omnileads.acd.core.hours import TimeRange
from omnileads.acd.core.model import CallPhase
from tests.acd.scenario import SALES, SUPPORT, Scenario, config, queue, to_campaign

T = DestinationType
MENU, SUBMENU = Destination(T.IVR, 1), Destination(T.IVR, 2)
ASK = Destination(T.CUSTOMER_IDENTIFICATION, 1)
CONDITION = Destination(T.TIME_CONDITION, 1)
CUSTOM = Destination(T.CUSTOM_DESTINATION, 1)
BOX = Destination(T.VOICEMAIL, 1)

IVR = Ivr(
    id=1,
    name="main",
    media="sound:menu",
    options={"1": to_campaign(SALES), "2": SUBMENU, "9": MENU},
    timeout=to_campaign(SUPPORT),
    invalid=HANG_UP,
    timeout_seconds=5,
    timeout_retries=1,
    timeout_media="sound:still-there",
    invalid_retries=1,
    invalid_media="sound:wrong",
)
SECOND = Ivr(
    id=2, name="second", media="sound:second", options={"1": to_campaign(SUPPORT)}, timeout=HANG_UP, invalid=HANG_UP
)
IDENTIFICATION = Identification(
    id=1,
    name="who",
    media="sound:who",
    identified=to_campaign(SALES),
    unidentified=to_campaign(SUPPORT),
    length=4,
    attempts=2,
)
OFFICE_HOURS = TimeRange(minutes=(9 * 60, 17 * 60 + 59), weekdays=(1, 5))


def centre(destination: Destination, **parts: object) -> Scenario:
    """Everything there is, and one number that leads to `destination`."""
    base = config(queue(SALES, agents=1), queue(SUPPORT, members={2: 0}))
    routing: RoutingConfig = replace(
        base,
        routes={"1000": Route("1000", "front", destination), "1001": Route("1001", "other", to_campaign(SALES))},
        ivrs={1: IVR, 2: SECOND},
        identifications={1: IDENTIFICATION},
        time_conditions={
            1: TimeCondition(1, "office", (OFFICE_HOURS,), match=to_campaign(SALES), otherwise=MENU),
            2: TimeCondition(2, "a", (), match=HANG_UP, otherwise=Destination(T.TIME_CONDITION, 3)),
            3: TimeCondition(3, "b", (), match=HANG_UP, otherwise=Destination(T.TIME_CONDITION, 2)),
        },
        custom_destinations={1: CustomDestination(1, "own", "acme", "s", 1, failover=to_campaign(SUPPORT))},
        voicemail_boxes={1: VoicemailBox(1, "box", max_seconds=60)},
        trunks={1: Trunk(1, "carrier", max_channels=1)},
        **parts,  # type: ignore[arg-type]
    )
    return Scenario(routing)


# --- hours -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("utc", "zone", "is_within"),
    [
        (datetime(2026, 11, 20, 12, 0, tzinfo=UTC), "UTC", True),
        (datetime(2026, 11, 20, 20, 0, tzinfo=UTC), "UTC", False),
        (datetime(2026, 11, 20, 20, 0, tzinfo=UTC), "America/Argentina/Buenos_Aires", True),
        (datetime(2026, 11, 21, 1, 0, tzinfo=UTC), "America/Argentina/Buenos_Aires", False),
    ],
)
def test_a_time_condition_is_meant_in_the_installations_zone(utc: datetime, zone: str, is_within: bool) -> None:
    scenario = centre(CONDITION, timezone=ZoneInfo(zone))
    scenario.now = round(utc.timestamp() * 1000)
    call = scenario.call()
    assert scenario.events(call) == (["ENTERQUEUE"] if is_within else [])
    assert scenario.engine.world.calls[call].phase is (CallPhase.QUEUED if is_within else CallPhase.ASKING)


def test_conditions_that_lead_to_each_other_end_in_an_announcement() -> None:
    scenario = centre(Destination(T.TIME_CONDITION, 2))
    call = scenario.call()
    assert scenario.engine.world.calls[call].phase is CallPhase.CLOSING
    scenario.hear_out(call)
    assert call not in scenario.callers


# --- IVR -------------------------------------------------------------------------------------------------------------


def test_a_digit_cuts_the_prompt_short_and_leads_on() -> None:
    scenario = centre(MENU)
    call = scenario.call()
    assert scenario.played() == ["sound:menu"]
    scenario.press(call, "1")
    assert any(isinstance(command, StopAnnouncement) for command in scenario.commands)
    assert scenario.engine.world.calls[call].campaign_id == SALES
    assert scenario.events(call) == ["ENTERQUEUE"]


def test_menus_can_be_nested_and_lead_back() -> None:
    scenario = centre(MENU)
    call = scenario.call()
    for _ in range(30):
        scenario.press(call, "9")
    scenario.press(call, "2")
    assert scenario.played()[-1] == "sound:second"
    scenario.press(call, "1")
    assert scenario.engine.world.calls[call].campaign_id == SUPPORT


def test_silence_is_asked_again_and_then_sent_on() -> None:
    scenario = centre(MENU)
    call = scenario.call()
    scenario.wait(60)
    assert scenario.played() == ["sound:menu"], "the clock runs from the end of the prompt"
    scenario.hear_out(call)
    scenario.wait(5)
    assert scenario.played()[-1] == "sound:still-there,sound:menu"
    scenario.hear_out(call)
    scenario.wait(5)
    assert scenario.played()[-1] == "sound:still-there"
    scenario.hear_out(call)
    assert scenario.engine.world.calls[call].campaign_id == SUPPORT


def test_wrong_digits_are_asked_again_and_then_sent_on() -> None:
    scenario = centre(MENU)
    call = scenario.call()
    scenario.press(call, "7")
    assert scenario.played()[-1] == "sound:wrong,sound:menu"
    scenario.press(call, "8")
    assert scenario.played()[-1] == "sound:wrong"
    scenario.press(call, "1")  # too late: the reason is being said
    scenario.hear_out(call)
    assert call not in scenario.callers
    assert scenario.events(call) == ["ENDFLOW"]


def test_without_an_explanation_the_caller_is_sent_on_at_once() -> None:
    scenario = centre(SUBMENU)
    call = scenario.call()
    scenario.press(call, "7")
    scenario.press(call, "7")
    assert call not in scenario.callers


def test_a_caller_who_leaves_the_menu_leaves_a_trace() -> None:
    scenario = centre(MENU)
    call = scenario.call()
    scenario.caller_hangs_up(call)
    assert scenario.events(call) == ["LEFTFLOW"]


def test_a_menu_that_is_deleted_meanwhile_ends_the_call() -> None:
    scenario = centre(MENU)
    first, second = scenario.call(), scenario.call()
    scenario.hear_out(first)
    scenario.tell(ConfigurationChanged(replace(scenario.engine.world.config, ivrs={})))
    scenario.press(first, "1")
    scenario.hear_out(second)
    assert not scenario.callers


def test_a_failover_may_lead_into_a_menu_and_back_into_the_campaign() -> None:
    scenario = centre(to_campaign(SALES))
    routing = scenario.engine.world.config
    sales = replace(routing.queues[SALES], max_wait_seconds=10, failover=MENU)
    scenario.tell(ConfigurationChanged(replace(routing, queues={**routing.queues, SALES: sales})))
    call = scenario.call()
    scenario.wait(10)
    scenario.press(call, "1")
    assert scenario.events(call) == ["ENTERQUEUE", "EXITWITHTIMEOUT", "ENTERQUEUE"]


def menu_of_several_keys() -> tuple[Scenario, str]:
    scenario = centre(MENU)
    menu = replace(IVR, options={"1": to_campaign(SALES), "1111": SUBMENU, "7": to_campaign(SUPPORT)})
    changed = replace(scenario.engine.world.config, ivrs={1: menu, 2: SECOND})
    scenario.tell(ConfigurationChanged(changed))
    return scenario, scenario.call()


@pytest.mark.parametrize(("keys", "campaign"), [("7", SUPPORT), ("1", SALES)])
def test_a_short_choice_beside_a_longer_one(keys: str, campaign: int) -> None:
    scenario, call = menu_of_several_keys()
    scenario.press(call, keys)
    scenario.wait(5)
    assert scenario.engine.world.calls[call].campaign_id == campaign


def test_a_choice_of_several_keys() -> None:
    scenario, call = menu_of_several_keys()
    scenario.press(call, "111")
    assert scenario.played() == ["sound:menu"], "the fourth key may still come"
    scenario.press(call, "1")
    assert scenario.played() == ["sound:menu", "sound:second"]


def test_half_a_choice_is_a_wrong_one_and_not_none() -> None:
    scenario, call = menu_of_several_keys()
    scenario.press(call, "11")
    scenario.wait(5)
    assert scenario.played()[-1] == "sound:wrong,sound:menu"
    scenario.press(call, "13")
    assert scenario.played()[-1] == "sound:wrong"


def test_digits_at_other_times_mean_nothing() -> None:
    scenario = centre(to_campaign(SALES))
    call = scenario.call()
    scenario.press(call, "123#")
    scenario.tell(DigitPressed("nobody", "1"))
    assert scenario.events(call) == ["ENTERQUEUE"]


# --- identification --------------------------------------------------------------------------------------------------


def test_the_expected_number_of_digits_identifies() -> None:
    scenario = centre(ASK)
    scenario.ready(1)
    call = scenario.call()
    scenario.press(call, "1234")
    (leg,) = scenario.ringing(call)
    assert scenario.legs[leg].headers["IDCliente"] == "1234"


def test_too_few_digits_are_a_failed_attempt() -> None:
    scenario = centre(ASK)
    call = scenario.call()
    scenario.press(call, "12#")
    assert scenario.played() == ["sound:who", "sound:who"]
    scenario.press(call, "12")
    scenario.wait(5)
    assert scenario.engine.world.calls[call].campaign_id == SUPPORT
    assert scenario.engine.world.calls[call].customer_id == ""


def test_any_length_ends_with_hash_or_silence() -> None:
    for ending in ("#", ""):
        scenario = centre(ASK)
        routing = scenario.engine.world.config
        any_length = replace(IDENTIFICATION, length=0)
        scenario.tell(ConfigurationChanged(replace(routing, identifications={1: any_length})))
        call = scenario.call()
        scenario.press(call, f"98765{ending}")
        scenario.wait(5)
        assert scenario.engine.world.calls[call].customer_id == "98765"


def test_silence_from_the_start_is_a_failed_attempt() -> None:
    scenario = centre(ASK)
    call = scenario.call()
    for _ in range(2):
        scenario.hear_out(call)
        scenario.wait(5)
    assert scenario.engine.world.calls[call].campaign_id == SUPPORT


@pytest.mark.parametrize(
    ("mode", "answer", "campaign"),
    [
        ("crm-decides", "identified", SALES),
        ("crm-decides", "unidentified", SUPPORT),
        ("crm-decides", to_campaign(SALES), SUPPORT),
        ("crm-routes", to_campaign(SALES), SALES),
        ("crm-routes", "identified", SALES),
        ("crm-routes", to_campaign(77), SUPPORT),
        ("crm-routes", Destination(T.AGENT, 99), SUPPORT),
    ],
)
def test_the_crm_decides(mode: str, answer: object, campaign: int) -> None:
    scenario = centre(ASK)
    asking = replace(IDENTIFICATION, mode=mode, url="https://crm.example/who")  # type: ignore[arg-type] # one of three
    scenario.tell(ConfigurationChanged(replace(scenario.engine.world.config, identifications={1: asking})))
    call = scenario.call()
    scenario.press(call, "1234")
    (inquiry,) = scenario.of(AskCrm)
    assert inquiry == AskCrm(call, "https://crm.example/who", "1234")
    scenario.tell(CrmAnswered(call, answer))  # type: ignore[arg-type]
    assert scenario.engine.world.calls[call].campaign_id == campaign
    scenario.tell(CrmAnswered(call, "identified"))  # a second answer changes nothing
    assert scenario.engine.world.calls[call].campaign_id == campaign


def test_a_crm_that_hangs_has_identified_nobody() -> None:
    scenario = centre(ASK)
    asking = replace(IDENTIFICATION, mode="crm-decides", url="https://crm.example/who")
    scenario.tell(ConfigurationChanged(replace(scenario.engine.world.config, identifications={1: asking})))
    call = scenario.call()
    scenario.press(call, "1234")
    scenario.wait(10)
    assert scenario.engine.world.calls[call].campaign_id == SUPPORT


# --- dialplan, voicemail, agents -------------------------------------------------------------------------------------


def test_a_custom_destination_and_the_way_back() -> None:
    scenario = centre(CUSTOM)
    scenario.ready(1)
    call = scenario.call()
    (run,) = scenario.of(RunDialplan)
    assert isinstance(run, RunDialplan)
    assert (run.context, run.variables["OML_LOCATION"]) == ("oml-custom-destination", "acme,s,1")
    back = CallArrived(
        "new", scenario.callers[call], "", "5550001", to_campaign(SALES), dialplan_data=(("Omlcrmplan", "gold"),)
    )
    scenario.tell(back)
    (leg,) = scenario.ringing(call)
    assert scenario.legs[leg].headers["Omlcrmplan"] == "gold"
    scenario.tell(back)  # reported again after a reconnection
    assert scenario.events(call) == ["ENTERQUEUE"]


def test_a_custom_destination_that_does_not_exist_fails_over() -> None:
    scenario = centre(CUSTOM)
    call = scenario.call()
    scenario.tell(DialplanFailed(scenario.callers[call]))
    scenario.tell(DialplanFailed("nobody"))
    assert scenario.engine.world.calls[call].campaign_id == SUPPORT


def test_a_message_is_recorded_and_logged_when_the_caller_hangs_up() -> None:
    scenario = centre(BOX)
    call = scenario.call()
    (run,) = scenario.of(RunDialplan)
    assert isinstance(run, RunDialplan)
    assert run.context == "oml-voicemail"
    assert run.variables["OML_MAX_SECONDS"] == "60"
    scenario.wait(12)
    scenario.caller_hangs_up(call)
    (event,) = [event for event in scenario.call_log if event.call_id == call]
    assert (event.event, event.recording, event.talk_seconds) == ("VOICEMAIL", run.recording, 12)


def test_a_call_to_one_agent_waits_for_that_agent_only() -> None:
    scenario = centre(Destination(T.AGENT, 2))
    scenario.ready(1)
    call = scenario.call()
    assert scenario.ringing_agents(call) == []
    scenario.ready(2)
    assert scenario.ringing_agents(call) == [2]
    (leg,) = scenario.ringing(call)
    assert scenario.legs[leg].headers["IDCamp"] == "0"
    scenario.answer(leg)
    scenario.caller_hangs_up(call)
    assert [(event.event, event.campaign_id) for event in scenario.call_log] == [
        ("ENTERQUEUE", 0),
        ("CONNECT", 0),
        ("COMPLETEOUTNUM", 0),
    ]
    assert scenario.status(2) == "ACW"


def test_a_call_to_an_agent_who_is_away_ends_after_a_while() -> None:
    scenario = centre(Destination(T.AGENT, 2))
    call = scenario.call()
    scenario.wait(30)
    assert call not in scenario.callers
    assert scenario.events(call) == ["ENTERQUEUE", "EXITWITHTIMEOUT"]


def test_a_pbx_dials_an_agent_by_extension_and_id() -> None:
    scenario = centre(MENU)
    scenario.ready(2)
    scenario.tell(CallArrived("c1", "chan1", did="10022", number="200", is_from_pbx=True))
    assert scenario.ringing_agents("c1") == [2]
    scenario.tell(CallArrived("c2", "chan2", did="10023", number="200", is_from_pbx=True))
    scenario.tell(CallArrived("c3", "chan3", did="10022", number="200"))
    assert [event.event for event in scenario.call_log] == ["ENTERQUEUE", "UNKNOWN-DID", "UNKNOWN-DID"]


@pytest.mark.parametrize("kind", [T.IVR, T.CUSTOMER_IDENTIFICATION, T.CUSTOM_DESTINATION, T.VOICEMAIL, T.AGENT])
def test_a_destination_that_is_gone_is_said_to_be_out_of_service(kind: DestinationType) -> None:
    scenario = centre(Destination(kind, 99))
    scenario.call()
    assert scenario.played() == ["sound:ss-noservice"]


def test_a_trunk_takes_no_more_calls_than_it_has_channels() -> None:
    scenario = centre(to_campaign(SALES))
    scenario.tell(CallArrived("c1", "chan1", did="1000", number="1", trunk_id=1))
    scenario.tell(CallArrived("c2", "chan2", did="1000", number="2", trunk_id=1))
    assert scenario.commands[-1] == HangUp("c2", "chan2", reason="congestion")
    assert scenario.events("c2") == ["TRUNK-FULL"]
    assert not any(isinstance(command, PlayAnnouncement) for command in scenario.commands)
