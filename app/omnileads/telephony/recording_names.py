"""What the names of recordings are made of."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.orm import Session

from omnileads.kit.changes import ConfigurationChanges
from omnileads.telephony.models import RecordingNameScheme
from omnileads.telephony.schemas.settings import RecordingNameSchemeIn, RecordingNameSchemeOut

_ROW: Final = 1


def recording_name_scheme(session: Session) -> RecordingNameSchemeIn:
    """The scheme in force: what was set, else the defaults."""
    row = session.get(RecordingNameScheme, _ROW)
    if row is None:
        return RecordingNameSchemeIn()
    return RecordingNameSchemeIn(**{field: getattr(row, field) for field in RecordingNameSchemeIn.model_fields})


class RecordingNames:
    def __init__(self, session: Session, changes: ConfigurationChanges) -> None:
        self._session = session
        self._changes = changes

    def current(self) -> RecordingNameSchemeOut:
        return RecordingNameSchemeOut(**recording_name_scheme(self._session).model_dump())

    def replace(self, wanted: RecordingNameSchemeIn) -> RecordingNameSchemeOut:
        before: dict[str, Any] = recording_name_scheme(self._session).model_dump()
        self._session.merge(RecordingNameScheme(id=_ROW, **wanted.model_dump()))
        self._session.flush()
        self._changes.record(
            "recording-name-scheme.changed", "recording-name-scheme", _ROW, before=before, after=wanted.model_dump()
        )
        return self.current()
