"""Campaigns of the four kinds: made, read, changed, moved between states, hidden and deleted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from omnileads.campaigns.errors import (
    CampaignFinished,
    CampaignInUse,
    CampaignNameTaken,
    CampaignStateRefused,
    ExternalIdTaken,
)
from omnileads.campaigns.leads.filling import has_work
from omnileads.campaigns.leads.work import LeadTask, LeadWork
from omnileads.campaigns.models import Campaign, CampaignKind, CampaignState
from omnileads.campaigns.presentation import CampaignPresenter, row_statement
from omnileads.campaigns.recycling.choice import RecyclingChoice
from omnileads.campaigns.rules import problems_of
from omnileads.campaigns.schemas import (
    AnyCampaign,
    AnyCampaignOut,
    CampaignPatch,
    CampaignRow,
    DialerCampaign,
    PreviewCampaign,
)
from omnileads.campaigns.schemas.requests import Distribution
from omnileads.campaigns.scope import Scope
from omnileads.campaigns.states import BEGINS, WITH_LEADS, Move, Situation, refusal, state_after
from omnileads.campaigns.writing import (
    drop_rules,
    new_campaign,
    request_of,
    snapshot,
    write_fields,
    write_options,
    write_people,
    write_rules,
)
from omnileads.kit.changes import ConfigurationChanges, patched
from omnileads.kit.clock import Clock
from omnileads.kit.db import constraint_errors
from omnileads.kit.errors import NotFound, ValidationFailed
from omnileads.kit.pagination import Page, PageQuery, contains
from omnileads.kit.permissions import Principal
from omnileads.telephony.destinations import lock_call_flow
from omnileads.telephony.usage import Usage, sentence, users_of_destination

StateMove = Literal["activate", "pause", "finish"]

_CONFLICTS: Final = {
    "uq_campaigns_name_live": CampaignNameTaken(),
    "uq_campaigns_external_live": ExternalIdTaken(),
}


class Campaigns:
    """`scope` is the set of campaign ids the caller sees, None for all; no `actor` is `oml` on the server."""

    def __init__(
        self,
        session: Session,
        changes: ConfigurationChanges,
        presenter: CampaignPresenter,
        clock: Clock,
        actor: Principal | None,
        scope: Scope,
        work: LeadWork,
    ) -> None:
        self._session = session
        self._changes = changes
        self._presenter = presenter
        self._clock = clock
        self._actor = actor
        self._scope = scope
        self._work = work

    def page(
        self,
        query: PageQuery,
        kinds: Sequence[CampaignKind] = (),
        state: CampaignState | None = None,
        *,
        is_hidden: bool | None = None,
    ) -> Page[CampaignRow]:
        """By name. The number of statements does not depend on the number of campaigns."""
        conditions = [*self._visible()]
        if kinds:
            conditions.append(Campaign.kind.in_(kinds))
        if state is not None:
            conditions.append(Campaign.state == state)
        if is_hidden is not None:
            conditions.append(Campaign.is_hidden.is_(is_hidden))
        if query.search:
            conditions.append(Campaign.name.ilike(contains(query.search), escape="\\"))
        total = self._session.execute(select(func.count(Campaign.id)).where(*conditions)).scalar_one()
        ordered = row_statement().where(*conditions).order_by(func.lower(Campaign.name), Campaign.id)
        rows = self._session.execute(ordered.limit(query.page_size).offset(query.offset)).all()
        return Page(items=self._presenter.rows(rows), total=total, page=query.page, page_size=query.page_size)

    def one(self, campaign_id: int) -> AnyCampaignOut:
        return self.shown(self.find(campaign_id))

    def create(self, request: AnyCampaign, recycled: tuple[Campaign, RecyclingChoice] | None = None) -> AnyCampaignOut:
        """A new campaign, as `states.BEGINS` says. Who does not see everything becomes one of its supervisors.

        `recycled` is the campaign whose contacts it works, and which of them; else it works those of its base.
        """
        lock_call_flow(self._session)
        self._refuse(problems_of(self._session, request, None, self._scope))
        supervisors = set(request.supervisor_ids)
        if self._actor is not None and not self._actor.sees_everything:
            supervisors.add(self._actor.user_id)
        campaign = new_campaign(request)
        campaign.state = BEGINS[request.kind]
        if recycled is not None:
            campaign.lead_selection, campaign.recycled_from_id = "chosen", recycled[0].id
        with constraint_errors(self._session, _CONFLICTS):
            self._session.add(campaign)
        write_people(self._session, campaign, request, sorted(supervisors))
        write_options(self._session, campaign, request.dispositions)
        write_rules(self._session, campaign, request)
        self._session.refresh(campaign, ["members", "supervisors", "disposition_options"])
        self._changes.record("campaign.created", "campaign", campaign.id, after=snapshot(campaign))
        if request.kind in WITH_LEADS:
            self._work.do(_first_task(campaign, request, recycled))
        return self.shown(campaign)

    def change(self, campaign_id: int, patch: CampaignPatch) -> AnyCampaignOut:
        """Raises CampaignFinished, ValidationFailed."""
        lock_call_flow(self._session)
        campaign = self.find(campaign_id)
        if campaign.state == "finished":
            raise CampaignFinished
        present = request_of(campaign)
        before = snapshot(campaign)
        request = patched(present, patch)
        if "incidence_rules" not in patch.model_fields_set:
            request = _with_renamed_options(request, present)
        self._refuse(problems_of(self._session, request, campaign, self._scope))
        drop_rules(self._session, campaign)
        with constraint_errors(self._session, _CONFLICTS):
            write_fields(campaign, request)
        write_people(self._session, campaign, request, request.supervisor_ids)
        write_options(self._session, campaign, request.dispositions)
        write_rules(self._session, campaign, request)
        self._session.refresh(campaign, ["members", "supervisors", "disposition_options"])
        self._changes.record("campaign.changed", "campaign", campaign.id, before=before, after=snapshot(campaign))
        if request.kind in WITH_LEADS:
            self._follow(campaign, present, request)
        return self.shown(campaign)

    def move(self, campaign_id: int, move: StateMove) -> AnyCampaignOut:
        """Raises CampaignStateRefused with the reason, CampaignInUse."""
        lock_call_flow(self._session)
        campaign = self.find(campaign_id)
        self.require(move, campaign)
        if move == "finish":
            self._refuse_in_use(campaign)
        before = campaign.state
        campaign.state = state_after(move, Situation(campaign.kind, campaign.state)) or campaign.state
        self._session.flush()
        self._changes.record(
            "campaign.moved", "campaign", campaign.id, before={"state": before}, after={"state": campaign.state}
        )
        if move == "finish" and campaign.lead_selection == "base":
            self._work.do(LeadTask(campaign_id=campaign.id, removes_unworked=True))
        return self.shown(campaign)

    def set_hidden(self, campaign_id: int, *, is_hidden: bool) -> AnyCampaignOut:
        """Hide the campaign from lists, or show it again; its state stays."""
        campaign = self.find(campaign_id)
        if campaign.is_hidden != is_hidden:
            campaign.is_hidden = is_hidden
            self._session.flush()
            action = "campaign.hidden" if is_hidden else "campaign.shown"
            self._changes.record(action, "campaign", campaign.id, before={"is_hidden": not is_hidden})
        return self.shown(campaign)

    def delete(self, campaign_id: int) -> None:
        """Take the campaign away and free its name and what it uses; history keeps it. Raises CampaignInUse."""
        lock_call_flow(self._session)
        campaign = self.find(campaign_id)
        self._refuse_in_use(campaign)
        calls = self._presenter.calls_now().get(campaign.id, 0)
        if calls:
            raise CampaignInUse(f"{calls} calls are in this campaign now. Pause it and delete it when they are over.")
        before = snapshot(campaign)
        campaign.deleted_at = self._clock.now()
        _let_go(campaign)
        self._session.flush()
        self._changes.record("campaign.deleted", "campaign", campaign.id, before=before)
        self._work.do(LeadTask(campaign_id=campaign.id, removes_unworked=True))

    def find(self, campaign_id: int) -> Campaign:
        """The campaign, locked until the transaction ends. Raises NotFound."""
        statement = select(Campaign).where(Campaign.id == campaign_id, *self._visible()).with_for_update(of=Campaign)
        campaign: Campaign | None = self._session.scalar(statement)
        if campaign is None:
            raise NotFound
        return campaign

    def shown(self, campaign: Campaign) -> AnyCampaignOut:
        return self._presenter.present(campaign, self._users(campaign))

    def require(self, move: Move, campaign: Campaign) -> None:
        """Raises CampaignStateRefused with the reason."""
        reason = refusal(move, self._situation(campaign))
        if reason is not None:
            raise CampaignStateRefused(reason)

    def _situation(self, campaign: Campaign) -> Situation:
        dialing = campaign.dialing
        return Situation(
            kind=campaign.kind,
            state=campaign.state,
            has_members=bool(campaign.members),
            has_options=any(not option.is_hidden for option in campaign.disposition_options),
            has_leads=campaign.kind not in WITH_LEADS or has_work(self._session, campaign.id),
            is_over=dialing is not None and dialing.ends_on < self._clock.now().astimezone().date(),
        )

    def _follow(self, campaign: Campaign, present: AnyCampaign, request: AnyCampaign) -> None:
        """Let the leads follow a change of the base or of the deactivation column."""
        is_other_base = request.contact_base_id != present.contact_base_id
        if is_other_base:
            campaign.lead_selection = "base"
            self._session.flush()
        task = LeadTask(
            campaign_id=campaign.id,
            removes_unworked=is_other_base,
            fills=is_other_base,
            reads_enabled=campaign.deactivation_column != getattr(present, "deactivation_column", None),
            distribution=_distribution(request),
        )
        if task != LeadTask(campaign_id=campaign.id):
            self._work.do(task)

    def _refuse_in_use(self, campaign: Campaign) -> None:
        users = self._users(campaign)
        if users:
            raise CampaignInUse(f"{sentence(users)} Send their calls elsewhere first.")

    def _users(self, campaign: Campaign) -> list[Usage]:
        if campaign.kind != "inbound":
            return []
        return users_of_destination(self._session, "inbound-campaign", campaign.id)

    def _visible(self) -> list[Any]:
        conditions: list[Any] = [Campaign.deleted_at.is_(None)]
        return conditions if self._scope is None else [*conditions, Campaign.id.in_(self._scope)]

    @staticmethod
    def _refuse(problems: Sequence[Any]) -> None:
        if problems:
            raise ValidationFailed(fields=problems)


def _distribution(request: AnyCampaign) -> Distribution:
    return request.distribution if isinstance(request, PreviewCampaign) else "none"


def _first_task(
    campaign: Campaign, request: AnyCampaign, recycled: tuple[Campaign, RecyclingChoice] | None
) -> LeadTask:
    if recycled is None:
        return LeadTask(campaign_id=campaign.id, fills=True, distribution=_distribution(request))
    source, choice = recycled
    return LeadTask(
        campaign_id=campaign.id,
        recycles=choice,
        source_id=source.id,
        source_selection=source.lead_selection,
        distribution=_distribution(request),
    )


def _with_renamed_options(request: AnyCampaign, present: AnyCampaign) -> AnyCampaign:
    """Rules that were not sent follow the options to their new names."""
    if not isinstance(request, DialerCampaign):
        return request
    new_names = {option.id: option.name for option in request.dispositions}
    renamed = {option.name: new_names.get(option.id, option.name) for option in present.dispositions}
    rules = [
        rule.model_copy(update={"disposition": renamed.get(rule.disposition or "", rule.disposition)})
        for rule in request.incidence_rules
    ]
    return request.model_copy(update={"incidence_rules": rules})


def _let_go(campaign: Campaign) -> None:
    """What a deleted campaign refers to may be deleted, too; the audit log keeps what it was."""
    campaign.interaction = "form"
    campaign.external_site_id = campaign.external_system_id = campaign.external_id = campaign.outbound_route_id = None
    campaign.members.clear()
    queue, dialing = campaign.queue, campaign.dialing
    if queue is not None:
        queue.welcome_audio_id = queue.moh_playlist_id = queue.periodic_audio_id = queue.agent_audio_id = None
        queue.exit_ivr_id = queue.failover_type = queue.failover_id = None
    if dialing is not None:
        dialing.machine_audio_id = dialing.answered_type = dialing.answered_id = None
