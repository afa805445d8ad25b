"""Phone numbers as contacts and do-not-call lists have them: an optional plus sign and 3 to 25 digits."""

from __future__ import annotations

import re
from typing import Final

MIN_DIGITS: Final = 3
MAX_DIGITS: Final = 25

_PHONE: Final = re.compile(rf"\+?[0-9]{{{MIN_DIGITS},{MAX_DIGITS}}}", re.ASCII)
_PUNCTUATION: Final = str.maketrans("", "", " -().\u00a0\u2011\u2013/")

PHONE_RULE: Final = f"Write {MIN_DIGITS} to {MAX_DIGITS} digits, with an optional + before them."


def clean(text: str) -> str | None:
    """The number without what people write between digits; None for what is no number."""
    bare = text[1:] if text[:1] == "+" else text
    if bare.isdigit() and bare.isascii() and MIN_DIGITS <= len(bare) <= MAX_DIGITS:
        return text
    cleaned = text.translate(_PUNCTUATION)
    return cleaned if _PHONE.fullmatch(cleaned) else None


def digits(phone: str) -> str:
    """What two ways of writing a number have in common: its digits. Takes what `clean` gives."""
    return phone.removeprefix("+")
