"""Listening to a recording: who may, which file it is, and the note that it was heard."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from omnileads.calls.errors import RecordingMissing, RecordingPending, RecordingStoring
from omnileads.calls.models import Recording
from omnileads.calls.recording_files import RecordingFiles, Sound
from omnileads.calls.search import in_scope
from omnileads.campaigns.scope import Scope
from omnileads.kit.audit import AuditEntry, AuditLog
from omnileads.kit.clock import Clock
from omnileads.kit.errors import NotFound
from omnileads.kit.permissions import Principal

HEARD: Final = "recording.heard"
SAME_HEARING: Final = timedelta(minutes=10)
"""A player asks for a recording in many parts; parts asked for within this are one hearing in the audit log."""


class Playback:
    def __init__(self, session: Session, files: RecordingFiles, clock: Clock) -> None:
        self._session = session
        self._files = files
        self._clock = clock

    def open(self, recording_id: int, listener: Principal, scope: Scope, own_agent_id: int | None) -> Sound:
        """The WAV file, and an audit entry. `own_agent_id` limits to recordings of this agent.

        Raises NotFound (also for what the person may not hear), RecordingPending, RecordingStoring, RecordingMissing.
        """
        statement = select(Recording).where(Recording.id == recording_id)
        scoped = in_scope(Recording.campaign_id, scope)
        if own_agent_id is not None:
            statement = statement.where(Recording.agent_id == own_agent_id)
        elif scoped is not None:
            statement = statement.where(scoped)
        recording = self._session.scalar(statement)
        if recording is None:
            raise NotFound
        if recording.state == "pending":
            raise RecordingStoring if self._files.bucket else RecordingPending
        sound = self._files.find(recording.file)
        if recording.state == "missing" or sound is None:
            raise RecordingMissing
        self._note_hearing(recording, listener)
        return sound

    def _note_hearing(self, recording: Recording, listener: Principal) -> None:
        is_noted = self._session.scalar(
            select(
                exists().where(
                    AuditEntry.subject_type == "recording",
                    AuditEntry.subject_id == str(recording.id),
                    AuditEntry.action == HEARD,
                    AuditEntry.actor_id == listener.user_id,
                    AuditEntry.at > self._clock.now() - SAME_HEARING,
                )
            )
        )
        if not is_noted:
            AuditLog(self._session, self._clock).record(
                HEARD, "recording", recording.id, actor=listener, after={"call_id": recording.call_id}
            )
