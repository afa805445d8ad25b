"""What the tests of `/api/v1` share: tokens, and a campaign with its contact list as a CRM knows them."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient

from omnileads.accounts.models import User
from omnileads.kit.runtime import Runtime
from tests.conftest import PASSWORD, Browsers, People, SignedIn
from tests.domain import API, Team, make_campaign

V1 = "/api/v1"
COLUMNS = [
    {"name": "nombre"},
    {"name": "idext", "role": "external-id"},
    {"name": "tel", "role": "phone"},
    {"name": "tel2", "role": "phone"},
]
OPTIONS: list[dict[str, Any]] = [
    {"name": "Success", "kind": "no-action", "is_positive": True},
    {"name": "Hangs up angry", "kind": "no-action", "is_hidden": True},
    {"name": "Wrong number", "kind": "no-action"},
]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def token_of(client: TestClient, user: User) -> str:
    answer = client.post(f"{V1}/login", json={"username": user.username, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["token"]
    return token


def errors(answer: Any) -> Any:
    assert answer.json()["status"] == "ERROR", answer.text
    return answer.json()["errors"]


class World:
    """An agent and a supervisor of a campaign that the external system calls "crm-1", and the agent "crm-ana".

    `agent` and `supervisor` are clients with tokens, `admin` one with a session of the console.
    """

    def __init__(self, browsers: Browsers, users: People, sign_in: SignedIn, runtime: Runtime) -> None:
        self.runtime = runtime
        self._browsers = browsers
        self.admin = sign_in("administrator")
        self.users = users
        self.team = Team(runtime, users)
        self.agent_user, self.ana = self.team.agent(first_name="Ana", last_name="Paz")
        self.agent = self.by_token(self.agent_user)
        self.supervisor_user = users.make("supervisor")
        self.supervisor = self.by_token(self.supervisor_user)
        entry = {"agent_id": self.ana.id, "external_id": "crm-ana"}
        self.system_id = self.made("external-systems", name="CRM", agents=[entry])["id"]
        self.base = self.made("contact-bases", name="Clients", columns=COLUMNS)
        self.campaign = self.make_campaign("Support", external_system_id=self.system_id, external_id="crm-1")
        self.campaign_id: int = self.campaign["id"]
        self.success, self.hidden, self.wrong = (option["id"] for option in self.campaign["dispositions"])

    def by_token(self, user: User) -> TestClient:
        client = self._browsers.open()
        client.headers.update(bearer(token_of(client, user)))
        return client

    def other_agent(self) -> tuple[TestClient, int]:
        """An agent of no campaign."""
        user, agent = self.team.agent()
        return self.by_token(user), agent.id

    def made(self, what: str, **fields: Any) -> Any:
        """Something made through the console's API."""
        answer = self.admin.post(f"{API}/{what}", json=fields)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def make_campaign(self, name: str, **fields: Any) -> dict[str, Any]:
        wanted: dict[str, Any] = {
            "kind": "manual",
            "contact_base_id": self.base["id"],
            "dispositions": OPTIONS,
            "members": [{"agent_id": self.ana.id}],
            "supervisor_ids": [self.supervisor_user.id],
            **fields,
        }
        made = make_campaign(self.admin, name, **wanted)
        answer = self.admin.post(f"{API}/campaigns/{made['id']}/activate")
        return made if answer.status_code != 200 else answer.json()

    def contact(self, external_id: str = "c1", phone: str = "3515550001", base_id: int | None = None) -> int:
        values = {"nombre": "Eva", "idext": external_id, "tel": phone}
        contact_id: int = self.made(f"contact-bases/{base_id or self.base['id']}/contacts", values=values)["id"]
        return contact_id

    def hide(self, option_id: int) -> None:
        """Hide an option of the campaign."""
        options = self.admin.get(f"{API}/campaigns/{self.campaign_id}").json()["dispositions"]
        for option in options:
            option["is_hidden"] = option["is_hidden"] or option["id"] == option_id
        answer = self.admin.patch(f"{API}/campaigns/{self.campaign_id}", json={"dispositions": options})
        assert answer.status_code == 200, answer.text

    def disposition(self, contact_id: int, **fields: Any) -> Any:
        sent = {"idContact": contact_id, "idDispositionOption": self.success, "comments": "bought", **fields}
        return self.agent.post(f"{V1}/disposition/", json=sent)
