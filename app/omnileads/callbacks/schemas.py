"""Requests and answers about callbacks."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field

from omnileads.callbacks.models import CallbackKind
from omnileads.kit.clock import Instant
from omnileads.kit.schemas import BigId, Id, RequestModel, ResponseModel


class CallbackPut(RequestModel):
    """When to call whom again. Without `phone` it is the contact's main one; "global" is for dialer campaigns."""

    campaign_id: Id
    contact_id: BigId
    due_at: AwareDatetime
    kind: CallbackKind = "personal"
    phone: Annotated[str, Field(max_length=40)] | None = None
    note: Annotated[str, Field(max_length=1000)] = ""


class CallbackGiven(RequestModel):
    """Who is to call instead: another agent of the campaign."""

    agent_id: Id


class CallbackOut(ResponseModel):
    """`contact` is the first of the contact's values that is no phone and that the campaign does not hide, or empty."""

    id: int
    kind: CallbackKind
    campaign_id: int
    campaign_name: str
    contact_id: int
    contact: str
    agent_id: int
    agent_name: str
    due_at: Instant
    phone: str
    note: str


class CallbackAgent(ResponseModel):
    """An agent who could be given a callback; not one who is to call this contact already (`has_callback`)."""

    id: int
    name: str
    extension: int
    has_callback: bool
