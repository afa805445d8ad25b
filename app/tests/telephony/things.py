"""Makers of telephony's things through the API."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient

from tests.domain import API, wav
from tests.telephony.test_wizard import COMPLETE

HANGUP: dict[str, Any] = {"type": "hangup", "id": None}
ALWAYS = {"time_from": "00:00", "time_to": "23:59"}


class Things:
    """Each method makes one, with whatever it needs; `fields` replace what it would send."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self._tones = 0

    def make(self, path: str, **body: Any) -> dict[str, Any]:
        answer = self.client.post(f"{API}/{path}", json=body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def audio(self, name: str = "Sound") -> int:
        self._tones += 1
        answer = self.client.post(
            f"{API}/audio-files", data={"name": f"{name} {self._tones}"}, files={"file": wav(0.1, tone=self._tones)}
        )
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])

    def trunk(self, name: str = "Provider_a") -> int:
        return int(self.make("sip-trunks", name=name, wizard_text=COMPLETE)["id"])

    def time_group(self, name: str = "Always") -> int:
        return int(self.make("time-groups", name=name, ranges=[ALWAYS])["id"])

    def body(self, path: str, name: str = "Item", **fields: Any) -> dict[str, Any]:
        """The request that makes a thing of this path."""
        made: dict[str, Any]
        match path:
            case "inbound-routes":
                made = {"did": "5550100", "destination": HANGUP}
            case "outbound-routes":
                made = {"patterns": [{"match": "X."}], "trunk_ids": fields.get("trunk_ids") or [self.trunk()]}
            case "time-groups":
                made = {"ranges": [ALWAYS]}
            case "time-conditions":
                group = fields.get("time_group_id") or self.time_group(f"For {name}")
                made = {"time_group_id": group, "match": HANGUP, "otherwise": HANGUP}
            case "ivrs":
                made = {
                    "audio_id": fields.get("audio_id") or self.audio(),
                    "timeout": HANGUP,
                    "invalid": HANGUP,
                    "options": [{"digit": "1", "destination": HANGUP}],
                }
            case "customer-identifications":
                audio = fields.get("audio_id") or self.audio()
                made = {"mode": "ask-only", "audio_id": audio, "identified": HANGUP, "unidentified": HANGUP}
            case "custom-destinations":
                made = {"context": "my-context", "extension": "s", "failover": HANGUP}
            case _:
                made = {}
        return {"name": name, **made, **fields}

    def item(self, path: str, name: str = "Item", **fields: Any) -> dict[str, Any]:
        return self.make(path, **self.body(path, name, **fields))
