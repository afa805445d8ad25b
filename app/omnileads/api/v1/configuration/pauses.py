"""`pauses` and `pause_sets`."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from pydantic import ValidationError

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
from omnileads.api.v1.bodies import Data, Fields, as_id, sentence_of_problem, takes
from omnileads.api.v1.configuration.family import (
    READ,
    WRONG,
    Family,
    everything,
    item_id,
    renamed,
    router_of,
    success,
    wrong_fields,
)
from omnileads.api.v1.errors import Body, Refused, failure, spoken
from omnileads.api.v1.language import say
from omnileads.kit.changes import ConfigurationChanges
from omnileads.kit.edge import CurrentRuntime, Transaction
from omnileads.kit.errors import NotFound
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


class PauseConfigFields(Fields):
    """A pause of a set; when it changes, its time alone does."""

    pauseId: int
    setId: int
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
            "id": _config_id(found.id, pause.pause_id),
            "time_to_end_pause": pause.limit_seconds,
            "pause_name": pause.name,
            "pause_id": pause.pause_id,
            "pause_type": "P" if pause.kind == "productive" else "R",
        }
        for pause in found.pauses
    ]
    return {"conjunto": {"id": found.id, "nombre": found.name}, "pausas": entries}


def _config_id(set_id: int, pause_id: int) -> int:
    """What the contract calls a pause of a set."""
    return set_id * _PAUSES + pause_id


_PAUSES: Final = 100_000
"""More than there are pauses."""


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
    return success(say(*READ), pauseOptions=found)


pause_config = APIRouter(prefix="/pause_config", tags=["pause_sets"], dependencies=[requires("pauses.read")])
_writes: Final = [requires("pauses.write")]
SetService = Annotated[PauseSets, Depends(set_service)]


@pause_config.get("")
def list_pause_config(service: SetService) -> Body:
    """The pauses of all sets."""
    found = [entry for pause_set in everything(service) for entry in _show_config(pause_set)]
    return success(say(*READ), pauseConfigs=found)


@pause_config.get("/{item}")
def get_pause_config(service: SetService, item: str) -> Body:
    pause_set, pause_id = _configured(service, item)
    return success(say(*READ), pauseConfig=_show_one(pause_set, pause_id))


@pause_config.post("/create", dependencies=_writes, openapi_extra=takes(PauseConfigFields))
def create_pause_config(service: SetService, data: Data) -> Body:
    """Put a pause into a set."""
    set_id, pause_id = as_id(data.get("setId")), as_id(data.get("pauseId"))
    with spoken(say(*WRONG), _CONFIG_NAMES):
        pause_set = service.one(set_id or 0)
        entry = {"pause_id": pause_id, "limit_seconds": data.get("timeToEndPause") or 0}
        changed = _with_pauses(service, pause_set, [*_entries(pause_set), entry])
    return success(say("Se creó de forma exitosa", "Created"), pauseConfig=_show_one(changed, pause_id))


@pause_config.put("/{item}/update", dependencies=_writes, openapi_extra=takes(PauseConfigFields))
def update_pause_config(service: SetService, item: str, data: Data) -> Body:
    pause_set, pause_id = _configured(service, item)
    limit = data.get("timeToEndPause")
    entries = [
        {**entry, "limit_seconds": limit} if entry["pause_id"] == pause_id else entry for entry in _entries(pause_set)
    ]
    with spoken(say(*WRONG), _CONFIG_NAMES):
        changed = _with_pauses(service, pause_set, entries)
    return success(say("Se actualizó de forma exitosa", "Changed"), pauseConfig=_show_one(changed, pause_id))


@pause_config.delete("/{item}/delete", dependencies=_writes)
def delete_pause_config(service: SetService, item: str) -> Body:
    """The last pause of a set stays: 200 with ERROR, as in the original."""
    pause_set, pause_id = _configured(service, item)
    rest = [entry for entry in _entries(pause_set) if entry["pause_id"] != pause_id]
    if not rest:
        text = "No es posible eliminar la última pausa de un conjunto."
        raise Refused(200, failure(say(text, "The last pause of a set cannot be deleted.")))
    with spoken(say(*WRONG), _CONFIG_NAMES):
        _with_pauses(service, pause_set, rest)
    return success(say("Se eliminó de forma exitosa", "Deleted"))


_CONFIG_NAMES: Final = {"pauses": "pauseId"}


def _configured(service: PauseSets, item: str) -> tuple[PauseSetOut, int]:
    """The set of a pause of a set, and the pause's id. Raises Refused (404)."""
    set_id, pause_id = divmod(item_id(item), _PAUSES)
    with spoken(say(*WRONG)):
        pause_set = service.one(set_id)
        if all(pause.pause_id != pause_id for pause in pause_set.pauses):
            raise NotFound
    return pause_set, pause_id


def _entries(pause_set: PauseSetOut) -> list[Body]:
    return [{"pause_id": pause.pause_id, "limit_seconds": pause.limit_seconds} for pause in pause_set.pauses]


def _with_pauses(service: PauseSets, pause_set: PauseSetOut, entries: list[Body]) -> PauseSetOut:
    """Raises Refused (400) for a time that is none, ValidationFailed."""
    try:
        patch = PauseSetPatch.model_validate({"pauses": entries})
    except ValidationError as error:
        name = "timeToEndPause" if error.errors()[0]["loc"][-1] == "limit_seconds" else "pauseId"
        raise wrong_fields({name: [sentence_of_problem(error.errors()[0])]}) from error
    return service.change(pause_set.id, patch)


def _show_config(pause_set: PauseSetOut) -> list[Body]:
    shown: list[Body] = _show_set(pause_set)["pausas"]
    return [{**entry, "set_id": pause_set.id, "set_name": pause_set.name} for entry in shown]


def _show_one(pause_set: PauseSetOut, pause_id: int | None) -> Body:
    (found,) = (entry for entry in _show_config(pause_set) if entry["pause_id"] == pause_id)
    return found
