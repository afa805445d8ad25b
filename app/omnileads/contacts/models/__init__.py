"""Tables of contacts, a module for each topic. Everything is imported from here."""

from omnileads.contacts.models.bases import Column, ColumnRole, Contact, ContactBase
from omnileads.contacts.models.blacklists import Blacklist, BlacklistCampaign, BlacklistEntry
from omnileads.contacts.models.imports import (
    UNFINISHED,
    ContactImport,
    ImportChunk,
    ImportKind,
    ImportReject,
    ImportState,
)

__all__ = [
    "UNFINISHED",
    "Blacklist",
    "BlacklistCampaign",
    "BlacklistEntry",
    "Column",
    "ColumnRole",
    "Contact",
    "ContactBase",
    "ContactImport",
    "ImportChunk",
    "ImportKind",
    "ImportReject",
    "ImportState",
]
