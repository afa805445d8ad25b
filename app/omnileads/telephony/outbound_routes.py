"""Outbound routes: which numbers leave over which trunks, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select

from omnileads.kit.errors import FieldProblem, ValidationFailed
from omnileads.telephony.destinations import lock_call_flow
from omnileads.telephony.items import NamedItems
from omnileads.telephony.models import OutboundPattern, OutboundRoute, OutboundRouteTrunk, SipTrunk
from omnileads.telephony.schemas.destinations import NamedItem
from omnileads.telephony.schemas.outbound_routes import OutboundPatternOut, OutboundRouteCreate, OutboundRouteOut
from omnileads.telephony.usage import Usage, users_of_outbound_route

_PLAIN_FIELDS: Final = ("name", "ring_seconds", "dial_options")


class OutboundRoutes(NamedItems[OutboundRoute, OutboundRouteCreate, OutboundRouteOut]):
    """A new route is tried last."""

    kind = "outbound-route"
    what = "outbound route"
    row = OutboundRoute
    request = OutboundRouteCreate

    def reorder(self, ids: Sequence[int]) -> list[OutboundRouteOut]:
        """Try the routes in this order. Raises ValidationFailed unless every route is in it exactly once."""
        lock_call_flow(self._session)
        routes = {route.id: route for route in self._session.scalars(select(OutboundRoute).with_for_update())}
        if len(ids) != len(routes) or set(ids) != set(routes):
            message = "The order must hold every outbound route exactly once. Load the list again."
            raise ValidationFailed.of("ids", "incomplete", message)
        before = [route.id for route in sorted(routes.values(), key=lambda route: (route.position, route.id))]
        for position, route_id in enumerate(ids):
            routes[route_id].position = position
        self._session.flush()
        self._changes.record(
            "outbound-routes.ordered", self.kind, ids[0] if ids else 0, before={"ids": before}, after={"ids": [*ids]}
        )
        return self._answers([routes[route_id] for route_id in ids])

    def _order(self) -> Sequence[Any]:
        return OutboundRoute.position, OutboundRoute.id

    def _check(self, request: OutboundRouteCreate, present: OutboundRoute | None) -> None:
        del present
        ids = request.trunk_ids
        trunks = select(SipTrunk.id).where(SipTrunk.id.in_(ids)).order_by(SipTrunk.id).with_for_update(read=True)
        known = set(self._session.scalars(trunks))
        problems = []
        for index, trunk_id in enumerate(ids):
            if trunk_id not in known:
                message = "This trunk does not exist. Choose another one."
                problems.append(FieldProblem(f"trunk_ids.{index}", "unknown", message))
            elif trunk_id in ids[:index]:
                message = "This trunk is in the list twice. Remove one."
                problems.append(FieldProblem(f"trunk_ids.{index}", "repeated", message))
        if problems:
            raise ValidationFailed(fields=problems)

    def _fill(self, row: OutboundRoute, request: OutboundRouteCreate) -> None:
        for field in _PLAIN_FIELDS:
            setattr(row, field, getattr(request, field))
        row.patterns = [
            OutboundPattern(position=position, **item.model_dump()) for position, item in enumerate(request.patterns)
        ]
        row.trunks = [
            OutboundRouteTrunk(position=position, trunk_id=trunk_id)
            for position, trunk_id in enumerate(request.trunk_ids)
        ]

    def _users(self, row: OutboundRoute) -> list[Usage]:
        return users_of_outbound_route(self._session, row.id)

    def _snapshot(self, row: OutboundRoute) -> dict[str, Any]:
        return {
            **{field: getattr(row, field) for field in _PLAIN_FIELDS},
            "patterns": [
                {"prepend": item.prepend, "prefix": item.prefix, "match": item.match} for item in row.patterns
            ],
            "trunk_ids": [item.trunk_id for item in row.trunks],
        }

    def _answers(self, rows: Sequence[OutboundRoute]) -> list[OutboundRouteOut]:
        return [
            OutboundRouteOut(
                id=row.id,
                name=row.name,
                position=row.position,
                ring_seconds=row.ring_seconds,
                dial_options=row.dial_options,
                patterns=[OutboundPatternOut.model_validate(item) for item in row.patterns],
                trunks=[NamedItem(id=item.trunk.id, name=item.trunk.name) for item in row.trunks],
            )
            for row in rows
        ]
