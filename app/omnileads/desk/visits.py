"""The external site of a campaign during its calls: opened by the agent's browser, or told by the server.

By the site's trigger: "button" when the agent wants it, "automatic" when the call is taken, "server" the same without
the browser, "disposition" when an option that calls the site is chosen. What the browser cannot show (JSON) the server
sends, whatever the trigger.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from omnileads.agents.live import LiveAgents
from omnileads.agents.models import Agent
from omnileads.campaigns.models import Campaign
from omnileads.contacts.contacts import values_by_key
from omnileads.contacts.models import Contact, ContactBase
from omnileads.crm.journal import Occasion, SiteJournal
from omnileads.crm.models import ExternalSite
from omnileads.crm.requests import UnusableRequest, build, is_sent_by_server
from omnileads.crm.schemas import SiteContext, SiteParameter
from omnileads.desk.cards import CallCards
from omnileads.desk.context import context_of, facts_of
from omnileads.desk.errors import CampaignWithoutContacts, NothingToOpen, SiteUnusable
from omnileads.desk.place import Place, place_of
from omnileads.desk.schemas import SiteField, SiteVisit
from omnileads.dispositions.models import Disposition, DispositionChange
from omnileads.kit.clock import epoch_ms
from omnileads.kit.ids import new_id
from omnileads.kit.permissions import Principal
from omnileads.kit.runtime import Runtime


def site_of(session: Session, campaign: Campaign) -> ExternalSite | None:
    """The site the campaign works with, unless it works with forms alone."""
    if campaign.interaction == "form" or campaign.external_site_id is None:
        return None
    return session.get(ExternalSite, campaign.external_site_id)


def parameters_of(campaign: Campaign) -> list[SiteParameter]:
    return [SiteParameter.model_validate(item) for item in campaign.external_site_parameters]


def connect_occasion(call_id: str, agent_id: int) -> str:
    """Taking a call is one occasion for each agent who takes it."""
    return f"connect:{call_id}:{agent_id}"


class SiteVisits:
    """For one agent, in the transaction of a request."""

    def __init__(self, session: Session, runtime: Runtime, agent: Agent, actor: Principal) -> None:
        self._session = session
        self._runtime = runtime
        self._clock = runtime.clock
        self._live = LiveAgents(runtime.redis)
        self._agent = agent
        self._cards = CallCards(session, runtime.clock, self._live, agent, actor)
        self._journal = SiteJournal(session, runtime.clock)

    def visit(self, call_id: str, dialplan: Mapping[str, str]) -> SiteVisit:
        """What the browser opens now, or word that the server sends it.

        Raises NotFound, CallWithoutCampaign, NothingToOpen, SiteUnusable.
        """
        campaign = self._cards.campaign(call_id)
        site = site_of(self._session, campaign)
        disposition = self._disposition(call_id, site)
        if site is None or site.trigger == "server" or (site.trigger == "disposition" and disposition is None):
            raise NothingToOpen
        context = self._context(campaign, site, call_id, dialplan.items(), disposition)
        if is_sent_by_server(site):
            self._queue(campaign, site, call_id, context, self._occasion(site, call_id, disposition))
            return SiteVisit(site_name=site.name, target=None, method=site.method, url="", format=None, fields=[])
        try:
            request = build(site, parameters_of(campaign), context)
        except UnusableRequest as error:
            raise SiteUnusable(f'External site "{site.name}": {error}') from error
        self._journal.opened(self._about(campaign, site, call_id, f"opened:{self._new_id()}"))
        return SiteVisit(
            site_name=site.name,
            target=request.target,
            method=request.method,
            url=request.url,
            format=request.format,
            fields=[SiteField(name=name, value=value) for name, value in request.fields],
        )

    def dispositioned(self, call_id: str) -> None:
        """After the agent stored a disposition: tell the site that waits for this option, where the server does it."""
        stored = self._session.get(Disposition, call_id)
        campaign = self._session.get(Campaign, stored.campaign_id) if stored is not None else None
        site = site_of(self._session, campaign) if campaign is not None else None
        disposition = self._disposition(call_id, site)
        if campaign is None or site is None or disposition is None or not is_sent_by_server(site):
            return
        context = self._context(campaign, site, call_id, (), disposition)
        self._queue(campaign, site, call_id, context, self._occasion(site, call_id, disposition))

    def _disposition(self, call_id: str, site: ExternalSite | None) -> Disposition | None:
        """The call's disposition, if it is one that calls this site."""
        if site is None or site.trigger != "disposition":
            return None
        found = self._session.get(Disposition, call_id)
        return found if found is not None and found.option.calls_external_site else None

    def _context(
        self,
        campaign: Campaign,
        site: ExternalSite,
        call_id: str,
        dialplan: Iterable[tuple[str, str]],
        disposition: Disposition | None,
    ) -> SiteContext:
        place = self._place(campaign)
        contact = self._contact(call_id, place, disposition)
        values = values_by_key(place.base, contact) if place is not None and contact is not None else {}
        if place is not None and not is_sent_by_server(site):
            values = place.restrictions.shown(values)
        present = self._live.one(self._agent.id)
        number = (present.number or "") if present is not None and present.call_id == call_id else ""
        return context_of(
            self._session,
            campaign,
            self._agent.id,
            facts_of(self._session, call_id, number, self._clock.now()),
            contact_id=contact.id if contact is not None else None,
            contact=values,
            dialplan=dialplan,
            disposition=disposition,
        )

    def _place(self, campaign: Campaign) -> Place | None:
        try:
            return place_of(self._session, campaign)
        except CampaignWithoutContacts:
            return None

    def _contact(self, call_id: str, place: Place | None, disposition: Disposition | None) -> Contact | None:
        if place is None:
            return None
        if disposition is not None and disposition.contact_id is not None:
            return self._session.get(Contact, disposition.contact_id)
        return self._cards.contact(call_id, place)

    def _occasion(self, site: ExternalSite, call_id: str, disposition: Disposition | None) -> str:
        if disposition is not None:
            changes = select(func.max(DispositionChange.id)).where(DispositionChange.call_id == call_id)
            return f"disposition:{call_id}:{self._session.scalar(changes)}"
        if site.trigger == "automatic":
            return connect_occasion(call_id, self._agent.id)
        return f"button:{self._new_id()}"

    def _queue(self, campaign: Campaign, site: ExternalSite, call_id: str, context: SiteContext, occasion: str) -> None:
        about = self._about(campaign, site, call_id, occasion)
        self._journal.queue(self._runtime.jobs, about, parameters_of(campaign), context)

    def _about(self, campaign: Campaign, site: ExternalSite, call_id: str, occasion: str) -> Occasion:
        return Occasion(occasion, site.id, campaign.id, call_id, self._agent.id)

    def _new_id(self) -> str:
        return new_id(epoch_ms(self._clock.now()))


def sent_values(session: Session, base_id: int | None, contact: Contact | None) -> dict[str, str]:
    """All values of a contact, for what the server sends: agents never see it."""
    base = session.get(ContactBase, base_id) if base_id is not None else None
    return values_by_key(base, contact) if base is not None and contact is not None else {}
