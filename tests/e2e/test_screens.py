"""Every page of the console with something on it, in Spanish and English: accessible, without an error, worth a look.

Pictures are left in build/screens.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from support.browser import Console, Consoles
from support.centre import Centre
from support.instance import REPOSITORY

AXE = REPOSITORY / "app" / "web" / "node_modules" / "axe-core" / "axe.min.js"
"""Installed with the console's packages."""

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
            pauses=[{"pause_id": centre.make("pauses", kind="productive", name="Tea")["id"], "limit_seconds": 600}],
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
        "inbound-campaigns": {"id": campaign.id},
    }
    single = ("overview", "board", "calls", "recordings", "pauses", "audio-files", "custom-dialplan", "account")
    return [
        *(f"/{path}" for path in (*single, "telephony-settings", "users/import", f"call-flow?route={route['id']}")),
        *(f"/{collection}{page}" for collection, thing in things.items() for page in ("", "/new", f"/{thing['id']}")),
    ]


@pytest.mark.timeout(400)
@pytest.mark.parametrize("language", ["es", "en"])
def test_every_page(language: str, pages: list[str], centre: Centre, console: Consoles) -> None:
    browser = console(centre.person("administrator"))
    browser.page.evaluate("language => localStorage.setItem('oml.language', language)", language)
    faults = {path: found for path in pages if (found := _faults(browser, path, language))}
    assert not faults, faults


def _faults(browser: Console, path: str, language: str) -> list[str]:
    """What is wrong with a page: errors, an unfinished state, the wrong language, what axe-core finds."""
    page, before = browser.page, len(browser.said)
    page.goto(path)
    page.locator("h1").first.wait_for()
    page.wait_for_load_state("networkidle")
    _keep_picture(browser, language, path)
    faults = [line for line in browser.said[before:] if line.startswith("error")]
    if page.locator("html").get_attribute("lang") != language:
        faults.append("in another language")
    if not page.url.split("?")[0].endswith(path.split("?", maxsplit=1)[0]):
        faults.append(f"led to {page.url}")
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    faults += [
        f"{violation['id']}: {', '.join(str(node['target']) for node in violation['nodes'][:4])}"
        for violation in found["violations"]
    ]
    return faults


def _keep_picture(browser: Console, language: str, path: str) -> None:
    name = re.sub(r"[^a-z]+", "-", path.strip("/"))
    PICTURES.mkdir(parents=True, exist_ok=True)
    browser.page.screenshot(path=Path(PICTURES) / f"{language}-{name}.png", full_page=True)
