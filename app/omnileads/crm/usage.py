"""Which campaigns use a form, an external site or an external system."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import Column, Table, select
from sqlalchemy.orm import Session, aliased

from omnileads.campaigns.models import Campaign
from omnileads.crm.models import ExternalSite, ExternalSiteAuthentication
from omnileads.forms.models import Form, FormField
from omnileads.kit.db import Base
from omnileads.telephony.usage import Usage

Uses = dict[int, list[Usage]]
"""Id of what is used -> its users, by name."""


def campaigns_using(session: Session, target: type[Base], ids: Collection[int]) -> Uses:
    """Campaigns that refer to these rows, in their own row or in one of a table of theirs (`campaign_id`).

    The foreign keys say which tables these are. Deleted campaigns count, for their history refers as well.
    """
    uses: Uses = {}
    user = aliased(Campaign)
    for used, campaign_id in _references(target):
        statement = select(used, user.id, user.name).join(user, user.id == campaign_id).where(used.in_(ids)).distinct()
        for used_id, found_id, name in session.execute(statement):
            found = Usage("campaign", found_id, name)
            if found not in uses.setdefault(used_id, []):
                uses[used_id].append(found)
    return {used_id: sorted(users, key=lambda usage: usage.name.lower()) for used_id, users in uses.items()}


def users_of_site(session: Session, site_id: int) -> list[Usage]:
    """Campaigns that call the site, and forms with a list from it."""
    statement = (
        select(Form.id, Form.name)
        .join(FormField, FormField.form_id == Form.id)
        .where(FormField.external_site_id == site_id)
        .distinct()
    )
    forms = [Usage("form", form_id, name) for form_id, name in session.execute(statement)]
    return [*campaigns_using(session, ExternalSite, [site_id]).get(site_id, []), *forms]


def users_of_authentication(session: Session, authentication_id: int) -> list[Usage]:
    statement = (
        select(ExternalSite.id, ExternalSite.name)
        .join(ExternalSiteAuthentication, ExternalSite.authentication_id == ExternalSiteAuthentication.id)
        .where(ExternalSiteAuthentication.id == authentication_id)
        .order_by(ExternalSite.name)
    )
    return [Usage("external-site", site_id, name) for site_id, name in session.execute(statement)]


def _references(target: type[Base]) -> Iterator[tuple[Column[int], Column[int]]]:
    """Columns that refer to the target, each with the column that says of which campaign."""
    campaigns = Campaign.__table__
    for table in Base.metadata.sorted_tables:
        owner = campaigns.c.id if table is campaigns else table.c.get("campaign_id")
        if owner is None:
            continue
        for column in table.columns:
            if any(key.references(_table(target)) for key in column.foreign_keys):
                yield column, owner


def _table(model: type[Base]) -> Table:
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is not mapped to a table")
    return table
