"""One caller talks with an agent and another waits: what things are killed under, on a machine and on a node."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from support.browser import AgentDesk, Desks
from support.carrier import Caller, Carrier
from support.centre import Campaign, Centre
from support.history import CallEvent, History

CALLER_HZ, AGENT_HZ = 700.0, 440.0
LONGEST_SILENCE_SECONDS = 1.2
"""What starting a program again may cost a machine with two processors; nobody has to say "hello?" twice.

Where the program needs long to come back, half of that: sound that it carried would be away for all of the time.
"""

A_WHOLE_CALL = ("ENTERQUEUE", "CONNECT", "COMPLETEOUTNUM")


@dataclass(frozen=True)
class Scene:
    """An agent who talks with one caller, while another waits."""

    desk: AgentDesk
    campaign: Campaign
    talking: Caller
    waiting: Caller
    history: History

    @classmethod
    def begin(cls, centre: Centre, carrier: Carrier, desk: Desks, history: History) -> Scene:
        agent = centre.agent(auto_unpause_seconds=1)
        campaign = centre.campaign(agent, recording_enabled=True)
        working = desk(agent, tone_hz=AGENT_HZ)
        talking = carrier.call(campaign.did, tone_hz=CALLER_HZ)
        working.answer()
        talking.wait_until_hears(AGENT_HZ)
        working.wait_until_hears(CALLER_HZ)
        waiting = carrier.call(campaign.did, tone_hz=None)
        history.wait_for(waiting.number, "ENTERQUEUE")
        return cls(working, campaign, talking, waiting, history)

    def outlives(self, name: str, death: Callable[[], object]) -> float:
        """The talk goes on and the one who waits still waits while `death` kills something and waits until it is back.

        Returns for how many seconds it was away.
        """
        began = time.monotonic()
        death()
        away_seconds = time.monotonic() - began
        assert self.talking.is_connected, self.talking.evidence()
        silence = self.talking.sound.longest_silence(AGENT_HZ, since=began)
        limit = max(LONGEST_SILENCE_SECONDS, away_seconds / 2)
        assert silence < limit, f"{name}: {silence:.1f} s without the agent's voice"
        self.desk.wait_until_hears(CALLER_HZ)
        assert self.waiting.is_connected, self.waiting.evidence()
        return away_seconds

    def end(self) -> CallEvent:
        """As `hang_up_and_serve`; both are in the call log, each event once. Returns how the talk ended."""
        self.hang_up_and_serve()
        return self.history.wait_for(self.talking.number, *A_WHOLE_CALL, within_seconds=20)[-1]

    def hang_up_and_serve(self, *, may_miss_offers: bool = False) -> None:
        """The one who talks hangs up, the one who waits is connected.

        `may_miss_offers`: the webphone has just lost its way, and an offer that did not reach it is made again.
        """
        self.desk.wait_for_phone(webphoneLine="registered", within_seconds=40)
        self.talking.hang_up()
        self._serve_who_waits({"RINGNOANSWER"} if may_miss_offers else set())

    def _serve_who_waits(self, ignored: set[str]) -> None:
        """The waiting caller rings at the agent, is answered, and its call log is complete as well."""
        self.desk.wait_until_ringing(within_seconds=40)
        assert self.desk.by_id("offer-card").get_by_text(self.waiting.number).count()
        self.desk.answer()
        self.waiting.wait_until_hears(AGENT_HZ)
        self.waiting.hang_up()
        self.history.wait_until(
            self.waiting.number, lambda log: tuple(event for event in log if event not in ignored) == A_WHOLE_CALL
        )
