"""HTTP: the custom dialplan, the answering machine detection, the recording-name scheme."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from omnileads.kit.edge import Transaction
from omnileads.kit.permissions import requires
from omnileads.telephony.amd_settings import Amd
from omnileads.telephony.custom_dialplan import CustomDialplans
from omnileads.telephony.recording_names import RecordingNames
from omnileads.telephony.routes.services import CurrentChanges
from omnileads.telephony.schemas.settings import (
    AmdSettingsIn,
    AmdSettingsOut,
    CustomDialplanIn,
    CustomDialplanOut,
    RecordingNameSchemeIn,
    RecordingNameSchemeOut,
)

dialplan = APIRouter(
    prefix="/custom-dialplan", tags=["custom-dialplan"], dependencies=[requires("custom-destinations.read")]
)
amd = APIRouter(prefix="/amd-settings", tags=["amd-settings"], dependencies=[requires("telephony-settings.read")])
recording_names = APIRouter(
    prefix="/recording-name-scheme",
    tags=["recording-name-scheme"],
    dependencies=[requires("telephony-settings.read")],
)


def _dialplan(session: Transaction, changes: CurrentChanges) -> CustomDialplans:
    return CustomDialplans(session, changes)


def _amd(session: Transaction, changes: CurrentChanges) -> Amd:
    return Amd(session, changes)


def _recording_names(session: Transaction, changes: CurrentChanges) -> RecordingNames:
    return RecordingNames(session, changes)


CurrentDialplan = Annotated[CustomDialplans, Depends(_dialplan)]
CurrentAmd = Annotated[Amd, Depends(_amd)]
CurrentRecordingNames = Annotated[RecordingNames, Depends(_recording_names)]


@dialplan.get("")
def get_custom_dialplan(service: CurrentDialplan) -> CustomDialplanOut:
    return service.current()


@dialplan.put("", dependencies=[requires("custom-destinations.write")])
def replace_custom_dialplan(service: CurrentDialplan, body: CustomDialplanIn) -> CustomDialplanOut:
    return service.replace(body)


@amd.get("")
def get_amd_settings(service: CurrentAmd) -> AmdSettingsOut:
    return service.current()


@amd.put("", dependencies=[requires("telephony-settings.write")])
def replace_amd_settings(service: CurrentAmd, body: AmdSettingsIn) -> AmdSettingsOut:
    return service.replace(body)


@recording_names.get("")
def get_recording_name_scheme(service: CurrentRecordingNames) -> RecordingNameSchemeOut:
    return service.current()


@recording_names.put("", dependencies=[requires("telephony-settings.write")])
def replace_recording_name_scheme(
    service: CurrentRecordingNames, body: RecordingNameSchemeIn
) -> RecordingNameSchemeOut:
    return service.replace(body)
