"""HTTP: campaigns, their leads and recycling, templates and drafts; what agents of preview campaigns ask for."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from omnileads.campaigns.routes import agent_leads, campaigns, leads, library

ROUTERS: Final[tuple[APIRouter, ...]] = (
    campaigns.router,
    leads.router,
    library.templates,
    library.drafts,
    agent_leads.router,
)
