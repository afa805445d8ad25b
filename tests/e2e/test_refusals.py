"""Bad input and wrong passwords: what people are told, in the console and through the API."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, Response, expect

from support import carrier as telephone_network
from support.browser import Console, Consoles
from support.centre import Centre, refusal
from support.instance import Instance

LOGIN_FAILURE_LIMIT = 10


def test_ten_wrong_passwords_lock_and_the_way_out_is_told(
    instance: Instance, centre: Centre, playwright: Playwright, tmp_path: Path
) -> None:
    person = centre.person("supervisor")
    with Console(playwright, instance, tmp_path) as browser:
        browser.page.goto("/")
        for _ in range(LOGIN_FAILURE_LIMIT):
            assert _sign_in_status(browser, person.username, "wrong") in {401, 423}
        assert _sign_in_status(browser, person.username, person.password) == 423
        expect(browser.page.get_by_role("alert").filter(has_text="oml unblock-user")).to_be_visible()
        with centre.client() as program:
            locked = refusal(lambda: program.sign_in(person.username, person.password))
        assert (locked.status, locked.code) == (423, "account-locked")

        instance.oml("unblock-user", person.username)
        browser.try_to_sign_in(person.username, person.password)
        browser.page.wait_for_url(lambda url: "sign-in" not in url)


def _sign_in_status(browser: Console, username: str, password: str) -> int:
    """Try to sign in; the status of the answer, once the page has taken it in."""

    def is_the_attempt(response: Response) -> bool:
        return response.request.method == "POST" and response.url.endswith("/api/v2/session")

    with browser.page.expect_response(is_the_attempt) as answer:
        browser.try_to_sign_in(username, password)
    expect(browser.page.get_by_label("Password", exact=True)).to_have_value("")
    return answer.value.status


def test_a_broken_trunk_is_refused_with_its_line(centre: Centre, console: Consoles) -> None:
    text = telephone_network.wizard_text().replace("sends_auth=no", "sends_auth=perhaps")
    line = 1 + text.splitlines().index("sends_auth=perhaps")
    refused = refusal(lambda: centre.api.post("/sip-trunks", name="broken", wizard_text=text))
    assert refused.status == 422
    assert refused.fields["wizard_text"].startswith(f"line {line}: ")

    page = console(centre.person("administrator")).page
    page.goto("/sip-trunks/new")
    page.get_by_label("Name").fill("broken")
    page.get_by_label("PJSIP").fill(text)
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_text(f"line {line}: ")).to_be_visible()
    assert page.url.endswith("/sip-trunks/new")


FORMS = {
    "user": ("/users/new", "", "Continue"),
    "role": ("/roles/new", "", "Create role"),
    "agent group": ("/agent-groups/new", "", "Create group"),
    "pause": ("/pauses", "New pause", "Create pause"),
    "pause set": ("/pause-sets/new", "", "Create set"),
    "trunk": ("/sip-trunks/new", "", "Create"),
    "inbound route": ("/inbound-routes/new", "", "Create"),
    "outbound route": ("/outbound-routes/new", "", "Create"),
    "time group": ("/time-groups/new", "", "Create"),
    "time condition": ("/time-conditions/new", "", "Create"),
    "IVR": ("/ivrs/new", "", "Create"),
    "customer identification": ("/customer-identifications/new", "", "Create"),
    "custom destination": ("/custom-destinations/new", "", "Create"),
    "voicemail box": ("/voicemail-boxes/new", "", "Create"),
    "playlist": ("/moh-playlists/new", "", "Create"),
    "campaign": ("/campaigns/new/inbound", "", "Continue"),
    "audio": ("/audio-files", "Upload audio", "Upload"),
}


def test_every_form_says_at_the_field_what_is_missing(centre: Centre, console: Consoles) -> None:
    page = console(centre.person("administrator")).page
    missing = {}
    for name, (path, opener, submit) in FORMS.items():
        page.goto(path)
        if opener:
            page.get_by_role("button", name=opener).first.click()
        page.get_by_role("button", name=submit, exact=True).last.click()
        missing[name] = _marked_fields(page)
    assert all(missing.values()), missing


def _marked_fields(page: Page) -> list[str]:
    """The words shown at the fields that are marked as invalid."""
    invalid = page.locator("[aria-invalid=true]")
    invalid.first.wait_for()
    ids = [(invalid.nth(index).get_attribute("aria-describedby") or "").split() for index in range(invalid.count())]
    shown = [page.locator(f"[id='{element}']").inner_text() for words in ids for element in words if "error" in element]
    return [words for words in shown if words.strip()]


BAD_BODIES: dict[str, tuple[str, dict[str, object], str]] = {
    "a user without a name": (
        "/users",
        {"username": "", "password": "long enough 1", "role_slug": "supervisor"},
        "username",
    ),
    "a user with a weak password": (
        "/users",
        {"username": "weak", "password": "12345678", "role_slug": "manager"},
        "password",
    ),
    "an agent without a group": (
        "/users",
        {"username": "lost", "password": "a long passphrase", "role_slug": "agent"},
        "group_id",
    ),
    "an unknown role": (
        "/users",
        {"username": "x.y", "password": "a long passphrase", "role_slug": "king"},
        "role_slug",
    ),
    "a group with a negative time": (
        "/agent-groups",
        {"name": "g", "auto_unpause_seconds": -1},
        "auto_unpause_seconds",
    ),
    "a pause of no kind": ("/pauses", {"name": "p", "kind": "long"}, "kind"),
    "a trunk with a bad name": ("/sip-trunks", {"name": "a b", "wizard_text": "type=wizard"}, "name"),
    "a route without digits": (
        "/inbound-routes",
        {"name": "r", "did": "abc", "destination": {"type": "hangup", "id": None}},
        "did",
    ),
    "a route to nowhere": (
        "/inbound-routes",
        {"name": "r", "did": "1", "destination": {"type": "inbound-campaign", "id": 999999}},
        "destination.id",
    ),
    "a campaign with a strange strategy": (
        "/campaigns",
        {"kind": "inbound", "name": "c", "strategy": "first"},
        "strategy",
    ),
    "a campaign with an unknown agent": (
        "/campaigns",
        {"kind": "inbound", "name": "c", "members": [{"agent_id": 999999}]},
        "members.0.agent_id",
    ),
}


@pytest.mark.parametrize("case", BAD_BODIES)
def test_the_api_names_the_field(case: str, centre: Centre) -> None:
    path, body, field = BAD_BODIES[case]
    refused = refusal(lambda: centre.api.post(path, **body))
    assert (refused.status, refused.code) == (422, "validation-failed")
    assert field in refused.fields, refused


def test_audio_of_the_wrong_kind_is_refused(centre: Centre) -> None:
    refused = refusal(
        lambda: centre.api.upload("/audio-files", name="bad", filename="bad.wav", content=b"this is no sound")
    )
    assert refused.status == 422
    assert "file" in refused.fields


def test_a_page_that_needs_a_sign_in_leads_there_and_back(
    instance: Instance, centre: Centre, playwright: Playwright, tmp_path: Path
) -> None:
    person = centre.person("administrator")
    with Console(playwright, instance, tmp_path) as browser:
        browser.page.goto("/agent-groups")
        browser.page.wait_for_url("**/sign-in**")
        browser.try_to_sign_in(person.username, person.password)
        browser.page.wait_for_url("**/agent-groups")
