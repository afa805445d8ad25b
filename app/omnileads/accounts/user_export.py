"""The users as a CSV file that spreadsheets open and the import takes back once passwords are filled in."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Final

from omnileads.accounts.users import UserView

COLUMNS: Final = (
    "username",
    "role",
    "first_name",
    "last_name",
    "email",
    "group",
    "language",
    "extension",
    "is_active",
    "created_at",
    "last_sign_in_at",
)
BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it Excel takes UTF-8 for something else."""

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def users_as_csv(views: Sequence[UserView], group_names: Mapping[int, str]) -> str:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for view in views:
        user, agent = view.user, view.agent
        cells = (
            user.username,
            user.role.slug,
            user.first_name,
            user.last_name,
            user.email,
            group_names.get(agent.group_id, "") if agent else "",
            user.language,
            str(agent.extension) if agent else "",
            "true" if user.is_active else "false",
            user.created_at.isoformat(timespec="seconds"),
            user.last_sign_in_at.isoformat(timespec="seconds") if user.last_sign_in_at else "",
        )
        writer.writerow([_harmless(cell) for cell in cells])
    return BYTE_ORDER_MARK + buffer.getvalue()


def _harmless(cell: str) -> str:
    """A spreadsheet runs what looks like a formula, and anybody may be named like one."""
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell
