"""Requests to other people's servers: CRMs and web services that administrators name.

They never reach this machine or the networks behind it, unless the host is in `OUTGOING_ALLOWED_HOSTS`: otherwise
whoever may type an address into the console could talk to PostgreSQL, Redis or a router. Redirects are not followed,
answers are read up to a limit, and everything has a time limit.
"""

from __future__ import annotations

import codecs
import ipaddress
import re
import socket
import time
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlencode, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from multidict import CIMultiDict
from yarl import URL

from omnileads.settings import OutgoingTopic

MAX_ANSWER_BYTES: Final = 64 * 1024
USER_AGENT: Final = "OMniLeads"

_NUMBERS: Final = re.compile(r"(0x[0-9a-f]*|[0-9]*)(\.(0x[0-9a-f]*|[0-9]*))*")
"""Hosts that are addresses to somebody, such as 2130706433 or 0177.1."""

_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")

FailureCode = Literal["address", "internal-address", "timeout", "dns", "tls", "connection", "failed"]


class OutgoingFailed(Exception):
    """No answer came; the text says why in words an administrator can act on, `code` the kind of reason."""

    def __init__(self, message: str, code: FailureCode = "failed") -> None:
        super().__init__(message)
        self.code: FailureCode = code


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer of any status; `body` is cut at MAX_ANSWER_BYTES."""

    status: int
    body: str


@dataclass(frozen=True, slots=True)
class FullAnswer:
    """All of an HTTP answer of any status; of a longer body only its beginning (`is_cut`)."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    is_cut: bool
    charset: str
    duration_ms: int

    @property
    def text(self) -> str:
        return self.body.decode(self.charset, "replace")


@dataclass(frozen=True, slots=True)
class OutgoingRequest:
    """A request as it is sent: nothing but `Host` and `Content-Length` is added to the headers."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None


class OutgoingHttp:
    """Sends requests. One session a request: they are rare, and nothing of one must stick to the next."""

    def __init__(self, settings: OutgoingTopic) -> None:
        self._allowed = settings.hosts()

    async def post_form(self, url: str, form: dict[str, str], *, timeout_seconds: float) -> Answer:
        """POST URL-encoded fields. Raises OutgoingFailed."""
        request = OutgoingRequest(
            "POST",
            url,
            (
                ("User-Agent", USER_AGENT),
                ("Accept", "application/json"),
                ("Content-Type", "application/x-www-form-urlencoded"),
            ),
            urlencode(form).encode(),
        )
        answer = await self.send(request, timeout_seconds=timeout_seconds)
        return Answer(answer.status, answer.text)

    async def send(
        self,
        request: OutgoingRequest,
        *,
        timeout_seconds: float,
        strict_tls: bool = True,
        max_bytes: int = MAX_ANSWER_BYTES,
    ) -> FullAnswer:
        """Send this request byte for byte, once. Raises OutgoingFailed.

        Without `strict_tls` any certificate will do, as administrators want it for CRMs that signed their own.
        """
        host = self._host(request.url)
        guard = _Guard(is_free=host.lower() in self._allowed)
        guard.check_literal(host)
        began = time.monotonic()
        try:
            async with (
                aiohttp.ClientSession(
                    connector=aiohttp.TCPConnector(resolver=guard, ssl=strict_tls),
                    timeout=aiohttp.ClientTimeout(total=timeout_seconds),
                    skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
                    auto_decompress=False,
                ) as session,
                session.request(
                    request.method,
                    URL(request.url.partition("#")[0], encoded=True),
                    headers=CIMultiDict([*request.headers, ("Accept-Encoding", "identity")]),
                    data=request.body,
                    allow_redirects=False,
                ) as response,
            ):
                body = await _read(response.content, max_bytes + 1)
                return FullAnswer(
                    status=response.status,
                    headers=tuple((name, value) for name, value in response.headers.items()),
                    body=body[:max_bytes],
                    is_cut=len(body) > max_bytes,
                    charset=_known_charset(response.charset),
                    duration_ms=round((time.monotonic() - began) * 1000),
                )
        except TimeoutError:
            raise OutgoingFailed(f"No answer within {timeout_seconds:g} seconds.", "timeout") from None
        except (aiohttp.ClientError, OSError, ValueError, LookupError) as error:
            raise _failure(host, error) from error

    @staticmethod
    def _host(url: str) -> str:
        """Raises OutgoingFailed for what is no web address."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            host = port = None
        if not host or port == 0 or parts.scheme not in ("http", "https") or not url.isascii() or not url.isprintable():
            raise OutgoingFailed("The address must begin with http:// or https:// and name a host.", "address")
        if _NUMBERS.fullmatch(host.lower()) and not _is_literal(host):
            raise OutgoingFailed(f"{host} is no IP address. Write it as four numbers from 0 to 255.", "address")
        return host


async def _read(content: aiohttp.StreamReader, limit: int) -> bytes:
    """The body up to `limit` bytes; the rest is never asked for."""
    body = bytearray()
    while len(body) < limit:
        chunk = await content.read(limit - len(body))
        if not chunk:
            break
        body += chunk
    return bytes(body)


def _known_charset(charset: str | None) -> str:
    try:
        return codecs.lookup(charset or "utf-8").name
    except LookupError:
        return "utf-8"


def _failure(host: str, error: Exception) -> OutgoingFailed:
    """What happened, in words for people."""
    code: FailureCode = "connection"
    match error:
        case aiohttp.ClientConnectorCertificateError():
            reason = getattr(error.certificate_error, "verify_message", "") or str(error.certificate_error)
            code, message = "tls", f"The certificate of {host} is not accepted: {reason}."
        case aiohttp.ClientSSLError():
            code, message = "tls", f"{host} does not speak TLS there. Is it http:// instead of https://?"
        case aiohttp.ClientConnectorDNSError():
            code, message = "dns", f"No host is called {host}. Check the address for a typing error."
        case aiohttp.ClientConnectorError():
            message = f"Nothing answers at {host}:{error.port} ({error.os_error.strerror or 'no connection'})."
        case aiohttp.ServerConnectionError() | aiohttp.ClientPayloadError():
            message = f"{host} closed the connection before its answer was complete."
        case aiohttp.ClientResponseError():
            message = f"{host} answered something that is not HTTP."
        case _:
            code, message = "failed", str(error) or type(error).__name__
    return OutgoingFailed(message, code)


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
        if _is_literal(host):
            self._check(host, host)

    def _check(self, host: str, address: str) -> None:
        if not self._is_free and not _is_outside(address):
            raise OutgoingFailed(
                f"{host} is an internal address. An administrator allows it by naming it in oml_outgoing_allowed_hosts"
                " (OUTGOING_ALLOWED_HOSTS) and deploying again.",
                "internal-address",
            )


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_outside(address: str) -> bool:
    """Whether an address is on the Internet; an IPv4 address wrapped into IPv6 is looked at itself."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        wrapped = parsed.ipv4_mapped or parsed.sixtofour
        if wrapped is None and parsed in _NAT64:
            wrapped = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
        if wrapped is not None:
            return wrapped.is_global and not wrapped.is_multicast
    return parsed.is_global and not parsed.is_multicast
