"""axe-core, the judge of accessibility, on whatever page is open."""

from __future__ import annotations

from playwright.sync_api import Page

from support.instance import REPOSITORY

AXE = REPOSITORY / "app" / "web" / "node_modules" / "axe-core" / "axe.min.js"
"""Installed with the console's packages."""


def violations(page: Page) -> list[str]:
    """What it finds wrong, with the places."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {', '.join(str(node['target']) for node in violation['nodes'][:4])}"
        for violation in found["violations"]
    ]
