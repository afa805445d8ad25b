"""What is found of a contact: its words and its phones, each marked with the base, in one text search vector.

The mark makes a search inside a base touch nothing of the others. `12/maria` is a word of a contact of base 12,
`12+4149090` a phone. Words are small letters without accents, so "perez" finds "Pérez".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from omnileads.contacts.phones import MIN_DIGITS, clean, digits

MAX_WORD: Final = 40
MAX_WORDS: Final = 400
"""Of a contact: what comes after is not found."""
MAX_ASKED: Final = 8

_WORD: Final = re.compile(rf"\w{{1,{MAX_WORD}}}")


def folded(text: str) -> str:
    """Small letters without accents."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    return _WORD.findall(folded(text))


def vector(base_id: int, data: Iterable[str], phones: Iterable[str]) -> str:
    """The vector of a contact as PostgreSQL reads it: `data` are the cells that are no phones, `phones` digits."""
    found = list(dict.fromkeys(words(" ".join(data))))[:MAX_WORDS]
    return " ".join([*(f"{base_id}+{phone}" for phone in phones), *(f"{base_id}/{word}" for word in found)])


def phone_term(base_id: int, phone_digits: str) -> str:
    """The query that finds a whole phone of the base."""
    return f"'{base_id}+{phone_digits}'"


def query(base_id: int, text: str) -> str | None:
    """The query for what a person typed: contacts with words that begin like every word typed, or with such a phone.

    None when there is nothing to look for in it.
    """
    asked = words(text)[:MAX_ASKED]
    if not asked:
        return None
    found = " & ".join(_beginning(base_id, word) for word in asked)
    phone = phone_prefix(text)
    return found if phone is None else f"'{base_id}+{phone}':* | ({found})"


def phone_prefix(text: str) -> str | None:
    """The digits of a text that looks like (the beginning of) a phone number."""
    phone = clean(text)
    return None if phone is None else digits(phone)


def _beginning(base_id: int, word: str) -> str:
    as_word = f"'{base_id}/{word}':*"
    if word.isascii() and word.isdigit() and len(word) >= MIN_DIGITS:
        return f"({as_word} | '{base_id}+{word}':*)"
    return as_word
