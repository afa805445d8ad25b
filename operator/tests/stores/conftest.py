"""A PostgreSQL and an S3 server of real programs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.support.stores import FOLDERS, Database, S3Server, database, s3_server


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with database(tmp_path_factory.mktemp("postgres")) as running:
        yield running


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with s3_server(tmp_path_factory.mktemp("s3")) as running:
        yield running


@pytest.fixture
def centre(postgres: Database) -> Database:
    """A database with a thousand calls and the schema of version 0012, and empty volumes."""
    postgres.sql("DROP SCHEMA IF EXISTS before_restore CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    postgres.sql("CREATE TABLE alembic_version (version_num text)")
    postgres.sql("INSERT INTO alembic_version VALUES ('0012')")
    postgres.sql("CREATE TABLE calls AS SELECT generate_series(1, 1000) AS id, repeat('x', 1000) AS note")
    postgres.sql("CREATE TABLE users AS SELECT 1 AS id")
    for name in FOLDERS:
        for path in (postgres.folder / name).iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    return postgres
