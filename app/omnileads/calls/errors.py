"""What can go wrong with calls and recordings."""

from __future__ import annotations

from typing import ClassVar

from omnileads.kit.errors import Conflict, Forbidden, NotFound, Unavailable


class RecordingPending(Conflict):
    code = "recording-pending"
    message = "This recording is not finished yet. Try again in a few seconds."


class RecordingStoring(Conflict):
    """With an object store: the file is on the disk of an Asterisk until the store has it."""

    code = "recording-storing"
    message = "This recording is being stored. Try again in a minute."
    headers: ClassVar[dict[str, str]] = {"Retry-After": "60"}


class RecordingStoreUnavailable(Unavailable):
    code = "recording-store-unavailable"
    message = "The store of the recordings does not answer. Try again in a minute."
    headers: ClassVar[dict[str, str]] = {"Retry-After": "60"}


class RecordingMissing(NotFound):
    code = "recording-missing"
    message = "The file of this recording is not there. Tell your administrator; the platform keeps looking for it."


class RecordingsNotAllowed(Forbidden):
    code = "recordings-not-allowed"
    message = "Your agent group may not hear recordings. Ask your supervisor."
