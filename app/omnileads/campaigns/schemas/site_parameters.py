"""What a campaign sends to its external site."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from omnileads.kit.schemas import RequestModel

ParameterKind = Literal["campaign", "contact", "call", "fixed", "dialplan", "disposition"]


class SiteParameter(RequestModel):
    """One value: of the campaign, of a column of the contact, of the call, a fixed text, of the dialplan ..."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    kind: ParameterKind
    value: Annotated[str, Field(max_length=500)]
