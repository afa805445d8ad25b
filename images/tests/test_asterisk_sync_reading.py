"""What asterisk-sync reads out of Asterisk's answers, without Asterisk: the texts are what version 22.10 prints."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "asterisk"))

from asterisk_sync.__main__ import token
from asterisk_sync.apply import Applier
from asterisk_sync.control import Reload
from asterisk_sync.kinds import KINDS, sections
from asterisk_sync.lines import Line, LineWatch, read_lines
from asterisk_sync.source import FileSet, Source, SourceError
from asterisk_sync.stopping import is_stopping

REGISTRATIONS = """
 <Registration/ServerURI..............................>  <Auth....................>  <Status.......>
==========================================================================================

 dead_one-reg-0/sip:127.0.0.1:9                          dead_one-oauth              Unregistered      (exp. 4s)
 dead_one-reg-1/sip:127.0.0.1:11                         dead_one-oauth              Rejected          (exp. 9s)
 prov-reg-0/sip:127.0.0.1:5963                           prov-oauth                  Registered        (exp. 1s ago)

Objects found: 3
"""
CONTACTS = """
  Contact:  <Aor/ContactUri..............................> <Hash....> <Status> <RTT(ms)..>
==========================================================================================

  Contact:  dead_one/sip:127.0.0.1:11                      dd4f05c510 Unavail        -nan
  Contact:  plain/sip:192.0.2.5                            954c8c0fc8 NonQual        -nan
  Contact:  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/sip:1 954c8c0fc8 Unavail        -nan
  Contact:  prov/sip:127.0.0.1:5963                        1d13f3c19c Avail        30.711
  Contact:  prov/sip:127.0.0.2:5963                        1d13f3c19d Unavail        -nan

Objects found: 5
"""
LINES = [
    Line("prov", "registered", "reachable", 31),
    Line("dead_one", "rejected", "unreachable", None),
    Line("plain", "none", "unknown", None),
    Line("a" * 40, "none", "unreachable", None),
    Line("new", "none", "unknown", None),
]


def test_lines_are_read() -> None:
    assert read_lines([line.trunk for line in LINES], REGISTRATIONS, CONTACTS) == LINES


class Console:
    """Answers commands from a table, and reloads with what it was told to say."""

    def __init__(self, answers: dict[str, str], *said: tuple[str, str]) -> None:
        self.answers = answers
        self.said = said
        self.reloaded: list[str] = []

    def command(self, text: str) -> str:
        return self.answers.get(text, "")

    def reload(self, module: str, verbosity: int = 0) -> Reload:
        self.reloaded.append(module)
        return Reload("", self.said)


def test_sections_are_those_that_become_something() -> None:
    assert sections("; head\n[a]\nx=1\n[b](!)\ny=2\n[c]\n") == {"a": "\nx=1\n", "c": "\n"}
    assert sections("; nothing") == {}


@pytest.mark.parametrize(
    ("file", "text", "answers"),
    [
        (
            "pjsip_trunks.conf",
            "[one]\n",
            {"pjsip show endpoints": " Endpoint:  one/5550100      Not in use    0 of inf"},
        ),
        ("musiconhold_playlists.conf", "[oml-3]\nentry = /s/7\n", {"moh show files": "Class: oml-3\n\tFile: /s/7\n"}),
        (
            "oml_extensions_custom.conf",
            "[mine]\nexten => s,1,NoOp()\n same => n,Hangup()\n",
            {"dialplan show mine": "-= 1 extension (2 priorities) in 1 context. =-"},
        ),
    ],
)
def test_what_is_there_is_not_missing_and_the_rest_is(file: str, text: str, answers: dict[str, str]) -> None:
    kind = KINDS[file]
    name = next(iter(sections(text)))
    assert kind.missing(text, "", Console(answers), None) == []
    assert kind.missing(text, "", Console({}), None) == [name]
    assert kind.leftover("", text, Console(answers)) == [name]
    assert kind.leftover("", text, Console({})) == []


def test_a_changed_trunk_that_an_error_names_was_not_taken() -> None:
    there = Console({"pjsip show endpoints": " Endpoint:  one      Not in use    0 of inf\n"})
    error = ("ERROR", "Unable to apply object type 'endpoint' with id 'one'. Check preceeding errors.")
    kind = KINDS["pjsip_trunks.conf"]
    assert kind.missing("[one]\na=2\n", "[one]\na=1\n", there, Reload("", (error,))) == ["one"]
    assert kind.missing("[one]\na=1\n", "[one]\na=1\n", there, Reload("", (error,))) == [], "it did not change"
    assert kind.missing("[one]\na=2\n", "", there, Reload("", (("WARNING", "one is slow"),))) == []


def test_a_file_that_is_not_taken_is_put_back_and_the_others_go_on(tmp_path: Path) -> None:
    console = Console({"moh show files": "Class: oml-3\n\tFile: /s/7\n"}, ("ERROR", "no such thing"))
    applier = Applier(tmp_path, console, lambda _path, _target: None)
    texts = {
        "oml_extensions_custom.conf": "[mine]\nexten => s,1,NoOp()\n",
        "musiconhold_playlists.conf": "[oml-3]\nentry = /s/7\n",
        "new.conf": "x",
    }
    outcomes = {outcome.file: outcome for outcome in applier.apply(FileSet("r", texts))}
    assert [outcome.is_applied for outcome in outcomes.values()] == [False, True, False]
    assert outcomes["oml_extensions_custom.conf"].message == "Asterisk did not accept mine. no such thing"
    assert "has no new.conf" in outcomes["new.conf"].message
    assert (tmp_path / "oml_extensions_custom.conf").read_text() == ""
    assert (tmp_path / "musiconhold_playlists.conf").read_text() == texts["musiconhold_playlists.conf"]
    assert console.reloaded == ["pbx_config.so", "pbx_config.so", "res_musiconhold.so"]
    applier.apply(FileSet("r", {"musiconhold_playlists.conf": texts["musiconhold_playlists.conf"]}))
    assert len(console.reloaded) == 3, "nothing changed, so nothing is reloaded"


def test_lines_are_posted_when_they_change_when_they_are_old_and_after_a_failure(tmp_path: Path) -> None:
    posts: list[int] = []
    state = {"fails": False, "now": 0.0}

    class Reports:
        def report_lines(self, lines: list[dict[str, object]]) -> None:
            if state["fails"]:
                raise SourceError("away")
            posts.append(len(lines))

    file = tmp_path / "pjsip_trunks.conf"
    logged: list[str] = []
    watch = LineWatch(
        file,
        Console({"pjsip show registrations": REGISTRATIONS, "pjsip show contacts": CONTACTS}),
        Reports(),
        log=lambda event, **_: logged.append(event),
        pause=lambda _: None,
        now=lambda: float(state["now"]),
    )

    def look(after: float) -> list[int]:
        state["now"] = float(state["now"]) + after
        watch.look()
        return posts

    assert look(0) == [0]
    file.write_text("[prov]\n[plain]\n")
    assert look(5) == [0, 2]
    assert look(5) == [0, 2]
    assert look(60) == [0, 2, 2]
    state["fails"] = True
    file.write_text("[prov]\n")
    assert look(5) == look(5) == [0, 2, 2]
    assert logged == ["asterisk-sync.lines-unknown"]
    state["fails"] = False
    assert look(5) == [0, 2, 2, 1]


@pytest.fixture
def application() -> Iterator[HTTPServer]:
    """Remembers who asked, and has nothing new."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.headers["Authorization"])
            self.send_response(304)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    asked: list[str] = []
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.asked = asked  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_token_in_a_file_is_read_anew_for_each_request(
    application: HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "token"
    monkeypatch.setenv("APP_INTERNAL_TOKEN_FILE", str(file))
    source = Source(f"http://127.0.0.1:{application.server_port}", token, "one")
    for text in ("one", "two\n"):
        file.write_text(text)
        assert source.fetch("", 0) is None
    assert application.asked == ["Bearer one", "Bearer two"]  # type: ignore[attr-defined]
    file.unlink()
    with pytest.raises(SourceError):
        source.fetch("", 0)


@pytest.mark.parametrize(
    ("printed", "is_so"),
    [
        ("   OML_STASIS_APP=omnileads\n   OML_DRAINING=yes\n", True),
        ("   OML_UNLISTED=yes\n    -- 1 variable(s)\n", True),
        ("   OML_DRAINING=no\n   OML_UNLISTED=no\n", False),
        ("   NOT_OML_DRAINING=yes\n", False),
    ],
)
def test_an_asterisk_that_takes_no_new_calls_is_known_by_its_dialplan(printed: str, is_so: bool) -> None:
    class Console:
        def command(self, text: str) -> str:
            return printed if text == "dialplan show globals" else ""

    assert is_stopping(Console()) is is_so
