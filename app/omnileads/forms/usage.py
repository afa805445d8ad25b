"""What forms and names of the catalogue are used by."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from omnileads.campaigns.models import Campaign, DispositionOption
from omnileads.crm.usage import Uses, campaigns_using
from omnileads.forms.models import Form
from omnileads.telephony.usage import Usage


def campaigns_of_forms(session: Session, form_ids: Collection[int]) -> Uses:
    """Campaigns with a disposition option that opens the form: it is locked, for answers were given to it as it is."""
    return campaigns_using(session, Form, form_ids)


def campaigns_of_name(session: Session, name: str) -> list[Usage]:
    """Campaigns that offer a disposition of this name."""
    statement = (
        select(Campaign.id, Campaign.name)
        .join(DispositionOption, DispositionOption.campaign_id == Campaign.id)
        .where(func.lower(DispositionOption.name) == name.lower(), Campaign.deleted_at.is_(None))
        .distinct()
        .order_by(Campaign.name)
    )
    return [Usage("campaign", campaign_id, found) for campaign_id, found in session.execute(statement)]
