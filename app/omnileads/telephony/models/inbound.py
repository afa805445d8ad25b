"""Table `inbound_routes`."""

from typing import Literal

from sqlalchemy import CheckConstraint, Index, Integer, String, func, text
from sqlalchemy.orm import Mapped, mapped_column

from omnileads.telephony.models.vocabulary import DestinationType, NamedRow, destination_checks

RouteLanguage = Literal["es", "en"]


class InboundRoute(NamedRow):
    """A dialled number (DID) and where its calls go. `destination_id` is null for "hangup"."""

    __tablename__ = "inbound_routes"
    __table_args__ = (
        Index("uq_inbound_routes_name", func.lower(text("name")), unique=True),
        Index("ix_inbound_routes_destination", "destination_type", "destination_id"),
        CheckConstraint("language IN ('es', 'en')", name="language_known"),
        CheckConstraint("did ~ '^[+]?[0-9]{1,20}$'", name="did_digits"),
        *destination_checks("destination"),
    )

    did: Mapped[str] = mapped_column(String(21), unique=True)
    caller_id_prefix: Mapped[str] = mapped_column(String(20), default="")
    language: Mapped[RouteLanguage] = mapped_column(String(2))
    destination_type: Mapped[DestinationType] = mapped_column(String(24))
    destination_id: Mapped[int | None] = mapped_column(Integer)
