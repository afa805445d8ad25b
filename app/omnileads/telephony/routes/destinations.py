"""HTTP: what calls can be sent to."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from omnileads.campaigns.scope import CurrentScope
from omnileads.kit.edge import Transaction
from omnileads.kit.pagination import Page, Paging
from omnileads.kit.permissions import requires
from omnileads.telephony.destinations import Destinations
from omnileads.telephony.models import DestinationType
from omnileads.telephony.schemas.destinations import DestinationChoice

router = APIRouter(prefix="/destinations", tags=["destinations"], dependencies=[requires("routes.read")])


@router.get("")
def list_destinations(
    session: Transaction,
    scope: CurrentScope,
    paging: Paging,
    kind: Annotated[DestinationType | None, Query(alias="type")] = None,
) -> Page[DestinationChoice]:
    """Choices for a picker; "hangup" needs none and is never among them."""
    return Destinations(session, scope).page(paging, kind)
