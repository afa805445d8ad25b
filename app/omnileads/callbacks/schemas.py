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


class CallbackOut(ResponseModel):
    id: int
    kind: CallbackKind
    campaign_id: int
    campaign_name: str
    contact_id: int
    agent_id: int
    agent_name: str
    due_at: Instant
    phone: str
    note: str
