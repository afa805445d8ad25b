"""Reports as CSV and recordings as ZIP: asked for, made by the worker, fetched by who asked."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from omnileads.agents.models import AgentGroup
from omnileads.calls.intake import read_event
from omnileads.calls.models import Recording
from omnileads.calls.store import attach_contact, store
from omnileads.exports import job as exports
from omnileads.exports import report
from omnileads.exports.models import ExportPart
from omnileads.exports.recordings import RecordingsLook
from omnileads.kit.audit import AuditEntry
from omnileads.kit.bucket import Bucket
from omnileads.kit.jobs import Job
from omnileads.settings import Settings
from tests.api_v1.crm import V1, World
from tests.bucket import PREFIX, door_before
from tests.conftest import SignedIn, VirtualClock
from tests.domain import Phone, wav
from tests.servers import s3_server

REPORTS = (
    "contactados",
    "calificados",
    "no_atendidos",
    "calificaciones_campana",
    "formulario_gestion_campana",
    "resultados_base_contactados",
)


@pytest.fixture(autouse=True)
def _worker(world: World, app: FastAPI) -> None:
    world.runtime.jobs.register(exports.REPORT_JOB, exports.run_report)
    world.runtime.jobs.register(exports.RECORDINGS_JOB, RecordingsLook(app.state.recordings).run)


def calls(world: World, *talks: tuple[str, tuple[str, ...], int | None], **fields: Any) -> None:
    """Calls with these events, and whom they are with."""
    phone = Phone(world.runtime)
    with world.runtime.database.transaction() as session:
        for call_id, events, contact_id in talks:
            for number, event in enumerate(events):
                document = phone.document(
                    call_id,
                    event,
                    campaign_id=world.campaign_id,
                    agent_id=world.ana.id,
                    call_type=1,
                    talk_seconds=61.4 if event.startswith("COMPLETE") else None,
                    **fields,
                )
                store(session, [read_event("call", f"{call_id}:{number}", document)], world.runtime.clock.now())
            if contact_id is not None:
                attach_contact(session, call_id, contact_id, world.ana.id, world.runtime.clock.now())


TALK = ("DIAL", "ANSWER", "COMPLETEAGENT")
OWN_CALL = "01KJQ6PSG00000000000000001"


def ask(client: TestClient, report: str, **fields: Any) -> Any:
    return client.post(f"{V1}/exportar_csv_{report}/", data=fields)


def table(world: World, name: str, **fields: Any) -> list[dict[str, str]]:
    """The rows of a report, by what stands above their columns."""
    answer = ask(world.supervisor, name, campana_id=world.campaign_id, task_id="t", **fields)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"status": "OK", "msg": "Exportación iniciada", "id": answer.json()["id"]}
    return rows(fetched(world, world.supervisor, answer.json()["id"]).text)


def rows(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def fetched(world: World, client: TestClient, export_id: str) -> Any:
    address = f"{V1}/exportaciones/{export_id}/"
    assert (client.get(address).json()["state"], client.get(f"{address}archivo/").status_code) == ("queued", 404)
    world.runtime.jobs.run(export_id)
    state = client.get(address).json()
    assert (state["status"], state["state"], state["percentage"]) == ("OK", "done", 100), state
    answer = client.get(state["file"])
    assert answer.status_code == 200, answer.text
    return answer


def test_talked_calls_are_reported_with_their_dispositions(world: World) -> None:
    contact = world.contact()
    calls(world, (OWN_CALL, TALK, contact), ("c2", TALK, None), ("c3", ("DIAL", "BUSY"), contact))
    assert world.disposition(contact, callid=OWN_CALL).status_code == 201
    with_answer, without = table(world, "contactados")
    assert {**with_answer, "Fecha-Hora Contacto": ""} == {
        "Teléfono contactado": "3515550001",
        "nombre": "Eva",
        "idext": "c1",
        "tel": "3515550001",
        "tel2": "",
        "Fecha-Hora Contacto": "",
        "Agente": "Ana Paz",
        "Call ID": OWN_CALL,
        "Tipo de llamada": "Manual",
        "ID base de datos": str(world.base["id"]),
        "Base de datos": "Clients",
        "Duración": "61",
        "Calificación": "Success",
        "Subcalificación": "",
        "Observaciones": "bought",
    }
    local = world.runtime.clock.now().astimezone().strftime("%Y-%m-%d %H:%M:%S")
    assert with_answer["Fecha-Hora Contacto"] == local
    assert (without["Call ID"], without["Calificación"]) == ("c2", "Llamada Atendida sin calificacion")
    assert [row["Call ID"] for row in table(world, "calificados")] == [OWN_CALL]


def test_calls_without_a_talk_are_reported_with_the_reason(world: World) -> None:
    contact = world.contact()
    calls(world, ("c1", TALK, contact), ("c2", ("DIAL", "BUSY"), contact), ("c3", ("DIAL", "NOANSWER"), None))
    found = table(world, "no_atendidos")
    told = [(row["Call ID"], row["Estado"], row["nombre"], row["Agente"]) for row in found]
    assert told == [("c2", "Ocupado", "Eva", "Ana Paz"), ("c3", "Cliente no atiende", "", "Ana Paz")]


def test_dispositions_are_reported_also_without_a_call(world: World) -> None:
    contact = world.contact()
    assert world.disposition(contact, callid="theirs", comments="=1+1").status_code == 201
    (row,) = table(world, "calificaciones_campana")
    assert (row["nombre"], row["Calificación"], row["Call ID"]) == ("Eva", "Success", "theirs")
    assert row["Teléfono contactado"] == "3515550001"
    assert row["Observaciones"] == "'=1+1", "no spreadsheet runs what somebody typed"


def test_answers_of_forms_have_columns_of_their_own(world: World, sign_in: SignedIn) -> None:
    form = world.made("forms", name="Order", fields=[{"name": "Product", "type": "text"}])
    options = [{"name": "Sold", "kind": "engaged", "form_id": form["id"]}, {"name": "No", "kind": "no-action"}]
    world.campaign = world.make_campaign("Sales", dispositions=options)
    world.campaign_id = world.campaign["id"]
    sold, refused = (option["id"] for option in world.campaign["dispositions"])
    calls(world, ("c1", TALK, world.contact()), ("c2", TALK, world.contact("c2", "3515550002")))
    put = {"option_id": sold, "answers": {"Product": "a tent"}}
    console = sign_in(world.agent_user)
    assert console.put("/api/v2/calls/c1/disposition", json=put).status_code == 200
    assert console.put("/api/v2/calls/c2/disposition", json={"option_id": refused}).status_code == 200
    (row,) = table(world, "formulario_gestion_campana")
    assert (row["Calificación"], row["Product"], row["nombre"]) == ("Sold", "a tent", "Eva")
    assert [row["Product"] for row in table(world, "contactados")] == ["a tent", ""]


def test_the_results_of_a_list(world: World) -> None:
    eva, other = world.contact(), world.contact("c2", "3515550002")
    world.contact("c3", "3515550003")
    calls(world, ("k1", ("DIAL", "NOANSWER"), eva), ("k2", ("DIAL", "BUSY"), eva))
    assert world.disposition(other).status_code == 201
    told = [
        (row["idext"], row["Calificación"], row["Resultado de contactación"], row["Intentos"])
        for row in table(world, "resultados_base_contactados")
    ]
    assert told == [("c1", "", "Ocupado", "2"), ("c2", "Success", "", "0")]
    everybody = table(world, "resultados_base_contactados", all_data="true")
    assert [row["ID"] for row in everybody][:2] == [str(eva), str(other)]
    assert [row["Intentos"] for row in everybody] == ["2", "0", "0"]


def test_days_are_both_included(world: World, clock: VirtualClock) -> None:
    first = clock.now().astimezone().strftime("%d/%m/%Y")
    calls(world, ("c1", TALK, None))
    clock.advance(days=1)
    second = clock.now().astimezone().strftime("%d/%m/%Y")
    calls(world, ("c2", TALK, None))
    spans = {(first, first): ["c1"], (first, second): ["c1", "c2"], (second, ""): ["c2"], ("", first): ["c1"]}
    world.supervisor = world.by_token(world.supervisor_user)
    for (since, until), expected in spans.items():
        found = table(world, "contactados", desde=since, hasta=until)
        assert [row["Call ID"] for row in found] == expected, (since, until)


def test_a_long_report_is_read_in_pieces(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("contacted", "answers", "results"):
        monkeypatch.setattr(f"omnileads.exports.{module}.AT_ONCE", 2)
    assert report.AT_ONCE == 1000
    contacts = [world.contact(f"x{number}", f"35155500{number:02}") for number in range(5)]
    calls(world, *((f"{OWN_CALL[:-1]}{number}", TALK, contact) for number, contact in enumerate(contacts)))
    calls(world, *((f"d{number}", ("DIAL", "BUSY"), None) for number in range(4)))
    for number, contact in enumerate(contacts):
        assert world.disposition(contact, callid=f"{OWN_CALL[:-1]}{number}").status_code == 201
    expected = {"contactados": 5, "calificados": 5, "no_atendidos": 4, "calificaciones_campana": 5}
    for name, count in {**expected, "resultados_base_contactados": 5}.items():
        found = table(world, name)
        assert len({json.dumps(row) for row in found}) == len(found) == count, name


def test_a_report_that_is_made_again_is_the_same(world: World) -> None:
    calls(world, ("c1", TALK, None))
    export_id = ask(world.supervisor, "contactados", campana_id=world.campaign_id).json()["id"]
    first = fetched(world, world.supervisor, export_id).text
    with world.runtime.database.transaction() as session:
        session.get_one(Job, export_id).state = "queued"
    world.runtime.jobs.run(export_id)
    assert world.supervisor.get(f"{V1}/exportaciones/{export_id}/archivo").text == first


def test_english_for_who_prefers_it(world: World) -> None:
    calls(world, ("c1", TALK, None))
    world.supervisor.headers["Accept-Language"] = "en"
    answer = ask(world.supervisor, "contactados", campana_id=world.campaign_id).json()
    assert answer["msg"] == "Export started"
    (row,) = rows(fetched(world, world.supervisor, answer["id"]).text)
    assert row["Disposition"] == "Answered without a disposition"


@pytest.mark.parametrize("name", REPORTS)
def test_only_campaigns_one_sees_are_exported(world: World, name: str) -> None:
    foreign = world.make_campaign("Foreign", supervisor_ids=[])["id"]
    for campaign in (foreign, 9999, "x", None, ""):
        answer = world.supervisor.post(f"{V1}/exportar_csv_{name}", json={"campana_id": campaign})
        assert (answer.status_code, answer.json()) == (404, {"status": "ERROR", "msg": "Campaña inexistente."})
    wrong = ask(world.supervisor, name, campana_id=world.campaign_id, desde="32/01/2026")
    assert (wrong.status_code, wrong.json()["status"]) == (400, "ERROR")
    for client in (world.agent, world.by_token(world.users.make("basic-supervisor"))):
        assert ask(client, name, campana_id=world.campaign_id).status_code == 403


def test_a_file_is_for_who_asked_for_it_and_may_still_see_it(world: World) -> None:
    export_id = ask(world.supervisor, "contactados", campana_id=world.campaign_id).json()["id"]
    assert fetched(world, world.supervisor, export_id).headers["content-type"] == "text/csv; charset=utf-8"
    address = f"{V1}/exportaciones/{export_id}"
    for client in (world.admin, world.agent):
        assert client.get(f"{address}/").status_code == client.get(f"{address}/archivo/").status_code == 404
    for wrong in ("x", "0" * 26, "0" * 25 + "%27"):
        assert world.supervisor.get(f"{V1}/exportaciones/{wrong}/archivo/").status_code == 404
    edit = world.admin.patch(f"/api/v2/campaigns/{world.campaign_id}", json={"supervisor_ids": []})
    assert edit.status_code == 200
    assert world.supervisor.get(f"{address}/archivo/").status_code == 404
    with world.runtime.database.transaction() as session:
        entries = session.query(AuditEntry).filter_by(subject_type="export").order_by(AuditEntry.id).all()
    assert [entry.action for entry in entries] == ["export.started", "export.fetched"]
    assert {entry.actor_name for entry in entries} == {world.supervisor_user.username}


def test_a_file_is_kept_for_a_day(world: World, clock: VirtualClock) -> None:
    export_id = ask(world.supervisor, "contactados", campana_id=world.campaign_id).json()["id"]
    fetched(world, world.supervisor, export_id)
    for passed, state in ((timedelta(hours=23), "done"), (timedelta(hours=2), "expired")):
        clock.advance(seconds=passed.total_seconds())
        with world.runtime.database.transaction() as session:
            exports.prune(session, world.runtime)
        found = world.by_token(world.supervisor_user).get(f"{V1}/exportaciones/{export_id}/").json()
        assert (found["state"], bool(found["file"])) == (state, state == "done")
    assert world.by_token(world.supervisor_user).get(f"{V1}/exportaciones/{export_id}/archivo").status_code == 404


def test_nobody_fills_the_database_with_exports(world: World) -> None:
    wanted = {"campana_id": world.campaign_id}
    begun = [ask(world.supervisor, "contactados", **wanted).json()["id"] for _ in range(exports.MOST_AT_ONCE)]
    answer = ask(world.supervisor, "contactados", **wanted)
    assert (answer.status_code, answer.json()["status"]) == (429, "ERROR")
    assert ask(world.admin, "contactados", **wanted).status_code == 200, "the others are not held up"
    for _ in range(exports.MOST_FILES):
        for export_id in begun:
            world.runtime.jobs.run(export_id)
        begun = [ask(world.supervisor, "contactados", **wanted).json()["id"]]
    with world.runtime.database.transaction() as session:
        kept = session.scalar(select(func.count(func.distinct(ExportPart.job_id))))
    assert kept == exports.MOST_FILES - 1, "room for the one that is asked for"


def test_a_report_of_a_campaign_that_went_fails_with_a_reason(world: World) -> None:
    export_id = ask(world.admin, "contactados", campana_id=world.campaign_id).json()["id"]
    assert world.admin.delete(f"/api/v2/campaigns/{world.campaign_id}").status_code == 204
    world.runtime.jobs.run(export_id)
    state = world.admin.get(f"{V1}/exportaciones/{export_id}/").json()
    assert (state["status"], state["state"], state["file"]) == ("ERROR", "failed", None)
    assert state["msg"]


# --- recordings ---


def recording(world: World, settings: Settings, call_id: str, **fields: Any) -> str:
    """A recording of Ana's, and its file's name."""
    file = f"2026-03-02/{call_id} one.wav"
    path = settings.recordings.directory / file
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(wav(tone=len(call_id)))
    values = {"campaign_id": world.campaign_id, "agent_id": world.ana.id, "state": "available", **fields}
    with world.runtime.database.transaction() as session:
        now = world.runtime.clock.now()
        session.add(Recording(call_id=call_id, file=file, started_at=now, number="351", **values))
    return file


def download(client: TestClient, files: Any, **fields: Any) -> Any:
    return client.post(f"{V1}/grabacion/descarga_masiva", json={"files": files, **fields})


def archive(world: World, client: TestClient, answer: Any) -> zipfile.ZipFile:
    assert answer.status_code == 200, answer.text
    return zipfile.ZipFile(io.BytesIO(fetched(world, client, answer.json()["id"]).content))


def test_recordings_come_as_one_archive(world: World, settings: Settings) -> None:
    calls(world, ("c1", TALK, world.contact()))
    own, second = recording(world, settings, "c1"), recording(world, settings, "c22")
    foreign = recording(world, settings, "c333", campaign_id=world.make_campaign("F", supervisor_ids=[])["id"])
    address = world.supervisor.get(f"{V1}/call_record/c1/").json()["record"]
    sent = [address, second, second, foreign, "../../etc/passwd", "nul\u0001"]
    found = archive(world, world.supervisor, download(world.supervisor, sent))
    assert found.testzip() is None
    assert found.namelist() == [own, second, "no_disponibles.txt"]
    assert found.read(own) == wav(tone=2)
    assert found.read("no_disponibles.txt").decode().splitlines() == [foreign, "../../etc/passwd", "nul\u0001"]
    with world.runtime.database.transaction() as session:
        heard = session.query(AuditEntry).filter_by(action="recording.heard").all()
    assert {entry.actor_name for entry in heard} == {world.supervisor_user.username}
    assert len(heard) == 2


def test_contacts_come_with_the_recordings_if_wanted(world: World, settings: Settings) -> None:
    calls(world, ("c1", TALK, world.contact()))
    files = json.dumps([recording(world, settings, "c1"), recording(world, settings, "c22")])
    answer = world.supervisor.post(
        f"{V1}/grabacion/descarga_masiva", data={"files": files, "mostrar_datos_contacto": "true"}
    )
    found = archive(world, world.supervisor, answer)
    first, second = rows(found.read("contactos.csv").decode())
    assert (first["Call ID"], first["nombre"], first["Agente"], first["Campaña"]) == ("c1", "Eva", "Ana Paz", "Support")
    assert (second["Call ID"], second["nombre"]) == ("c22", "")


def test_an_agent_gets_its_own_recordings_and_what_its_console_shows(world: World, settings: Settings) -> None:
    calls(world, ("c1", TALK, world.contact()))
    own = recording(world, settings, "c1")
    others = recording(world, settings, "c22", agent_id=world.other_agent()[1])
    assert download(world.agent, [own]).status_code == 404
    with world.runtime.database.transaction() as session:
        session.get_one(AgentGroup, world.team.group.id).allow_recordings = True
    hidden = {"field_rules": {"nombre": {"locked": True, "hidden": True}}}
    assert world.admin.patch(f"/api/v2/campaigns/{world.campaign_id}", json=hidden).status_code == 200
    found = archive(world, world.agent, download(world.agent, [own, others], mostrar_datos_contacto=True))
    assert found.namelist() == [own, "contactos.csv", "no_disponibles.txt"]
    (row,) = rows(found.read("contactos.csv").decode())
    assert "nombre" not in row
    assert row["tel"] == "3515550001"


def test_what_went_meanwhile_is_named(world: World, settings: Settings) -> None:
    first, second = recording(world, settings, "c1"), recording(world, settings, "c22")
    answer = download(world.supervisor, [first, second])
    (settings.recordings.directory / first).unlink()
    assert archive(world, world.supervisor, answer).namelist() == [second, "no_disponibles.txt"]
    with world.runtime.database.transaction() as session:
        result = session.get_one(Job, answer.json()["id"]).result
    assert result == {"files": 1, "bytes": len(wav())}


def test_an_archive_has_what_is_in_the_bucket(
    world: World, settings: Settings, app: FastAPI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = (recording(world, settings, call_id) for call_id in ("c1", "c22", "c333"))
    with s3_server(tmp_path) as address, door_before(address) as door:
        monkeypatch.setattr(app.state.recordings, "bucket", Bucket(door.settings()))
        monkeypatch.setattr(app.state.recordings, "_prefix", PREFIX)
        for file in (first, second, third):
            door.put(file, (settings.recordings.directory / file).read_bytes())
            (settings.recordings.directory / file).unlink()
        answer = download(world.supervisor, [first, second, third])
        door.remove(second)
        found = archive(world, world.supervisor, answer)
    assert found.testzip() is None
    assert found.namelist() == [first, third, "no_disponibles.txt"]
    assert found.read(first) == wav(tone=2)
    assert found.read("no_disponibles.txt").decode().splitlines() == [second]


def test_wrong_lists_of_recordings_are_refused(world: World, settings: Settings) -> None:
    file = recording(world, settings, "c1")
    for sent in (None, [], "", "no json", "{}", [1], [file, None], [file] * 1001):
        answer = download(world.supervisor, sent)
        assert (answer.status_code, answer.json()["status"]) == (400, "ERROR"), sent
    answer = download(world.supervisor, ["elsewhere.wav", "a?filename=%00"])
    assert (answer.status_code, answer.json()["msg"]) == (404, "No hay grabaciones para descargar.")
    stranger = world.by_token(world.users.make("supervisor"))
    assert download(stranger, [file]).status_code == 404
    assert download(world.by_token(world.users.make("basic-supervisor")), [file]).status_code == 403
