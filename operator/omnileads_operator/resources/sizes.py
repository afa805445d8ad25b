"""What containers get of a node: requests and limits, and what holds where only some are given."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from pydantic import Field, field_validator

from omnileads_operator.resources.model import Model, Quantity

_SUFFIXES: Final[dict[str, Decimal | int]] = {
    "": 1, "m": Decimal("0.001"), "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12,
    "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40,
}  # fmt: skip


class Resources(Model):
    """Requests and limits of a container. What is not given is as by default; a limit of 0 is none."""

    requests: dict[str, Quantity] = Field(default={}, max_length=8, description="What is reserved: cpu, memory.")
    limits: dict[str, Quantity] = Field(
        default={}, max_length=8, description="What is never exceeded: cpu, memory; 0: no limit."
    )

    def completed(self, default: Resources) -> Resources:
        """With what is not given of the default. Of a request above its limit, the one that was given decides."""
        limits = {**default.limits, **self.limits}
        requests = {**default.requests, **self.requests}
        for name in requests.keys() & limits.keys():
            if _amount(limits[name]) < _amount(requests[name]) and _amount(limits[name]):
                if name not in self.limits:
                    limits[name] = requests[name]
                elif name not in self.requests:
                    requests[name] = limits[name]
        return Resources(requests=requests, limits={name: limit for name, limit in limits.items() if _amount(limit)})


def sized(memory_request: str, memory_limit: str, cpu_request: str = "100m") -> Resources:
    return Resources(requests={"cpu": cpu_request, "memory": memory_request}, limits={"memory": memory_limit})


class Sized(Model):
    """A part with a field `resources`."""

    @field_validator("resources", check_fields=False)
    @classmethod
    def _complete(cls, given: Resources) -> Resources:
        default: Resources = cls.model_fields["resources"].default
        return given.completed(default)


def _amount(quantity: str) -> Decimal:
    number, suffix = re.fullmatch(r"([0-9.]+)([A-Za-z]*)", quantity).groups()  # type: ignore[union-attr]  # as Quantity says
    return Decimal(number) * _SUFFIXES[suffix]
