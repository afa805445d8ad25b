"""All routers of the contract."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from omnileads.api.v1 import (
    agent_session,
    contact_lists,
    crm_calls,
    crm_contacts,
    dispositions,
    login,
    messages,
    recordings,
    registration,
    roles,
    supervision,
)
from omnileads.api.v1.configuration import crm, forms, ivrs, pauses, telephony

ROUTERS: Final[tuple[APIRouter, ...]] = (
    login.router,
    crm_contacts.router,
    crm_calls.router,
    dispositions.router,
    agent_session.router,
    recordings.router,
    supervision.router,
    messages.router,
    contact_lists.router,
    roles.router,
    registration.router,
    pauses.pauses,
    pauses.options,
    pauses.pause_sets,
    crm.sites,
    crm.authentications,
    crm.candidates,
    crm.systems,
    forms.forms,
    forms.dispositions,
    telephony.inbound_routes,
    telephony.outbound_more,
    telephony.outbound_routes,
    telephony.groups,
    ivrs.router,
)
