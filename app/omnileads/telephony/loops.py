"""Loops that a call would run through for ever, with no person and no digit in between.

Time conditions, the failovers of custom destinations and those of campaigns (a paused one sends its callers on at once)
lead on by themselves. Everything else ends the way: an agent, a voicemail box, an IVR and an identification, where the
caller has a say; so does the IVR a waiting caller leaves a campaign for by a digit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from omnileads.campaigns.models import Campaign, CampaignQueue
from omnileads.telephony.destinations import DestinationNames, Ref
from omnileads.telephony.models import CustomDestination, TimeCondition

Edges = Mapping[Ref, Sequence[Ref]]


def loop_through(session: Session, item: Ref, leads_to: Iterable[Ref]) -> list[Ref] | None:
    """The way a call would take from the item back to it if the item led to these; None when there is none.

    Call it with the call flow locked.
    """
    return find_loop({**_edges(session), item: list(leads_to)}, item)


def loop_message(session: Session, path: Sequence[Ref], name: str) -> str:
    """The refusal of a loop; `name` is what the item at its ends is going to be called."""
    names = DestinationNames(session, path)
    way = " -> ".join(f'"{name if ref == path[0] else names[ref]}"' for ref in path)
    return f"Calls would run in a circle for ever: {way}. Choose another destination."


def find_loop(edges: Edges, start: Ref) -> list[Ref] | None:
    """The shortest way from `start` back to `start`, both ends included; None when there is none."""
    came_from: dict[Ref, Ref] = {}
    queue = [start]
    while queue:
        current = queue.pop(0)
        for following in edges.get(current, ()):
            if following == start:
                return _path(came_from, start, current)
            if following not in came_from:
                came_from[following] = current
                queue.append(following)
    return None


def _path(came_from: Mapping[Ref, Ref], start: Ref, last: Ref) -> list[Ref]:
    backwards, current = [start], last
    while current != start:
        backwards.append(current)
        current = came_from[current]
    return [start, *reversed(backwards)]


def _edges(session: Session) -> Edges:
    edges: defaultdict[Ref, list[Ref]] = defaultdict(list)
    for row in session.scalars(select(TimeCondition)):
        for kind, item_id in ((row.match_type, row.match_id), (row.otherwise_type, row.otherwise_id)):
            if item_id is not None:
                edges["time-condition", row.id].append((kind, item_id))
    for custom in session.scalars(select(CustomDestination)):
        if custom.failover_id is not None:
            edges["custom-destination", custom.id].append((custom.failover_type, custom.failover_id))
    failovers = (
        select(CampaignQueue.campaign_id, CampaignQueue.failover_type, CampaignQueue.failover_id)
        .join(Campaign, Campaign.id == CampaignQueue.campaign_id)
        .where(Campaign.deleted_at.is_(None))
    )
    for campaign_id, failover_type, failover_id in session.execute(failovers):
        if failover_type is not None and failover_id is not None:
            edges["inbound-campaign", campaign_id].append((failover_type, failover_id))
    return edges
