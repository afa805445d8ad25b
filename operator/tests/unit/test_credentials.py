"""The Secret of an instance's passwords through a rotation."""

from __future__ import annotations

from itertools import count

from omnileads_operator.desired.credentials import (
    OF_APP,
    OF_POSTGRES,
    OF_REDIS,
    OF_VOICE,
    Heard,
    begun,
    changed,
    completed,
    finished,
    is_due,
    step_of,
)
from omnileads_operator.desired.instance import GENERATED_SECRETS
from omnileads_operator.secrets import hash_of

NOW = 1_800_000_000


def rested() -> dict[str, str]:
    numbers = count()
    return completed({}, NOW, lambda: f"made-{next(numbers)}")


def test_what_is_absent_is_made_and_what_is_there_stays() -> None:
    values = rested()
    assert set(GENERATED_SECRETS) < set(values)
    assert completed(values, NOW + 5) == values
    without = {key: value for key, value in values.items() if key != "redis_password"}
    mended = completed(without, NOW + 5, lambda: "new")
    # Of a later time, so that the members of PostgreSQL take it whatever they had.
    assert mended == {**values, "redis_password": "new", "made_at": str(NOW + 5)}


def test_at_every_step_user_and_password_are_a_pair() -> None:
    keys = (*OF_POSTGRES, *OF_REDIS, *OF_APP)
    values = rested()
    accepting = begun(values, keys, NOW + 9, lambda: "new")
    assert (step_of(values), step_of(accepting)) == ("resting", "accepting")
    assert {key: accepting[key] for key in values} == values
    changing = changed(accepting)
    assert step_of(changing) == "changing"
    assert (changing["postgres_user"], changing["postgres_password"]) == ("omnileads_second", "new")
    assert changing["postgres_password_previous"] == values["postgres_password"]
    ended = finished(changing)
    assert step_of(ended) == "resting"
    # Tokens that were made with the application's key before are told again.
    assert set(ended) == {*values, "app_internal_token_previous"}
    assert ended["made_at"] == str(NOW + 9)
    # And the next time the other way round.
    back = changed(begun(ended, keys, NOW + 20, lambda: "newer"))
    assert (back["postgres_user"], back["postgres_replication_user"]) == ("omnileads", "omnileads_replication")


def test_where_redis_alone_is_ours_the_role_stays() -> None:
    changing = changed(begun(rested(), OF_REDIS, NOW, lambda: "new"))
    assert changing["postgres_user"] == "omnileads"
    assert "postgres_password_previous" not in changing
    assert changing["redis_password"] == "new"


def test_two_rotations_are_never_of_the_same_time() -> None:
    assert begun(rested(), OF_REDIS, NOW - 60)["made_at_next"] == str(NOW + 1)


def test_the_users_of_ari_take_turns_with_their_passwords_whoever_runs_the_data() -> None:
    values = rested()
    accepting = begun(values, OF_VOICE, NOW, lambda: "new")
    assert accepting["asterisk_ari_user"] == "omnileads"
    changing = changed(accepting)
    assert (changing["asterisk_ari_user"], changing["asterisk_ari_password"]) == ("omnileads_second", "new")
    assert changing["asterisk_ari_password_previous"] == values["asterisk_ari_password"]
    assert changing["sip_ephemeral_secret_previous"] == values["sip_ephemeral_secret"]
    assert changing["postgres_user"] == "omnileads"
    ended = finished(changing)
    assert not [key for key in ended if key.endswith("_previous")]
    assert changed(begun(ended, OF_VOICE, NOW + 20))["asterisk_ari_user"] == "omnileads"


def test_old_passwords_are_due() -> None:
    values = rested()
    assert not is_due(values, None, NOW + 10**9)
    assert not is_due(values, 30, NOW + 30 * 86_400 - 1)
    assert is_due(values, 30, NOW + 30 * 86_400)


def test_a_server_is_started_anew_for_what_it_was_not_told_only() -> None:
    values = rested()
    untold = Heard(None)
    assert untold.word("redis_password", values["redis_password"]) == hash_of(values["redis_password"])
    changing = changed(begun(values, OF_REDIS, NOW, lambda: "new"))
    told = Heard(untold.after(values, changing))
    assert told.word("redis_password", "new") == hash_of(values["redis_password"])
    again = changed(begun(finished(changing), OF_REDIS, NOW, lambda: "newer"))
    told = Heard(told.after(changing, again))
    assert told.word("redis_password", "newer") == hash_of(values["redis_password"])
    # Somebody wrote it by hand.
    assert told.word("redis_password", "by-hand") == hash_of("by-hand")
