"""`inbound_routes`, `outbound_routes`, `group_of_hours`."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends

from omnileads.api.v1.bodies import Data, Fields, as_id, as_text, null_not_allowed, takes
from omnileads.api.v1.configuration.family import (
    WRONG,
    Family,
    number_of,
    numbered,
    renamed,
    router_of,
    success,
)
from omnileads.api.v1.errors import Body, Refused, spoken
from omnileads.api.v1.language import say
from omnileads.campaigns.scope import CurrentScope
from omnileads.kit.changes import ConfigurationChanges
from omnileads.kit.edge import CurrentRuntime, Transaction
from omnileads.kit.permissions import CurrentPrincipal, requires
from omnileads.telephony.inbound_routes import InboundRoutes
from omnileads.telephony.models import DestinationType
from omnileads.telephony.outbound_routes import OutboundRoutes
from omnileads.telephony.schemas.inbound_routes import RouteCreate, RouteOut, RoutePatch
from omnileads.telephony.schemas.outbound_routes import OutboundRouteCreate, OutboundRouteOut, OutboundRoutePatch
from omnileads.telephony.schemas.time_groups import TimeGroupCreate, TimeGroupOut, TimeGroupPatch
from omnileads.telephony.time_groups import TimeGroups

DESTINATIONS: Final[dict[int, DestinationType]] = {
    1: "inbound-campaign",
    2: "time-condition",
    3: "ivr",
    5: "hangup",
    7: "custom-destination",
    8: "voicemail",
    9: "customer-identification",
    11: "agent",
}
_INBOUND_NAMES: Final = {
    "name": "nombre",
    "did": "telefono",
    "caller_id_prefix": "prefijo_caller_id",
    "language": "idioma",
    "destination": "destino",
}
_OUTBOUND_NAMES: Final = {
    "name": "nombre",
    "ring_seconds": "ring_time",
    "dial_options": "dial_options",
    "patterns": "patrones_de_discado",
    "trunk_ids": "troncales",
}
_RANGE_NAMES: Final = {
    "time_from": "tiempo_inicial",
    "time_to": "tiempo_final",
    "weekday_from": "dia_semana_inicial",
    "weekday_to": "dia_semana_final",
    "month_day_from": "dia_mes_inicio",
    "month_day_to": "dia_mes_final",
    "month_from": "mes_inicio",
    "month_to": "mes_final",
}
_TRANSFER_OPTIONS: Final = str.maketrans("", "", "Tt")
"""Transfers by keys, which every call has here by other means."""


class DestinationFields(Fields):
    """`tipo`: 1 campaign, 2 time condition, 3 IVR, 5 hangup, 7 custom, 8 voicemail, 9 customer id, 11 agent."""

    tipo: int
    id: int | None = None


class InboundFields(Fields):
    nombre: str
    telefono: str
    prefijo_caller_id: str = ""
    idioma: str = "es"
    destino: DestinationFields


class PatternFields(Fields):
    prepend: str = ""
    prefix: str = ""
    match_pattern: str


class TrunkFields(Fields):
    troncal: int


class OutboundFields(Fields):
    nombre: str
    ring_time: int
    dial_options: str = ""
    patrones_de_discado: list[PatternFields]
    troncales: list[TrunkFields]


class OrderFields(Fields):
    """Every route once."""

    orden: list[int]


class RangeFields(Fields):
    """Weekdays count from 0, Monday; months from 1."""

    tiempo_inicial: str
    tiempo_final: str
    dia_semana_inicial: int | None = None
    dia_semana_final: int | None = None
    dia_mes_inicio: int | None = None
    dia_mes_final: int | None = None
    mes_inicio: int | None = None
    mes_final: int | None = None


class GroupFields(Fields):
    nombre: str
    validaciones_de_tiempo: list[RangeFields]


def _changes(session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal) -> ConfigurationChanges:
    return ConfigurationChanges(session, runtime, principal)


Changes = Annotated[ConfigurationChanges, Depends(_changes)]


def _inbound(session: Transaction, changes: Changes, scope: CurrentScope) -> InboundRoutes:
    return InboundRoutes(session, changes, scope)


def outbound_service(session: Transaction, changes: Changes, scope: CurrentScope) -> OutboundRoutes:
    return OutboundRoutes(session, changes, scope)


def _groups(session: Transaction, changes: Changes, scope: CurrentScope) -> TimeGroups:
    return TimeGroups(session, changes, scope)


def _read_inbound(data: Body) -> Body:
    found = renamed(data, _INBOUND_NAMES)
    if "destination" in found:
        found["destination"] = _read_destination(found["destination"])
    return found


def _read_destination(sent: Any) -> Any:
    """An object, or the text "<tipo>,<id>"."""
    if isinstance(sent, str):
        kind, _, number = sent.partition(",")
        sent = {"tipo": kind.strip(), "id": number.strip() or None}
    if not isinstance(sent, dict):
        return sent
    kind = numbered(sent.get("tipo"), DESTINATIONS)
    return {"type": kind, "id": None if kind == "hangup" else as_id(sent.get("id")) or sent.get("id")}


def _show_inbound(route: RouteOut) -> Body:
    destination = route.destination
    return {
        "id": route.id,
        "nombre": route.name,
        "telefono": route.did,
        "prefijo_caller_id": route.caller_id_prefix,
        "idioma": route.language,
        "destino": {
            "id": destination.id,
            "nombre": destination.name,
            "tipo": number_of(destination.type, DESTINATIONS),
        },
    }


def _read_outbound(data: Body) -> Body:
    _refuse_parts(data)
    found = renamed(data, _OUTBOUND_NAMES)
    if isinstance(found.get("dial_options"), str):
        found["dial_options"] = found["dial_options"].translate(_TRANSFER_OPTIONS)
    if "patterns" in found:
        found["patterns"] = [_read_pattern(entry) for entry in found["patterns"]]
    if "trunk_ids" in found:
        found["trunk_ids"] = [
            entry.get("troncal") if isinstance(entry, dict) else entry for entry in found["trunk_ids"]
        ]
    return found


def _read_pattern(entry: Any) -> Any:
    if not isinstance(entry, dict):
        return entry
    found = renamed(entry, {"prepend": "prepend", "prefix": "prefix", "match": "match_pattern"})
    return {key: "" if value is None else as_text(value) or value for key, value in found.items()}


def _refuse_parts(data: Body) -> None:
    """The original's sentences about the two lists. Raises Refused."""
    errors: dict[str, Any] = {}
    for name, absent, repeated in (
        (
            "troncales",
            say("Debe existir al menos una troncal", "There must be a trunk"),
            say("Las troncales deben ser diferentes", "The trunks must be different"),
        ),
        (
            "patrones_de_discado",
            say("Debe existir al menos un patron de discado", "There must be a dial pattern"),
            say("Los patrones de discado deben ser diferentes", "The dial patterns must be different"),
        ),
    ):
        problem = _problem_of(data.get(name, []), absent, repeated)
        if problem:
            errors[name] = problem
    if errors:
        raise Refused(400, {"status": "ERROR", "message": say(*WRONG), "errors": errors})


def _problem_of(entries: Any, absent: str, repeated: str) -> list[Any]:
    if entries is None:
        return [null_not_allowed()]
    if not isinstance(entries, list):
        return [say("Se esperaba una lista de elementos.", "Expected a list of items.")]
    if not entries:
        return [absent]
    if any(isinstance(entry, dict) and entry.get("troncal", 0) is None for entry in entries):
        return [
            {"troncal": [null_not_allowed()]} if isinstance(entry, dict) and entry.get("troncal", 0) is None else {}
            for entry in entries
        ]
    if any(entry in entries[:place] for place, entry in enumerate(entries)):
        return [repeated]
    return []


def _show_outbound(route: OutboundRouteOut) -> Body:
    return {
        "id": route.id,
        "nombre": route.name,
        "ring_time": route.ring_seconds,
        "dial_options": route.dial_options,
        "orden": route.position + 1,
        "patrones_de_discado": [
            {"prepend": pattern.prepend, "prefix": pattern.prefix, "match_pattern": pattern.match}
            for pattern in route.patterns
        ],
        "troncales": [{"troncal": trunk.id} for trunk in route.trunks],
    }


def _read_group(data: Body) -> Body:
    found = renamed(data, {"name": "nombre", "ranges": "validaciones_de_tiempo"})
    if isinstance(found.get("ranges"), list):
        found["ranges"] = [_read_range(entry) for entry in found["ranges"]]
    return found


def _read_range(entry: Any) -> Any:
    if not isinstance(entry, dict):
        return entry
    found = {field: None if value == "" else value for field, value in renamed(entry, _RANGE_NAMES).items()}
    for field in ("time_from", "time_to"):
        moment = found.get(field)
        if isinstance(moment, str):
            found[field] = moment[:5]
    for field in ("weekday_from", "weekday_to"):
        day = str(found.get(field))
        if len(day) == 1 and day in "0123456":
            found[field] = int(day) + 1
    return found


def _from_monday(day: int | None) -> int | None:
    """Our weekdays count from 1."""
    return None if day is None else day - 1


def _show_group(group: TimeGroupOut) -> Body:
    ranges = []
    for part in group.ranges:
        told: dict[str, Any] = {theirs: getattr(part, ours) for ours, theirs in _RANGE_NAMES.items()}
        for name in ("dia_semana_inicial", "dia_semana_final"):
            told[name] = _from_monday(told[name])
        ranges.append(told)
    return {"id": group.id, "nombre": group.name, "validaciones_de_tiempo": ranges}


INBOUND: Final = Family(
    path="inbound_routes",
    one="inboundRoute",
    many="inboundRoutes",
    area="routes",
    service=_inbound,
    create=RouteCreate,
    patch=RoutePatch,
    read=_read_inbound,
    show=_show_inbound,
    fields=InboundFields,
    names=_INBOUND_NAMES,
)
OUTBOUND: Final = Family(
    path="outbound_routes",
    one="outboundRoute",
    many="outboundRoutes",
    area="routes",
    service=outbound_service,
    create=OutboundRouteCreate,
    patch=OutboundRoutePatch,
    read=_read_outbound,
    show=_show_outbound,
    fields=OutboundFields,
    names=_OUTBOUND_NAMES,
    in_use=(
        "No está permitido eliminar una ruta saliente asociada a una campaña",
        "An outbound route that a campaign uses cannot be deleted",
    ),
)
GROUPS: Final = Family(
    path="group_of_hours",
    one="groupOfHour",
    many="groupOfHours",
    area="routes",
    service=_groups,
    create=TimeGroupCreate,
    patch=TimeGroupPatch,
    read=_read_group,
    show=_show_group,
    fields=GroupFields,
    names={"name": "nombre", "ranges": "validaciones_de_tiempo"},
    in_use=(
        "No está permitido eliminar un grupo horario asociado a una validación de fecha y hora",
        "A time group that a time condition uses cannot be deleted",
    ),
)

inbound_routes = router_of(INBOUND)
outbound_routes = router_of(OUTBOUND)
groups = router_of(GROUPS)
outbound_more = APIRouter(prefix="/outbound_routes", tags=["outbound_routes"], dependencies=[requires("routes.read")])


@outbound_more.post("/reorder", dependencies=[requires("routes.write")], openapi_extra=takes(OrderFields))
def reorder(service: Annotated[OutboundRoutes, Depends(outbound_service)], data: Data) -> Body:
    """The order in which the routes are tried."""
    sent = data.get("orden")
    ids = [as_id(number) for number in sent] if isinstance(sent, list) else [None]
    wrong = say("El orden debe tener todas las rutas una sola vez", "The order must have every route once")
    if None in ids or len(set(ids)) != len(ids):
        raise Refused(400, {"status": "ERROR", "message": wrong, "errors": {"orden": [wrong]}})
    with spoken(wrong, refusal=wrong):
        service.reorder([number for number in ids if number is not None])
    return success(say("Se actualizó el orden", "The order was changed"))
