"""`disposition`, `new_contact/disposition`, `dispositionOptions`: what agents answered, stored by a CRM."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from omnileads.agents.console import require_agent
from omnileads.api.v1.bodies import Data, Fields, as_id, sent, takes
from omnileads.api.v1.contact_values import base_of, external_column, main_phone, make_contact
from omnileads.api.v1.errors import Refused, missing
from omnileads.api.v1.lookup import Place, is_member, is_sent, sent_system
from omnileads.campaigns.models import Campaign
from omnileads.contacts.columns import Structure
from omnileads.contacts.models import ContactBase
from omnileads.crm.models import ExternalSystem
from omnileads.dispositions.errors import OptionUnknown
from omnileads.dispositions.models import Disposition
from omnileads.dispositions.of_contacts import (
    AlreadyDispositioned,
    Answer,
    ContactDispositions,
    Target,
    Told,
    answer_of,
    answers_of,
    lock_contact,
    lock_contact_of_system,
    told,
)
from omnileads.kit.edge import CurrentRuntime, Transaction
from omnileads.kit.http import JsonAnswer
from omnileads.kit.permissions import CurrentPrincipal, Principal, requires

router = APIRouter(tags=["dispositions"], dependencies=[requires("agent.console")])

MOST: Final = 1000
PHONE_AS_DATA: Final = "input_telefono_en_datos_OML"


class DispositionFields(Fields):
    """`idContact` is ours, or with `idExternalSystem` the contact's external id."""

    idContact: str | None = None
    idDispositionOption: str | None = None
    idExternalSystem: str | None = None
    comments: Annotated[str, Field(max_length=2000)] | None = ""
    callid: Annotated[str, Field(max_length=128)] | None = None

    def answer(self, option_id: int) -> Answer:
        return Answer(option_id, self.comments or "", self.callid or None)


class NewContactFields(DispositionFields):
    """Beside these, the values of the contact list's other columns by their names."""

    phone: str | None = None
    idExternalContact: str | None = None


def _service(session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal) -> ContactDispositions:
    return ContactDispositions(session, runtime, principal)


CurrentService = Annotated[ContactDispositions, Depends(_service)]


@router.get("/disposition", response_class=JsonAnswer)
def list_dispositions(
    runtime: CurrentRuntime,
    principal: CurrentPrincipal,
    limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Response:
    """What this agent answered, the oldest first: 1000 at once, the following ones with `offset`."""
    with runtime.database.reading() as reader:
        found = answers_of(reader, principal.user_id, limit, offset)
    return JsonAnswer([_shown(answer) for answer in found])


@router.get("/disposition/{disposition_id}", response_class=JsonAnswer)
def get_disposition(runtime: CurrentRuntime, principal: CurrentPrincipal, disposition_id: str) -> Response:
    # 0 is no answer's id, so that who is no agent hears that first
    with runtime.database.reading() as reader:
        return JsonAnswer(_shown(answer_of(reader, principal.user_id, as_id(disposition_id) or 0)))


@router.post(
    "/disposition",
    status_code=201,
    response_class=JsonAnswer,
    response_model=dict[str, Any],
    openapi_extra=takes(DispositionFields),
)
def create_disposition(
    runtime: CurrentRuntime,
    principal: CurrentPrincipal,
    body: Annotated[DispositionFields, sent(DispositionFields)],
) -> Response:
    """The answer about a contact: one in each campaign. Its author is who is signed in."""
    with runtime.database.transaction() as session:
        service = _service(session, runtime, principal)
        option_id, target = _option(service, body, None)
        contact_id = _contact(session, target, body)
        try:
            stored = told(service.create(target, contact_id, body.answer(option_id)))
        except AlreadyDispositioned as error:
            raise _second() from error
    return JsonAnswer(_shown(stored), status_code=201)


@router.get("/campaign/{campaign_id}/dispositionOptions")
def disposition_options(session: Transaction, principal: CurrentPrincipal, campaign_id: str) -> list[dict[str, Any]]:
    """The options of one of the agent's campaigns, hidden ones too."""
    number = as_id(campaign_id)
    return _options(session, principal, session.get(Campaign, number) if number else None)


@router.get("/campaign/{external_id}/dispositionOptions/{system_id}")
def disposition_options_of_system(
    session: Transaction, principal: CurrentPrincipal, external_id: str, system_id: str
) -> list[dict[str, Any]]:
    """The same, for the campaign an external system calls so."""
    number = as_id(system_id)
    if number is None or session.get(ExternalSystem, number) is None:
        raise missing()
    campaign = session.scalar(
        select(Campaign).where(
            Campaign.external_system_id == number,
            Campaign.external_id == external_id,
            Campaign.deleted_at.is_(None),
        )
    )
    return _options(session, principal, campaign)


def _options(session: Session, principal: Principal, campaign: Campaign | None) -> list[dict[str, Any]]:
    agent = require_agent(session, principal.user_id)
    if campaign is None or campaign.deleted_at is not None or not is_member(session, campaign, agent):
        raise missing()
    return [
        {"id": option.id, "name": option.name, "hidden": option.is_hidden} for option in campaign.disposition_options
    ]


@router.put("/disposition/{disposition_id}", openapi_extra=takes(DispositionFields))
def update_disposition(
    session: Transaction,
    service: CurrentService,
    disposition_id: str,
    body: Annotated[DispositionFields, sent(DispositionFields)],
) -> dict[str, Any]:
    present = _own(service, disposition_id)
    option_id, target = _option(service, body, present)
    contact_id = _contact(session, target, body)
    try:
        return _shown(told(service.change(present, target, contact_id, body.answer(option_id))))
    except AlreadyDispositioned as error:
        raise _second() from error


@router.post("/new_contact/disposition", status_code=201, openapi_extra=takes(NewContactFields))
def create_contact_and_disposition(
    session: Transaction,
    runtime: CurrentRuntime,
    principal: CurrentPrincipal,
    service: CurrentService,
    data: Data,
    body: Annotated[NewContactFields, sent(NewContactFields)],
) -> dict[str, Any]:
    """A contact in the list of the campaign that has the option, and the answer about it: both or neither."""
    option_id, target = _option(service, body, None)
    campaign = session.get_one(Campaign, target.campaign_id)
    base = base_of(session, campaign)
    if base is None:
        raise _invalid_contact()
    place = Place(campaign, base, require_agent(session, principal.user_id))
    try:
        made = make_contact(session, runtime.clock, principal, place, _values(base, data), "assigned")
    except Refused as error:
        raise _of_external_id(base, error) from error
    stored = service.create(target, made.id, body.answer(option_id))
    return {key: value for key, value in _shown(told(stored)).items() if key != "idContact"}


def _values(base: ContactBase, data: dict[str, Any]) -> dict[str, Any]:
    """The contact's values by column; a column called `telefono` that is not the main phone has a key of its own."""
    main, external = main_phone(base), external_column(base)
    values = {column["name"]: data.get(column["name"]) for column in base.columns}
    if "telefono" in values and main != "telefono" and PHONE_AS_DATA in data:
        values["telefono"] = data[PHONE_AS_DATA]
    values[main] = data.get("phone")
    if external is not None and is_sent(data, "idExternalContact"):
        values[external] = data["idExternalContact"]
    return values


def _of_external_id(base: ContactBase, error: Refused) -> Refused:
    column = external_column(base)
    index = Structure.of(base.columns).external_id
    if index is not None and column in error.body.get("errors", {}):
        text = "There is another contact with this external id on this database"
        return Refused(400, {"status": "ERROR", "idExternalContact": text})
    return _invalid_contact()


def _invalid_contact() -> Refused:
    return Refused(400, {"status": "ERROR", "contacto": "Contact data is invalid"})


def _second() -> Refused:
    text = "There is another disposition for this contact on this campaign"
    return Refused(400, {"status": "ERROR", "msg": text})


def _own(service: ContactDispositions, disposition_id: str) -> Disposition:
    number = as_id(disposition_id)
    if number is None:
        raise missing()
    return service.one(number)


def _option(service: ContactDispositions, body: DispositionFields, present: Disposition | None) -> tuple[int, Target]:
    option_id = as_id(body.idDispositionOption)
    try:
        target = service.target(option_id, present)
    except OptionUnknown as error:
        text = "Disposition option id not found"
        raise Refused(400, {"status": "ERROR", "idDispositionOption": text}) from error
    return option_id or 0, target


def _contact(session: Session, target: Target, body: DispositionFields) -> int:
    if sent_system(session, {"idExternalSystem": body.idExternalSystem}) is not None:
        found = lock_contact_of_system(session, target.contact_base_id, body.idContact)
    else:
        found = lock_contact(session, target.contact_base_id, as_id(body.idContact))
    if found is None:
        raise Refused(400, {"status": "ERROR", "idContact": "Contact id not found"})
    return found


def _shown(answer: Told) -> dict[str, Any]:
    return {
        "id": answer.id,
        "idContact": answer.contact_id,
        "callid": answer.call_id,
        "idDispositionOption": answer.option_id,
        "comments": answer.comment,
    }
