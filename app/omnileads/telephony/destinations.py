"""Destinations of calls: whether they exist, whether the caller may use them, and what they are called."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from omnileads.campaigns.models import Campaign
from omnileads.kit.errors import ValidationFailed
from omnileads.telephony.schemas import Destination


def check_destination(session: Session, destination: Destination, scope: frozenset[int] | None, field: str) -> None:
    """Raise ValidationFailed (`field`, or `field.id`) unless calls can be sent there.

    The campaign is locked against being deleted or finished until the transaction ends.
    """
    if destination.type == "hangup":
        if destination.id is not None:
            raise ValidationFailed.of(f"{field}.id", "not-null", 'A "hangup" has no id; send null.')
        return
    if destination.id is None:
        raise ValidationFailed.of(f"{field}.id", "missing", "Choose the campaign that takes the calls.")
    state = session.scalar(
        select(Campaign.state)
        .where(Campaign.id == destination.id, Campaign.deleted_at.is_(None))
        .with_for_update(read=True, of=Campaign)
    )
    if state is None or (scope is not None and destination.id not in scope):
        raise ValidationFailed.of(f"{field}.id", "unknown", "This campaign does not exist. Choose another one.")
    if state == "finished":
        raise ValidationFailed.of(f"{field}.id", "finished", "This campaign is finished. Choose another one.")


def campaign_names(session: Session, campaign_ids: Collection[int]) -> dict[int, str]:
    """Names of these campaigns, deleted ones included."""
    if not campaign_ids:
        return {}
    rows = session.execute(select(Campaign.id, Campaign.name).where(Campaign.id.in_(set(campaign_ids))))
    return dict(rows.all())
