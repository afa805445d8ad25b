"""What can go wrong with calls and recordings."""

from __future__ import annotations

from omnileads.kit.errors import Conflict, Forbidden, NotFound


class RecordingPending(Conflict):
    code = "recording-pending"
    message = "This recording is not finished yet. Try again in a few seconds."


class RecordingMissing(NotFound):
    code = "recording-missing"
    message = "The file of this recording is not there. Tell your administrator; the platform keeps looking for it."


class RecordingsNotAllowed(Forbidden):
    code = "recordings-not-allowed"
    message = "Your agent group may not hear recordings. Ask your supervisor."
