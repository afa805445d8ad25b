"""HTTP: outbound routes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from omnileads.kit.pagination import Page, Paging
from omnileads.kit.permissions import requires
from omnileads.kit.schemas import PathId
from omnileads.telephony.outbound_routes import OutboundRoutes
from omnileads.telephony.routes.services import item_service
from omnileads.telephony.schemas.outbound_routes import (
    OutboundRouteCreate,
    OutboundRouteOrder,
    OutboundRouteOut,
    OutboundRoutePatch,
)

router = APIRouter(prefix="/outbound-routes", tags=["outbound-routes"], dependencies=[requires("routes.read")])

CurrentOutboundRoutes = Annotated[OutboundRoutes, Depends(item_service(OutboundRoutes))]


@router.get("")
def list_outbound_routes(service: CurrentOutboundRoutes, paging: Paging) -> Page[OutboundRouteOut]:
    return service.page(paging)


@router.post("", status_code=201, dependencies=[requires("routes.write")])
def create_outbound_route(service: CurrentOutboundRoutes, body: OutboundRouteCreate) -> OutboundRouteOut:
    return service.create(body)


@router.put("/order", dependencies=[requires("routes.write")])
def order_outbound_routes(service: CurrentOutboundRoutes, body: OutboundRouteOrder) -> list[OutboundRouteOut]:
    """All routes in the order in which they are tried."""
    return service.reorder(body.ids)


@router.get("/{route_id}")
def get_outbound_route(service: CurrentOutboundRoutes, route_id: PathId) -> OutboundRouteOut:
    return service.one(route_id)


@router.patch("/{route_id}", dependencies=[requires("routes.write")])
def change_outbound_route(
    service: CurrentOutboundRoutes, route_id: PathId, body: OutboundRoutePatch
) -> OutboundRouteOut:
    return service.change(route_id, body)


@router.delete("/{route_id}", status_code=204, dependencies=[requires("routes.write")])
def delete_outbound_route(service: CurrentOutboundRoutes, route_id: PathId) -> None:
    service.delete(route_id)
