"""Requests and answers of the agent's desk."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from omnileads.calls.models import CallDirection, CallOutcome
from omnileads.contacts.models import ColumnRole
from omnileads.contacts.schemas.bases import Values
from omnileads.crm.models import SiteFormat, SiteMethod, SiteTarget
from omnileads.forms.schemas import FormFieldOut
from omnileads.kit.clock import Instant
from omnileads.kit.schemas import BigId, RequestModel, ResponseModel


class CardColumn(ResponseModel):
    """A column the agent may see. A locked one is shown as it is; only a new contact's is filled in."""

    key: str
    name: str
    role: ColumnRole
    is_locked: bool
    is_required: bool


class ContactCard(ResponseModel):
    """A contact, without the columns the campaign hides. `version` changes with every change of the contact."""

    id: int
    phone: str
    external_id: str | None
    values: dict[str, str]
    version: str
    is_original: bool = Field(description="Of the base; not added by an agent.")


class ScriptPiece(ResponseModel):
    """Plain text. `is_value`: it is the contact's, put in where the script names a column."""

    text: str
    is_value: bool


class CallCard(ResponseModel):
    """Whom a call is with. Without `contact`, `candidates` are the contacts with the number; none: nobody is known.

    `is_attached`: it is said, by an agent or because the number is only this contact's. `columns` is empty for a
    campaign without contact base.
    """

    call_id: str
    campaign_id: int
    has_contacts: bool
    columns: list[CardColumn]
    contact: ContactCard | None
    candidates: list[ContactCard]
    is_attached: bool
    script: list[ScriptPiece]


class ContactAttach(RequestModel):
    contact_id: BigId


class AgentContactCreate(RequestModel):
    """`values` by column key. With `call_id` the new contact is the one this call is with."""

    values: Values
    call_id: Annotated[str, Field(min_length=1, max_length=32)] | None = None


class AgentContactChange(RequestModel):
    """`values` by column key; what is not sent stays. `version` is that of the card they were written into."""

    values: Values
    version: Annotated[str, Field(min_length=1, max_length=40)]


class AgentContactSlice(ResponseModel):
    """`next` is the cursor of the following contacts, null at the end. `is_cut`: a search found more than it shows."""

    columns: list[CardColumn]
    items: list[ContactCard]
    next: str | None
    is_cut: bool


class ContactHistoryItem(ResponseModel):
    """A call with the contact, or a disposition an integration stored without one (`direction` null)."""

    call_id: str
    at: Instant
    campaign_name: str
    agent_name: str
    direction: CallDirection | None
    outcome: CallOutcome | None
    talk_seconds: float | None
    disposition: str | None
    subdisposition: str | None
    comment: str


class AgentForm(ResponseModel):
    """A form that an option of one of the agent's campaigns opens."""

    id: int
    name: str
    description: str
    fields: list[FormFieldOut]


DialplanText = Annotated[str, Field(max_length=2_000)]


class SiteVisitRequest(RequestModel):
    """`dialplan` is what the call brought from the dialplan (`Omlcrm...`), as the webphone was told."""

    dialplan: Annotated[
        dict[Annotated[str, Field(pattern=r"^Omlcrm[A-Za-z0-9_]{1,74}$")], DialplanText], Field(max_length=50)
    ] = Field(default_factory=dict)


class SiteField(ResponseModel):
    name: str
    value: str


class SiteVisit(ResponseModel):
    """What the browser opens: `url` as an address, or with `method` POST a form of `fields` sent in `format`.

    `target` null: the server sends the request, and nothing is opened.
    """

    site_name: str
    target: SiteTarget | None
    method: SiteMethod
    url: str
    format: SiteFormat | None
    fields: list[SiteField]
