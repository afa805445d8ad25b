"""Facts 46 to 58: the webphone's requests."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from omnileads.acd.core.events import AgentHold, AgentLogin, AgentLogout, AgentPause, AgentUnpause
from omnileads.agents.live import LIVE_AGENTS
from omnileads.kit.clock import epoch_ms
from omnileads.settings import Settings
from tests.agents.test_console import READY, Engine
from tests.api_v1.crm import V1, World
from tests.conftest import SignedIn

REFUSAL = {"ok": False, "code": "no-webphone", "message": "The webphone is not registered."}


def live(world: World, agent_id: int, **fields: Any) -> None:
    document = {**READY, "agent_id": agent_id, **fields}
    world.runtime.redis.hset(LIVE_AGENTS, str(agent_id), json.dumps(document))


def pause_of(world: World) -> int:
    pause_id: int = world.made("pauses", name="Lunch", kind="recreational")["id"]
    return pause_id


@pytest.mark.parametrize(("path", "event"), [("asterisk_login", AgentLogin), ("asterisk_logout", AgentLogout)])
def test_046_an_agent_logs_in_and_out(world: World, engine: Engine, path: str, event: Any) -> None:
    answer = world.agent.post(f"{V1}/{path}/")
    assert (answer.status_code, answer.json()) == (200, {"status": "OK"})
    assert engine.events == [event(world.ana.id)]
    engine.reply = REFUSAL
    answer = world.agent.post(f"{V1}/{path}/")
    assert (answer.status_code, answer.json()) == (200, {"status": "ERROR"})
    assert world.supervisor.post(f"{V1}/{path}/").status_code == 403


def test_050_a_pause_is_named_by_text(world: World, engine: Engine) -> None:
    pause_id = pause_of(world)
    answer = world.agent.post(f"{V1}/asterisk_pause/", data={"pause_id": str(pause_id)})
    assert (answer.status_code, answer.json()) == (200, {"status": "OK"})
    assert engine.events == [AgentPause(world.ana.id, str(pause_id))]
    engine.reply = REFUSAL
    assert world.agent.post(f"{V1}/asterisk_pause/", data={"pause_id": pause_id}).json() == {"status": "ERROR"}


def test_051_a_pause_that_is_not_offered_does_not_begin(world: World, engine: Engine) -> None:
    for pause_id in (9999, "00", "text", ""):
        assert world.agent.post(f"{V1}/asterisk_pause/", data={"pause_id": pause_id}).json() == {"status": "ERROR"}
    assert world.agent.post(f"{V1}/asterisk_pause/").json() == {"status": "ERROR"}
    assert world.agent.post(f"{V1}/asterisk_pause/", data={"pause_id": "0"}).json() == {"status": "OK"}
    assert engine.events == []


def test_053_a_pause_ends(world: World, engine: Engine) -> None:
    answer = world.agent.post(f"{V1}/asterisk_unpause/", data={"pause_id": 1})
    assert (answer.status_code, answer.json()) == (200, {"status": "OK"})
    assert engine.events == [AgentUnpause(world.ana.id)]


def test_055_without_an_engine_the_answer_is_error(world: World) -> None:
    assert world.agent.post(f"{V1}/asterisk_unpause/").json() == {"status": "ERROR"}


def test_056_without_a_call_there_is_nothing_to_disposition(world: World) -> None:
    assert world.agent.post(f"{V1}/calificar_llamada/").json() == {"calificada": "True"}


def test_057_a_call_without_its_disposition_is_told(world: World) -> None:
    live(world, world.ana.id, status="ACW", must_disposition=True, call_id="c1", campaign_id=7, number="351")
    answer = world.agent.post(f"{V1}/calificar_llamada/").json()
    assert answer["calificada"] == "False"
    assert json.loads(answer["calldata"]) == {"call_id": "c1", "id_campana": 7, "telefono": "351"}


def test_058_a_call_with_its_disposition_is_done(world: World) -> None:
    live(world, world.ana.id, status="ACW", must_disposition=False, call_id="c1")
    assert world.agent.post(f"{V1}/calificar_llamada/").json() == {"calificada": "True"}


def test_what_the_engine_sees_itself_is_taken_note_of(world: World, engine: Engine) -> None:
    for path in ("asterisk_ringing", "asterisk_reject_call"):
        assert world.agent.post(f"{V1}/{path}/", data={"ringing": "true"}).json() == {"status": "OK"}
    assert engine.events == []
    assert world.agent.post(f"{V1}/asterisk_disabled/").json() == {"status": "OK"}
    assert engine.events == [AgentLogout(world.ana.id)]


def test_the_webphones_credentials_are_kamailios(world: World, settings: Settings) -> None:
    told = world.agent.get(f"{V1}/sip/credentials/agent/").json()
    expiry, _, extension = told["sip_user"].partition(":")
    now = epoch_ms(world.runtime.clock.now()) // 1000
    assert (told["status"], extension, int(expiry)) == ("OK", str(world.ana.extension), now + 28800)
    secret = settings.sip.ephemeral_secret.get_secret_value().encode()
    expected = hmac.new(secret, told["sip_user"].encode(), hashlib.sha1).digest()
    assert base64.b64decode(told["sip_password"]) == expected


def test_those_who_can_take_a_transfer_come_first(world: World) -> None:
    live(world, world.ana.id)
    live(world, 901, name="Ana", status="ONCALL")
    live(world, 902, name="Zoe")
    live(world, 903, name="Gone", status="OFFLINE")
    assert world.agent.get(f"{V1}/agent/transfer_options").json() == [
        {"id": 902, "full_name": "Zoe", "status": "READY"},
        {"id": 901, "full_name": "Ana", "status": "ONCALL"},
    ]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_leaving_ends_the_session_and_the_telephony(
    world: World, sign_in: SignedIn, engine: Engine, method: str
) -> None:
    client = sign_in(world.agent_user)
    assert client.request(method, f"{V1}/agente/logout/").json() == {"status": "OK"}
    assert engine.events == [AgentLogout(world.ana.id)]
    assert client.get("/api/v2/session").status_code == 401
    assert world.agent.post(f"{V1}/agente/logout/").json() == {"status": "OK"}
    assert world.agent.get(f"{V1}/disposition/").status_code == 200


def test_a_hold_is_noted_by_the_engine(world: World, engine: Engine) -> None:
    answer = world.agent.post(f"{V1}/evento_hold/", data={"callid": "c1"})
    assert (answer.status_code, answer.json()) == (200, {"status": "OK"})
    assert engine.events == [AgentHold(world.ana.id, "c1")]
    engine.reply = REFUSAL
    assert world.agent.post(f"{V1}/evento_hold", json={"callid": "c1"}).json() == {"status": "ERROR"}
    assert world.agent.post(f"{V1}/evento_hold/").json() == {"status": "ERROR"}
    assert world.supervisor.post(f"{V1}/evento_hold/", data={"callid": "c1"}).status_code == 403
