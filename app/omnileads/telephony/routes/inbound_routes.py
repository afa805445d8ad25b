"""HTTP: inbound routes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from omnileads.kit.pagination import Page, Paging
from omnileads.kit.permissions import requires
from omnileads.kit.schemas import PathId
from omnileads.telephony.inbound_routes import InboundRoutes
from omnileads.telephony.routes.services import item_service
from omnileads.telephony.schemas.inbound_routes import RouteCreate, RouteOut, RoutePatch

router = APIRouter(prefix="/inbound-routes", tags=["inbound-routes"], dependencies=[requires("routes.read")])

CurrentInboundRoutes = Annotated[InboundRoutes, Depends(item_service(InboundRoutes))]


@router.get("")
def list_inbound_routes(service: CurrentInboundRoutes, paging: Paging) -> Page[RouteOut]:
    return service.page(paging)


@router.post("", status_code=201, dependencies=[requires("routes.write")])
def create_inbound_route(service: CurrentInboundRoutes, body: RouteCreate) -> RouteOut:
    return service.create(body)


@router.get("/{route_id}")
def get_inbound_route(service: CurrentInboundRoutes, route_id: PathId) -> RouteOut:
    return service.one(route_id)


@router.patch("/{route_id}", dependencies=[requires("routes.write")])
def change_inbound_route(service: CurrentInboundRoutes, route_id: PathId, body: RoutePatch) -> RouteOut:
    return service.change(route_id, body)


@router.delete("/{route_id}", status_code=204, dependencies=[requires("routes.write")])
def delete_inbound_route(service: CurrentInboundRoutes, route_id: PathId) -> None:
    service.delete(route_id)
