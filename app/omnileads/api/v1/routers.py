"""All routers of the contract."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from omnileads.api.v1 import (
    agent_session,
    callbacks,
    campaign_agents,
    contact_lists,
    crm_calls,
    crm_contacts,
    dashboard,
    dispositions,
    exports,
    lists,
    login,
    messages,
    recordings,
    registration,
    roles,
    supervision,
)
from omnileads.api.v1.configuration import choices, crm, forms, ivrs, pauses, telephony

ROUTERS: Final[tuple[APIRouter, ...]] = (
    login.router,
    crm_contacts.router,
    crm_calls.router,
    dispositions.router,
    agent_session.router,
    recordings.router,
    exports.reports,
    exports.recordings,
    exports.files,
    supervision.router,
    dashboard.router,
    callbacks.agents,
    callbacks.supervisors,
    campaign_agents.router,
    lists.router,
    messages.router,
    contact_lists.router,
    roles.router,
    registration.router,
    pauses.pauses,
    pauses.options,
    pauses.pause_sets,
    pauses.pause_config,
    crm.sites,
    crm.authentications,
    crm.candidates,
    crm.systems,
    forms.forms,
    forms.dispositions,
    choices.inbound,
    choices.outbound,
    telephony.inbound_routes,
    telephony.outbound_more,
    telephony.outbound_routes,
    telephony.groups,
    ivrs.router,
)
