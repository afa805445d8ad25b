"""What can go wrong at the agent's desk."""

from __future__ import annotations

from omnileads.kit.errors import Conflict, ValidationFailed


class ContactChanged(Conflict):
    code = "contact-changed"
    message = "Somebody else changed this contact meanwhile. Look at it as it is now, and change it again."


class CampaignWithoutContacts(Conflict):
    code = "campaign-without-contacts"
    message = "This campaign has no contact base, so there are no contacts to look at."


class ContactNotThere(ValidationFailed):
    def __init__(self) -> None:
        super().__init__()
        self.fields = ValidationFailed.of(
            "contact_id", "unknown", "This contact is not one of the campaign's. Search it again."
        ).fields


class NothingToOpen(Conflict):
    code = "nothing-to-open"
    message = "This campaign opens no external site for this call."


class SiteUnusable(Conflict):
    """The text says why these values make no request."""

    code = "external-site-unusable"
