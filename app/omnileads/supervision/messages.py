"""What a supervisor says to agents: shown by the consoles that are open at this moment, and kept by nobody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from redis import Redis

from omnileads.kit.clock import Clock, epoch_ms
from omnileads.kit.ids import new_id
from omnileads.supervision.hub import LIVE_CHANNEL
from omnileads.supervision.state import encode

MAX_MESSAGE: Final = 1000
"""Characters."""


def send_message(client: Redis, clock: Clock, agent_ids: Iterable[int], sender: str, text: str) -> None:
    """Raises RedisError."""
    now = epoch_ms(clock.now())
    said = {"id": new_id(now), "from": sender, "text": text, "sent_at": now}
    client.publish(LIVE_CHANNEL, encode({"type": "message", "agent_ids": sorted(agent_ids), "message": said}))
