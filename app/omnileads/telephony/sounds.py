"""The audio files that items play: whether they are there, and locked while an item is written that refers to them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from omnileads.kit.errors import FieldProblem, ValidationFailed
from omnileads.telephony.models import AudioFile


def audio_problems(session: Session, wanted: Mapping[str, int | None]) -> list[FieldProblem]:
    """A problem for each field whose audio file is not there; the others are locked against being deleted."""
    ids = {audio_id for audio_id in wanted.values() if audio_id is not None}
    statement = select(AudioFile.id).where(AudioFile.id.in_(ids)).order_by(AudioFile.id).with_for_update(read=True)
    known = set(session.scalars(statement))
    return [
        FieldProblem(field, "unknown", "This audio file does not exist. Choose another one.")
        for field, audio_id in wanted.items()
        if audio_id is not None and audio_id not in known
    ]


def check_audio(session: Session, wanted: Mapping[str, int | None]) -> None:
    """Raise ValidationFailed for what `audio_problems` finds."""
    problems = audio_problems(session, wanted)
    if problems:
        raise ValidationFailed(fields=problems)
