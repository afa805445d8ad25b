"""Every page of the console with something on it: accessible, without an error, in Spanish and in English.

axe-core judges the Spanish pages, whose words are the longer ones; pictures of them are left in build/screens.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from support.axe import violations
from support.browser import Console, Consoles
from support.centre import Agent, Centre
from support.instance import REPOSITORY

PICTURES = REPOSITORY / "build" / "screens"
HANG_UP: dict[str, object] = {"type": "hangup", "id": None}


@pytest.fixture(scope="module")
def pages(centre: Centre) -> list[str]:
    """The path of every page, with a thing for each page that shows one."""
    audio = centre.audio(500)
    agent = centre.agent()
    campaign = centre.campaign(agent)
    sales: dict[str, object] = {"type": "inbound-campaign", "id": campaign.id}
    hours = centre.make(
        "time-groups", ranges=[{"time_from": "09:00", "time_to": "17:59", "weekday_from": 1, "weekday_to": 5}]
    )
    menu = centre.make(
        "ivrs", audio_id=audio, timeout=sales, invalid=HANG_UP, options=[{"digit": "1", "destination": sales}]
    )
    condition = centre.make(
        "time-conditions", time_group_id=hours["id"], match={"type": "ivr", "id": menu["id"]}, otherwise=HANG_UP
    )
    route = centre.make(
        "inbound-routes", did=centre.number(), destination={"type": "time-condition", "id": condition["id"]}
    )
    trunk = centre.api.get("/sip-trunks")["items"][0]
    things: dict[str, Any] = {
        "users": {"id": agent.user_id},
        "agent-groups": centre.api.get("/agent-groups")["items"][0],
        "roles": centre.api.get("/roles")["items"][0],
        "pause-sets": centre.make(
            "pause-sets",
            pauses=[{"pause_id": centre.make("pauses", kind="productive")["id"], "limit_seconds": 600}],
        ),
        "sip-trunks": trunk,
        "inbound-routes": route,
        "outbound-routes": centre.make(
            "outbound-routes", patterns=[{"prefix": "9", "prepend": "", "match": "XXXXXXX."}], trunk_ids=[trunk["id"]]
        ),
        "time-groups": hours,
        "time-conditions": condition,
        "ivrs": menu,
        "customer-identifications": centre.make(
            "customer-identifications", mode="ask-only", audio_id=audio, identified=sales, unidentified=HANG_UP
        ),
        "custom-destinations": centre.make("custom-destinations", context="own", extension="s", failover=sales),
        "voicemail-boxes": centre.make("voicemail-boxes"),
        "moh-playlists": centre.make("moh-playlists", audio_file_ids=[audio]),
        "forms": centre.make("forms", fields=[{"name": "Quality", "type": "list", "options": ["Bad", "Good"]}]),
        "disposition-names": centre.make("disposition-names", subdispositions=["Plan A", "Plan B"]),
        "external-sites": centre.make(
            "external-sites", url="https://crm.example/{1}", trigger="button", target="embedded"
        ),
        "external-site-authentications": centre.make(
            "external-site-authentications",
            token_url="https://crm.example/token",
            username="oml",
            password="a password of the tests",
            token_field="access_token",
            duration_seconds=3600,
        ),
        "external-systems": centre.make(
            "external-systems", agents=[{"agent_id": agent.agent_id, "external_id": "19x5"}]
        ),
        "campaigns": {"id": campaign.id},
    }
    worked = [
        f"campaigns/{centre.make('campaigns', **request)['id']}{page}"
        for request in _worked_campaigns(centre)
        for page in ("", "/leads")
    ]
    centre.make("campaign-templates", campaign_id=campaign.id)
    kinds = [f"campaigns/new/{kind}" for kind in ("manual", "preview", "dialer", "inbound")]
    _promise_a_call(centre, agent)
    live = ("overview", "board", "callbacks", "calls", "recordings")
    single = (*live, "pauses", "audio-files", "custom-dialplan", "account")
    return [
        *(f"/{path}" for path in (*worked, *kinds, "campaigns/templates")),
        *(f"/{path}" for path in (*single, "telephony-settings", "users/import", f"call-flow?route={route['id']}")),
        *(f"/{collection}{page}" for collection, thing in things.items() for page in ("", "/new", f"/{thing['id']}")),
    ]


def _promise_a_call(centre: Centre, agent: Agent) -> None:
    """The agent is to call a contact again, for a campaign of its own."""
    base = centre.make("contact-bases", columns=[{"name": "phone", "role": "phone"}, {"name": "name"}])
    values = {"phone": centre.number(), "name": "Eva Roldán"}
    contact = centre.api.post(f"/contact-bases/{base['id']}/contacts", values=values)
    campaign = centre.campaign(agent, contact_base_id=base["id"])
    due_at = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    with centre.client() as api:
        api.sign_in(agent.username, agent.password)
        api.put("/agent/callbacks", campaign_id=campaign.id, contact_id=contact["id"], due_at=due_at, note="after work")


def _worked_campaigns(centre: Centre) -> list[dict[str, object]]:
    """Requests for campaigns that work the contacts of a base one by one."""
    columns = [{"name": "phone", "role": "phone"}, {"name": "name", "role": "data"}]
    base = centre.make("contact-bases", columns=columns)
    common: dict[str, object] = {
        "contact_base_id": base["id"],
        "dispositions": [{"name": "Sale", "kind": "no-action"}],
        "field_rules": {"name": {"locked": True, "hidden": True}},
    }
    schedule: dict[str, object] = {
        "starts_on": "2030-01-01",
        "ends_on": "2030-12-31",
        "weekdays": [1, 2, 3],
        "opens_at": "09:00",
        "closes_at": "18:00",
    }
    return [{"kind": "preview", **common}, {"kind": "dialer", **common, **schedule}]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("language", ["es", "en"])
def test_every_page(language: str, pages: list[str], centre: Centre, console: Consoles) -> None:
    browser = console(centre.person("administrator"))
    browser.page.evaluate("language => localStorage.setItem('oml.language', language)", language)
    faults = {}
    for path in pages:
        found = _visit(browser, path, language)
        if language == "es":
            found += _judge(browser, path)
        if found:
            faults[path] = found
    assert not faults, faults


def _visit(browser: Console, path: str, language: str) -> list[str]:
    """Open a page; what is wrong with it: an error, another language, another page."""
    page, before = browser.page, len(browser.said)
    page.goto(path)
    page.locator("h1").first.wait_for()
    faults = [line for line in browser.said[before:] if line.startswith("error")]
    if page.locator("html").get_attribute("lang") != language:
        faults.append("in another language")
    if not page.url.split("?")[0].endswith(path.split("?", maxsplit=1)[0]):
        faults.append(f"led to {page.url}")
    return faults


def _judge(browser: Console, path: str) -> list[str]:
    """Keep a picture of the page; what axe-core finds on it."""
    page = browser.page
    page.wait_for_load_state("networkidle")
    name = re.sub(r"[^a-z]+", "-", path.strip("/"))
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
    return violations(page)
