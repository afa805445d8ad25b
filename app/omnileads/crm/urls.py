"""Addresses of CRMs: what is accepted, and their placeholders `{1}`, `{2}` ..."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from pydantic_core import PydanticCustomError

PLACEHOLDER: Final = re.compile(r"\{([1-9][0-9]?)\}")


def site_address(text: str) -> str:
    """The address, if it is one; placeholders may stand anywhere after the host."""
    rest = PLACEHOLDER.sub("1", text)
    if "{" in rest or "}" in rest:
        raise PydanticCustomError("placeholder", "Braces are for places only: {1}, {2} and so on")
    _check(rest)
    if _host_part(text) != _host_part(rest):
        raise PydanticCustomError("placeholder_in_host", "Places like {1} may stand after the host only")
    return text


def token_address(text: str) -> str:
    """The address, if it is one without placeholders."""
    if "{" in text or "}" in text:
        raise PydanticCustomError("placeholder", "Nothing is filled in here: write the address without braces")
    _check(text)
    return text


def placeholders(url: str) -> list[int]:
    """The numbers in an address, once each, in order of value."""
    return sorted({int(number) for number in PLACEHOLDER.findall(url)})


def _host_part(url: str) -> str:
    match = re.match(r"[^:/?#]*://[^/?#]*", url)
    return match.group() if match else url


def _check(text: str) -> None:
    """Passwords in an address would be readable by everybody who sees it."""
    try:
        address = urlsplit(text)
        is_usable = address.scheme in ("http", "https") and bool(address.hostname) and address.port != 0
    except ValueError:
        is_usable = False
    if not is_usable or not text.isascii() or not text.isprintable() or not set(' "<>\\^`|').isdisjoint(text):
        raise PydanticCustomError(
            "web_address", "Write a web address, as in https://crm.example.com/clients; encode other characters as %20"
        )
    if "@" in address.netloc:
        raise PydanticCustomError("web_address_password", "Leave user and password out of the address")
