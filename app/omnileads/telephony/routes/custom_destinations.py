"""HTTP: custom destinations."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from omnileads.kit.pagination import Page, Paging
from omnileads.kit.permissions import requires
from omnileads.kit.schemas import PathId
from omnileads.telephony.custom_destinations import CustomDestinations
from omnileads.telephony.routes.services import item_service
from omnileads.telephony.schemas.custom_destinations import (
    CustomDestinationCreate,
    CustomDestinationOut,
    CustomDestinationPatch,
)

router = APIRouter(
    prefix="/custom-destinations", tags=["custom-destinations"], dependencies=[requires("custom-destinations.read")]
)

CurrentCustomDestinations = Annotated[CustomDestinations, Depends(item_service(CustomDestinations))]


@router.get("")
def list_custom_destinations(service: CurrentCustomDestinations, paging: Paging) -> Page[CustomDestinationOut]:
    return service.page(paging)


@router.post("", status_code=201, dependencies=[requires("custom-destinations.write")])
def create_custom_destination(
    service: CurrentCustomDestinations, body: CustomDestinationCreate
) -> CustomDestinationOut:
    return service.create(body)


@router.get("/{destination_id}")
def get_custom_destination(service: CurrentCustomDestinations, destination_id: PathId) -> CustomDestinationOut:
    return service.one(destination_id)


@router.patch("/{destination_id}", dependencies=[requires("custom-destinations.write")])
def change_custom_destination(
    service: CurrentCustomDestinations, destination_id: PathId, body: CustomDestinationPatch
) -> CustomDestinationOut:
    return service.change(destination_id, body)


@router.delete("/{destination_id}", status_code=204, dependencies=[requires("custom-destinations.write")])
def delete_custom_destination(service: CurrentCustomDestinations, destination_id: PathId) -> None:
    service.delete(destination_id)
