"""HTTP of telephony, a module for each thing; `ROUTERS` is what the API puts together."""

from typing import Final

from fastapi import APIRouter

from omnileads.telephony.routes import (
    asterisk,
    audio_files,
    custom_destinations,
    customer_identifications,
    destinations,
    inbound_routes,
    ivrs,
    moh_playlists,
    outbound_routes,
    settings,
    time_conditions,
    time_groups,
    trunks,
    voicemail_boxes,
)

ROUTERS: Final[tuple[APIRouter, ...]] = (
    trunks.router,
    outbound_routes.router,
    inbound_routes.router,
    destinations.router,
    time_groups.router,
    time_conditions.router,
    ivrs.router,
    customer_identifications.router,
    custom_destinations.router,
    voicemail_boxes.router,
    audio_files.router,
    moh_playlists.router,
    settings.dialplan,
    settings.amd,
    settings.recording_names,
)

INTERNAL_ROUTERS: Final[tuple[APIRouter, ...]] = (asterisk.router,)
"""For asterisk-sync."""
