"""Wizard text: what is accepted, and that every refusal names its line."""

from __future__ import annotations

import configparser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnileads.telephony.templates import trunk_templates
from omnileads.telephony.trunk_file import TrunkText, render_trunks
from omnileads.telephony.wizard import MAX_LINE_LENGTH, MAX_LINES, check

COMPLETE = """\
type=wizard
transport=trunk-transport
accepts_registrations=no
sends_auth=yes
endpoint/allow=alaw, ulaw
endpoint/context=from-pstn
remote_hosts=sip.example.com:5060
outbound_auth/username=user
outbound_auth/password=se\\;cret
"""


def problems(text: str) -> list[str]:
    return [str(problem) for problem in check(text).problems]


def test_a_complete_text_is_accepted_with_any_line_ends_and_comments() -> None:
    assert problems(COMPLETE) == []
    assert problems(COMPLETE.replace("\n", "\r\n")) == []
    assert problems(f"; a comment\n\n  ; another\n{COMPLETE}") == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("#include /etc/shadow", "files cannot be included"),
        ("#exec rm", "files cannot be included"),
        ("[other]", "leave the section head out"),
        ("  [other](+)", "leave the section head out"),
        (";-- hidden", "opens a block comment"),
        ("no separator", 'write it as "key=value"'),
        ("endpoint/allow => alaw", 'write it as "key=value"'),
        ("endpoint/allow += alaw", 'write it as "key=value"'),
        ("Endpoint/allow=alaw", "in small letters"),
        ("endpoint/from_user=", "has no value"),
        ("endpoint/from_user=****SIP_USER****", 'replace "****SIP_USER****"'),
        ("endpoint/from_user=a;b", "starts a comment for Asterisk"),
        ("endpoint/from_user=a\rtype=x", "invisible control character"),
        ("endpoint/from_user=a\x0btype=x", "invisible control character"),
        ("endpoint/from_user=a\u2028b", "invisible control character"),
        ("endpoint/from_user=a\x85b", "invisible control character"),
        ("endpoint/from_user=" + "x" * MAX_LINE_LENGTH, "longer than"),
        ("foo/bar=1", "is not a part of a trunk"),
        ("endpoint/foo=1", "is not a setting that Asterisk knows"),
        ("foo=1", "is not a setting that Asterisk knows"),
        ("endpoint/set_var=X=1", "reaches beyond this trunk"),
        ("endpoint/message_context=x", "reaches beyond this trunk"),
        ("endpoint/transport=x", 'write "transport=..."'),
        ("endpoint/aors=x", "the wizard sets it itself"),
        ("endpoint/dtmf_mode=shout", 'must be "rfc4733"'),
        ("endpoint/force_rport=maybe", 'must be "yes" or "no"'),
        ("aor/qualify_frequency=often", "must be a number"),
        ("endpoint/disallow=mp3", "is not a codec"),
        ("remote_hosts=a b", "is not an address"),
        ("remote_hosts=10.0.0.300", "is not an address"),
        ("remote_hosts=host:99999", "is not an address"),
        ("remote_hosts=[10.0.0.1]", "is not an address"),
        ("remote_hosts=ho..st", "is not an address"),
        ("remote_hosts=:5060", "is not an address"),
        ("type=wizard", "is already set in line 1"),
        ("transport=udp", "is already set in line 2"),
    ],
)
def test_a_broken_line_is_named(line: str, said: str) -> None:
    number = len(COMPLETE.splitlines()) + 1
    found = problems(COMPLETE + line)
    assert any(problem.startswith(f"line {number}: ") and said in problem for problem in found), found


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("type=wizard\n", "", '"type" is missing'),
        ("transport=trunk-transport\n", "", '"transport" is missing'),
        ("endpoint/context=from-pstn\n", "", '"endpoint/context" is missing'),
        ("remote_hosts=sip.example.com:5060\n", "", '"remote_hosts" is missing'),
        ("outbound_auth/username=user\n", "", '"sends_auth=yes" needs "outbound_auth/username"'),
        ("accepts_registrations=no", "accepts_registrations=yes", "anyone could register"),
        ("accepts_registrations=no", "accepts_auth=yes", 'needs "inbound_auth/username"'),
    ],
)
def test_what_the_whole_lacks_is_said(old: str, new: str, said: str) -> None:
    assert any(said in problem for problem in problems(COMPLETE.replace(old, new)))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("type=endpoint", 'must be "wizard"'),
        ("transport=agents", 'must be "trunk-transport", "trunk-nat-transport" or "trunk-container-transport"'),
        ("endpoint/context=default", 'must be "from-pstn" or "from-pbx"'),
    ],
)
def test_the_choices_of_required_settings(line: str, said: str) -> None:
    key = line.partition("=")[0]
    lines = [line if text.startswith(f"{key}=") else text for text in COMPLETE.splitlines()]
    assert any(said in problem for problem in problems("\n".join(lines)))


@pytest.mark.parametrize("host", ["10.1.2.3", "10.1.2.3:5060", "[2001:db8::1]:5060", "sip.example.com", "a,b:5061"])
def test_addresses(host: str) -> None:
    assert problems(COMPLETE.replace("sip.example.com:5060", host)) == []


def test_too_many_lines() -> None:
    assert problems("\n" * MAX_LINES)[0].startswith(f"line {MAX_LINES + 1}: more than")


def test_every_template_is_right_once_its_placeholders_are_replaced() -> None:
    ports = {"trunk-transport": 6161, "trunk-nat-transport": 6162, "trunk-container-transport": 6163}
    templates = trunk_templates(ports)
    assert [template.slug for template in templates] == [
        "internet-nat",
        "internet",
        "corporate",
        "pbx-lan",
        "pbx-nat",
        "inside-pbx",
        "custom",
    ]
    for template in templates:
        assert problems(template.wizard_text), "the placeholders must be refused"
        text = template.wizard_text.replace("****IPADDR-or-FQDN:PORT****", "192.0.2.1:5060")
        for placeholder in ("YOUR SIP_USERNAME", "YOUR SIP_PASSWORD"):
            text = text.replace(f"****{placeholder}****", "value")
        for side in ("PBX -> OML", "OML -> PBX"):
            text = text.replace(f"****SIP_USER {side}****", "user").replace(f"****SIP_PASS {side}****", "pass")
        assert problems(text) == []
        transport = next(name for name in ports if f"transport={name}\n" in text)
        assert f"UDP port {ports[transport]}" in text


def test_rendering_keeps_settings_and_leaves_comments_out() -> None:
    text = render_trunks([TrunkText(7, "Provider_a", f"; secret thoughts\n{COMPLETE}")])
    assert "secret thoughts" not in text
    assert "[Provider_a]\ntype=wizard\n" in text
    assert "outbound_auth/password=se\\;cret\n" in text
    assert "endpoint/direct_media=no\nendpoint/set_var=OML_TRUNK_ID=7\n" in text
    assert render_trunks([TrunkText(7, "a", f"{COMPLETE}endpoint/direct_media=yes")]).count("direct_media") == 1


@pytest.mark.parametrize(
    ("remote_hosts", "matched"),
    [
        ("sip.example.com:5060", ["sip.example.com"]),
        ("10.0.0.1:5060, 10.0.0.2", ["10.0.0.1", "10.0.0.2"]),
        ("10.0.0.1:5060,10.0.0.1:5062", ["10.0.0.1"]),
        ("[2001:db8::1]:5060,[2001:db8::2]", ["2001:db8::1", "2001:db8::2"]),
    ],
)
def test_a_provider_is_known_by_its_address_and_may_call_from_any_port(remote_hosts: str, matched: list[str]) -> None:
    text = COMPLETE.replace("remote_hosts=sip.example.com:5060", f"remote_hosts={remote_hosts}")
    lines = render_trunks([TrunkText(7, "a", text)]).splitlines()
    assert [line.partition("=")[2] for line in lines if line.startswith("identify/match=")] == matched


def test_what_identifies_a_provider_may_be_said_otherwise() -> None:
    own = render_trunks([TrunkText(7, "a", f"{COMPLETE}identify/match=192.0.2.0/24")])
    assert own.count("identify/match=") == 1
    registering = "accepts_registrations=yes\naccepts_auth=yes\ninbound_auth/username=u\ninbound_auth/password=p"
    text = COMPLETE.replace("accepts_registrations=no", registering)
    assert "identify/match=" not in render_trunks([TrunkText(7, "a", text)])


def test_a_text_that_no_longer_passes_is_left_out() -> None:
    assert "[Broken]" not in render_trunks([TrunkText(1, "Broken", "type=wizard")])


@given(st.text(max_size=300), st.lists(st.text(max_size=60), max_size=4))
def test_no_text_escapes_its_section(tail: str, lines: list[str]) -> None:
    """Whatever is written, the rendered file has no section, include or comment that we did not make."""
    text = COMPLETE + "endpoint/from_user=" + tail + "\n" + "\n".join(lines)
    rendered = render_trunks([TrunkText(1, "Trunk", text)])
    body = rendered.split("\n", 1)[1]
    assert not any(line.lstrip().startswith(("#", ";")) for line in body.split("\n"))
    assert [line for line in body.split("\n") if line.lstrip().startswith("[")] in ([], ["[Trunk]"])
    assert not set(body) & {"\r", "\x0b", "\x0c", "\x85", "\u2028"}
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",), comment_prefixes=(";",))
    parser.read_string(body)
    assert parser.sections() in ([], ["Trunk"])
