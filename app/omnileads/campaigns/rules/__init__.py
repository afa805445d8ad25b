"""Rules a campaign's request must keep, beyond the shape of its fields. All problems are reported at once."""

from __future__ import annotations

from sqlalchemy.orm import Session

from omnileads.campaigns.models import Campaign
from omnileads.campaigns.rules import contacts, crm, dialing, options, people, telephony
from omnileads.campaigns.rules.asking import Asking, Problems
from omnileads.campaigns.schemas import AnyCampaign
from omnileads.telephony.destinations import Scope

__all__ = ["problems_of"]


def problems_of(session: Session, request: AnyCampaign, campaign: Campaign | None, scope: Scope) -> Problems:
    """Every reason to refuse the request; `campaign` is what it changes, None for a new one.

    Call it with the call flow locked (`telephony.destinations.lock_call_flow`).
    """
    asking = Asking(session, request, campaign, scope)
    checks = (
        telephony.problems,
        contacts.problems,
        crm.problems,
        dialing.problems,
        people.problems,
        options.problems,
    )
    return [problem for check in checks for problem in check(asking)]
