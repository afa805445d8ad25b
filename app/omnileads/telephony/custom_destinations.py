"""Custom destinations: places in the integrator's dialplan that calls are sent to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from omnileads.telephony.items import LeadingItems
from omnileads.telephony.models import CustomDestination
from omnileads.telephony.schemas.custom_destinations import CustomDestinationCreate, CustomDestinationOut
from omnileads.telephony.schemas.destinations import Destination

_PLAIN_FIELDS: Final = ("name", "context", "extension", "priority")


class CustomDestinations(LeadingItems[CustomDestination, CustomDestinationCreate, CustomDestinationOut]):
    """The place itself may be written later: until then its calls go to the failover."""

    kind = "custom-destination"
    what = "custom destination"
    row = CustomDestination
    request = CustomDestinationCreate
    destination_type = "custom-destination"
    leads_on_by_itself = True

    def _destinations(self, request: CustomDestinationCreate) -> dict[str, Destination]:
        return {"failover": request.failover}

    def _fill(self, row: CustomDestination, request: CustomDestinationCreate) -> None:
        for field in _PLAIN_FIELDS:
            setattr(row, field, getattr(request, field))
        row.failover_type, row.failover_id = request.failover.type, request.failover.id

    def _snapshot(self, row: CustomDestination) -> dict[str, Any]:
        return {
            **{field: getattr(row, field) for field in _PLAIN_FIELDS},
            "failover": {"type": row.failover_type, "id": row.failover_id},
        }

    def _answers(self, rows: Sequence[CustomDestination]) -> list[CustomDestinationOut]:
        names = self._names(rows)
        return [
            CustomDestinationOut(
                id=row.id,
                **{field: getattr(row, field) for field in _PLAIN_FIELDS},
                failover=names.answer(row.failover_type, row.failover_id),
            )
            for row in rows
        ]
