"""A supervisor on an agent's call: who hears whom, and who has the call in the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from support.carrier import Caller, Carrier
from support.centre import Agent, Centre
from support.history import History
from support.tones import is_heard, read_wav
from support.waiting import always, eventually
from support.webphones import Offer
from support.workplace import Workplace

AtWork = Callable[..., Workplace]
CALLER_HZ, AGENT_HZ, SUPERVISOR_HZ = 700.0, 440.0, 1000.0


class Scene:
    """An agent talks with a caller; the campaign's supervisor has a telephone too."""

    def __init__(self, centre: Centre, carrier: Carrier, at_work: AtWork) -> None:
        self._centre = centre
        self.coach: Agent = centre.coach()
        self.worker = at_work(centre.agent(), tone_hz=AGENT_HZ)
        self.supervisor = at_work(self.coach, tone_hz=SUPERVISOR_HZ)
        self.supervisor.phone.answers_at_once = True
        campaign = centre.campaign(self.worker.agent, supervisors=[self.coach], recording_enabled=True)
        self.caller: Caller = carrier.call(campaign.did, tone_hz=CALLER_HZ)
        self.agents: Offer = self.worker.take_call()
        self.caller.wait_until_hears(AGENT_HZ)

    def supervise(self, action: str) -> Offer:
        """What the supervisor's telephone gets and takes."""
        assert self.ask(action) == {"status": "OK"}
        self.supervisor.wait_for_status("ONCALL")
        return self.supervisor.phone.offers[-1]

    def ask(self, action: str) -> Any:
        instance = self._centre.instance
        with httpx2.Client(base_url=f"{instance.url}/api/v1", verify=instance.tls(), timeout=20) as client:
            who = {"username": self.coach.username, "password": self.coach.password}
            client.headers["Authorization"] = f"Bearer {client.post('/login', json=who).json()['token']}"
            path = f"/supervision/action_on_agent/{self.worker.agent.agent_id}/"
            return client.post(path, json={"accion": action}).json()

    def hears(self, offer: Offer, tone_hz: float) -> None:
        eventually(lambda: offer.sound and offer.sound.hears(tone_hz), evidence=self.supervisor.phone.evidence)

    def never_hears(self, offer: Offer, tone_hz: float) -> None:
        always(lambda: offer.sound is not None and not offer.sound.hears(tone_hz), for_seconds=1.5)


@pytest.fixture
def scene(centre: Centre, carrier: Carrier, at_work: AtWork) -> Scene:
    return Scene(centre, carrier, at_work)


def test_listening_is_heard_by_nobody(scene: Scene, history: History) -> None:
    ears = scene.supervise("CHANSPY")
    scene.hears(ears, CALLER_HZ)
    scene.hears(ears, AGENT_HZ)
    scene.never_hears(scene.agents, SUPERVISOR_HZ)
    assert not scene.caller.sound.hears(SUPERVISOR_HZ)
    scene.supervisor.phone.hang_up()
    scene.supervisor.wait_for_status("READY")
    assert scene.worker.status == "ONCALL"
    scene.caller.wait_until_hears(AGENT_HZ)
    scene.caller.hang_up()
    history.wait_for(scene.caller.number, "ENTERQUEUE", "CONNECT", "COMPLETEOUTNUM")


def test_whispering_is_heard_by_the_agent_alone(scene: Scene) -> None:
    ears = scene.supervise("CHANSPYWISHPER")
    scene.hears(ears, CALLER_HZ)
    scene.hears(scene.agents, SUPERVISOR_HZ)
    always(lambda: not scene.caller.sound.hears(SUPERVISOR_HZ), for_seconds=1.5)
    scene.caller.hang_up()
    scene.supervisor.wait_for_status("READY")
    scene.supervisor.phone.wait_until_idle()


def test_a_conference_is_heard_by_all(scene: Scene) -> None:
    ears = scene.supervise("CHANCONFER")
    for tone_hz in (CALLER_HZ, AGENT_HZ):
        scene.hears(ears, tone_hz)
    scene.hears(scene.agents, SUPERVISOR_HZ)
    scene.caller.wait_until_hears(SUPERVISOR_HZ)
    scene.caller.wait_until_hears(AGENT_HZ)
    scene.supervisor.phone.hang_up()
    scene.supervisor.wait_for_status("READY")
    assert scene.worker.status == "ONCALL"
    scene.caller.wait_until_hears(AGENT_HZ)


def test_a_call_is_taken_over(scene: Scene, history: History) -> None:
    taken = scene.supervise("CHANTAKECALL")
    scene.hears(taken, CALLER_HZ)
    scene.caller.wait_until_hears(SUPERVISOR_HZ)
    scene.worker.wait_for_status("ACW", "READY")
    scene.caller.hang_up()
    events = history.wait_for(
        scene.caller.number,
        *("ENTERQUEUE", "CONNECT", "COMPLETEAGENT"),
        *("ENTERQUEUE-TRANSFER", "CONNECT", "COMPLETEOUTNUM"),
    )
    assert [event.agent_id for event in events if event.event == "CONNECT"] == [
        scene.worker.agent.agent_id,
        scene.coach.agent_id,
    ]
    rate, samples = read_wav(history.recording(events[-1]))
    assert is_heard(samples[-rate:], SUPERVISOR_HZ, rate=rate)


def test_an_agent_who_does_not_talk_is_not_heard(scene: Scene) -> None:
    scene.caller.hang_up()
    scene.worker.wait_for_status("READY", within_seconds=15)
    told = scene.ask("CHANSPY")
    assert (told["status"], told["message"]) == ("ERROR", "El agente no está hablando en este momento.")
    assert not scene.supervisor.phone.offers
