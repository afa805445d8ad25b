"""A bucket of an S3 service: the only module that speaks to one.

Checksums are those every S3 service has: the MD5 that goes with an upload, and the ETag that comes back. Where an ETag
is no MD5 (encrypted with a key of its own, uploaded in parts) the content itself is read back.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from omnileads.settings import BucketTopic

PIECE: Final = 256 * 1024
CONNECT_SECONDS: Final = 5
ANSWER_SECONDS: Final = 60
ADDRESS_SECONDS: Final = 300
"""How long a signed address is good: nginx asks at once, but clocks differ."""
_ABSENT: Final = frozenset({"404", "NoSuchKey", "NotFound"})
_TAKEN: Final = frozenset({"412", "PreconditionFailed", "409", "ConditionalRequestConflict"})


class BucketError(Exception):
    """The service does not answer, or refuses; the text says how, without any key."""


class NameTakenError(Exception):
    """There is an object of this name already."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a file's content is told by. `md5` and `sha256` in hexadecimal."""

    size: int
    md5: str
    sha256: str


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What the service says about an object. `sha256` is what its uploader claimed; empty: nothing."""

    size: int
    etag: str
    sha256: str = ""


def fingerprint(path: Path) -> Fingerprint:
    """Raises OSError."""
    md5, sha256, size = hashlib.md5(usedforsecurity=False), hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            size += len(piece)
            md5.update(piece)
            sha256.update(piece)
    return Fingerprint(size, md5.hexdigest(), sha256.hexdigest())


class Bucket:
    """Safe for threads. Every method raises BucketError."""

    def __init__(self, settings: BucketTopic) -> None:
        self._name = settings.name
        verify: bool | str = str(settings.ca_file) if settings.ca_file and settings.verify_tls else settings.verify_tls
        config = Config(
            signature_version="s3v4",
            connect_timeout=CONNECT_SECONDS,
            read_timeout=ANSWER_SECONDS,
            retries={"total_max_attempts": 2, "mode": "standard"},
            s3={"addressing_style": "path" if settings.path_style else "virtual"},
            # Newer checksums are unknown to many services that speak S3.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            max_pool_connections=16,
        )
        self._client: Any = botocore.session.Session().create_client(
            "s3",
            endpoint_url=settings.url.rstrip("/"),
            region_name=settings.region,
            aws_access_key_id=settings.access_key,
            aws_secret_access_key=settings.secret(),
            verify=verify,
            config=config,
        )

    def find(self, key: str) -> StoredObject | None:
        found: dict[str, Any] | None = None
        with _translated(absent=True):
            found = self._client.head_object(Bucket=self._name, Key=key)
        if found is None:
            return None
        etag = str(found.get("ETag", "")).strip('"').lower()
        return StoredObject(int(found["ContentLength"]), etag, found.get("Metadata", {}).get("sha256", ""))

    def put(self, key: str, path: Path, content: Fingerprint, *, replaces: bool = False) -> None:
        """Upload a file, whose content the service checks. Raises NameTakenError, unless it `replaces`; OSError."""
        condition = {} if replaces else {"IfNoneMatch": "*"}
        with path.open("rb") as file, _translated():
            self._client.put_object(
                Bucket=self._name,
                Key=key,
                Body=file,
                ContentLength=content.size,
                ContentMD5=b64encode(bytes.fromhex(content.md5)).decode(),
                ContentType="audio/wav",
                Metadata={"sha256": content.sha256},
                **condition,
            )

    def read(self, key: str, first_bytes: int | None = None) -> Iterator[bytes]:
        """The content, piece by piece, or only its beginning."""
        part = {"Range": f"bytes=0-{first_bytes - 1}"} if first_bytes else {}
        with _translated():
            body = self._client.get_object(Bucket=self._name, Key=key, **part)["Body"]
            with body:
                while piece := body.read(PIECE):
                    yield piece

    def has(self, key: str, content: Fingerprint, found: StoredObject) -> bool:
        """Whether the object `found` has this content: by its ETag, or read back where that does not say."""
        if found.size != content.size:
            return False
        if found.etag == content.md5:
            return True
        digest = hashlib.sha256()
        for piece in self.read(key):
            digest.update(piece)
        return digest.hexdigest() == content.sha256

    def sizes(self, prefix: str) -> dict[str, int]:
        """Names and sizes of the objects whose names begin with `prefix`."""
        found: dict[str, int] = {}
        with _translated():
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._name, Prefix=prefix)
            for page in pages:
                found |= {each["Key"]: int(each["Size"]) for each in page.get("Contents", [])}
        return found

    def signed_path(self, key: str) -> str:
        """Path and query of an address that opens the object for a few minutes; asks nobody."""
        wanted = {"Bucket": self._name, "Key": key}
        parts = urlsplit(str(self._client.generate_presigned_url("get_object", wanted, ExpiresIn=ADDRESS_SECONDS)))
        return f"{parts.path}?{parts.query}"

    def check(self) -> None:
        """Whether the bucket is there and may be used."""
        with _translated():
            self._client.head_bucket(Bucket=self._name)


@contextmanager
def _translated(*, absent: bool = False) -> Iterator[None]:
    """The library's errors as ours; what is not there is none where `absent` says so."""
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if absent and code in _ABSENT:
            return
        if code in _TAKEN:
            raise NameTakenError from None
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", "")
        raise BucketError(f"{error.operation_name}: {code} (HTTP {status})") from None
    except BotoCoreError as error:
        raise BucketError(type(error).__name__) from None
