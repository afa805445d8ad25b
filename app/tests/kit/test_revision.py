import pytest

from omnileads.kit.revision import CONFIG_CHANNEL, bump_config_revision, current_config_revision
from omnileads.kit.runtime import Runtime


def test_a_change_raises_the_revision_and_nudges_after_the_commit(runtime: Runtime) -> None:
    with runtime.redis.pubsub(ignore_subscribe_messages=True) as nudges:  # type: ignore[no-untyped-call]  # redis-py
        nudges.subscribe(CONFIG_CHANNEL)
        nudges.get_message(timeout=5)
        with runtime.database.transaction() as session:
            before = current_config_revision(session)
            assert bump_config_revision(session, runtime.redis) == before + 1
            assert nudges.get_message(timeout=0.1) is None
        message = nudges.get_message(timeout=5)
        assert message is not None
        assert message["data"] == str(before + 1)


def test_a_change_that_is_rolled_back_changes_nothing(runtime: Runtime) -> None:
    with pytest.raises(ValueError, match="stop"), runtime.database.transaction() as session:
        bump_config_revision(session, runtime.redis)
        raise ValueError("stop")
    with runtime.database.transaction() as session:
        assert current_config_revision(session) == 1
