"""HTTP: customer identifications."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from omnileads.kit.pagination import Page, Paging
from omnileads.kit.permissions import requires
from omnileads.kit.schemas import PathId
from omnileads.telephony.customer_identifications import CustomerIdentifications
from omnileads.telephony.routes.services import item_service
from omnileads.telephony.schemas.customer_identifications import (
    CustomerIdentificationCreate,
    CustomerIdentificationOut,
    CustomerIdentificationPatch,
)

router = APIRouter(
    prefix="/customer-identifications",
    tags=["customer-identifications"],
    dependencies=[requires("customer-identifications.read")],
)

CurrentCustomerIdentifications = Annotated[CustomerIdentifications, Depends(item_service(CustomerIdentifications))]


@router.get("")
def list_customer_identifications(
    service: CurrentCustomerIdentifications, paging: Paging
) -> Page[CustomerIdentificationOut]:
    return service.page(paging)


@router.post("", status_code=201, dependencies=[requires("customer-identifications.write")])
def create_customer_identification(
    service: CurrentCustomerIdentifications, body: CustomerIdentificationCreate
) -> CustomerIdentificationOut:
    return service.create(body)


@router.get("/{identification_id}")
def get_customer_identification(
    service: CurrentCustomerIdentifications, identification_id: PathId
) -> CustomerIdentificationOut:
    return service.one(identification_id)


@router.patch("/{identification_id}", dependencies=[requires("customer-identifications.write")])
def change_customer_identification(
    service: CurrentCustomerIdentifications, identification_id: PathId, body: CustomerIdentificationPatch
) -> CustomerIdentificationOut:
    return service.change(identification_id, body)


@router.delete("/{identification_id}", status_code=204, dependencies=[requires("customer-identifications.write")])
def delete_customer_identification(service: CurrentCustomerIdentifications, identification_id: PathId) -> None:
    service.delete(identification_id)
