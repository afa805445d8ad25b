"""`agenda_contacto`, `reasignar_agenda_contacto`, `data_agenda_contacto`: when somebody is to be called again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from pydantic import ValidationError

from omnileads.agents.console import require_agent
from omnileads.api.v1.bodies import Data, Fields, as_id, as_text, takes
from omnileads.api.v1.errors import Body, by_field, errors_in_data, failed, missing, not_a_choice, required, sentence_of
from omnileads.api.v1.language import say
from omnileads.api.v1.supervision import acts
from omnileads.callbacks.models import CallbackKind
from omnileads.callbacks.schemas import CallbackOut, CallbackPut
from omnileads.callbacks.service import Callbacks
from omnileads.campaigns.scope import CurrentScope
from omnileads.kit.edge import CurrentRuntime, Transaction
from omnileads.kit.errors import Conflict, ValidationFailed
from omnileads.kit.permissions import CurrentPrincipal, requires

agents = APIRouter(tags=["callbacks"], dependencies=[requires("agent.console")])
supervisors = APIRouter(prefix="/supervision", tags=["callbacks"], dependencies=[requires("supervision.read"), *acts])

KINDS: Final[dict[int, CallbackKind]] = {1: "personal", 2: "global"}
NUMBERS: Final = {kind: number for number, kind in KINDS.items()}
_MOMENTS: Final = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S")
_NAMES: Final = {"due_at": "date", "kind": "schedule_type", "note": "observations"}


class WantedCallback(Fields):
    """`schedule_type`: 1 the agent calls, 2 the dialer does. `date` is yyyy-mm-dd, `time` hh:mm."""

    campaign_id: int
    contact_id: int
    date: str
    time: str
    phone: str | None = None
    schedule_type: int = 1
    observations: str = ""


class Reassignment(Fields):
    agenda_id: int
    agent_id: int


def _service(session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal) -> Callbacks:
    return Callbacks(session, runtime.clock, principal)


CurrentCallbacks = Annotated[Callbacks, Depends(_service)]


def _wanted(data: Data) -> CallbackPut:
    """Raises Refused."""
    errors: dict[str, Any] = {}
    for name in ("campaign_id", "contact_id", "date", "time"):
        if data.get(name) in (None, ""):
            errors[name] = [required()]
        elif name.endswith("_id") and as_id(data[name]) is None:
            errors[name] = [not_a_choice()]
    kind = KINDS.get(as_id(data.get("schedule_type", 1)) or 0)
    if kind is None:
        errors["schedule_type"] = [not_a_choice()]
    moment = _moment(f"{as_text(data.get('date'))} {as_text(data.get('time'))}")
    if moment is None and "date" not in errors and "time" not in errors:
        errors["date"] = [say("Fecha u hora inválida.", "Invalid date or time.")]
    if errors or kind is None or moment is None:
        raise errors_in_data(errors)
    try:
        return CallbackPut(
            campaign_id=as_id(data["campaign_id"]) or 0,
            contact_id=as_id(data["contact_id"]) or 0,
            due_at=moment,
            kind=kind,
            phone=as_text(data.get("phone")) or None,
            note=as_text(data.get("observations")) or "",
        )
    except ValidationError as error:
        wrong = {str(problem["loc"][0]) for problem in error.errors(include_url=False)}
        text = say("El valor es demasiado largo.", "The value is too long.")
        raise errors_in_data({_NAMES.get(name, name): [text] for name in wrong}) from error


def _moment(text: str) -> datetime | None:
    """In the time zone of the installation."""
    for form in _MOMENTS:
        try:
            moment = datetime.strptime(text, form)  # noqa: DTZ007 - the installation's own clock
        except ValueError:
            continue
        return moment.astimezone() if 1970 <= moment.year < 9999 else None
    return None


@agents.post("/agenda_contacto", openapi_extra=takes(WantedCallback))
def put_callback(
    session: Transaction,
    principal: CurrentPrincipal,
    service: CurrentCallbacks,
    wanted: Annotated[CallbackPut, Depends(_wanted)],
) -> Body:
    """The agent's callback of a contact: made, or changed if it has one of it in this campaign."""
    agent = require_agent(session, principal.user_id)
    try:
        stored, is_new = service.put(agent, wanted)
    except ValidationFailed as error:
        raise errors_in_data(by_field(error.fields, _NAMES)) from error
    return {"status": "OK", "agenda_id": stored.id, "created": is_new}


@supervisors.post("/reasignar_agenda_contacto", openapi_extra=takes(Reassignment))
def reassign_callback(scope: CurrentScope, service: CurrentCallbacks, data: Data) -> Body:
    """Another agent of the campaign is to call."""
    callback_id, agent_id = as_id(data.get("agenda_id")), as_id(data.get("agent_id"))
    if callback_id is None:
        raise missing()
    try:
        return _shown(service.give_to(callback_id, agent_id or 0, scope))
    except ValidationFailed as error:
        raise errors_in_data(by_field(error.fields)) from error
    except Conflict as error:
        raise failed(sentence_of(error.code, error.text), 400) from error


@supervisors.get("/data_agenda_contacto/{callback_id}")
def get_callback(scope: CurrentScope, service: CurrentCallbacks, callback_id: str) -> Body:
    number = as_id(callback_id)
    if number is None:
        raise missing()
    return _shown(service.one(number, scope))


def _shown(callback: CallbackOut) -> Body:
    local = callback.due_at.astimezone()
    return {
        "status": "OK",
        "agenda_id": callback.id,
        "campaign_id": callback.campaign_id,
        "campaign": callback.campaign_name,
        "contact_id": callback.contact_id,
        "agent_id": callback.agent_id,
        "agent": callback.agent_name,
        "date": local.strftime("%Y-%m-%d"),
        "time": local.strftime("%H:%M"),
        "phone": callback.phone,
        "schedule_type": NUMBERS[callback.kind],
        "observations": callback.note,
    }
