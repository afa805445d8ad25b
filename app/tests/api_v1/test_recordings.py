"""Recordings by the id of their call."""

from __future__ import annotations

from omnileads.calls.models import Recording
from omnileads.settings import Settings
from tests.api_v1.crm import V1, World
from tests.domain import wav

FILE = "2026-03-02/one two.wav"


def test_a_recording_is_found_by_its_call_and_heard(world: World, settings: Settings) -> None:
    folder = settings.recordings.directory
    (folder / "2026-03-02").mkdir(exist_ok=True)
    (folder / FILE).write_bytes(wav())
    with world.runtime.database.transaction() as session:
        session.add(
            Recording(
                call_id="c1",
                file=FILE,
                started_at=world.runtime.clock.now(),
                campaign_id=world.campaign_id,
                agent_id=world.ana.id,
                number="351",
                state="available",
            )
        )
    told = world.supervisor.get(f"{V1}/call_record/c1/")
    assert told.status_code == 200, told.text
    heard = world.supervisor.get(told.json()["record"])
    assert (heard.status_code, heard.content) == (200, wav())
    assert world.supervisor.get(f"{V1}/call_record/c2/").json() == {"status": "ERROR"}
    stranger = world.by_token(world.users.make("supervisor"))
    assert stranger.get(f"{V1}/call_record/c1/").status_code == stranger.get(told.json()["record"]).status_code == 404
    assert world.agent.get(f"{V1}/call_record/c1/").status_code == 404
    group = f"/api/v2/agent-groups/{world.ana.group_id}"
    assert world.admin.patch(group, json={"allow_recordings": True}).status_code == 200
    assert world.agent.get(f"{V1}/call_record/c1/").json() == told.json()
    assert world.agent.get(told.json()["record"]).status_code == 200
    assert world.other_agent()[0].get(told.json()["record"]).status_code == 404


def test_names_that_lead_elsewhere_are_not_found(world: World) -> None:
    for name in ("../../etc/passwd", "/etc/passwd", "2026-03-02/../../x.wav", ""):
        answer = world.supervisor.get(f"{V1}/grabacion/archivo/", params={"filename": name})
        assert answer.status_code == 404, name
