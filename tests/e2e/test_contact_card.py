"""The agent's desk in a real call: who calls is recognised, shown within the rules, changed, and remembered."""

from __future__ import annotations

from support.browser import Desks
from support.carrier import Carrier
from support.centre import Centre
from support.waiting import eventually

COLUMNS = [
    {"name": "tel", "role": "phone"},
    {"name": "nombre"},
    {"name": "plan"},
    {"name": "secreto"},
]
RULES = {
    "plan": {"locked": True},
    "secreto": {"locked": True, "hidden": True},
    "nombre": {"required": True},
}


def test_a_caller_is_recognised_and_changed_within_the_rules(centre: Centre, carrier: Carrier, desk: Desks) -> None:
    agent = centre.agent(auto_unpause_seconds=60)
    base = centre.make("contact-bases", columns=COLUMNS)
    number = centre.number()
    values = {"tel": number, "nombre": "Eva Roldán", "plan": "Oro", "secreto": "nunca-visible"}
    contacts = f"/contact-bases/{base['id']}/contacts"
    stored = centre.api.post(contacts, values=values)
    campaign = centre.campaign(
        agent, contact_base_id=base["id"], field_rules=RULES, script="Buen día {{nombre}}, su plan es {{plan}}."
    )
    working = desk(agent)
    carrier.call(campaign.did, number=number)
    working.wait_until_ringing()
    working.answer()

    panel = working.by_id("contact-panel")
    panel.get_by_text("Buen día Eva Roldán, su plan es Oro.").wait_for()
    assert "nunca-visible" not in working.page.content()
    working.by_id("contact-edit").click()
    form = working.by_id("contact-form")
    assert form.locator("input").count() == 2, "the phone and the name; the plan is locked, the secret is not there"
    form.locator("input").nth(1).fill("")
    working.by_id("contact-save").click()
    form.locator("[aria-invalid=true]").wait_for()
    form.locator("input").nth(1).fill("Eva R. de Paz")
    working.by_id("contact-save").click()
    panel.get_by_text("Buen día Eva R. de Paz, su plan es Oro.").wait_for()
    changed = centre.api.get(f"{contacts}/{stored['id']}")["values"]
    assert changed == {**values, "nombre": "Eva R. de Paz"}

    working.hang_up()
    working.disposition(campaign.dispositions["Sale"], "bought")
    working.resume()
    working.by_id("contacts-open").click()
    working.by_id("contact-found").first.click()
    history = working.by_id("contact-history")
    eventually(lambda: history.get_by_text("bought").count(), evidence=working.evidence)


def test_a_caller_nobody_knows_is_added_to_the_call(centre: Centre, carrier: Carrier, desk: Desks) -> None:
    agent = centre.agent(auto_unpause_seconds=60)
    base = centre.make("contact-bases", columns=COLUMNS)
    campaign = centre.campaign(agent, contact_base_id=base["id"])
    number = centre.number()
    working = desk(agent)
    carrier.call(campaign.did, number=number)
    working.wait_until_ringing()
    working.answer()
    working.by_id("contact-nobody").wait_for()
    working.by_id("contact-new").click()
    fields = working.by_id("contact-form").locator("input")
    assert fields.nth(0).input_value() == number
    fields.nth(1).fill("Nora Paz")
    working.by_id("contact-save").click()
    working.by_id("contact-edit").wait_for()
    working.hang_up()
    found = centre.api.get(f"/contact-bases/{base['id']}/contacts", search=number)["items"]
    assert [contact["values"]["nombre"] for contact in found] == ["Nora Paz"]
