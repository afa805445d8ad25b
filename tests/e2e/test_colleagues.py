"""Two agents call each other from their browsers: found by name, called by key, heard both ways, nothing left to do."""

from __future__ import annotations

from playwright.sync_api import Locator

from support.browser import AgentDesk, Desks
from support.centre import Agent, Centre
from support.waiting import eventually

CALLER_HZ, CALLED_HZ = 440.0, 700.0


def _pair(centre: Centre) -> tuple[Agent, Agent]:
    """A caller and a colleague, of groups that let their agents call each other."""
    caller, called = centre.agents(2, allow_calls_between_agents=True, allow_off_campaign_calls=True)
    centre.settle()
    return caller, called


def _choose(desk: AgentDesk, colleague: Agent, status: str) -> Locator:
    """Choose "Colleague", type the name and move to the one who is meant, once listed with this status."""
    if desk.by_id("colleague-search").count() == 0:
        desk.by_id("dial-way").get_by_label("Number").focus()
        desk.page.keyboard.press("ArrowRight")
    desk.by_id("colleague-search").focus()
    desk.page.keyboard.type(colleague.full_name)
    listed = desk.by_id(f"colleague-{colleague.agent_id}")
    eventually(lambda: listed.count() == 1 and listed.get_attribute("data-status") == status, evidence=desk.evidence)
    # Names are numbered, so one may be the beginning of another.
    while listed.get_attribute("aria-selected") != "true":
        desk.page.keyboard.press("ArrowDown")
    return listed


def _call(desk: AgentDesk, colleague: Agent) -> None:
    _choose(desk, colleague, "READY")
    desk.page.keyboard.press("Enter")


def _wait_for_party(desk: AgentDesk, colleague: Agent) -> None:
    """The other side is shown by name."""
    shown = f"Colleague {colleague.full_name}"
    eventually(lambda: desk.by_id("call-party").inner_text() == shown, evidence=desk.evidence)


def _wait_until_free(*desks: AgentDesk) -> None:
    """Ready, with no conversation left on the desk: there is neither a wrap-up nor a disposition."""
    for desk in desks:
        desk.wait_for_status("READY")
        desk.by_id("interaction").wait_for(state="detached")
        desk.wait_for_phone(webphoneLine="registered")


def test_agents_talk_with_each_other(centre: Centre, desk: Desks) -> None:
    caller, called = _pair(centre)
    calling, ringing = desk(caller, tone_hz=CALLER_HZ), desk(called, tone_hz=CALLED_HZ)
    _call(calling, called)
    ringing.wait_until_ringing()
    calling.wait_for_status("DIALING")
    _wait_for_party(calling, called)
    _wait_for_party(ringing, caller)
    ringing.answer()
    calling.wait_for_status("ONCALL")
    calling.wait_until_hears(CALLED_HZ)
    ringing.wait_until_hears(CALLER_HZ)
    assert "no disposition is needed" in ringing.by_id("interaction").inner_text()
    calling.hang_up()
    _wait_until_free(calling, ringing)


def test_the_called_one_hangs_up_and_calls_back(centre: Centre, desk: Desks) -> None:
    caller, called = _pair(centre)
    first, second = desk(caller, tone_hz=CALLER_HZ), desk(called, tone_hz=CALLED_HZ)
    _call(first, called)
    second.answer()
    first.wait_for_status("ONCALL")
    second.hang_up()
    _wait_until_free(first, second)
    _call(second, caller)
    first.answer()
    second.wait_for_status("ONCALL")
    first.wait_until_hears(CALLED_HZ)
    second.wait_until_hears(CALLER_HZ)


def test_a_colleague_who_does_not_answer_is_named(centre: Centre, desk: Desks) -> None:
    caller, called = _pair(centre)
    calling, ringing = desk(caller), desk(called)
    _call(calling, called)
    ringing.wait_until_ringing()
    # A direct call rings for half a minute before it is given up.
    calling.by_id("call-missed").wait_for(timeout=45_000)
    assert f"{called.full_name} did not answer" in calling.by_id("call-missed").inner_text()
    _wait_until_free(calling, ringing)
    calling.by_id("call-again").first.click()
    ringing.answer()
    calling.wait_for_status("ONCALL")


def test_one_who_cannot_take_a_call_is_shown_and_not_called(centre: Centre, desk: Desks) -> None:
    caller, called = _pair(centre)
    third = centre.agent(allow_calls_between_agents=True)
    calling, busy, other = desk(caller), desk(called), desk(third)
    _call(busy, third)
    other.answer()
    listed = _choose(calling, called, "ONCALL")
    assert listed.get_attribute("aria-disabled") == "true"
    calling.page.keyboard.press("Enter")
    eventually(
        lambda: "cannot take a call now" in calling.by_id("colleague-message").inner_text(), evidence=calling.evidence
    )
    assert calling.status == "READY"
