"""Customer identifications: who calls, asked of the caller and, if wanted, of a CRM."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from omnileads.kit.errors import ValidationFailed
from omnileads.telephony.items import LeadingItems
from omnileads.telephony.models import CustomerIdentification
from omnileads.telephony.schemas.customer_identifications import (
    CustomerIdentificationCreate,
    CustomerIdentificationOut,
)
from omnileads.telephony.schemas.destinations import Destination
from omnileads.telephony.sounds import check_audio

_PLAIN_FIELDS: Final = ("name", "mode", "url", "audio_id", "length", "timeout_seconds", "attempts")


class CustomerIdentifications(
    LeadingItems[CustomerIdentification, CustomerIdentificationCreate, CustomerIdentificationOut]
):
    kind = "customer-identification"
    what = "customer identification"
    row = CustomerIdentification
    request = CustomerIdentificationCreate
    destination_type = "customer-identification"

    def _check(self, request: CustomerIdentificationCreate, present: CustomerIdentification | None) -> None:
        if request.mode != "ask-only" and not request.url:
            raise ValidationFailed.of("url", "missing", "Give the address of the CRM that decides.")
        check_audio(self._session, {"audio_id": request.audio_id})
        super()._check(request, present)

    def _destinations(self, request: CustomerIdentificationCreate) -> dict[str, Destination]:
        return {"identified": request.identified, "unidentified": request.unidentified}

    def _fill(self, row: CustomerIdentification, request: CustomerIdentificationCreate) -> None:
        for field in _PLAIN_FIELDS:
            setattr(row, field, getattr(request, field))
        row.identified_type, row.identified_id = request.identified.type, request.identified.id
        row.unidentified_type, row.unidentified_id = request.unidentified.type, request.unidentified.id

    def _snapshot(self, row: CustomerIdentification) -> dict[str, Any]:
        return {
            **{field: getattr(row, field) for field in _PLAIN_FIELDS},
            "identified": {"type": row.identified_type, "id": row.identified_id},
            "unidentified": {"type": row.unidentified_type, "id": row.unidentified_id},
        }

    def _answers(self, rows: Sequence[CustomerIdentification]) -> list[CustomerIdentificationOut]:
        names = self._names(rows)
        return [
            CustomerIdentificationOut(
                id=row.id,
                **{field: getattr(row, field) for field in _PLAIN_FIELDS},
                identified=names.answer(row.identified_type, row.identified_id),
                unidentified=names.answer(row.unidentified_type, row.unidentified_id),
            )
            for row in rows
        ]
