"""Reading of the custom dialplan as integrators write it.

`check(text)` returns the contexts, or every problem with its line number. The text ends up inside Asterisk's dialplan,
so what could leave its own contexts (`#include`, block comments, contexts of ours), reach the machine (programs, files,
the environment with its passwords) or hide such a thing from this reading (names made at run time) is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from omnileads.telephony.wizard import Problem, RefusedLineError, refuse_unreadable


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MAX_LINES: Final = 5_000
MAX_LINE_LENGTH: Final = 1_000

_REFUSED: Final = _words(
    """
    system trysystem externalivr originate eagi deadagi asyncagi mixmonitor monitor record dictate readfile exec tryexec
    chanspy extenspy stasis audiosocket ices mp3player nbscat jack softhangup channelredirect
    shell file file_count_line file_format env stat ast_config ast_sorcery realtime realtime_field realtime_hash
    realtime_store realtime_destroy curl curlopt eval import
    """
)
"""Applications and functions that run programs, read or write files, reach other people's calls or read settings, and
those whose work is a text made at run time. Asterisk does not mind the case of their names."""

_CONTEXT = re.compile(r"\[(?P<name>[A-Za-z0-9_-]{1,79})\]")
_OURS = re.compile(r"general|globals|default|from-(?:pstn|pbx|agents)|(?:sub-)?oml-.*", re.IGNORECASE)
_STEP = re.compile(
    r"(?:same\s*=>?|exten\s*=>?\s*(?P<extension>[^\s,()]{1,79})\s*,)\s*"
    r"(?P<priority>[1-9][0-9]{0,5}|n)\s*(?:\([A-Za-z0-9_-]+\)\s*)?,\s*"
    r"(?P<application>[A-Za-z][A-Za-z0-9_]*)\s*(?:\(.*\))?"
)
_INCLUDE = re.compile(r"include\s*=>?\s*(?P<name>[A-Za-z0-9_-]{1,79})")
_CALL = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*\(")
_AGI = re.compile(r"\bagi\s*\(\s*(?P<target>[^),]*)", re.IGNORECASE)
_MADE_AT_RUN_TIME = (
    re.compile(r"[}\]][A-Za-z0-9_]*\s*\("),  # ${x}(...), $[...](...): a function whose name is not here
    re.compile(r"\$\{[^(){}:]*\$[{\[]"),  # ${${x}}: the name, and with it a function, comes from a variable
    re.compile(r"\bm?set\s*\(\s*[^=(]*\$[{\[]", re.IGNORECASE),  # Set(${x}=...): so does what is set
)


@dataclass(frozen=True, slots=True)
class DialplanReading:
    """The names of the contexts in their order, and the problems; the text may be used only without problems."""

    contexts: tuple[str, ...]
    problems: tuple[Problem, ...]


def check(text: str) -> DialplanReading:
    """Read a dialplan, whatever its line ends are, and judge every line."""
    lines = text.replace("\r\n", "\n").split("\n")
    if len(lines) > MAX_LINES:
        return DialplanReading((), (Problem(MAX_LINES + 1, "too-many-lines", f"more than {MAX_LINES} lines."),))
    reader, problems = _Reader(), []
    for number, raw in enumerate(lines, start=1):
        try:
            reader.read(number, raw)
        except RefusedLineError as refused:
            problems.append(refused.at(number))
    return DialplanReading(tuple(reader.contexts), tuple(problems))


@dataclass(slots=True)
class _Reader:
    """Where the reading is: in which context, after which step."""

    contexts: dict[str, int] = field(default_factory=dict)
    steps: set[tuple[str, int]] = field(default_factory=set)
    extension: str | None = None
    priority: int = 0

    def read(self, number: int, raw: str) -> None:
        """Raises RefusedLineError with the reason."""
        refuse_unreadable(raw, MAX_LINE_LENGTH)
        line = raw.strip()
        if line.startswith("#"):
            raise RefusedLineError("include", "files cannot be included or programs run from here.")
        if ";--" in line:
            raise RefusedLineError("block-comment", '";--" opens a block comment; start comments with a single ";".')
        line = _without_comment(line)
        if line.startswith("["):
            self._begin(number, line)
        elif line:
            self._read_inside(line)

    def _begin(self, number: int, line: str) -> None:
        match = _CONTEXT.fullmatch(line)
        if match is None:
            raise RefusedLineError("context-form", 'write a context as "[name]", of letters, digits, "-" and "_".')
        name = match["name"]
        if _OURS.fullmatch(name):
            raise RefusedLineError("context-of-ours", f'"{name}" is a part of the system; choose another name.')
        if name.lower() in (known.lower() for known in self.contexts):
            raise RefusedLineError("context-repeated", f'"{name}" is already there; write each context once.')
        self.contexts[name] = number
        self.steps.clear()
        self.extension, self.priority = None, 0

    def _read_inside(self, line: str) -> None:
        if not self.contexts:
            raise RefusedLineError("no-context", 'there is no context yet; begin with a line "[name]".')
        include = _INCLUDE.fullmatch(line)
        if include is not None:
            if _OURS.fullmatch(include["name"]):
                raise RefusedLineError(
                    "include-of-ours", f'"{include["name"]}" is a part of the system and cannot be included.'
                )
            return
        step = _STEP.fullmatch(line)
        if step is None:
            raise RefusedLineError(
                "step-form", 'write "exten => 100,1,Application(...)", "same => n,..." or "include => name".'
            )
        self._place(step)
        _refuse_work(line, step["application"])

    def _place(self, step: re.Match[str]) -> None:
        """Follow the priorities as Asterisk counts them."""
        extension = step["extension"] or self.extension
        if extension is None:
            raise RefusedLineError(
                "no-extension", '"same" continues an extension, and there is none above; begin with "exten".'
            )
        priority = self.priority + 1 if step["priority"] == "n" else int(step["priority"])
        is_new = all(known != extension for known, _ in self.steps)
        self.extension, self.priority = extension, priority
        if is_new and step["priority"] != "1":
            raise RefusedLineError("first-priority", f'the first step of "{extension}" must have the priority 1.')
        if (extension, priority) in self.steps:
            raise RefusedLineError(
                "step-repeated", f'"{extension}" already has a step {priority}; Asterisk would leave this one out.'
            )
        self.steps.add((extension, priority))


def _without_comment(line: str) -> str:
    return re.split(r"(?<!\\);", line, maxsplit=1)[0].strip()


def _refuse_work(line: str, application: str) -> None:
    """Refuse a step that does, or may do, what the module's head says."""
    for name in (application, *(match["name"] for match in _CALL.finditer(line))):
        if name.lower() in _REFUSED:
            raise RefusedLineError("beyond-the-call", f'"{name}" cannot be used here: it reaches beyond the call.')
    targets = [match["target"] for match in _AGI.finditer(line)]
    is_local = not all(re.match(r"agi://[A-Za-z0-9._-]+", target) for target in targets)
    if is_local or (application.lower() == "agi" and not targets):
        raise RefusedLineError("agi", '"AGI" takes only a server on the network, as in "AGI(agi://host/script)".')
    if any(pattern.search(line) for pattern in _MADE_AT_RUN_TIME):
        raise RefusedLineError(
            "made-at-run-time", "names of functions and variables must be written out, not made of variables."
        )
