"""IVRs: a question to the caller, answered by a digit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from omnileads.kit.errors import FieldProblem, ValidationFailed
from omnileads.telephony.items import LeadingItems
from omnileads.telephony.models import Ivr, IvrOption
from omnileads.telephony.schemas.destinations import Destination
from omnileads.telephony.schemas.ivrs import IvrCreate, IvrOptionIn, IvrOptionOut, IvrOut
from omnileads.telephony.sounds import check_audio

_PLAIN_FIELDS: Final = (
    "name",
    "description",
    "audio_id",
    "timeout_seconds",
    "timeout_retries",
    "timeout_audio_id",
    "invalid_retries",
    "invalid_audio_id",
)
_AUDIO_FIELDS: Final = ("audio_id", "timeout_audio_id", "invalid_audio_id")


class Ivrs(LeadingItems[Ivr, IvrCreate, IvrOut]):
    kind = "ivr"
    what = "IVR"
    row = Ivr
    request = IvrCreate
    destination_type = "ivr"

    def _check(self, request: IvrCreate, present: Ivr | None) -> None:
        _check_digits(request.options)
        check_audio(self._session, {field: getattr(request, field) for field in _AUDIO_FIELDS})
        super()._check(request, present)

    def _destinations(self, request: IvrCreate) -> dict[str, Destination]:
        options = {f"options.{index}.destination": item.destination for index, item in enumerate(request.options)}
        return {"timeout": request.timeout, "invalid": request.invalid, **options}

    def _fill(self, row: Ivr, request: IvrCreate) -> None:
        for field in _PLAIN_FIELDS:
            setattr(row, field, getattr(request, field))
        row.timeout_type, row.timeout_id = request.timeout.type, request.timeout.id
        row.invalid_type, row.invalid_id = request.invalid.type, request.invalid.id
        row.options = [
            IvrOption(digit=item.digit, destination_type=item.destination.type, destination_id=item.destination.id)
            for item in request.options
        ]

    def _snapshot(self, row: Ivr) -> dict[str, Any]:
        return {
            **{field: getattr(row, field) for field in _PLAIN_FIELDS},
            "timeout": {"type": row.timeout_type, "id": row.timeout_id},
            "invalid": {"type": row.invalid_type, "id": row.invalid_id},
            "options": [
                {
                    "digit": option.digit,
                    "destination": {"type": option.destination_type, "id": option.destination_id},
                }
                for option in row.options
            ],
        }

    def _answers(self, rows: Sequence[Ivr]) -> list[IvrOut]:
        names = self._names(rows)
        return [
            IvrOut(
                id=row.id,
                **{field: getattr(row, field) for field in _PLAIN_FIELDS},
                timeout=names.answer(row.timeout_type, row.timeout_id),
                invalid=names.answer(row.invalid_type, row.invalid_id),
                options=[
                    IvrOptionOut(
                        digit=option.digit,
                        destination=names.answer(option.destination_type, option.destination_id),
                    )
                    for option in row.options
                ],
            )
            for row in rows
        ]


def _check_digits(options: Sequence[IvrOptionIn]) -> None:
    digits = [option.digit for option in options]
    problems = [
        FieldProblem(f"options.{index}.digit", "repeated", "This digit already leads elsewhere. Remove one.")
        for index, digit in enumerate(digits)
        if digit in digits[:index]
    ]
    if problems:
        raise ValidationFailed(fields=problems)
