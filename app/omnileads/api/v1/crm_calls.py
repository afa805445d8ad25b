"""`makeCall`, `make_call_outside_campaign`, `hangupCall`: the calls of the agent who is signed in."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from omnileads.agents.calling import Command, call_command
from omnileads.agents.console import require_agent
from omnileads.agents.engine import EngineClient
from omnileads.agents.errors import EngineRefused, EngineUnavailable
from omnileads.agents.models import Agent
from omnileads.agents.schemas import AgentLive, CallRequest
from omnileads.api.v1.bodies import Data, Fields, as_id, as_text, takes
from omnileads.api.v1.errors import (
    Body,
    Refused,
    errors_in_data,
    failed,
    must_be_given,
    no_permission,
    not_a_choice,
    sentence_of,
)
from omnileads.api.v1.language import say
from omnileads.api.v1.lookup import active_campaign, campaign_of_system, contact_of, is_member, is_sent, sent_system
from omnileads.campaigns.models import Campaign
from omnileads.contacts.models import Contact
from omnileads.crm.models import ExternalSystemAgent
from omnileads.kit.audit import AuditLog
from omnileads.kit.clock import epoch_ms
from omnileads.kit.edge import CurrentRuntime, CurrentSettings
from omnileads.kit.ids import new_id
from omnileads.kit.permissions import CurrentPrincipal, Principal, requires
from omnileads.kit.redis import connect_async
from omnileads.kit.runtime import Runtime
from omnileads.settings import Settings

router = APIRouter(tags=["calls"], dependencies=[requires("agent.console")])

MAX_PHONE = 128


class WantedCall(Fields):
    """With `idExternalSystem` the other ids are those of that system."""

    idCampaign: str
    idAgent: str
    phone: str
    idContact: str | None = None
    idExternalSystem: str | None = None


class WantedOutsideCall(Fields):
    """`destination_type`: AGENT, then `destination` is an agent's id, or EXTERNAL, then it is a number."""

    destination_type: str
    destination: str


async def ask_engine(runtime: Runtime, settings: Settings, command: Command) -> AgentLive:
    """Raises EngineRefused, EngineUnavailable."""
    async with connect_async(settings.redis, client_name=f"{settings.oml.instance}-agent-command") as client:
        return await EngineClient(client, runtime.clock).ask(command)


def _wanted_call(runtime: CurrentRuntime, principal: CurrentPrincipal, data: Data) -> Command:
    """The engine's command, in a transaction of its own. Raises Refused: 200 with the errors of the fields."""
    with runtime.database.transaction() as session:
        agent = require_agent(session, principal.user_id)
        try:
            command = _command(session, runtime, agent, data)
        except Refused as error:
            raise Refused(200, error.body) from error
        return _audited(session, runtime, principal, command)


def _audited(session: Session, runtime: Runtime, principal: Principal, command: Command) -> Command:
    """Who asked for the call; what became of it is in the call log."""
    asked = {key: value for key, value in command.items() if key not in ("type", "call_id", "is_blocked")}
    AuditLog(session, runtime.clock).record(
        "call.requested", "call", str(command["call_id"]), actor=principal, after=asked
    )
    return command


@router.post("/makeCall", openapi_extra=takes(WantedCall))
async def make_call(
    runtime: CurrentRuntime, settings: CurrentSettings, command: Annotated[Command, Depends(_wanted_call)]
) -> Body:
    """Click to call: the agent's webphone rings and answers by itself, then the number is dialled."""
    return await _started(runtime, settings, command, {"status": "OK"})


async def _started(runtime: Runtime, settings: Settings, command: Command, answer: Body) -> Body:
    try:
        await ask_engine(runtime, settings, command)
    except (EngineRefused, EngineUnavailable) as error:
        message = say("Error al ejecutar la llamada", "The call could not be made")
        reason = sentence_of(error.fields[0].code if error.fields else error.code, error.text)
        raise failed(message, errors=[reason]) from error
    return answer


def _command(session: Session, runtime: Runtime, agent: Agent, data: Body) -> Command:
    phone = as_text(data.get("phone")) or ""
    absent = {name: [must_be_given()] for name in ("idCampaign", "idAgent", "phone") if not is_sent(data, name)}
    if absent:
        raise errors_in_data(absent)
    if len(phone) > MAX_PHONE:
        text = f"Asegúrese de que este valor tenga como máximo {MAX_PHONE} caracteres (tiene {len(phone)})."
        raise errors_in_data({"phone": [say(text, f"Ensure this value has at most {MAX_PHONE} characters.")]})
    system_id = sent_system(session, data)
    campaign = _campaign(session, system_id, data["idCampaign"])
    _require_self(session, agent, system_id, data["idAgent"])
    if not is_member(session, campaign, agent):
        text = say("El agente no participa en la campaña.", "The agent is not in the campaign.")
        raise errors_in_data({"idAgent": [text]})
    contact = _contact(session, campaign, system_id, data)
    try:
        request = CallRequest(number=phone, campaign_id=campaign.id, contact_id=contact.id if contact else None)
    except ValidationError as error:
        raise errors_in_data({"phone": [say("Introduzca un valor válido.", "Enter a valid value.")]}) from error
    return call_command(session, agent, _new_call_id(runtime), request)


def _new_call_id(runtime: Runtime) -> str:
    return new_id(epoch_ms(runtime.clock.now()))


def _campaign(session: Session, system_id: int | None, sent: Any) -> Campaign:
    if system_id is not None:
        campaign = campaign_of_system(session, system_id, sent)
    else:
        campaign_id = as_id(sent)
        campaign = active_campaign(session, campaign_id) if campaign_id else None
    if campaign is None:
        raise errors_in_data({"idCampaign": [not_a_choice()]})
    return campaign


def _require_self(session: Session, agent: Agent, system_id: int | None, sent: Any) -> None:
    """The named agent must be the one who is signed in: nobody makes another's webphone dial. Raises Refused."""
    if system_id is not None:
        text = as_text(sent)
        named = session.scalar(
            select(ExternalSystemAgent.agent_id).where(
                ExternalSystemAgent.external_system_id == system_id, ExternalSystemAgent.external_id == text
            )
        )
        unknown = say(
            "El agente no corresponde al sistema externo.", "The agent does not belong to the external system."
        )
    else:
        number = as_id(sent)
        found = session.get(Agent, number) if number else None
        named = found.id if found is not None and found.deleted_at is None else None
        unknown = not_a_choice()
    if named is None:
        raise errors_in_data({"idAgent": [unknown]})
    if named != agent.id:
        text = say("Solo puede llamar como su propio agente.", "You can only call as your own agent.")
        raise errors_in_data({"idAgent": [text]})


def _contact(session: Session, campaign: Campaign, system_id: int | None, data: Body) -> Contact | None:
    if not is_sent(data, "idContact"):
        return None
    contact = contact_of(session, campaign.contact_base_id, data["idContact"], is_external=system_id is not None)
    if contact is not None or system_id is not None:
        return contact
    number = as_id(data["idContact"])
    if number is None or session.get(Contact, number) is None:
        raise errors_in_data({"idContact": [not_a_choice()]})
    text = say("El contacto no corresponde a la campaña.", "The contact does not belong to the campaign.")
    raise errors_in_data({"idContact": [text]})


def _wanted_outside(runtime: CurrentRuntime, principal: CurrentPrincipal, data: Data) -> Command:
    """Raises Refused: 403 where the agent's group does not allow it, 400 for what cannot be called."""
    with runtime.database.transaction() as session:
        agent = require_agent(session, principal.user_id)
        kind, destination = data.get("destination_type"), as_text(data.get("destination")) or ""
        if kind not in ("AGENT", "EXTERNAL"):
            raise failed(say("Valor de destination_type inválido", "Wrong value of destination_type"), 400)
        if kind == "AGENT":
            command = _colleague_command(session, runtime, agent, destination)
            return _audited(session, runtime, principal, command)
        if not agent.group.allow_off_campaign_calls:
            raise failed(no_permission(), 403)
        try:
            request = CallRequest(number=destination)
        except ValidationError as error:
            raise _wrong_destination() from error
        command = call_command(session, agent, _new_call_id(runtime), request)
        return _audited(session, runtime, principal, command)


def _colleague_command(session: Session, runtime: Runtime, agent: Agent, destination: str) -> Command:
    if not (agent.group.allow_off_campaign_calls and agent.group.allow_calls_between_agents):
        raise failed(no_permission(), 403)
    number = as_id(destination)
    colleague = session.get(Agent, number) if number else None
    if colleague is None or colleague.deleted_at is not None or colleague.id == agent.id:
        raise _wrong_destination()
    return {
        "type": "agent.call-agent",
        "agent_id": agent.id,
        "call_id": _new_call_id(runtime),
        "to_agent_id": colleague.id,
    }


def _wrong_destination() -> Refused:
    return failed(say("Valor de destination inválido", "Wrong value of destination"), 400)


@router.post("/make_call_outside_campaign", openapi_extra=takes(WantedOutsideCall))
async def make_call_outside_campaign(
    runtime: CurrentRuntime, settings: CurrentSettings, command: Annotated[Command, Depends(_wanted_outside)]
) -> Body:
    """Call a colleague or a number without a campaign, where the agent's group allows it."""
    text = say("Llamada fuera de campaña iniciada", "Call outside of campaigns started")
    return await _started(runtime, settings, command, {"status": "OK", "message": text})


def own_agent_id(runtime: CurrentRuntime, principal: CurrentPrincipal) -> int:
    """The caller's agent, read in a transaction of its own: no connection is held while the engine is asked."""
    with runtime.database.transaction() as session:
        return require_agent(session, principal.user_id).id


OwnAgentId = Annotated[int, Depends(own_agent_id)]


@router.post("/hangupCall")
async def hang_up(runtime: CurrentRuntime, settings: CurrentSettings, agent_id: OwnAgentId) -> Body:
    """End the agent's present call."""
    try:
        await ask_engine(runtime, settings, {"type": "agent.hang-up", "agent_id": agent_id})
    except (EngineRefused, EngineUnavailable) as error:
        raise Refused(200, {"status": "ERROR"}) from error
    return {"status": "OK"}
