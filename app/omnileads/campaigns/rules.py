"""Rules a campaign's request must keep, beyond the shape of its fields. All problems are reported at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from omnileads.accounts.models import Role, User
from omnileads.agents.models import Agent, AgentGroup
from omnileads.campaigns.models import Campaign, DispositionOption
from omnileads.campaigns.presentation import failover_of
from omnileads.campaigns.schemas import DispositionOptionIn, InboundCampaignCreate, MemberIn
from omnileads.dispositions.models import Disposition, DispositionChange
from omnileads.kit.errors import FieldProblem
from omnileads.telephony.destinations import destination_problem, ref_of
from omnileads.telephony.loops import loop_message, loop_through
from omnileads.telephony.models import MohPlaylist
from omnileads.telephony.sounds import audio_problems

RESERVED_OPTION_NAMES: Final = frozenset({"agenda", "callback"})
"""They mean "call again" everywhere in reports, so only an option of kind "callback" may be called so."""

SUPERVISING_PERMISSION: Final = "supervision.read"

Problems = list[FieldProblem]


def problems_of(
    session: Session, request: InboundCampaignCreate, campaign: Campaign | None, scope: frozenset[int] | None
) -> Problems:
    """Every reason to refuse the request; `campaign` is what it changes, None for a new one.

    Call it with the call flow locked (`telephony.destinations.lock_call_flow`).
    """
    return [
        *audio_problems(session, {"welcome_audio_id": request.welcome_audio_id}),
        *_playlist_problems(session, request.moh_playlist_id),
        *_failover_problems(session, request, campaign, scope),
        *_member_problems(session, request.members, campaign),
        *_group_problems(session, request.group_ids),
        *_supervisor_problems(session, request.supervisor_ids, campaign),
        *_option_problems(session, request.dispositions, campaign),
    ]


def _playlist_problems(session: Session, playlist_id: int | None) -> Problems:
    """Locks the playlist against being deleted or emptied until the transaction ends."""
    if playlist_id is None:
        return []
    playlist = session.get(MohPlaylist, playlist_id, with_for_update={"read": True, "of": MohPlaylist})
    if playlist is None:
        return [FieldProblem("moh_playlist_id", "unknown", "This playlist does not exist. Choose another one.")]
    if not playlist.files:
        return [FieldProblem("moh_playlist_id", "empty", "There is no music in this playlist. Add some first.")]
    return []


def _failover_problems(
    session: Session, request: InboundCampaignCreate, campaign: Campaign | None, scope: frozenset[int] | None
) -> Problems:
    if request.failover is None:
        return []
    present = ref_of(failover_of(campaign.queue)) if campaign else None
    kept = [present] if present is not None else []
    problem = destination_problem(session, request.failover, scope, "failover", kept)
    if problem is not None:
        return [problem]
    failover = ref_of(request.failover)
    if campaign is None or failover is None:
        return []
    path = loop_through(session, ("inbound-campaign", campaign.id), [failover])
    return [FieldProblem("failover.id", "loop", loop_message(session, path, request.name))] if path else []


def _member_problems(session: Session, members: Sequence[MemberIn], campaign: Campaign | None) -> Problems:
    ids = [member.agent_id for member in members]
    known = set(session.scalars(select(Agent.id).where(Agent.id.in_(ids), Agent.deleted_at.is_(None))))
    known |= {member.agent_id for member in campaign.members} if campaign else set()
    return _list_problems("members", "agent_id", ids, known, "agent")


def _group_problems(session: Session, group_ids: Sequence[int]) -> Problems:
    known = set(
        session.scalars(select(AgentGroup.id).where(AgentGroup.id.in_(group_ids), AgentGroup.deleted_at.is_(None)))
    )
    return _list_problems("group_ids", None, group_ids, known, "agent group")


def _supervisor_problems(session: Session, supervisor_ids: Sequence[int], campaign: Campaign | None) -> Problems:
    """Only new supervisors are judged: one who lost the right since must not get in the way of other changes."""
    statement = (
        select(User.id)
        .join(Role, Role.id == User.role_id)
        .where(
            User.id.in_(supervisor_ids), User.deleted_at.is_(None), Role.permissions.contains([SUPERVISING_PERMISSION])
        )
    )
    known = set(session.scalars(statement))
    known |= {row.user_id for row in campaign.supervisors} if campaign else set()
    return _list_problems("supervisor_ids", None, supervisor_ids, known, "user who may supervise")


def _list_problems(field: str, part: str | None, ids: Sequence[int], known: Collection[int], what: str) -> Problems:
    problems: Problems = []
    seen: set[int] = set()
    for index, item in enumerate(ids):
        place = f"{field}.{index}.{part}" if part else f"{field}.{index}"
        if item in seen:
            problems.append(FieldProblem(place, "repeated", f"This {what} is in the list twice. Remove one."))
        elif item not in known:
            problems.append(FieldProblem(place, "unknown", f"There is no such {what}. Choose another one."))
        seen.add(item)
    return problems


def _option_problems(session: Session, options: Sequence[DispositionOptionIn], campaign: Campaign | None) -> Problems:
    present = {option.id: option for option in campaign.disposition_options} if campaign else {}
    problems: Problems = []
    names: set[str] = set()
    ids: set[int] = set()
    for index, option in enumerate(options):
        name = option.name.casefold()
        if name in names:
            problems.append(_option(index, "name", "repeated", "Another option of this campaign has this name."))
        if name in RESERVED_OPTION_NAMES and option.kind != "callback":
            problems.append(_option(index, "name", "reserved", 'This name is kept for options of kind "callback".'))
        if option.id is not None and (option.id not in present or option.id in ids):
            problems.append(
                _option(index, "id", "unknown", "This option is not one of the campaign's. Leave its id out.")
            )
        names.add(name)
        ids.add(option.id or 0)
    if not any(not option.is_hidden for option in options):
        problems.append(FieldProblem("dispositions", "missing", "Agents need at least one option that is not hidden."))
    return problems + _removed_option_problems(session, present, ids)


def _option(index: int, part: str, code: str, message: str) -> FieldProblem:
    return FieldProblem(f"dispositions.{index}.{part}", code, message)


def _removed_option_problems(
    session: Session, present: dict[int, DispositionOption], kept: Collection[int]
) -> Problems:
    removed = [option_id for option_id in present if option_id not in kept]
    if not removed:
        return []
    used = set(session.scalars(select(Disposition.option_id).where(Disposition.option_id.in_(removed)).distinct()))
    used |= set(
        session.scalars(select(DispositionChange.option_id).where(DispositionChange.option_id.in_(removed)).distinct())
    )
    return [
        FieldProblem("dispositions", "in-use", f'"{present[option_id].name}" was used and cannot be removed. Hide it.')
        for option_id in removed
        if option_id in used
    ]
