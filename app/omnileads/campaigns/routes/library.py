"""HTTP: templates for everybody, drafts of one's own."""

from __future__ import annotations

from fastapi import APIRouter

from omnileads.campaigns.models import CampaignKind
from omnileads.campaigns.routes.services import CurrentDrafts, CurrentTemplates
from omnileads.campaigns.schemas.library import (
    CampaignDraftOut,
    CampaignDraftRow,
    CampaignDraftSave,
    CampaignTemplateCreate,
    CampaignTemplateOut,
)
from omnileads.kit.pagination import Page, Paging
from omnileads.kit.permissions import requires
from omnileads.kit.schemas import PathId

templates = APIRouter(prefix="/campaign-templates", tags=["campaigns"], dependencies=[requires("campaigns.read")])
drafts = APIRouter(
    prefix="/campaign-drafts",
    tags=["campaigns"],
    dependencies=[requires("campaigns.read"), requires("campaigns.write")],
)


@templates.get("")
def list_campaign_templates(
    service: CurrentTemplates, paging: Paging, kind: CampaignKind | None = None
) -> Page[CampaignTemplateOut]:
    """By name."""
    return service.page(paging, kind)


@templates.post("", status_code=201, dependencies=[requires("campaigns.write")])
def create_campaign_template(service: CurrentTemplates, body: CampaignTemplateCreate) -> CampaignTemplateOut:
    return service.create(body)


@templates.get("/{template_id}")
def get_campaign_template(service: CurrentTemplates, template_id: PathId) -> CampaignTemplateOut:
    return service.one(template_id)


@templates.delete("/{template_id}", status_code=204, dependencies=[requires("campaigns.write")])
def delete_campaign_template(service: CurrentTemplates, template_id: PathId) -> None:
    """Campaigns made of it stay as they are."""
    service.delete(template_id)


@drafts.get("")
def list_campaign_drafts(service: CurrentDrafts) -> list[CampaignDraftRow]:
    """One's own, the latest first."""
    return service.all()


@drafts.post("", status_code=201)
def create_campaign_draft(service: CurrentDrafts, body: CampaignDraftSave) -> CampaignDraftOut:
    return service.create(body)


@drafts.get("/{draft_id}")
def get_campaign_draft(service: CurrentDrafts, draft_id: PathId) -> CampaignDraftOut:
    return service.one(draft_id)


@drafts.put("/{draft_id}")
def save_campaign_draft(service: CurrentDrafts, draft_id: PathId, body: CampaignDraftSave) -> CampaignDraftOut:
    return service.save(draft_id, body)


@drafts.delete("/{draft_id}", status_code=204)
def delete_campaign_draft(service: CurrentDrafts, draft_id: PathId) -> None:
    service.delete(draft_id)
