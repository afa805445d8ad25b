"""Every screen of telephony and people, worked with the keyboard alone.

One table says what is typed where. On each screen: every control is reached, in order, with the focus in sight; an
empty form leads to its first fault; one thing is made and saved; the question before deleting is opened and declined,
and the focus is back on what opened it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from playwright.sync_api import TimeoutError as NotInTime

from support.browser import Consoles
from support.centre import Centre
from support.keyboard import Keyboard
from support.tones import sine, write_wav

Step = tuple[Literal["type", "choose", "press", "toggle", "submit"], str, str]
"""What to do, on which control (the beginning of its name), with what. `{mark}` makes texts unique."""

HANG_UP = "Hang up"
PATIENCE_MS = 60_000


@dataclass(frozen=True)
class Screen:
    """A list and the form behind its "new"."""

    path: str
    new: str
    steps: tuple[Step, ...]
    name: str
    """As its row in the list is called."""
    is_dialog: bool = False
    opens_page: bool = True
    """Whether the name in the list leads to a page with a button that deletes."""
    is_searchable: bool = True
    has_menu: bool = True
    """Whether a row's actions are in a menu; else there is a button for each."""
    first: tuple[Step, ...] = ()
    """What leads to the form proper, where a question comes before it."""


SCREENS = (
    Screen(
        "sip-trunks",
        "New SIP trunk",
        (("type", "Name", "keys_{mark}"), ("press", "Custom", ""), ("type", "PJSIP wizard settings", "{wizard}")),
        "keys_{mark}",
    ),
    Screen(
        "outbound-routes",
        "New outbound route",
        (("type", "Name", "keys out {mark}"), ("type", "Pattern", "9XXXX."), ("choose", "Add a trunk", "keys_trunk")),
        "keys out {mark}",
        is_searchable=False,
        has_menu=False,
    ),
    Screen(
        "inbound-routes",
        "New inbound route",
        (
            ("type", "Name", "keys in {mark}"),
            ("type", "Number (DID)", "99{digits}"),
            ("choose", "Calls go to: kind of destination", HANG_UP),
        ),
        "keys in {mark}",
    ),
    Screen("time-groups", "New time group", (("type", "Name", "keys hours {mark}"),), "keys hours {mark}"),
    Screen(
        "time-conditions",
        "New time condition",
        (
            ("type", "Name", "keys when {mark}"),
            ("choose", "Time group", "keys first hours"),
            ("choose", "Inside the hours: kind", HANG_UP),
        ),
        "keys when {mark}",
    ),
    Screen(
        "ivrs",
        "New IVR",
        (
            ("type", "Name", "keys menu {mark}"),
            ("choose", "Menu audio", "keys first audio"),
            ("choose", "Key 1 leads to: kind", HANG_UP),
        ),
        "keys menu {mark}",
    ),
    Screen(
        "customer-identifications",
        "New customer identification",
        (
            ("type", "Name", "keys who {mark}"),
            ("choose", "Audio that asks", "keys first audio"),
            ("choose", "Identified callers go to: kind", HANG_UP),
        ),
        "keys who {mark}",
    ),
    Screen(
        "custom-destinations",
        "New custom destination",
        (("type", "Name", "keys own {mark}"), ("type", "Context", "own"), ("type", "Extension", "s")),
        "keys own {mark}",
    ),
    Screen("voicemail-boxes", "New voicemail box", (("type", "Name", "keys box {mark}"),), "keys box {mark}"),
    Screen(
        "moh-playlists",
        "New playlist",
        (("type", "Name", "keys music {mark}"), ("choose", "Add an audio file", "keys first audio")),
        "keys music {mark}",
    ),
    Screen(
        "users",
        "New user",
        (
            ("type", "First name", "Keys"),
            ("type", "Last name", "{mark}"),
            ("type", "Username", "keys.{mark}"),
            ("submit", "", ""),
            ("type", "Password", "a fine {mark} passphrase"),
        ),
        "Keys {mark}",
        opens_page=False,
        first=(("toggle", "Administrator", ""), ("submit", "", "")),
    ),
    Screen(
        "agent-groups",
        "New agent group",
        (("type", "Name", "keys group {mark}"),),
        "keys group {mark}",
        opens_page=False,
    ),
    Screen(
        "roles",
        "New role",
        (("type", "Name", "keys role {mark}"), ("toggle", "See users", "")),
        "keys role {mark}",
        opens_page=False,
        is_searchable=False,
    ),
    Screen(
        "pause-sets",
        "New pause set",
        (("type", "Name", "keys set {mark}"), ("toggle", "keys first pause", "")),
        "keys set {mark}",
        opens_page=False,
    ),
    Screen(
        "pauses",
        "New pause",
        (("type", "Name", "keys pause {mark}"),),
        "keys pause {mark}",
        is_dialog=True,
        opens_page=False,
    ),
)


LOOKED_AT = ("telephony-settings", "custom-dialplan", "call-flow", "users/import", "audio-files", "callbacks")
"""Pages of another kind: every control is reached there too."""


@dataclass(frozen=True)
class Words:
    """What `{...}` in the table stands for."""

    mark: str
    wizard: str

    def fill(self, text: str) -> str:
        digits = f"{int(self.mark, 16):08}"
        return text.format(mark=self.mark, digits=digits, wizard=self.wizard)


WIZARD = (
    "type=wizard\ntransport=trunk-transport\naccepts_registrations=no\nsends_registrations=no\naccepts_auth=no\n"
    "sends_auth=no\nremote_hosts=192.0.2.77:5060\nendpoint/context=from-pstn\nendpoint/allow=alaw\n"
)


def prepare(post: Callable[..., Any], upload: Callable[[str], Any]) -> None:
    """What the screens choose from. `post(path, **body)` and `upload(name)` are the API's."""
    upload("keys first audio")
    post("/time-groups", name="keys first hours", ranges=[{"time_from": "09:00", "time_to": "17:59"}])
    # A new set begins with all pauses: one is taken out, and another one has to stay.
    post("/pauses", name="keys first pause", kind="productive")
    post("/pauses", name="keys second pause", kind="productive")
    post("/sip-trunks", name="keys_trunk", wizard_text=WIZARD)
    post(
        "/inbound-routes", name="keys route", did="99990000", language="en", destination={"type": "hangup", "id": None}
    )


def work_through(keys: Keyboard, screen: Screen, words: Words) -> list[str]:
    """The whole of one screen. Returns what was wrong with the ways; raises AssertionError where there is none."""
    page = keys.page
    page.wait_for_load_state("networkidle")
    faults = keys.walk()
    keys.go_to(screen.new)
    keys.press("Enter")
    _wait_for_form(keys, screen)
    faults += keys.walk()
    for step in screen.first:
        perform(keys, step, words)
    if screen.first:
        keys.page.wait_for_load_state("networkidle")
        faults += keys.walk()
    refuse_empty(keys)
    for step in screen.steps:
        perform(keys, step, words)
    keys.go_to(kind="submit")
    keys.press("Enter")
    name = words.fill(screen.name)
    if screen.is_dialog:
        page.locator("[role=dialog]").wait_for(state="detached", timeout=PATIENCE_MS)
    else:
        wait_until_saved(keys, screen)
    if screen.is_searchable:
        find(keys, name)
    if screen.has_menu:
        keys.go_to(f"Actions for {name}")
        decline_in_menu(keys)
    else:
        opener = keys.go_to(f"Delete {name}").name
        keys.press("Enter")
        decline(keys, opener)
    if screen.opens_page:
        keys.go_to(name)
        keys.press("Enter")
        keys.page.wait_for_url(re.compile(rf"/{screen.path}/\d+"))
        opener = keys.go_to(f"Delete {name}").name
        keys.press("Enter")
        decline(keys, opener)
    return faults


def wait_until_saved(keys: Keyboard, screen: Screen) -> None:
    """The list is shown again."""
    try:
        keys.page.wait_for_url(re.compile(rf"/{screen.path}(\?|$)"), timeout=PATIENCE_MS)
    except NotInTime as error:
        shown = keys.page.locator("main").inner_text()[-1500:]
        raise AssertionError(f"{screen.path} was not saved; the focus is on {keys.here()}\n{shown}") from error


def look_at(keys: Keyboard, path: str) -> list[str]:
    """Reach every control of a page, and of the dialog behind an upload."""
    faults: list[str] = []
    faults += keys.walk()
    if path == "audio-files":
        keys.go_to("Upload audio")
        keys.press("Enter")
        keys.page.locator("[role=dialog]").wait_for()
        faults += keys.walk()
        keys.press("Escape")
        keys.page.locator("[role=dialog]").wait_for(state="detached")
        keys.wait_for_focus("e?.innerText.trim() === 'Upload audio'", "the upload was given up")
    return faults


def _wait_for_form(keys: Keyboard, screen: Screen) -> None:
    if screen.is_dialog:
        keys.page.locator("[role=dialog]").wait_for()
    else:
        keys.page.wait_for_url(re.compile(rf"/{screen.path}/new"))
    keys.page.locator("[type=submit]").last.wait_for()
    keys.page.wait_for_load_state("networkidle")


def refuse_empty(keys: Keyboard) -> None:
    """Send the form as it is: the focus comes to the first fault, which says in words what it is."""
    keys.go_to(kind="submit")
    keys.press("Enter")
    stop = keys.wait_for_focus("e?.getAttribute('aria-invalid') === 'true'", "an empty form was sent")
    assert stop.error.strip(), f"{stop.name} does not say what is wrong"


def perform(keys: Keyboard, step: Step, words: Words) -> None:
    kind, control, value = step
    text = words.fill(value)
    if kind == "choose":
        keys.choose(control, text)
        return
    if kind == "submit":
        keys.go_to(kind="submit")
        keys.press("Enter")
        return
    keys.go_to(control)
    if kind == "type":
        keys.write(text)
    else:
        keys.press("Space" if kind == "toggle" else "Enter")


def find(keys: Keyboard, name: str) -> None:
    """Search the list."""
    keys.go_to(kind="search")
    keys.write(name.rsplit(maxsplit=1)[-1])
    keys.page.locator("main tbody tr").filter(has_text=name).first.wait_for()
    keys.page.wait_for_function("() => document.querySelectorAll('main tbody tr').length === 1")


def decline_in_menu(keys: Keyboard) -> None:
    opener = keys.here().name
    keys.press("Enter")
    keys.wait_for_focus("e?.getAttribute('role') === 'menu'", "the menu was opened")
    for _ in range(12):
        keys.press("ArrowDown")
        if keys.here().active.startswith("Delete"):
            break
    keys.press("Enter")
    decline(keys, opener)


def decline(keys: Keyboard, opener: str) -> None:
    """The question keeps the focus; Escape takes it back to where it came from."""
    question = keys.page.locator("[role=alertdialog]")
    question.wait_for()
    keys.wait_for_focus("e?.closest('[role=alertdialog]') !== null", "a question was asked")
    for key in ("Tab", "Tab", "Tab", "Shift+Tab", "Shift+Tab"):
        keys.press(key)
        assert keys.here().is_in_root, f"{key} leads out of the question"
    keys.press("Escape")
    question.wait_for(state="detached")
    keys.wait_for_focus(f"(e?.getAttribute('aria-label') ?? e?.innerText) === {opener!r}", "the question was declined")


@pytest.fixture(scope="module")
def prepared(centre: Centre, tmp_path_factory: pytest.TempPathFactory) -> Centre:
    sound = write_wav(tmp_path_factory.mktemp("keys") / "tone.wav", sine(500, 1.0)).read_bytes()
    known = {item["name"] for item in centre.api.get("/audio-files", search="keys first audio")["items"]}
    if not known:
        prepare(
            centre.api.post,
            lambda name: centre.api.upload("/audio-files", name=name, filename="tone.wav", content=sound),
        )
    return centre


@pytest.mark.timeout(600)
def test_every_screen_is_worked_by_keyboard(prepared: Centre, console: Consoles) -> None:
    browser = console(prepared.person("administrator"))
    keys, faults = Keyboard(browser.page), {}
    for screen in SCREENS:
        browser.page.goto(f"/{screen.path}")
        browser.page.locator("h1").first.wait_for()
        found = work_through(keys, screen, Words(secrets.token_hex(3), WIZARD))
        if found:
            faults[screen.path] = found
    for path in LOOKED_AT:
        browser.page.goto(f"/{path}")
        browser.page.locator("h1").first.wait_for()
        browser.page.wait_for_load_state("networkidle")
        found = look_at(keys, path)
        if found:
            faults[path] = found
    assert not faults, faults
