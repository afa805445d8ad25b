"""HTTP: the agent's desk."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from omnileads.agents.console import require_agent
from omnileads.agents.live import LiveAgents
from omnileads.agents.models import Agent
from omnileads.calls.ids import CallIdPath
from omnileads.desk.cards import CallCards
from omnileads.desk.contacts import DeskContacts
from omnileads.desk.forms import form_of_agent
from omnileads.desk.history import history_of
from omnileads.desk.place import campaign_of_agent, place_of
from omnileads.desk.schemas import (
    AgentContactChange,
    AgentContactCreate,
    AgentContactSlice,
    AgentForm,
    CallCard,
    ContactAttach,
    ContactCard,
    ContactHistoryItem,
    SiteVisit,
    SiteVisitRequest,
)
from omnileads.desk.visits import SiteVisits
from omnileads.kit.edge import CurrentRuntime, Transaction
from omnileads.kit.pagination import Page, Paging
from omnileads.kit.permissions import CurrentPrincipal, requires
from omnileads.kit.schemas import PathId, PlainText

router = APIRouter(prefix="/agent", tags=["agent-console"], dependencies=[requires("agent.console")])

ContactPath = Annotated[int, Path(ge=1, le=2**63 - 1)]


def _agent(session: Transaction, principal: CurrentPrincipal) -> Agent:
    return require_agent(session, principal.user_id)


CurrentAgent = Annotated[Agent, Depends(_agent)]


def _cards(
    session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal, agent: CurrentAgent
) -> CallCards:
    return CallCards(session, runtime.clock, LiveAgents(runtime.redis), agent, principal)


CurrentCards = Annotated[CallCards, Depends(_cards)]


def _contacts(
    session: Transaction,
    runtime: CurrentRuntime,
    principal: CurrentPrincipal,
    agent: CurrentAgent,
    campaign_id: PathId,
) -> DeskContacts:
    campaign = campaign_of_agent(session, LiveAgents(runtime.redis), agent, campaign_id)
    return DeskContacts(session, runtime.clock, place_of(session, campaign), principal)


CurrentContacts = Annotated[DeskContacts, Depends(_contacts)]


def _visits(
    session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal, agent: CurrentAgent
) -> SiteVisits:
    return SiteVisits(session, runtime, agent, principal)


CurrentVisits = Annotated[SiteVisits, Depends(_visits)]


@router.get("/calls/{call_id}/card")
def get_call_card(
    cards: CurrentCards,
    call_id: CallIdPath,
    customer_id: Annotated[PlainText, Query(max_length=200, description="What the caller identified with.")] = "",
) -> CallCard:
    """Whom one's own call is with, what the agent may see and change of them, and the script."""
    return cards.card(call_id, customer_id)


@router.put("/calls/{call_id}/contact")
def attach_contact(cards: CurrentCards, call_id: CallIdPath, body: ContactAttach) -> CallCard:
    """Say whom one's own call is with; it can be said again, and is kept with the call."""
    return cards.attach(call_id, body.contact_id)


@router.post("/calls/{call_id}/site-visit")
def visit_site(visits: CurrentVisits, call_id: CallIdPath, body: SiteVisitRequest) -> SiteVisit:
    """What the campaign's external site is opened with for this call; or the server is told to send it."""
    return visits.visit(call_id, body.dialplan)


@router.get("/campaigns/{campaign_id}/contacts")
def search_agent_contacts(
    contacts: CurrentContacts,
    search: Annotated[PlainText, Query(max_length=100, description="Phone, external id or words.")] = "",
    cursor: Annotated[PlainText | None, Query(max_length=200, description="`next` of the rows before.")] = None,
    size: Annotated[int, Query(ge=1, le=100, description="Rows in an answer.")] = 20,
) -> AgentContactSlice:
    """Contacts of an active campaign the agent works in. With `search` those of which a visible value begins so."""
    return contacts.slice(search.strip(), cursor, size)


@router.post("/campaigns/{campaign_id}/contacts", status_code=201)
def create_agent_contact(
    contacts: CurrentContacts, cards: CurrentCards, campaign_id: PathId, body: AgentContactCreate
) -> ContactCard:
    """Add a contact, and say that one's own call is with it if `call_id` is sent."""
    made = contacts.create(body.values)
    if body.call_id is not None:
        cards.attach(body.call_id, made.id)
    return contacts.one(made.id)


@router.get("/campaigns/{campaign_id}/contacts/{contact_id}")
def get_agent_contact(contacts: CurrentContacts, contact_id: ContactPath) -> ContactCard:
    return contacts.one(contact_id)


@router.patch("/campaigns/{campaign_id}/contacts/{contact_id}")
def change_agent_contact(contacts: CurrentContacts, contact_id: ContactPath, body: AgentContactChange) -> ContactCard:
    """Change what the campaign lets its agents change. 409 when somebody changed the contact since `version`."""
    return contacts.change(contact_id, body.values, body.version)


@router.get("/campaigns/{campaign_id}/contacts/{contact_id}/history")
def list_contact_history(
    session: Transaction, contacts: CurrentContacts, agent: CurrentAgent, paging: Paging, contact_id: ContactPath
) -> Page[ContactHistoryItem]:
    """Calls with the contact and dispositions about it in the agent's campaigns, the newest first."""
    return history_of(session, agent, contacts.one(contact_id).id, paging)


@router.get("/forms/{form_id}")
def get_agent_form(session: Transaction, agent: CurrentAgent, form_id: PathId) -> AgentForm:
    """A form that a disposition of one of the agent's campaigns opens."""
    return form_of_agent(session, agent, form_id)
