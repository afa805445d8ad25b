"""A promise to call again: made by an agent at the desk, seen by the supervisor, given to another agent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from support.axe import violations
from support.browser import Consoles, Desks
from support.carrier import Carrier
from support.centre import Agent, Centre

DISPOSITIONS = [{"name": "Sale", "kind": "no-action"}, {"name": "Call again", "kind": "callback"}]


def callbacks_of(centre: Centre, agent: Agent) -> list[dict[str, Any]]:
    """Whatever session the agent had is over by this."""
    with centre.client() as api:
        api.sign_in(agent.username, agent.password)
        found: list[dict[str, Any]] = api.get("/agent/callbacks")["items"]
        return found


def test_a_supervisor_gives_a_callback_to_another_agent(
    centre: Centre, carrier: Carrier, desk: Desks, console: Consoles
) -> None:
    first, second = centre.agents(2, auto_unpause_seconds=60)
    supervisor = centre.person("supervisor")
    base = centre.make("contact-bases", columns=[{"name": "tel", "role": "phone"}, {"name": "nombre"}])
    number = centre.number()
    centre.api.post(f"/contact-bases/{base['id']}/contacts", values={"tel": number, "nombre": "Eva Roldán"})
    campaign = centre.campaign(
        first, second, supervisors=[supervisor], contact_base_id=base["id"], dispositions=DISPOSITIONS
    )
    working = desk(first)
    carrier.call(campaign.did, number=number)
    working.answer()
    working.by_id("contact-panel").get_by_text("Eva Roldán").first.wait_for()
    working.hang_up()
    working.by_id(f"disposition-option-{campaign.dispositions['Call again']}").click()
    fields = working.by_id("callback-fields")
    fields.locator("[type=date]").fill((datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%d"))
    fields.locator("[type=time]").fill("18:30")
    fields.get_by_label("Reason").fill("after work")
    working.by_id("disposition-save").click()
    working.by_id("callbacks").get_by_text("after work").wait_for()

    watching = console(supervisor)
    watching.page.get_by_role("link", name="Callbacks").click()
    row = watching.page.locator("main tbody tr")
    row.get_by_text("after work").wait_for()
    shown = row.inner_text()
    for part in (campaign.name, first.full_name, "Eva Roldán", number):
        assert part in shown, shown
    row.get_by_role("button", name="Reassign").click()
    dialog = watching.page.get_by_role("dialog")
    dialog.get_by_role("combobox").click()
    watching.page.get_by_role("option", name=second.full_name).click()
    dialog.locator("[type=submit]").click()
    dialog.wait_for(state="detached")
    row.get_by_text(second.full_name).wait_for()
    assert not violations(watching.page)
    assert [callback["note"] for callback in callbacks_of(centre, second)] == ["after work"]
    assert callbacks_of(centre, first) == []
