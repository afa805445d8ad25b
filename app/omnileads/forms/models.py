"""Tables `forms`, `form_fields` and `disposition_names`."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Integer, String, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from omnileads.kit.db import Base
from omnileads.telephony.models.vocabulary import NamedRow

FieldType = Literal["text", "date", "list", "text-area", "number", "dynamic-list"]
NumberKind = Literal["integer", "decimal"]

MAX_DECIMAL_DIGITS: Final = 10


class Form(NamedRow):
    """What an agent is asked about a call. Once a disposition option opens it, it is neither changed nor deleted."""

    __tablename__ = "forms"
    __table_args__ = (Index("uq_forms_name", func.lower(text("name")), unique=True),)

    description: Mapped[str] = mapped_column(String(500), default="", server_default="")
    is_hidden: Mapped[bool] = mapped_column(default=False, server_default="false")
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), onupdate=func.now()
    )

    fields: Mapped[list[FormField]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="FormField.position"
    )


class FormField(Base):
    """A field. `options` are the values of a list; those of a dynamic list come from `external_site_id`.

    `digits` is how many a decimal number may have after the point. Answers are stored by `name`.
    """

    __tablename__ = "form_fields"
    __table_args__ = (
        Index("uq_form_fields_form_id_name", "form_id", func.lower(text("name")), unique=True),
        CheckConstraint(
            "type IN ('text', 'date', 'list', 'text-area', 'number', 'dynamic-list')",
            name="type_known",
        ),
        CheckConstraint("number_kind IN ('integer', 'decimal')", name="number_kind_known"),
        CheckConstraint("(type = 'number') = (number_kind IS NOT NULL)", name="number_kind_of_number"),
        CheckConstraint(f"digits BETWEEN 1 AND {MAX_DECIMAL_DIGITS}", name="digits_range"),
        CheckConstraint(
            "(number_kind IS NOT DISTINCT FROM 'decimal') = (digits IS NOT NULL)",
            name="digits_of_decimal",
        ),
        CheckConstraint("(type = 'list') = (cardinality(options) > 0)", name="options_of_list"),
        CheckConstraint("(type = 'dynamic-list') = (external_site_id IS NOT NULL)", name="site_of_dynamic_list"),
    )

    form_id: Mapped[int] = mapped_column(ForeignKey("forms.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(100))
    type: Mapped[FieldType] = mapped_column(String(16))
    is_required: Mapped[bool] = mapped_column(default=False, server_default="false")
    options: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default=text("'{}'"))
    number_kind: Mapped[NumberKind | None] = mapped_column(String(8))
    digits: Mapped[int | None] = mapped_column(Integer)
    external_site_id: Mapped[int | None] = mapped_column(ForeignKey("external_sites.id"), index=True)


class DispositionName(NamedRow):
    """An entry of the catalogue: the name of a disposition and its sub-dispositions, copied by campaigns."""

    __tablename__ = "disposition_names"
    __table_args__ = (Index("uq_disposition_names_name", func.lower(text("name")), unique=True),)

    name: Mapped[str] = mapped_column(String(50))
    subdispositions: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default=text("'{}'"))
    is_hidden: Mapped[bool] = mapped_column(default=False, server_default="false")
