"""Playlists of music on hold, and the file in which Asterisk finds them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from omnileads.kit.errors import FieldProblem, ValidationFailed
from omnileads.telephony.file_sync import PLAYLISTS_FILE, sync_of
from omnileads.telephony.items import NamedItems
from omnileads.telephony.models import MohPlaylist, MohPlaylistFile, PlaylistOrder
from omnileads.telephony.schemas.audio import MohPlaylistCreate, MohPlaylistOut, PlaylistFileOut
from omnileads.telephony.sounds import audio_problems
from omnileads.telephony.usage import Usage, refuse_while_used, users_of_playlist

DEFAULT_CLASS: Final = "default"
SOUNDS_FOLDER: Final = "/var/lib/omnileads/asterisk/sounds"
"""Where asterisk-sync puts the audio files, each named after its id."""

_HEAD: Final = "; Made from the playlists in the console. Changes made here are overwritten.\n"


def moh_class(playlist_id: int | None) -> str:
    """What Asterisk calls a playlist; None is the default music."""
    return DEFAULT_CLASS if playlist_id is None else f"oml-{playlist_id}"


def render_playlists(playlists: Iterable[tuple[int, PlaylistOrder, Sequence[int]]]) -> str:
    """`musiconhold_playlists.conf` of (id, order, ids of its audio files); playlists without a file are left out."""
    sections = [_HEAD]
    for playlist_id, order, audio_ids in sorted(playlists):
        if audio_ids:
            entries = [f"entry = {SOUNDS_FOLDER}/{audio_id}" for audio_id in audio_ids]
            # Without "sort" Asterisk plays the entries as they stand here.
            sort = ["sort = random"] if order == "random" else []
            sections.append("\n".join([f"[{moh_class(playlist_id)}]", "mode = playlist", *sort, *entries, ""]))
    return "\n".join(sections)


def playlists_file(session: Session) -> str:
    """`musiconhold_playlists.conf` as it should be now."""
    playlists = session.scalars(select(MohPlaylist))
    return render_playlists(
        (playlist.id, playlist.order, [item.audio_file_id for item in playlist.files]) for playlist in playlists
    )


class MohPlaylists(NamedItems[MohPlaylist, MohPlaylistCreate, MohPlaylistOut]):
    """A playlist that campaigns play keeps at least one file."""

    kind = "moh-playlist"
    what = "playlist"
    row = MohPlaylist
    request = MohPlaylistCreate

    def _check(self, request: MohPlaylistCreate, present: MohPlaylist | None) -> None:
        ids = request.audio_file_ids
        problems = audio_problems(self._session, {f"audio_file_ids.{index}": item for index, item in enumerate(ids)})
        problems += [
            FieldProblem(f"audio_file_ids.{index}", "repeated", "This file is in the list twice. Remove one.")
            for index, audio_id in enumerate(ids)
            if audio_id in ids[:index]
        ]
        if problems:
            raise ValidationFailed(fields=problems)
        if present is not None and not ids:
            refuse_while_used(self._users(present), "Leave at least one file in it, or change that first.")

    def _users(self, row: MohPlaylist) -> list[Usage]:
        return users_of_playlist(self._session, row.id)

    def _fill(self, row: MohPlaylist, request: MohPlaylistCreate) -> None:
        row.name, row.order = request.name, request.order
        row.files = [
            MohPlaylistFile(position=position, audio_file_id=audio_id)
            for position, audio_id in enumerate(request.audio_file_ids)
        ]

    def _snapshot(self, row: MohPlaylist) -> dict[str, Any]:
        return {
            "name": row.name,
            "order": row.order,
            "audio_file_ids": [item.audio_file_id for item in row.files],
        }

    def _answers(self, rows: Sequence[MohPlaylist]) -> list[MohPlaylistOut]:
        sync = sync_of(self._session, PLAYLISTS_FILE, playlists_file(self._session))
        return [
            MohPlaylistOut(
                id=row.id,
                name=row.name,
                order=row.order,
                files=[
                    PlaylistFileOut(
                        id=item.audio_file.id,
                        name=item.audio_file.name,
                        duration_seconds=item.audio_file.duration_seconds,
                    )
                    for item in row.files
                ],
                sync=sync,
            )
            for row in rows
        ]
