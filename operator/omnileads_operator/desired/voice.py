"""Asterisk, Kamailio and rtpengine, on the network of labelled nodes; there may be several of each.

Services have no ranges of UDP ports, so sound needs the nodes' own addresses. The three find each other by headless
Services, which name these addresses, and follow them when pods move. An eviction stops no Asterisk and no rtpengine,
since calls would lose their sound: the budgets allow none, and an Asterisk that must go takes no new calls and waits
for the ones it has. Of several Kamailios one may be evicted at a time: sound does not pass through it, and its
webphones are at another within seconds.
"""

from __future__ import annotations

from omnileads_operator.desired.credentials import NEXT, PREVIOUS
from omnileads_operator.desired.instance import Instance, Manifest
from omnileads_operator.desired.pods import POD_ADDRESS, POD_NAME, Container, Pod, Value, http, program
from omnileads_operator.desired.wiring import (
    AGENT_PORT,
    APP_PORT,
    ARI_PORT,
    KAMAILIO_SIP_PORT,
    KAMAILIO_WS_PORT,
    RECORDINGS,
    RTPENGINE_HTTP_PORT,
    RTPENGINE_NG_PORT,
    UPLOADER_PORT,
    Wiring,
)
from omnileads_operator.desired.workloads import (
    claim_mount,
    deployment,
    disruption_budget,
    service,
    stateful_set,
)
from omnileads_operator.resources.parts import Placement
from omnileads_operator.resources.sizes import sized
from omnileads_operator.version import GROUP

ASTERISK_DATA = "/var/lib/omnileads/asterisk"
ARI_FILES = "/etc/omnileads/ari"
SIP_FILES = "/etc/omnileads/sip"
APP_TOKEN = "/etc/omnileads/app"  # noqa: S105 - a folder
ASTERISK_RUN = "/run/asterisk"
TAKES_CALLS = f"{GROUP}/takes-calls"
"""Label of a pod of Asterisk. The engine begins calls where it is "true"; the rest of an Asterisk's calls go on."""
STOP_SECONDS = 30
UPLOADER_STOP_SECONDS = 10


def voice(instance: Instance, versions: dict[str, str]) -> list[Manifest]:
    kamailios, rtpengines = instance.spec.voice.kamailio.replicas, instance.spec.voice.rtpengine.replicas
    return [
        stateful_set(
            instance,
            _asterisk(instance),
            versions["asterisk"],
            {"data": instance.spec.voice.asterisk.storage},
            replicas=instance.asterisks,
        ),
        service(instance, "asterisk", {"ari": (ARI_PORT, "TCP"), "agents": (AGENT_PORT, "UDP")}, is_headless=True),
        service(
            instance,
            "asterisk",
            {"ari": (ARI_PORT, "TCP")},
            is_headless=True,
            suffix="-open",
            only={TAKES_CALLS: "true"},
        ),
        disruption_budget(instance, "asterisk", max_unavailable=0),
        # On the host network the old pod must free its ports before the new one can take them; so one after another.
        deployment(instance, _kamailio(instance), versions["kamailio"], kamailios, max_unavailable=1),
        service(
            instance,
            "kamailio",
            {"sip": (KAMAILIO_SIP_PORT, "UDP"), "websocket": (KAMAILIO_WS_PORT, "TCP")},
            is_headless=True,
        ),
        disruption_budget(instance, "kamailio", max_unavailable=1 if kamailios > 1 else 0),
        deployment(instance, _rtpengine(instance), versions["rtpengine"], rtpengines, max_unavailable=1),
        service(
            instance,
            "rtpengine",
            {"ng": (RTPENGINE_NG_PORT, "UDP"), "http": (RTPENGINE_HTTP_PORT, "TCP")},
            is_headless=True,
        ),
        disruption_budget(instance, "rtpengine", max_unavailable=0),
    ]


def _placement(instance: Instance) -> Placement:
    voice = instance.spec.voice
    return Placement(node_selector=voice.node_selector, tolerations=voice.tolerations)


def _asterisk(instance: Instance) -> Pod:
    wiring, voice = Wiring(instance), instance.spec.voice
    asterisk = voice.asterisk
    direct, nat, container = asterisk.trunk_ports
    env: dict[str, Value] = {
        "ASTERISK_ARI_PORT": ARI_PORT,
        # Files, which Kubernetes renews: neither calls nor connections end for a new password.
        "ASTERISK_ARI_FILES": ARI_FILES,
        "ASTERISK_SIP_AGENT_PORT": AGENT_PORT,
        "ASTERISK_TRUNK_LISTEN": "0.0.0.0",  # noqa: S104 - trunks arrive at any address of the node
        "ASTERISK_SIP_TRUNK_PORT": direct,
        "ASTERISK_SIP_TRUNK_NAT_PORT": nat,
        "ASTERISK_SIP_TRUNK_CONTAINER_PORT": container,
        "ASTERISK_PUBLIC_ADDRESS": voice.public_address or "",
        "ASTERISK_RTP_MIN": asterisk.media.first,
        "ASTERISK_RTP_MAX": asterisk.media.last,
        "ASTERISK_AGENT_CODECS": asterisk.agent_codecs,
        "KAMAILIO_HOST": wiring.host("kamailio"),
        "KAMAILIO_SIP_PORT": KAMAILIO_SIP_PORT,
    }
    mounts = [
        claim_mount("data", ASTERISK_DATA),
        claim_mount("control", ASTERISK_RUN),
        _recordings_mount(instance),
    ]
    passwords = claim_mount("ari", ARI_FILES, read_only=True)
    main = Container(
        "asterisk",
        env,
        asterisk.resources,
        env_from_pod={"ASTERISK_LISTEN": POD_ADDRESS, "ASTERISK_NODE": POD_NAME},
        mounts=[*mounts, passwords],
        ready=program("healthcheck.sh"),
        alive=program("healthcheck.sh"),
        pre_stop=["drain.sh", str(voice.drain_seconds)],
    )
    sync = Container(
        "asterisk-sync",
        {
            "APP_HOST": wiring.host("app"),
            "APP_PORT": APP_PORT,
            # A file, which Kubernetes renews: Asterisk need not be started anew for a new one.
            "APP_INTERNAL_TOKEN_FILE": f"{APP_TOKEN}/token",
        },
        sized("64Mi", "128Mi", "20m"),
        env_from_pod={"ASTERISK_NODE": POD_NAME},
        command=["asterisk-sync"],
        mounts=[*mounts, claim_mount("token", APP_TOKEN, read_only=True)],
        alive=program("healthcheck.sh"),
        start_seconds=300,
    )
    s3 = instance.spec.recordings.s3
    token = {"secretName": instance.credentials, "items": [{"key": "app_internal_token", "path": "token"}]}
    return Pod(
        "asterisk",
        [main, sync, *([_uploader(instance)] if s3 else [])],
        [
            {"name": "control", "emptyDir": {}},
            *([] if s3 else [wiring.recordings_volume()]),
            *wiring.bucket_volumes(),
            {"name": "token", "secret": {**token, "defaultMode": 0o440}},
            _files(instance, "ari", {"asterisk_ari_user": "user", "asterisk_ari_password": "password"}),
        ],
        _placement(instance),
        is_on_host_network=True,
        is_apart=True,
        labels={TAKES_CALLS: "true"},
        stop_seconds=voice.drain_seconds + STOP_SECONDS,
    )


def _recordings_mount(instance: Instance) -> Manifest:
    """The volume that all share; with a bucket a folder of the pod's own, which outlives the pod."""
    if instance.spec.recordings.s3:
        return {**claim_mount("data", RECORDINGS), "subPath": "recordings"}
    return claim_mount("recordings", RECORDINGS)


def _uploader(instance: Instance) -> Container:
    """Moves this Asterisk's finished recordings to the bucket, the last ones after Asterisk has ended.

    As the pod's user, it owns the files.
    """
    wiring = Wiring(instance)
    seconds = instance.spec.voice.drain_seconds + STOP_SECONDS - UPLOADER_STOP_SECONDS
    return Container(
        "uploader",
        {**wiring.bucket_env(), "UPLOADER_PORT": UPLOADER_PORT},
        sized("192Mi", "512Mi", "50m"),
        env_from_pod={"UPLOADER_LISTEN": POD_ADDRESS},
        command=["uploader"],
        slug="app",
        mounts=[
            claim_mount("control", ASTERISK_RUN, read_only=True),
            _recordings_mount(instance),
            *wiring.bucket_mounts(),
        ],
        ports={"http": (UPLOADER_PORT, "TCP")},
        alive=http("/healthz", UPLOADER_PORT),
        pre_stop=["last-uploads.sh", str(seconds), RECORDINGS, f"{ASTERISK_RUN}/asterisk.ctl"],
    )


def _files(instance: Instance, name: str, files: dict[str, str]) -> Manifest:
    """A volume with generated values by key; a password also as `_next` and `_previous`, while there are such."""
    items = [
        {"key": key + which, "path": path + which} for key, path in files.items() for which in ("", NEXT, PREVIOUS)
    ]
    # One that is not there is left out, which a plain volume of a Secret would not do for some keys only.
    sources = [{"secret": {"name": instance.credentials, "items": [item], "optional": True}} for item in items]
    return {"name": name, "projected": {"sources": sources, "defaultMode": 0o440}}


def _kamailio(instance: Instance) -> Pod:
    wiring, kamailio = Wiring(instance), instance.spec.voice.kamailio
    env: dict[str, Value] = {
        **wiring.redis_env(),
        "KAMAILIO_SIP_PORT": KAMAILIO_SIP_PORT,
        "KAMAILIO_WS_PORT": KAMAILIO_WS_PORT,
        "KAMAILIO_SHM_MB": kamailio.shared_memory_mb,
        "KAMAILIO_FLOOD_LIMIT": kamailio.flood_limit,
        "SIP_REALM": instance.spec.settings.sip_realm,
        "SIP_EPHEMERAL_SECRET_FILE": f"{SIP_FILES}/secret",
        "KAMAILIO_PEERS": wiring.host("kamailio"),
        "RTPENGINE_HOST": wiring.host("rtpengine"),
        "RTPENGINE_NG_PORT": RTPENGINE_NG_PORT,
        "ASTERISK_HOST": wiring.host("asterisk"),
        "ASTERISK_SIP_AGENT_PORT": AGENT_PORT,
    }
    container = Container(
        "kamailio",
        env,
        kamailio.resources,
        env_from_pod={"KAMAILIO_LISTEN": POD_ADDRESS, "KAMAILIO_HOST": POD_ADDRESS},
        ports={"sip": (KAMAILIO_SIP_PORT, "UDP"), "websocket": (KAMAILIO_WS_PORT, "TCP")},
        mounts=[claim_mount("sip", SIP_FILES, read_only=True)],
        ready=http("/healthz", KAMAILIO_WS_PORT),
        alive=http("/healthz", KAMAILIO_WS_PORT),
    )
    secrets = _files(instance, "sip", {"sip_ephemeral_secret": "secret"})
    placement = _placement(instance)
    return Pod("kamailio", [container], [secrets], placement, is_on_host_network=True, is_apart=True)


def _rtpengine(instance: Instance) -> Pod:
    voice = instance.spec.voice
    public = f"!{voice.public_address}" if voice.public_address else ""
    env: dict[str, Value] = {
        "RTPENGINE_NG_PORT": RTPENGINE_NG_PORT,
        "RTPENGINE_HTTP_PORT": RTPENGINE_HTTP_PORT,
        # Kubernetes puts the pod's address in; the variable it is made of comes before it in the list.
        "RTPENGINE_INTERFACE": f"$(OML_POD_ADDRESS){public}",
        "RTPENGINE_RTP_MIN": voice.rtpengine.media.first,
        "RTPENGINE_RTP_MAX": voice.rtpengine.media.last,
    }
    container = Container(
        "rtpengine",
        env,
        voice.rtpengine.resources,
        env_from_pod={
            "OML_POD_ADDRESS": POD_ADDRESS,
            "RTPENGINE_HOST": POD_ADDRESS,
            "RTPENGINE_INTERNAL_INTERFACE": POD_ADDRESS,
        },
        ports={"ng": (RTPENGINE_NG_PORT, "UDP"), "http": (RTPENGINE_HTTP_PORT, "TCP")},
        ready=http("/ping", RTPENGINE_HTTP_PORT),
        alive=http("/ping", RTPENGINE_HTTP_PORT),
    )
    return Pod("rtpengine", [container], placement=_placement(instance), is_on_host_network=True, is_apart=True)
