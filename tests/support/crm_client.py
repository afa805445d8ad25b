"""A small CRM as its makers would write it: it knows `/api/v1`, ids of its own, and nothing else of the system."""

from __future__ import annotations

import ssl
from typing import Any

import httpx2


class CrmClient:
    """Signed in as an agent. Its campaign, agent and contacts have the CRM's own ids."""

    def __init__(self, url: str, tls: ssl.SSLContext, system_id: int) -> None:
        self._client = httpx2.Client(base_url=f"{url}/api/v1", verify=tls, timeout=20)
        self._system_id = system_id

    def close(self) -> None:
        self._client.close()

    def sign_in(self, username: str, password: str) -> None:
        answer = self._client.post("/login", json={"username": username, "password": password})
        assert answer.status_code == 200, answer.text
        self._client.headers["Authorization"] = f"Bearer {answer.json()['token']}"

    def columns(self, campaign: str) -> Any:
        return self._post("/campaign/database_metadata/", idCampaign=campaign)

    def add_contact(self, campaign: str, **values: str) -> int:
        return int(self._post("/new_contact/", idCampaign=campaign, **values)["id"])

    def call(self, campaign: str, agent: str, phone: str, contact: str) -> None:
        told = self._post("/makeCall/", idCampaign=campaign, idAgent=agent, phone=phone, idContact=contact)
        assert told == {"status": "OK"}, told

    def options(self, campaign: str) -> dict[str, int]:
        answer = self._client.get(f"/campaign/{campaign}/dispositionOptions/{self._system_id}/")
        assert answer.status_code == 200, answer.text
        return {option["name"]: option["id"] for option in answer.json() if not option["hidden"]}

    def disposition(self, contact: str, option_id: int, comments: str, call_id: str) -> int:
        told = self._post(
            "/disposition/", idContact=contact, idDispositionOption=option_id, comments=comments, callid=call_id
        )
        return int(told["id"])

    def change_disposition(self, disposition_id: int, contact: str, option_id: int, comments: str) -> Any:
        body = {"idContact": contact, "idDispositionOption": option_id, "comments": comments}
        answer = self._client.put(f"/disposition/{disposition_id}/", json={**body, "idExternalSystem": self._system_id})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def _post(self, path: str, **body: object) -> Any:
        answer = self._client.post(path, json={**body, "idExternalSystem": self._system_id})
        assert answer.status_code in (200, 201), answer.text
        return answer.json()
