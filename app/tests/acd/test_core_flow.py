"""What a call meets before and between campaigns: hours, custom dialplan, voicemail, agents."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from omnileads.acd.core.commands import HangUp, PlayAnnouncement, RunDialplan
from omnileads.acd.core.config import Destination, DestinationType
from omnileads.acd.core.events import CallArrived, DialplanFailed
from omnileads.acd.core.model import CallPhase
from tests.acd.flow_centre import BOX, CONDITION, CUSTOM, MENU, T, centre
from tests.acd.scenario import SALES, SUPPORT, to_campaign

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
