"""Sortable identifiers: 10 characters of milliseconds, then 16 of randomness, in Crockford's base 32 (as ULID).

Only digits and capital letters, so an id is safe in a SIP header, a file name and a dialplan variable.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

ID_LENGTH = 26
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_PATTERN = re.compile(rf"[0-7][{_ALPHABET}]{{{ID_LENGTH - 1}}}")


def new_id(now_ms: int, random_bits: Callable[[int], int] = secrets.randbits) -> str:
    """A new id of 26 characters for the moment `now_ms` (ms since 1970). `random_bits(n)` gives an n-bit integer."""
    value = (now_ms << 80) | random_bits(80)
    return "".join([_PAIRS[(value >> shift) & 1023] for shift in range(120, -1, -10)])


def is_id(text: str) -> bool:
    return _PATTERN.fullmatch(text) is not None
