"""HTTP: inbound campaigns."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from omnileads.campaigns.models import CampaignState
from omnileads.campaigns.presentation import CampaignPresenter
from omnileads.campaigns.schemas import InboundCampaignCreate, InboundCampaignOut, InboundCampaignPatch
from omnileads.campaigns.scope import CurrentScope
from omnileads.campaigns.service import InboundCampaigns
from omnileads.kit.changes import ConfigurationChanges
from omnileads.kit.edge import CurrentRuntime, Transaction
from omnileads.kit.pagination import Page, Paging
from omnileads.kit.permissions import CurrentPrincipal, requires
from omnileads.kit.schemas import PathId

router = APIRouter(prefix="/inbound-campaigns", tags=["inbound-campaigns"], dependencies=[requires("campaigns.read")])


def _campaigns(
    session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal, scope: CurrentScope
) -> InboundCampaigns:
    return InboundCampaigns(
        session,
        ConfigurationChanges(session, runtime, principal),
        CampaignPresenter(session, runtime.redis),
        runtime.clock,
        principal,
        scope,
    )


CurrentCampaigns = Annotated[InboundCampaigns, Depends(_campaigns)]


@router.get("")
def list_inbound_campaigns(
    service: CurrentCampaigns, paging: Paging, state: CampaignState | None = None
) -> Page[InboundCampaignOut]:
    return service.page(paging, state)


@router.post("", status_code=201, dependencies=[requires("campaigns.write")])
def create_inbound_campaign(service: CurrentCampaigns, body: InboundCampaignCreate) -> InboundCampaignOut:
    return service.create(body)


@router.get("/{campaign_id}")
def get_inbound_campaign(service: CurrentCampaigns, campaign_id: PathId) -> InboundCampaignOut:
    return service.one(campaign_id)


@router.patch("/{campaign_id}", dependencies=[requires("campaigns.write")])
def change_inbound_campaign(
    service: CurrentCampaigns, campaign_id: PathId, body: InboundCampaignPatch
) -> InboundCampaignOut:
    return service.change(campaign_id, body)


@router.delete("/{campaign_id}", status_code=204, dependencies=[requires("campaigns.write")])
def delete_inbound_campaign(service: CurrentCampaigns, campaign_id: PathId) -> None:
    service.delete(campaign_id)


@router.post("/{campaign_id}/activate", dependencies=[requires("campaigns.write")])
def activate_inbound_campaign(service: CurrentCampaigns, campaign_id: PathId) -> InboundCampaignOut:
    return service.move(campaign_id, "active")


@router.post("/{campaign_id}/pause", dependencies=[requires("campaigns.write")])
def pause_inbound_campaign(service: CurrentCampaigns, campaign_id: PathId) -> InboundCampaignOut:
    return service.move(campaign_id, "paused")


@router.post("/{campaign_id}/finish", dependencies=[requires("campaigns.write")])
def finish_inbound_campaign(service: CurrentCampaigns, campaign_id: PathId) -> InboundCampaignOut:
    return service.move(campaign_id, "finished")
