"""What the call engine is told of campaigns."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from fastapi.testclient import TestClient

from omnileads.acd.configuration import load
from omnileads.kit.runtime import Runtime
from tests.campaigns.things import CAMPAIGNS, Bases, dialer, make, manual, preview
from tests.domain import API, make_campaign, wav


def test_the_engine_knows_every_kind_and_every_queue_option(admin: TestClient, bases: Bases, runtime: Runtime) -> None:
    audio = admin.post(f"{API}/audio-files", data={"name": "Word"}, files={"file": wav()}).json()["id"]
    base = bases.make(1)
    by_hand = make(admin, manual(caller_id="+341555", auto_attend=True))
    looked = make(admin, preview(base))
    waiting = make(admin, dialer(base, weight=4))
    gone = make(admin, manual(name="Gone"))
    admin.post(f"{CAMPAIGNS}/{gone['id']}/finish")
    options: dict[str, Any] = {
        "announce_position": True,
        "announce_hold_time": "once",
        "announce_seconds": 20,
        "periodic_seconds": 40,
    }
    inbound = make_campaign(admin, periodic_audio_id=audio, agent_audio_id=audio, **options)
    with runtime.database.transaction() as session:
        queues = load(session, UTC).queues
    assert {queue.id: (queue.kind, queue.is_active) for queue in queues.values()} == {
        by_hand["id"]: ("manual", True),
        looked["id"]: ("preview", True),
        waiting["id"]: ("dialer", False),
        inbound["id"]: ("inbound", True),
    }
    assert (queues[by_hand["id"]].caller_id, queues[by_hand["id"]].auto_attend_inbound) == ("+341555", True)
    assert queues[waiting["id"]].weight == 4
    told = queues[inbound["id"]]
    assert {name: getattr(told, name) for name in options} == options
    assert told.periodic_media == told.agent_media
    assert told.periodic_media is not None
