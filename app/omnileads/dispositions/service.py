"""Dispositions: one answer counts for a call; every answer ever given is kept."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from omnileads.agents.live import LiveAgents
from omnileads.agents.models import Agent
from omnileads.calls.own import campaign_of_own_call, contact_of_call
from omnileads.campaigns.leads.delivery import finish as finish_lead
from omnileads.campaigns.leads.housekeeping import finish_worked_out
from omnileads.campaigns.models import Campaign, DispositionOption
from omnileads.campaigns.scope import Scope, sees
from omnileads.contacts.models import Contact
from omnileads.dispositions.errors import CallWithoutCampaign, ContactUnknown, OptionUnknown, SubdispositionUnknown
from omnileads.dispositions.models import Disposition, DispositionChange
from omnileads.dispositions.schemas import DispositionChangeOut, DispositionOut, DispositionPut
from omnileads.forms.answers import validate_answers
from omnileads.forms.models import Form
from omnileads.kit.changes import ConfigurationChanges
from omnileads.kit.clock import Clock
from omnileads.kit.errors import NotFound, ValidationFailed


class Dispositions:
    """What agents answered. `changes` is for those who put: a disposition may finish its campaign."""

    def __init__(
        self, session: Session, live: LiveAgents, clock: Clock, changes: ConfigurationChanges | None = None
    ) -> None:
        self._session = session
        self._live = live
        self._clock = clock
        self._changes = changes

    def put(self, agent: Agent, call_id: str, request: DispositionPut, *, asks_form: bool = True) -> DispositionOut:
        """Store the agent's answer about a call it took; the same answer again changes nothing.

        The contact's lead in the campaign, if it is one, is finished with it. `asks_form`: an option with a form needs
        its answers; not of integrations, which know nothing of forms. Raises NotFound for a call of somebody else,
        CallWithoutCampaign, OptionUnknown, SubdispositionUnknown, ContactUnknown, ValidationFailed (`answers.<name>`).
        """
        campaign_id = self._campaign_of(agent.id, call_id)
        present = self._session.get(Disposition, call_id, with_for_update=True)
        option = self._required_option(request, campaign_id, present)
        answers = self._answers(option, request, present, asks_form=asks_form)
        contact_id = self._contact_of(call_id, campaign_id, request, present)
        answer = (request.option_id, request.subdisposition, contact_id, request.comment, agent.id, answers)
        if present is None or _answer_in(present) != answer:
            self._store(call_id, campaign_id, contact_id, agent.id, request, answers)
        is_news = present is None or present.contact_id != contact_id
        if contact_id is not None and is_news:
            finish_lead(self._session, campaign_id, contact_id, agent.id, self._clock.now())
            if self._changes is not None:
                finish_worked_out(self._session, self._changes, campaign_id)
        return self._shown(call_id)

    def one(self, call_id: str, scope: Scope, agent: Agent | None) -> DispositionOut:
        """The call's disposition, for a person with this scope or for the agent who took the call. Raises NotFound."""
        disposition = self._session.get(Disposition, call_id)
        if disposition is None:
            raise NotFound
        if agent is not None:
            self._campaign_of(agent.id, call_id)
        elif not sees(scope, disposition.campaign_id):
            raise NotFound
        return self._shown(call_id)

    def _contact_of(
        self, call_id: str, campaign_id: int, request: DispositionPut, present: Disposition | None
    ) -> int | None:
        """The contact named, which must be in the campaign's base; else the one already known, else the call's."""
        if request.contact_id is not None:
            found = self._session.scalar(_contact_in_campaign(request.contact_id, campaign_id))
            if found is None:
                raise ContactUnknown
            return found
        if present is not None and present.contact_id is not None:
            return present.contact_id
        of_call = contact_of_call(self._session, call_id)
        return self._session.scalar(_contact_in_campaign(of_call, campaign_id)) if of_call is not None else None

    def _store(
        self,
        call_id: str,
        campaign_id: int,
        contact_id: int | None,
        agent_id: int,
        request: DispositionPut,
        answers: dict[str, str],
    ) -> None:
        now = self._clock.now()
        values = {
            "campaign_id": campaign_id,
            "option_id": request.option_id,
            "agent_id": agent_id,
            "contact_id": contact_id,
            "subdisposition": request.subdisposition,
            "comment": request.comment,
            "answers": answers,
            "updated_at": now,
        }
        statement = insert(Disposition).values(call_id=call_id, created_at=now, **values)
        self._session.execute(statement.on_conflict_do_update(index_elements=[Disposition.call_id], set_=values))
        self._session.add(
            DispositionChange(
                call_id=call_id,
                option_id=request.option_id,
                agent_id=agent_id,
                subdisposition=request.subdisposition,
                comment=request.comment,
                answers=answers,
                changed_at=now,
            )
        )
        self._session.flush()
        self._session.expire_all()

    def _campaign_of(self, agent_id: int, call_id: str) -> int:
        """Raises NotFound for a call of somebody else, CallWithoutCampaign."""
        campaign_id = campaign_of_own_call(self._session, self._live, agent_id, call_id)
        if not campaign_id:
            raise CallWithoutCampaign
        return campaign_id

    def _answers(
        self, option: DispositionOption, request: DispositionPut, present: Disposition | None, *, asks_form: bool
    ) -> dict[str, str]:
        """The answers in the option's form as they are stored. Raises ValidationFailed."""
        form = self._session.get(Form, option.form_id) if option.form_id is not None else None
        if form is None:
            if request.answers:
                raise ValidationFailed.of("answers", "no-form", "This option has no form, so it takes no answers.")
            return {}
        if request.answers is None and not asks_form:
            is_same = present is not None and present.option_id == option.id
            return dict(present.answers) if present is not None and is_same else {}
        answers, problems = validate_answers(form, request.answers or {})
        if problems:
            raise ValidationFailed(fields=problems)
        return answers

    def _required_option(
        self, request: DispositionPut, campaign_id: int, present: Disposition | None
    ) -> DispositionOption:
        option = self._session.get(DispositionOption, request.option_id)
        is_chosen_already = present is not None and present.option_id == request.option_id
        if option is None or option.campaign_id != campaign_id or (option.is_hidden and not is_chosen_already):
            raise OptionUnknown
        kept = present.subdisposition if present is not None and is_chosen_already else None
        if request.subdisposition not in (None, kept, *option.subdispositions):
            raise SubdispositionUnknown
        return option

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
            subdisposition=disposition.subdisposition,
            contact_id=disposition.contact_id,
            comment=disposition.comment,
            answers=disposition.answers,
            agent_id=disposition.agent_id,
            created_at=disposition.created_at,
            updated_at=disposition.updated_at,
            history=[
                DispositionChangeOut(
                    option_id=change.option_id,
                    name=name,
                    subdisposition=change.subdisposition,
                    comment=change.comment,
                    answers=change.answers,
                    agent_id=change.agent_id,
                    changed_at=change.changed_at,
                )
                for change, name in history
            ],
        )


def _answer_in(present: Disposition) -> tuple[int, str | None, int | None, str, int, dict[str, str]]:
    return (
        present.option_id,
        present.subdisposition,
        present.contact_id,
        present.comment,
        present.agent_id,
        present.answers,
    )


def _contact_in_campaign(contact_id: int, campaign_id: int) -> Select[int]:
    return (
        select(Contact.id)
        .join(Campaign, Campaign.contact_base_id == Contact.base_id)
        .where(Contact.id == contact_id, Campaign.id == campaign_id)
    )
