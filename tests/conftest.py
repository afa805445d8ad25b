"""Fixtures for all tests of the whole: browsers, and a folder for what a test leaves as evidence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, sync_playwright

from support.browser import Consoles, Desks, opened_consoles, opened_desks
from support.instance import Instance


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture
def desk(playwright: Playwright, instance: Instance, tmp_path: Path) -> Iterator[Desks]:
    """`desk(agent, tone_hz=440)` opens the agent's browser and begins to work; closed after the test."""
    with opened_desks(playwright, instance, tmp_path) as desk:
        yield desk


@pytest.fixture
def console(playwright: Playwright, instance: Instance, tmp_path: Path) -> Iterator[Consoles]:
    """`console(person)` opens a browser in which that person is signed in; closed after the test."""
    with opened_consoles(playwright, instance, tmp_path) as console:
        yield console
