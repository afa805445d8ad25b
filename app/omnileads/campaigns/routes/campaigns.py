"""HTTP: campaigns."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Query

from omnileads.campaigns.library import clone_of
from omnileads.campaigns.models import CampaignKind, CampaignState
from omnileads.campaigns.routes.services import CurrentCampaigns, CurrentDrafts
from omnileads.campaigns.schemas import CampaignCreate, CampaignOut, CampaignPatch, CampaignRow
from omnileads.kit.edge import Transaction
from omnileads.kit.pagination import Page, Paging
from omnileads.kit.permissions import requires
from omnileads.kit.schemas import MAX_INTEGER, PathId

router = APIRouter(prefix="/campaigns", tags=["campaigns"], dependencies=[requires("campaigns.read")])


@router.get("")
def list_campaigns(
    service: CurrentCampaigns,
    paging: Paging,
    kind: Annotated[list[CampaignKind], Query(description="Several may be sent; none: every kind.")] = [],  # noqa: B006
    state: CampaignState | None = None,
    hidden: Annotated[bool | None, Query(description="Only hidden or only visible ones; left out: both.")] = None,
) -> Page[CampaignRow]:
    """By name."""
    return service.page(paging, kind, state, is_hidden=hidden)


@router.post("", status_code=201, dependencies=[requires("campaigns.write")])
def create_campaign(
    service: CurrentCampaigns,
    drafts: CurrentDrafts,
    body: Annotated[CampaignCreate, Body()],
    draft_id: Annotated[
        int | None, Query(ge=1, le=MAX_INTEGER, description="One's draft this finishes; it is deleted.")
    ] = None,
) -> CampaignOut:
    """Manual, preview and inbound campaigns are active at once; a dialer campaign waits to be activated."""
    made = service.create(body)
    if draft_id is not None:
        drafts.delete(draft_id)
    return made


@router.get("/{campaign_id}")
def get_campaign(service: CurrentCampaigns, campaign_id: PathId) -> CampaignOut:
    return service.one(campaign_id)


@router.get("/{campaign_id}/clone", dependencies=[requires("campaigns.write")])
def clone_campaign(service: CurrentCampaigns, session: Transaction, campaign_id: PathId) -> CampaignCreate:
    """The request that would make the same campaign, with a name that is free. Nothing is made."""
    return clone_of(session, service.find(campaign_id))


@router.patch("/{campaign_id}", dependencies=[requires("campaigns.write")])
def change_campaign(service: CurrentCampaigns, campaign_id: PathId, body: CampaignPatch) -> CampaignOut:
    return service.change(campaign_id, body)


@router.delete("/{campaign_id}", status_code=204, dependencies=[requires("campaigns.write")])
def delete_campaign(service: CurrentCampaigns, campaign_id: PathId) -> None:
    """History keeps it."""
    service.delete(campaign_id)


@router.post("/{campaign_id}/activate", dependencies=[requires("campaigns.write")])
def activate_campaign(service: CurrentCampaigns, campaign_id: PathId) -> CampaignOut:
    return service.move(campaign_id, "activate")


@router.post("/{campaign_id}/pause", dependencies=[requires("campaigns.write")])
def pause_campaign(service: CurrentCampaigns, campaign_id: PathId) -> CampaignOut:
    return service.move(campaign_id, "pause")


@router.post("/{campaign_id}/finish", dependencies=[requires("campaigns.write")])
def finish_campaign(service: CurrentCampaigns, campaign_id: PathId) -> CampaignOut:
    return service.move(campaign_id, "finish")


@router.post("/{campaign_id}/hide", dependencies=[requires("campaigns.write")])
def hide_campaign(service: CurrentCampaigns, campaign_id: PathId) -> CampaignOut:
    return service.set_hidden(campaign_id, is_hidden=True)


@router.post("/{campaign_id}/show", dependencies=[requires("campaigns.write")])
def show_campaign(service: CurrentCampaigns, campaign_id: PathId) -> CampaignOut:
    return service.set_hidden(campaign_id, is_hidden=False)
