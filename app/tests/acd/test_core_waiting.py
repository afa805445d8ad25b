"""What a caller hears in the queue, how it leaves by a key, and what the agent hears first."""

from dataclasses import replace

import pytest

from omnileads.acd.core.commands import Connect, PlayAnnouncement, StartMusic, StopAnnouncement
from omnileads.acd.core.config import Destination, DestinationType, Ivr, Queue
from omnileads.acd.core.events import AgentLogout, PlaybackFinished
from omnileads.acd.core.model import CallPhase
from tests.acd.scenario import SALES, SUPPORT, Scenario, config, queue, to_campaign

MENU = Ivr(
    id=1,
    name="other ways",
    media="sound:menu",
    options={"1": to_campaign(SUPPORT), "2": to_campaign(SALES)},
    timeout=to_campaign(SUPPORT),
    invalid=to_campaign(SUPPORT),
)


def centre(sales: Queue) -> Scenario:
    return Scenario(replace(config(sales, queue(SUPPORT, agents=1)), ivrs={1: MENU}))


def heard(scenario: Scenario) -> list[tuple[float, str]]:
    """(seconds since the start, what) of everything played; each announcement ends after two seconds."""
    told: list[tuple[float, str]] = []
    for _ in range(60):
        playing = [call.playback_id for call in scenario.engine.world.calls.values() if call.playback_id]
        seen = len(scenario.of(PlayAnnouncement))
        scenario.wait(1)
        told += [((scenario.now - scenario.start) / 1000, media) for media in scenario.played()[seen:]]
        for playback in playing:
            scenario.tell(PlaybackFinished(playback))
    return told


def test_a_caller_who_has_to_wait_is_told_its_place_at_once_and_then_every_so_often() -> None:
    scenario = centre(queue(announce_position=True, announce_seconds=20))
    first, second = scenario.call(), scenario.call()
    scenario.wait(0)
    assert scenario.played() == [
        "sound:queue-youarenext,sound:queue-thankyou",
        "sound:queue-thereare,number:2,sound:queue-callswaiting,sound:queue-thankyou",
    ]
    scenario.hear_out(first)
    scenario.hear_out(second)
    scenario.caller_hangs_up(first)
    scenario.wait(19)
    assert len(scenario.played()) == 2
    scenario.wait(1)
    assert scenario.played()[2:] == ["sound:queue-youarenext,sound:queue-thankyou"]


def test_a_caller_whom_an_agent_is_rung_for_at_once_is_told_nothing_yet() -> None:
    scenario = centre(queue(announce_position=True, announce_seconds=20, ring_seconds=30))
    scenario.ready(1)
    scenario.call()
    scenario.wait(19)
    assert scenario.played() == []
    scenario.wait(1)
    assert scenario.played() == ["sound:queue-youarenext,sound:queue-thankyou"]


def test_music_goes_on_after_each_announcement() -> None:
    scenario = centre(queue(periodic_media="sound:patience", periodic_seconds=15))
    call = scenario.call()
    scenario.wait(15)
    assert scenario.played() == ["sound:patience"]
    music = len(scenario.of(StartMusic))
    scenario.hear_out(call)
    assert len(scenario.of(StartMusic)) == music + 1
    scenario.wait(14)
    assert scenario.played() == ["sound:patience"]
    scenario.wait(1)
    assert scenario.played() == ["sound:patience"] * 2


def test_announcements_that_meet_are_played_together_and_none_is_left_out() -> None:
    scenario = centre(
        queue(announce_position=True, announce_seconds=10, periodic_media="sound:patience", periodic_seconds=12)
    )
    scenario.call()
    place, message = "sound:queue-youarenext,sound:queue-thankyou", "sound:patience"
    told = [media for _, media in heard(scenario)]
    assert 4 <= sum(place in media for media in told) <= 6
    assert 3 <= sum(message in media for media in told) <= 5


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        ("no", [0, 0]),
        ("once", [1, 0]),
        ("yes", [1, 1]),
    ],
)
def test_expected_wait_is_told_as_the_campaign_says(mode: str, told: list[int]) -> None:
    scenario = centre(queue(announce_position=True, announce_hold_time=mode, announce_seconds=30, agents=1))
    learned = scenario.call()
    scenario.wait(300)
    scenario.ready(1)
    scenario.answer(scenario.ringing(learned)[0])  # after five minutes
    before = len(scenario.played())
    call = scenario.call()
    scenario.wait(0)
    scenario.hear_out(call)
    scenario.wait(30)
    spoken = scenario.played()[before:]
    assert [media.count("sound:queue-holdtime") for media in spoken] == told
    if told[0]:
        assert "sound:queue-holdtime,number:5,sound:queue-minutes" in spoken[0]


def test_expected_wait_follows_the_callers_who_were_answered() -> None:
    scenario = centre(queue(agents=1))
    for wait in (10, 50):
        call = scenario.call()
        scenario.wait(wait)
        scenario.ready(1)
        leg = scenario.ringing(call)[0]
        scenario.answer(leg)
        scenario.caller_hangs_up(call)
        scenario.end_leg(leg)
        scenario.wait(2)
        scenario.tell(AgentLogout(1))
    assert scenario.engine.world.expected_waits[SALES] == pytest.approx(10 + (50 - 10) / 4)


def test_an_agent_who_answers_cuts_the_announcement_short() -> None:
    scenario = centre(queue(announce_position=True, announce_seconds=20))
    call = scenario.call()
    scenario.wait(0)
    playback = scenario.engine.world.calls[call].playback_id
    scenario.ready(1)
    leg = scenario.ringing(call)[0]
    scenario.answer(leg)
    kinds = [type(command) for command in scenario.commands]
    assert StopAnnouncement(call, playback or "") in scenario.commands
    assert kinds.index(StopAnnouncement) < kinds.index(Connect)
    scenario.tell(PlaybackFinished(playback or ""))  # arrives late and changes nothing
    assert scenario.bridged == {call: leg}
    scenario.wait(60)
    assert len(scenario.played()) == 1


def test_a_key_leads_out_of_the_queue() -> None:
    scenario = centre(queue(exit_ivr_id=1, periodic_media="sound:press-a-key", periodic_seconds=5, max_wait_seconds=90))
    call = scenario.call()
    scenario.wait(5)
    playback = scenario.engine.world.calls[call].playback_id
    scenario.press(call, "5")
    assert StopAnnouncement(call, playback or "") in scenario.commands
    assert scenario.played()[-1] == "sound:menu"
    assert scenario.events(call) == ["ENTERQUEUE", "EXITWITHKEY"]
    assert scenario.call_log[-1].wait_seconds == 5
    scenario.press(call, "2")  # and back into the very campaign it left
    assert scenario.events(call) == ["ENTERQUEUE", "EXITWITHKEY", "ENTERQUEUE"]
    assert scenario.engine.world.calls[call].phase is CallPhase.QUEUED


def test_a_key_pressed_while_an_agent_rings_stops_the_ringing() -> None:
    scenario = centre(queue(exit_ivr_id=1))
    scenario.ready(2)
    call = scenario.call()
    assert scenario.ringing_agents(call) == [2]
    scenario.press(call, "1")
    assert scenario.ringing(call) == []
    assert scenario.status(2) == "READY"


def test_a_key_means_nothing_in_a_queue_without_a_way_out() -> None:
    scenario = centre(queue())
    call = scenario.call()
    scenario.press(call, "1")
    assert scenario.events(call) == ["ENTERQUEUE"]


def test_the_agent_hears_the_campaign_before_the_caller() -> None:
    scenario = centre(queue(agent_media="sound:sales-call"))
    scenario.ready(1)
    call = scenario.call()
    leg = scenario.ringing(call)[0]
    scenario.answer(leg)
    assert scenario.status(1) == "ONCALL"
    playing = scenario.of(PlayAnnouncement)[-1]
    assert (playing.channel_id, playing.media) == (leg, "sound:sales-call")
    assert scenario.of(Connect) == []
    scenario.hear_out(call)
    assert scenario.of(Connect) == [Connect(call, f"chan-{call}", leg)]


def test_a_caller_who_hangs_up_while_the_agent_hears_the_campaign_frees_the_agent() -> None:
    scenario = centre(queue(agent_media="sound:sales-call"))
    scenario.ready(1)
    call = scenario.call()
    scenario.answer(scenario.ringing(call)[0])
    scenario.caller_hangs_up(call)
    assert scenario.events(call) == ["ENTERQUEUE", "CONNECT", "COMPLETEOUTNUM"]
    assert scenario.of(Connect) == []
    scenario.wait(2)
    assert scenario.status(1) == "READY"


def test_only_inbound_campaigns_are_destinations() -> None:
    sales = queue()
    manual = Queue(id=9, name="manual", members={1: 0}, kind="manual")
    routing = config(sales, manual)
    assert routing.place(Destination(DestinationType.INBOUND_CAMPAIGN, SALES)) == sales
    assert routing.place(Destination(DestinationType.INBOUND_CAMPAIGN, 9)) is None
