"""What is sent to external sites, compared byte for byte, and that no value gets out of its place."""

from __future__ import annotations

import json
from email import message_from_bytes
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from omnileads.crm.requests import MAX_SENT_URL, UnusableRequest, build, parameter_problems
from omnileads.crm.schemas import PARAMETER_VALUES, ExternalSiteCreate, SiteContext, SiteParameter

CONTEXT = SiteContext(
    campaign={"id": "7", "name": "Ventas & más", "type": "inbound"},
    contact={"first name": "Ana María", "dni": "30.111.222"},
    call={
        "call_id": "01JC",
        "agent_id": "3",
        "agent_username": "ana",
        "agent_name": "Ana Pereyra",
        "telephone": "+543515550100",
        "contact_id": "12",
        "rec_filename": "in-7-3.wav",
        "call_wait_duration": "9",
        "datetime": "2026-11-22T10:00:00-03:00",
    },
    dialplan={"Omlcrmcustomerid": "4711"},
    disposition={"id": "5", "name": "Venta", "subdisposition": "Plan A"},
    answers={"Satisfacción": "Muy alta"},
)
EACH_KIND = [
    ("camp", "campaign", "name"),
    ("who", "contact", "first name"),
    ("tel", "call", "telephone"),
    ("lang", "fixed", 'es="sí" 1+1'),
    ("customer", "dialplan", "Omlcrmcustomerid"),
    ("result", "disposition", "subdisposition"),
    ("form", "disposition", "form"),
    ("nothing", "contact", "no such column"),
]
ENCODED = (
    "camp=Ventas%20%26%20m%C3%A1s&who=Ana%20Mar%C3%ADa&tel=%2B543515550100&lang=es%3D%22s%C3%AD%22%201%2B1"
    "&customer=4711&result=Plan%20A&form=%7B%22Satisfacci%C3%B3n%22%3A%22Muy%20alta%22%7D&nothing="
)
PLAIN = [
    ("camp", "Ventas & más"),
    ("who", "Ana María"),
    ("tel", "+543515550100"),
    ("lang", 'es="sí" 1+1'),
    ("customer", "4711"),
    ("result", "Plan A"),
    ("form", '{"Satisfacción":"Muy alta"}'),
    ("nothing", ""),
]


def site(url: str = "https://crm.example/x", **fields: Any) -> ExternalSiteCreate:
    return ExternalSiteCreate.model_validate(
        {"name": "CRM", "url": url, "trigger": "disposition", "target": "embedded", **fields}
    )


def post(kind: str, url: str = "https://crm.example/x") -> ExternalSiteCreate:
    return site(url, method="POST", format=kind, target=None if kind == "json" else "embedded")


def parameters(*rows: tuple[str, str, str]) -> list[SiteParameter]:
    return [SiteParameter.model_validate({"name": name, "kind": kind, "value": value}) for name, kind, value in rows]


def test_a_get_has_everything_in_its_address() -> None:
    request = build(site(), parameters(*EACH_KIND), CONTEXT)
    assert (request.method, request.body, request.target) == ("GET", None, "embedded")
    assert request.url == f"https://crm.example/x?{ENCODED}"
    assert "Content-Type" not in dict(request.headers)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://crm.example", "https://crm.example?a=1"),
        ("https://crm.example/?", "https://crm.example/?a=1"),
        ("https://crm.example/?x=%20y", "https://crm.example/?x=%20y&a=1"),
        ("https://crm.example/?x&", "https://crm.example/?x&a=1"),
        ("https://crm.example/#/client", "https://crm.example/?a=1#/client"),
        ("https://crm.example/?x=1#top", "https://crm.example/?x=1&a=1#top"),
    ],
)
def test_parameters_join_what_the_address_has(address: str, expected: str) -> None:
    assert build(site(address), parameters(("a", "fixed", "1")), CONTEXT).url == expected


def test_the_manuals_clean_address() -> None:
    """17.1.1, example 2."""
    clean = site("https://my_crm.domain.com/{1}/{2}/{3}/{4}")
    rows = (
        ("{1}", "call", "contact_id"),
        ("{2}", "campaign", "id"),
        ("{3}", "fixed", "es"),
        ("{4}", "call", "rec_filename"),
    )
    assert build(clean, parameters(*rows), CONTEXT).url == "https://my_crm.domain.com/12/7/es/in-7-3.wav"


def test_places_are_filled_everywhere_after_the_host() -> None:
    everywhere = site("https://crm.example/a{2}/{1}?q={1}&r=x{3}#/c/{2}", method="POST", format="urlencoded")
    rows = (("{1}", "fixed", "a/b?c#d"), ("{2}", "fixed", "é &"), ("left", "fixed", "over"))
    request = build(everywhere, parameters(*rows), CONTEXT)
    value, other = "a%2Fb%3Fc%23d", "%C3%A9%20%26"
    assert request.url == f"https://crm.example/a{other}/{value}?q={value}&r=x#/c/{other}"
    assert request.body == b"left=over"


def test_a_parameter_for_a_place_that_is_not_there_is_not_sent() -> None:
    assert build(site(), parameters(("{9}", "fixed", "x")), CONTEXT).url == "https://crm.example/x"


def test_a_post_of_each_format() -> None:
    rows = parameters(*EACH_KIND)
    urlencoded = build(post("urlencoded"), rows, CONTEXT)
    assert dict(urlencoded.headers)["Content-Type"] == "application/x-www-form-urlencoded"
    assert urlencoded.body == ENCODED.replace("%20", "+").encode()
    text = build(post("text"), rows, CONTEXT)
    assert dict(text.headers)["Content-Type"] == "text/plain; charset=utf-8"
    assert text.body == "".join(f"{name}={value}\r\n" for name, value in PLAIN).encode()
    document = build(post("json"), rows, CONTEXT)
    assert dict(document.headers)["Content-Type"] == "application/json"
    expected = {**dict(PLAIN), "form": {"Satisfacción": "Muy alta"}}
    assert document.body == json.dumps(expected, ensure_ascii=False, separators=(",", ":")).encode()
    multipart = build(post("multipart"), rows, CONTEXT)
    content_type = dict(multipart.headers)["Content-Type"]
    boundary = content_type.removeprefix("multipart/form-data; boundary=")
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in PLAIN
    ]
    assert multipart.body == ("".join(parts) + f"--{boundary}--\r\n").encode()
    for request in (urlencoded, text, document, multipart):
        assert (request.url, request.fields) == ("https://crm.example/x", tuple(PLAIN))


@pytest.mark.parametrize("kind", ["call", "campaign", "disposition"])
def test_every_value_there_is_can_be_sent(kind: str) -> None:
    values = {key: names for key, names in PARAMETER_VALUES.items() if key == kind}[kind]  # type: ignore[index]
    rows = parameters(*((value, kind, value) for value in values))
    sent = dict(build(post("urlencoded"), rows, CONTEXT).fields)
    known = {**getattr(CONTEXT, kind), "form": '{"Satisfacción":"Muy alta"}'}
    assert sent == {value: known[value] for value in values}


@pytest.mark.parametrize("value", [".", ".."])
def test_a_value_cannot_climb_out_of_its_folder(value: str) -> None:
    with pytest.raises(UnusableRequest, match="between slashes"):
        build(
            site("https://crm.example/a/{1}/b"), parameters(("{1}", "contact", "x")), SiteContext(contact={"x": value})
        )


def test_two_values_cannot_climb_together() -> None:
    rows = parameters(("{1}", "fixed", "."), ("{2}", "fixed", "."))
    with pytest.raises(UnusableRequest):
        build(site("https://crm.example/{1}{2}/b"), rows, CONTEXT)


def test_an_address_that_is_too_long_says_so() -> None:
    with pytest.raises(UnusableRequest, match="POST"):
        build(site(), parameters(("x", "contact", "x")), SiteContext(contact={"x": "é" * (MAX_SENT_URL // 6)}))


texts = st.text(st.characters(codec="utf-8"), max_size=60)
HOSTILE = ["\r\nX: y", '"; filename="a', "--", "&a=b", "#", "../..", ".", "..", "{1}", "%2e%2e", "\u2028x=1"]
hostile = st.one_of(texts, st.sampled_from(HOSTILE))


@given(first=hostile, second=hostile, placed=hostile)
def test_no_value_gets_out_of_its_place(first: str, second: str, placed: str) -> None:
    """Neither host, path shape, other parameters nor headers follow from a value, and each arrives as it was."""
    context = SiteContext(contact={"a": first, "b": second, "p": placed})
    rows = parameters(("x", "contact", "a"), ("y", "contact", "b"), ("{1}", "contact", "p"))
    url = "https://crm.example/c/{1}/d?k={1}"
    sent = [("x", first), ("y", second)]
    try:
        request = build(site(url), rows, context)
    except UnusableRequest:
        assert placed in (".", "..")
        return
    parts = urlsplit(request.url)
    assert request.url.isascii()
    assert request.url.isprintable()
    assert (parts.scheme, parts.netloc, parts.fragment) == ("https", "crm.example", "")
    assert [unquote(part) for part in parts.path.split("/")] == ["", "c", placed, "d"]
    assert parse_qsl(parts.query, keep_blank_values=True) == [("k", placed), *sent]
    for kind in ("urlencoded", "multipart", "text", "json"):
        request = build(post(kind, url), rows, context)
        assert [name for name, _ in request.headers] == ["User-Agent", "Accept", "Content-Type"]
        assert all(value.isprintable() for _, value in request.headers)
        assert request.body is not None
        match kind:
            case "urlencoded":
                assert parse_qsl(request.body.decode(), keep_blank_values=True) == sent
            case "json":
                assert json.loads(request.body) == dict(sent)
            case "multipart":
                assert parts_of(request.body, dict(request.headers)["Content-Type"]) == dict(sent)
            case "text":
                lines = request.body.decode().split("\r\n")
                assert [line.partition("=")[0] for line in lines] == ["x", "y", ""]


def parts_of(body: bytes, content_type: str) -> dict[str, str]:
    """Read by the parser of somebody else."""
    message = message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    boundary = content_type.partition("boundary=")[2].encode()
    contents = [part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n") for part in body.split(b"--" + boundary)[1:-1]]
    parts = message.get_payload()
    assert isinstance(parts, list)
    names = [str(part.get_param("name", header="content-disposition")) for part in parts if isinstance(part, Message)]
    return dict(zip(names, (content.decode() for content in contents), strict=True))


@given(name=st.text(st.characters(codec="utf-8"), min_size=1, max_size=20).filter(lambda text: text.strip()))
def test_no_name_gets_out_of_its_place(name: str) -> None:
    try:
        parameter = SiteParameter(name=name, kind="fixed", value="v")
    except ValidationError:
        return
    request = build(post("multipart"), [parameter], CONTEXT)
    if parameter.name.startswith("{") and parameter.name.endswith("}"):
        return
    assert request.body is not None
    head = request.body.split(b"\r\n\r\n")[0]
    assert head.count(b"\r\n") == 1
    assert head.count(b'"') == 2


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("campaign", "objective", "unknown_value"),
        ("call", "password", "unknown_value"),
        ("disposition", "", "unknown_value"),
        ("contact", "", "missing_column"),
        ("dialplan", "customerid", "variable"),
        ("dialplan", "Omlcrm", "variable"),
        ("dialplan", "Omlcrm,x", "variable"),
        ("fixed", "a\nb", "control_character"),
        ("fixed", "x" * 501, "string_too_long"),
        ("agent", "id", "literal_error"),
    ],
)
def test_a_parameter_that_means_nothing_is_refused(kind: str, value: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        SiteParameter.model_validate({"name": "x", "kind": kind, "value": value})
    assert refused.value.errors()[0]["type"] == code


def test_what_does_not_fit_a_site_is_found() -> None:
    place = site("https://crm.example/{1}/{2}", trigger="button")
    rows = parameters(("{1}", "fixed", "x"), ("{3}", "fixed", "y"), ("d", "disposition", "id"))
    found = [(problem.field, problem.code) for problem in parameter_problems(place, rows)]
    assert found == [("1.name", "unknown-place"), ("2.kind", "no-disposition"), ("", "empty-place")]
    assert parameter_problems(site(), parameters(*EACH_KIND)) == []
