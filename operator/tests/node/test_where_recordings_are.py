"""Recordings on a volume, in a backup and back; then in a bucket. Comes last: no way leads back to the volume."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.browser import Consoles, Desks
from support.call import listen_to_the_recording
from support.carrier import Caller, Carrier
from support.centre import Centre
from support.history import CallEvent, History
from support.scene import A_WHOLE_CALL, AGENT_HZ, CALLER_HZ, Scene
from support.tones import heard_seconds, read_wav
from support.waiting import eventually
from tests.cluster.instances import InstanceUnderTest
from tests.node.conversation import tell
from tests.node.pods import Pods
from tests.node.site import NodeSite
from tests.support.api import Api, Object
from tests.support.process import wait_for
from tests.support.stores import S3Server, s3_server

pytestmark = pytest.mark.timeout(600)

GROUP_VERSION = "omnileads.org/v1alpha1"
COMPLETE_SECONDS = 240.0


@pytest.fixture
def bucket(instance: InstanceUnderTest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A service on the node's network, and the Secret that opens it."""
    keys = {"access_key_id": "key", "secret_access_key": "secret"}
    metadata = {"name": "bucket", "namespace": instance.namespace}
    instance.api.create({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": keys})
    with s3_server(tmp_path_factory.mktemp("bucket"), os.environ["OML_NODE_ADDRESS"]) as server:
        yield server


def test_recordings_come_back_from_a_backup(
    api: Api,
    instance: InstanceUnderTest,
    pods: Pods,
    scene: Scene,
    centre: Centre,
    console: Consoles,
    history: History,
) -> None:
    listener = centre.person("administrator")
    talk_for_a_while(scene.talking)
    complete = scene.end()
    recording = history.recording(complete)
    content = recording.read_bytes()
    began = time.monotonic()
    make(api, instance, "OMniLeadsBackup", "whole", recordings=True)
    wait_until_complete(api, instance, pods, "OMniLeadsBackup", "whole")
    backed_up = time.monotonic() - began

    later = centre.person("supervisor")
    recording.unlink()
    began = time.monotonic()
    make(api, instance, "OMniLeadsRestore", "back", source={"backup": "whole"}, overwrite=True)
    wait_until_complete(api, instance, pods, "OMniLeadsRestore", "back")
    instance.wait_for_condition("Ready", "True")
    tell("a backup with recordings", backed_up=backed_up, restored=time.monotonic() - began)
    assert recording.read_bytes() == content
    # What was made after the backup is not there, and everybody signs in again.
    centre.api.sign_in(centre.administrator.username, centre.administrator.password)
    names = [user["username"] for user in centre.api.get("/users", search=later.username)["items"]]
    assert names == []
    assert [event.event for event in history.events(complete.number)][-1] == complete.event
    listen_to_the_recording(console(listener), complete.call_id)
    pods.wait_until_all_ready()


def test_recordings_move_to_a_bucket_and_none_is_lost(
    instance: InstanceUnderTest,
    site: NodeSite,
    pods: Pods,
    bucket: S3Server,
    scene: Scene,
    centre: Centre,
    carrier: Carrier,
    desk: Desks,
    console: Consoles,
    history: History,
    tmp_path: Path,
) -> None:
    """The change is made while people talk; then the store hangs, and the pod dies with what waits for it."""
    asterisk = pods.all("asterisk")[0]
    keys = {"endpoint": bucket.url, "bucket": bucket.bucket, "credentials": "bucket"}
    listener = centre.person("administrator")
    instance.change(recordings={"s3": keys, "keepVolume": True})
    talk_for_a_while(scene.talking)
    before = scene.end()
    pods.wait_until_replaced(asterisk, "asterisk")
    instance.wait_for_condition("Ready", "True")
    pods.wait_until_all_ready()
    assert bucket.names() == []
    listening = console(listener)
    listen_to_the_recording(listening, before.call_id)

    scene = Scene.begin(centre, carrier, desk, history)
    talk_for_a_while(scene.talking)
    with bucket.hanging():
        complete = scene.end()
        cut_off = carrier.call(scene.campaign.did, tone_hz=CALLER_HZ)
        scene.desk.answer()
        talk_for_a_while(cut_off)
        scene.desk.wait_until_hears(CALLER_HZ)
        asterisk = pods.all("asterisk")[0]
        pods.kill(asterisk, "asterisk")
        pods.delete(asterisk, grace_seconds=1)
        pods.wait_until_replaced(asterisk, "asterisk")
    began = time.monotonic()
    ended = history.wait_for(cut_off.number, *A_WHOLE_CALL)[-1]
    served = history.events(scene.waiting.number)[-1]
    for event in (complete, served, ended):
        content = wait_until_stored(bucket, event, pods)
        assert content[8:12] == b"WAVE", f"{event}: {len(content)} bytes, which begin {content[:64]!r}"
        file = tmp_path / "stored.wav"
        file.write_bytes(content)
        rate, samples = read_wav(file)
        assert heard_seconds(samples, AGENT_HZ, rate=rate) > 0.5
    tell("recordings that waited", stored=time.monotonic() - began)
    assert not list(site.recordings_folder.rglob(f"*{Path(complete.recording or '').name}"))
    listen_to_the_recording(listening, complete.call_id)


def wait_until_stored(bucket: S3Server, event: CallEvent, pods: Pods) -> bytes:
    assert event.recording
    name = f"recordings/{event.recording}"
    eventually(lambda: name in bucket.names(), within_seconds=60, evidence=lambda: pods.last_words("asterisk"))
    return bucket.read(name)


def talk_for_a_while(caller: Caller) -> None:
    """Long enough for a player to move on, and for Asterisk to have written to its disk."""
    eventually(lambda: heard_seconds(caller.sound.heard(), AGENT_HZ) > 5, evidence=caller.evidence)


def make(api: Api, instance: InstanceUnderTest, kind: str, name: str, **spec: object) -> None:
    metadata = {"name": name, "namespace": instance.namespace}
    body = {"instance": instance.name, **spec}
    api.create({"apiVersion": GROUP_VERSION, "kind": kind, "metadata": metadata, "spec": body})


def wait_until_complete(api: Api, instance: InstanceUnderTest, pods: Pods, kind: str, name: str) -> None:
    def status() -> Object:
        found: Object = api.get(kind, instance.namespace, name).get("status") or {}
        return found

    wait_for(
        f"{kind} {name}",
        lambda: status().get("completedAt"),
        seconds=COMPLETE_SECONDS,
        evidence=lambda: f"{status()}\n{pods.evidence()}",
    )
