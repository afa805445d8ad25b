"""nginx and what is in front of it: Service, Ingress, certificate."""

from __future__ import annotations

from typing import Any

from omnileads_operator.desired.instance import Instance, Manifest
from omnileads_operator.desired.pods import Container, Pod, http
from omnileads_operator.desired.wiring import (
    ANYWHERE,
    APP_PORT,
    HTTP_PORT,
    HTTPS_PORT,
    KAMAILIO_WS_PORT,
    Wiring,
)
from omnileads_operator.desired.workloads import deployment, disruption_budget, service_ports

PORTS = {"https": (HTTPS_PORT, "TCP"), "http": (HTTP_PORT, "TCP")}


def tls_secret(instance: Instance) -> str:
    """The Secret with the certificate: the one named, or the one made."""
    return instance.spec.tls.secret_name or f"{instance.name}-tls"


def edge(instance: Instance, versions: dict[str, str]) -> list[Manifest]:
    spec = instance.spec
    objects = [
        deployment(instance, _pod(instance), versions["nginx"], spec.nginx.replicas),
        _service(instance),
        disruption_budget(instance, "nginx", max_unavailable=1),
    ]
    if spec.expose.ingress:
        objects.append(_ingress(instance))
    if spec.tls.issuer:
        objects.append(_certificate(instance))
    return objects


def _pod(instance: Instance) -> Pod:
    wiring, nginx = Wiring(instance), instance.spec.nginx
    items = [{"key": "tls.crt", "path": "cert.pem"}, {"key": "tls.key", "path": "key.pem"}]
    container = Container(
        "nginx",
        {
            "NGINX_LISTEN": ANYWHERE,
            "NGINX_HTTPS_PORT": HTTPS_PORT,
            "NGINX_HTTP_PORT": HTTP_PORT,
            "NGINX_SERVER_NAME": instance.spec.hostname,
            "APP_HOST": wiring.host("app"),
            "APP_PORT": APP_PORT,
            "KAMAILIO_HOST": wiring.host("kamailio"),
            "KAMAILIO_WS_PORT": KAMAILIO_WS_PORT,
            **wiring.bucket_address(),
        },
        nginx.resources,
        ports=PORTS,
        mounts=[
            {"name": "certificate", "mountPath": "/etc/omnileads/tls", "readOnly": True},
            *wiring.bucket_mounts(),
        ],
        ready=http("/healthz/nginx", HTTPS_PORT, "HTTPS"),
        alive=http("/healthz/nginx", HTTPS_PORT, "HTTPS"),
        pre_stop=["sleep", "5"],
    )
    # nginx takes a renewed certificate into use by itself, so its pods do not read the Secret as the others do theirs.
    certificate = {"name": "certificate", "projected": {"defaultMode": 0o440, "sources": [_source(instance, items)]}}
    return Pod(
        "nginx",
        [container],
        [certificate, *wiring.bucket_volumes()],
        nginx.placement,
        stop_seconds=60,
        # Ports below 1024 without a capability.
        sysctls={"net.ipv4.ip_unprivileged_port_start": "0"},
    )


def _source(instance: Instance, items: list[dict[str, str]]) -> Manifest:
    return {"secret": {"name": tls_secret(instance), "items": items}}


def _service(instance: Instance) -> Manifest:
    wanted = instance.spec.expose.service
    spec: dict[str, Any] = {
        "type": wanted.type,
        "selector": instance.selector("nginx"),
        "ports": service_ports(PORTS),
    }
    if wanted.type != "ClusterIP":
        # Keeps the address of the browser, which lockout and audit need.
        spec["externalTrafficPolicy"] = "Local"
    if wanted.type == "LoadBalancer" and wanted.load_balancer_source_ranges:
        spec["loadBalancerSourceRanges"] = list(wanted.load_balancer_source_ranges)
    made = instance.object("v1", "Service", f"{instance.name}-nginx", "nginx", spec=spec)
    if wanted.annotations:
        made["metadata"]["annotations"] = dict(wanted.annotations)
    return made


def _ingress(instance: Instance) -> Manifest:
    ingress = instance.spec.expose.ingress
    backend = {"service": {"name": f"{instance.name}-nginx", "port": {"number": HTTPS_PORT}}}
    spec: dict[str, Any] = {
        "tls": [{"hosts": [instance.spec.hostname], "secretName": tls_secret(instance)}],
        "rules": [
            {
                "host": instance.spec.hostname,
                "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]},
            }
        ],
    }
    if ingress and ingress.class_name:
        spec["ingressClassName"] = ingress.class_name
    made = instance.object("networking.k8s.io/v1", "Ingress", f"{instance.name}-nginx", "nginx", spec=spec)
    if ingress and ingress.annotations:
        made["metadata"]["annotations"] = dict(ingress.annotations)
    return made


def _certificate(instance: Instance) -> Manifest:
    issuer = instance.spec.tls.issuer
    spec = {
        "secretName": tls_secret(instance),
        "dnsNames": [instance.spec.hostname],
        "issuerRef": {"name": issuer.name, "kind": issuer.kind} if issuer else {},
    }
    return instance.object("cert-manager.io/v1", "Certificate", f"{instance.name}-tls", "nginx", spec=spec)
