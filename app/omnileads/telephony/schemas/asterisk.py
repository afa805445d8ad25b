"""What asterisk-sync asks for and reports."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from omnileads.kit.schemas import RequestModel, ResponseModel
from omnileads.telephony.models import LineReachability, LineRegistration

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
NodeName = Annotated[str, Field(min_length=1, max_length=64)]


class AsteriskFileSet(ResponseModel):
    """`texts` is each file's content; `sounds` maps a name in the sounds folder to the path it is downloaded from."""

    texts: dict[str, str]
    sounds: dict[str, str]


class AsteriskFilesOut(ResponseModel):
    revision: str
    files: AsteriskFileSet


class FileReport(RequestModel):
    """What a node did with one file. `digest` is the SHA-256 of the text it was given."""

    file: Annotated[str, Field(pattern=r"^[a-z_]{1,58}\.conf$")]
    digest: Digest
    state: Literal["applied", "failed"]
    message: Annotated[str, Field(max_length=4_000)] = ""


class AsteriskReport(RequestModel):
    """What a node did with a revision: one entry for each file."""

    revision: Digest
    files: Annotated[list[FileReport], Field(min_length=1, max_length=20)]
    node: NodeName = "asterisk"

    @property
    def is_named(self) -> bool:
        """Older versions of the image do not say which Asterisk they are."""
        return "node" in self.model_fields_set


class AsteriskReportOut(ResponseModel):
    """`accepted` is false for a revision that is no longer the current one; fetch the files again."""

    accepted: bool


class LineReport(RequestModel):
    """A trunk's other side, by the trunk's name. `round_trip_ms` is null while it is not measured."""

    trunk: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,39}$")]
    registration: LineRegistration
    reachability: LineReachability
    round_trip_ms: Annotated[int, Field(ge=0, le=1_000_000)] | None = None


class LinesReport(RequestModel):
    """All trunks a node has; the others have no line."""

    node: NodeName = "asterisk"
    lines: Annotated[list[LineReport], Field(max_length=10_000)]
