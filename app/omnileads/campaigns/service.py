"""Inbound campaigns: kept, changed, started, paused, finished and deleted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from omnileads.agents.models import Agent
from omnileads.campaigns.errors import CampaignFinished, CampaignInUse, CampaignNameTaken, CampaignStateRefused
from omnileads.campaigns.models import (
    Campaign,
    CampaignMember,
    CampaignQueue,
    CampaignState,
    CampaignSupervisor,
    DispositionOption,
)
from omnileads.campaigns.presentation import CampaignPresenter
from omnileads.campaigns.rules import problems_of
from omnileads.campaigns.schemas import (
    DispositionOptionIn,
    InboundCampaignCreate,
    InboundCampaignOut,
    InboundCampaignPatch,
    MemberIn,
)
from omnileads.kit.changes import ConfigurationChanges, patched
from omnileads.kit.clock import Clock
from omnileads.kit.db import constraint_errors
from omnileads.kit.errors import NotFound, ValidationFailed
from omnileads.kit.pagination import Page, PageQuery, contains, page_of, paginate
from omnileads.kit.permissions import Principal
from omnileads.telephony.destinations import lock_call_flow
from omnileads.telephony.schemas.destinations import UserOut
from omnileads.telephony.usage import sentence, users_of_destination

_CAMPAIGN_FIELDS: Final = (
    "name",
    "objective",
    "recording_enabled",
    "auto_attend",
    "auto_unpause_seconds",
    "force_disposition",
)
_QUEUE_FIELDS: Final = (
    "strategy",
    "weight",
    "max_waiting",
    "max_wait_seconds",
    "ring_seconds",
    "retry_seconds",
    "wrapup_seconds",
    "service_level_seconds",
    "welcome_audio_id",
    "moh_playlist_id",
)
_MOVES: Final[dict[CampaignState, tuple[CampaignState, ...]]] = {
    "active": ("paused",),
    "paused": ("active",),
    "finished": ("active", "paused"),
}
"""State to reach -> states it can be reached from. A finished campaign stays finished."""


class InboundCampaigns:
    """`scope` is the set of campaign ids the caller sees, None for all; no `actor` is `oml` on the server."""

    def __init__(
        self,
        session: Session,
        changes: ConfigurationChanges,
        presenter: CampaignPresenter,
        clock: Clock,
        actor: Principal | None,
        scope: frozenset[int] | None,
    ) -> None:
        self._session = session
        self._changes = changes
        self._presenter = presenter
        self._clock = clock
        self._actor = actor
        self._scope = scope

    def page(self, query: PageQuery, state: CampaignState | None) -> Page[InboundCampaignOut]:
        statement = self._visible().order_by(func.lower(Campaign.name))
        if state is not None:
            statement = statement.where(Campaign.state == state)
        if query.search:
            statement = statement.where(Campaign.name.ilike(contains(query.search), escape="\\"))
        rows, total = paginate(self._session, statement, query)
        shown = self._presenter.present(rows)
        return page_of(rows, total, query, lambda campaign: shown[campaign.id])

    def one(self, campaign_id: int) -> InboundCampaignOut:
        return self._shown(self._campaign(campaign_id))

    def create(self, request: InboundCampaignCreate) -> InboundCampaignOut:
        """A new active campaign. Whoever does not see everything becomes one of its supervisors."""
        lock_call_flow(self._session)
        self._refuse(problems_of(self._session, request, None, self._scope))
        supervisors = set(request.supervisor_ids)
        if self._actor is not None and not self._actor.sees_everything:
            supervisors.add(self._actor.user_id)
        campaign = Campaign(kind="inbound", state="active", queue=CampaignQueue())
        _apply_fields(campaign, request)
        campaign.supervisors = [CampaignSupervisor(user_id=user_id) for user_id in sorted(supervisors)]
        campaign.members = [_member(item) for item in self._with_groups(request.members, request.group_ids)]
        with constraint_errors(self._session, {"uq_campaigns_name_live": CampaignNameTaken()}):
            self._session.add(campaign)
        self._apply_options(campaign, request.dispositions)
        self._session.flush()
        self._changes.record("campaign.created", "campaign", campaign.id, after=_snapshot(campaign))
        return self._shown(campaign)

    def change(self, campaign_id: int, patch: InboundCampaignPatch) -> InboundCampaignOut:
        lock_call_flow(self._session)
        campaign = self._campaign(campaign_id)
        if campaign.state == "finished":
            raise CampaignFinished
        before = _snapshot(campaign)
        request = patched(InboundCampaignCreate.model_validate(before), patch)
        self._refuse(problems_of(self._session, request, campaign, self._scope))
        with constraint_errors(self._session, {"uq_campaigns_name_live": CampaignNameTaken()}):
            _apply_fields(campaign, request)
        self._apply_members(campaign, self._with_groups(request.members, request.group_ids))
        self._apply_supervisors(campaign, request.supervisor_ids)
        self._apply_options(campaign, request.dispositions)
        self._session.flush()
        self._session.expire(campaign, ["members", "supervisors", "disposition_options"])
        self._changes.record("campaign.changed", "campaign", campaign.id, before=before, after=_snapshot(campaign))
        return self._shown(campaign)

    def move(self, campaign_id: int, state: CampaignState) -> InboundCampaignOut:
        """Activate, pause or finish. Raises CampaignStateRefused, CampaignInUse (only finishing)."""
        lock_call_flow(self._session)
        campaign = self._campaign(campaign_id)
        before = campaign.state
        if before not in _MOVES[state]:
            raise CampaignStateRefused(f"This campaign is {before}; it cannot become {state}. Load the page again.")
        if state == "finished":
            self._refuse_in_use(campaign)
        campaign.state = state
        self._session.flush()
        self._changes.record(
            "campaign.moved", "campaign", campaign.id, before={"state": before}, after={"state": state}
        )
        return self._shown(campaign)

    def delete(self, campaign_id: int) -> None:
        """Hide the campaign and free its name; history keeps it. Raises CampaignInUse."""
        lock_call_flow(self._session)
        campaign = self._campaign(campaign_id)
        self._refuse_in_use(campaign)
        waiting = self._presenter.calls_now().get(campaign.id, 0)
        if waiting:
            raise CampaignInUse(f"{waiting} calls are in this campaign now. Pause it and delete it when they are over.")
        before = _snapshot(campaign)
        campaign.deleted_at = self._clock.now()
        campaign.queue.welcome_audio_id = campaign.queue.moh_playlist_id = None
        campaign.queue.failover_type = campaign.queue.failover_id = None
        campaign.members.clear()
        self._session.flush()
        self._changes.record("campaign.deleted", "campaign", campaign.id, before=before)

    def _refuse_in_use(self, campaign: Campaign) -> None:
        users = users_of_destination(self._session, "inbound-campaign", campaign.id)
        if users:
            raise CampaignInUse(f"{sentence(users)} Send their calls elsewhere first.")

    def _visible(self) -> Any:
        statement = select(Campaign).where(Campaign.kind == "inbound", Campaign.deleted_at.is_(None))
        return statement if self._scope is None else statement.where(Campaign.id.in_(self._scope))

    def _campaign(self, campaign_id: int) -> Campaign:
        campaign: Campaign | None = self._session.scalar(
            self._visible().where(Campaign.id == campaign_id).with_for_update(of=Campaign)
        )
        if campaign is None:
            raise NotFound
        return campaign

    def _shown(self, campaign: Campaign) -> InboundCampaignOut:
        users = users_of_destination(self._session, "inbound-campaign", campaign.id)
        answer = self._presenter.present([campaign])[campaign.id]
        return answer.model_copy(update={"used_by": [UserOut.model_validate(user) for user in users]})

    @staticmethod
    def _refuse(problems: Sequence[Any]) -> None:
        if problems:
            raise ValidationFailed(fields=problems)

    def _with_groups(self, members: Sequence[MemberIn], group_ids: Collection[int]) -> list[MemberIn]:
        """The members, and after them the groups' agents who are not among them."""
        named = {member.agent_id for member in members}
        added = self._session.scalars(
            select(Agent.id)
            .where(Agent.group_id.in_(group_ids), Agent.deleted_at.is_(None), Agent.id.not_in(named))
            .order_by(Agent.id)
        )
        return [*members, *(MemberIn(agent_id=agent_id) for agent_id in added)]

    def _apply_members(self, campaign: Campaign, members: Sequence[MemberIn]) -> None:
        present = {member.agent_id: member for member in campaign.members}
        wanted = {member.agent_id: member for member in members}
        for agent_id, member in present.items():
            if agent_id not in wanted:
                campaign.members.remove(member)
        for agent_id, item in wanted.items():
            if agent_id in present:
                present[agent_id].penalty = item.penalty
            else:
                campaign.members.append(_member(item))

    def _apply_supervisors(self, campaign: Campaign, user_ids: Sequence[int]) -> None:
        present = {row.user_id: row for row in campaign.supervisors}
        for user_id, row in present.items():
            if user_id not in user_ids:
                campaign.supervisors.remove(row)
        campaign.supervisors += [CampaignSupervisor(user_id=user_id) for user_id in user_ids if user_id not in present]

    def _apply_options(self, campaign: Campaign, options: Sequence[DispositionOptionIn]) -> None:
        """Names may be swapped between options, so old names are first put out of the way."""
        present = {option.id: option for option in campaign.disposition_options}
        kept = {option.id for option in options}
        for option_id, row in present.items():
            if option_id not in kept:
                campaign.disposition_options.remove(row)
            else:
                row.name = f"\x1f{option_id}"
        self._session.flush()
        for position, item in enumerate(options):
            row = present[item.id] if item.id is not None else DispositionOption()
            for field, value in item.model_dump(exclude={"id"}).items():
                setattr(row, field, value)
            row.position = position
            if item.id is None:
                campaign.disposition_options.append(row)


def _apply_fields(campaign: Campaign, request: InboundCampaignCreate) -> None:
    for field in _CAMPAIGN_FIELDS:
        setattr(campaign, field, getattr(request, field))
    for field in _QUEUE_FIELDS:
        setattr(campaign.queue, field, getattr(request, field))
    campaign.queue.failover_type = request.failover.type if request.failover else None
    campaign.queue.failover_id = request.failover.id if request.failover else None


def _member(item: MemberIn) -> CampaignMember:
    return CampaignMember(agent_id=item.agent_id, penalty=item.penalty)


def _snapshot(campaign: Campaign) -> dict[str, Any]:
    """The campaign as the request that would make it."""
    queue = campaign.queue
    return {
        **{field: getattr(campaign, field) for field in _CAMPAIGN_FIELDS},
        **{field: getattr(queue, field) for field in _QUEUE_FIELDS},
        "failover": {"type": queue.failover_type, "id": queue.failover_id} if queue.failover_type else None,
        "members": [{"agent_id": member.agent_id, "penalty": member.penalty} for member in campaign.members],
        "supervisor_ids": [row.user_id for row in campaign.supervisors],
        "dispositions": [
            {
                "id": option.id,
                "name": option.name,
                "kind": option.kind,
                "is_positive": option.is_positive,
                "is_hidden": option.is_hidden,
            }
            for option in campaign.disposition_options
        ],
    }
