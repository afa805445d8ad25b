"""Fixtures of recordings in a bucket: a real S3 service, and the door before it that tests make fail."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.bucket import Door, door_before
from tests.servers import s3_server


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with s3_server(tmp_path_factory.mktemp("s3")) as address:
        yield address


@pytest.fixture
def door(service: str) -> Iterator[Door]:
    with door_before(service) as door:
        door.empty()
        yield door
