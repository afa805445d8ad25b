"""Facts 97 to 102: IVRs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import func, select

from omnileads.telephony.models import AudioFile, Ivr
from tests.api_v1.crm import V1, World
from tests.domain import wav
from tests.telephony.things import Things

IVRS = f"{V1}/ivrs"
CAMPAIGN, IVR, HANGUP, CUSTOM, CUSTOMER, AGENT = 1, 3, 5, 7, 9, 11


class Menus:
    """IVRs as a supervisor sends them, as forms."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.things = Things(world.admin)
        self.audios = [self.things.audio() for _ in range(3)]
        self.campaign = world.make_campaign("In", kind="inbound")["id"]

    def form(self, **fields: Any) -> dict[str, Any]:
        options = fields.pop("options", [self.option("1", CAMPAIGN, self.campaign)])
        return {
            "id": "null",
            "nombre": "Main menu",
            "descripcion": "Where to?",
            "time_out": 10,
            "time_out_retries": 5,
            "invalid_retries": 3,
            "main_audio": self.audios[0],
            "time_out_audio": self.audios[1],
            "invalid_audio": self.audios[2],
            "type_main_audio": 1,
            "type_time_out_audio": 1,
            "type_invalid_audio": 1,
            "time_out_destination": self.campaign,
            "time_out_destination_type": CAMPAIGN,
            "invalid_destination_type": HANGUP,
            "destination_options": json.dumps(options),
            **fields,
        }

    @staticmethod
    def option(dtmf: str, kind: int, number: int | None) -> dict[str, Any]:
        return {"id": None, "dtmf": dtmf, "destination_type": kind, "destination": number}

    def create(self, files: Any = None, **fields: Any) -> Any:
        return self.world.supervisor.post(f"{IVRS}/create/", data=self.form(**fields), files=files)

    def made(self, **fields: Any) -> int:
        answer = self.create(**fields)
        assert answer.status_code == 201, answer.text
        number: int = answer.json()["data"]["id"]
        return number

    def count(self, table: Any = Ivr) -> int:
        with self.world.runtime.database.transaction() as session:
            return session.execute(select(func.count()).select_from(table)).scalar_one()


@pytest.fixture
def menus(world: World) -> Menus:
    return Menus(world)


def refused(answer: Any) -> Any:
    assert (answer.status_code, answer.json()["status"]) == (400, "ERROR"), answer.text
    assert answer.json().keys() == {"status", "message", "data", "errors"}
    return answer.json()["errors"]


def test_097_ivrs_are_listed_and_read(world: World, menus: Menus) -> None:
    number = menus.made()
    listed = world.supervisor.get(f"{IVRS}/").json()
    assert (listed["status"], listed["message"]) == ("SUCCESS", "Se obtuvieron los IVRs de forma exitosa")
    one = world.supervisor.get(f"{IVRS}/{number}/").json()
    assert one["message"] == "Se obtuvo la informacion del IVR de forma exitosa"
    assert (one["data"]["id"], one["data"]["name"], one["data"]["description"]) == (number, "Main menu", "Where to?")
    assert listed["data"] == [one["data"]]
    for other in (9999, "text"):
        assert world.supervisor.get(f"{IVRS}/{other}/").status_code == 404
    assert world.agent.get(f"{IVRS}/").status_code == 403


def test_098_an_ivr_is_made_with_its_sounds_and_destinations(menus: Menus) -> None:
    custom = menus.things.make("custom-destinations", **menus.things.body("custom-destinations", "Own"))["id"]
    who = menus.things.make("customer-identifications", **menus.things.body("customer-identifications", "Who"))["id"]
    options = [
        menus.option("1", CAMPAIGN, menus.campaign),
        menus.option("2", CUSTOM, custom),
        menus.option("3", CUSTOMER, who),
    ]
    answer = menus.create(options=options)
    assert (answer.status_code, answer.json()["message"]) == (201, "Se creo el IVR de forma exitosa")
    data = answer.json()["data"]
    assert [(one["dtmf"], one["destination_type"], one["destination"]) for one in data["destination_options"]] == [
        ("1", CAMPAIGN, menus.campaign),
        ("2", CUSTOM, custom),
        ("3", CUSTOMER, who),
    ]
    assert (data["audio_principal"], data["time_out_audio"], data["invalid_audio"]) == tuple(menus.audios)
    assert (data["time_out"], data["time_out_retries"], data["invalid_retries"]) == (10, 5, 3)
    assert (data["time_out_destination_type"], data["time_out_destination"]) == (CAMPAIGN, menus.campaign)
    assert (data["invalid_destination_type"], data["invalid_destination"]) == (HANGUP, None)
    assert menus.count() == 1
    choices = menus.world.admin.get("/api/v2/destinations", params={"type": "ivr"}).json()["items"]
    assert [choice["id"] for choice in choices] == [data["id"]], "calls can be sent to it"


def test_an_ivr_is_changed(world: World, menus: Menus) -> None:
    number = menus.made()
    form = menus.form(nombre="Other", options=[menus.option("*", IVR, number)], time_out=3)
    answer = world.supervisor.put(f"{IVRS}/{number}/update/", data=form)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["data"]["name"], answer.json()["data"]["time_out"]) == ("Other", 3)
    assert answer.json()["data"]["destination_options"][0]["destination"] == number
    assert world.supervisor.put(f"{IVRS}/9999/update/", data=form).status_code == 404
    menus.made(nombre="Third")
    taken = world.supervisor.put(f"{IVRS}/{number}/update/", data={**form, "nombre": "third"})
    assert refused(taken)["nombre"] == ["Ya existe ivr con este nombre."]


def test_099_an_ivr_that_calls_are_sent_to_stays(world: World, menus: Menus) -> None:
    free, routed, follower = menus.made(), menus.made(nombre="Routed"), menus.made(nombre="Follower")
    menus.made(nombre="Leads on", options=[menus.option("1", IVR, follower)])
    menus.things.make("inbound-routes", name="Main", did="5550100", destination={"type": "ivr", "id": routed})
    gone = world.supervisor.delete(f"{IVRS}/{free}/delete/")
    assert (gone.status_code, gone.json()["message"]) == (200, "Se elimino el IVR de forma exitosa")
    for used in (routed, follower):
        errors = refused(world.supervisor.delete(f"{IVRS}/{used}/delete/"))
        assert errors == "No se puede eliminar un objeto que es destino en un flujo de llamada."
    assert menus.count() == 3
    assert world.supervisor.delete(f"{IVRS}/{free}/delete/").status_code == 404


def test_100_names_and_keys_are_not_repeated(menus: Menus) -> None:
    menus.made()
    assert refused(menus.create())["nombre"] == ["Ya existe ivr con este nombre."]
    twice = [menus.option("1", CAMPAIGN, menus.campaign), menus.option("1", HANGUP, None)]
    errors = refused(menus.create(nombre="Other", options=twice))
    assert errors == {"destination_options_json": ["Hay DTMF's repetidos en las opciones de destino del IVR"]}
    assert menus.count() == 1


@pytest.mark.parametrize("sound", ["main_audio", "time_out_audio", "invalid_audio"])
def test_101_each_sound_is_one_that_is_here_or_a_wav_file(menus: Menus, sound: str) -> None:
    absent = refused(menus.create(**{f"type_{sound}": 2, f"{sound}_ext": "null"}))
    assert absent == {sound: ["Debe escoger un audio como archivo externo"]}
    none = refused(menus.create(**{sound: "null"}))
    assert none == {sound: ["Debe escoger un audio interno del sistema"]}
    picture = {f"{sound}_ext": ("myimage.jpg", b"mybinarydata")}
    assert refused(menus.create(files=picture, **{f"type_{sound}": 2})) == {
        sound: ["El archivo no tiene extension .wav"]
    }
    no_sound = refused(menus.create(files={f"{sound}_ext": ("a.wav", b"RIFF nothing")}, **{f"type_{sound}": 2}))
    assert no_sound.keys() == {sound}
    assert refused(menus.create(**{f"type_{sound}": 7})).keys() == {sound}
    assert (menus.count(), menus.count(AudioFile)) == (0, 3)
    sent = menus.create(files={f"{sound}_ext": ("Sound 1.wav", wav(0.2, tone=9))}, **{f"type_{sound}": 2})
    assert sent.status_code == 201, sent.text
    assert menus.count(AudioFile) == 4
    again = menus.create(nombre="Again", files={f"{sound}_ext": ("b.wav", wav(0.2, tone=9))}, **{f"type_{sound}": 2})
    assert again.status_code == 201
    assert menus.count(AudioFile) == 4, "the same sound is kept once"


def test_102_four_keys_lead_to_an_agent_who_is_then_not_removed_silently(world: World, menus: Menus) -> None:
    answer = menus.create(options=[menus.option("1111", AGENT, world.ana.id)])
    assert answer.status_code == 201, answer.text
    option = answer.json()["data"]["destination_options"][0]
    assert (option["dtmf"], option["destination"]) == ("1111", world.ana.id)
    kept = world.admin.delete(f"/api/v2/users/{world.agent_user.id}")
    assert kept.status_code == 409, kept.text
    assert "Main menu" in kept.json()["message"]


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"options": [{"dtmf": "12345 6", "destination_type": 5}]}, "destination_options_json"),
        ({"options": [{"dtmf": "-", "destination_type": 5}]}, "destination_options_json"),
        ({"options": [{"dtmf": "1", "destination_type": 12}]}, "destination_options_json"),
        ({"options": []}, "destination_options_json"),
        ({"destination_options": "no list"}, "destination_options_json"),
        ({"time_out_destination": "9999"}, "time_out_destination"),
        ({"invalid_destination_type": "4"}, "invalid_destination"),
        ({"time_out": "0"}, "time_out"),
        ({"main_audio": "9999"}, "main_audio"),
        ({"nombre": ""}, "nombre"),
    ],
)
def test_what_an_ivr_cannot_be_is_said_by_field(menus: Menus, fields: dict[str, Any], where: str) -> None:
    assert refused(menus.create(**fields)).keys() == {where}


def test_what_is_missing_is_said(world: World) -> None:
    assert refused(world.supervisor.post(f"{IVRS}/create/", json={})).keys() == {
        "nombre",
        "time_out",
        "time_out_retries",
        "invalid_retries",
    }


def test_sounds_and_kinds_of_destinations_are_listed(world: World, menus: Menus) -> None:
    told = world.supervisor.get(f"{IVRS}/audio_options/").json()
    assert {one["id"] for one in told["data"]} == set(menus.audios)
    kinds = world.supervisor.get(f"{IVRS}/destination_types/").json()["data"]
    assert {"id": 11, "nombre": "agent"} in kinds
