"""Asterisk, Kamailio and rtpengine: one each, on the network of a labelled node.

Services have no ranges of UDP ports, so sound needs the node's own addresses. The three find each other by headless
Services, which name the node's address. Nothing here is stopped by an eviction: the budgets allow none, and an Asterisk
that must go takes no new calls and waits for the ones it has.
"""

from __future__ import annotations

from omnileads_operator.desired.instance import Instance, Manifest
from omnileads_operator.desired.pods import POD_ADDRESS, Container, Pod, Value, http, program
from omnileads_operator.desired.wiring import (
    AGENT_PORT,
    APP_PORT,
    ARI_PORT,
    ARI_USER,
    KAMAILIO_SIP_PORT,
    KAMAILIO_WS_PORT,
    RECORDINGS,
    RTPENGINE_HTTP_PORT,
    RTPENGINE_NG_PORT,
    Wiring,
)
from omnileads_operator.desired.workloads import (
    claim_mount,
    deployment,
    disruption_budget,
    service,
    stateful_set,
)
from omnileads_operator.resources.parts import Placement, sized

ASTERISK_DATA = "/var/lib/omnileads/asterisk"
APP_TOKEN = "/etc/omnileads/app"  # noqa: S105 - a folder
ASTERISK_RUN = "/run/asterisk"
DRAIN = """\
asterisk -C /run/omnileads/asterisk/asterisk.conf -rx 'core stop gracefully' || exit 0
end=$(($(date +%s) + {seconds}))
while [ "$(date +%s)" -lt "$end" ]; do
  asterisk -C /run/omnileads/asterisk/asterisk.conf -rx 'core show uptime' >/dev/null 2>&1 || exit 0
  sleep 1
done
"""
STOP_SECONDS = 30


def voice(instance: Instance, versions: dict[str, str]) -> list[Manifest]:
    return [
        stateful_set(
            instance, _asterisk(instance), versions["asterisk"], {"data": instance.spec.voice.asterisk.storage}
        ),
        service(instance, "asterisk", {"ari": (ARI_PORT, "TCP"), "agents": (AGENT_PORT, "UDP")}, is_headless=True),
        disruption_budget(instance, "asterisk", max_unavailable=0),
        # On the host network the old pod must free its ports before the new one can take them.
        deployment(instance, _kamailio(instance), versions["kamailio"], 1, max_unavailable=1),
        service(
            instance,
            "kamailio",
            {"sip": (KAMAILIO_SIP_PORT, "UDP"), "websocket": (KAMAILIO_WS_PORT, "TCP")},
            is_headless=True,
        ),
        disruption_budget(instance, "kamailio", max_unavailable=0),
        deployment(instance, _rtpengine(instance), versions["rtpengine"], 1, max_unavailable=1),
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
        "ASTERISK_ARI_USER": ARI_USER,
        "ASTERISK_ARI_PASSWORD": instance.generated("asterisk_ari_password"),
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
        claim_mount("recordings", RECORDINGS),
    ]
    main = Container(
        "asterisk",
        env,
        asterisk.resources,
        env_from_pod={"ASTERISK_LISTEN": POD_ADDRESS},
        mounts=mounts,
        ready=program("healthcheck.sh"),
        alive=program("healthcheck.sh"),
        pre_stop=["sh", "-c", DRAIN.format(seconds=voice.drain_seconds)],
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
        command=["asterisk-sync"],
        mounts=[*mounts, claim_mount("token", APP_TOKEN, read_only=True)],
        alive=program("healthcheck.sh"),
        start_seconds=300,
    )
    token = {"secretName": instance.credentials, "items": [{"key": "app_internal_token", "path": "token"}]}
    return Pod(
        "asterisk",
        [main, sync],
        [
            {"name": "control", "emptyDir": {}},
            wiring.recordings_volume(),
            {"name": "token", "secret": {**token, "defaultMode": 0o440}},
        ],
        _placement(instance),
        is_on_host_network=True,
        stop_seconds=voice.drain_seconds + STOP_SECONDS,
    )


def _kamailio(instance: Instance) -> Pod:
    wiring, kamailio = Wiring(instance), instance.spec.voice.kamailio
    env: dict[str, Value] = {
        **wiring.redis_env(),
        "KAMAILIO_SIP_PORT": KAMAILIO_SIP_PORT,
        "KAMAILIO_WS_PORT": KAMAILIO_WS_PORT,
        "KAMAILIO_SHM_MB": kamailio.shared_memory_mb,
        "KAMAILIO_FLOOD_LIMIT": kamailio.flood_limit,
        "SIP_REALM": instance.spec.settings.sip_realm,
        "SIP_EPHEMERAL_SECRET": instance.generated("sip_ephemeral_secret"),
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
        ready=http("/healthz", KAMAILIO_WS_PORT),
        alive=http("/healthz", KAMAILIO_WS_PORT),
    )
    return Pod("kamailio", [container], placement=_placement(instance), is_on_host_network=True)


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
        ready=http("/ping", RTPENGINE_HTTP_PORT),
        alive=http("/ping", RTPENGINE_HTTP_PORT),
    )
    return Pod("rtpengine", [container], placement=_placement(instance), is_on_host_network=True)
