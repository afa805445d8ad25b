"""Requests generated from the contract's own OpenAPI document, valid and not: never a server error."""

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

from omnileads.api.v1.documentation import document
from tests.agents.test_console import Engine
from tests.api_v1.crm import V1, World, bearer, token_of

REQUESTS_OF_AN_OPERATION = 4
"""Beside every other test of the same operations; a longer search is made by raising it."""

DOCUMENT = document()["paths"]
OPERATIONS = sorted(
    (path, method.upper(), operation.get("x-permissions") == [["agent.console"]])
    for path, operations in DOCUMENT.items()
    for method, operation in operations.items()
)
AREAS = {area: list(found) for area, found in groupby(OPERATIONS, key=lambda item: item[0].split("/")[3])}


@pytest.fixture(scope="module")
def schema(shared_app: FastAPI) -> Any:
    """Read once: it takes longer than asking an operation."""
    return schemathesis.openapi.from_asgi(f"{V1}/openapi.json", shared_app)


@pytest.mark.parametrize("area", AREAS)
def test_no_request_brings_the_application_down(schema: Any, world: World, engine: Engine, area: str) -> None:
    administrator = token_of(world.admin, world.users.make("administrator"))
    agent = token_of(world.admin, world.agent_user)
    assert engine.events == []
    for path, method, is_for_agents in AREAS[area]:
        _ask(schema[path][method], bearer(agent if is_for_agents else administrator))


def _ask(operation: Any, headers: dict[str, str]) -> None:
    cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))

    @given(case=cases)
    @settings(
        max_examples=REQUESTS_OF_AN_OPERATION,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    def ask(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(base_url="https://contact.example", headers=headers, checks=[not_a_server_error])

    ask()
