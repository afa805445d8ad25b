"""Where a campaign sends calls that are not its agents'."""

from __future__ import annotations

from omnileads.campaigns.models import Campaign
from omnileads.telephony.schemas import Destination


def failover_of(campaign: Campaign) -> Destination | None:
    """Where callers go whom the queue does not keep; None when they are hung up on."""
    queue = campaign.queue
    if queue is None or queue.failover_type is None:
        return None
    return Destination(type=queue.failover_type, id=queue.failover_id)


def answered_of(campaign: Campaign) -> Destination | None:
    """Where a dialer campaign's answered calls go instead of to the agents."""
    dialing = campaign.dialing
    if dialing is None or dialing.answered_type is None:
        return None
    return Destination(type=dialing.answered_type, id=dialing.answered_id)


def exit_ivr_of(campaign: Campaign) -> Destination | None:
    """Where a waiting caller's digit leads."""
    queue = campaign.queue
    return None if queue is None or queue.exit_ivr_id is None else Destination(type="ivr", id=queue.exit_ivr_id)
