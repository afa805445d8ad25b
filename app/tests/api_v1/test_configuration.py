"""Facts 90 to 96 and 103 to 155: the configuration families."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from omnileads.agents.models import Pause
from omnileads.crm.models import ExternalSite, ExternalSiteAuthentication, ExternalSystem
from omnileads.forms.models import DispositionName, Form
from omnileads.telephony.models import InboundRoute, OutboundRoute, TimeGroup
from tests.api_v1.crm import V1, World
from tests.telephony.test_wizard import COMPLETE

TEXT_FIELD = {"nombre_campo": "Motivo", "orden": 1, "tipo": 1, "is_required": True}


class Asked:
    """Asks a family as an administrator, and counts its rows."""

    def __init__(self, world: World, path: str, table: Any, key: str) -> None:
        self.world = world
        self.path = f"{V1}/{path}"
        self._table = table
        self.key = key

    def create(self, **sent: Any) -> Any:
        return self.world.admin.post(f"{self.path}/create/", json=sent)

    def made(self, **sent: Any) -> int:
        answer = self.create(**sent)
        assert answer.status_code == 200, answer.text
        assert answer.json()["status"] == "SUCCESS"
        number: int = answer.json()[self.key]["id"]
        return number

    def update(self, number: object, **sent: Any) -> Any:
        return self.world.admin.put(f"{self.path}/{number}/update/", json=sent)

    def put(self, number: object, what: str) -> Any:
        return self.world.admin.put(f"{self.path}/{number}/{what}/")

    def delete(self, number: object) -> Any:
        return self.world.admin.delete(f"{self.path}/{number}/delete/")

    def one(self, number: object) -> Any:
        answer = self.world.admin.get(f"{self.path}/{number}/")
        assert answer.status_code == 200, answer.text
        return answer.json()[self.key]

    def listed(self, many: str) -> list[Any]:
        answer = self.world.admin.get(f"{self.path}/")
        assert answer.json()["status"] == "SUCCESS"
        found: list[Any] = answer.json()[many]
        return found

    def count(self) -> int:
        with self.world.runtime.database.transaction() as session:
            return session.execute(select(func.count()).select_from(self._table)).scalar_one()

    def row(self, number: int) -> Any:
        with self.world.runtime.database.transaction() as session:
            return session.get_one(self._table, number)


def refused(answer: Any, field: str | None = None) -> Any:
    """The errors of a 400."""
    assert (answer.status_code, answer.json()["status"]) == (400, "ERROR"), answer.text
    errors = answer.json()["errors"]
    return errors if field is None else errors[field]


@pytest.mark.parametrize("family", ["pauses", "external_sites", "forms", "inbound_routes", "outbound_routes"])
def test_what_is_not_there_is_404_and_agents_have_no_business_here(world: World, family: str) -> None:
    asked = Asked(world, family, Pause, "")
    for number in (9999, "text", 0):
        answers = (world.admin.get(f"{asked.path}/{number}/"), asked.update(number, nombre="x"), asked.delete(number))
        for answer in answers:
            assert (answer.status_code, answer.json()["status"]) == (404, "ERROR")
    assert world.agent.get(f"{asked.path}/").status_code == 403
    assert world.supervisor.get(f"{asked.path}/").status_code == 200


def trunk(world: World, name: str = "Provider_a") -> int:
    number: int = world.made("sip-trunks", name=name, wizard_text=COMPLETE)["id"]
    return number


def outbound(world: World) -> Asked:
    return Asked(world, "outbound_routes", OutboundRoute, "outboundRoute")


def route(**fields: Any) -> dict[str, Any]:
    return {
        "nombre": "Mobile",
        "ring_time": 30,
        "dial_options": "Tt",
        "patrones_de_discado": [{"prepend": "", "prefix": "9", "match_pattern": "ZXXXXXXXXX"}],
        "troncales": [{"troncal": 1}],
        **fields,
    }


def test_090_to_093_outbound_routes_are_made_read_changed_and_deleted(world: World) -> None:
    asked = outbound(world)
    first = trunk(world)
    number = asked.made(**route(troncales=[{"troncal": first}]))
    told = asked.one(number)
    assert told == {**route(troncales=[{"troncal": first}]), "id": number, "dial_options": "", "orden": 1}
    assert asked.listed("outboundRoutes") == [told]
    second = trunk(world, "Provider_b")
    patterns = [{"prepend": "0", "prefix": "", "match_pattern": "+123*[1-9]#ZNX"}]
    wanted = {
        "nombre": "Other",
        "ring_time": 60,
        "dial_options": "r",
        "patrones_de_discado": patterns,
        "troncales": [{"troncal": second}, {"troncal": first}],
    }
    assert asked.update(number, **wanted).json()["outboundRoute"] == {**wanted, "id": number, "orden": 1}
    assert asked.delete(number).status_code == 200
    assert asked.count() == 0


def test_094_an_outbound_route_of_a_campaign_stays(world: World) -> None:
    asked = outbound(world)
    number = asked.made(**route(troncales=[{"troncal": trunk(world)}]))
    world.make_campaign("Sales", outbound_route_id=number)
    answer = asked.delete(number)
    expected = "No está permitido eliminar una ruta saliente asociada a una campaña"
    assert (answer.status_code, answer.json()["message"]) == (400, expected)
    assert asked.count() == 1


def test_outbound_routes_are_put_in_order(world: World) -> None:
    asked = outbound(world)
    trunks = [{"troncal": trunk(world)}]
    first, second = (asked.made(**route(nombre=name, troncales=trunks)) for name in ("One", "Two"))
    address = f"{asked.path}/reorder/"
    assert world.admin.post(address, json={"orden": [second, first]}).json()["status"] == "SUCCESS"
    assert [found["id"] for found in asked.listed("outboundRoutes")] == [second, first]
    for order in ([first], [first, first], [first, 9999], "text", None):
        assert world.admin.post(address, json={"orden": order}).status_code == 400, order
    assert world.admin.get(f"{asked.path}/sip_trunks/").json()["sipTrunks"] == [
        {"id": trunks[0]["troncal"], "nombre": "Provider_a"}
    ]


def test_095_096_the_parts_of_an_outbound_route_are_checked(world: World) -> None:
    asked = outbound(world)
    null = "Este campo no puede ser nulo."
    one, pattern = {"troncal": 1}, {"prepend": "", "prefix": "", "match_pattern": "X."}
    for field, value, expected in (
        ("troncales", [{"troncal": None}], [{"troncal": [null]}]),
        ("troncales", [one, one], ["Las troncales deben ser diferentes"]),
        ("troncales", None, [null]),
        ("troncales", [], ["Debe existir al menos una troncal"]),
        ("patrones_de_discado", None, [null]),
        ("patrones_de_discado", [], ["Debe existir al menos un patron de discado"]),
        ("patrones_de_discado", [pattern, pattern], ["Los patrones de discado deben ser diferentes"]),
    ):
        assert refused(asked.create(**route(**{field: value})), field) == expected, (field, value)
    assert asked.count() == 0


def forms(world: World) -> Asked:
    return Asked(world, "forms", Form, "form")


def test_103_to_105_forms_are_listed_read_and_made(world: World) -> None:
    asked = forms(world)
    fields = [
        {**TEXT_FIELD, "orden": 2},
        {"nombre_campo": "Monto", "orden": 1, "tipo": 5, "tipo_numero": 2, "cifras_significativas": 2},
        {"nombre_campo": "Color", "orden": 3, "tipo": 3, "values_select": ["rojo", "azul"]},
    ]
    number = asked.made(nombre="Encuesta", descripcion="Una", campos=fields)
    told = asked.one(number)
    assert (told["nombre"], told["descripcion"], told["se_puede_modificar"]) == ("Encuesta", "Una", True)
    assert [field["nombre_campo"] for field in told["campos"]] == ["Monto", "Motivo", "Color"]
    assert told["campos"][2]["values_select"] == ["rojo", "azul"]
    assert [found["id"] for found in asked.listed("forms")] == [number]
    assert "nombre" in refused(asked.create(nombre="Encuesta", descripcion="", campos=fields))
    assert "campos" in refused(asked.create(nombre="Otra", descripcion="", campos=[]))
    assert "campos" in refused(asked.create(nombre="Otra", descripcion="", campos=[{**TEXT_FIELD, "tipo": 9}]))


def test_106_to_111_forms_are_changed_hidden_and_deleted_until_used(world: World) -> None:
    asked = forms(world)
    number = asked.made(nombre="Encuesta", descripcion="Una", campos=[TEXT_FIELD])
    for what, is_hidden in (("hide", True), ("show", False)):
        assert asked.put(number, what).json()["form"]["oculto"] is is_hidden
    more = [TEXT_FIELD, {**TEXT_FIELD, "nombre_campo": "Otro", "orden": 2}]
    changed = asked.update(number, nombre="Nueva", descripcion="Dos", campos=more).json()["form"]
    assert (changed["nombre"], changed["descripcion"], len(changed["campos"])) == ("Nueva", "Dos", 2)
    options = [{"name": "Sold", "kind": "engaged", "form_id": number}]
    world.make_campaign("Sales", dispositions=options)
    assert asked.update(number, nombre="x", descripcion="", campos=more).status_code == 400
    assert asked.delete(number).status_code == 400
    free = asked.made(nombre="Libre", descripcion="", campos=[TEXT_FIELD])
    assert asked.delete(free).status_code == 200
    assert asked.count() == 1


def pauses(world: World) -> Asked:
    return Asked(world, "pauses", Pause, "pause")


def test_112_to_119_pauses(world: World) -> None:
    asked = pauses(world)
    number = asked.made(nombre="Baño", tipo="R")
    assert asked.one(number) == {"id": number, "nombre": "Baño", "tipo": "R", "eliminada": False}
    assert asked.listed("pauses") == [asked.one(number)]
    assert asked.update(number, nombre="Almuerzo", tipo="P").json()["pause"]["tipo"] == "P"
    other = asked.made(nombre="Curso", tipo="P")
    assert "nombre" in refused(asked.update(other, nombre="Almuerzo", tipo="P"))
    assert "tipo" in refused(asked.create(nombre="x", tipo="Z"))
    assert "nombre" in refused(asked.create(nombre="x" * 21, tipo="P"))
    sets = Asked(world, "pause_sets", Pause, "pauseSetDetail")
    wanted = {"nombre": "Todas", "pausas": [{"pauseId": other, "timeToEndPause": 60}]}
    told = sets.create(**wanted).json()["pauseSetDetail"]
    assert told["pausas"][0]["time_to_end_pause"] == 60
    assert sets.listed("pauseSets")[0]["conjunto"]["nombre"] == "Todas"
    assert len(world.admin.get(f"{V1}/pause_sets/pause_options/").json()["pauseOptions"]) == 2
    assert asked.delete(other).status_code == 400
    assert "pausas" in refused(sets.create(nombre="x", pausas=[{"pauseId": other, "timeToEndPause": -1}]))
    assert asked.delete(number).status_code == 200
    assert asked.row(number).deleted_at is not None
    assert asked.put(number, "reactivate").json()["pause"]["eliminada"] is False
    assert asked.row(number).deleted_at is None
    assert asked.put(number, "reactivate").status_code == 404


SITE = {"nombre": "CRM", "url": "https://crm.example/x", "disparador": 1, "metodo": 1, "objetivo": 2}


def sites(world: World) -> Asked:
    return Asked(world, "external_sites", ExternalSite, "externalSite")


AUTHENTICATION = {
    "nombre": "Token",
    "url": "https://crm.example/token",
    "username": "user",
    "password": "secret",
    "campo_token": "token",
    "duracion": 3600,
    "campo_duracion": "",
    "ssl_estricto": True,
}


def authentications(world: World) -> Asked:
    return Asked(world, "external_site_authentications", ExternalSiteAuthentication, "externalSiteAuthentication")


def test_120_to_129_external_sites(world: World) -> None:
    asked = sites(world)
    by_token = authentications(world).made(**AUTHENTICATION)
    server = {"disparador": 3, "metodo": 2, "formato": 4, "objetivo": None, "autenticacion": by_token}
    number = asked.made(**{**SITE, **server})
    told = asked.one(number)
    assert told == {"id": number, **SITE, **server, "oculto": False}
    assert asked.listed("externalSites") == [told]
    for wrong, field in (
        ({"metodo": 2}, "formato"),
        ({"metodo": 2, "formato": 99}, "formato"),
        ({"metodo": 1, "formato": 1}, "formato"),
        ({"disparador": 3}, "objetivo"),
        ({"metodo": 2, "formato": 4}, "objetivo"),
    ):
        assert field in refused(asked.create(**{**SITE, "nombre": "Otro", **wrong})), wrong
    assert asked.count() == 1
    for what, is_hidden in (("hide", True), ("show", False)):
        assert asked.put(number, what).json()["externalSite"]["oculto"] is is_hidden
    assert asked.update(number, **SITE, autenticacion=None, formato=None).json()["externalSite"]["objetivo"] == 2
    world.make_campaign("Sales", interaction="external-site", external_site_id=number)
    assert asked.delete(number).status_code == 400
    free = asked.made(**{**SITE, "nombre": "Libre"})
    assert asked.delete(free).status_code == 200


def test_130_to_135_external_authentications(world: World) -> None:
    asked = authentications(world)
    number = asked.made(**AUTHENTICATION)
    told = asked.one(number)
    assert told == {"id": number, **{key: value for key, value in AUTHENTICATION.items() if key != "password"}}
    assert asked.listed("externalSiteAuthentications") == [told]
    changed = asked.update(number, **{**AUTHENTICATION, "ssl_estricto": False, "duracion": 60}).json()
    assert changed["externalSiteAuthentication"]["ssl_estricto"] is False
    assert asked.row(number).duration_seconds == 60
    server = {"disparador": 3, "objetivo": None, "autenticacion": number}
    site = sites(world).made(**{**SITE, **server})
    assert asked.delete(number).status_code == 400
    assert sites(world).delete(site).status_code == 200
    assert asked.delete(number).status_code == 200
    assert asked.count() == 0


def test_136_to_140_the_catalogue_of_dispositions(world: World) -> None:
    asked = Asked(world, "call_dispositions", DispositionName, "callDisposition")
    number = asked.made(nombre="Venta", subcalificaciones=["Una", "Dos"])
    told = {"id": number, "nombre": "Venta", "subcalificaciones": ["Una", "Dos"]}
    assert asked.listed("callDispositions") == [told]
    answer = asked.create(nombre="Agenda", subcalificaciones=[])
    assert (answer.status_code, answer.json()["message"]) == (400, "Error al hacer la peticion")
    assert asked.update(number, nombre="Compra", subcalificaciones=[]).json()["callDisposition"]["nombre"] == "Compra"
    assert asked.delete(number).status_code == 200
    assert asked.count() == 0


def test_141_to_144_external_systems(world: World) -> None:
    asked = Asked(world, "external_systems", ExternalSystem, "externalSystem")
    agents = [{"agente": world.ana.id, "id_externo_agente": "a7"}]
    number = asked.made(nombre="Otro", agentes=agents)
    assert asked.one(number) == {"id": number, "nombre": "Otro", "agentes": agents}
    assert [found["nombre"] for found in asked.listed("externalSystems")] == ["CRM", "Otro"]
    changed = asked.update(number, nombre="Nuevo", agentes=[]).json()["externalSystem"]
    assert changed == {"id": number, "nombre": "Nuevo", "agentes": []}
    assert "agentes" in refused(asked.create(nombre="x", agentes=[*agents, *agents]))
    assert world.admin.get(f"{asked.path}/agents_external_system/").json()["agents"][0]["id"] == world.ana.id
    assert asked.delete(number).status_code == 404


HOURS = {
    "tiempo_inicial": "08:00",
    "tiempo_final": "18:00",
    "dia_semana_inicial": 0,
    "dia_semana_final": 4,
    "dia_mes_inicio": 1,
    "dia_mes_final": 15,
    "mes_inicio": 3,
    "mes_final": 12,
}


def test_145_to_150_time_groups(world: World) -> None:
    asked = Asked(world, "group_of_hours", TimeGroup, "groupOfHour")
    number = asked.made(nombre="Oficina", validaciones_de_tiempo=[HOURS])
    assert asked.one(number) == {"id": number, "nombre": "Oficina", "validaciones_de_tiempo": [HOURS]}
    assert len(asked.listed("groupOfHours")) == 1
    other = {**HOURS, "dia_semana_inicial": None, "dia_semana_final": None, "mes_final": 6}
    changed = asked.update(number, nombre="Nueva", validaciones_de_tiempo=[HOURS, other]).json()["groupOfHour"]
    assert changed["validaciones_de_tiempo"] == [HOURS, other]
    assert "validaciones_de_tiempo" in refused(asked.create(nombre="x", validaciones_de_tiempo=[]))
    hangup = {"type": "hangup"}
    world.made("time-conditions", name="Open", time_group_id=number, match=hangup, otherwise=hangup)
    assert asked.delete(number).status_code == 400
    free = asked.made(nombre="Libre", validaciones_de_tiempo=[HOURS])
    assert asked.delete(free).status_code == 200


def test_151_to_155_inbound_routes(world: World) -> None:
    asked = Asked(world, "inbound_routes", InboundRoute, "inboundRoute")
    campaign = world.make_campaign("In", kind="inbound")["id"]
    sent = {"nombre": "Main", "telefono": "5550100", "prefijo_caller_id": "", "idioma": "es"}
    number = asked.made(**sent, destino={"tipo": 1, "id": campaign})
    told = asked.one(number)
    assert told == {"id": number, **sent, "destino": {"id": campaign, "nombre": "In", "tipo": 1}}
    assert asked.listed("inboundRoutes") == [told]
    assert "telefono" in refused(asked.create(**{**sent, "nombre": "Other"}, destino={"tipo": 5}))
    assert "destino" in refused(asked.create(**{**sent, "nombre": "x", "telefono": "1"}, destino={"tipo": 1, "id": 9}))
    wanted = {"nombre": "Nueva", "telefono": "+5550101", "prefijo_caller_id": "x", "idioma": "en"}
    changed = asked.update(number, **wanted, destino="5,").json()["inboundRoute"]
    assert changed == {"id": number, **wanted, "destino": {"id": None, "nombre": None, "tipo": 5}}
    assert asked.delete(number).status_code == 200
    assert asked.count() == 0
