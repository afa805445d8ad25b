"""Inbound routes: which number leads where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from omnileads.kit.errors import AppError
from omnileads.telephony.errors import DidTaken
from omnileads.telephony.items import LeadingItems
from omnileads.telephony.models import InboundRoute
from omnileads.telephony.schemas.destinations import Destination
from omnileads.telephony.schemas.inbound_routes import RouteCreate, RouteOut

_PLAIN_FIELDS: Final = ("name", "did", "caller_id_prefix", "language")


class InboundRoutes(LeadingItems[InboundRoute, RouteCreate, RouteOut]):
    """Routes to campaigns that the caller does not see are not shown."""

    kind = "inbound-route"
    what = "inbound route"
    row = InboundRoute
    request = RouteCreate

    def _visible(self) -> Select[InboundRoute]:
        statement = select(InboundRoute)
        if self._scope is None:
            return statement
        return statement.where(
            or_(InboundRoute.destination_type != "inbound-campaign", InboundRoute.destination_id.in_(self._scope))
        )

    def _searched(self) -> Sequence[InstrumentedAttribute[str]]:
        return InboundRoute.name, InboundRoute.did

    def _conflicts(self) -> dict[str, AppError]:
        return {**super()._conflicts(), "uq_inbound_routes_did": DidTaken()}

    def _destinations(self, request: RouteCreate) -> dict[str, Destination]:
        return {"destination": request.destination}

    def _fill(self, row: InboundRoute, request: RouteCreate) -> None:
        for field in _PLAIN_FIELDS:
            setattr(row, field, getattr(request, field))
        row.destination_type, row.destination_id = request.destination.type, request.destination.id

    def _snapshot(self, row: InboundRoute) -> dict[str, Any]:
        return {
            **{field: getattr(row, field) for field in _PLAIN_FIELDS},
            "destination": {"type": row.destination_type, "id": row.destination_id},
        }

    def _answers(self, rows: Sequence[InboundRoute]) -> list[RouteOut]:
        names = self._names(rows)
        return [
            RouteOut(
                id=row.id,
                name=row.name,
                did=row.did,
                caller_id_prefix=row.caller_id_prefix,
                language=row.language,
                destination=names.answer(row.destination_type, row.destination_id),
            )
            for row in rows
        ]
