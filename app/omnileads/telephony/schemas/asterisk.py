"""What asterisk-sync asks for and reports."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from omnileads.kit.schemas import RequestModel, ResponseModel


class AsteriskFileSet(ResponseModel):
    """`sounds` maps a file name in the sounds folder to the path it is downloaded from on this server."""

    sounds: dict[str, str]
    pjsip_trunks_conf: str = Field(serialization_alias="pjsip_trunks.conf")


class AsteriskFilesOut(ResponseModel):
    revision: str
    files: AsteriskFileSet


class AsteriskReport(RequestModel):
    """What a node did with a revision."""

    revision: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    state: Literal["applied", "failed"]
    message: Annotated[str, Field(max_length=4_000)] = ""
    node: Annotated[str, Field(min_length=1, max_length=64)] = "asterisk"


class AsteriskReportOut(ResponseModel):
    """`accepted` is false for a revision that is no longer the current one; fetch the files again."""

    accepted: bool
