"""Dispositions: one answer counts for a call; every answer ever given is kept."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from omnileads.agents.live import LiveAgents
from omnileads.agents.models import Agent
from omnileads.calls.models import CallEvent
from omnileads.campaigns.models import DispositionOption
from omnileads.campaigns.scope import Scope
from omnileads.dispositions.errors import CallWithoutCampaign, OptionUnknown
from omnileads.dispositions.models import Disposition, DispositionChange
from omnileads.dispositions.schemas import DispositionChangeOut, DispositionOut, DispositionPut
from omnileads.kit.clock import Clock
from omnileads.kit.errors import NotFound


class Dispositions:
    def __init__(self, session: Session, live: LiveAgents, clock: Clock) -> None:
        self._session = session
        self._live = live
        self._clock = clock

    def put(self, agent: Agent, call_id: str, request: DispositionPut) -> DispositionOut:
        """Store the agent's answer about a call it took; the same answer again changes nothing.

        Raises NotFound for a call of somebody else, CallWithoutCampaign, OptionUnknown.
        """
        campaign_id = self._campaign_of(agent.id, call_id)
        present = self._session.get(Disposition, call_id, with_for_update=True)
        self._require_option(request.option_id, campaign_id, present)
        answer = (request.option_id, request.comment, agent.id)
        if present is None or (present.option_id, present.comment, present.agent_id) != answer:
            self._store(call_id, campaign_id, agent.id, request)
        return self._shown(call_id)

    def one(self, call_id: str, scope: Scope, agent: Agent | None) -> DispositionOut:
        """The call's disposition, for a person with this scope or for the agent who took the call. Raises NotFound."""
        disposition = self._session.get(Disposition, call_id)
        if disposition is None:
            raise NotFound
        if agent is not None:
            self._campaign_of(agent.id, call_id)
        elif scope is not None and disposition.campaign_id not in scope:
            raise NotFound
        return self._shown(call_id)

    def _store(self, call_id: str, campaign_id: int, agent_id: int, request: DispositionPut) -> None:
        now = self._clock.now()
        values = {
            "campaign_id": campaign_id,
            "option_id": request.option_id,
            "agent_id": agent_id,
            "comment": request.comment,
            "updated_at": now,
        }
        statement = insert(Disposition).values(call_id=call_id, created_at=now, **values)
        self._session.execute(statement.on_conflict_do_update(index_elements=[Disposition.call_id], set_=values))
        self._session.add(
            DispositionChange(
                call_id=call_id,
                option_id=request.option_id,
                agent_id=agent_id,
                comment=request.comment,
                changed_at=now,
            )
        )
        self._session.flush()
        self._session.expire_all()

    def _campaign_of(self, agent_id: int, call_id: str) -> int:
        """The campaign of a call this agent talks or talked in; the live state knows it before the log does."""
        campaign_id = self._logged_campaign(agent_id, call_id)
        if campaign_id is None:
            live = self._live.one(agent_id)
            if live is None or live.call_id != call_id:
                raise NotFound
            campaign_id = live.campaign_id
        if not campaign_id:
            raise CallWithoutCampaign
        return campaign_id

    def _logged_campaign(self, agent_id: int, call_id: str) -> int | None:
        """The campaign (0: none) in which the agent was connected to the call, as far as it is logged."""
        return self._session.scalar(
            select(CallEvent.campaign_id)
            .where(CallEvent.call_id == call_id, CallEvent.agent_id == agent_id, CallEvent.event == "CONNECT")
            .order_by(CallEvent.sequence.desc())
            .limit(1)
        )

    def _require_option(self, option_id: int, campaign_id: int, present: Disposition | None) -> None:
        option = self._session.get(DispositionOption, option_id)
        is_chosen_already = present is not None and present.option_id == option_id
        if option is None or option.campaign_id != campaign_id or (option.is_hidden and not is_chosen_already):
            raise OptionUnknown

    def _shown(self, call_id: str) -> DispositionOut:
        disposition = self._session.get_one(Disposition, call_id)
        history = self._session.execute(
            select(DispositionChange, DispositionOption.name)
            .join(DispositionOption, DispositionOption.id == DispositionChange.option_id)
            .where(DispositionChange.call_id == call_id)
            .order_by(DispositionChange.id.desc())
        )
        return DispositionOut(
            call_id=call_id,
            campaign_id=disposition.campaign_id,
            option_id=disposition.option_id,
            name=disposition.option.name,
            comment=disposition.comment,
            agent_id=disposition.agent_id,
            created_at=disposition.created_at,
            updated_at=disposition.updated_at,
            history=[
                DispositionChangeOut(
                    option_id=change.option_id,
                    name=name,
                    comment=change.comment,
                    agent_id=change.agent_id,
                    changed_at=change.changed_at,
                )
                for change, name in history
            ],
        )
