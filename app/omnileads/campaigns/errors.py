"""What can go wrong with campaigns."""

from __future__ import annotations

from omnileads.kit.errors import Conflict, FieldProblem, ValidationFailed


class CampaignNameTaken(ValidationFailed):
    def __init__(self) -> None:
        super().__init__(fields=[FieldProblem("name", "taken", "Another campaign has this name.")])


class ExternalIdTaken(ValidationFailed):
    def __init__(self) -> None:
        message = "Another campaign has this id in the external system."
        super().__init__(fields=[FieldProblem("external_id", "taken", message)])


class CampaignStateRefused(Conflict):
    code = "campaign-state"


class CampaignFinished(Conflict):
    code = "campaign-finished"
    message = "A finished campaign cannot be changed; it is kept for the reports. Create a new one."


class CampaignInUse(Conflict):
    code = "campaign-in-use"
