"""What is done with all leads of a campaign: at once when they are few, in a job when they are many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from omnileads.campaigns.leads.distribution import distribute
from omnileads.campaigns.leads.filling import fill, plan_of, read_enabled, remove_unworked
from omnileads.campaigns.models import Lead, LeadSelection
from omnileads.campaigns.recycling.choice import RecyclingChoice
from omnileads.campaigns.recycling.leads import recycle
from omnileads.campaigns.schemas.requests import Distribution
from omnileads.contacts.models import ContactBase
from omnileads.kit.jobs import JobRun, Jobs

LEADS_JOB: Final = "campaigns.leads"
FEW: Final = 20_000
"""Contacts that are worked off within a request."""


class LeadTask(BaseModel):
    """Steps, in the order of the fields; each can be done again without harm.

    `source_id` is the campaign recycled and `source_selection` what it worked before.
    """

    model_config = ConfigDict(frozen=True)

    campaign_id: int
    removes_unworked: bool = False
    fills: bool = False
    reads_enabled: bool = False
    recycles: RecyclingChoice | None = None
    source_id: int | None = None
    source_selection: LeadSelection = "base"
    distribution: Distribution = "none"


class LeadWork:
    """`few` is how many contacts at most are worked off at once."""

    def __init__(self, session: Session, jobs: Jobs, *, few: int = FEW) -> None:
        self._session = session
        self._jobs = jobs
        self._few = few

    def do(self, task: LeadTask) -> int | None:
        """How many leads were reserved; None when the task is done in a job."""
        if self._is_little(task):
            return perform(self._session, task)
        self._jobs.enqueue(self._session, LEADS_JOB, task.model_dump(mode="json"))
        return None

    def _is_little(self, task: LeadTask) -> bool:
        plan = plan_of(self._session, task.campaign_id)
        if plan is not None and (task.fills or task.recycles is not None):
            statement = select(ContactBase.contact_count).where(ContactBase.id == plan.base_id)
            if (self._session.scalar(statement) or 0) > self._few:
                return False
        leads = select(Lead.id).where(Lead.campaign_id == task.campaign_id).limit(self._few + 1).subquery()
        return (self._session.scalar(select(func.count()).select_from(leads)) or 0) <= self._few


def perform(session: Session, task: LeadTask) -> int:
    """Returns how many leads were reserved.

    The campaign may be gone or finished by the time a job gets to it; then there is only something to remove.
    """
    if task.removes_unworked:
        remove_unworked(session, task.campaign_id)
    plan = plan_of(session, task.campaign_id)
    if plan is None:
        return 0
    if task.fills:
        fill(session, plan)
    if task.reads_enabled:
        read_enabled(session, plan)
    if task.recycles is not None and task.source_id is not None:
        recycle(session, plan, (task.source_id, task.source_selection), task.recycles)
    if task.distribution == "none":
        return 0
    return distribute(session, task.campaign_id, task.campaign_id if task.distribution == "random" else None)


def run_leads_job(run: JobRun) -> Mapping[str, Any] | None:
    """The handler of `LEADS_JOB`, in the worker."""
    task = LeadTask.model_validate(dict(run.arguments))
    with run.database.transaction() as session:
        perform(session, task)
    return None
