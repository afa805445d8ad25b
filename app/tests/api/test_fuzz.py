"""Requests generated from the OpenAPI document, valid and not: every answer is one the document promises."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from omnileads.api.assembly import build_api
from tests.conftest import SignedIn

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
REQUESTS_OF_AN_OPERATION = 4
"""Beside every other test of the same operations; a longer search is made by raising it."""

OPERATIONS = sorted(
    (path, method.upper())
    for path, operations in build_api().openapi()["paths"].items()
    for method in operations
    if path != "/api/v2/users/{user_id}"  # a lucky id would deactivate who asks
)
AREAS = {area: list(found) for area, found in groupby(OPERATIONS, key=lambda item: "/".join(item[0].split("/")[:4]))}
"""Operations by the beginning of their path: those of an area are asked on one database, one after the other."""


@pytest.fixture(scope="module")
def schema(shared_app: FastAPI) -> Any:
    """Read once: it takes longer than asking an operation."""
    return schemathesis.openapi.from_asgi("/api/v2/openapi.json", shared_app)


@pytest.mark.parametrize("area", AREAS)
def test_no_request_brings_the_application_down(schema: Any, sign_in: SignedIn, area: str) -> None:
    token = sign_in("administrator").post("/api/v2/tokens", json={"name": "fuzz"}).json()["token"]
    for path, method in AREAS[area]:
        operation = schema[path][method]
        cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))

        @given(case=cases)
        @settings(
            max_examples=REQUESTS_OF_AN_OPERATION,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        )
        def ask(case: schemathesis.Case[Any]) -> None:
            case.call_and_validate(
                base_url="https://contact.example", headers={"Authorization": f"Bearer {token}"}, checks=CHECKS
            )

        ask()
