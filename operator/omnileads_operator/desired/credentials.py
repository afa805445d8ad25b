"""The Secret `<name>-credentials` through a rotation: what it holds before, between and after its steps.

Values are moved, all at once, so that whoever reads the Secret finds a user and a password that are good:

1. at rest: `<key>`;
2. accepting: `<key>_next` as well, which the servers are told, and nobody uses;
3. changing over: what was next is `<key>`, and what it was before is `<key>_previous`, which is still good;
4. at rest again, when nobody uses that any more.

PostgreSQL has one password for a role, so there are two roles with the same rights that take turns. The same holds for
the users of Asterisk's ARI.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal

from omnileads_operator.desired.instance import GENERATED_SECRETS
from omnileads_operator.secrets import hash_of, password

Values = Mapping[str, str]
Step = Literal["resting", "accepting", "changing"]
ROLES: Final = {
    "postgres_user": "omnileads",
    "postgres_replication_user": "omnileads_replication",
    "asterisk_ari_user": "omnileads",
}
"""Keys that name the role of each pair that is used, and the first one."""
PASSWORD_OF: Final = {
    "postgres_user": "postgres_password",
    "postgres_replication_user": "postgres_replication_password",
    "asterisk_ari_user": "asterisk_ari_password",
}
SECOND: Final = "_second"
NEXT: Final = "_next"
PREVIOUS: Final = "_previous"
MADE_AT: Final = "made_at"
"""Key: when the passwords were made, in unix seconds; the members of PostgreSQL go by it."""
DAY_SECONDS: Final = 86_400
OF_POSTGRES: Final = ("postgres_password", "postgres_replication_password")
OF_REDIS: Final = ("redis_password",)
OF_APP: Final = ("app_internal_token",)
OF_VOICE: Final = ("asterisk_ari_password", "sip_ephemeral_secret")
"""Asterisk and Kamailio read them, next and previous as well, from files that Kubernetes renews."""


def completed(found: Values, now: int, make: Callable[[], str] = password) -> dict[str, str]:
    """With everything that is generated, where it is absent."""
    values = dict(found)
    missing = [key for key in GENERATED_SECRETS if not values.get(key)]
    values |= {key: make() for key in missing}
    values |= {key: role for key, role in ROLES.items() if not values.get(key)}
    if missing or not values.get(MADE_AT):
        values[MADE_AT] = str(now)
    return values


def step_of(values: Values) -> Step:
    if MADE_AT + NEXT in values:
        return "accepting"
    return "changing" if MADE_AT + PREVIOUS in values else "resting"


def is_due(values: Values, every_days: int | None, now: int) -> bool:
    return every_days is not None and now - int(values[MADE_AT]) >= every_days * DAY_SECONDS


def begun(values: Values, keys: Sequence[str], now: int, make: Callable[[], str] = password) -> dict[str, str]:
    """At rest -> accepting. Two rotations are never of the same second."""
    made_at = max(now, int(values[MADE_AT]) + 1)
    return {**values, **{key + NEXT: make() for key in keys}, MADE_AT + NEXT: str(made_at)}


def changed(values: Values) -> dict[str, str]:
    """Accepting -> changing over."""
    moved = {key: value for key, value in values.items() if not key.endswith(NEXT)}
    for key, value in values.items():
        if key.endswith(NEXT):
            name = key.removesuffix(NEXT)
            moved |= {name: value, name + PREVIOUS: values[name]}
    return moved | {role: other(values[role]) for role, key in PASSWORD_OF.items() if key + NEXT in values}


def finished(values: Values) -> dict[str, str]:
    """Changing over -> at rest. The application's key before stays until the next time: it opens nothing any more."""
    kept = {key + PREVIOUS for key in OF_APP}
    return {key: value for key, value in values.items() if key in kept or not key.endswith(PREVIOUS)}


def other(role: str) -> str:
    """The one that takes turns with it."""
    return role.removesuffix(SECOND) if role.endswith(SECOND) else role + SECOND


class Heard:
    """What servers were told without being started anew: of a value, the word that it goes by for them.

    Kept as JSON in an annotation of the Secret, `{key: [hash of the value, word]}`. Somebody who writes a value by hand
    has the servers started anew: the word is the value's own hash then.
    """

    def __init__(self, text: str | None) -> None:
        self._words: dict[str, list[str]] = json.loads(text) if text else {}

    def word(self, key: str, value: str) -> str:
        of, word = self._words.get(key, ["", ""])
        return word if of == hash_of(value) else hash_of(value)

    def after(self, before: Values, values: Values) -> str:
        """The text when values have been changed by a rotation."""
        keys = [key for key in (*OF_POSTGRES, *OF_REDIS) if values[key] != before[key]]
        told = {key: [hash_of(values[key]), self.word(key, before[key])] for key in keys}
        return json.dumps({**self._words, **told}, sort_keys=True)
