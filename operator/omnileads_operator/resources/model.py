"""What all models of resources are made of: camelCase names, rules, field types with their limits."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

NAME_PATTERN = r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$"


class Model(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore", frozen=True)


def rules(*pairs: tuple[str, str]) -> dict[str, Any]:
    """CEL rules of a field or, given to `model_config`, of an object: (rule, message)."""
    return {"x-kubernetes-validations": [{"rule": rule, "message": message} for rule, message in pairs]}


def fixed(what: str) -> dict[str, Any]:
    """A field that cannot change once the resource exists."""
    return rules(("self == oldSelf", f"{what} cannot be changed; make a new resource instead"))


def map_list(key: str) -> dict[str, Any]:
    """A list whose items are told apart by one field, so that several writers can own different items."""
    return {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": [key]}


ObjectName = Annotated[str, Field(min_length=1, max_length=253, pattern=NAME_PATTERN)]
Quantity = Annotated[str, Field(max_length=30, pattern=r"^[0-9]+(\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$")]
Port = Annotated[int, Field(ge=1, le=65535)]
ShortText = Annotated[str, Field(max_length=253)]
Token = Annotated[str, Field(max_length=100, pattern=r"^[A-Za-z0-9._~-]+$")]
TimeZone = Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9_+/-]+$")]
Labels = Annotated[dict[str, Annotated[str, Field(max_length=63)]], Field(max_length=32)]
Annotations = Annotated[dict[str, Annotated[str, Field(max_length=4096)]], Field(max_length=64)]
Address = Annotated[str, Field(max_length=64, pattern=r"^[0-9a-fA-F.:]+$")]
AddressBlock = Annotated[str, Field(max_length=64, pattern=r"^[0-9a-fA-F.:]+/[0-9]{1,3}$")]


class SecretKey(Model):
    """One value of a Secret in the same namespace."""

    name: ObjectName = Field(description="Name of the Secret.")
    key: Annotated[str, Field(min_length=1, max_length=253)] = Field(description="Key in the Secret.")


class Condition(Model):
    """A condition as Kubernetes defines them."""

    type: str = Field(description="What the condition is about.")
    status: str = Field(description="True, False or Unknown.")
    reason: str = Field(description="One word for programs.")
    message: str = Field(description="One sentence for people.")
    observed_generation: int = Field(description="The generation of the resource it was found for.")
    last_transition_time: str = Field(description="When `status` changed last.")


Conditions = Annotated[
    list[Condition], Field(json_schema_extra=map_list("type"), description="What is known about the resource.")
]
