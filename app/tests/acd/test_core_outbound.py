"""Calls out: the agent's webphone, then the number over the route's trunks."""

from dataclasses import replace

import pytest

from omnileads.acd.core.commands import Connect, DialOut, HangUp, PlayRinging, RingAgent, RunDialplan
from omnileads.acd.core.config import RoutingConfig
from omnileads.acd.core.dialplan import DialPattern, OutboundRoute, Trunk, find_route
from omnileads.acd.core.events import (
    AgentCallOut,
    AgentPause,
    AgentUnpause,
    CallArrived,
    ConfigurationChanged,
    Dialled,
    LegEnded,
)
from omnileads.acd.core.model import CallPhase
from tests.acd.scenario import SALES, Scenario, config, queue

LOCAL = OutboundRoute(
    id=1,
    name="local",
    patterns=(DialPattern("[2-5]XXXXXX"), DialPattern("15[2-9]X.", prefix="9", prepend="0351")),
    trunk_ids=(1, 2),
    ring_seconds=30,
)
REST = OutboundRoute(id=2, name="rest", patterns=(DialPattern("00."),), trunk_ids=(2,), talk_limit_ms=60_000)
NOWHERE = OutboundRoute(id=3, name="no trunks", patterns=(DialPattern("."),))


def centre(*, is_recorded: bool = False, **group: object) -> Scenario:
    base = config(
        queue(SALES, agents=2, is_recorded=is_recorded),
        **{"may_call_off_campaign": True, "auto_unpause_seconds": 5, **group},
    )
    routing: RoutingConfig = replace(
        base,
        trunks={
            1: Trunk(1, "first", max_channels=1, caller_id="5550000"),
            2: Trunk(2, "second", max_channels=9),
        },
        outbound_routes=(NOWHERE, LOCAL, REST),
    )
    scenario = Scenario(routing)
    scenario.ready(1)
    return scenario


def dialling(scenario: Scenario, number: str = "4551234", campaign_id: int = 0) -> str:
    """A call whose number is being dialled."""
    call = scenario.call_out(1, number, campaign_id)
    scenario.answer(scenario.leg_of(call))
    return call


def trunks_dialled(scenario: Scenario) -> list[str]:
    return [command.trunk for command in scenario.commands if isinstance(command, DialOut)]


@pytest.mark.parametrize(
    ("number", "route", "sent"),
    [
        ("4551234", "local", "4551234"),
        ("9153123", "local", "0351153123"),
        ("153123", None, None),
        ("6551234", None, None),
        ("455123", None, None),
        ("0054351", "rest", "0054351"),
        ("00", None, None),
    ],
)
def test_routes(number: str, route: str | None, sent: str | None) -> None:
    match = find_route((NOWHERE, LOCAL, REST), number)
    assert (match.route.name if match else None, match.sent if match else None) == (route, sent)


def test_the_agent_is_rung_first_then_the_number() -> None:
    scenario = centre()
    call = scenario.call_out(1, "4551234", SALES)
    ring = scenario.legs[scenario.leg_of(call)]
    assert (ring.headers["Origin"], ring.headers["OMLOUTNUM"], ring.caller_id) == ("CLICK2CALL", "4551234", "4551234")
    assert scenario.status(1) == "DIALING"
    assert not scenario.of(DialOut)
    scenario.answer(scenario.leg_of(call))
    (dial,) = scenario.of(DialOut)
    assert isinstance(dial, DialOut)
    assert (dial.trunk, dial.number, dial.caller_id, dial.timeout_seconds) == ("first", "4551234", "5550000", 32)
    scenario.tell(Dialled(dial.channel_id, "ringing"))
    scenario.wait(4)
    scenario.customer_answers(call)
    assert scenario.status(1) == "ONCALL"
    assert scenario.bridged == {call: scenario.leg_of(call)}
    scenario.wait(9)
    scenario.customer_gone(call, 16)
    assert scenario.status(1) == "ACW"
    log = [(event.event, event.agent_id, event.campaign_id, event.call_type) for event in scenario.call_log]
    assert log == [("DIAL", 1, SALES, 1), ("ANSWER", 1, SALES, 1), ("COMPLETEOUTNUM", 1, SALES, 1)]
    assert scenario.call_log[1].wait_seconds == 4
    assert scenario.call_log[2].talk_seconds == 9


def test_the_agent_hears_ringing_or_what_the_network_plays() -> None:
    scenario = centre()
    call = dialling(scenario)
    scenario.tell(Dialled(scenario.customer(call), "ringing"))
    assert PlayRinging(call, scenario.leg_of(call), is_on=True) in scenario.commands
    scenario.tell(Dialled(scenario.customer(call), "early-media"))
    assert scenario.commands[-2:] == [
        PlayRinging(call, scenario.leg_of(call), is_on=False),
        Connect(call, scenario.customer(call), scenario.leg_of(call)),
    ]


def test_a_route_may_ring_by_itself() -> None:
    scenario = centre()
    routing = scenario.engine.world.config
    ringing = replace(LOCAL, generates_ringing=True)
    scenario.tell(ConfigurationChanged(replace(routing, outbound_routes=(ringing,))))
    call = dialling(scenario)
    scenario.tell(Dialled(scenario.customer(call), "early-media"))
    assert not scenario.of(Connect)


@pytest.mark.parametrize(("cause", "result"), [(17, "BUSY"), (21, "BUSY"), (19, "NOANSWER"), (1, "OTHER")])
def test_what_the_called_side_says_is_final(cause: int, result: str) -> None:
    scenario = centre()
    call = dialling(scenario)
    scenario.customer_gone(call, cause)
    assert trunks_dialled(scenario) == ["first"]
    assert scenario.events(call) == ["DIAL", result]
    assert scenario.engine.world.agent(1).last_result == result
    assert scenario.status(1) == "READY"
    assert not scenario.legs


@pytest.mark.parametrize(("cause", "result"), [(38, "CONGESTION"), (20, "CHANUNAVAIL"), (3, "CHANUNAVAIL")])
def test_a_trunk_that_cannot_is_followed_by_the_next(cause: int, result: str) -> None:
    scenario = centre()
    call = dialling(scenario)
    scenario.customer_gone(call, cause)
    assert trunks_dialled(scenario) == ["first", "second"]
    scenario.customer_gone(call, cause)
    assert scenario.events(call) == ["DIAL", result]


def test_a_full_trunk_is_passed_over() -> None:
    scenario = centre()
    scenario.tell(CallArrived("in", "chan-in", did="nobody", number="1", trunk_id=1))
    dialling(scenario)
    assert trunks_dialled(scenario) == ["second"]


def test_it_rings_for_as_long_as_the_route_allows() -> None:
    scenario = centre()
    call = dialling(scenario)
    channel = scenario.customer(call)
    scenario.tell(Dialled(channel, "ringing"))
    scenario.wait(30)
    assert HangUp(call, channel) in scenario.commands
    assert scenario.events(call) == ["DIAL", "NOANSWER"]


def test_a_trunk_without_any_sign_of_life_is_followed_by_the_next() -> None:
    scenario = centre()
    call = dialling(scenario)
    channel = scenario.customer(call)
    scenario.wait(30)
    assert HangUp(call, channel) in scenario.commands
    assert trunks_dialled(scenario) == ["first", "second"]


def test_the_agent_hangs_up_before_the_answer() -> None:
    scenario = centre()
    call = dialling(scenario)
    channel = scenario.customer(call)
    scenario.end_leg(scenario.leg_of(call))
    assert HangUp(call, channel) in scenario.commands
    assert scenario.events(call) == ["DIAL", "CANCEL"]
    assert scenario.status(1) == "READY"


def test_in_a_campaign_a_number_not_reached_is_work_too() -> None:
    scenario = centre(force_disposition=True)
    call = dialling(scenario, campaign_id=SALES)
    scenario.customer_gone(call, 17)
    assert scenario.status(1) == "ACW"
    assert scenario.tell(AgentUnpause(1)).refusal is not None
    assert scenario.call_out(1, "4551234", SALES) not in scenario.engine.world.calls


def test_a_webphone_that_does_not_take_its_own_call() -> None:
    scenario = centre()
    call = scenario.call_out(1, "4551234")
    scenario.wait(15)
    assert scenario.events(call) == ["CANCEL"]
    assert scenario.status(1) == "READY"
    scenario.tell(LegEnded(f"{call}-0", 19))


def test_the_recording_begins_with_the_answer() -> None:
    scenario = centre(is_recorded=True)
    call = dialling(scenario, campaign_id=SALES)
    leg = scenario.leg_of(call)
    scenario.customer_answers(call)
    (run,) = scenario.of(RunDialplan)
    assert isinstance(run, RunDialplan)
    assert (run.channel_id, run.context) == (leg, "oml-agent-leg")
    assert not scenario.bridged
    scenario.answer(leg)
    assert scenario.bridged == {call: leg}
    scenario.wait(3)
    scenario.end_leg(leg)
    completed = scenario.call_log[-1]
    assert (completed.event, completed.recording) == ("COMPLETEAGENT", run.recording)
    assert run.recording is not None
    assert "/manual-" in run.recording


def test_a_route_may_limit_the_talk() -> None:
    scenario = centre()
    call = dialling(scenario, "0054351")
    scenario.customer_answers(call)
    scenario.wait(60)
    assert call not in scenario.engine.world.calls
    assert scenario.events(call) == ["DIAL", "ANSWER", "COMPLETEAGENT"]
    assert scenario.status(1) == "ACW"


def test_a_pause_ends_when_its_agent_calls_out() -> None:
    scenario = centre()
    scenario.tell(AgentPause(1, "7"))
    dialling(scenario)
    assert scenario.status(1) == "DIALING"
    assert [event.event for event in scenario.agent_log] == ["ADDMEMBER", "PAUSEALL", "UNPAUSEALL"]


def test_callers_wait_while_the_agent_dials_and_are_served_after_it() -> None:
    scenario = centre()
    call = dialling(scenario)
    caller = scenario.call()
    assert scenario.ringing(caller) == []
    scenario.customer_gone(call, 17)
    assert scenario.ringing_agents(caller) == [1]


@pytest.mark.parametrize(
    ("group", "campaign_id", "code"),
    [
        ({"may_call_off_campaign": False}, 0, "off-campaign-not-allowed"),
        ({"manual_call_kinds": frozenset({"manual"})}, SALES, "campaign-kind-not-allowed"),
        ({}, 77, "not-a-member"),
    ],
)
def test_what_the_group_does_not_allow_is_refused(group: dict[str, object], campaign_id: int, code: str) -> None:
    scenario = centre(**group)  # type: ignore[arg-type] # settings of the group only
    call = scenario.call_out(1, "4551234", campaign_id)
    assert call not in scenario.engine.world.calls
    refusal = scenario.engine.world.decision.refusal
    assert refusal is not None
    assert refusal[0] == code


def test_who_is_busy_or_away_cannot_call_out() -> None:
    scenario = centre()
    dialling(scenario)
    for agent_id in (1, 2, 99):
        scenario.call_out(agent_id, "4551234")
        refusal = scenario.engine.world.decision.refusal
        assert refusal is not None
        assert refusal[0] == "not-ready"


def test_a_number_without_a_route_is_logged_and_refused_before_anything_rings() -> None:
    scenario = centre()
    call = scenario.call_out(1, "99999999999")
    assert scenario.events(call) == ["DIAL", "NONDIALPLAN"]
    assert not scenario.legs
    assert scenario.status(1) == "READY"
    assert scenario.engine.world.calls == {}


def test_late_news_of_a_call_that_is_over_change_nothing() -> None:
    scenario = centre()
    call = dialling(scenario)
    channel = scenario.customer(call)
    scenario.customer_gone(call, 17)
    scenario.tell(Dialled(channel, "answered"))
    assert scenario.engine.world.calls == {}
    assert CallPhase.TALKING not in {call.phase for call in scenario.engine.world.calls.values()}


def test_a_pause_ends_at_the_limit_of_the_group() -> None:
    scenario = centre(pause_limits={"7": 60})
    scenario.tell(AgentPause(1, "7"))
    scenario.wait(59)
    assert scenario.status(1) == "PAUSE"
    scenario.wait(1)
    assert scenario.status(1) == "READY"


def test_a_number_on_a_do_not_call_list_is_logged_and_refused_before_anything_rings() -> None:
    scenario = centre()
    decision = scenario.tell(AgentCallOut(1, "c", "4551234", SALES, contact_id=8, is_blocked=True))
    assert scenario.events("c") == ["DIAL", "BLACKLIST"]
    assert {event.contact_id for event in scenario.call_log} == {8}
    assert decision.refusal is not None
    assert decision.refusal[0] == "number-blocked"
    assert not scenario.legs
    assert scenario.engine.world.calls == {}


def with_campaign(scenario: Scenario, **settings: object) -> Scenario:
    """The campaign of these tests, changed."""
    routing = scenario.engine.world.config
    changed = replace(routing.queues[SALES], **settings)  # type: ignore[arg-type]
    scenario.tell(ConfigurationChanged(replace(routing, queues={SALES: changed})))
    return scenario


def test_a_campaign_with_a_route_and_a_caller_id_of_its_own_uses_them() -> None:
    scenario = with_campaign(centre(), outbound_route_id=LOCAL.id, caller_id="5559999")
    scenario.call_out(1, "99999999999", SALES)
    assert scenario.engine.world.decision.refusal is not None, "another route takes this number, but not the campaign's"
    call = scenario.call_out(1, "4551234", SALES)
    scenario.answer(scenario.leg_of(call))
    dial = scenario.of(DialOut)[-1]
    assert dial.caller_id == "5559999"


@pytest.mark.parametrize(
    ("kind", "call_type", "campaign_type"), [("manual", 1, 1), ("preview", 4, 4), ("dialer", 1, 2), ("inbound", 1, 3)]
)
def test_the_log_says_what_kind_of_campaign_and_call_it_was(kind: str, call_type: int, campaign_type: int) -> None:
    scenario = with_campaign(centre(), kind=kind)
    call = scenario.call_out(1, "4551234", SALES)
    scenario.answer(scenario.leg_of(call))
    assert (scenario.call_log[-1].call_type, scenario.call_log[-1].campaign_type) == (call_type, campaign_type)
    headers = scenario.of(RingAgent)[-1].headers
    assert (headers["OMLCALLTYPEIDTYPE"], headers["OMLCAMPTYPE"]) == (str(call_type), str(campaign_type))


def test_a_paused_campaign_is_not_called_out_for() -> None:
    scenario = with_campaign(centre(), is_active=False)
    scenario.call_out(1, "4551234", SALES)
    assert scenario.engine.world.decision.refusal == (
        "campaign-paused",
        "This campaign is paused. Choose another one, or ask a supervisor.",
    )
