"""Tables `outbound_routes`, `outbound_patterns`, `outbound_route_trunks`."""

from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from omnileads.kit.db import Base
from omnileads.telephony.models.trunks import SipTrunk
from omnileads.telephony.models.vocabulary import NamedRow

_LAST: Final = text("(SELECT coalesce(max(position) + 1, 0) FROM outbound_routes)")


class OutboundRoute(NamedRow):
    """Which numbers leave over which trunks. By `position`, then `id`, the first that matches is taken.

    `dial_options` holds only what `telephony.dial_options` understands.
    """

    __tablename__ = "outbound_routes"
    __table_args__ = (
        Index("uq_outbound_routes_name", func.lower(text("name")), unique=True),
        CheckConstraint("ring_seconds BETWEEN 5 AND 120", name="ring_seconds_range"),
    )

    position: Mapped[int] = mapped_column(Integer, default=_LAST)
    ring_seconds: Mapped[int] = mapped_column(Integer, default=45)
    dial_options: Mapped[str] = mapped_column(String(60), default="")

    patterns: Mapped[list["OutboundPattern"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="OutboundPattern.position"
    )
    trunks: Mapped[list["OutboundRouteTrunk"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="OutboundRouteTrunk.position"
    )


class OutboundPattern(Base):
    """A kind of number: `prefix` is taken off what was dialled, `prepend` put before the rest, which fits `match`.

    `match` is an Asterisk pattern without the leading underscore.
    """

    __tablename__ = "outbound_patterns"

    route_id: Mapped[int] = mapped_column(ForeignKey("outbound_routes.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    prepend: Mapped[str] = mapped_column(String(20), default="")
    prefix: Mapped[str] = mapped_column(String(20), default="")
    match: Mapped[str] = mapped_column(String(60))


class OutboundRouteTrunk(Base):
    """A trunk of a route; the next `position` is tried when one is unavailable or congested."""

    __tablename__ = "outbound_route_trunks"

    route_id: Mapped[int] = mapped_column(ForeignKey("outbound_routes.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    trunk_id: Mapped[int] = mapped_column(ForeignKey("sip_trunks.id"), index=True)

    trunk: Mapped[SipTrunk] = relationship(lazy="joined", innerjoin=True)
