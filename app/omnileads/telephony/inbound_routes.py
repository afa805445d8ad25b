"""Inbound routes: which number leads where."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from omnileads.kit.changes import ConfigurationChanges, patched
from omnileads.kit.db import constraint_errors
from omnileads.kit.errors import AppError, NotFound
from omnileads.kit.pagination import Page, PageQuery, contains, page_of, paginate
from omnileads.telephony.destinations import campaign_names, check_destination
from omnileads.telephony.errors import DidTaken, RouteNameTaken
from omnileads.telephony.models import InboundRoute
from omnileads.telephony.schemas import Destination, DestinationOut, RouteCreate, RouteOut, RoutePatch


def _conflicts() -> dict[str, AppError]:
    return {"uq_inbound_routes_name": RouteNameTaken(), "uq_inbound_routes_did": DidTaken()}


class InboundRoutes:
    """`scope` is the set of campaign ids the caller sees, None for all: routes to other campaigns are not shown."""

    def __init__(self, session: Session, changes: ConfigurationChanges, scope: frozenset[int] | None) -> None:
        self._session = session
        self._changes = changes
        self._scope = scope

    def page(self, query: PageQuery) -> Page[RouteOut]:
        statement = self._visible().order_by(func.lower(InboundRoute.name))
        if query.search:
            pattern = contains(query.search)
            statement = statement.where(
                or_(InboundRoute.name.ilike(pattern, escape="\\"), InboundRoute.did.ilike(pattern, escape="\\"))
            )
        rows, total = paginate(self._session, statement, query)
        names = campaign_names(self._session, [row.destination_id for row in rows if row.destination_id is not None])
        return page_of(rows, total, query, lambda route: _present(route, names))

    def one(self, route_id: int) -> RouteOut:
        return self._shown(self._route(route_id))

    def create(self, request: RouteCreate) -> RouteOut:
        check_destination(self._session, request.destination, self._scope, "destination")
        route = InboundRoute(**_columns(request))
        with constraint_errors(self._session, _conflicts()):
            self._session.add(route)
        self._changes.record("inbound-route.created", "inbound-route", route.id, after=_snapshot(route))
        return self._shown(route)

    def change(self, route_id: int, patch: RoutePatch) -> RouteOut:
        route = self._route(route_id)
        before = _snapshot(route)
        request = patched(RouteCreate.model_validate(before), patch)
        if "destination" in patch.model_fields_set:
            check_destination(self._session, request.destination, self._scope, "destination")
        with constraint_errors(self._session, _conflicts()):
            for field, value in _columns(request).items():
                setattr(route, field, value)
        self._changes.record("inbound-route.changed", "inbound-route", route.id, before=before, after=_snapshot(route))
        return self._shown(route)

    def delete(self, route_id: int) -> None:
        route = self._route(route_id)
        self._session.delete(route)
        self._session.flush()
        self._changes.record("inbound-route.deleted", "inbound-route", route_id, before=_snapshot(route))

    def _visible(self) -> Any:
        statement = select(InboundRoute)
        if self._scope is None:
            return statement
        return statement.where(
            or_(InboundRoute.destination_type != "inbound-campaign", InboundRoute.destination_id.in_(self._scope))
        )

    def _route(self, route_id: int) -> InboundRoute:
        route: InboundRoute | None = self._session.scalar(
            self._visible().where(InboundRoute.id == route_id).with_for_update()
        )
        if route is None:
            raise NotFound
        return route

    def _shown(self, route: InboundRoute) -> RouteOut:
        ids = [route.destination_id] if route.destination_id is not None else []
        return _present(route, campaign_names(self._session, ids))


_PLAIN_FIELDS: Final = ("name", "did", "caller_id_prefix", "language")


def _columns(request: RouteCreate) -> dict[str, Any]:
    return {
        **request.model_dump(include=set(_PLAIN_FIELDS)),
        "destination_type": request.destination.type,
        "destination_id": request.destination.id,
    }


def _snapshot(route: InboundRoute) -> dict[str, Any]:
    destination = Destination(type=route.destination_type, id=route.destination_id)
    return {**{field: getattr(route, field) for field in _PLAIN_FIELDS}, "destination": destination.model_dump()}


def _present(route: InboundRoute, names: dict[int, str]) -> RouteOut:
    return RouteOut(
        id=route.id,
        name=route.name,
        did=route.did,
        caller_id_prefix=route.caller_id_prefix,
        language=route.language,
        destination=DestinationOut(
            type=route.destination_type, id=route.destination_id, name=names.get(route.destination_id or 0)
        ),
    )
