"""What the tables of telephony have in common: names, and destinations.

A destination is a pair of columns `<what>_type` and `<what>_id`, without a foreign key since the type says the table;
`telephony.destinations` keeps what they refer to from vanishing.
"""

from typing import Final, Literal, get_args

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from omnileads.kit.db import Base

DestinationType = Literal[
    "inbound-campaign",
    "time-condition",
    "ivr",
    "hangup",
    "custom-destination",
    "voicemail",
    "customer-identification",
    "agent",
]

DESTINATION_TYPES: Final[tuple[DestinationType, ...]] = get_args(DestinationType)

_KNOWN: Final = ", ".join(f"'{kind}'" for kind in DESTINATION_TYPES)


class NamedRow(Base):
    """A thing people gave a name to; each table has an index `uq_<table>_name` on the small letters of it."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))


def destination_checks(what: str) -> tuple[CheckConstraint, CheckConstraint]:
    """The two rules of a pair of columns: a known type, and an id for every type but "hangup"."""
    return (
        CheckConstraint(f"{what}_type IN ({_KNOWN})", name=f"{what}_type_known"),
        CheckConstraint(f"({what}_type = 'hangup') = ({what}_id IS NULL)", name=f"{what}_complete"),
    )
