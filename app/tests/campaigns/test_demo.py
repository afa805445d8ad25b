"""The demonstration data: what a new user finds, and that nothing in it leads nowhere."""

from __future__ import annotations

from typing import Any

from omnileads.accounts.passwords import Passwords
from omnileads.commands import AccountCommands
from omnileads.kit.runtime import Runtime
from omnileads.telephony.wizard import check
from tests.conftest import PASSWORD, SignedIn
from tests.domain import API


def test_a_new_user_sees_a_living_system(runtime: Runtime, passwords: Passwords, sign_in: SignedIn) -> None:
    assert AccountCommands(runtime, passwords).create_demo_data(PASSWORD) is True
    admin = sign_in("administrator")

    def items(path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = admin.get(f"{API}/{path}").json()["items"]
        return found

    groups = {group["name"]: group for group in items("agent-groups")}
    assert set(groups) >= {"Demo agents", "Demo sales"}
    assert len(items("users?role=agent")) >= 6
    campaigns = {campaign["name"]: campaign for campaign in items("campaigns")}
    assert [campaigns[name]["member_count"] for name in ("Demo support", "Demo sales")] == [3, 3]
    assert {campaign["kind"] for campaign in campaigns.values()} == {"inbound", "manual", "preview", "dialer"}
    care = campaigns["Demo customer care"]["id"]
    assert admin.get(f"{API}/campaigns/{care}/leads/counts").json()["pending"] == 12
    renewals = campaigns["Demo renewals"]["id"]
    assert admin.post(f"{API}/campaigns/{renewals}/activate").json()["state"] == "active"
    main = next(route for route in items("inbound-routes") if route["name"] == "Demo main number")
    hours = admin.get(f"{API}/time-conditions/{main['destination']['id']}").json()
    assert (hours["match"]["type"], hours["otherwise"]["type"]) == ("ivr", "voicemail")
    menu = admin.get(f"{API}/ivrs/{hours['match']['id']}").json()
    assert [(option["digit"], option["destination"]["name"]) for option in menu["options"]] == [
        ("1", "Demo support"),
        ("2", "Demo sales"),
    ]
    assert admin.get(f"{API}/audio-files/{menu['audio_id']}/content").content[:4] == b"RIFF"
    trunk = items("sip-trunks")[0]
    assert "192.0.2.1" in trunk["wizard_text"]
    assert "An example" in trunk["wizard_text"]
    assert check(trunk["wizard_text"]).problems == ()
    assert items("outbound-routes")[0]["trunks"] == [{"id": trunk["id"], "name": "Example_provider"}]
    assert AccountCommands(runtime, passwords).create_demo_data(PASSWORD) is False
