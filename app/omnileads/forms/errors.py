"""What can go wrong with forms."""

from __future__ import annotations

from omnileads.kit.errors import Conflict, Unavailable


class FormLocked(Conflict):
    code = "form-locked"


class OptionsUnavailable(Unavailable):
    """The message says what the CRM did."""

    code = "options-unavailable"
