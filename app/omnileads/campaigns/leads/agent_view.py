"""A lead as its agent sees it: the contact's values without the columns the campaign hides."""

from __future__ import annotations

from sqlalchemy.orm import Session

from omnileads.campaigns.models import Campaign, Lead
from omnileads.campaigns.schemas.leads import AgentLead, LeadValue
from omnileads.campaigns.schemas.parts import FieldRule
from omnileads.contacts.models import Contact, ContactBase


def agent_lead(session: Session, lead: Lead) -> AgentLead:
    contact = session.get_one(Contact, lead.contact_id)
    rules = session.get_one(Campaign, lead.campaign_id).field_rules
    base = session.get_one(ContactBase, contact.base_id)
    free = FieldRule()
    values: list[LeadValue] = []
    for column, value in zip(base.columns, contact.values, strict=False):
        rule = FieldRule.model_validate(rules[column["key"]]) if column["key"] in rules else free
        if not rule.hidden:
            values.append(
                LeadValue(
                    key=column["key"],
                    name=column["name"],
                    role=column["role"],
                    value=value,
                    is_locked=rule.locked,
                    is_required=rule.required,
                )
            )
    return AgentLead(
        id=lead.id,
        campaign_id=lead.campaign_id,
        contact_id=lead.contact_id,
        state=lead.state,
        phone=contact.phone,
        values=values,
    )
