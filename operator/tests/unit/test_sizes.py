"""A part of `resources` leaves the rest as it is by default."""

from __future__ import annotations

from typing import Any

import pytest

from omnileads_operator.resources.instance import InstanceSpec
from omnileads_operator.resources.parts import Web
from omnileads_operator.resources.sizes import Resources

DEFAULT = Web().resources


def web(**resources: dict[str, str]) -> Resources:
    return Web.model_validate({"resources": resources}).resources


@pytest.mark.parametrize(
    ("given", "requests", "limits"),
    [
        ({}, DEFAULT.requests, DEFAULT.limits),
        # As the API server completes what has only requests.
        ({"requests": {"cpu": "80m"}, "limits": {}}, {"cpu": "80m", "memory": "512Mi"}, {"memory": "1Gi"}),
        ({"limits": {"cpu": "2"}}, DEFAULT.requests, {"cpu": "2", "memory": "1Gi"}),
        ({"limits": {"memory": "0"}}, DEFAULT.requests, {}),
        ({"requests": {"memory": "4Gi"}}, {"cpu": "250m", "memory": "4Gi"}, {"memory": "4Gi"}),
        ({"limits": {"memory": "256Mi"}}, {"cpu": "250m", "memory": "256Mi"}, {"memory": "256Mi"}),
        # Which the API server refuses, with a better sentence than ours.
        (
            {"requests": {"memory": "2G"}, "limits": {"memory": "1500M"}},
            {"cpu": "250m", "memory": "2G"},
            {"memory": "1500M"},
        ),
    ],
)
def test_what_is_not_given_is_as_by_default(
    given: dict[str, dict[str, str]], requests: dict[str, str], limits: dict[str, str]
) -> None:
    found = web(**given)
    assert (found.requests, found.limits) == (requests, limits)


def test_every_part_with_resources_has_its_own_default() -> None:
    partial = {"resources": {"requests": {"cpu": "10m"}}}
    spec = InstanceSpec.model_validate(
        {
            "version": "0.1.0",
            "hostname": "contact.example",
            **dict.fromkeys(("app", "worker", "acd", "dialer", "nginx"), partial),
            "postgres": {"managed": partial},
            "redis": {"managed": partial},
            "voice": dict.fromkeys(("asterisk", "kamailio", "rtpengine"), partial),
        }
    )
    voice = spec.voice
    assert spec.postgres.managed
    assert spec.redis.managed
    parts: list[Any] = [
        spec.app,
        spec.worker,
        spec.acd,
        spec.dialer,
        spec.nginx,
        spec.postgres.managed,
        spec.redis.managed,
    ]
    for part in [*parts, voice.asterisk, voice.kamailio, voice.rtpengine]:
        default = type(part)().resources
        assert part.resources.limits == default.limits
        assert part.resources.requests == {**default.requests, "cpu": "10m"}
