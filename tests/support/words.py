"""What the console says, in either language: looked up in its own catalogues, so a test reads what people read."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Literal

from support.instance import REPOSITORY

Language = Literal["es", "en"]

_SOURCES = REPOSITORY / "app" / "web" / "src"


class Words:
    """`words("campaigns.field.name")` is "Name" or "Nombre"."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, key: str, *, form: int = 0, **values: object) -> str:
        """`form`: which of the grammatical numbers the catalogue has, first 0. Raises KeyError for unknown keys."""
        first, *rest = key.split(".")
        found: Any = _catalogue(first, self.language)
        for part in rest:
            found = found[part]
        text = str(found).split(" | ")[form]
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", str(value))
        return text


@cache
def _catalogue(module: str, language: Language) -> Any:
    if module == "kit":
        return _read(_SOURCES / "kit" / "locales" / f"{language}.json")["kit"]
    return _read(_SOURCES / "modules" / module / "locales" / f"{language}.json")


def _read(path: Path) -> Any:
    return json.loads(path.read_text())
