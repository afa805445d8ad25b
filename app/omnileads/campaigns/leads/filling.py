"""How campaigns come to their leads: by one INSERT from the contacts, whether there are ten or a million.

A lead's position is its contact's id until somebody orders them otherwise, so contacts that come later come last. Which
contacts are enabled is read from the deactivation column whenever a contact comes or changes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Text, and_, delete, func, literal, not_, select, text, true, update
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session, aliased

from omnileads.campaigns.models import Campaign, CampaignDialing, Lead
from omnileads.contacts.models import Column, Contact, ContactBase

SWITCHED_OFF: Final = ("0", "FALSE")
"""Values of the deactivation column, without blanks around them and in capitals."""

_BLANKS: Final = " \t\r\n"
_UNWORKED: Final = ("pending", "delivered")


@dataclass(frozen=True)
class LeadPlan:
    """What decides which contacts become leads of a campaign. `deactivation_place` counts columns from 1."""

    campaign_id: int
    base_id: int
    deactivation_place: int | None = None
    skips_duplicate_phones: bool = False
    skips_without_phone: bool = False

    def is_enabled(self) -> ColumnElement[bool]:
        if self.deactivation_place is None:
            return true()
        value = func.upper(func.btrim(Contact.values[self.deactivation_place], _BLANKS))
        return func.coalesce(not_(value.in_(SWITCHED_OFF)), True)


def plan_of(session: Session, campaign_id: int) -> LeadPlan | None:
    """None for a campaign without a base, and for one that is finished or gone."""
    plans = _plans(session, Campaign.id == campaign_id)
    return plans[0] if plans else None


def place_of(columns: Sequence[Column], key: str | None) -> int | None:
    """Where a column stands, counted from 1."""
    return next((place for place, column in enumerate(columns, 1) if column["key"] == key), None)


def fill(session: Session, plan: LeadPlan, chosen: ColumnElement[bool] | None = None) -> int:
    """Make leads of the base's contacts that are none yet, or of those `chosen` names. Returns how many."""
    session.execute(text("SET LOCAL statement_timeout = 0"))
    conditions = [Contact.base_id == plan.base_id, not_(_is_lead(plan.campaign_id))]
    if chosen is not None:
        conditions.append(chosen)
    if plan.skips_without_phone:
        conditions.append(func.cardinality(Contact.phones) > 0)
    source = select(
        literal(plan.campaign_id),
        Contact.id,
        Contact.id,
        plan.is_enabled(),
        Contact.is_original,
    ).where(*conditions)
    if plan.skips_duplicate_phones:
        phone = func.coalesce(Contact.phones[1], sql_cast(Contact.id, Text))
        source = (
            source.where(not_(_phone_is_there(plan.campaign_id))).ext(distinct_on(phone)).order_by(phone, Contact.id)
        )
    statement = insert(Lead).from_select(
        ["campaign_id", "contact_id", "position", "is_enabled", "is_original"], source, include_defaults=False
    )
    done = session.connection().execute(statement.on_conflict_do_nothing())
    return done.rowcount


def follow_base(session: Session, base_id: int, contact_ids: Collection[int] | None = None) -> None:
    """Contacts came to the base, or these changed: campaigns that work the whole base take the new ones.

    Call it in the transaction of the change, after the base's row was written (`contact_count`): that row is what
    keeps a campaign from choosing the base at the same moment and missing the contacts.
    """
    works_it = Campaign.contact_base_id == base_id
    chosen = Contact.id.in_(contact_ids) if contact_ids is not None else None
    for plan in _plans(session, and_(works_it, Campaign.lead_selection == "base")):
        fill(session, plan, chosen)
    if contact_ids is not None:
        for plan in _plans(session, and_(works_it, Campaign.deactivation_column.is_not(None))):
            read_enabled(session, plan, contact_ids)


def read_enabled(session: Session, plan: LeadPlan, contact_ids: Collection[int] | None = None) -> None:
    """Read from the contacts again which leads are enabled."""
    enabled = plan.is_enabled()
    conditions = [
        Lead.campaign_id == plan.campaign_id,
        Contact.id == Lead.contact_id,
        Lead.is_enabled.is_distinct_from(enabled),
    ]
    if contact_ids is not None:
        conditions.append(Lead.contact_id.in_(contact_ids))
    session.execute(
        update(Lead).where(*conditions).values(is_enabled=enabled).execution_options(synchronize_session=False)
    )


def remove_unworked(session: Session, campaign_id: int) -> int:
    """Take away what nobody worked; what an agent has in hand or finished stays. Returns how many went."""
    session.execute(text("SET LOCAL statement_timeout = 0"))
    done = session.connection().execute(delete(Lead).where(Lead.campaign_id == campaign_id, Lead.state.in_(_UNWORKED)))
    return done.rowcount


def has_work(session: Session, campaign_id: int) -> bool:
    """Whether a lead is left that somebody could work."""
    statement = select(Lead.id).where(Lead.campaign_id == campaign_id, Lead.is_enabled, Lead.state != "finished")
    return session.scalar(statement.limit(1)) is not None


def _plans(session: Session, condition: ColumnElement[bool]) -> list[LeadPlan]:
    statement = (
        select(
            Campaign.id,
            Campaign.contact_base_id,
            Campaign.deactivation_column,
            ContactBase.columns,
            CampaignDialing.skip_duplicate_phones,
            CampaignDialing.skip_without_phone,
        )
        .join(ContactBase, ContactBase.id == Campaign.contact_base_id)
        .outerjoin(CampaignDialing, CampaignDialing.campaign_id == Campaign.id)
        .where(condition, Campaign.kind.in_(("preview", "dialer")), Campaign.deleted_at.is_(None))
        .where(Campaign.state != "finished")
        .order_by(Campaign.id)
    )
    return [
        LeadPlan(
            campaign_id=row.id,
            base_id=row.contact_base_id,
            deactivation_place=place_of(row.columns, row.deactivation_column),
            skips_duplicate_phones=bool(row.skip_duplicate_phones),
            skips_without_phone=bool(row.skip_without_phone),
        )
        for row in session.execute(statement)
    ]


def _is_lead(campaign_id: int) -> ColumnElement[bool]:
    return (
        select(Lead.id)
        .where(Lead.campaign_id == campaign_id, Lead.contact_id == Contact.id)
        .correlate(Contact)
        .exists()
    )


def _phone_is_there(campaign_id: int) -> ColumnElement[bool]:
    other = aliased(Contact)
    return (
        select(Lead.id)
        .join(other, other.id == Lead.contact_id)
        .where(Lead.campaign_id == campaign_id, other.phones[1] == Contact.phones[1])
        .correlate(Contact)
        .exists()
    )
