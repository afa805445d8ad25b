"""An agent at work without a browser: the API as the console uses it, and a telephone on the switchboard."""

from __future__ import annotations

import json
from types import TracebackType
from typing import Any

from support.api import Api
from support.centre import Agent, Centre
from support.history import CallEvent, History
from support.waiting import eventually
from support.webphones import Offer, Switchboard, Webphone


class Workplace:
    """Logged in and ready from the start."""

    def __init__(self, centre: Centre, switchboard: Switchboard, agent: Agent, *, tone_hz: float = 440.0) -> None:
        self.agent = agent
        self.phone: Webphone = switchboard.phone(agent, tone_hz=tone_hz)
        self.api: Api = centre.client()
        self._redis = centre.site.redis()
        self.api.sign_in(agent.username, agent.password)
        eventually(self._log_in)  # the engine reads soon, but not at once, that there is a new agent
        self.wait_for_status("READY")

    def __enter__(self) -> Workplace:
        return self

    def _log_in(self) -> bool:
        self.api.post("/agent/login")
        return True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.api.__exit__(None, None, None)
        self._redis.close()

    @property
    def live(self) -> dict[str, Any]:
        """The agent as the boards see it."""
        document = self._redis.hget("oml:live:agents", str(self.agent.agent_id))
        found: dict[str, Any] = json.loads(str(document)) if document else {}
        return found

    @property
    def status(self) -> str:
        return str(self.live.get("status", ""))

    def wait_for_status(self, *statuses: str, within_seconds: float = 10.0) -> None:
        eventually(
            lambda: self.status in statuses,
            within_seconds=within_seconds,
            every_seconds=0.03,
            evidence=lambda: f"{self.live} {self.phone.evidence()}",
        )

    def take_call(self, *, within_seconds: float = 10.0) -> Offer:
        """Wait for a call to ring and answer it."""
        self.phone.wait_until_ringing(within_seconds=within_seconds)
        offer = self.phone.answer()
        self.wait_for_status("ONCALL")
        return offer

    def be_ready(self) -> None:
        """End a wrap-up or pause."""
        self.api.post("/agent/unpause")
        self.wait_for_status("READY")


def agent_of(event: CallEvent, *workplaces: Workplace) -> Workplace:
    """Whose event it is."""
    return next(workplace for workplace in workplaces if workplace.agent.agent_id == event.agent_id)


def connected_agents(history: History, number: str) -> list[int]:
    """Who talked with a caller, in order."""
    return [event.agent_id for event in history.events(number) if event.event == "CONNECT"]
