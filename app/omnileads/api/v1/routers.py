"""All routers of the contract."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from omnileads.api.v1 import agent_session, crm_calls, crm_contacts, dispositions, login, roles

ROUTERS: Final[tuple[APIRouter, ...]] = (
    login.router,
    crm_contacts.router,
    crm_calls.router,
    dispositions.router,
    agent_session.router,
    roles.router,
)
