"""Answering machine detection and the recording-name scheme through the API."""

from __future__ import annotations

from omnileads.kit.runtime import Runtime
from omnileads.telephony.amd_settings import amd_file
from omnileads.telephony.recording_names import recording_name_scheme
from tests.conftest import SignedIn
from tests.domain import API, fields_of
from tests.telephony.things import Things

AMD = {
    "initial_silence_ms": 2500,
    "greeting_ms": 1500,
    "after_greeting_silence_ms": 800,
    "total_analysis_ms": 5000,
    "min_word_ms": 100,
    "between_words_silence_ms": 50,
    "max_words": 3,
    "max_word_ms": 5000,
    "silence_threshold": 256,
}


def test_amd_has_the_manuals_defaults_and_is_changed(things: Things, runtime: Runtime) -> None:
    address = f"{API}/amd-settings"
    pending = {"state": "pending", "message": ""}
    assert things.client.get(address).json() == {**AMD, "sync": pending}
    changed = {**AMD, "max_words": 5, "greeting_ms": 1800}
    assert things.client.put(address, json=changed).json() == {**changed, "sync": pending}
    assert things.client.put(address, json=changed).json() == {**changed, "sync": pending}
    with runtime.database.transaction() as session:
        text = amd_file(session)
    assert "maximum_number_of_words = 5\n" in text
    assert "greeting = 1800\n" in text
    assert text.count(" = ") == len(AMD)
    assert fields_of(things.client.put(address, json={**AMD, "max_words": 0})) == {"max_words": "greater-than-equal"}


def test_the_recording_name_scheme_is_changed(things: Things, runtime: Runtime) -> None:
    address = f"{API}/recording-name-scheme"
    scheme = things.client.get(address).json()
    assert {part for part, is_on in scheme.items() if is_on} == {
        "with_date",
        "with_phone",
        "with_campaign_id",
        "with_agent_id",
    }
    changed = {**scheme, "with_agent_id": False, "with_contact_id": True}
    assert things.client.put(address, json=changed).json() == changed
    assert things.client.get(address).json() == changed
    with runtime.database.transaction() as session:
        assert recording_name_scheme(session).model_dump() == changed
    assert fields_of(things.client.put(address, json={"with_date": "perhaps"})) == {"with_date": "bool-parsing"}


def test_who_may(sign_in: SignedIn) -> None:
    for path in ("amd-settings", "recording-name-scheme", "custom-dialplan"):
        assert sign_in("manager").get(f"{API}/{path}").status_code == 200
        assert sign_in("manager").put(f"{API}/{path}", json={}).status_code == 403
        assert sign_in("supervisor").get(f"{API}/{path}").status_code == 403
