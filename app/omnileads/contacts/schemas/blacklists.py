"""Requests and answers about do-not-call lists."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field, field_validator
from pydantic_core import PydanticCustomError

from omnileads.contacts import phones
from omnileads.kit.clock import Instant
from omnileads.kit.schemas import Id, RequestModel

ListName = Annotated[str, Field(min_length=1, max_length=60)]
CampaignIds = Annotated[list[Id], Field(max_length=1000)]


class BlacklistCreate(RequestModel):
    """`campaign_ids` count only while `applies_to_all` is false; such a list says nothing about calls outside of
    campaigns."""

    name: ListName
    applies_to_all: bool = True
    campaign_ids: CampaignIds = Field(default_factory=list)
    is_enabled: bool = True


class BlacklistPatch(RequestModel):
    """Only what is sent changes; a list that is sent replaces the list."""

    name: ListName | None = None
    applies_to_all: bool | None = None
    campaign_ids: CampaignIds | None = None
    is_enabled: bool | None = None


class CampaignRef(BaseModel):
    id: int
    name: str


class BlacklistOut(BaseModel):
    id: int
    name: str
    applies_to_all: bool
    campaigns: list[CampaignRef]
    is_enabled: bool
    entry_count: int
    created_at: Instant


class EntryIn(RequestModel):
    """A number that is there already gets the new reason and expiry."""

    number: Annotated[str, Field(max_length=60)]
    reason: Annotated[str, Field(max_length=200)] = ""
    expires_at: AwareDatetime | None = None

    @field_validator("number")
    @classmethod
    def _is_a_phone(cls, value: str) -> str:
        phone = phones.clean(value)
        if phone is None:
            raise PydanticCustomError("not_a_phone", phones.PHONE_RULE)
        return phones.digits(phone)


class EntryOut(BaseModel):
    number: str
    reason: str
    expires_at: Instant | None
    added_at: Instant
    is_expired: bool
