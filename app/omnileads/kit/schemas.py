"""Bases of request and response models, and the field types PostgreSQL can hold."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
)
from pydantic_core import PydanticCustomError

MAX_INTEGER = 2**31 - 1


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise PydanticCustomError("nul_character", "Text cannot contain the NUL character")
    return text


PlainText = Annotated[str, AfterValidator(_without_nul)]
"""Text without NUL, which PostgreSQL cannot store. Fields of a `RequestModel` are checked without it."""


def _as_typed(value: Any, check: ValidatorFunctionWrapHandler) -> SecretStr:
    checked: SecretStr = check(value)
    return SecretStr(value) if isinstance(value, str) else checked


TypedSecret = Annotated[SecretStr, WrapValidator(_as_typed)]
"""A password as it was typed: blanks at its ends belong to it, though a `RequestModel` trims all other text."""

Id = Annotated[int, Field(ge=1, le=MAX_INTEGER)]
BigId = Annotated[int, Field(ge=1, le=2**53 - 1, description="What a browser's numbers hold exactly.")]
"""A row's id in a request body."""

PathId = Annotated[int, Path(ge=1, le=MAX_INTEGER)]
"""A row's id in an address."""


class RequestModel(BaseModel):
    """A request body: unknown fields are refused, text is trimmed and free of NUL."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    @field_validator("*", mode="after")
    @classmethod
    def _text_is_storable(cls, value: Any) -> Any:
        _check_text(value)
        return value


class ResponseModel(BaseModel):
    """A response body; built from keyword arguments or from an object's attributes."""

    model_config = ConfigDict(from_attributes=True)


def _check_text(value: Any) -> None:
    if isinstance(value, str):
        _without_nul(value)
    elif isinstance(value, SecretStr):
        _without_nul(value.get_secret_value())
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_text(key)
            _check_text(item)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            _check_text(item)
