"""The script of a backup: what it stores can be restored, is proven, and is nothing where it is not whole."""

from __future__ import annotations

import hashlib
import json

from tests.support.stores import Database, Done, S3Server

TOLD = {"BACKUP_UID": "uid-1", "BACKUP_INSTANCE": "acme", "BACKUP_VERSION": "0.1.0"}


def back_up(database: Database, **variables: str) -> Done:
    return database.run("store", "backup", **{**TOLD, **variables})


def test_a_volume_gets_the_dump_and_its_manifest(centre: Database) -> None:
    done = back_up(centre)
    assert done.returncode == 0, done.stderr
    assert centre.names() == ["database.dump", "manifest.json"]
    manifest = json.loads(centre.stored("manifest.json").read_text())
    dump = centre.stored("database.dump").read_bytes()
    assert manifest["sha256"] == hashlib.sha256(dump).hexdigest()
    assert manifest["size"] == len(dump)
    assert manifest["tables"] == {"alembic_version": 1, "calls": 1000, "users": 1}
    assert {key: manifest[key] for key in ("backup", "instance", "version", "schema", "format")} == {
        "backup": "uid-1",
        "instance": "acme",
        "version": "0.1.0",
        "schema": "0012",
        "format": 1,
    }


def test_a_bucket_gets_the_same_in_its_folder(centre: Database, s3: S3Server) -> None:
    done = back_up(centre, **s3.env("oml/centres/first"))
    assert done.returncode == 0, done.stderr
    assert [name for name in s3.names() if "first" in name] == [
        "oml/centres/first/database.dump",
        "oml/centres/first/manifest.json",
    ]
    manifest = json.loads(s3.read("oml/centres/first/manifest.json"))
    assert manifest["sha256"] == hashlib.sha256(s3.read("oml/centres/first/database.dump")).hexdigest()
    assert centre.names() == []


def test_a_second_try_leaves_what_is_complete(centre: Database) -> None:
    assert back_up(centre).returncode == 0
    before = centre.stored("manifest.json").read_text()
    assert back_up(centre).returncode == 0
    assert centre.stored("manifest.json").read_text() == before


def test_another_backup_in_that_place_is_not_overwritten(centre: Database, s3: S3Server) -> None:
    assert back_up(centre, **s3.env("oml/taken")).returncode == 0
    before = s3.read("oml/taken/manifest.json")
    done = back_up(centre, BACKUP_UID="uid-2", **s3.env("oml/taken"))
    assert done.returncode == 45, done.stderr
    assert s3.read("oml/taken/manifest.json") == before
    assert "oml/taken/database.dump" in s3.names()


def test_a_database_that_cannot_be_read_leaves_nothing(centre: Database, s3: S3Server) -> None:
    assert back_up(centre, PGDATABASE="no-such-database").returncode != 0
    assert centre.names() == []
    assert back_up(centre, PGDATABASE="no-such-database", **s3.env("oml/none")).returncode != 0
    assert not [name for name in s3.names() if "none" in name]


def test_a_dump_that_fails_half_way_leaves_nothing(centre: Database) -> None:
    centre.sql("CREATE TABLE secrets AS SELECT 1 AS id")
    centre.sql("ALTER TABLE secrets ENABLE ROW LEVEL SECURITY; ALTER TABLE secrets FORCE ROW LEVEL SECURITY")
    assert back_up(centre).returncode != 0
    assert centre.names() == []


def test_a_bucket_that_is_not_there_is_a_failure(centre: Database, s3: S3Server) -> None:
    assert back_up(centre, **s3.env("oml/x", bucket="missing")).returncode != 0


def test_the_keys_are_not_told_to_anybody(centre: Database, s3: S3Server) -> None:
    done = back_up(centre, **{**s3.env("oml/quiet"), "S3_SECRET_ACCESS_KEY": "a-very-secret-key"})
    assert done.returncode == 0
    assert "a-very-secret-key" not in done.stdout + done.stderr


def test_what_is_removed_is_gone(centre: Database, s3: S3Server) -> None:
    assert back_up(centre, **s3.env("oml/going")).returncode == 0
    assert centre.run("store", "remove", **s3.env("oml/going")).returncode == 0
    assert not [name for name in s3.names() if "going" in name]
