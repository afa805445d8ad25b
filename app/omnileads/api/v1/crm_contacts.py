"""`campaign/database_metadata`, `new_contact`, `campaign/{id}/contacts`: the contacts of a campaign, for CRMs."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from sqlalchemy import ColumnElement, cast, exists, func, select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from omnileads.agents.console import require_agent
from omnileads.api.v1.bodies import Data, as_id, takes
from omnileads.api.v1.contact_values import base_of, external_column, main_phone, make_contact, shown
from omnileads.api.v1.errors import Refused, missing
from omnileads.api.v1.language import say
from omnileads.api.v1.lookup import (
    CampaignReference,
    campaign_of_system,
    contact_of,
    is_member,
    sent_place,
    sent_system,
)
from omnileads.campaigns.models import Campaign
from omnileads.contacts import terms
from omnileads.contacts.contacts import values_by_key
from omnileads.contacts.models import Contact, ContactBase
from omnileads.dispositions.models import Disposition
from omnileads.kit.edge import CurrentRuntime, Transaction
from omnileads.kit.permissions import CurrentPrincipal, Principal, requires
from omnileads.kit.schemas import PlainText

router = APIRouter(tags=["contacts"])

REFERENCES: Final = ("idCampaign", "idExternalSystem")
CONFIRMS: Final = "confirmar_duplicado"
MOST_ROWS: Final = 200
MOST_COUNTED: Final = 10_000


@router.post(
    "/campaign/database_metadata",
    dependencies=[requires("campaigns.read", "agent.console")],
    openapi_extra=takes(CampaignReference),
)
def database_metadata(session: Transaction, principal: CurrentPrincipal, data: Data) -> dict[str, Any]:
    """The columns of a campaign's contact list."""
    base = sent_place(session, principal, data).base
    return {
        "status": "OK",
        "main_phone": main_phone(base),
        "external_id": external_column(base),
        "fields": [column["name"] for column in base.columns],
    }


@router.post(
    "/new_contact",
    dependencies=[requires("contacts.write", "agent.console")],
    openapi_extra=takes(CampaignReference),
)
def new_contact(
    session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal, data: Data
) -> dict[str, Any]:
    """A contact, its values beside the ids as `database_metadata` names the columns."""
    place = sent_place(session, principal, data)
    sent = {name: value for name, value in data.items() if name not in REFERENCES}
    _refuse_unknown_columns(place.base, sent)
    phone = main_phone(place.base)
    if sent.get(phone) in (None, ""):
        message = say("El campo es obligatorio", "The field is required")
        raise Refused(400, {"status": "ERROR", "message": message, "errors": phone})
    made = make_contact(session, runtime.clock, principal, place, sent, "pending")
    return {
        "status": "OK",
        "message": say("Contacto agregado", "Contact added"),
        "id": made.id,
        "contacto": shown(place.base, made.values),
    }


def _refuse_unknown_columns(base: ContactBase, sent: dict[str, Any]) -> None:
    columns = {column["name"] for column in base.columns}
    unknown = [name for name in sent if name not in columns]
    if unknown and unknown != [CONFIRMS]:
        message = say("Se recibieron campos incorrectos", "Wrong fields were received")
        raise Refused(400, {"status": "ERROR", "message": message, "errors": unknown})


Start = Annotated[int, Query(ge=0, le=100_000_000)]
Length = Annotated[int, Query(le=2**31 - 1)]


@router.get("/campaign/{campaign_id}/contacts", dependencies=[requires("agent.console")])
def campaign_contacts(
    session: Transaction,
    principal: CurrentPrincipal,
    campaign_id: str,
    search: Annotated[PlainText, Query(alias="search[value]", max_length=100)] = "",
    start: Start = 0,
    length: Length = 10,
    draw: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
) -> dict[str, Any]:
    """Contacts without a disposition in the campaign, as DataTables asks for them; at most 200 at once.

    A row is the contact's id and its values in the order of the columns.
    """
    campaign, base = _own_campaign(session, principal, as_id(campaign_id))
    open_ones = [Contact.base_id == base.id, ~_is_dispositioned(campaign.id)]
    found = [*open_ones, *_matching(base.id, search.strip())]
    size = MOST_ROWS if length < 1 else min(length, MOST_ROWS)
    rows = session.scalars(select(Contact).where(*found).order_by(Contact.id).offset(start).limit(size))
    total = _count(session, open_ones)
    return {
        "draw": draw,
        "recordsTotal": total,
        "recordsFiltered": _count(session, found) if search.strip() else total,
        "data": [[contact.id, *contact.values] for contact in rows],
    }


@router.get("/campaign/{campaign_id}/contacts/{contact_id}", dependencies=[requires("agent.console")])
def campaign_contact(
    session: Transaction,
    principal: CurrentPrincipal,
    campaign_id: str,
    contact_id: str,
    external_system: Annotated[PlainText, Query(alias="idExternalSystem", max_length=20)] = "",
) -> dict[str, Any]:
    """One contact, by our ids or by those of an external system."""
    system_id = sent_system(session, {"idExternalSystem": external_system})
    if system_id is None:
        campaign, base = _own_campaign(session, principal, as_id(campaign_id))
    else:
        named = campaign_of_system(session, system_id, campaign_id)
        campaign, base = _own_campaign(session, principal, named.id if named else None)
    contact = contact_of(session, base.id, contact_id, is_external=system_id is not None)
    if contact is None:
        raise missing()
    return {
        "status": "OK",
        "message": "",
        "id": contact.id,
        "id_externo": contact.external_id,
        "bd_contacto": campaign.contact_base_id,
        "contacto": shown(base, values_by_key(base, contact)),
    }


def _own_campaign(session: Session, principal: Principal, campaign_id: int | None) -> tuple[Campaign, ContactBase]:
    """The campaign and its base, if the caller is an agent of it. Raises Refused (404)."""
    agent = require_agent(session, principal.user_id)
    campaign = session.get(Campaign, campaign_id) if campaign_id else None
    if campaign is None or campaign.deleted_at is not None or not is_member(session, campaign, agent):
        raise missing()
    base = base_of(session, campaign)
    if base is None:
        raise missing()
    return campaign, base


def _is_dispositioned(campaign_id: int) -> ColumnElement[bool]:
    return exists().where(Disposition.campaign_id == campaign_id, Disposition.contact_id == Contact.id)


def _matching(base_id: int, search: str) -> list[ColumnElement[bool]]:
    if not search:
        return []
    asked = terms.query(base_id, search)
    return [Contact.search.op("@@")(cast(asked, TSQUERY)) if asked else Contact.id < 0]


def _count(session: Session, conditions: list[ColumnElement[bool]]) -> int:
    """Counted no further than anybody turns pages."""
    limited = select(Contact.id).where(*conditions).limit(MOST_COUNTED).subquery()
    return session.execute(select(func.count()).select_from(limited)).scalar_one()
