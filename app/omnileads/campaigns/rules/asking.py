"""What every rule is asked about."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from omnileads.campaigns.models import Campaign
from omnileads.campaigns.schemas import AnyCampaign
from omnileads.kit.errors import FieldProblem
from omnileads.telephony.destinations import Scope

Problems = list[FieldProblem]


@dataclass(frozen=True)
class Asking:
    """`campaign` is what the request changes, None for a new one."""

    session: Session
    request: AnyCampaign
    campaign: Campaign | None
    scope: Scope
