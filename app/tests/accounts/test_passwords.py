from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from omnileads.accounts.passwords import MAX_LENGTH, Passwords, check_new_password
from omnileads.kit.errors import ValidationFailed

OWN = ("ana.gomez", "Ana", "Gómez", "ana@contact.example")


def broken(password: str) -> set[str]:
    try:
        check_new_password("new_password", password, OWN)
    except ValidationFailed as refused:
        return {problem.code for problem in refused.fields if problem.field == "new_password"}
    return set()


@pytest.mark.parametrize(
    ("password", "rules"),
    [
        ("correct horse battery", set()),
        ("ñandú de la pampa", set()),
        ("x7#q", {"too-short"}),
        ("", {"too-short"}),
        ("x" * (MAX_LENGTH + 1), {"too-long"}),
        ("83715206493", {"all-digits"}),
        ("ana.gomez1", {"too-similar"}),
        ("ANA.GOMEZ", {"too-similar"}),
        ("gómez", {"too-short", "too-similar"}),
        ("contactexample", {"too-similar"}),
        ("password1", {"too-common"}),
        ("Password1", {"too-common"}),
        ("123456789", {"too-common", "all-digits"}),
        ("12345", {"too-short", "too-common", "all-digits"}),
    ],
)
def test_every_broken_rule_is_named(password: str, rules: set[str]) -> None:
    assert broken(password) == rules


def test_missing_own_data_is_like_nothing() -> None:
    check_new_password("password", "a fine long one", ("", "", "", ""))


def test_a_hash_belongs_to_its_password(passwords: Passwords) -> None:
    hashed = passwords.hash("a fine long one")
    assert hashed.startswith("$argon2id$")
    assert passwords.verify(hashed, "a fine long one")
    assert not passwords.verify(hashed, "another one")


@pytest.mark.parametrize("damaged", ["", "plain", "$argon2id$v=19$m=8,t=1,p=1$x"])
def test_a_damaged_hash_matches_nothing(passwords: Passwords, damaged: str) -> None:
    assert not passwords.verify(damaged, "plain")


def test_nobody_has_a_password_even_the_one_hashed_for_them(passwords: Passwords) -> None:
    assert not passwords.verify(None, "a password nobody has")


def test_other_parameters_make_a_hash_outdated(passwords: Passwords) -> None:
    stronger = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    hashed = passwords.hash("a fine long one")
    assert not passwords.is_outdated(hashed)
    assert stronger.is_outdated(hashed)


def test_production_parameters_are_the_recommended_ones() -> None:
    hashed = Passwords().hash("a fine long one")
    assert "$m=65536,t=3,p=4$" in hashed
