"""Forms as agents fill them in: those that options of their campaigns open."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from omnileads.agents.models import Agent
from omnileads.campaigns.models import Campaign, CampaignMember, DispositionOption
from omnileads.desk.schemas import AgentForm
from omnileads.forms.models import Form
from omnileads.forms.schemas import FormFieldOut
from omnileads.kit.errors import NotFound


def form_of_agent(session: Session, agent: Agent, form_id: int) -> AgentForm:
    """Raises NotFound."""
    is_opened = exists(
        select(DispositionOption.id)
        .join(CampaignMember, CampaignMember.campaign_id == DispositionOption.campaign_id)
        .join(Campaign, Campaign.id == DispositionOption.campaign_id)
        .where(
            DispositionOption.form_id == Form.id,
            CampaignMember.agent_id == agent.id,
            Campaign.deleted_at.is_(None),
        )
    )
    form = session.scalar(select(Form).where(Form.id == form_id, is_opened))
    if form is None:
        raise NotFound
    return AgentForm(
        id=form.id,
        name=form.name,
        description=form.description,
        fields=[FormFieldOut.model_validate(field) for field in form.fields],
    )
