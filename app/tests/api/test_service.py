"""Health, metrics and documentation of the web application."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from omnileads.api.assembly import build_api
from omnileads.kit.health import may_read_metrics
from omnileads.kit.runtime import Runtime
from tests.conftest import Browsers, SignedIn


def test_it_is_alive_and_ready(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ready", "checks": {"postgres": "ok", "redis": "ok", "migrations": "ok"}},
    )


def test_it_is_not_ready_with_a_migration_pending(client: TestClient, runtime: Runtime) -> None:
    with runtime.database.transaction() as session:
        session.execute(text("ALTER TABLE alembic_version RENAME TO alembic_version_away"))
    try:
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["checks"]["migrations"]) == (503, "failed")
        assert client.get("/healthz").status_code == 200
    finally:
        with runtime.database.transaction() as session:
            session.execute(text("ALTER TABLE alembic_version_away RENAME TO alembic_version"))


def test_metrics_are_for_the_inside(browsers: Browsers) -> None:
    inside = browsers.open("127.0.0.1")
    answer = inside.get("/metrics")
    assert answer.status_code == 200
    assert "oml_http_requests_total" in answer.text
    assert inside.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404
    assert browsers.open("8.8.8.8").get("/metrics").status_code == 404


@pytest.mark.parametrize(
    ("peer", "headers", "may"),
    [
        ("127.0.0.1", [], True),
        ("::1", [], True),
        ("10.1.2.3", [], True),
        ("8.8.8.8", [], False),
        (None, [], False),
        ("somewhere", [], False),
        ("127.0.0.1", ["Forwarded"], False),
    ],
)
def test_who_may_read_metrics(peer: str | None, headers: list[str], may: bool) -> None:
    assert may_read_metrics(peer, headers) is may


def test_requests_are_counted_by_template(browsers: Browsers, sign_in: SignedIn) -> None:
    sign_in().get("/api/v2/users/999")
    counted = browsers.open("127.0.0.1").get("/metrics").text
    assert re.search(r'oml_http_requests_total\{method="GET",route="/api/v2/users/\{user_id\}",status="404"\}', counted)


def test_the_documentation_needs_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/api/v2/docs").text
    for reference in re.findall(r'(?:src|href)="([^"]+)"', page):
        assert "//" not in reference
        assert client.get(f"/api/v2/{reference}").status_code == 200
    assert "<script>" not in page
    assert client.get("/api/v2/docs/other.js").status_code == 404


def test_the_openapi_document_is_the_applications(client: TestClient) -> None:
    document = client.get("/api/v2/openapi.json").json()
    assert document == build_api().openapi()
    users = document["paths"]["/api/v2/users"]
    assert users["post"]["x-permissions"] == [["users.write", "users.write-agents"]]
    assert users["post"]["responses"]["422"]["content"]["application/json"]["schema"]["$ref"].endswith("/Problem")
    assert not any(path.startswith(("/internal", "/metrics")) for path in document["paths"])


def test_operations_have_names_of_their_own() -> None:
    operations = [
        operation["operationId"] for path in build_api().openapi()["paths"].values() for operation in path.values()
    ]
    assert len(operations) == len(set(operations))


def test_every_body_of_a_request_refuses_unknown_fields() -> None:
    document = build_api().openapi()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {})
            reference = content.get("application/json", {}).get("schema", {}).get("$ref")
            if reference:
                schema = document["components"]["schemas"][reference.rpartition("/")[2]]
                assert schema.get("additionalProperties") is False, (method, path)
