"""How answering machines are told from people: one set of numbers, and the file in which Asterisk finds them."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.orm import Session

from omnileads.kit.changes import ConfigurationChanges
from omnileads.telephony.file_sync import AMD_FILE, sync_of
from omnileads.telephony.models import AmdSettings
from omnileads.telephony.schemas.settings import AmdSettingsIn, AmdSettingsOut

_ROW: Final = 1
_KEYS: Final = {
    "initial_silence": "initial_silence_ms",
    "greeting": "greeting_ms",
    "after_greeting_silence": "after_greeting_silence_ms",
    "total_analysis_time": "total_analysis_ms",
    "min_word_length": "min_word_ms",
    "between_words_silence": "between_words_silence_ms",
    "maximum_number_of_words": "max_words",
    "maximum_word_length": "max_word_ms",
    "silence_threshold": "silence_threshold",
}
"""Asterisk's name of a setting -> ours."""


def amd_settings(session: Session) -> AmdSettingsIn:
    """The numbers in force: what was set, else the defaults."""
    row = session.get(AmdSettings, _ROW)
    return AmdSettingsIn() if row is None else AmdSettingsIn(**{field: getattr(row, field) for field in _KEYS.values()})


def amd_file(session: Session) -> str:
    """`amd.conf` as it should be now."""
    settings = amd_settings(session)
    lines = [f"{key} = {getattr(settings, field)}" for key, field in _KEYS.items()]
    return "\n".join(["; Made from the console. Changes made here are overwritten.", "[general]", *lines, ""])


class Amd:
    def __init__(self, session: Session, changes: ConfigurationChanges) -> None:
        self._session = session
        self._changes = changes

    def current(self) -> AmdSettingsOut:
        sync = sync_of(self._session, AMD_FILE, amd_file(self._session))
        return AmdSettingsOut(**amd_settings(self._session).model_dump(), sync=sync)

    def replace(self, wanted: AmdSettingsIn) -> AmdSettingsOut:
        before: dict[str, Any] = amd_settings(self._session).model_dump()
        self._session.merge(AmdSettings(id=_ROW, **wanted.model_dump()))
        self._session.flush()
        self._changes.record("amd-settings.changed", "amd-settings", _ROW, before=before, after=wanted.model_dump())
        return self.current()
