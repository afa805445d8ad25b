"""What can go wrong with campaigns."""

from __future__ import annotations

from omnileads.campaigns.states import Refusal
from omnileads.kit.errors import Conflict, FieldProblem, ValidationFailed


class CampaignNameTaken(ValidationFailed):
    def __init__(self) -> None:
        super().__init__(fields=[FieldProblem("name", "taken", "Another campaign has this name.")])


class ExternalIdTaken(ValidationFailed):
    def __init__(self) -> None:
        message = "Another campaign has this id in the external system."
        super().__init__(fields=[FieldProblem("external_id", "taken", message)])


class CampaignStateRefused(Conflict):
    """Field `state` has the reason's code: what is lacking, or the state that does not allow it."""

    code = "campaign-state"

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.sentence, fields=[FieldProblem("state", reason.code, reason.sentence)])


class CampaignFinished(Conflict):
    code = "campaign-finished"
    message = "A finished campaign cannot be changed; it is kept for the reports. Create a new one."


class CampaignInUse(Conflict):
    code = "campaign-in-use"


class CampaignNotWorked(Conflict):
    code = "campaign-not-active"
    message = "This campaign is not active now. Choose another one."


class NoLeadLeft(Conflict):
    code = "no-lead"
    message = "There is no contact to deliver now. Ask again later."


class LeadLost(Conflict):
    code = "lead-lost"
    message = "This contact is not yours any more. Ask for the next one."


class OrderRefused(ValidationFailed):
    """A file with a new order that was not applied; nothing of it was."""

    code = "order-refused"
    message = "Nothing was changed: the file has mistakes. Correct them and send it again."


class TemplateNameTaken(ValidationFailed):
    def __init__(self) -> None:
        super().__init__(fields=[FieldProblem("name", "taken", "Another template has this name.")])


class DraftsFull(Conflict):
    code = "drafts-full"
    message = "You have as many drafts as one can keep. Finish or delete one first."


class NoLeads(Conflict):
    code = "no-leads"
    message = "Only preview and dialer campaigns have contacts to be worked one by one."
