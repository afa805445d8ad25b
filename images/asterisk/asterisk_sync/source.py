"""The application's side: what Asterisk should have, asked for over its internal HTTP endpoint."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

REQUEST_TIMEOUT_SECONDS = 10
DOWNLOAD_CHUNK_BYTES = 64 * 1024


class SourceError(Exception):
    """The application did not answer, or with something that is no file set. Worth trying again later."""


@dataclass(frozen=True)
class FileSet:
    """All that Asterisk should have at one revision.

    `texts` maps a file name to its content, `sounds` the name of a sound file to the path it is downloaded from.
    """

    revision: str
    texts: Mapping[str, str]
    sounds: Mapping[str, str] = field(default_factory=dict)


class Source:
    """Client of `/internal/asterisk`; every call may raise SourceError. `token` is asked for each: it may change."""

    def __init__(self, base_url: str, token: Callable[[], str], node: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._token = token
        self._node = node

    def fetch(self, revision: str, wait_seconds: int, *, is_stopping: bool = False) -> FileSet | None:
        """Waits up to `wait_seconds` for a revision other than `revision`; None when there is none.

        An Asterisk that `is_stopping` does not register at the providers where there is another.
        """
        about = {"node": self._node, "stopping": "true" if is_stopping else "false"}
        query = urllib.parse.urlencode({"revision": revision, "wait": wait_seconds, **about})
        timeout = wait_seconds + REQUEST_TIMEOUT_SECONDS
        try:
            with self._open(f"/internal/asterisk/files?{query}", timeout=timeout) as response:
                return _file_set(json.load(response))
        except urllib.error.HTTPError as error:
            if error.code == HTTPStatus.NOT_MODIFIED:
                return None
            raise SourceError(f"the app answered {error.code} when asked for Asterisk's files") from error
        except (OSError, ValueError) as error:
            raise SourceError(f"the app could not be asked for Asterisk's files: {error}") from error

    def report(self, revision: str, files: Sequence[Mapping[str, str]]) -> None:
        """Tells the application what became of each file.

        `file`, `digest`, `state` ("applied" or "failed") and `message` of each.
        """
        self._post("/internal/asterisk/report", {"node": self._node, "revision": revision, "files": files})

    def report_lines(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """Tells the application how the trunks' other sides are; `lines.Line` has the fields."""
        self._post("/internal/asterisk/lines", {"node": self._node, "lines": lines})

    def download(self, path: str, target: Path) -> None:
        """Writes what the application serves at `path` (or an address below its own) to `target`."""
        try:
            with self._open(path) as response, target.open("wb") as file:
                while chunk := response.read(DOWNLOAD_CHUNK_BYTES):
                    file.write(chunk)
        except OSError as error:
            raise SourceError(f"{path} could not be downloaded: {error}") from error

    def _post(self, path: str, document: Mapping[str, Any]) -> None:
        try:
            with self._open(path, body=json.dumps(document).encode()):
                pass
        except OSError as error:
            raise SourceError(f"the app did not take what was posted to {path}: {error}") from error

    def _open(self, path: str, *, body: bytes | None = None, timeout: float = REQUEST_TIMEOUT_SECONDS) -> Any:
        address = urllib.parse.urljoin(self._base_url + "/", path)
        if not address.startswith(self._base_url + "/"):
            # The token must not travel to another host, whatever an answer says.
            raise OSError(f"{address} is not on the app")
        request = urllib.request.Request(address, data=body, headers={"Authorization": f"Bearer {self._token()}"})  # noqa: S310 (http on the internal network)
        if body is not None:
            request.add_header("Content-Type", "application/json")
        return urllib.request.urlopen(request, timeout=timeout)  # noqa: S310


def _file_set(answer: object) -> FileSet:
    """Checks the shape of an answer; ValueError when it is another."""
    if not isinstance(answer, dict) or not isinstance(answer.get("files"), dict):
        raise ValueError("the answer has no files")  # noqa: TRY004 (what came over the network, not a caller's mistake)
    revision, files = answer.get("revision"), answer["files"]
    texts, sounds = files.get("texts"), files.get("sounds")
    if not isinstance(revision, str) or not isinstance(texts, dict) or not isinstance(sounds, dict):
        raise ValueError("the answer has no revision, or files of another form")  # noqa: TRY004
    for name, content in (*texts.items(), *sounds.items()):
        if not isinstance(content, str) or "/" in name or name.startswith("."):
            raise ValueError(f"the answer has an unusable file {name!r}")
    return FileSet(revision, texts, sounds)
