"""Requests and answers about a call's disposition."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from omnileads.kit.clock import Instant
from omnileads.kit.schemas import Id, RequestModel, ResponseModel

FormAnswer = Annotated[str, Field(max_length=10_000)] | int | float | None


class DispositionPut(RequestModel):
    """`subdisposition` is one of the option's. Without `contact_id` it is about the call's contact, if there is one.

    `answers` are those in the form of an option that has one, by the names of its fields: text, or numbers for a
    number.
    """

    option_id: Id
    subdisposition: Annotated[str, Field(min_length=1, max_length=50)] | None = None
    contact_id: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None
    comment: Annotated[str, Field(max_length=2_000)] = ""
    answers: Annotated[dict[Annotated[str, Field(max_length=100)], FormAnswer], Field(max_length=200)] | None = None


class DispositionChangeOut(ResponseModel):
    option_id: int
    name: str
    subdisposition: str | None
    comment: str
    answers: dict[str, str]
    agent_id: int
    changed_at: Instant


class DispositionOut(ResponseModel):
    """The answer that counts; `history` has every answer, the newest first."""

    call_id: str
    campaign_id: int
    option_id: int
    name: str
    subdisposition: str | None
    contact_id: int | None
    comment: str
    answers: dict[str, str]
    agent_id: int
    created_at: Instant
    updated_at: Instant
    history: list[DispositionChangeOut]
