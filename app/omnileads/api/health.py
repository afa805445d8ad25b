"""`/healthz`, `/readyz` and `/metrics` of the web application."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from omnileads.kit.edge import CurrentRuntime
from omnileads.kit.errors import NotFound
from omnileads.kit.health import may_read_metrics, platform_probes, readiness
from omnileads.kit.permissions import public

router = APIRouter(dependencies=[public()], include_in_schema=False)


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
def readyz(runtime: CurrentRuntime) -> JSONResponse:
    """Everything a request needs answers, and the database has this code's schema."""
    is_ready, checks = readiness(platform_probes(runtime))
    body = {"status": "ready" if is_ready else "not-ready", "checks": checks}
    return JSONResponse(body, status_code=200 if is_ready else 503)


@router.get("/metrics")
def metrics(request: Request) -> Response:
    peer = request.client.host if request.client else None
    if not may_read_metrics(peer, list(request.headers)):
        raise NotFound
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
