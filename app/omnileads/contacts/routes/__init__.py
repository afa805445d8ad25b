"""HTTP: contact bases, contacts, imports, do-not-call lists; a module for each."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from omnileads.contacts.routes import bases, blacklist_imports, blacklists, contacts, imports

ROUTERS: Final[tuple[APIRouter, ...]] = (
    bases.router,
    contacts.router,
    imports.router,
    blacklists.router,
    blacklist_imports.router,
)
