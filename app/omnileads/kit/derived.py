"""Models made from the fields of others, so that a field's type and limits are written once.

A request to create is written by hand. What patches it and what answers about it are classes with a decorator:

    @partial_of(ManualCampaign, InboundCampaign, without={"kind"})
    class CampaignPatch(RequestModel):
        \"""Only what is sent changes.\"""

    @answer_of(ManualCampaign)
    class ManualCampaignOut(CampaignOutBase):
        members: list[MemberOut]  # a field that is written here is not derived
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field, create_model
from pydantic.fields import FieldInfo

M = TypeVar("M", bound=BaseModel)


def partial_of(*models: type[BaseModel], without: Collection[str] = ()) -> Callable[[type[M]], type[M]]:
    """Every field of these models, none required. The whole is validated again by `kit.changes.patched`.

    A field that several models have must be the same in all of them.
    """

    def derive(cls: type[M]) -> type[M]:
        fields = {
            name: (_typed(field) | None, Field(default=None, description=field.description))
            for name, field in _fields(models, {*without, *cls.model_fields}).items()
        }
        return _derived(cls, fields)

    return derive


def answer_of(*models: type[BaseModel], without: Collection[str] = ()) -> Callable[[type[M]], type[M]]:
    """Every field of these models, all required, without the limits of requests."""

    def derive(cls: type[M]) -> type[M]:
        fields = {
            name: (field.annotation, Field(description=field.description))
            for name, field in _fields(models, {*without, *cls.model_fields}).items()
        }
        return _derived(cls, fields)

    return derive


def _typed(field: FieldInfo) -> Any:
    return Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation


def _fields(models: Collection[type[BaseModel]], without: Collection[str]) -> dict[str, FieldInfo]:
    found: dict[str, FieldInfo] = {}
    for model in models:
        for name, field in model.model_fields.items():
            if name in without:
                continue
            present = found.setdefault(name, field)
            if _typed(present) != _typed(field):
                raise TypeError(f"{name} is not the same field in {model.__name__} as in those before it")
    return found


def _derived(cls: type[M], fields: dict[str, Any]) -> type[M]:
    return create_model(cls.__name__, __base__=cls, __module__=cls.__module__, __doc__=cls.__doc__, **fields)
