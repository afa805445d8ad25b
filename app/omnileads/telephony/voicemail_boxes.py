"""Voicemail boxes: where callers leave a message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from omnileads.telephony.items import NamedItems
from omnileads.telephony.models import VoicemailBox
from omnileads.telephony.schemas.custom_destinations import VoicemailBoxCreate, VoicemailBoxOut
from omnileads.telephony.sounds import check_audio
from omnileads.telephony.usage import Usage, users_of_destination


class VoicemailBoxes(NamedItems[VoicemailBox, VoicemailBoxCreate, VoicemailBoxOut]):
    kind = "voicemail"
    what = "voicemail box"
    row = VoicemailBox
    request = VoicemailBoxCreate

    def _check(self, request: VoicemailBoxCreate, present: VoicemailBox | None) -> None:
        del present
        check_audio(self._session, {"greeting_audio_id": request.greeting_audio_id})

    def _users(self, row: VoicemailBox) -> list[Usage]:
        return users_of_destination(self._session, "voicemail", row.id)

    def _fill(self, row: VoicemailBox, request: VoicemailBoxCreate) -> None:
        row.name, row.greeting_audio_id, row.max_seconds = request.name, request.greeting_audio_id, request.max_seconds

    def _snapshot(self, row: VoicemailBox) -> dict[str, Any]:
        return {"name": row.name, "greeting_audio_id": row.greeting_audio_id, "max_seconds": row.max_seconds}

    def _answers(self, rows: Sequence[VoicemailBox]) -> list[VoicemailBoxOut]:
        return [VoicemailBoxOut.model_validate({"id": row.id, **self._snapshot(row)}) for row in rows]
