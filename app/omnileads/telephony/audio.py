"""Audio files: whatever is uploaded, kept as what Asterisk plays without converting it."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from omnileads.kit.changes import ConfigurationChanges
from omnileads.kit.db import constraint_errors
from omnileads.kit.errors import NotFound
from omnileads.kit.pagination import Page, PageQuery, contains, page_of, paginate
from omnileads.telephony import sound_conversion
from omnileads.telephony.errors import AudioNameTaken, AudioRefused
from omnileads.telephony.models import AudioContent, AudioFile
from omnileads.telephony.schemas.audio import AudioFileOut, AudioFilePatch
from omnileads.telephony.schemas.destinations import UserOut
from omnileads.telephony.usage import refuse_while_used, users_of_audio

MAX_BYTES: Final = 50 * 1024 * 1024
"""Of an upload: about 5 minutes of music as WAV, more than a day of speech as MP3."""
CONVERSION_LIMIT_SECONDS: Final = 30
_HEAD_BYTES: Final = 44
_BYTES_PER_SECOND: Final = 2 * sound_conversion.RATE_HZ
_SENTENCES: Final = {
    "not-audio": "This is not a WAV, MP3 or Ogg Vorbis file. Convert it to one of them.",
    "too-long": f"The sound is longer than {sound_conversion.MAX_SECONDS // 60} minutes. Shorten it.",
    "silent": "There is no sound in the file.",
    "cut-off": "The file is cut off. Upload it again.",
}
_PROGRAM: Final = (sys.executable, "-I", str(Path(sound_conversion.__file__)))
_CONVERSIONS: Final = BoundedSemaphore(2)
"""Of this process at once: each may use memory up to its limit."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A WAV file, PCM 16 bit, mono, 8 kHz. `sha256` is of the whole file, in hexadecimal."""

    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def duration_seconds(self) -> float:
        return round((len(self.content) - _HEAD_BYTES) / _BYTES_PER_SECOND, 3)


def convert(
    content: bytes, *, program: Sequence[str] = _PROGRAM, limit_seconds: float = CONVERSION_LIMIT_SECONDS
) -> Sound:
    """An uploaded WAV, MP3 or Ogg Vorbis file as a Sound. Raises AudioRefused.

    The work is done by `telephony.sound_conversion`, outside of this process.
    """
    if len(content) > MAX_BYTES:
        raise AudioRefused("too-large", f"The file is larger than {MAX_BYTES // 1024 // 1024} MB. Shorten it.")
    try:
        with _CONVERSIONS:
            done = subprocess.run(  # noqa: S603 (our own program)
                program, input=content, capture_output=True, timeout=limit_seconds, env={}, check=False
            )
    except subprocess.TimeoutExpired:
        raise AudioRefused("not-readable", "Reading this file takes too long. Convert it to WAV.") from None
    code = done.stderr.decode("ascii", "replace")
    if done.returncode == sound_conversion.REFUSED_EXIT and code in _SENTENCES:
        raise AudioRefused(code, _SENTENCES[code])
    if done.returncode != 0:
        raise AudioRefused("not-readable", "This file cannot be read. Convert it to WAV.")
    return Sound(done.stdout)


class AudioFiles:
    def __init__(self, session: Session, changes: ConfigurationChanges) -> None:
        self._session = session
        self._changes = changes

    def page(self, query: PageQuery) -> Page[AudioFileOut]:
        statement = select(AudioFile).order_by(func.lower(AudioFile.name))
        if query.search:
            statement = statement.where(AudioFile.name.ilike(contains(query.search), escape="\\"))
        rows, total = paginate(self._session, statement, query)
        return page_of(rows, total, query, AudioFileOut.model_validate)

    def add(self, name: str, content: bytes) -> AudioFileOut:
        """Raises AudioRefused (also for sound that is already here), AudioNameTaken."""
        sound = convert(content)
        twin = self._session.scalar(select(AudioFile.name).where(AudioFile.sha256 == sound.sha256))
        if twin is not None:
            raise AudioRefused("duplicate", f'This sound is already here as "{twin}". Use that one.')
        audio = AudioFile(
            name=name, sha256=sound.sha256, size_bytes=len(sound.content), duration_seconds=sound.duration_seconds
        )
        conflicts = {
            "uq_audio_files_name": AudioNameTaken(),
            "uq_audio_files_sha256": AudioRefused(
                "duplicate", "This sound was uploaded a moment ago. Load the list again."
            ),
        }
        with constraint_errors(self._session, conflicts):
            self._session.add(audio)
        self._session.add(AudioContent(audio_file_id=audio.id, content=sound.content))
        self._session.flush()
        self._changes.record("audio-file.created", "audio-file", audio.id, after=_snapshot(audio))
        return self._shown(audio)

    def one(self, audio_id: int) -> AudioFileOut:
        """Raises NotFound. With `used_by`."""
        return self._shown(self._audio(audio_id))

    def rename(self, audio_id: int, patch: AudioFilePatch) -> AudioFileOut:
        """Raises NotFound, AudioNameTaken."""
        audio = self._audio(audio_id)
        before = _snapshot(audio)
        with constraint_errors(self._session, {"uq_audio_files_name": AudioNameTaken()}):
            audio.name = patch.name
        self._changes.record("audio-file.changed", "audio-file", audio.id, before=before, after=_snapshot(audio))
        return self._shown(audio)

    def content(self, audio_id: int) -> bytes:
        return read_content(self._session, audio_id)

    def delete(self, audio_id: int) -> None:
        """Raises NotFound, and InUse while something plays it."""
        audio = self._audio(audio_id)
        refuse_while_used(users_of_audio(self._session, audio_id), "Choose another sound there first.")
        self._session.delete(audio)
        self._session.flush()
        self._changes.record("audio-file.deleted", "audio-file", audio_id, before=_snapshot(audio))

    def _audio(self, audio_id: int) -> AudioFile:
        audio = self._session.get(AudioFile, audio_id, with_for_update=True)
        if audio is None:
            raise NotFound
        return audio

    def _shown(self, audio: AudioFile) -> AudioFileOut:
        users = [UserOut.model_validate(user) for user in users_of_audio(self._session, audio.id)]
        return AudioFileOut.model_validate(audio).model_copy(update={"used_by": users})


def read_content(session: Session, audio_id: int) -> bytes:
    """The WAV file. Raises NotFound."""
    content = session.scalar(select(AudioContent.content).where(AudioContent.audio_file_id == audio_id))
    if content is None:
        raise NotFound
    return content


def _snapshot(audio: AudioFile) -> dict[str, Any]:
    return {"name": audio.name, "sha256": audio.sha256, "duration_seconds": audio.duration_seconds}
