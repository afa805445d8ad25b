"""The recordings' files as a dependency of routes."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import HTTPConnection

from omnileads.calls.recording_files import RecordingFiles


async def _recordings(connection: HTTPConnection) -> RecordingFiles:
    return cast("RecordingFiles", connection.app.state.recordings)


CurrentRecordings = Annotated[RecordingFiles, Depends(_recordings)]
