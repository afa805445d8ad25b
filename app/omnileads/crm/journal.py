"""What was sent to external sites about calls, and what became of it; never what was in it.

A request has an occasion, and is made once for each: asking again, by another process or after a crash, does nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from omnileads.agents.names import agent_names
from omnileads.campaigns.scope import Scope
from omnileads.crm.models import ExternalSite, ExternalSiteRequest, SiteRequestState
from omnileads.crm.schemas import SiteContext, SiteParameter, SiteRequestOut
from omnileads.crm.sender import enqueue
from omnileads.kit.clock import Clock, epoch_ms
from omnileads.kit.errors import NotFound
from omnileads.kit.ids import new_id
from omnileads.kit.jobs import Job, Jobs
from omnileads.kit.pagination import Page, PageQuery, page_of, paginate
from omnileads.telephony.destinations import campaign_names

KEPT: Final = timedelta(days=30)
"""How long it is remembered that something was sent. What was sent is forgotten as soon as it is over."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a request is about. `name` is the same for the same occasion, and for no other."""

    name: str
    site_id: int
    campaign_id: int
    call_id: str
    agent_id: int


class SiteJournal:
    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def opened(self, occasion: Occasion) -> None:
        """The agent's browser opens the site."""
        self._add(new_id(epoch_ms(self._clock.now())), occasion, "opened")

    def queue(self, jobs: Jobs, occasion: Occasion, parameters: Sequence[SiteParameter], context: SiteContext) -> bool:
        """Have the server send the request after the caller's commit. Returns False where that was done already."""
        known = select(ExternalSiteRequest.id).where(ExternalSiteRequest.occasion == occasion.name)
        if self._session.scalar(known) is not None:
            return False
        with self._session.begin_nested() as savepoint:
            job_id = enqueue(jobs, self._session, occasion.site_id, parameters, context)
            self._session.flush()
            if self._add(job_id, occasion, "queued"):
                return True
            savepoint.rollback()
        return False

    def page(
        self, site_id: int, state: SiteRequestState | None, scope: Scope, query: PageQuery
    ) -> Page[SiteRequestOut]:
        """Requests to a site, the newest first. Raises NotFound."""
        if self._session.get(ExternalSite, site_id) is None:
            raise NotFound
        statement = select(ExternalSiteRequest).where(ExternalSiteRequest.site_id == site_id)
        if state is not None:
            statement = statement.where(ExternalSiteRequest.state == state)
        if scope is not None:
            statement = statement.where(ExternalSiteRequest.campaign_id.in_(scope))
        order = (ExternalSiteRequest.requested_at.desc(), ExternalSiteRequest.id.desc())
        rows, total = paginate(self._session, statement.order_by(*order), query)
        agents = agent_names(self._session, {row.agent_id for row in rows})
        campaigns = campaign_names(self._session, {row.campaign_id for row in rows})

        def shown(row: ExternalSiteRequest) -> SiteRequestOut:
            return SiteRequestOut(
                id=row.id,
                requested_at=row.requested_at,
                finished_at=row.finished_at,
                state=row.state,
                status=row.status,
                duration_ms=row.duration_ms,
                attempts=row.attempts,
                message=row.message,
                call_id=row.call_id,
                campaign_id=row.campaign_id,
                campaign_name=campaigns.get(row.campaign_id, ""),
                agent_name=agents.get(row.agent_id, ""),
            )

        return page_of(rows, total, query, shown)

    def _add(self, request_id: str, occasion: Occasion, state: SiteRequestState) -> bool:
        """Returns False where there is one for the occasion already."""
        now = self._clock.now()
        statement = insert(ExternalSiteRequest).values(
            id=request_id,
            site_id=occasion.site_id,
            campaign_id=occasion.campaign_id,
            call_id=occasion.call_id,
            agent_id=occasion.agent_id,
            occasion=occasion.name,
            state=state,
            requested_at=now,
            finished_at=now if state == "opened" else None,
        )
        added = statement.on_conflict_do_nothing(index_elements=[ExternalSiteRequest.occasion])
        return self._session.scalar(added.returning(ExternalSiteRequest.id)) is not None


def prune(session: Session, now: datetime) -> None:
    """Forget requests of long ago, and their jobs."""
    old = select(ExternalSiteRequest.id).where(
        ExternalSiteRequest.requested_at < now - KEPT, ExternalSiteRequest.state != "queued"
    )
    session.execute(delete(Job).where(Job.id.in_(old)).execution_options(synchronize_session=False))
    session.execute(
        delete(ExternalSiteRequest).where(ExternalSiteRequest.id.in_(old)).execution_options(synchronize_session=False)
    )
