"""HTTP: time groups."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from omnileads.kit.pagination import Page, Paging
from omnileads.kit.permissions import requires
from omnileads.kit.schemas import PathId
from omnileads.telephony.routes.services import item_service
from omnileads.telephony.schemas.time_groups import TimeGroupCreate, TimeGroupOut, TimeGroupPatch
from omnileads.telephony.time_groups import TimeGroups

router = APIRouter(prefix="/time-groups", tags=["time-groups"], dependencies=[requires("routes.read")])

CurrentTimeGroups = Annotated[TimeGroups, Depends(item_service(TimeGroups))]


@router.get("")
def list_time_groups(service: CurrentTimeGroups, paging: Paging) -> Page[TimeGroupOut]:
    return service.page(paging)


@router.post("", status_code=201, dependencies=[requires("routes.write")])
def create_time_group(service: CurrentTimeGroups, body: TimeGroupCreate) -> TimeGroupOut:
    return service.create(body)


@router.get("/{group_id}")
def get_time_group(service: CurrentTimeGroups, group_id: PathId) -> TimeGroupOut:
    return service.one(group_id)


@router.patch("/{group_id}", dependencies=[requires("routes.write")])
def change_time_group(service: CurrentTimeGroups, group_id: PathId, body: TimeGroupPatch) -> TimeGroupOut:
    return service.change(group_id, body)


@router.delete("/{group_id}", status_code=204, dependencies=[requires("routes.write")])
def delete_time_group(service: CurrentTimeGroups, group_id: PathId) -> None:
    service.delete(group_id)
