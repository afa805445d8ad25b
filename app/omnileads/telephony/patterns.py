"""Dial patterns and dial options of outbound routes: what they may be, and what they mean. Pure; no database.

A pattern is Asterisk's without the leading underscore: X is 0-9, Z 1-9, N 2-9, [15-7] one of these digits, "." at the
end one or more characters, "!" at the end any number of them; digits, *, # and + stand for themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Self

LONGEST_TALK_MS: Final = 24 * 60 * 60 * 1000
SHORTEST_TALK_MS: Final = 1000

_CLASSES: Final = {"X": "[0-9]", "Z": "[1-9]", "N": "[2-9]"}
_ENDINGS: Final = {".": ".+", "!": ".*"}
_PART = re.compile(r"\[(?P<set>[^\[\]]*)\]|(?P<other>.)")
_SET = re.compile(r"(?:[0-9]-[0-9]|[0-9*#+])+")
_RANGE = re.compile(r"([0-9])-([0-9])")
_OPTION = re.compile(r"(?P<ringing>r)|L\((?P<limit_ms>[0-9]{1,9})\)")


class PatternError(ValueError):
    """The reason, as a sentence for who wrote it."""


def check_pattern(pattern: str) -> None:
    """Raise PatternError unless the pattern can be used."""
    _expression(pattern)


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern as an expression for whole numbers. Raises PatternError."""
    return re.compile(_expression(pattern))


def fits(pattern: str, number: str) -> bool:
    """Whether a number is one of the pattern's. Raises PatternError."""
    return compiled(pattern).fullmatch(number) is not None


def _expression(pattern: str) -> str:
    parts = [_part(match, is_last=match.end() == len(pattern)) for match in _PART.finditer(pattern)]
    if not parts:
        raise PatternError('The pattern is empty; "." stands for any number')
    return "".join(parts)


def _part(match: re.Match[str], *, is_last: bool) -> str:
    choices, other = match["set"], match["other"]
    if choices is not None:
        return _set(choices)
    if other in _ENDINGS:
        if not is_last:
            raise PatternError(f'"{other}" stands for the rest of the number, so it must be at the end')
        return _ENDINGS[other]
    if other.upper() in _CLASSES:
        return _CLASSES[other.upper()]
    if re.fullmatch(r"[0-9*#+]", other):
        return re.escape(other)
    if other == "_":
        raise PatternError('Leave the leading "_" out')
    raise PatternError(f'"{other}" cannot be in a pattern; use digits, X, Z, N, [1-5], "." or "!"')


def _set(choices: str) -> str:
    if not _SET.fullmatch(choices):
        raise PatternError(f'"[{choices}]" is not a choice of digits; write it as "[15-7]"')
    for first, last in _RANGE.findall(choices):
        if first > last:
            raise PatternError(f'"{first}-{last}" runs backwards; write "{last}-{first}"')
    return f"[{choices}]"


@dataclass(frozen=True, slots=True)
class DialOptions:
    """The options of Asterisk's Dial that mean something here.

    `rings`: the caller hears generated ringing instead of what the other side sends before it answers.
    `talk_limit_ms`: the call is ended when it has talked for so long.
    """

    rings: bool = False
    talk_limit_ms: int | None = None

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises PatternError for what is not known, repeated or out of range."""
        rings, limit_ms, position = False, None, 0
        while position < len(text):
            match = _OPTION.match(text, position)
            if match is None:
                raise PatternError(f'"{text[position:]}" is not known; known are "r" and "L(milliseconds)"')
            if match["ringing"]:
                if rings:
                    raise PatternError('"r" is there twice')
                rings = True
            else:
                if limit_ms is not None:
                    raise PatternError('"L" is there twice')
                limit_ms = int(match["limit_ms"])
                if not SHORTEST_TALK_MS <= limit_ms <= LONGEST_TALK_MS:
                    raise PatternError(f'"L" takes {SHORTEST_TALK_MS} to {LONGEST_TALK_MS} milliseconds')
            position = match.end()
        return cls(rings, limit_ms)

    def written(self) -> str:
        """As `read` takes it."""
        return ("r" if self.rings else "") + (f"L({self.talk_limit_ms})" if self.talk_limit_ms is not None else "")
