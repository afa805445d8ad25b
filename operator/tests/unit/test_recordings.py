"""Recordings in a bucket: who is told what, where Asterisk writes, what is let out."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from omnileads_operator.desired.everything import everything, referenced_secrets
from omnileads_operator.desired.instance import Manifest
from tests.unit.conftest import MakeInstance, found
from tests.unit.test_desired import pods, variables

S3 = {
    "endpoint": "https://s3.example.com:9000",
    "bucket": "sounds",
    "credentials": "bucket-keys",
    "authority": {"name": "bucket-authority", "key": "root.pem"},
}
KEYS = {"BUCKET_ACCESS_KEY", "BUCKET_SECRET_KEY"}
RECORDINGS = "/var/spool/omnileads/recordings"


def mounts(pod: Manifest, container: int = 0) -> dict[str, Any]:
    return {each["mountPath"]: each for each in pod["spec"]["containers"][container]["volumeMounts"]}


def volumes(pod: Manifest) -> dict[str, Any]:
    return {each["name"]: each for each in pod["spec"]["volumes"]}


def test_without_a_bucket_nobody_hears_of_one(instance: MakeInstance) -> None:
    objects = everything(instance())
    for name, pod in pods(objects).items():
        for index in range(len(pod["spec"]["containers"])):
            assert not [variable for variable in variables(pod, index) if variable.startswith("BUCKET_")], name
    assert [each["name"] for each in pods(objects)["asterisk"]["spec"]["containers"]] == ["asterisk", "asterisk-sync"]
    assert found(objects, "PersistentVolumeClaim", "recordings")


def test_those_that_read_recordings_have_the_keys_and_nginx_only_the_address(instance: MakeInstance) -> None:
    made = instance(recordings={"s3": S3})
    running = pods(everything(made))
    told = {name: variables(running[name]) for name in ("app", "worker", "nginx")}
    told["uploader"] = variables(running["asterisk"], 2)
    for name in ("app", "worker", "uploader"):
        assert told[name]["RECORDINGS_STORE"]["value"] == "s3"
        assert told[name]["BUCKET_SECRET_KEY"]["valueFrom"]["secretKeyRef"] == {
            "name": "bucket-keys",
            "key": "secret_access_key",
        }
    assert not KEYS & told["nginx"].keys()
    for values in told.values():
        assert values["BUCKET_URL"]["value"] == "https://s3.example.com:9000"
        assert values["BUCKET_NAME"]["value"] == "sounds"
        assert values["BUCKET_CA_FILE"]["value"] == "/etc/omnileads/bucket/ca.crt"
    for name, container in (("app", 0), ("worker", 0), ("nginx", 0), ("asterisk", 2)):
        assert mounts(running[name], container)["/etc/omnileads/bucket"]["readOnly"]
        assert volumes(running[name])["bucket"]["secret"]["items"] == [{"key": "root.pem", "path": "ca.crt"}]
    for name in ("acd", "dialer", "kamailio", "postgres"):
        assert not KEYS & variables(running[name]).keys()
    assert {(key.name, key.key) for key in referenced_secrets(made)} >= {
        ("bucket-keys", "access_key_id"),
        ("bucket-keys", "secret_access_key"),
        ("bucket-authority", "root.pem"),
    }


def test_asterisk_writes_to_a_volume_of_its_own_which_the_uploader_shares(instance: MakeInstance) -> None:
    objects = everything(instance(recordings={"s3": S3}))
    pod = pods(objects)["asterisk"]
    assert pod["spec"]["containers"][2]["name"] == "uploader"
    assert "/app:" in pod["spec"]["containers"][2]["image"]
    assert pod["spec"]["containers"][2]["args"] == ["uploader"]
    for container in range(3):
        assert mounts(pod, container)[RECORDINGS] == {"name": "data", "mountPath": RECORDINGS, "subPath": "recordings"}
    assert pod["spec"]["securityContext"]["runAsUser"] == 1501, "the owner of the files, who may ask who writes them"
    (claim,) = found(objects, "StatefulSet", "asterisk")["spec"]["volumeClaimTemplates"]
    assert claim["metadata"]["name"] == "data"
    assert not [each for each in objects if each["kind"] == "PersistentVolumeClaim"]
    for name in ("app", "worker"):
        assert RECORDINGS not in mounts(pods(objects)[name])


def test_the_volume_of_before_stays_with_those_that_read_it(instance: MakeInstance) -> None:
    objects = everything(instance(recordings={"s3": S3, "keepVolume": True}))
    running = pods(objects)
    assert found(objects, "PersistentVolumeClaim", "recordings")
    assert mounts(running["app"])[RECORDINGS]["readOnly"]
    assert "readOnly" not in mounts(running["worker"])[RECORDINGS]
    assert "recordings" not in volumes(running["asterisk"])


@pytest.mark.parametrize(
    ("endpoint", "port"), [("https://s3.example.com:9000", 9000), ("http://s3.example.com", 80), ("https://s3", 443)]
)
def test_those_that_reach_the_bucket_are_let_out(instance: MakeInstance, endpoint: str, port: int) -> None:
    objects = everything(instance(recordings={"s3": {**S3, "endpoint": endpoint}}))
    for name in ("nginx", "app", "worker"):
        rules = found(objects, "NetworkPolicy", name)["spec"]["egress"]
        assert {"ports": [{"protocol": "TCP", "port": port}]} in rules
    plain = found(everything(instance()), "NetworkPolicy", "nginx")["spec"]["egress"]
    assert not [rule for rule in plain if "to" not in rule]


def test_the_last_recordings_are_moved_before_the_pod_goes(instance: MakeInstance, tmp_path: Path) -> None:
    """With the image's own script, another disk and another Asterisk."""
    pod = pods(everything(instance(recordings={"s3": S3}, voice={"drainSeconds": 600})))["asterisk"]
    program, seconds, folder, control = pod["spec"]["containers"][2]["lifecycle"]["preStop"]["exec"]["command"]
    assert 600 < int(seconds) < pod["spec"]["terminationGracePeriodSeconds"]
    assert {folder, str(Path(control).parent)} <= mounts(pod, 2).keys()
    script = Path(__file__).parents[3] / "images" / "app" / "bin" / program
    recording = tmp_path / "disk" / "2026-11-22" / "call.wav"
    recording.parent.mkdir(parents=True)
    recording.write_bytes(b"sound")

    def waits(limit: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([script, limit, tmp_path / "disk", tmp_path / "asterisk.ctl"])

    with socket.socket(socket.AF_UNIX) as asterisk:
        asterisk.bind(str(tmp_path / "asterisk.ctl"))
        with waits("60") as waiting:
            recording.unlink()
            with pytest.raises(subprocess.TimeoutExpired):
                waiting.wait(3)
            recording.write_bytes(b"sound")
            (tmp_path / "asterisk.ctl").unlink()
            with pytest.raises(subprocess.TimeoutExpired):
                waiting.wait(3)
            recording.unlink()
            assert waiting.wait(30) == 0
    recording.write_bytes(b"sound")
    with waits("1") as waiting:
        assert waiting.wait(30) == 0
