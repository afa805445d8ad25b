"""Recycling a campaign: the counts to choose by, then its contacts in a new campaign or in the same one."""

from __future__ import annotations

from sqlalchemy.orm import Session

from omnileads.campaigns.leads.work import LeadTask, LeadWork
from omnileads.campaigns.models import Campaign
from omnileads.campaigns.recycling import leads
from omnileads.campaigns.recycling.choice import Recycling, RecyclingChoice, RecyclingCounts
from omnileads.campaigns.schemas import AnyCampaign, AnyCampaignOut
from omnileads.campaigns.service import Campaigns
from omnileads.campaigns.states import Situation, state_after
from omnileads.kit.changes import ConfigurationChanges
from omnileads.kit.errors import FieldProblem, ValidationFailed
from omnileads.telephony.destinations import lock_call_flow


class CampaignRecycling:
    def __init__(self, session: Session, changes: ConfigurationChanges, campaigns: Campaigns, work: LeadWork) -> None:
        self._session = session
        self._changes = changes
        self._campaigns = campaigns
        self._work = work

    def counts(self, campaign_id: int) -> RecyclingCounts:
        """Raises NotFound, CampaignStateRefused."""
        campaign = self._campaigns.find(campaign_id)
        self._campaigns.require("recycle", campaign)
        return leads.counts(self._session, campaign)

    def recycle(self, campaign_id: int, request: Recycling) -> AnyCampaignOut:
        """The campaign that works the contacts now. Raises NotFound, CampaignStateRefused, ValidationFailed."""
        lock_call_flow(self._session)
        campaign = self._campaigns.find(campaign_id)
        self._campaigns.require("recycle", campaign)
        self._check(campaign, request)
        choice = RecyclingChoice.model_validate(request.model_dump(exclude={"campaign"}))
        if request.campaign is not None:
            return self._into_new(campaign, request.campaign, choice)
        return self._into_same(campaign, choice)

    def _check(self, campaign: Campaign, request: Recycling) -> None:
        known = {option.id for option in campaign.disposition_options}
        problems = [
            FieldProblem(f"option_ids.{index}", "unknown", "This disposition is not one of the campaign's.")
            for index, option_id in enumerate(request.option_ids)
            if option_id not in known
        ]
        new = request.campaign
        if new is not None and new.kind != campaign.kind:
            message = "The new campaign must be of the same kind as the recycled one."
            problems.append(FieldProblem("campaign.kind", "other-kind", message))
        if new is not None and new.contact_base_id != campaign.contact_base_id:
            message = "The new campaign must have the contact base of the recycled one."
            problems.append(FieldProblem("campaign.contact_base_id", "other-base", message))
        if problems:
            raise ValidationFailed(fields=problems)

    def _into_new(self, campaign: Campaign, request: AnyCampaign, choice: RecyclingChoice) -> AnyCampaignOut:
        try:
            return self._campaigns.create(request, (campaign, choice))
        except ValidationFailed as error:
            fields = [FieldProblem(f"campaign.{item.field}", item.code, item.message) for item in error.fields]
            raise ValidationFailed(fields=fields) from error

    def _into_same(self, campaign: Campaign, choice: RecyclingChoice) -> AnyCampaignOut:
        """A finished campaign begins again with these contacts alone; in another one they are added to the rest."""
        before, selection = campaign.state, campaign.lead_selection
        if before == "finished":
            campaign.state = state_after("recycle", Situation(campaign.kind, before)) or before
            campaign.lead_selection = "chosen"
        self._session.flush()
        self._changes.record(
            "campaign.recycled",
            "campaign",
            campaign.id,
            before={"state": before},
            after={"state": campaign.state, "choice": choice.model_dump(mode="json")},
        )
        self._work.do(
            LeadTask(campaign_id=campaign.id, recycles=choice, source_id=campaign.id, source_selection=selection)
        )
        return self._campaigns.shown(campaign)
