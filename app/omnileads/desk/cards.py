"""The card of a call: whom it is with, and what to say to them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from omnileads.agents.live import LiveAgents
from omnileads.agents.models import Agent
from omnileads.calls.models import Call
from omnileads.calls.own import campaign_of_own_call, contact_of_call
from omnileads.calls.store import attach_contact
from omnileads.campaigns.models import Campaign
from omnileads.campaigns.script import pieces_of
from omnileads.contacts.columns import Structure
from omnileads.contacts.models import Contact
from omnileads.desk.contacts import DeskContacts
from omnileads.desk.errors import CampaignWithoutContacts, ContactNotThere
from omnileads.desk.place import Place, campaign_of_agent, place_of
from omnileads.desk.recognising import contacts_of_number
from omnileads.desk.schemas import CallCard, ContactCard, ScriptPiece
from omnileads.dispositions.errors import CallWithoutCampaign
from omnileads.kit.clock import Clock
from omnileads.kit.permissions import Principal


class CallCards:
    """For one agent. Every method raises NotFound for a call of somebody else, CallWithoutCampaign."""

    def __init__(self, session: Session, clock: Clock, live: LiveAgents, agent: Agent, actor: Principal) -> None:
        self._session = session
        self._clock = clock
        self._live = live
        self._agent = agent
        self._actor = actor

    def campaign(self, call_id: str) -> Campaign:
        campaign_id = campaign_of_own_call(self._session, self._live, self._agent.id, call_id)
        if not campaign_id:
            raise CallWithoutCampaign
        return campaign_of_agent(self._session, self._live, self._agent, campaign_id)

    def card(self, call_id: str, customer_id: str = "") -> CallCard:
        """`customer_id` is what the caller entered when asked to identify themselves: an external id of the base."""
        campaign = self.campaign(call_id)
        try:
            place = place_of(self._session, campaign)
        except CampaignWithoutContacts:
            return CallCard(
                call_id=call_id,
                campaign_id=campaign.id,
                has_contacts=False,
                columns=[],
                contact=None,
                candidates=[],
                is_attached=False,
                script=_script(campaign, None, None),
            )
        contacts = DeskContacts(self._session, self._clock, place, self._actor)
        known = self._known(call_id, place)
        found = [known] if known is not None else self._recognised(call_id, place, customer_id)
        contact = contacts.card(found[0]) if len(found) == 1 else None
        return CallCard(
            call_id=call_id,
            campaign_id=campaign.id,
            has_contacts=True,
            columns=contacts.columns(),
            contact=contact,
            candidates=[contacts.card(candidate) for candidate in found] if contact is None else [],
            is_attached=known is not None,
            script=_script(campaign, place, contact),
        )

    def attach(self, call_id: str, contact_id: int) -> CallCard:
        """Say whom the call is with. Raises ContactNotThere, CampaignWithoutContacts."""
        place = place_of(self._session, self.campaign(call_id))
        if self._in_base(place, contact_id) is None:
            raise ContactNotThere
        attach_contact(self._session, call_id, contact_id, self._agent.id, self._clock.now())
        self._session.expire_all()
        return self.card(call_id)

    def contact(self, call_id: str, place: Place) -> Contact | None:
        """The one contact the call is with, as far as anybody can tell."""
        known = self._known(call_id, place)
        if known is not None:
            return known
        found = self._recognised(call_id, place, "")
        return found[0] if len(found) == 1 else None

    def _known(self, call_id: str, place: Place) -> Contact | None:
        contact_id = contact_of_call(self._session, call_id)
        return self._in_base(place, contact_id) if contact_id is not None else None

    def _recognised(self, call_id: str, place: Place, customer_id: str) -> Sequence[Contact]:
        structure = Structure.of(place.base.columns)
        if customer_id and structure.external_id is not None:
            key = place.base.columns[structure.external_id]["key"]
            same = select(Contact).where(Contact.base_id == place.base.id, Contact.external_id == customer_id)
            customer = self._session.scalar(same) if place.restrictions.sees(key) else None
            if customer is not None:
                return [customer]
        number, is_outbound = self._number(call_id)
        return contacts_of_number(self._session, place.base.id, number, is_outbound=is_outbound) if number else []

    def _number(self, call_id: str) -> tuple[str, bool]:
        """The number on the other side, and whether it was dialled."""
        call = self._session.get(Call, call_id)
        if call is not None:
            return call.number, call.direction == "outbound"
        present = self._live.one(self._agent.id)
        return (present.number or "", True) if present is not None and present.call_id == call_id else ("", False)

    def _in_base(self, place: Place, contact_id: int) -> Contact | None:
        return self._session.scalar(select(Contact).where(Contact.base_id == place.base.id, Contact.id == contact_id))


def _script(campaign: Campaign, place: Place | None, contact: ContactCard | None) -> list[ScriptPiece]:
    """With the contact's values; those of hidden columns are left empty, whatever the script says."""
    columns = place.base.columns if place is not None else []
    values = contact.values if contact is not None else {}
    pieces = pieces_of(campaign.script, columns, lambda key: values.get(key, ""))
    return [ScriptPiece(text=piece.text, is_value=piece.column is not None) for piece in pieces]
