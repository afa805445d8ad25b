"""The language of an answer: Spanish, as integrations know it, or English for who prefers that."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final

_is_english: ContextVar[bool] = ContextVar("is_english", default=False)
_LANGUAGES: Final = ("es", "en")


def say(spanish: str, english: str) -> str:
    """The text in the language of the present request."""
    return english if _is_english.get() else spanish


def listen_to(accept_language: str) -> None:
    """Take the language from the header `Accept-Language`; what says neither leaves it Spanish."""
    _is_english.set(_preferred(accept_language) == "en")


def _preferred(header: str) -> str:
    best, weight = "es", 0.0
    for part in header.split(",")[:20]:
        name, _, parameter = part.partition(";")
        language = name.strip().lower().partition("-")[0]
        wanted = _weight(parameter)
        if language in _LANGUAGES and wanted > weight:
            best, weight = language, wanted
    return best


def _weight(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
