"""HTTP: music-on-hold playlists."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from omnileads.kit.pagination import Page, Paging
from omnileads.kit.permissions import requires
from omnileads.kit.schemas import PathId
from omnileads.telephony.moh_playlists import MohPlaylists
from omnileads.telephony.routes.services import item_service
from omnileads.telephony.schemas.audio import MohPlaylistCreate, MohPlaylistOut, MohPlaylistPatch

router = APIRouter(prefix="/moh-playlists", tags=["moh-playlists"], dependencies=[requires("audio.read")])

CurrentMohPlaylists = Annotated[MohPlaylists, Depends(item_service(MohPlaylists))]


@router.get("")
def list_moh_playlists(service: CurrentMohPlaylists, paging: Paging) -> Page[MohPlaylistOut]:
    return service.page(paging)


@router.post("", status_code=201, dependencies=[requires("audio.write")])
def create_moh_playlist(service: CurrentMohPlaylists, body: MohPlaylistCreate) -> MohPlaylistOut:
    return service.create(body)


@router.get("/{playlist_id}")
def get_moh_playlist(service: CurrentMohPlaylists, playlist_id: PathId) -> MohPlaylistOut:
    return service.one(playlist_id)


@router.patch("/{playlist_id}", dependencies=[requires("audio.write")])
def change_moh_playlist(service: CurrentMohPlaylists, playlist_id: PathId, body: MohPlaylistPatch) -> MohPlaylistOut:
    return service.change(playlist_id, body)


@router.delete("/{playlist_id}", status_code=204, dependencies=[requires("audio.write")])
def delete_moh_playlist(service: CurrentMohPlaylists, playlist_id: PathId) -> None:
    service.delete(playlist_id)
