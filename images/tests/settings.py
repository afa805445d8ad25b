"""The environment that each image is tested with, on ports that are free at that moment."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass

from containers import free_port, free_port_range

UDP = socket.SOCK_DGRAM


@dataclass(frozen=True)
class Setting:
    """How an image is started for tests; `process` is the name it gives itself in messages."""

    slug: str
    environment: Callable[[], dict[str, str]]
    required: tuple[str, ...]
    command: tuple[str, ...] = ()
    stands_alone: bool = True
    root_processes: frozenset[str] = frozenset()

    @property
    def process(self) -> str:
        return self.command[0] if self.command else self.slug


def postgres() -> dict[str, str]:
    return {
        "POSTGRES_PORT": str(free_port()),
        "POSTGRES_DATABASE": "omnileads",
        "POSTGRES_USER": "omnileads",
        "POSTGRES_PASSWORD": 'it\'s "odd" $enough',
        "POSTGRES_SHARED_BUFFERS": "32MB",
    }


def redis() -> dict[str, str]:
    return {"REDIS_PORT": str(free_port()), "REDIS_PASSWORD": "redis-secret", "REDIS_MAXMEMORY": "64mb"}


def rtpengine() -> dict[str, str]:
    first, last = free_port_range(40)
    return {
        "RTPENGINE_INTERFACE": "127.0.0.1",
        "RTPENGINE_NG_PORT": str(free_port(UDP)),
        "RTPENGINE_HTTP_PORT": str(free_port()),
        "RTPENGINE_RTP_MIN": str(first),
        "RTPENGINE_RTP_MAX": str(last),
    }


def asterisk() -> dict[str, str]:
    first, last = free_port_range(40)
    return {
        "ASTERISK_ARI_USER": "omnileads",
        "ASTERISK_ARI_PASSWORD": "ari-secret",
        "ASTERISK_ARI_PORT": str(free_port()),
        "ASTERISK_SIP_AGENT_PORT": str(free_port(UDP)),
        "ASTERISK_SIP_TRUNK_PORT": str(free_port(UDP)),
        "ASTERISK_SIP_TRUNK_NAT_PORT": str(free_port(UDP)),
        "ASTERISK_SIP_TRUNK_CONTAINER_PORT": str(free_port(UDP)),
        "ASTERISK_RTP_MIN": str(first),
        "ASTERISK_RTP_MAX": str(last),
        "KAMAILIO_HOST": "127.0.0.1",
    }


def asterisk_sync() -> dict[str, str]:
    return {"APP_HOST": "127.0.0.1", "APP_PORT": str(free_port()), "APP_INTERNAL_TOKEN": "sync-secret"}


def kamailio() -> dict[str, str]:
    return {
        "KAMAILIO_SIP_PORT": str(free_port(UDP)),
        "KAMAILIO_WS_PORT": str(free_port()),
        "KAMAILIO_SHM_MB": "64",
        "SIP_EPHEMERAL_SECRET": "sip-secret",
        "ASTERISK_HOST": "127.0.0.1",
        "ASTERISK_SIP_AGENT_PORT": str(free_port(UDP)),
        "RTPENGINE_HOST": "127.0.0.1",
        "RTPENGINE_NG_PORT": str(free_port(UDP)),
        "REDIS_HOST": "127.0.0.1",
        "REDIS_PORT": str(free_port()),
        "REDIS_PASSWORD": "redis-secret",
    }


def nginx() -> dict[str, str]:
    return {
        "NGINX_LISTEN": "127.0.0.1",
        "NGINX_HTTPS_PORT": str(free_port()),
        "NGINX_HTTP_PORT": str(free_port()),
        "APP_HOST": "127.0.0.1",
        "APP_PORT": str(free_port()),
        "KAMAILIO_HOST": "127.0.0.1",
        "KAMAILIO_WS_PORT": str(free_port()),
    }


SETTINGS = [
    Setting("postgres", postgres, ("POSTGRES_DATABASE", "POSTGRES_USER", "POSTGRES_PASSWORD")),
    Setting("redis", redis, ("REDIS_PASSWORD",)),
    Setting("rtpengine", rtpengine, ("RTPENGINE_INTERFACE",)),
    Setting("asterisk", asterisk, ("ASTERISK_ARI_USER", "ASTERISK_ARI_PASSWORD", "KAMAILIO_HOST")),
    Setting("asterisk", asterisk_sync, ("APP_HOST", "APP_PORT", "APP_INTERNAL_TOKEN"), ("asterisk-sync",)),
    Setting(
        "kamailio",
        kamailio,
        ("ASTERISK_HOST", "RTPENGINE_HOST", "REDIS_HOST", "SIP_EPHEMERAL_SECRET", "REDIS_PASSWORD"),
    ),
    Setting("nginx", nginx, ("APP_HOST", "APP_PORT", "KAMAILIO_HOST"), stands_alone=False),
]
