"""The files Asterisk runs on: which module reads each one, and how its content is found again in Asterisk.

A kind says what of a text Asterisk does not have. "It reloaded without an error" would not do: Asterisk skips what it
does not understand and goes on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol

from asterisk_sync.control import Reload

_SECTION = re.compile(r"^\s*\[(?P<name>[^\]]+)\](?P<options>\([^)]*\))?", re.MULTILINE)
_ENDPOINT = re.compile(r"^\s*Endpoint:\s+(?P<name>[^\s/<]+)", re.MULTILINE)
_ENTRY = re.compile(r"^entry\s*=\s*(?P<path>.+?)\s*$")
_STEP = re.compile(r"^\s*(?:exten|same)\s*=", re.MULTILINE)
_PRIORITIES = re.compile(r"\((?P<count>\d+) priorit(?:y|ies)\) in 1 context")
_SETTING = re.compile(r"^(?P<key>[a-z_]+)\s*=\s*(?P<value>\d+)$", re.MULTILINE)


class Console(Protocol):
    """What is needed of Asterisk; `control.Control` is one."""

    def command(self, text: str) -> str: ...
    def reload(self, module: str, verbosity: int = 0) -> Reload: ...


class Kind(Protocol):
    """How one file is loaded and verified."""

    module: str
    verbosity: int
    """Of what Asterisk says while it reloads: 0 are warnings and errors only."""

    def missing(self, text: str, before: str, console: Console, reload: Reload | None) -> list[str]:
        """What Asterisk should have and has not. `before` is the text it replaces, `reload` what a reload just said."""

    def leftover(self, text: str, before: str, console: Console) -> list[str]:
        """What Asterisk still has of the text before, though it should not."""


def sections(text: str) -> dict[str, str]:
    """Section name -> its lines, the templates `[name](!)` left out."""
    heads = list(_SECTION.finditer(text))
    ends = [*(head.start() for head in heads[1:]), len(text)]
    return {
        head["name"]: text[head.end() : end]
        for head, end in zip(heads, ends, strict=False)
        if "!" not in (head["options"] or "")
    }


class Trunks:
    """PJSIP wizard sections, each of which is an endpoint."""

    module = "res_pjsip.so"
    verbosity = 0

    def missing(self, text: str, before: str, console: Console, reload: Reload | None) -> list[str]:
        """A changed trunk that Asterisk still has may be the one before: then its name is in an error."""
        wanted, had = sections(text), sections(before)
        absent = wanted.keys() - self._present(console)
        changed = {name for name in wanted if had.get(name) != wanted[name]}
        errors = reload.errors if reload else ()
        refused = {name for name in changed if any(re.search(rf"\b{re.escape(name)}\b", error) for error in errors)}
        return sorted(absent | refused)

    def leftover(self, text: str, before: str, console: Console) -> list[str]:
        gone = sections(before).keys() - sections(text).keys()
        return sorted(gone & self._present(console)) if gone else []

    @staticmethod
    def _present(console: Console) -> set[str]:
        return {match["name"] for match in _ENDPOINT.finditer(console.command("pjsip show endpoints"))}


class Playlists:
    """Classes of music on hold, each a list of files."""

    module = "res_musiconhold.so"
    verbosity = 0

    def missing(self, text: str, before: str, console: Console, reload: Reload | None) -> list[str]:
        del before, reload
        present = self._present(console)
        return sorted(name for name, entries in self._wanted(text).items() if present.get(name) != entries)

    def leftover(self, text: str, before: str, console: Console) -> list[str]:
        gone = sections(before).keys() - sections(text).keys()
        return sorted(gone & self._present(console).keys()) if gone else []

    @staticmethod
    def _wanted(text: str) -> dict[str, list[str]]:
        lines = {name: body.splitlines() for name, body in sections(text).items()}
        return {name: [match["path"] for line in body if (match := _ENTRY.match(line))] for name, body in lines.items()}

    @staticmethod
    def _present(console: Console) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        files: list[str] = []
        for line in console.command("moh show files").splitlines():
            key, _, value = line.strip().partition(": ")
            if key == "Class":
                files = found.setdefault(value, [])
            elif key == "File":
                files.append(value)
        return found


class Dialplan:
    """Contexts, each with as many steps as were written."""

    module = "pbx_config.so"
    verbosity = 0

    def missing(self, text: str, before: str, console: Console, reload: Reload | None) -> list[str]:
        del before, reload
        wanted = {name: len(_STEP.findall(body)) for name, body in sections(text).items()}
        return sorted(name for name, steps in wanted.items() if self._steps(name, console) != steps)

    def leftover(self, text: str, before: str, console: Console) -> list[str]:
        gone = sections(before).keys() - sections(text).keys()
        return sorted(name for name in gone if self._steps(name, console) is not None)

    @staticmethod
    def _steps(context: str, console: Console) -> int | None:
        """How many steps Asterisk has in a context; None when it has no such context."""
        match = _PRIORITIES.search(console.command(f"dialplan show {context}"))
        return int(match["count"]) if match else None


class Amd:
    """The numbers of the answering machine detection, which Asterisk tells nobody but its log, while it reads them."""

    module = "app_amd.so"
    verbosity = 5

    _NAMES: Mapping[str, str] = {
        "initial_silence": "initialSilence",
        "greeting": "greeting",
        "after_greeting_silence": "afterGreetingSilence",
        "total_analysis_time": "totalAnalysisTime",
        "min_word_length": "minimumWordLength",
        "between_words_silence": "betweenWordsSilence",
        "maximum_number_of_words": "maximumNumberOfWords",
        "maximum_word_length": "maximumWordLength",
        "silence_threshold": "silenceThreshold",
    }

    def missing(self, text: str, before: str, console: Console, reload: Reload | None) -> list[str]:
        del before, console
        if reload is None:
            return []
        said = "\n".join(reload.lines)
        return [
            match["key"]
            for match in _SETTING.finditer(text)
            if f"{self._NAMES.get(match['key'])} [{match['value']}]" not in said
        ]

    def leftover(self, text: str, before: str, console: Console) -> list[str]:
        del text, before, console
        return []


KINDS: Mapping[str, Kind] = {
    "pjsip_trunks.conf": Trunks(),
    "musiconhold_playlists.conf": Playlists(),
    "oml_extensions_custom.conf": Dialplan(),
    "amd.conf": Amd(),
}
