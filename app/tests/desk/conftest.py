"""An agent at its desk, in a campaign with a contact base."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from httpx2 import Response

from omnileads.agents.live import LIVE_AGENTS
from omnileads.calls.intake import read_event
from omnileads.calls.store import store
from omnileads.kit.runtime import Runtime
from tests.conftest import People, SignedIn
from tests.domain import API, OPTIONS, Phone, Team, make_campaign

COLUMNS = [
    {"name": "Teléfono", "role": "phone"},
    {"name": "Celular", "role": "phone"},
    {"name": "Nombre", "role": "data"},
    {"name": "Deuda", "role": "data"},
    {"name": "Documento", "role": "external-id"},
]
ANA = {"telefono": "3515550001", "celular": "1160000001", "nombre": "Ana Pérez", "deuda": "90210", "documento": "A1"}


class Desk:
    def __init__(self, sign_in: SignedIn, team: Team, runtime: Runtime) -> None:
        self.runtime = runtime
        self.team = team
        self.sign_in = sign_in
        self.admin = sign_in("administrator")
        self.user, self.agent = team.agent()
        self.client = sign_in(self.user)
        self.base = self.make_base("Clientes")
        self.campaign = self.make_campaign()
        self.path = f"{API}/agent/campaigns/{self.campaign['id']}/contacts"

    def make_base(self, name: str) -> int:
        answer = self.admin.post(f"{API}/contact-bases", json={"name": name, "columns": COLUMNS})
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])

    def make_campaign(self, name: str = "Cobranzas", **fields: Any) -> dict[str, Any]:
        body = {"contact_base_id": self.base, "members": [{"agent_id": self.agent.id}], "dispositions": OPTIONS}
        return make_campaign(self.admin, name, **{**body, **fields})

    def change(self, **fields: Any) -> None:
        answer = self.admin.patch(f"{API}/campaigns/{self.campaign['id']}", json=fields)
        assert answer.status_code == 200, answer.text

    def contact(self, base: int | None = None, **values: str) -> int:
        path = f"{API}/contact-bases/{base or self.base}/contacts"
        answer = self.admin.post(path, json={"values": {**ANA, **values}})
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])

    def log(self, call_id: str, *names: str, **data: Any) -> None:
        """These events of a call came to the log, in this order."""
        phone = Phone(self.runtime)
        about = {"campaign_id": self.campaign["id"], "agent_id": self.agent.id, **data}
        with self.runtime.database.transaction() as session:
            events = [
                read_event("call", f"{call_id}:{place}", phone.document(call_id, name, **about))
                for place, name in enumerate(names)
            ]
            store(session, events, self.runtime.clock.now())

    def live(self, call_id: str | None, number: str = "3515550001", campaign_id: int | None = None) -> None:
        state: Mapping[str, Any] = {
            "agent_id": self.agent.id,
            "name": "x",
            "extension": self.agent.extension,
            "group_id": 1,
            "status": "ONCALL",
            "since": 0,
            "call_id": call_id,
            "number": number,
            "campaign_id": campaign_id or self.campaign["id"],
        }
        self.runtime.redis.hset(LIVE_AGENTS, str(self.agent.id), json.dumps(state))

    def card(self, call_id: str = "c1", **query: str) -> Any:
        answer = self.client.get(f"{API}/agent/calls/{call_id}/card", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def attach(self, contact_id: int, call_id: str = "c1") -> Response:
        return self.client.put(f"{API}/agent/calls/{call_id}/contact", json={"contact_id": contact_id})

    def patch(self, contact_id: int, version: str | None = None, **values: str) -> Response:
        version = version or self.client.get(f"{self.path}/{contact_id}").json()["version"]
        return self.client.patch(f"{self.path}/{contact_id}", json={"values": values, "version": version})


@pytest.fixture
def desk(sign_in: SignedIn, runtime: Runtime, users: People) -> Desk:
    return Desk(sign_in, Team(runtime, users), runtime)
