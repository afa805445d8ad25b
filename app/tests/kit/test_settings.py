import re
from pathlib import Path

import pytest

from omnileads.reference import settings_reference
from omnileads.settings import PROCESSES, DialerSettings, Settings, SettingsError, read, topic_fields, variable
from omnileads.version import VERSION

REQUIRED = {
    "POSTGRES_HOST": "db",
    "POSTGRES_PASSWORD": "long enough",
    "REDIS_HOST": "cache",
    "REDIS_PASSWORD": "long enough",
    "APP_PUBLIC_URL": "https://contact.example",
    "APP_INTERNAL_TOKEN": "long enough",
    "SIP_EPHEMERAL_SECRET": "long enough",
}


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for process in PROCESSES:
        for topic in process.model_fields:
            for field in topic_fields(process, topic):
                monkeypatch.delenv(variable(topic, field), raising=False)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in REQUIRED.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.mark.usefixtures("environment")
def test_what_is_required_is_enough() -> None:
    settings = read(Settings)
    assert settings.postgres.host == "db"
    assert settings.postgres.port == 5432
    assert settings.session.cookie_age == 3600
    assert settings.login.failure_limit == 10
    assert settings.ephemeral.user_ttl == 28800


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_variable_is_named(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.delenv(name)
    with pytest.raises(SettingsError, match=rf"^{name} is not set\.$"):
        read(Settings)


def test_an_empty_environment_names_every_variable() -> None:
    with pytest.raises(SettingsError) as raised:
        read(Settings)
    assert {line.split()[0] for line in str(raised.value).splitlines()} >= set(REQUIRED)


def test_an_empty_variable_counts_as_missing(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("POSTGRES_PASSWORD", "")
    with pytest.raises(SettingsError, match="POSTGRES_PASSWORD is not set"):
        read(Settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("POSTGRES_PORT", "65536"),
        ("SESSION_COOKIE_AGE", "soon"),
        ("REDIS_PASSWORD", "short"),
        ("OML_LOG_LEVEL", "loud"),
    ],
)
def test_a_value_that_is_not_accepted_is_named_without_its_content(
    environment: pytest.MonkeyPatch, name: str, value: str
) -> None:
    environment.setenv(name, value)
    with pytest.raises(SettingsError, match=rf"^{name} is not accepted: ") as raised:
        read(Settings)
    assert name != "REDIS_PASSWORD" or value not in str(raised.value)


def test_a_process_asks_only_for_what_it_uses(environment: pytest.MonkeyPatch) -> None:
    for name in ("APP_INTERNAL_TOKEN", "SIP_EPHEMERAL_SECRET", "APP_PUBLIC_URL"):
        environment.delenv(name)
    assert read(DialerSettings).dialer.port == 8002


@pytest.mark.usefixtures("environment")
def test_secrets_do_not_show() -> None:
    assert "long enough" not in repr(read(Settings))


def test_a_field_that_is_no_topic_has_no_fields() -> None:
    class Odd(DialerSettings):
        number: int = 1

    with pytest.raises(TypeError, match="not a topic"):
        topic_fields(Odd, "number")


def test_every_setting_has_a_description_with_its_unit() -> None:
    for process in PROCESSES:
        for topic in process.model_fields:
            for field, info in topic_fields(process, topic).items():
                assert info.description, (topic, field)
                if field.endswith("_seconds"):
                    assert "seconds" in info.description, (topic, field)


def test_the_reference_page_is_generated(repository: Path) -> None:
    assert (repository / "docs" / "settings.md").read_text() == settings_reference()


def test_the_reference_names_every_variable_once_and_no_folder_of_this_machine(repository: Path) -> None:
    named = re.findall(r"^\| `([A-Z_]+)` \|", settings_reference(), re.MULTILINE)
    assert len(named) == len(set(named))
    assert {"ASTERISK_ARI_PASSWORD", "ASTERISK_SIP_TRUNK_PORT", "WORKER_PORT"} <= set(named)
    assert str(repository) not in settings_reference()


def test_the_version_is_the_repositorys(repository: Path) -> None:
    assert (repository / "VERSION").read_text().strip() == VERSION
