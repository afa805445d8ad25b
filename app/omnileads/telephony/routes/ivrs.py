"""HTTP: IVRs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from omnileads.kit.pagination import Page, Paging
from omnileads.kit.permissions import requires
from omnileads.kit.schemas import PathId
from omnileads.telephony.ivrs import Ivrs
from omnileads.telephony.routes.services import item_service
from omnileads.telephony.schemas.ivrs import IvrCreate, IvrOut, IvrPatch

router = APIRouter(prefix="/ivrs", tags=["ivrs"], dependencies=[requires("routes.read")])

CurrentIvrs = Annotated[Ivrs, Depends(item_service(Ivrs))]


@router.get("")
def list_ivrs(service: CurrentIvrs, paging: Paging) -> Page[IvrOut]:
    return service.page(paging)


@router.post("", status_code=201, dependencies=[requires("routes.write")])
def create_ivr(service: CurrentIvrs, body: IvrCreate) -> IvrOut:
    return service.create(body)


@router.get("/{ivr_id}")
def get_ivr(service: CurrentIvrs, ivr_id: PathId) -> IvrOut:
    return service.one(ivr_id)


@router.patch("/{ivr_id}", dependencies=[requires("routes.write")])
def change_ivr(service: CurrentIvrs, ivr_id: PathId, body: IvrPatch) -> IvrOut:
    return service.change(ivr_id, body)


@router.delete("/{ivr_id}", status_code=204, dependencies=[requires("routes.write")])
def delete_ivr(service: CurrentIvrs, ivr_id: PathId) -> None:
    service.delete(ivr_id)
