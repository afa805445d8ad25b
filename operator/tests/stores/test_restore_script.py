"""The scripts of a restore: wholly or not at all, proven by the manifest, refused where they would lose something."""

from __future__ import annotations

import json

import pytest

from tests.stores.test_backup_script import back_up
from tests.support.stores import Database, Done, S3Server

ASKED = {"TARGET_VERSION": "0.1.0", "OVERWRITE": "false"}


def check(database: Database, **variables: str) -> Done:
    return database.run("store", "check", **{**ASKED, **variables})


def restore(database: Database, uid: str = "restore-1", **variables: str) -> Done:
    return database.run("store", "restore", RESTORE_UID=uid, **variables)


def calls(database: Database, schema: str = "public") -> object:
    return database.sql(f"SELECT count(*) FROM {schema}.calls")[0][0]  # noqa: S608 - a name of this file


@pytest.fixture
def backed_up(centre: Database) -> Database:
    """A backup on the volume with a thousand calls; the database has ten by now."""
    assert back_up(centre).returncode == 0
    centre.sql("DELETE FROM calls WHERE id > 10")
    return centre


def test_what_was_backed_up_is_there_again(backed_up: Database) -> None:
    done = restore(backed_up)
    assert done.returncode == 0, done.stderr
    assert (calls(backed_up), calls(backed_up, "before_restore")) == (1000, 10)
    # The Job's pod is tried again after it had ended well unseen.
    backed_up.sql("DELETE FROM calls WHERE id > 500")
    assert restore(backed_up).returncode == 0
    assert calls(backed_up) == 500
    assert backed_up.run("store", "finish", RESTORE_UID="restore-1").returncode == 0
    assert backed_up.sql("SELECT to_regnamespace('before_restore')") == [(None,)]
    # What was restored can be backed up and restored again.
    for path in (backed_up.folder / "volume").iterdir():
        path.unlink()
    assert back_up(backed_up).returncode == 0
    assert restore(backed_up, "restore-2").returncode == 0
    assert calls(backed_up) == 500


def test_a_restore_is_taken_back(backed_up: Database) -> None:
    assert restore(backed_up).returncode == 0
    for _ in range(2):
        done = backed_up.run("store", "return", RESTORE_UID="restore-1")
        assert done.returncode == 0, done.stderr
        assert calls(backed_up) == 10
    assert restore(backed_up, "restore-2").returncode == 0
    assert calls(backed_up) == 1000


def test_the_data_before_an_unfinished_restore_is_its_own(backed_up: Database) -> None:
    assert restore(backed_up).returncode == 0
    for step in ("return", "finish"):
        assert backed_up.run("store", step, RESTORE_UID="another").returncode == 0
    assert (calls(backed_up), calls(backed_up, "before_restore")) == (1000, 10)


def test_from_a_bucket_into_another_contact_centre(centre: Database, s3: S3Server) -> None:
    place = s3.env("oml/moving")
    assert back_up(centre, **place).returncode == 0
    centre.sql("DELETE FROM calls")
    done = check(centre, **place)
    assert done.returncode == 0, done.stderr
    done = restore(centre, **place)
    assert done.returncode == 0, done.stderr
    assert calls(centre) == 1000


def test_a_damaged_backup_changes_nothing(backed_up: Database) -> None:
    dump = backed_up.stored("database.dump")
    content = bytearray(dump.read_bytes())
    content[-100] ^= 0xFF
    dump.write_bytes(bytes(content))
    assert check(backed_up, OVERWRITE="true").returncode == 43
    assert restore(backed_up).returncode in (1, 43)
    assert calls(backed_up) == 10
    dump.write_bytes(dump.read_bytes()[: len(content) // 2])
    assert restore(backed_up).returncode in (1, 43)
    assert calls(backed_up) == 10
    assert backed_up.sql("SELECT to_regnamespace('before_restore')") == [(None,)]


@pytest.mark.parametrize(("field", "value"), [("tables", {"calls": 999}), ("schema", "0099")])
def test_other_rows_than_the_manifest_says_change_nothing(backed_up: Database, field: str, value: object) -> None:
    path = backed_up.stored("manifest.json")
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps({**manifest, field: value}))
    assert restore(backed_up).returncode == 44
    assert calls(backed_up) == 10


def test_a_place_without_a_backup_is_told(centre: Database, s3: S3Server) -> None:
    assert check(centre).returncode == 40
    assert check(centre, **s3.env("oml/nothing-here")).returncode == 40


def test_a_target_with_data_is_refused_unless_it_is_to_be_replaced(backed_up: Database) -> None:
    assert check(backed_up).returncode == 41
    assert check(backed_up, OVERWRITE="true").returncode == 0
    backed_up.sql("DELETE FROM calls")
    assert check(backed_up).returncode == 0
    backed_up.sql("INSERT INTO users VALUES (2)")
    assert check(backed_up).returncode == 41


@pytest.mark.parametrize(("target", "code"), [("0.0.9", 42), ("0.1.0", 0), ("0.10.0", 0), ("0.2.0", 0)])
def test_a_backup_of_a_newer_version_is_refused(backed_up: Database, target: str, code: int) -> None:
    assert check(backed_up, TARGET_VERSION=target, OVERWRITE="true").returncode == code
