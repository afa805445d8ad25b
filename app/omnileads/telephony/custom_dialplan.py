"""The integrator's dialplan: kept as text that has passed `telephony.dialplan`, and followed until Asterisk runs it."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from omnileads.kit.changes import ConfigurationChanges
from omnileads.kit.errors import FieldProblem, ValidationFailed
from omnileads.telephony.dialplan import check
from omnileads.telephony.file_sync import DIALPLAN_FILE, sync_of
from omnileads.telephony.models import CustomDialplan
from omnileads.telephony.schemas.settings import CustomDialplanIn, CustomDialplanOut

_ROW: Final = 1
_HEAD: Final = "; The custom dialplan of the console. Changes made here are overwritten.\n"


class DialplanRefused(ValidationFailed):
    """One field problem for each line, with its number in the message; codes are "dialplan-" and the problem's code."""


def dialplan_file(session: Session) -> str:
    """`oml_extensions_custom.conf` as it should be now.

    A text that no longer passes the check (written before a stricter version) is left out rather than trusted.
    """
    text = _text(session)
    return _HEAD if check(text).problems else f"{_HEAD}{text.replace(chr(13), '')}\n"


def _text(session: Session) -> str:
    row = session.get(CustomDialplan, _ROW)
    return "" if row is None else row.text


class CustomDialplans:
    def __init__(self, session: Session, changes: ConfigurationChanges) -> None:
        self._session = session
        self._changes = changes

    def current(self) -> CustomDialplanOut:
        text = _text(self._session)
        return CustomDialplanOut(
            text=text,
            contexts=list(check(text).contexts),
            sync=sync_of(self._session, DIALPLAN_FILE, dialplan_file(self._session)),
        )

    def replace(self, wanted: CustomDialplanIn) -> CustomDialplanOut:
        """Raises DialplanRefused."""
        problems = check(wanted.text).problems
        if problems:
            raise DialplanRefused(
                fields=[FieldProblem("text", f"dialplan-{problem.code}", str(problem)) for problem in problems]
            )
        before = {"text": _text(self._session)}
        self._session.merge(CustomDialplan(id=_ROW, text=wanted.text))
        self._session.flush()
        self._changes.record(
            "custom-dialplan.changed", "custom-dialplan", _ROW, before=before, after={"text": wanted.text}
        )
        return self.current()
