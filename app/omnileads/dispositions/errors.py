"""What can go wrong with a disposition."""

from __future__ import annotations

from omnileads.agents.errors import EngineUnavailable
from omnileads.kit.errors import Conflict, FieldProblem, ValidationFailed


class OptionUnknown(ValidationFailed):
    def __init__(self) -> None:
        message = "This option is not one of the campaign's, or it is hidden. Choose another one."
        super().__init__(fields=[FieldProblem("option_id", "unknown", message)])


class SubdispositionUnknown(ValidationFailed):
    def __init__(self) -> None:
        message = "This option has no such sub-disposition. Choose another one."
        super().__init__(fields=[FieldProblem("subdisposition", "unknown", message)])


class ContactUnknown(ValidationFailed):
    def __init__(self) -> None:
        message = "This contact is not in the campaign's contact base."
        super().__init__(fields=[FieldProblem("contact_id", "unknown", message)])


class CallWithoutCampaign(Conflict):
    code = "call-without-campaign"
    message = "This call belongs to no campaign, so there is nothing to disposition."


class StoredButNotTold(EngineUnavailable):
    message = "Your disposition is stored, but the call engine does not know it yet. Send it again in a few seconds."
