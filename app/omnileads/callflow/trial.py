"""Where a call would go, found out by the engine that routes real calls, with nobody at work, at any moment.

Inputs are what the caller does when asked: digits (`1`, `12345`, `12#`), `timeout`, or, where a CRM is asked, its
answer (`true`, `false`, `1,5`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from omnileads.acd.core.commands import Decision
from omnileads.acd.core.config import Destination, DestinationType, RoutingConfig
from omnileads.acd.core.engine import Engine
from omnileads.acd.core.events import CallArrived, CrmAnswered, DigitPressed, Event, PlaybackFinished, Tick
from omnileads.acd.core.model import Call, CallPhase
from omnileads.acd.crm import meaning
from omnileads.callflow.picture import key_of, name_of

_CALL, _CHANNEL = "trial", "trial-channel"
_MOST_STEPS = 200

StepEvent = Literal["always", "digits", "timeout", "crm"]


@dataclass(frozen=True, slots=True)
class Step:
    """A place the call came to, and what made it come: what the caller did is in `detail`."""

    destination: Destination
    name: str
    event: StepEvent
    detail: str

    @property
    def node_key(self) -> str:
        return key_of(self.destination)


@dataclass(slots=True)
class Trial:
    """`ends_with` is where the call stays (a campaign, an agent, ...), None while it is `waiting_for` an input.

    `is_refused`: the number has no route, or the way ended in "not in service".
    """

    steps: list[Step] = field(default_factory=list)
    ends_with: Destination | None = None
    waiting_for: Literal["digits", "crm"] | None = None
    is_refused: bool = False


def attempt(config: RoutingConfig, did: str, number: str, now: int, inputs: Sequence[str]) -> Trial:
    """Call `did` from `number` at `now` (epoch ms) and do what `inputs` say, one at each question."""
    return _Attempt(config, now).run(CallArrived(_CALL, _CHANNEL, did=did, number=number), list(inputs))


class _Attempt:
    def __init__(self, config: RoutingConfig, now: int) -> None:
        self._config = config
        self._engine = Engine(config, Random(0))  # noqa: S311 - nothing is drawn
        self._now = now
        self._trial = Trial()

    def run(self, arrival: CallArrived, inputs: list[str]) -> Trial:
        trial = self._trial
        self._tell(arrival, "always", "")
        for _ in range(_MOST_STEPS):
            call = self._engine.world.calls.get(_CALL)
            if call is None or call.phase not in (CallPhase.ASKING, CallPhase.LOOKUP):
                self._finish(call)
                return trial
            if call.dialogue is not None and call.dialogue.leads_to is not None:
                self._tell(PlaybackFinished(call.playback_id or ""), "timeout", "")
            elif not inputs:
                trial.waiting_for = "crm" if call.phase is CallPhase.LOOKUP else "digits"
                return trial
            else:
                self._do(call, inputs.pop(0))
        return trial

    def _do(self, call: Call, what: str) -> None:
        if call.phase is CallPhase.LOOKUP:
            self._tell(CrmAnswered(_CALL, meaning(what)[0]), "crm", what)
        elif what == "timeout":
            self._be_silent(what)
        else:
            for digit in what:
                self._tell(DigitPressed(_CHANNEL, digit), "digits", what)
            still = self._engine.world.calls.get(_CALL)
            if still is not None and still.phase is CallPhase.ASKING and still.dialogue and still.dialogue.digits:
                self._be_silent(what)

    def _be_silent(self, what: str) -> None:
        """Let the prompt end and the time for a digit run out."""
        call = self._engine.world.calls[_CALL]
        if call.playback_id is not None:
            self._tell(PlaybackFinished(call.playback_id), "timeout", what)
            call = self._engine.world.calls[_CALL]
        if call.dialogue is not None and call.dialogue.due is not None:
            self._now = call.dialogue.due
            self._tell(Tick(), "timeout", what)

    def _tell(self, event: Event, why: StepEvent, detail: str) -> None:
        decision: Decision = self._engine.handle(event, self._now)
        for position, (_, destination) in enumerate(decision.sent):
            name = name_of(self._config, destination) or ""
            step_event, step_detail = (why, detail) if position == 0 else ("always", "")
            self._trial.steps.append(Step(destination, name, step_event, step_detail))

    def _finish(self, call: Call | None) -> None:
        trial = self._trial
        trial.is_refused = call is not None and call.phase is CallPhase.CLOSING
        if call is None or trial.is_refused or not trial.steps:
            trial.ends_with = Destination(DestinationType.HANGUP)
        else:
            trial.ends_with = trial.steps[-1].destination
