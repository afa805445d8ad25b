"""The custom dialplan: what is read, what is refused, and how it reaches Asterisk."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnileads.telephony.dialplan import MAX_LINE_LENGTH, MAX_LINES, check
from tests.domain import API
from tests.telephony.things import Things

MANUAL = """\
[omnileads_custom]
exten => s,1,Verbose(** Ejemplo de destino personalizado **)
same => n,Answer()
same => n,Playback(demo-congrats)
same => n,Hangup()
"""

REAL = """\
; an integrator's work
[survey]
exten => s,1,NoOp(${CALLERID(num)}) ; not this
 same => n(ask),Read(answer,custom/how-was-it,1,,2,5)
 same => n,GotoIf($["${answer}" = "1"]?good:bad)
 same => n(good),Set(DB(survey/${UNIQUEID})=${answer})
 same => n,AGI(agi://survey.example:4573/store?answer=${answer})
 same => n(bad),Gosub(sub-oml-dst-switch,s,1(1,${FILTER(0-9,${OMLCAMPID})}))
 same => n,Hangup()
exten => _9X.,1,Dial(PJSIP/${EXTEN:1}@Provider_a,30,r)
 same => 2,Hangup
include => other

[other]
exten = h,1,NoOp(a\\;b)
"""


@pytest.mark.parametrize(("text", "contexts"), [(MANUAL, ("omnileads_custom",)), (REAL, ("survey", "other")), ("", ())])
def test_real_dialplans_are_read(text: str, contexts: tuple[str, ...]) -> None:
    reading = check(text.replace("\n", "\r\n"))
    assert reading.problems == ()
    assert reading.contexts == contexts


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("exten => s,1,NoOp()", "no context yet"),
        ("[x]\n#include /etc/passwd", "line 2: files cannot be included"),
        ("[x]\n  #exec rm", "files cannot be included"),
        ("[x]\n#tryinclude y", "files cannot be included"),
        ("[x]\n;-- hidden", "block comment"),
        ("[x]\nexten => s,1,NoOp(\x07)", "invisible"),
        ("[x]\nexten => s,1,NoOp(" + "a" * MAX_LINE_LENGTH + ")", "longer than"),
        ("\n" * MAX_LINES, "more than"),
        ("[from-pstn]", "part of the system"),
        ("[FROM-PBX]", "part of the system"),
        ("[oml-enter]", "part of the system"),
        ("[sub-oml-dst-switch]", "part of the system"),
        ("[general]", "part of the system"),
        ("[globals]", "part of the system"),
        ("[x](+)", 'write a context as "[name]"'),
        ("[x](!)", 'write a context as "[name]"'),
        ("[a b]", 'write a context as "[name]"'),
        ("[x]\n[X]", "already there"),
        ("[x]\ninclude => oml-agent-leg", "cannot be included"),
        ("[x]\nswitch => IAX2/other", 'write "exten'),
        ("[x]\nexten => s,hint,PJSIP/a", 'write "exten'),
        ("[x]\nexten => s,1,NoOp(", 'write "exten'),
        ("[x]\nexten => s,0,NoOp()", 'write "exten'),
        ("[x]\nexten => s,1,${app}(x)", 'write "exten'),
        ("[x]\nsame => n,NoOp()", "none above"),
        ("[x]\nexten => s,n,NoOp()", "must have the priority 1"),
        ("[x]\nexten => s,1,NoOp()\nexten => s,1,NoOp()", "already has a step 1"),
        ("[x]\nexten => s,1,System(reboot)", '"System" cannot be used'),
        ("[x]\nexten => s,1,ExecIf($[1]?TrySystem (x))", '"TrySystem" cannot be used'),
        ("[x]\nexten => s,1,externalivr(x)", "cannot be used"),
        ("[x]\nexten => s,1,Originate(Local/1@x,exten,x,s,1)", "cannot be used"),
        ("[x]\nexten => s,1,Exec(Sys)", "cannot be used"),
        ("[x]\nexten => s,1,EAGI(agi://a)", "cannot be used"),
        ("[x]\nexten => s,1,MixMonitor(a,,reboot)", "cannot be used"),
        ("[x]\nexten => s,1,Stasis(omnileads)", "cannot be used"),
        ("[x]\nexten => s,1,NoOp(${SHELL(id)})", '"SHELL" cannot be used'),
        ("[x]\nexten => s,1,Set(FILE(/etc/x)=1)", '"FILE" cannot be used'),
        ("[x]\nexten => s,1,NoOp(${ENV(ASTERISK_ARI_PASSWORD)})", '"ENV" cannot be used'),
        ("[x]\nexten => s,1,NoOp(${AST_CONFIG(ari.conf,omnileads,password)})", "cannot be used"),
        ("[x]\nexten => s,1,NoOp(${CURL(file:///etc/passwd)})", "cannot be used"),
        ("[x]\nexten => s,1,NoOp(${EVAL(${x})})", "cannot be used"),
        ("[x]\nexten => s,1,AGI(reboot.sh)", '"AGI" takes only'),
        ("[x]\nexten => s,1,AGI(${x})", '"AGI" takes only'),
        ("[x]\nexten => s,1,AGI", '"AGI" takes only'),
        ("[x]\nexten => s,1,NoOp(${${x}(id)})", "must be written out"),
        ("[x]\nexten => s,1,NoOp(${SH${x}L(id)})", "must be written out"),
        ("[x]\nexten => s,1,NoOp(${${x}})", "must be written out"),
        ("[x]\nexten => s,1,Set(${x}=1)", "must be written out"),
        ("[x]\nexten => s,1,Set($[1]=1)", "must be written out"),
    ],
)
def test_what_is_refused(lines: str, said: str) -> None:
    reading = check(lines)
    assert said in " ".join(str(problem) for problem in reading.problems)


LINES = st.sampled_from(
    [
        "[a]",
        "[b](+)",
        "exten => s,1,NoOp()",
        "same => n,System(x)",
        "#exec x",
        ";--",
        "include => a",
        "\t",
        "exten => s,1",
    ]
)


@given(st.lists(st.one_of(LINES, st.text(max_size=40)), max_size=20))
def test_whatever_is_written_is_read_or_refused(lines: list[str]) -> None:
    reading = check("\n".join(lines))
    if not reading.problems:
        kept = [line.strip() for line in "\n".join(lines).split("\n")]
        assert not any(line.startswith("#") or ";--" in line or "System(" in line.split(";")[0] for line in kept)


def test_the_dialplan_is_kept_rendered_and_followed(things: Things) -> None:
    address = f"{API}/custom-dialplan"
    empty = things.client.get(address).json()
    assert empty == {"text": "", "contexts": [], "sync": {"state": "pending", "message": ""}}
    refused = things.client.put(address, json={"text": "[x]\nexten => s,1,System(x)\n#exec y"})
    assert refused.status_code == 422
    assert [problem["message"].partition(":")[0] for problem in refused.json()["fields"]] == ["line 2", "line 3"]
    assert [problem["code"] for problem in refused.json()["fields"]] == ["dialplan-beyond-the-call", "dialplan-include"]
    kept = things.client.put(address, json={"text": REAL}).json()
    assert kept["contexts"] == ["survey", "other"]
    assert things.client.get(address).json() == kept
    assert kept["text"] == REAL.strip()
