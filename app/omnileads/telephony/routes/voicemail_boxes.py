"""HTTP: voicemail boxes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from omnileads.kit.pagination import Page, Paging
from omnileads.kit.permissions import requires
from omnileads.kit.schemas import PathId
from omnileads.telephony.routes.services import item_service
from omnileads.telephony.schemas.custom_destinations import VoicemailBoxCreate, VoicemailBoxOut, VoicemailBoxPatch
from omnileads.telephony.voicemail_boxes import VoicemailBoxes

router = APIRouter(prefix="/voicemail-boxes", tags=["voicemail-boxes"], dependencies=[requires("routes.read")])

CurrentVoicemailBoxes = Annotated[VoicemailBoxes, Depends(item_service(VoicemailBoxes))]


@router.get("")
def list_voicemail_boxes(service: CurrentVoicemailBoxes, paging: Paging) -> Page[VoicemailBoxOut]:
    return service.page(paging)


@router.post("", status_code=201, dependencies=[requires("routes.write")])
def create_voicemail_box(service: CurrentVoicemailBoxes, body: VoicemailBoxCreate) -> VoicemailBoxOut:
    return service.create(body)


@router.get("/{box_id}")
def get_voicemail_box(service: CurrentVoicemailBoxes, box_id: PathId) -> VoicemailBoxOut:
    return service.one(box_id)


@router.patch("/{box_id}", dependencies=[requires("routes.write")])
def change_voicemail_box(service: CurrentVoicemailBoxes, box_id: PathId, body: VoicemailBoxPatch) -> VoicemailBoxOut:
    return service.change(box_id, body)


@router.delete("/{box_id}", status_code=204, dependencies=[requires("routes.write")])
def delete_voicemail_box(service: CurrentVoicemailBoxes, box_id: PathId) -> None:
    service.delete(box_id)
