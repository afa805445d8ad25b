"""Audio files: what Asterisk can play without converting it, and nothing else."""

from __future__ import annotations

import hashlib
import io
import wave
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from omnileads.kit.changes import ConfigurationChanges
from omnileads.kit.db import constraint_errors
from omnileads.kit.errors import NotFound
from omnileads.kit.pagination import Page, PageQuery, contains, page_of, paginate
from omnileads.telephony.errors import AudioNameTaken, AudioRefused
from omnileads.telephony.models import AudioContent, AudioFile
from omnileads.telephony.schemas.audio import AudioFileOut
from omnileads.telephony.usage import refuse_while_used, users_of_audio

MAX_BYTES: Final = 20 * 1024 * 1024
"""About 21 minutes of PCM 16 bit, mono, 8 kHz."""
_HOW_TO_CONVERT: Final = "Convert it, for example: sox in.wav -r 8000 -c 1 -b 16 out.wav"


@dataclass(frozen=True, slots=True)
class CheckedWav:
    content: bytes
    sha256: str
    duration_seconds: float


def check_wav(content: bytes) -> CheckedWav:
    """Raise AudioRefused unless this is a WAV file of PCM 16 bit, mono, 8 kHz, complete and with sound in it."""
    if len(content) > MAX_BYTES:
        raise AudioRefused("too-large", f"The file is larger than {MAX_BYTES // 1024 // 1024} MB. Shorten it.")
    try:
        with wave.open(io.BytesIO(content)) as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            frames = file.getnframes()
            readable = len(file.readframes(frames)) // (channels * width)
    except (wave.Error, EOFError):
        raise AudioRefused("not-wav", f"This is not a WAV file with PCM sound. {_HOW_TO_CONVERT}") from None
    if (channels, width, rate) != (1, 2, 8000):
        found = f"{width * 8} bit, {channels} channels, {rate} Hz"
        raise AudioRefused(
            "audio-format", f"The sound must have 16 bit, 1 channel, 8000 Hz; it has {found}. {_HOW_TO_CONVERT}"
        )
    if frames == 0:
        raise AudioRefused("silent", "There is no sound in the file.")
    if readable < frames:
        raise AudioRefused("cut-off", "The file is cut off. Upload it again.")
    return CheckedWav(content, hashlib.sha256(content).hexdigest(), round(frames / rate, 3))


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
        wav = check_wav(content)
        twin = self._session.scalar(select(AudioFile.name).where(AudioFile.sha256 == wav.sha256))
        if twin is not None:
            raise AudioRefused("duplicate", f'This sound is already here as "{twin}". Use that one.')
        audio = AudioFile(name=name, sha256=wav.sha256, size_bytes=len(content), duration_seconds=wav.duration_seconds)
        conflicts = {
            "uq_audio_files_name": AudioNameTaken(),
            "uq_audio_files_sha256": AudioRefused(
                "duplicate", "This sound was uploaded a moment ago. Load the list again."
            ),
        }
        with constraint_errors(self._session, conflicts):
            self._session.add(audio)
        self._session.add(AudioContent(audio_file_id=audio.id, content=content))
        self._session.flush()
        self._changes.record("audio-file.created", "audio-file", audio.id, after=_snapshot(audio))
        return AudioFileOut.model_validate(audio)

    def content(self, audio_id: int) -> bytes:
        return read_content(self._session, audio_id)

    def delete(self, audio_id: int) -> None:
        """Raises NotFound, and InUse while something plays it."""
        audio = self._session.get(AudioFile, audio_id, with_for_update=True)
        if audio is None:
            raise NotFound
        refuse_while_used(users_of_audio(self._session, audio_id), "Choose another sound there first.")
        self._session.delete(audio)
        self._session.flush()
        self._changes.record("audio-file.deleted", "audio-file", audio_id, before=_snapshot(audio))


def read_content(session: Session, audio_id: int) -> bytes:
    """The WAV file. Raises NotFound."""
    content = session.scalar(select(AudioContent.content).where(AudioContent.audio_file_id == audio_id))
    if content is None:
        raise NotFound
    return content


def _snapshot(audio: AudioFile) -> dict[str, Any]:
    return {"name": audio.name, "sha256": audio.sha256, "duration_seconds": audio.duration_seconds}
