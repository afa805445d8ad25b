"""Requests to other people's servers: CRMs and web services that administrators name.

They never reach this machine or the networks behind it, unless the host is in `OUTGOING_ALLOWED_HOSTS`: otherwise
whoever may type an address into the console could talk to PostgreSQL, Redis or a router. Redirects are not followed,
answers are read up to a limit, and everything has a time limit.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from omnileads.settings import OutgoingTopic

MAX_ANSWER_BYTES: Final = 64 * 1024
USER_AGENT: Final = "OMniLeads"


class OutgoingFailed(Exception):
    """No answer came; the text says why in words an administrator can act on."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer of any status; `body` is cut at MAX_ANSWER_BYTES."""

    status: int
    body: str


class OutgoingHttp:
    """Sends requests. One session a request: they are rare, and nothing of one must stick to the next."""

    def __init__(self, settings: OutgoingTopic) -> None:
        self._allowed = settings.hosts()

    async def post_form(self, url: str, form: dict[str, str], *, timeout_seconds: float) -> Answer:
        """POST URL-encoded fields. Raises OutgoingFailed."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise OutgoingFailed("The address must begin with http:// or https:// and name a host.")
        guard = _Guard(is_free=parts.hostname.lower() in self._allowed)
        guard.check_literal(parts.hostname)
        timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        connector = aiohttp.TCPConnector(resolver=guard)
        headers = {"User-Agent": USER_AGENT, "Accept": "application/json"}
        try:
            async with (
                aiohttp.ClientSession(connector=connector, timeout=timeout, headers=headers) as session,
                session.post(url, data=form, allow_redirects=False) as response,
            ):
                body = await response.content.read(MAX_ANSWER_BYTES)
                return Answer(response.status, body.decode(response.charset or "utf-8", "replace"))
        except TimeoutError:
            raise OutgoingFailed(f"No answer within {timeout_seconds:g} seconds.") from None
        except (aiohttp.ClientError, OSError, ValueError, LookupError) as error:
            raise OutgoingFailed(str(error) or type(error).__name__) from error


class _Guard(AbstractResolver):
    """Resolves names, and refuses those that lead inside. The check is on the very address that is connected to."""

    def __init__(self, *, is_free: bool) -> None:
        self._is_free = is_free
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        for result in found:
            self._check(host, result["host"])
        return found

    async def close(self) -> None:
        await self._resolver.close()

    def check_literal(self, host: str) -> None:
        """An address instead of a name is connected to without being resolved."""
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return
        self._check(host, host)

    def _check(self, host: str, address: str) -> None:
        if not self._is_free and not ipaddress.ip_address(address).is_global:
            raise OutgoingFailed(
                f"{host} is an internal address. Add it to OUTGOING_ALLOWED_HOSTS if requests may go there."
            )
