"""Dependencies of the routes: the services of one request."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from omnileads.campaigns.leads.work import LeadWork
from omnileads.campaigns.library import CampaignDrafts, CampaignTemplates
from omnileads.campaigns.presentation import CampaignPresenter
from omnileads.campaigns.recycling.service import CampaignRecycling
from omnileads.campaigns.scope import CurrentScope
from omnileads.campaigns.service import Campaigns
from omnileads.kit.changes import ConfigurationChanges
from omnileads.kit.edge import CurrentRuntime, Transaction
from omnileads.kit.permissions import CurrentPrincipal


def _changes(session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal) -> ConfigurationChanges:
    return ConfigurationChanges(session, runtime, principal)


CurrentChanges = Annotated[ConfigurationChanges, Depends(_changes)]


def _work(session: Transaction, runtime: CurrentRuntime) -> LeadWork:
    return LeadWork(session, runtime.jobs)


CurrentWork = Annotated[LeadWork, Depends(_work)]


def _campaigns(
    session: Transaction,
    runtime: CurrentRuntime,
    principal: CurrentPrincipal,
    scope: CurrentScope,
    changes: CurrentChanges,
    work: CurrentWork,
) -> Campaigns:
    presenter = CampaignPresenter(session, runtime.redis)
    return Campaigns(session, changes, presenter, runtime.clock, principal, scope, work)


CurrentCampaigns = Annotated[Campaigns, Depends(_campaigns)]


def _recycling(
    session: Transaction, changes: CurrentChanges, campaigns: CurrentCampaigns, work: CurrentWork
) -> CampaignRecycling:
    return CampaignRecycling(session, changes, campaigns, work)


def _templates(session: Transaction, changes: CurrentChanges, campaigns: CurrentCampaigns) -> CampaignTemplates:
    return CampaignTemplates(session, changes, campaigns)


def _drafts(session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal) -> CampaignDrafts:
    return CampaignDrafts(session, runtime.clock, principal.user_id)


CurrentRecycling = Annotated[CampaignRecycling, Depends(_recycling)]
CurrentTemplates = Annotated[CampaignTemplates, Depends(_templates)]
CurrentDrafts = Annotated[CampaignDrafts, Depends(_drafts)]
