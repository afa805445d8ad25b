"""Requests and answers about templates and drafts: requests for campaigns that are kept."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, model_validator

from omnileads.campaigns.models import CampaignKind
from omnileads.campaigns.schemas.requests import (
    CampaignName,
    DialerCampaign,
    InboundCampaign,
    ManualCampaign,
    PreviewCampaign,
)
from omnileads.kit.clock import Instant
from omnileads.kit.derived import partial_of
from omnileads.kit.schemas import Id, RequestModel, ResponseModel

MAX_DRAFT_BYTES: Final = 256 * 1024
_LEFT_OUT: Final = frozenset({"name", "kind"})


@partial_of(ManualCampaign, without=_LEFT_OUT)
class ManualTemplate(RequestModel):
    kind: Literal["manual"]


@partial_of(PreviewCampaign, without=_LEFT_OUT)
class PreviewTemplate(RequestModel):
    kind: Literal["preview"]


@partial_of(DialerCampaign, without=_LEFT_OUT)
class DialerTemplate(RequestModel):
    kind: Literal["dialer"]


@partial_of(InboundCampaign, without=_LEFT_OUT)
class InboundTemplate(RequestModel):
    kind: Literal["inbound"]


TemplateRequest = Annotated[
    ManualTemplate | PreviewTemplate | DialerTemplate | InboundTemplate, Field(discriminator="kind")
]


class CampaignTemplateCreate(RequestModel):
    """Of a campaign that exists (`campaign_id`) or of a request, of which any part may be left out."""

    name: CampaignName
    campaign_id: Id | None = None
    request: TemplateRequest | None = None

    @model_validator(mode="after")
    def _has_one_source(self) -> CampaignTemplateCreate:
        if (self.campaign_id is None) == (self.request is None):
            raise ValueError("Send either the campaign to make the template of, or a request.")
        return self


class CampaignTemplateOut(ResponseModel):
    """`request` is the body that makes a campaign once it has a name; what was left out is not in it."""

    id: int
    kind: CampaignKind
    name: str
    request: dict[str, Any]
    created_at: Instant


def _of_a_draft(document: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")) > MAX_DRAFT_BYTES:
        raise ValueError("This draft is too large. Keep it below 256 KB.")
    return document


class CampaignDraftSave(RequestModel):
    """`request` is any JSON object up to 256 KB; it is checked when the campaign is created."""

    kind: CampaignKind
    name: Annotated[str, Field(max_length=60)] = ""
    step: Annotated[int, Field(ge=0, le=50)] = 0
    request: Annotated[dict[str, Any], AfterValidator(_of_a_draft)]


class CampaignDraftRow(ResponseModel):
    id: int
    kind: CampaignKind
    name: str
    step: int
    updated_at: Instant


class CampaignDraftOut(CampaignDraftRow):
    request: dict[str, Any]
