"""Options of a dynamic list: what an external site answers, as JSON, for a field of a form.

Either a list of texts or numbers, or an object with such a list in "options".
"""

from __future__ import annotations

import json
from typing import Final

from omnileads.kit.outgoing import FullAnswer

MAX_OPTIONS: Final = 1000
MAX_OPTION_LENGTH: Final = 200
MAX_BYTES: Final = 256 * 1024


class NotAList(Exception):
    """The answer has no options; the text says why."""


def options_of(answer: FullAnswer) -> list[str]:
    """The options in the order of the answer, each once. Raises NotAList."""
    if not 200 <= answer.status < 300:
        raise NotAList(f"The CRM answered with status {answer.status} instead of 200.")
    if answer.is_cut:
        raise NotAList(f"The answer is longer than {MAX_BYTES // 1024} KB.")
    try:
        document = json.loads(answer.text)
    except (ValueError, RecursionError):
        raise NotAList("The answer is not JSON.") from None
    found = document.get("options") if isinstance(document, dict) else document
    if not isinstance(found, list):
        raise NotAList('The answer must be a list, or an object with a list in "options".')
    options = list(dict.fromkeys(_option(item) for item in found))
    if len(options) > MAX_OPTIONS:
        raise NotAList(f"The list has {len(options)} options; at most {MAX_OPTIONS} can be shown.")
    return options


def _option(item: object) -> str:
    if isinstance(item, bool) or not isinstance(item, str | int | float):
        raise NotAList("The list may hold texts and numbers only.")
    text = str(item).strip()
    if not text or len(text) > MAX_OPTION_LENGTH or not text.isprintable():
        raise NotAList(f"Options must have 1 to {MAX_OPTION_LENGTH} characters, without line breaks.")
    return text
