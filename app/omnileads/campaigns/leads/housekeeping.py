"""What happens to leads by itself: forgotten ones become free, and a preview campaign without work left is finished."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from omnileads.campaigns.leads.delivery import expire
from omnileads.campaigns.models import Campaign, Lead
from omnileads.kit.changes import ConfigurationChanges
from omnileads.kit.runtime import Runtime


def keep(runtime: Runtime) -> None:
    """Done every minute by the worker."""
    with runtime.database.transaction() as session:
        expire(session, runtime.clock.now())
    with runtime.database.transaction() as session:
        finish_worked_out(session, ConfigurationChanges(session, runtime, None))


def finish_worked_out(session: Session, changes: ConfigurationChanges, campaign_id: int | None = None) -> list[int]:
    """Finish active preview campaigns whose every lead is finished, or only this one. Returns their ids."""
    of_campaign = Lead.campaign_id == Campaign.id
    statement = select(Campaign).where(
        Campaign.kind == "preview",
        Campaign.state == "active",
        Campaign.deleted_at.is_(None),
        exists().where(of_campaign),
        ~exists().where(of_campaign, Lead.state != "finished"),
    )
    if campaign_id is not None:
        statement = statement.where(Campaign.id == campaign_id)
    done: list[int] = []
    for campaign in session.scalars(statement.with_for_update(of=Campaign)).unique():
        campaign.state = "finished"
        session.flush()
        changes.record(
            "campaign.moved", "campaign", campaign.id, before={"state": "active"}, after={"state": "finished"}
        )
        done.append(campaign.id)
    return done
