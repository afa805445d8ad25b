"""Rules about sounds, music, routes and where calls go."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from omnileads.campaigns.destinations import answered_of, exit_ivr_of, failover_of
from omnileads.campaigns.models import Campaign
from omnileads.campaigns.rules.asking import Asking, Problems
from omnileads.campaigns.schemas import DialerCampaign, InboundCampaign
from omnileads.kit.errors import FieldProblem
from omnileads.telephony.destinations import Ref, destination_problem, ref_of
from omnileads.telephony.loops import loop_message, loop_through
from omnileads.telephony.models import MohPlaylist, OutboundRoute
from omnileads.telephony.schemas import Destination
from omnileads.telephony.sounds import audio_problems

_SOUNDS: Final[tuple[str, ...]] = ("welcome_audio_id", "periodic_audio_id", "agent_audio_id", "machine_audio_id")


def problems(asking: Asking) -> Problems:
    found = _route_problems(asking)
    request = asking.request
    if isinstance(request, InboundCampaign | DialerCampaign):
        sounds: dict[str, int | None] = {
            field: getattr(request, field) for field in _SOUNDS if field in type(request).model_fields
        }
        found += audio_problems(asking.session, sounds)
        found += _playlist_problems(asking, request.moh_playlist_id)
        found += _announcement_problems(request)
        found += _destination_problems(asking, request)
    return found


def _route_problems(asking: Asking) -> Problems:
    """Locks the route against being deleted until the transaction ends."""
    route_id = asking.request.outbound_route_id
    if route_id is None:
        return []
    statement = select(OutboundRoute.id).where(OutboundRoute.id == route_id).with_for_update(read=True)
    if asking.session.scalar(statement) is None:
        return [FieldProblem("outbound_route_id", "unknown", "This outbound route does not exist. Choose another one.")]
    return []


def _playlist_problems(asking: Asking, playlist_id: int | None) -> Problems:
    """Locks the playlist against being deleted or emptied until the transaction ends."""
    if playlist_id is None:
        return []
    playlist = asking.session.get(MohPlaylist, playlist_id, with_for_update={"read": True, "of": MohPlaylist})
    if playlist is None:
        return [FieldProblem("moh_playlist_id", "unknown", "This playlist does not exist. Choose another one.")]
    if not playlist.files:
        return [FieldProblem("moh_playlist_id", "empty", "There is no music in this playlist. Add some first.")]
    return []


def _announcement_problems(request: InboundCampaign | DialerCampaign) -> Problems:
    found: Problems = []
    tells = request.announce_position or request.announce_hold_time != "no"
    if tells and request.announce_seconds == 0:
        message = "Say every how many seconds the position or the expected wait is told."
        found.append(FieldProblem("announce_seconds", "missing", message))
    if request.periodic_audio_id is not None and request.periodic_seconds == 0:
        message = "Say every how many seconds the periodic audio is played."
        found.append(FieldProblem("periodic_seconds", "missing", message))
    return found


def _destination_problems(asking: Asking, request: InboundCampaign | DialerCampaign) -> Problems:
    wanted = {"failover": request.failover}
    if isinstance(request, DialerCampaign):
        wanted["answered"] = request.answered
    kept = _present(asking.campaign)
    found = [
        destination_problem(asking.session, destination, asking.scope, field, kept)
        for field, destination in wanted.items()
        if destination is not None
    ]
    if request.exit_ivr_id is not None:
        found.append(_exit_problem(asking, request))
    problems = [problem for problem in found if problem is not None]
    return problems or _loop_problems(asking, wanted)


def _exit_problem(asking: Asking, request: InboundCampaign | DialerCampaign) -> FieldProblem | None:
    if request.kind != "inbound":
        return FieldProblem("exit_ivr_id", "not-inbound", "Only callers of an inbound campaign can leave by a digit.")
    ivr = Destination(type="ivr", id=request.exit_ivr_id)
    problem = destination_problem(asking.session, ivr, asking.scope, "exit_ivr")
    return problem and FieldProblem("exit_ivr_id", problem.code, problem.message)


def _present(campaign: Campaign | None) -> list[Ref]:
    """Where the campaign sends calls already: a caller who does not see that may leave it."""
    if campaign is None:
        return []
    refs = (ref_of(failover_of(campaign)), ref_of(answered_of(campaign)), ref_of(exit_ivr_of(campaign)))
    return [ref for ref in refs if ref is not None]


def _loop_problems(asking: Asking, wanted: dict[str, Destination | None]) -> Problems:
    """Only a change can close a loop, and only of an inbound campaign: nothing leads to the others or to a new one."""
    campaign, request = asking.campaign, asking.request
    if campaign is None or campaign.kind != "inbound":
        return []
    fields = {ref_of(value): f"{field}.id" for field, value in wanted.items()}
    if isinstance(request, InboundCampaign) and request.exit_ivr_id is not None:
        fields["ivr", request.exit_ivr_id] = "exit_ivr_id"
    leads_to = [ref for ref in fields if ref is not None]
    path = loop_through(asking.session, ("inbound-campaign", campaign.id), leads_to)
    if path is None:
        return []
    return [FieldProblem(fields[path[1]], "loop", loop_message(asking.session, path, request.name))]
