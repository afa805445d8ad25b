"""A campaign's request written into its rows, and its rows read back as the request that would make them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from omnileads.agents.models import Agent
from omnileads.campaigns.destinations import answered_of, failover_of
from omnileads.campaigns.models import (
    Campaign,
    CampaignDialing,
    CampaignKind,
    CampaignMember,
    CampaignQueue,
    CampaignSupervisor,
    DispositionOption,
    IncidenceRule,
)
from omnileads.campaigns.schemas import (
    AnyCampaign,
    CampaignFields,
    DialerCampaign,
    DialingFields,
    DispositionOptionIn,
    GroupIn,
    InboundCampaign,
    IncidenceRuleIn,
    ManualCampaign,
    PreviewCampaign,
    QueueFields,
)
from omnileads.telephony.schemas import Destination

REQUESTS: Final[dict[CampaignKind, type[AnyCampaign]]] = {
    "manual": ManualCampaign,
    "preview": PreviewCampaign,
    "dialer": DialerCampaign,
    "inbound": InboundCampaign,
}


def _columns(table: Any, *models: Any) -> tuple[str, ...]:
    """Fields of the models that are columns of the table."""
    return tuple(name for model in models for name in model.model_fields if name in table.__table__.columns)


QUEUE_COLUMNS: Final = _columns(CampaignQueue, QueueFields)
DIALING_COLUMNS: Final = _columns(CampaignDialing, DialingFields)
_SHARED_COLUMNS: Final = _columns(Campaign, CampaignFields)
_PREVIEW_COLUMNS: Final = ("reservation_minutes", "deactivation_column")


def campaign_columns(kind: CampaignKind) -> tuple[str, ...]:
    return (*_SHARED_COLUMNS, *_PREVIEW_COLUMNS) if kind == "preview" else _SHARED_COLUMNS


def new_campaign(request: AnyCampaign) -> Campaign:
    """Without its lists; `write_people`, `write_options` and `write_rules` add them."""
    campaign = Campaign(kind=request.kind)
    if isinstance(request, InboundCampaign | DialerCampaign):
        campaign.queue = CampaignQueue()
    if isinstance(request, DialerCampaign):
        campaign.dialing = CampaignDialing()
    write_fields(campaign, request)
    return campaign


def write_fields(campaign: Campaign, request: AnyCampaign) -> None:
    """Everything but the lists."""
    documents = request.model_dump(include={"field_rules", "external_site_parameters"}, mode="json")
    for name in campaign_columns(request.kind):
        setattr(campaign, name, documents[name] if name in documents else getattr(request, name))
    if isinstance(request, InboundCampaign | DialerCampaign) and campaign.queue is not None:
        for name in QUEUE_COLUMNS:
            setattr(campaign.queue, name, getattr(request, name))
        _write_destination(campaign.queue, "failover", request.failover)
    if isinstance(request, DialerCampaign) and campaign.dialing is not None:
        for name in DIALING_COLUMNS:
            setattr(campaign.dialing, name, getattr(request, name))
        campaign.dialing.weekdays = sorted(request.weekdays)
        _write_destination(campaign.dialing, "answered", request.answered)


def _write_destination(row: CampaignQueue | CampaignDialing, what: str, destination: Destination | None) -> None:
    setattr(row, f"{what}_type", destination.type if destination else None)
    setattr(row, f"{what}_id", destination.id if destination else None)


def write_people(session: Session, campaign: Campaign, request: AnyCampaign, supervisor_ids: Sequence[int]) -> None:
    """The members named, then the groups' agents who are not among them; and the supervisors."""
    wanted = {member.agent_id: member.penalty for member in request.members}
    for agent_id, penalty in _group_members(session, request.groups).items():
        wanted.setdefault(agent_id, penalty)
    present = {member.agent_id: member for member in campaign.members}
    for agent_id, member in present.items():
        if agent_id not in wanted:
            campaign.members.remove(member)
    for agent_id, penalty in wanted.items():
        if agent_id in present:
            present[agent_id].penalty = penalty
        else:
            campaign.members.append(CampaignMember(agent_id=agent_id, penalty=penalty))
    supervisors = {row.user_id: row for row in campaign.supervisors}
    for user_id, row in supervisors.items():
        if user_id not in supervisor_ids:
            campaign.supervisors.remove(row)
    campaign.supervisors += [
        CampaignSupervisor(user_id=user_id) for user_id in supervisor_ids if user_id not in supervisors
    ]


def _group_members(session: Session, groups: Sequence[GroupIn]) -> dict[int, int]:
    """Agent id -> penalty; no agent is in two groups."""
    penalties = {group.group_id: group.penalty for group in groups}
    if not penalties:
        return {}
    statement = select(Agent.id, Agent.group_id).where(Agent.group_id.in_(penalties), Agent.deleted_at.is_(None))
    return {agent_id: penalties[group_id] for agent_id, group_id in session.execute(statement.order_by(Agent.id))}


def write_options(session: Session, campaign: Campaign, options: Sequence[DispositionOptionIn]) -> None:
    """Names may be swapped between options, so old names are first put out of the way."""
    present = {option.id: option for option in campaign.disposition_options}
    kept = {option.id for option in options}
    for option_id, row in present.items():
        if option_id not in kept:
            campaign.disposition_options.remove(row)
        else:
            row.name = f"\x1f{option_id}"
    session.flush()
    for position, item in enumerate(options):
        row = present[item.id] if item.id is not None else DispositionOption()
        for field, value in item.model_dump(exclude={"id"}).items():
            setattr(row, field, value)
        row.position = position
        if item.id is None:
            campaign.disposition_options.append(row)
    session.flush()


def drop_rules(session: Session, campaign: Campaign) -> None:
    """Before the options change: a rule goes with its option, and two rules never have one cause."""
    if campaign.dialing is not None:
        campaign.dialing.incidence_rules.clear()
        session.flush()


def write_rules(session: Session, campaign: Campaign, request: AnyCampaign) -> None:
    """After the options are written: rules name them."""
    if not isinstance(request, DialerCampaign) or campaign.dialing is None:
        return
    options = {option.name.casefold(): option.id for option in campaign.disposition_options}
    campaign.dialing.incidence_rules = [
        IncidenceRule(
            **rule.model_dump(exclude={"disposition"}),
            disposition_option_id=options[rule.disposition.casefold()] if rule.disposition is not None else None,
        )
        for rule in request.incidence_rules
    ]
    session.flush()


def request_of(campaign: Campaign) -> AnyCampaign:
    return REQUESTS[campaign.kind].model_validate(document_of(campaign))


def snapshot(campaign: Campaign) -> dict[str, Any]:
    """The campaign as the audit log keeps it."""
    return request_of(campaign).model_dump(mode="json", exclude={"groups", "distribution"})


def document_of(campaign: Campaign) -> dict[str, Any]:
    """The campaign as the body that would make it, with the ids of its options."""
    document: dict[str, Any] = {name: getattr(campaign, name) for name in campaign_columns(campaign.kind)}
    document |= {
        "kind": campaign.kind,
        "members": [{"agent_id": member.agent_id, "penalty": member.penalty} for member in campaign.members],
        "supervisor_ids": [row.user_id for row in campaign.supervisors],
        "dispositions": [_option_document(option) for option in campaign.disposition_options],
    }
    if campaign.queue is not None:
        document |= {name: getattr(campaign.queue, name) for name in QUEUE_COLUMNS}
        document["failover"] = failover_of(campaign)
    if campaign.dialing is not None:
        document |= {name: getattr(campaign.dialing, name) for name in DIALING_COLUMNS}
        document["answered"] = answered_of(campaign)
        document["incidence_rules"] = rule_documents(campaign)
    return document


def _option_document(option: DispositionOption) -> dict[str, Any]:
    return {name: getattr(option, name) for name in DispositionOptionIn.model_fields}


def rule_documents(campaign: Campaign) -> list[dict[str, Any]]:
    """The incidence rules, options by their names."""
    if campaign.dialing is None:
        return []
    names = {option.id: option.name for option in campaign.disposition_options}
    fields = [name for name in IncidenceRuleIn.model_fields if name != "disposition"]
    return [
        {
            **{name: getattr(rule, name) for name in fields},
            "disposition": names.get(rule.disposition_option_id or 0),
        }
        for rule in campaign.dialing.incidence_rules
    ]
