"""A recording as an answer: the file itself, or nginx is told to fetch it from the bucket.

nginx has an internal location that reaches the bucket's service and nothing else (images/nginx). Browsers never learn
the bucket's address, and Range requests are answered by the service.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Final, Literal
from urllib.parse import quote

from starlette.responses import FileResponse, Response

from omnileads.calls.recording_files import LocalSound, Sound

BUCKET_LOCATION: Final = "/_bucket"
PATH_HEADER: Final = "X-Bucket-Path"


def sound_response(sound: Sound, disposition: Literal["inline", "attachment"]) -> Response:
    name = PurePosixPath(sound.file).name
    headers = {"Cache-Control": "private, no-store"}
    if isinstance(sound, LocalSound):
        return FileResponse(
            sound.path, media_type="audio/wav", filename=name, content_disposition_type=disposition, headers=headers
        )
    headers |= {
        "Content-Disposition": f"{disposition}; filename*=utf-8''{quote(name, safe='')}",
        "X-Accel-Redirect": BUCKET_LOCATION,
        PATH_HEADER: sound.signed_path(),
    }
    return Response(media_type="audio/wav", headers=headers)
