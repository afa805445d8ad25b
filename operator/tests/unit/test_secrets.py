"""The self-signed certificate: for its name, and renewed in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from omnileads_operator.secrets import LIFE, decoded, encoded, is_lasting, password, self_signed

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_certificate_lasts_for_its_name_until_a_month_before_its_end() -> None:
    certificate = self_signed("contact.example", NOW)["tls.crt"]
    assert is_lasting(certificate, "contact.example", NOW)
    assert not is_lasting(certificate, "other.example", NOW)
    assert is_lasting(certificate, "contact.example", NOW + LIFE - timedelta(days=31))
    assert not is_lasting(certificate, "contact.example", NOW + LIFE - timedelta(days=29))
    assert not is_lasting("", "contact.example", NOW)


def test_passwords_are_long_and_never_twice_the_same() -> None:
    assert len(password()) >= 32
    assert password() != password()


def test_values_come_back_from_a_secret() -> None:
    secret = {"data": encoded({"key": "välue"})}
    assert decoded(secret, "key") == "välue"
    assert decoded(secret, "other") is None
    assert decoded(None, "key") is None
