"""Asking the caller: menus and customer identification."""

from dataclasses import replace

import pytest

from omnileads.acd.core.commands import AskCrm, PlayAnnouncement, StopAnnouncement
from omnileads.acd.core.config import Destination
from omnileads.acd.core.dialogues import LISTENING
from omnileads.acd.core.events import ConfigurationChanged, CrmAnswered, DigitPressed, PlaybackFinished
from tests.acd.flow_centre import ASK, IDENTIFICATION, IVR, MENU, SECOND, SUBMENU, T, centre
from tests.acd.scenario import SALES, SUPPORT, Scenario, to_campaign

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


# --- listening -------------------------------------------------------------------------------------------------------


def sounds(scenario: Scenario) -> list[str]:
    """What the caller's channel was told, in order: what began, and which of it was cut short."""
    told, media = [], {}
    for command in scenario.commands:
        if isinstance(command, PlayAnnouncement):
            media[command.playback_id] = "silence" if command.media == LISTENING else command.media
            told.append(media[command.playback_id])
        elif isinstance(command, StopAnnouncement):
            told.append(f"no {media[command.playback_id]}")
    return told


def test_silence_plays_while_further_digits_are_awaited() -> None:
    scenario = centre(ASK)
    call = scenario.call()
    scenario.press(call, "12")
    assert sounds(scenario) == ["sound:who", "silence", "no sound:who"], "it begins before the prompt is cut"
    scenario.press(call, "34")
    assert sounds(scenario)[3:] == ["no silence"]


def test_the_silence_goes_on_until_the_time_is_over() -> None:
    scenario = centre(MENU)
    call = scenario.call()
    scenario.hear_out(call)
    scenario.wait(3)
    scenario.hear_out(call)
    assert sounds(scenario) == ["sound:menu", "silence", "silence"]
    scenario.wait(2)
    assert sounds(scenario)[3:] == ["sound:still-there,sound:menu", "no silence"], (
        "the time is that of the prompt's end"
    )


def test_the_end_of_what_was_cut_short_changes_nothing() -> None:
    scenario = centre(ASK)
    call = scenario.call()
    prompt = scenario.engine.world.calls[call].playback_id or ""
    scenario.press(call, "1")
    before = scenario.engine.world.calls[call]
    scenario.tell(PlaybackFinished(prompt))
    assert scenario.engine.world.calls[call] == before


def test_no_silence_where_one_digit_decides() -> None:
    scenario = centre(MENU)
    scenario.press(scenario.call(), "1")
    assert sounds(scenario) == ["sound:menu", "no sound:menu"]
