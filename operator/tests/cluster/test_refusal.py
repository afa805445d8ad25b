"""What the API server itself refuses, and what it says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cluster.instances import manifest
from tests.support.api import Api, ApiError

SECRET = {"name": "s", "key": "k"}
EXTERNAL = {"host": "db.example", "password": SECRET}
CENTRE = {"url": "https://contact.example", "token": SECRET}
BUCKET = {"bucket": "sounds", "credentials": "bucket-keys"}
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"version": "latest"}, "spec.version in body should match"),
    ({"hostname": ""}, "spec.hostname"),
    ({"replicas": 3}, 'unknown field "spec.replicas"'),
    ({"app": {"replicas": 0}}, "spec.app.replicas in body should be greater than or equal to 1"),
    ({"acd": {"replicas": 9}}, "should be less than or equal to 5"),
    ({"postgres": {"managed": {}, "external": EXTERNAL}}, "postgres is either managed or external, not both"),
    ({"redis": {"managed": {}, "external": EXTERNAL}}, "redis is either managed or external, not both"),
    ({"postgres": {"external": {"host": "db.example"}}}, "spec.postgres.external.password: Required value"),
    ({"tls": {"secretName": "a", "issuer": {"name": "b"}}}, "tls has either a secretName or an issuer, not both"),
    ({"app": {"autoscaling": {"minReplicas": 5, "maxReplicas": 2}}}, "minReplicas must not exceed maxReplicas"),
    ({"voice": {"rtpengine": {"media": {"first": 30000, "last": 20000}}}}, "first must be less than last"),
    ({"voice": {"asterisk": {"replicas": 21}}}, "spec.voice.asterisk.replicas"),
    (
        {"voice": {"asterisk": {"autoscaling": {"minReplicas": 5, "maxReplicas": 2}}}},
        "minReplicas must not exceed maxReplicas",
    ),
    (
        {"voice": {"asterisk": {"replicas": 2}}, "recordings": {"accessMode": "ReadWriteOnce"}},
        "recordings.accessMode must be ReadWriteMany",
    ),
    (
        {"voice": {"asterisk": {"autoscaling": {}}}, "recordings": {"accessMode": "ReadWriteOnce"}},
        "recordings.accessMode must be ReadWriteMany",
    ),
    ({"voice": {"publicAddress": "not an address"}}, "spec.voice.publicAddress"),
    ({"logLevel": "loud"}, 'supported values: "debug", "info", "warning", "error"'),
    ({"postgres": {"managed": {"members": 2}}}, "spec.postgres.managed.members"),
    ({"recordings": {"size": "much"}}, "spec.recordings.size"),
    ({"recordings": {"keepVolume": True}}, "keepVolume is for recordings that have moved to s3"),
    ({"recordings": {"existingClaim": "mine", "s3": BUCKET}}, "recordings are either in s3 or on existingClaim"),
    ({"recordings": {"s3": {**BUCKET, "endpoint": "s3.example"}}}, "spec.recordings.s3.endpoint"),
    ({"recordings": {"s3": {"bucket": "sounds"}}}, "spec.recordings.s3.credentials: Required value"),
    ({"settings": {"sipRealm": "two words"}}, "spec.settings.sipRealm"),
]
CHANGES_REFUSED: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({}, {"adminUsername": "root"}, "adminUsername cannot be changed"),
    ({}, {"recordings": {"size": "1Ti"}}, "size cannot be changed"),
    ({}, {"postgres": {"external": EXTERNAL}}, "postgres cannot change between managed and external"),
    ({}, {"postgres": {"managed": {"storage": {"size": "1Ti"}}}}, "size cannot be changed"),
    ({"postgres": {"managed": {"members": 3}}}, {"postgres": {"managed": {"members": 1}}}, "members cannot be taken"),
    ({}, {"recordings": {"s3": BUCKET}}, "the volume has recordings: set keepVolume with s3"),
    ({"recordings": {"s3": BUCKET}}, {"recordings": {"s3": None}}, "recordings cannot go back from a bucket"),
    ({"redis": {"managed": {"members": 3}}}, {"redis": {"managed": None}}, "members cannot be taken away"),
    (
        {"redis": {"managed": {}}},
        {"redis": {"managed": {"storage": {"storageClassName": "x"}}}},
        "storageClassName cannot",
    ),
]


@pytest.mark.parametrize(("spec", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_an_invalid_spec_is_refused(api: Api, namespace: str, spec: dict[str, Any], message: str) -> None:
    with pytest.raises(ApiError) as refused:
        api.create(manifest(namespace, **spec))
    assert refused.value.status in (400, 422)
    assert message in refused.value.message


def test_a_long_name_is_refused(api: Api, namespace: str) -> None:
    with pytest.raises(ApiError, match="the name of an instance has at most 40 characters"):
        api.create(manifest(namespace, "a" * 41))


@pytest.mark.parametrize(("spec", "change", "message"), CHANGES_REFUSED, ids=[case[2] for case in CHANGES_REFUSED])
def test_what_is_fixed_cannot_be_changed(
    api: Api, namespace: str, spec: dict[str, Any], change: dict[str, Any], message: str
) -> None:
    api.create(manifest(namespace, **spec))
    with pytest.raises(ApiError) as refused:
        api.change("OMniLeads", namespace, "acme", {"spec": change})
    assert message in refused.value.message


CONFIGURATION_REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("AgentGroup", {"name": "A", "centre": {"token": SECRET}}, "centre needs either an instance or a url"),
    ("Campaign", {"name": "A", "kind": "dialer", "dispositions": [{"name": "D"}], "centre": CENTRE}, "spec.kind"),
    (
        "Campaign",
        {"name": "A", "kind": "manual", "dispositions": [{"name": "D"}], "inbound": {}, "centre": CENTRE},
        "inbound is only for campaigns of the kind inbound",
    ),
    ("SIPTrunk", {"name": "a trunk", "wizardText": "x", "centre": CENTRE}, "spec.name"),
    ("InboundRoute", {"name": "A", "did": "1", "destination": {}, "centre": CENTRE}, "destination needs either"),
    ("InboundRoute", {"name": "A", "did": "1", "destination": {"hangup": False}, "centre": CENTRE}, "can only be true"),
    ("OutboundRoute", {"name": "A", "patterns": [], "trunks": ["t"], "centre": CENTRE}, "spec.patterns"),
]


@pytest.mark.parametrize(
    ("kind", "spec", "message"), CONFIGURATION_REFUSED, ids=[case[0] + case[2][:12] for case in CONFIGURATION_REFUSED]
)
def test_invalid_configuration_is_refused(
    api: Api, namespace: str, kind: str, spec: dict[str, Any], message: str
) -> None:
    metadata = {"name": "a", "namespace": namespace}
    with pytest.raises(ApiError) as refused:
        api.create({"apiVersion": "omnileads.org/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec})
    assert message in refused.value.message


def test_recordings_move_from_a_volume_to_a_bucket(api: Api, namespace: str) -> None:
    api.create(manifest(namespace))
    api.change("OMniLeads", namespace, "acme", {"spec": {"recordings": {"s3": BUCKET, "keepVolume": True}}})
    api.change("OMniLeads", namespace, "acme", {"spec": {"recordings": {"keepVolume": False}}})
