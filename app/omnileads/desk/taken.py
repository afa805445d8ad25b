"""What follows when an agent takes a call, whether or not its browser lives to see it.

The worker does it as it writes the call log: a caller whose number is one contact's only is that contact, and the
campaign's external site is told where the server has to. Done twice it changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from omnileads.calls.intake import CallEventIn
from omnileads.calls.own import contact_of_call
from omnileads.calls.store import recognise_contact
from omnileads.campaigns.models import Campaign
from omnileads.contacts.models import Contact
from omnileads.crm.journal import Occasion, SiteJournal
from omnileads.crm.models import ExternalSite
from omnileads.crm.requests import is_sent_by_server
from omnileads.desk.context import CallFacts, context_of
from omnileads.desk.recognising import contacts_of_number
from omnileads.desk.visits import connect_occasion, parameters_of, sent_values, site_of
from omnileads.kit.clock import from_epoch_ms
from omnileads.kit.runtime import Runtime


class TakenCalls:
    """A `calls.followers.Follower`."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def __call__(self, session: Session, taken: Sequence[CallEventIn], now: datetime) -> None:
        wanted = {event.campaign_id for event in taken}
        found = session.scalars(select(Campaign).where(Campaign.id.in_(wanted))).unique()
        campaigns = {campaign.id: campaign for campaign in found}
        for event in taken:
            campaign = campaigns.get(event.campaign_id)
            if campaign is not None:
                self._taken(session, event, campaign, now)

    def _taken(self, session: Session, event: CallEventIn, campaign: Campaign, now: datetime) -> None:
        contact = self._contact(session, event, campaign, now)
        site = site_of(session, campaign)
        if site is None or not is_sent_by_server(site) or site.trigger not in ("server", "automatic"):
            return
        self._tell(session, event, campaign, contact, site)

    def _contact(self, session: Session, event: CallEventIn, campaign: Campaign, now: datetime) -> Contact | None:
        """The call's contact; one whose number alone it is is said to be it."""
        base_id = campaign.contact_base_id
        if base_id is None:
            return None
        known = contact_of_call(session, event.call_id)
        if known is not None:
            contact = session.get(Contact, known)
            return contact if contact is not None and contact.base_id == base_id else None
        found = contacts_of_number(session, base_id, event.number, is_outbound=event.event == "ANSWER")
        if len(found) != 1:
            return None
        recognise_contact(session, event.call_id, found[0].id, now)
        return found[0]

    def _tell(
        self, session: Session, event: CallEventIn, campaign: Campaign, contact: Contact | None, site: ExternalSite
    ) -> None:
        at = from_epoch_ms(event.time)
        context = context_of(
            session,
            campaign,
            event.agent_id,
            CallFacts(event.call_id, event.number, event.wait_seconds, event.recording, at),
            contact_id=contact.id if contact is not None else None,
            contact=sent_values(session, campaign.contact_base_id, contact),
            dialplan=event.dialplan_data,
        )
        name = connect_occasion(event.call_id, event.agent_id)
        about = Occasion(name, site.id, campaign.id, event.call_id, event.agent_id)
        SiteJournal(session, self._runtime.clock).queue(self._runtime.jobs, about, parameters_of(campaign), context)
