"""What routes and IVRs can be made of: trunks, destinations, sounds."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from omnileads.api.v1.configuration.family import READ, WRONG, item_id, success
from omnileads.api.v1.configuration.telephony import DESTINATIONS, outbound_service
from omnileads.api.v1.errors import Body, spoken
from omnileads.api.v1.language import say
from omnileads.campaigns.scope import CurrentScope
from omnileads.kit.edge import Transaction
from omnileads.kit.pagination import PageQuery
from omnileads.kit.permissions import requires
from omnileads.telephony.destinations import Destinations
from omnileads.telephony.models import AudioFile, OutboundRouteTrunk, SipTrunk
from omnileads.telephony.outbound_routes import OutboundRoutes

inbound = APIRouter(prefix="/inbound_routes", tags=["inbound_routes"], dependencies=[requires("routes.read")])
outbound = APIRouter(prefix="/outbound_routes", tags=["outbound_routes"], dependencies=[requires("routes.read")])

MOST_DESTINATIONS: Final = 1000


def sounds(session: Session) -> list[Body]:
    """The audio files, by name."""
    rows = session.execute(select(AudioFile.id, AudioFile.name).order_by(func.lower(AudioFile.name)))
    return [{"id": number, "descripcion": name} for number, name in rows]


@outbound.get("/sip_trunks")
def sip_trunks(session: Transaction) -> Body:
    """The trunks a route can use."""
    rows = session.execute(select(SipTrunk.id, SipTrunk.name).order_by(SipTrunk.name))
    found = [{"id": number, "nombre": name} for number, name in rows]
    return success(say(*READ), sipTrunks=found)


@outbound.get("/{item}/orphan_trunks")
def orphan_trunks(
    session: Transaction, service: Annotated[OutboundRoutes, Depends(outbound_service)], item: str
) -> Body:
    """The trunks that no other route uses: without this one nothing would be called over them."""
    number = item_id(item)
    with spoken(say(*WRONG)):
        service.one(number)
    others = select(OutboundRouteTrunk.trunk_id).where(OutboundRouteTrunk.route_id != number)
    rows = session.execute(
        select(SipTrunk.id, SipTrunk.name)
        .join(OutboundRouteTrunk, OutboundRouteTrunk.trunk_id == SipTrunk.id)
        .where(OutboundRouteTrunk.route_id == number, SipTrunk.id.not_in(others))
        .order_by(SipTrunk.name)
    )
    found = [{"id": trunk_id, "nombre": name} for trunk_id, name in rows]
    return success(say(*READ), orphanTrunks=found)


@inbound.get("/destinations_by_type")
def destinations_by_type(session: Transaction, scope: CurrentScope) -> Body:
    """What a route can lead to, by the number of its type; the first 1000 of each."""
    query = PageQuery(page=1, page_size=MOST_DESTINATIONS, search="")
    destinations = Destinations(session, scope)
    found = {
        str(number): [{"id": choice.id, "nombre": choice.name} for choice in destinations.page(query, kind).items]
        for number, kind in DESTINATIONS.items()
    }
    return success(say(*READ), inboundRoutesDestinationsByType=found)
