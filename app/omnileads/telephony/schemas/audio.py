"""Requests and answers about audio files and music on hold."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from omnileads.kit.clock import Instant
from omnileads.kit.schemas import Id, RequestModel
from omnileads.telephony.models import PlaylistOrder
from omnileads.telephony.schemas.destinations import ItemName, ItemOut, NamedItem
from omnileads.telephony.schemas.trunks import SyncOut

PlaylistFiles = Annotated[list[Id], Field(max_length=200)]


class AudioFilePatch(RequestModel):
    name: ItemName


class AudioFileOut(ItemOut):
    size_bytes: int
    duration_seconds: float
    created_at: Instant


class MohPlaylistCreate(RequestModel):
    """`audio_file_ids` in the order they are played; with "random" that order is drawn anew for each caller."""

    name: ItemName
    audio_file_ids: PlaylistFiles = Field(default_factory=list)
    order: PlaylistOrder = "listed"


class MohPlaylistPatch(RequestModel):
    """Only what is sent changes; a list that is sent replaces the list."""

    name: ItemName | None = None
    audio_file_ids: PlaylistFiles | None = None
    order: PlaylistOrder | None = None


class PlaylistFileOut(NamedItem):
    duration_seconds: float


class MohPlaylistOut(ItemOut):
    order: PlaylistOrder
    files: list[PlaylistFileOut]
    sync: SyncOut
