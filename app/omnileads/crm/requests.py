"""What is sent to an external site, to the byte: a pure function of the site, the parameters and the context.

Every value is data and stays data: encoded for the place it stands in, it can change neither the host, the path's
shape, another parameter nor a header. `sender` sends what the server has to; the agent's browser does the rest.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import quote, quote_plus, unquote, urlencode

from omnileads.crm.models import SiteFormat, SiteMethod, SiteTarget, SiteTrigger
from omnileads.crm.schemas import SiteContext, SiteParameter
from omnileads.crm.urls import PLACEHOLDER, placeholders
from omnileads.kit.errors import FieldProblem
from omnileads.kit.outgoing import USER_AGENT

MAX_SENT_URL: Final = 8000
"""What servers commonly accept of an address; more is refused here, where the reason can be said."""

_LINE_BREAKS: Final = re.compile(r"\r\n|[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


class Site(Protocol):
    """The part of an external site that makes its request."""

    @property
    def url(self) -> str: ...
    @property
    def trigger(self) -> SiteTrigger: ...
    @property
    def method(self) -> SiteMethod: ...
    @property
    def format(self) -> SiteFormat | None: ...
    @property
    def target(self) -> SiteTarget | None: ...


class UnusableRequest(Exception):
    """These values make no request that could be sent; the text says why."""


@dataclass(frozen=True, slots=True)
class SiteRequest:
    """`fields` are the parameters of a POST as the agent's browser needs them, to post a form of that `format`."""

    method: SiteMethod
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    target: SiteTarget | None
    format: SiteFormat | None
    fields: tuple[tuple[str, str], ...]


def is_sent_by_server(site: Site) -> bool:
    """A site without target is no page for the agent: the server sends its requests."""
    return site.target is None


def build(site: Site, parameters: Sequence[SiteParameter], context: SiteContext) -> SiteRequest:
    """The request. Raises UnusableRequest."""
    places = {f"{{{number}}}" for number in placeholders(site.url)}
    named = [parameter for parameter in parameters if PLACEHOLDER.fullmatch(parameter.name) is None]
    placed = {item.name: value_of(item, context) for item in parameters if item.name in places}
    fields = tuple((item.name, value_of(item, context)) for item in named)
    url = _with_places(site.url, placed)
    headers = [("User-Agent", USER_AGENT), ("Accept", "application/json, text/html;q=0.9, */*;q=0.8")]
    body: bytes | None = None
    if site.method == "GET":
        url = _with_query(url, fields)
    else:
        content_type, body = _body(site.format, named, fields, context)
        headers.append(("Content-Type", content_type))
    if len(url) > MAX_SENT_URL:
        raise UnusableRequest(
            f"The address would have {len(url)} characters, and many servers accept no more than {MAX_SENT_URL}."
            " Send long values with POST."
        )
    return SiteRequest(site.method, url, tuple(headers), body, site.target, site.format, fields)


def value_of(parameter: SiteParameter, context: SiteContext) -> str:
    """The text that is sent, empty for what is not known."""
    if parameter.kind == "fixed":
        return parameter.value
    if parameter.kind == "disposition" and parameter.value == "form":
        return _json(dict(context.answers)) if context.answers else ""
    part: Mapping[str, str] = getattr(context, parameter.kind)
    return part.get(parameter.value, "")


def parameter_problems(site: Site, parameters: Sequence[SiteParameter]) -> list[FieldProblem]:
    """What is wrong with the parameters of a campaign for this site; `field` is `<index>.<part>`, or empty."""
    problems: list[FieldProblem] = []
    numbers = placeholders(site.url)
    names = {parameter.name for parameter in parameters}
    for index, parameter in enumerate(parameters):
        place = PLACEHOLDER.fullmatch(parameter.name)
        if place is not None and int(place.group(1)) not in numbers:
            message = f"The site's address has no place {parameter.name}."
            problems.append(FieldProblem(f"{index}.name", "unknown-place", message))
        if parameter.kind == "disposition" and site.trigger != "disposition":
            message = "There is a disposition only for sites that are called by one (trigger disposition)."
            problems.append(FieldProblem(f"{index}.kind", "no-disposition", message))
    for number in numbers:
        if f"{{{number}}}" not in names:
            problems.append(FieldProblem("", "empty-place", f"Nothing is sent at {{{number}}} of the site's address."))
    return problems


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _with_places(url: str, values: Mapping[str, str]) -> str:
    before, question, after = _split(url)
    filled = PLACEHOLDER.sub(lambda match: quote(values.get(match.group(), ""), safe=""), before)
    path_before, path = _path(before), _path(filled)
    for was, segment in zip(path_before.split("/"), path.split("/"), strict=True):
        if was != segment and unquote(segment) in (".", ".."):
            raise UnusableRequest('A value of "." or ".." cannot stand between slashes: it would mean another address.')
    return filled + question + PLACEHOLDER.sub(lambda match: quote(values.get(match.group(), ""), safe=""), after)


def _split(url: str) -> tuple[str, str, str]:
    """An address before its query or fragment, and the rest."""
    match = re.search(r"[?#]", url)
    return (url[: match.start()], match.group(), url[match.end() :]) if match else (url, "", "")


def _path(url: str) -> str:
    return url.partition("://")[2]


def _with_query(url: str, fields: Sequence[tuple[str, str]]) -> str:
    if not fields:
        return url
    address, hash_, fragment = url.partition("#")
    query = urlencode(fields, quote_via=quote)
    separator = "?" if "?" not in address else "" if address.endswith(("?", "&")) else "&"
    return f"{address}{separator}{query}{hash_}{fragment}"


def _body(
    kind: SiteFormat | None, named: Sequence[SiteParameter], fields: Sequence[tuple[str, str]], context: SiteContext
) -> tuple[str, bytes]:
    """Content type and body of a POST."""
    match kind:
        case "json":
            document = {
                item.name: _json_value(item, value, context) for item, (_, value) in zip(named, fields, strict=True)
            }
            return "application/json", _json(document).encode()
        case "multipart":
            return _multipart(fields)
        case "text":
            lines = (f"{_LINE_BREAKS.sub(' ', name)}={_LINE_BREAKS.sub(' ', value)}\r\n" for name, value in fields)
            return "text/plain; charset=utf-8", "".join(lines).encode()
        case _:
            return "application/x-www-form-urlencoded", urlencode(fields, quote_via=quote_plus).encode()


def _json_value(parameter: SiteParameter, value: str, context: SiteContext) -> Any:
    """Text, but for the answers of a form, which are an object."""
    if parameter.kind == "disposition" and parameter.value == "form":
        return dict(context.answers)
    return value


def _multipart(fields: Sequence[tuple[str, str]]) -> tuple[str, bytes]:
    """As browsers write it. The boundary follows from the content and is nowhere in it."""
    content = "\0".join(f"{name}\0{value}" for name, value in fields)
    boundary = "oml-" + hashlib.sha256(content.encode()).hexdigest()[:32]
    while boundary in content:
        boundary = "oml-" + hashlib.sha256(boundary.encode()).hexdigest()[:32]
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"\r\n\r\n{value}\r\n'
        for name, value in fields
    ]
    return f"multipart/form-data; boundary={boundary}", ("".join(parts) + f"--{boundary}--\r\n").encode()


def _quoted(name: str) -> str:
    return name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")
