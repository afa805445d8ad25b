"""Fixtures for all tests of the whole: browsers, and a folder for what a test leaves as evidence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, sync_playwright

from support.browser import AgentDesk, Console, Consoles, Desks
from support.centre import Agent, Person
from support.instance import Instance


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture
def desk(playwright: Playwright, instance: Instance, tmp_path: Path) -> Iterator[Desks]:
    """`desk(agent, tone_hz=440)` opens the agent's browser and begins to work; closed after the test."""
    with ExitStack() as open_desks:

        def begin(agent: Agent, *, tone_hz: float = 440.0) -> AgentDesk:
            opened = AgentDesk(playwright, agent, instance, tmp_path, tone_hz=tone_hz)
            open_desks.enter_context(opened)
            opened.begin_work()
            return opened

        yield begin


@pytest.fixture
def console(playwright: Playwright, instance: Instance, tmp_path: Path) -> Iterator[Consoles]:
    """`console(person)` opens a browser in which that person is signed in; closed after the test."""
    with ExitStack() as open_consoles:

        def sign_in(person: Person) -> Console:
            opened = Console(playwright, instance, tmp_path)
            open_consoles.enter_context(opened)
            opened.sign_in(person)
            return opened

        yield sign_in
