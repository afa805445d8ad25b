"""An instance without any cluster."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from omnileads_operator.desired.instance import Instance, Manifest, Observed
from omnileads_operator.resources.instance import InstanceSpec

MakeInstance = Callable[..., Instance]


def found(objects: list[Manifest], kind: str, component: str) -> Manifest:
    return next(item for item in objects if item["kind"] == kind and item["metadata"]["name"] == f"acme-{component}")


@pytest.fixture
def instance() -> MakeInstance:
    def make(observed: Observed | None = None, **spec: Any) -> Instance:
        model = InstanceSpec.model_validate({"version": "0.1.0", "hostname": "contact.example", **spec})
        return Instance("acme", "centres", "uid", model, observed or Observed())

    return make
