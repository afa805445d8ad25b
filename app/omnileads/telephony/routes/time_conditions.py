"""HTTP: time conditions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from omnileads.kit.pagination import Page, Paging
from omnileads.kit.permissions import requires
from omnileads.kit.schemas import PathId
from omnileads.telephony.routes.services import item_service
from omnileads.telephony.schemas.time_groups import TimeConditionCreate, TimeConditionOut, TimeConditionPatch
from omnileads.telephony.time_conditions import TimeConditions

router = APIRouter(prefix="/time-conditions", tags=["time-conditions"], dependencies=[requires("routes.read")])

CurrentTimeConditions = Annotated[TimeConditions, Depends(item_service(TimeConditions))]


@router.get("")
def list_time_conditions(service: CurrentTimeConditions, paging: Paging) -> Page[TimeConditionOut]:
    return service.page(paging)


@router.post("", status_code=201, dependencies=[requires("routes.write")])
def create_time_condition(service: CurrentTimeConditions, body: TimeConditionCreate) -> TimeConditionOut:
    return service.create(body)


@router.get("/{condition_id}")
def get_time_condition(service: CurrentTimeConditions, condition_id: PathId) -> TimeConditionOut:
    return service.one(condition_id)


@router.patch("/{condition_id}", dependencies=[requires("routes.write")])
def change_time_condition(
    service: CurrentTimeConditions, condition_id: PathId, body: TimeConditionPatch
) -> TimeConditionOut:
    return service.change(condition_id, body)


@router.delete("/{condition_id}", status_code=204, dependencies=[requires("routes.write")])
def delete_time_condition(service: CurrentTimeConditions, condition_id: PathId) -> None:
    service.delete(condition_id)
