"""Agents' telephones without browsers: Asterisk's agent legs end here instead of at Kamailio.

The way through Kamailio, rtpengine and Chromium is proven in tests/e2e.
"""

from __future__ import annotations

import time
from types import TracebackType

import redis

from support.centre import Agent
from support.telephones import Exchange, Offer, Telephone

__all__ = ["Offer", "Switchboard", "Webphone"]

KEY_PREFIX, CHANNEL = "oml:webphone:", "oml:webphone"


class Webphone(Telephone):
    """One agent's telephone."""

    def __init__(self, switchboard: Switchboard, agent: Agent, tone_hz: float) -> None:
        super().__init__(switchboard, str(agent.extension), tone_hz)
        self.agent = agent
        self._switchboard = switchboard

    def register(self) -> None:
        """Be reachable, as Kamailio announces it."""
        self._switchboard.announce(self.agent.extension, is_registered=True)

    def vanish(self) -> None:
        """Be unreachable from now on: no answer to anything, no sound."""
        self._switchboard.announce(self.agent.extension, is_registered=False)
        self.go_dead()

    def go_dead(self) -> None:
        """As a computer that was switched off: nobody is told."""
        self._switchboard.forget(self)
        for offer in self.offers:
            if offer.sound:
                offer.sound.fall_silent()


class Switchboard(Exchange):
    """The address all agent legs go to, and the webphones' registrations in Redis."""

    def __init__(self, address: str, port: int, client: redis.Redis) -> None:
        super().__init__(address, port)
        self._edge = f"{address}:{port}"
        self._redis = client
        self._webphones: list[Webphone] = []

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for phone in self._webphones:
            self.announce(phone.agent.extension, is_registered=False)
        super().__exit__(kind, error, trace)

    def phone(self, agent: Agent, *, tone_hz: float = 440.0) -> Webphone:
        """The agent's telephone, registered."""
        phone = Webphone(self, agent, tone_hz)
        self._webphones.append(phone)
        self.connect(phone)
        phone.register()
        return phone

    def announce(self, extension: int, *, is_registered: bool) -> None:
        """What Kamailio leaves in Redis."""
        key = f"{KEY_PREFIX}{extension}"
        if is_registered:
            contact = f"sip:{extension}@{self._edge}"
            self._redis.set(key, f"{self._edge} {int(time.time())} {contact}", ex=600)
        else:
            self._redis.delete(key)
        self._redis.publish(CHANNEL, f"{extension}:{int(is_registered)}")
