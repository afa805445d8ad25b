"""What is stored about calls: the events in PostgreSQL, one line each, in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from support.site import Site
from support.waiting import eventually


@dataclass(frozen=True, slots=True)
class CallEvent:
    """A row of call_events; agent -1 and campaign 0 mean none."""

    call_id: str
    sequence: int
    time: datetime
    event: str
    campaign_id: int
    agent_id: int
    number: str
    did: str | None
    wait_seconds: float | None
    talk_seconds: float | None
    recording: str | None
    agent_extra_id: int | None


class History:
    """Reads the call log of a site."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def events(self, number: str) -> list[CallEvent]:
        """The events of the calls from this number, in the order in which the calls and events happened."""
        rows = self.rows(
            "SELECT call_id, sequence, time, event, campaign_id, agent_id, number, did, wait_seconds, talk_seconds,"
            " recording, agent_extra_id FROM call_events WHERE number = %s ORDER BY call_id, sequence",
            number,
        )
        return [CallEvent(*row) for row in rows]

    def sequence(self, number: str) -> list[str]:
        """Only the names of the events."""
        return [event.event for event in self.events(number)]

    def wait_for(self, number: str, *expected: str, within_seconds: float = 20.0) -> list[CallEvent]:
        """Wait for exactly this sequence of events."""
        eventually(
            lambda: self.sequence(number) == list(expected),
            within_seconds=within_seconds,
            evidence=lambda: f"expected {list(expected)}, stored {self.sequence(number)}",
        )
        return self.events(number)

    def wait_until(
        self, number: str, condition: Callable[[list[str]], object], *, within_seconds: float = 20.0
    ) -> list[CallEvent]:
        """Wait until the sequence of events meets a condition."""
        eventually(
            lambda: condition(self.sequence(number)),
            within_seconds=within_seconds,
            evidence=lambda: f"stored {self.sequence(number)}",
        )
        return self.events(number)

    def activity(self, agent_id: int) -> list[tuple[str, str]]:
        """Event and pause of an agent's activity log."""
        rows = self.rows("SELECT event, pause_id FROM agent_activity WHERE agent_id = %s ORDER BY time, id", agent_id)
        return [(str(event), str(pause_id or "")) for event, pause_id in rows]

    def disposition(self, call_id: str) -> tuple[int, str] | None:
        """Option and comment stored for a call."""
        rows = self.rows("SELECT option_id, comment FROM dispositions WHERE call_id = %s", call_id)
        return (int(rows[0][0]), str(rows[0][1])) if rows else None

    def recording(self, event: CallEvent) -> Path:
        """The file of a call that was recorded."""
        assert event.recording, f"{event} has no recording"
        return self._site.recordings_folder / event.recording

    def rows(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        connection = self._site.postgres()
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, parameters)
                return cursor.fetchall()
        finally:
            connection.close()
