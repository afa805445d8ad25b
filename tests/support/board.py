"""The supervisor's live board, as it is seen."""

from __future__ import annotations

from support.browser import Console
from support.centre import Agent, Campaign
from support.waiting import eventually


class Board:
    """The board in a supervisor's browser."""

    def __init__(self, console: Console) -> None:
        self._console = console
        console.page.goto("/board")
        console.by_id("queue-table").wait_for()

    def queue(self, campaign: Campaign, cell: str) -> str:
        """A number of the campaign's line: waiting, ringing, talking, ready, received, attended, ..."""
        line = self._console.by_id("queue-table").locator(f'[data-campaign-id="{campaign.id}"]')
        return line.locator(f'[data-cell="{cell}"]').inner_text().strip()

    def status(self, agent: Agent) -> str:
        row = self._console.by_id("agent-board").locator(f'[data-agent-id="{agent.agent_id}"]')
        return (row.get_attribute("data-status") or "") if row.count() else ""

    def wait_for_queue(self, campaign: Campaign, **cells: str) -> None:
        eventually(
            lambda: all(self.queue(campaign, cell) == number for cell, number in cells.items()),
            evidence=self._console.evidence,
        )

    def wait_for_status(self, agent: Agent, status: str) -> None:
        eventually(lambda: self.status(agent) == status, evidence=self._console.evidence)
