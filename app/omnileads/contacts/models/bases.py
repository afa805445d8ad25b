"""Tables `contact_bases` and `contacts`."""

from datetime import datetime
from typing import Literal, TypedDict

from sqlalchemy import (
    BigInteger,
    Boolean,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    String,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from omnileads.kit.db import Base

ColumnRole = Literal["phone", "external-id", "data"]


class Column(TypedDict):
    """A column of a base. `key` names it for programs (a slug, unique in the base), `name` is as the file calls it."""

    key: str
    name: str
    role: ColumnRole


class ContactBase(Base):
    """A list of people to call or to recognise. `columns` is a list of `Column`; its first phone is the main one.

    `contact_count` is kept with every change, never counted. A deleted base is hidden by `deleted_at`, its name freed.
    """

    __tablename__ = "contact_bases"
    __table_args__ = (
        Index(
            "uq_contact_bases_name_live",
            func.lower(text("name")),
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    columns: Mapped[list[Column]] = mapped_column(JSONB)
    is_hidden: Mapped[bool] = mapped_column(Boolean, default=False)
    contact_count: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    deleted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Contact(Base):
    """A row of a base. `values` are in the order of the base's columns, phones and external id among them.

    `phone` is the main phone (an optional plus sign and digits). `phones` are the digits of every phone column that is
    filled in, the main one first. `search` holds what `contacts.terms` makes of a contact: its words begin with the
    base's id, so that one index answers searches inside a base whatever is in the others.
    """

    __tablename__ = "contacts"
    __table_args__ = (
        Index("ix_contacts_base_id_id", "base_id", "id"),
        Index("ix_contacts_base_id_main_phone", "base_id", text("(phones[1])")),
        Index(
            "uq_contacts_base_id_external_id",
            "base_id",
            "external_id",
            unique=True,
            postgresql_where=text("external_id IS NOT NULL"),
        ),
        Index("ix_contacts_search", "search", postgresql_using="gin"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    base_id: Mapped[int] = mapped_column(ForeignKey("contact_bases.id"))
    phone: Mapped[str] = mapped_column(String(26))
    external_id: Mapped[str | None] = mapped_column(Text(collation="C"))
    values: Mapped[list[str]] = mapped_column(ARRAY(Text))
    phones: Mapped[list[str]] = mapped_column(ARRAY(Text))
    search: Mapped[str] = mapped_column(TSVECTOR, deferred=True)
    is_original: Mapped[bool] = mapped_column(Boolean, default=True, server_default=text("true"))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), onupdate=func.now()
    )
