"""All routers, put together. A domain's router gets its one line here."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

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
        generate_unique_id_function=_operation_id,
        responses={
            "default": {"model": Problem, "description": "An error; `code` says which."},
            422: {"model": Problem, "description": "Some fields are not valid; `fields` says which."},
        },
    )
    v2 = APIRouter(prefix="/api/v2", max_body_size=REQUEST_LIMIT_BYTES)
    for router in (*V2_ROUTERS, documentation.router):
        v2.include_router(router)
    app.include_router(v2)
    for router in v1.ROUTERS:
        app.include_router(router, prefix=v1.PREFIX, include_in_schema=False, max_body_size=REQUEST_LIMIT_BYTES)
    app.include_router(v1.documentation.router, prefix=v1.PREFIX)
    app.include_router(health.router)
    for prefix, routers in (("/internal", INTERNAL_ROUTERS), ("/ws", WEBSOCKET_ROUTERS)):
        for router in routers:
            app.include_router(router, prefix=prefix, include_in_schema=False, max_body_size=REQUEST_LIMIT_BYTES)
    install_error_handlers(app, {f"{v1.PREFIX}/": contract_response})
    verify_routes(app, PERMISSIONS)
    return app


def _operation_id(route: APIRoute) -> str:
    """The route function's name: what a generated client calls the operation."""
    return route.name
