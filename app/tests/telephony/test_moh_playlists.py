"""Music-on-hold playlists through the API, and the file Asterisk finds them in."""

from __future__ import annotations

from omnileads.telephony.moh_playlists import moh_class, render_playlists
from tests.domain import API, fields_of, make_campaign
from tests.telephony.things import Things


def test_a_playlist_is_made_put_in_order_and_deleted(things: Things) -> None:
    first, second = things.audio("One"), things.audio("Two")
    made = things.make("moh-playlists", name="Calm", audio_file_ids=[second, first])
    assert [file["id"] for file in made["files"]] == [second, first]
    assert made["files"][0]["duration_seconds"] == 0.1
    assert (made["order"], made["sync"], made["used_by"]) == ("listed", {"state": "pending", "message": ""}, [])
    address = f"{API}/moh-playlists/{made['id']}"
    changed = things.client.patch(address, json={"audio_file_ids": [first, second], "order": "random"}).json()
    assert ([file["id"] for file in changed["files"]], changed["order"]) == ([first, second], "random")
    in_use = things.client.delete(f"{API}/audio-files/{first}")
    assert 'music-on-hold playlist "Calm"' in in_use.json()["message"]
    assert things.client.get(f"{API}/audio-files/{first}").json()["used_by"] == [
        {"type": "moh-playlist", "id": made["id"], "name": "Calm"}
    ]
    assert things.client.get(f"{API}/moh-playlists").json()["total"] == 1
    assert things.client.delete(address).status_code == 204
    assert things.client.delete(f"{API}/audio-files/{first}").status_code == 204


def test_files_must_exist_and_be_there_once(things: Things) -> None:
    sound = things.audio()
    answer = things.client.post(
        f"{API}/moh-playlists", json={"name": "Calm", "audio_file_ids": [sound, sound, 999], "order": "listed"}
    )
    assert fields_of(answer) == {"audio_file_ids.1": "repeated", "audio_file_ids.2": "unknown"}


def test_campaigns_play_playlists_with_music_in_them(things: Things) -> None:
    sound = things.audio()
    empty = things.make("moh-playlists", name="Empty")
    full = things.make("moh-playlists", name="Full", audio_file_ids=[sound])
    campaign = make_campaign(things.client, "Sales", moh_playlist_id=full["id"])
    assert campaign["moh_playlist_id"] == full["id"]
    address = f"{API}/campaigns/{campaign['id']}"
    for playlist_id, code in ((empty["id"], "empty"), (999, "unknown")):
        refused = things.client.patch(address, json={"moh_playlist_id": playlist_id})
        assert fields_of(refused) == {"moh_playlist_id": code}
    playlist = f"{API}/moh-playlists/{full['id']}"
    for refused in (things.client.delete(playlist), things.client.patch(playlist, json={"audio_file_ids": []})):
        assert (refused.status_code, refused.json()["code"]) == (409, "in-use")
        assert 'campaign "Sales"' in refused.json()["message"]
    assert things.client.patch(address, json={"moh_playlist_id": None}).json()["moh_playlist_id"] is None
    assert things.client.patch(playlist, json={"audio_file_ids": []}).status_code == 200


def test_how_asterisk_reads_them() -> None:
    text = render_playlists([(4, "random", [7]), (3, "listed", [7, 5]), (9, "listed", [])])
    assert text == (
        "; Made from the playlists in the console. Changes made here are overwritten.\n\n"
        "[oml-3]\nmode = playlist\n"
        "entry = /var/lib/omnileads/asterisk/sounds/7\nentry = /var/lib/omnileads/asterisk/sounds/5\n\n"
        "[oml-4]\nmode = playlist\nsort = random\nentry = /var/lib/omnileads/asterisk/sounds/7\n"
    )
    assert (moh_class(3), moh_class(None)) == ("oml-3", "default")
