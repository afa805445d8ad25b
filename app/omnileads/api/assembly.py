"""All routers, put together. A domain's router gets its one line here."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope

from omnileads.accounts.roles import PERMISSIONS
from omnileads.accounts.routes import roles, session, tokens, users
from omnileads.agents import routes as agents
from omnileads.api import documentation, health, v1
from omnileads.api.v1.errors import contract_response
from omnileads.callbacks import routes as callbacks
from omnileads.callflow import routes as callflow
from omnileads.calls import routes as calls
from omnileads.campaigns import routes as campaigns
from omnileads.contacts import routes as contacts
from omnileads.crm import routes as crm
from omnileads.desk import routes as desk
from omnileads.dispositions import routes as dispositions
from omnileads.forms import routes as forms
from omnileads.kit.http import Problem, install_error_handlers
from omnileads.kit.permissions import document_access, guarded_routes, verify_routes
from omnileads.supervision import routes as supervision
from omnileads.telephony import routes as telephony
from omnileads.version import VERSION

V2_PREFIX: Final = "/api/v2"
V2_ROUTERS: Final[tuple[APIRouter, ...]] = (
    session.router,
    tokens.router,
    roles.router,
    users.router,
    agents.groups,
    agents.pauses,
    agents.pause_sets,
    agents.agents,
    agents.console,
    *telephony.ROUTERS,
    callflow.call_flow,
    callflow.trials,
    *forms.ROUTERS,
    *crm.ROUTERS,
    *campaigns.ROUTERS,
    *contacts.ROUTERS,
    dispositions.router,
    desk.router,
    callbacks.router,
    callbacks.supervisors,
    calls.calls,
    calls.agent_calls,
    calls.recordings,
    supervision.router,
)

INTERNAL_ROUTERS: Final[tuple[APIRouter, ...]] = telephony.INTERNAL_ROUTERS
"""For the system's own parts, under `/internal`; the proxy refuses this prefix from outside."""

WEBSOCKET_ROUTERS: Final[tuple[APIRouter, ...]] = (supervision.websocket_router,)
"""Websockets, under `/ws`."""

REQUEST_LIMIT_BYTES: Final = 1024 * 1024
"""Largest request body; a route that takes uploads declares its own `max_body_size`."""

DESCRIPTION: Final = """\
Everything the console can do. Sign in with `POST /session` (cookie, and header `X-CSRF-Token` for unsafe methods) or
send `Authorization: Bearer <token>`. Every error has the same body: `code` is stable, `message` says what to do,
`fields` names the fields of a request that are not acceptable. `x-permissions` lists what a caller needs: each entry is
a set of alternatives.
"""


class Api(FastAPI):
    """FastAPI, with each route's permissions in the OpenAPI document."""

    def openapi(self) -> dict[str, Any]:
        schema = super().openapi()
        document_access(schema, guarded_routes(self))
        return schema


class Part(APIRouter):
    """The routes of some routers, among which nothing is looked for but addresses with this beginning.

    They are on one level, because the framework looks through what an included router includes once for each level.
    """

    def __init__(self, beginning: str, *routers: APIRouter) -> None:
        super().__init__(routes=[route for router in routers for route in router.routes])
        self._beginning = beginning

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return super().matches(scope) if scope["path"].startswith(self._beginning) else (Match.NONE, {})


def build_api() -> Api:
    """All routes, each with a declared permission; connected to nothing yet.

    Raises UndeclaredRouteError for a route that declares none or an unknown one.
    """
    app = Api(
        title="OMniLeads",
        version=VERSION,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # of OpenTelemetry, which is not installed
        generate_unique_id_function=_operation_id,
        responses={
            "default": {"model": Problem, "description": "An error; `code` says which."},
            422: {"model": Problem, "description": "Some fields are not valid; `fields` says which."},
        },
    )
    for prefix, routers in (
        (v1.PREFIX, (*v1.ROUTERS, v1.documentation.router)),
        ("/internal", INTERNAL_ROUTERS),
        ("/ws", WEBSOCKET_ROUTERS),
    ):
        part = Part(prefix, *routers)
        app.include_router(part, prefix=prefix, include_in_schema=False, max_body_size=REQUEST_LIMIT_BYTES)
    for router in (*V2_ROUTERS, documentation.router):
        part = Part(V2_PREFIX + router.prefix.partition("{")[0], router)
        app.include_router(part, prefix=V2_PREFIX, max_body_size=REQUEST_LIMIT_BYTES)
    app.include_router(health.router)
    install_error_handlers(app, {f"{v1.PREFIX}/": contract_response})
    verify_routes(app, PERMISSIONS)
    return app


def _operation_id(route: APIRoute) -> str:
    """The route function's name: what a generated client calls the operation."""
    return route.name
