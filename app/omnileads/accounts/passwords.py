"""Hashing passwords with argon2id, and the rules a new password must meet (Django's, as the manual shows them)."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from omnileads.kit.errors import FieldProblem, ValidationFailed

MIN_LENGTH: Final = 8
MAX_LENGTH: Final = 256
MAX_SIMILARITY: Final = 0.7
CONCURRENT_HASHES: Final = 4
"""A hash takes 64 MiB; more at once would let a burst of sign-ins exhaust the memory."""


class Passwords:
    """Hashes and verifies. Parameters are argon2-cffi's recommendation (RFC 9106, low memory). Safe between threads."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._slots = threading.BoundedSemaphore(CONCURRENT_HASHES)
        self._nobody = self._hasher.hash("a password nobody has")

    @classmethod
    def for_rehearsal(cls) -> Passwords:
        """Hashes that cost nothing, for what is rolled back."""
        return cls(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))

    def hash(self, password: str) -> str:
        with self._slots:
            return self._hasher.hash(password)

    def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether the password belongs to the hash. None (no such user) takes as long and is never right."""
        with self._slots:
            try:
                self._hasher.verify(password_hash or self._nobody, password)
            except (VerificationError, InvalidHashError):
                return False
        return password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Whether the hash was made with other parameters than the present ones."""
        return self._hasher.check_needs_rehash(password_hash)


def check_new_password(field: str, password: str, own_data: Iterable[str]) -> None:
    """Raise ValidationFailed with every rule the password breaks. `own_data`: the user's names, email, username."""
    problems = [FieldProblem(field, code, message) for code, message in _broken_rules(password, own_data)]
    if problems:
        raise ValidationFailed(fields=problems)


def _broken_rules(password: str, own_data: Iterable[str]) -> list[tuple[str, str]]:
    broken: list[tuple[str, str]] = []
    if len(password) < MIN_LENGTH:
        broken.append(("too-short", f"Use at least {MIN_LENGTH} characters."))
    if len(password) > MAX_LENGTH:
        broken.append(("too-long", f"Use at most {MAX_LENGTH} characters."))
    elif _is_similar(password, own_data):
        broken.append(("too-similar", "This is too similar to your username, name or email address."))
    if password.isdigit():
        broken.append(("all-digits", "Use more than digits."))
    if password.lower() in _common_passwords():
        broken.append(("too-common", "This is one of the most used passwords. Choose another."))
    return broken


def _is_similar(password: str, own_data: Iterable[str]) -> bool:
    wanted = password.lower()
    for value in own_data:
        for part in {value.lower(), *re.split(r"\W+", value.lower())}:
            if part and SequenceMatcher(a=wanted, b=part).quick_ratio() >= MAX_SIMILARITY:
                return True
    return False


@cache
def _common_passwords() -> frozenset[str]:
    """The 30,000 most used passwords. Read on first use, because the list takes a moment to load."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415 - see above

    return frozenset(FREQUENCY_LISTS["passwords"])
