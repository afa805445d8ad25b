"""`pauses` and `pause_sets`."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends

from omnileads.agents.live import LiveAgents
from omnileads.agents.pause_sets import PauseSets
from omnileads.agents.pauses import Pauses
from omnileads.agents.schemas import (
    PauseCreate,
    PauseOut,
    PausePatch,
    PauseSetCreate,
    PauseSetOut,
    PauseSetPatch,
)
from omnileads.api.v1.bodies import Fields
from omnileads.api.v1.configuration.family import WRONG, Family, everything, item_id, renamed, router_of, success
from omnileads.api.v1.errors import Body, spoken
from omnileads.api.v1.language import say
from omnileads.kit.changes import ConfigurationChanges
from omnileads.kit.edge import CurrentRuntime, Transaction
from omnileads.kit.permissions import CurrentPrincipal, requires

KINDS: Final = {"P": "productive", "R": "recreational"}


class PauseFields(Fields):
    """`tipo` is P (productive) or R (recreational)."""

    nombre: str
    tipo: str


class PauseOfSet(Fields):
    """Without an end at `timeToEndPause` 0."""

    pauseId: int
    timeToEndPause: int = 0


class PauseSetFields(Fields):
    nombre: str
    pausas: list[PauseOfSet]


def pause_service(session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal) -> Pauses:
    changes = ConfigurationChanges(session, runtime, principal)
    return Pauses(session, changes, LiveAgents(runtime.redis), runtime.clock)


def set_service(session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal) -> PauseSets:
    return PauseSets(session, ConfigurationChanges(session, runtime, principal))


def _read_pause(data: Body) -> Body:
    found = renamed(data, {"name": "nombre", "kind": "tipo"})
    return {**found, "kind": KINDS.get(str(found["kind"]), found["kind"])} if "kind" in found else found


def _show_pause(pause: PauseOut) -> Body:
    letter = next(letter for letter, kind in KINDS.items() if kind == pause.kind)
    return {"id": pause.id, "nombre": pause.name, "tipo": letter, "eliminada": False}


def _read_set(data: Body) -> Body:
    found = renamed(data, {"name": "nombre", "pauses": "pausas"})
    if isinstance(found.get("pauses"), list):
        found["pauses"] = [_read_entry(entry) for entry in found["pauses"]]
    return found


def _read_entry(entry: Any) -> Any:
    if not isinstance(entry, dict):
        return entry
    return renamed(entry, {"pause_id": "pauseId", "limit_seconds": "timeToEndPause"})


def _show_set(found: PauseSetOut) -> Body:
    entries = [
        {
            "id": pause.pause_id,
            "time_to_end_pause": pause.limit_seconds,
            "pause_name": pause.name,
            "pause_id": pause.pause_id,
            "pause_type": "P" if pause.kind == "productive" else "R",
        }
        for pause in found.pauses
    ]
    return {"conjunto": {"id": found.id, "nombre": found.name}, "pausas": entries}


PAUSES: Final = Family(
    path="pauses",
    one="pause",
    many="pauses",
    area="pauses",
    service=pause_service,
    create=PauseCreate,
    patch=PausePatch,
    read=_read_pause,
    show=_show_pause,
    fields=PauseFields,
    names={"name": "nombre", "kind": "tipo"},
)
PAUSE_SETS: Final = Family(
    path="pause_sets",
    one="pauseSetDetail",
    many="pauseSets",
    area="pauses",
    service=set_service,
    create=PauseSetCreate,
    patch=PauseSetPatch,
    read=_read_set,
    show=_show_set,
    fields=PauseSetFields,
    names={"name": "nombre", "pauses": "pausas"},
)

pauses = router_of(PAUSES)
options = APIRouter(tags=["pause_sets"], dependencies=[requires("pauses.read")])
pause_sets = router_of(PAUSE_SETS)


@pauses.put("/{item}/reactivate", dependencies=[requires("pauses.write")])
def reactivate_pause(service: Annotated[Pauses, Depends(pause_service)], item: str) -> Body:
    """Take back that a pause was deleted."""
    number = item_id(item)
    with spoken(say(*WRONG), PAUSES.names):
        found = service.restore(number)
    return success(say("Se reactivó la pausa", "The pause is there again"), pause=_show_pause(found))


@options.get("/pause_sets/pause_options")
def pause_options(service: Annotated[Pauses, Depends(pause_service)]) -> Body:
    """The pauses a set can be made of."""
    found = [_show_pause(pause) for pause in everything(service)]
    return success(say("Los datos se obtuvieron de forma exitosa", "The data was read"), pauseOptions=found)
