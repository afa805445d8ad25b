"""Campaigns as they are answered: with names of people, and with what waits in them now."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast

import redis
from pydantic import TypeAdapter
from redis.exceptions import RedisError
from sqlalchemy import Row, case, func, select
from sqlalchemy.orm import Session

from omnileads.agents.models import Agent
from omnileads.agents.names import agent_names
from omnileads.campaigns.destinations import answered_of, failover_of
from omnileads.campaigns.models import Campaign, CampaignDialing, CampaignMember, CampaignQueue, DispositionOption
from omnileads.campaigns.schemas import AnyCampaignOut, CampaignOut, CampaignRow, DispositionOptionOut, MemberOut
from omnileads.campaigns.writing import DIALING_COLUMNS, QUEUE_COLUMNS, campaign_columns, rule_documents
from omnileads.contacts.models import ContactBase
from omnileads.dispositions.models import Disposition
from omnileads.telephony.destinations import DestinationNames, Ref, ref_of
from omnileads.telephony.schemas import Destination, DestinationOut
from omnileads.telephony.schemas.destinations import UserOut
from omnileads.telephony.usage import Usage

LIVE_CALLS: Final = "oml:live:calls"
"""Hash: call id -> CallLive as JSON."""

_COMPUTED: Final = frozenset({"failover", "waiting"})
_ANSWER: Final[TypeAdapter[AnyCampaignOut]] = TypeAdapter(CampaignOut)


class CampaignPresenter:
    def __init__(self, session: Session, client: redis.Redis) -> None:
        self._session = session
        self._client = client

    def present(self, campaign: Campaign, users: Sequence[Usage]) -> AnyCampaignOut:
        """The whole campaign; `users` is what sends calls to it. It is answered without the live state, too."""
        document: dict[str, Any] = {
            name: getattr(campaign, name)
            for name in (
                *campaign_columns(campaign.kind),
                *("id", "kind", "state", "is_hidden", "lead_selection", "recycled_from_id", "created_at"),
            )
        }
        waiting = self._waiting()
        document |= {
            "contact_base_name": self._base_name(campaign.contact_base_id),
            "members": self._members(campaign),
            "supervisor_ids": [row.user_id for row in campaign.supervisors],
            "dispositions": [DispositionOptionOut.model_validate(option) for option in campaign.disposition_options],
            "waiting": waiting.get(campaign.id, 0) if waiting is not None else None,
            "used_by": [UserOut.model_validate(user) for user in users],
            **self._queue(campaign),
            **self._dialing(campaign),
        }
        return _ANSWER.validate_python(document)

    def rows(self, campaigns: Sequence[Row[Any]]) -> list[CampaignRow]:
        """Rows of a list, from rows of `row_statement`."""
        waiting = self._waiting()
        names = DestinationNames(self._session, [_ref(row) for row in campaigns])
        return [
            CampaignRow(
                **{name: getattr(row, name) for name in CampaignRow.model_fields if name not in _COMPUTED},
                failover=names.answer(row.failover_type, row.failover_id) if row.failover_type is not None else None,
                waiting=waiting.get(row.id, 0) if waiting is not None else None,
            )
            for row in campaigns
        ]

    def calls_now(self) -> Mapping[int, int]:
        """How many calls are in each campaign, in whatever state. Raises RedisError."""
        return Counter(int(call.get("campaign_id") or 0) for call in self._live_calls())

    def _waiting(self) -> Mapping[int, int] | None:
        try:
            calls = self._live_calls()
        except RedisError:
            return None
        return Counter(int(call["campaign_id"]) for call in calls if call.get("state") in ("waiting", "ringing"))

    def _live_calls(self) -> list[dict[str, Any]]:
        documents = cast("dict[str, str]", self._client.hgetall(LIVE_CALLS))
        return [json.loads(document) for document in documents.values()]

    def _base_name(self, base_id: int | None) -> str | None:
        return self._session.scalar(select(ContactBase.name).where(ContactBase.id == base_id)) if base_id else None

    def _members(self, campaign: Campaign) -> list[MemberOut]:
        ids = {member.agent_id for member in campaign.members}
        names = agent_names(self._session, ids)
        extensions = self._extensions(ids)
        return [
            MemberOut(
                agent_id=member.agent_id,
                penalty=member.penalty,
                name=names.get(member.agent_id, ""),
                extension=extensions.get(member.agent_id),
            )
            for member in campaign.members
        ]

    def _extensions(self, agent_ids: Iterable[int]) -> dict[int, int]:
        rows = self._session.execute(select(Agent.id, Agent.extension).where(Agent.id.in_(list(agent_ids))))
        return dict(rows.all())

    def _queue(self, campaign: Campaign) -> dict[str, Any]:
        if campaign.queue is None:
            return {}
        columns = {name: getattr(campaign.queue, name) for name in QUEUE_COLUMNS}
        return {**columns, "failover": self._destination(failover_of(campaign))}

    def _dialing(self, campaign: Campaign) -> dict[str, Any]:
        dialing = campaign.dialing
        if dialing is None:
            return {}
        rules = zip(dialing.incidence_rules, rule_documents(campaign), strict=True)
        return {
            **{name: getattr(dialing, name) for name in DIALING_COLUMNS},
            "answered": self._destination(answered_of(campaign)),
            "incidence_rules": [{"id": rule.id, **document} for rule, document in rules],
        }

    def _destination(self, destination: Destination | None) -> DestinationOut | None:
        if destination is None:
            return None
        return DestinationNames(self._session, [ref_of(destination)]).answer(destination.type, destination.id)


def row_statement() -> Any:
    """Campaigns as `CampaignPresenter.rows` takes them; a statement without a statement for each row."""
    member_count = (
        select(func.count()).where(CampaignMember.campaign_id == Campaign.id).correlate(Campaign).scalar_subquery()
    )
    positive = (
        select(func.count())
        .select_from(Disposition)
        .join(DispositionOption, DispositionOption.id == Disposition.option_id)
        .where(Disposition.campaign_id == Campaign.id, DispositionOption.is_positive)
        .correlate(Campaign)
        .scalar_subquery()
    )
    return (
        select(
            Campaign.id,
            Campaign.kind,
            Campaign.name,
            Campaign.state,
            Campaign.is_hidden,
            Campaign.objective,
            Campaign.contact_base_id,
            Campaign.created_at,
            ContactBase.name.label("contact_base_name"),
            CampaignQueue.strategy,
            CampaignQueue.failover_type,
            CampaignQueue.failover_id,
            CampaignDialing.starts_on,
            CampaignDialing.ends_on,
            member_count.label("member_count"),
            case((Campaign.objective > 0, positive)).label("positive_count"),
        )
        .outerjoin(ContactBase, ContactBase.id == Campaign.contact_base_id)
        .outerjoin(CampaignQueue, CampaignQueue.campaign_id == Campaign.id)
        .outerjoin(CampaignDialing, CampaignDialing.campaign_id == Campaign.id)
    )


def _ref(row: Row[Any]) -> Ref | None:
    if row.failover_type is None or row.failover_id is None:
        return None
    return row.failover_type, row.failover_id
