"""HTTP: the leads of a campaign, for supervisors, and its recycling."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, BinaryIO, Final

from fastapi import APIRouter, Depends, File, Query, UploadFile
from starlette.responses import StreamingResponse

from omnileads.campaigns.errors import CampaignFinished, NoLeads
from omnileads.campaigns.leads.desk import LeadDesk
from omnileads.campaigns.leads.order import MAX_ORDER_BYTES, export_order, import_order
from omnileads.campaigns.leads.work import LeadTask
from omnileads.campaigns.models import Campaign, LeadState
from omnileads.campaigns.recycling.choice import Recycling, RecyclingCounts
from omnileads.campaigns.routes.services import CurrentCampaigns, CurrentChanges, CurrentRecycling, CurrentWork
from omnileads.campaigns.schemas import CampaignOut
from omnileads.campaigns.schemas.leads import (
    LeadCounts,
    LeadDistribution,
    LeadOut,
    LeadRelease,
    LeadReservation,
    LeadsChanged,
)
from omnileads.campaigns.states import WITH_LEADS
from omnileads.kit.edge import CurrentRuntime, Transaction
from omnileads.kit.pagination import Slice
from omnileads.kit.permissions import requires
from omnileads.kit.schemas import PathId, PlainText

router = APIRouter(prefix="/campaigns", tags=["leads"], dependencies=[requires("campaigns.read")])

_WRITES: Final = [requires("campaigns.write")]
_MULTIPART_OVERHEAD_BYTES: Final = 64 * 1024
_PART_BYTES: Final = 256 * 1024


def _worked(service: CurrentCampaigns, campaign_id: PathId) -> Campaign:
    """The campaign of the path, if it has leads."""
    campaign = service.find(campaign_id)
    if campaign.kind not in WITH_LEADS:
        raise NoLeads
    return campaign


CampaignWithLeads = Annotated[Campaign, Depends(_worked)]


def _live(campaign: CampaignWithLeads) -> Campaign:
    if campaign.state == "finished":
        raise CampaignFinished
    return campaign


LiveCampaign = Annotated[Campaign, Depends(_live)]


def _desk(session: Transaction, runtime: CurrentRuntime, campaign: CampaignWithLeads) -> LeadDesk:
    return LeadDesk(session, campaign, runtime.clock.now())


CurrentDesk = Annotated[LeadDesk, Depends(_desk)]


@router.get("/{campaign_id}/leads")
def list_leads(
    desk: CurrentDesk,
    state: LeadState | None = None,
    agent_id: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    cursor: Annotated[PlainText | None, Query(max_length=200, description="`next` of the rows before.")] = None,
    page_size: Annotated[int, Query(ge=1, le=200, description="Rows in an answer.")] = 50,
) -> Slice[LeadOut]:
    """In the order they are delivered."""
    return desk.slice(cursor, page_size, state, agent_id)


@router.get("/{campaign_id}/leads/counts")
def count_leads(desk: CurrentDesk) -> LeadCounts:
    return desk.counts()


@router.post("/{campaign_id}/leads/reserve", dependencies=_WRITES)
def reserve_leads(desk: CurrentDesk, campaign: LiveCampaign, body: LeadReservation) -> LeadsChanged:
    """Keep leads that nobody works for one agent of the campaign."""
    del campaign
    return LeadsChanged(count=desk.reserve(body.lead_ids, body.agent_id))


@router.post("/{campaign_id}/leads/release", dependencies=_WRITES)
def release_leads(desk: CurrentDesk, campaign: LiveCampaign, body: LeadRelease) -> LeadsChanged:
    """Free leads that are reserved, delivered or being called."""
    del campaign
    return LeadsChanged(count=desk.release(body.lead_ids))


@router.post("/{campaign_id}/leads/distribute", dependencies=_WRITES)
def distribute_leads(work: CurrentWork, campaign: LiveCampaign, body: LeadDistribution) -> LeadsChanged:
    """Reserve all free leads for the campaign's agents, the same number for each."""
    return LeadsChanged(count=work.do(LeadTask(campaign_id=campaign.id, distribution=body.kind)))


@router.get(
    "/{campaign_id}/leads/order",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
def export_lead_order(runtime: CurrentRuntime, campaign: CampaignWithLeads) -> StreamingResponse:
    """The leads that are not finished, as a CSV file that can be sent back in another order."""
    headers = {
        "Content-Disposition": f'attachment; filename="campaign-{campaign.id}-order.csv"',
        "Cache-Control": "no-store",
    }
    pieces = export_order(runtime.database, campaign.id)
    return StreamingResponse(pieces, media_type="text/csv; charset=utf-8", headers=headers)


@router.post(
    "/{campaign_id}/leads/order", dependencies=_WRITES, max_body_size=MAX_ORDER_BYTES + _MULTIPART_OVERHEAD_BYTES
)
def import_lead_order(
    session: Transaction,
    changes: CurrentChanges,
    campaign: LiveCampaign,
    file: Annotated[UploadFile, File(description="CSV with a column contact_id, at most 64 MB.")],
) -> LeadsChanged:
    """Deliver leads in the order of this file. A file with a mistake changes nothing."""
    campaign_id = campaign.id
    count = import_order(session, campaign, _parts(file.file))
    changes.record("campaign.ordered", "campaign", campaign_id, after={"lead_count": count})
    return LeadsChanged(count=count)


@router.get("/{campaign_id}/recycling")
def count_recycling(service: CurrentRecycling, campaign_id: PathId) -> RecyclingCounts:
    """How many contacts there are of each sort one can choose."""
    return service.counts(campaign_id)


@router.post("/{campaign_id}/recycle", dependencies=_WRITES)
def recycle_campaign(service: CurrentRecycling, campaign_id: PathId, body: Recycling) -> CampaignOut:
    """Work chosen contacts once more. Answers the campaign that does: a new one, or this one."""
    return service.recycle(campaign_id, body)


def _parts(file: BinaryIO) -> Iterator[bytes]:
    while part := file.read(_PART_BYTES):
        yield part
