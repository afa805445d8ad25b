"""Tables of what an inbound call meets on its way: `time_conditions`, `ivrs`, `ivr_options`,
`customer_identifications`, `custom_destinations`, `voicemail_boxes`.
"""

from typing import Literal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from omnileads.kit.db import Base
from omnileads.telephony.models.time_groups import TimeGroup
from omnileads.telephony.models.vocabulary import DestinationType, NamedRow, destination_checks

IdentificationMode = Literal["ask-only", "crm-decides", "crm-routes"]


class TimeCondition(NamedRow):
    """Sends calls one way while its time group holds, the other way else."""

    __tablename__ = "time_conditions"
    __table_args__ = (
        Index("uq_time_conditions_name", func.lower(text("name")), unique=True),
        *destination_checks("match"),
        *destination_checks("otherwise"),
    )

    time_group_id: Mapped[int] = mapped_column(ForeignKey("time_groups.id"), index=True)
    match_type: Mapped[DestinationType] = mapped_column(String(24))
    match_id: Mapped[int | None] = mapped_column(Integer)
    otherwise_type: Mapped[DestinationType] = mapped_column(String(24))
    otherwise_id: Mapped[int | None] = mapped_column(Integer)

    time_group: Mapped[TimeGroup] = relationship(lazy="joined", innerjoin=True)


class Ivr(NamedRow):
    """Asks the caller for one digit. `timeout_*` is for who presses none, `invalid_*` for who presses another.

    `timeout_seconds` counts from the end of the audio. After `<what>_retries` further attempts the call goes to
    `<what>_type`/`<what>_id`; `<what>_audio_id` is played before each further attempt.
    """

    __tablename__ = "ivrs"
    __table_args__ = (
        Index("uq_ivrs_name", func.lower(text("name")), unique=True),
        CheckConstraint("timeout_seconds BETWEEN 1 AND 60", name="timeout_seconds_range"),
        CheckConstraint("timeout_retries BETWEEN 0 AND 10", name="timeout_retries_range"),
        CheckConstraint("invalid_retries BETWEEN 0 AND 10", name="invalid_retries_range"),
        *destination_checks("timeout"),
        *destination_checks("invalid"),
    )

    description: Mapped[str] = mapped_column(String(200), default="")
    audio_id: Mapped[int] = mapped_column(ForeignKey("audio_files.id"), index=True)
    timeout_seconds: Mapped[int] = mapped_column(Integer, default=5)
    timeout_retries: Mapped[int] = mapped_column(Integer, default=1)
    timeout_audio_id: Mapped[int | None] = mapped_column(ForeignKey("audio_files.id"), index=True)
    timeout_type: Mapped[DestinationType] = mapped_column(String(24))
    timeout_id: Mapped[int | None] = mapped_column(Integer)
    invalid_retries: Mapped[int] = mapped_column(Integer, default=1)
    invalid_audio_id: Mapped[int | None] = mapped_column(ForeignKey("audio_files.id"), index=True)
    invalid_type: Mapped[DestinationType] = mapped_column(String(24))
    invalid_id: Mapped[int | None] = mapped_column(Integer)

    options: Mapped[list["IvrOption"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="IvrOption.digit"
    )


class IvrOption(Base):
    """Where a choice leads: 1 to 5 keys (0-9, *, #), one of which is the rule."""

    __tablename__ = "ivr_options"
    __table_args__ = (
        CheckConstraint("digit ~ '^[0-9*#]{1,5}$'", name="digit_known"),
        *destination_checks("destination"),
    )

    ivr_id: Mapped[int] = mapped_column(ForeignKey("ivrs.id", ondelete="CASCADE"), primary_key=True)
    digit: Mapped[str] = mapped_column(String(5), primary_key=True)
    destination_type: Mapped[DestinationType] = mapped_column(String(24))
    destination_id: Mapped[int | None] = mapped_column(Integer)


class CustomerIdentification(NamedRow):
    """Asks the caller for an id and decides by it, alone ("ask-only") or by asking a CRM at `url`.

    `length` 0 means an id of any length, ended by # or silence.
    """

    __tablename__ = "customer_identifications"
    __table_args__ = (
        Index("uq_customer_identifications_name", func.lower(text("name")), unique=True),
        CheckConstraint("mode IN ('ask-only', 'crm-decides', 'crm-routes')", name="mode_known"),
        CheckConstraint("mode = 'ask-only' OR url <> ''", name="url_present"),
        CheckConstraint("length BETWEEN 0 AND 30", name="length_range"),
        CheckConstraint("timeout_seconds BETWEEN 1 AND 60", name="timeout_seconds_range"),
        CheckConstraint("attempts BETWEEN 1 AND 20", name="attempts_range"),
        *destination_checks("identified"),
        *destination_checks("unidentified"),
    )

    mode: Mapped[IdentificationMode] = mapped_column(String(16))
    url: Mapped[str] = mapped_column(String(500), default="")
    audio_id: Mapped[int] = mapped_column(ForeignKey("audio_files.id"), index=True)
    length: Mapped[int] = mapped_column(Integer, default=0)
    timeout_seconds: Mapped[int] = mapped_column(Integer, default=5)
    attempts: Mapped[int] = mapped_column(Integer, default=1)
    identified_type: Mapped[DestinationType] = mapped_column(String(24))
    identified_id: Mapped[int | None] = mapped_column(Integer)
    unidentified_type: Mapped[DestinationType] = mapped_column(String(24))
    unidentified_id: Mapped[int | None] = mapped_column(Integer)


class CustomDestination(NamedRow):
    """A place in the custom dialplan; `failover_*` is for calls that cannot be sent there."""

    __tablename__ = "custom_destinations"
    __table_args__ = (
        Index("uq_custom_destinations_name", func.lower(text("name")), unique=True),
        CheckConstraint("priority >= 1", name="priority_positive"),
        *destination_checks("failover"),
    )

    context: Mapped[str] = mapped_column(String(79))
    extension: Mapped[str] = mapped_column(String(79))
    priority: Mapped[int] = mapped_column(Integer, default=1)
    failover_type: Mapped[DestinationType] = mapped_column(String(24))
    failover_id: Mapped[int | None] = mapped_column(Integer)


class VoicemailBox(NamedRow):
    """Where callers leave a message of at most `max_seconds`, after the greeting if there is one."""

    __tablename__ = "voicemail_boxes"
    __table_args__ = (
        Index("uq_voicemail_boxes_name", func.lower(text("name")), unique=True),
        CheckConstraint("max_seconds BETWEEN 10 AND 600", name="max_seconds_range"),
    )

    greeting_audio_id: Mapped[int | None] = mapped_column(ForeignKey("audio_files.id"), index=True)
    max_seconds: Mapped[int] = mapped_column(Integer, default=120)
