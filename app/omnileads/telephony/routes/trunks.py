"""HTTP: trunks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from omnileads.kit.edge import CurrentSettings, Transaction
from omnileads.kit.pagination import Page, Paging
from omnileads.kit.permissions import requires
from omnileads.kit.schemas import PathId
from omnileads.telephony.routes.services import CurrentChanges
from omnileads.telephony.schemas.trunks import TemplateName, TrunkCreate, TrunkOut, TrunkPatch, TrunkTemplateOut
from omnileads.telephony.templates import trunk_templates
from omnileads.telephony.trunks import Trunks

router = APIRouter(prefix="/sip-trunks", tags=["sip-trunks"], dependencies=[requires("trunks.read")])


def _trunks(session: Transaction, changes: CurrentChanges) -> Trunks:
    return Trunks(session, changes)


CurrentTrunks = Annotated[Trunks, Depends(_trunks)]


@router.get("")
def list_trunks(service: CurrentTrunks, paging: Paging) -> Page[TrunkOut]:
    return service.page(paging)


@router.get("/templates")
def list_trunk_templates(settings: CurrentSettings) -> list[TrunkTemplateOut]:
    ports = settings.asterisk
    by_transport = {
        "trunk-transport": ports.sip_trunk_port,
        "trunk-nat-transport": ports.sip_trunk_nat_port,
        "trunk-container-transport": ports.sip_trunk_container_port,
    }
    return [
        TrunkTemplateOut(
            slug=template.slug,
            name=TemplateName(en=template.name_en, es=template.name_es),
            wizard_text=template.wizard_text,
        )
        for template in trunk_templates(by_transport)
    ]


@router.post("", status_code=201, dependencies=[requires("trunks.write")])
def create_trunk(service: CurrentTrunks, body: TrunkCreate) -> TrunkOut:
    return service.create(body)


@router.get("/{trunk_id}")
def get_trunk(service: CurrentTrunks, trunk_id: PathId) -> TrunkOut:
    return service.one(trunk_id)


@router.patch("/{trunk_id}", dependencies=[requires("trunks.write")])
def change_trunk(service: CurrentTrunks, trunk_id: PathId, body: TrunkPatch) -> TrunkOut:
    return service.change(trunk_id, body)


@router.delete("/{trunk_id}", status_code=204, dependencies=[requires("trunks.write")])
def delete_trunk(service: CurrentTrunks, trunk_id: PathId) -> None:
    service.delete(trunk_id)
