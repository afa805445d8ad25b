"""Requests and answers about a call's disposition."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from omnileads.kit.clock import Instant
from omnileads.kit.schemas import Id, RequestModel, ResponseModel


class DispositionPut(RequestModel):
    option_id: Id
    comment: Annotated[str, Field(max_length=2_000)] = ""


class DispositionChangeOut(ResponseModel):
    option_id: int
    name: str
    comment: str
    agent_id: int
    changed_at: Instant


class DispositionOut(ResponseModel):
    """The answer that counts; `history` has every answer, the newest first."""

    call_id: str
    campaign_id: int
    option_id: int
    name: str
    comment: str
    agent_id: int
    created_at: Instant
    updated_at: Instant
    history: list[DispositionChangeOut]
