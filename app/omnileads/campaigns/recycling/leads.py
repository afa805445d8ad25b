"""The leads of recycling: each contact's sort in SQL, and the chosen ones made pending."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, not_, or_, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from omnileads.calls.models import Call
from omnileads.campaigns.leads.filling import LeadPlan, fill
from omnileads.campaigns.models import Campaign, DispositionOption, Lead, LeadSelection
from omnileads.campaigns.recycling.choice import (
    OUTCOMES,
    OptionCount,
    OutcomeCount,
    RecyclingChoice,
    RecyclingCounts,
)
from omnileads.contacts.models import Contact
from omnileads.dispositions.models import Disposition


def counts(session: Session, campaign: Campaign) -> RecyclingCounts:
    """How many contacts of the campaign there are of each sort."""
    session.execute(text("SET LOCAL statement_timeout = 0"))
    sorts = _sorts(campaign.id, campaign.contact_base_id, campaign.lead_selection)
    rows = session.execute(
        select(sorts.c.option_id, sorts.c.outcome, func.count()).group_by(sorts.c.option_id, sorts.c.outcome)
    ).all()
    by_option = {option_id: count for option_id, _, count in rows if option_id is not None}
    by_outcome = {outcome: count for option_id, outcome, count in rows if option_id is None}
    names = session.execute(
        select(DispositionOption.id, DispositionOption.name)
        .where(DispositionOption.id.in_(by_option))
        .order_by(DispositionOption.position, DispositionOption.id)
    )
    return RecyclingCounts(
        dispositions=[
            OptionCount(option_id=option_id, name=name, count=by_option[option_id]) for option_id, name in names
        ],
        outcomes=[
            OutcomeCount(outcome=outcome, count=by_outcome[outcome]) for outcome in OUTCOMES if outcome in by_outcome
        ],
        never_called=by_outcome.get(None, 0),
    )


def recycle(session: Session, plan: LeadPlan, source: tuple[int, LeadSelection], choice: RecyclingChoice) -> None:
    """Make the chosen contacts of the source pending leads of the plan's campaign, which may be the source itself.

    `source` is the id of the campaign and which contacts it worked; its base is the plan's.

    Those that are leads already are set back, the others added, so doing it twice is doing it once.
    """
    session.execute(text("SET LOCAL statement_timeout = 0"))
    source_id, selection = source
    sorts = _sorts(source_id, plan.base_id, selection)
    chosen = select(sorts.c.contact_id).where(_is_chosen(sorts, choice))
    session.execute(
        update(Lead)
        .where(Lead.campaign_id == plan.campaign_id, Lead.state == "finished", Lead.contact_id.in_(chosen))
        .values(state="pending", agent_id=None)
        .execution_options(synchronize_session=False)
    )
    fill(session, plan, Contact.id.in_(chosen))


def _is_chosen(sorts: Subquery, choice: RecyclingChoice) -> ColumnElement[bool]:
    is_disposed = sorts.c.option_id.is_not(None)
    sort = [
        and_(is_disposed, sorts.c.option_id.in_(choice.option_ids)),
        and_(not_(is_disposed), sorts.c.outcome.in_(choice.outcomes)),
    ]
    if choice.never_called:
        sort.append(and_(not_(is_disposed), sorts.c.outcome.is_(None)))
    return or_(*sort)


def _sorts(campaign_id: int, base_id: int | None, selection: LeadSelection) -> Subquery:
    """Of each contact: its latest disposition's option; else its last call's outcome; both null when never called.

    Contacts with a call going on are left out.
    """
    members = _contacts(campaign_id, base_id, selection).subquery()
    latest = (
        select(Disposition.contact_id, Disposition.option_id)
        .where(Disposition.campaign_id == campaign_id, Disposition.contact_id.is_not(None))
        .ext(distinct_on(Disposition.contact_id))
        .order_by(Disposition.contact_id, Disposition.updated_at.desc(), Disposition.call_id.desc())
        .subquery()
    )
    last = (
        select(Call.contact_id, Call.outcome)
        .where(Call.campaign_id == campaign_id, Call.contact_id.is_not(None))
        .ext(distinct_on(Call.contact_id))
        .order_by(Call.contact_id, Call.started_at.desc(), Call.id.desc())
        .subquery()
    )
    outcome = case((latest.c.option_id.is_(None), last.c.outcome)).label("outcome")
    return (
        select(members.c.contact_id, latest.c.option_id, outcome)
        .outerjoin(latest, latest.c.contact_id == members.c.contact_id)
        .outerjoin(last, last.c.contact_id == members.c.contact_id)
        .where(or_(latest.c.option_id.is_not(None), last.c.outcome.is_(None), last.c.outcome.in_(OUTCOMES)))
        .subquery()
    )


def _contacts(campaign_id: int, base_id: int | None, selection: LeadSelection) -> Select[Any]:
    """The campaign's contacts of its present base: all of them, or those it was given."""
    contacts = select(Contact.id.label("contact_id")).where(Contact.base_id == base_id)
    if selection == "base":
        return contacts
    return contacts.join(Lead, Lead.contact_id == Contact.id).where(Lead.campaign_id == campaign_id)
