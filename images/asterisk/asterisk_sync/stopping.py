"""Whether this Asterisk takes no new calls any more, as its dialplan knows it."""

from __future__ import annotations

import re
from typing import Protocol

from asterisk_sync.control import AsteriskAwayError

_VARIABLE = re.compile(r"^\s*(?:OML_DRAINING|OML_UNLISTED)=yes\s*$", re.MULTILINE)


class Commands(Protocol):
    """Asterisk; `control.Control` is one."""

    def command(self, text: str) -> str: ...


def is_stopping(console: Commands) -> bool:
    """Whether it has been told so. One that does not answer may be starting."""
    try:
        return _VARIABLE.search(console.command("dialplan show globals")) is not None
    except AsteriskAwayError:
        return False
