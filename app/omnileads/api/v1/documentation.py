"""The contract's own OpenAPI document, apart from the one the console is made of."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse

from omnileads.api.v1.prefix import PREFIX
from omnileads.api.v1.routers import ROUTERS
from omnileads.kit.permissions import document_access, guarded_routes, public
from omnileads.version import VERSION

router = APIRouter(dependencies=[public()], include_in_schema=False)

DESCRIPTION: Final = """\
What integrations of OMniLeads use. Addresses may end in a slash or not; bodies may be JSON, urlencoded or multipart.
Sign in with `POST /api/v1/login` and send `Authorization: Bearer <token>`. Who is not let in gets 403 with `detail`.
"""


@router.get("/openapi.json")
def openapi(request: Request) -> JSONResponse:
    state = request.app.state
    if getattr(state, "contract_document", None) is None:
        state.contract_document = document()
    return JSONResponse(state.contract_document)


def document() -> dict[str, Any]:
    contract = FastAPI(
        title="OMniLeads, the contract of integrations",
        version=VERSION,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    for part in ROUTERS:
        contract.include_router(part, prefix=PREFIX)
    schema = contract.openapi()
    document_access(schema, guarded_routes(contract))
    return schema
