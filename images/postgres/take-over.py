#!/usr/bin/python3
"""What a member does when it has become the leader. Called by Patroni: take-over ACTION ROLE SCOPE.

It takes the label of the leader from a member that died with it, so that the Service leads here alone; puts the roles
in order, as the entrypoint of a server of its own does; and makes what all members agree on be what this image says.
Each step may be done again; what fails is tried again for a minute, and by the next leader.
"""

from __future__ import annotations

import base64
import json
import os
import ssl
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

SETTINGS = Path("/run/postgresql/settings")
TEMPLATES = Path("/usr/share/omnileads/templates")
ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
TRIES = 30
PAUSE_SECONDS = 2.0
ROLE_LABEL = "omnileads.org/role"

Answer = dict[str, Any]


def main() -> None:
    role, scope = sys.argv[2], sys.argv[3]
    if role != "primary":
        return
    for name, step in (
        ("unlabel", lambda: take_label_from_others(scope)),
        ("roles", prepare_roles),
        ("settings", lambda: agree_on_settings(scope)),
    ):
        persist(name, step)


def persist(name: str, step: Callable[[], None]) -> None:
    for _ in range(TRIES):
        try:
            step()
        except (OSError, ValueError, KeyError, subprocess.SubprocessError) as error:
            print(f"take-over: {name} failed and is tried again: {error}", flush=True)  # noqa: T201 - the log
            time.sleep(PAUSE_SECONDS)
        else:
            return


def take_label_from_others(scope: str) -> None:
    selector = urllib.parse.quote(f"omnileads.org/cluster={scope},{ROLE_LABEL}=primary")
    for pod in kubernetes("GET", f"?labelSelector={selector}")["items"]:
        name = pod["metadata"]["name"]
        if name != settings()["name"]:
            kubernetes("PATCH", f"/{name}", {"metadata": {"labels": {ROLE_LABEL: "replica"}}})


def kubernetes(verb: str, path: str, body: Answer | None = None) -> Answer:
    host, port = os.environ["KUBERNETES_SERVICE_HOST"], os.environ["KUBERNETES_SERVICE_PORT"]
    host = f"[{host}]" if ":" in host else host
    namespace = settings()["kubernetes"]["namespace"]
    url = f"https://{host}:{port}/api/v1/namespaces/{namespace}/pods{path}"
    headers = {
        "Authorization": f"Bearer {(ACCOUNT / 'token').read_text().strip()}",
        "Content-Type": "application/merge-patch+json",
    }
    context = ssl.create_default_context(cafile=str(ACCOUNT / "ca.crt"))
    return ask(verb, url, headers, body, context)


def prepare_roles() -> None:
    replication = settings()["postgresql"]["authentication"]["replication"]
    passwords = {
        "POSTGRES_PASSWORD": (SETTINGS / "application-password").read_text(),
        "REPLICATION_LOGIN": replication["username"],
        "REPLICATION_PASSWORD": replication["password"],
    }
    for name in ("replication-role.sql", "application-role.sql"):
        command = ["psql", "--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--output", os.devnull]
        command += ["--host", "/run/postgresql", "--port", os.environ["POSTGRES_PORT"], "--dbname", "postgres"]
        run([*command, "--file", str(TEMPLATES / name)], {**os.environ, **passwords}, seconds=60)


def agree_on_settings(scope: str) -> None:
    """Members that must start again for a new setting do so one after another, the leader last."""
    wanted = settings()["bootstrap"]["dcs"]
    if contains(patroni("GET", "/config"), wanted):
        return
    patroni("PATCH", "/config", wanted)
    for _ in range(TRIES):
        time.sleep(PAUSE_SECONDS)
        if patroni("GET", "/patroni").get("pending_restart"):
            command = ["patronictl", "-c", str(SETTINGS / "patroni.yml"), "restart", scope, "--pending", "--force"]
            run(command, dict(os.environ), seconds=600)
            return


def settings() -> Answer:
    """The member's; Patroni takes its variables out of the environment."""
    found: Answer = yaml.safe_load((SETTINGS / "patroni.yml").read_text())
    return found


def run(command: list[str], environment: dict[str, str], seconds: float) -> None:
    subprocess.run(command, env=environment, check=True, timeout=seconds)  # noqa: S603 - programs of this image


def contains(there: object, wanted: object) -> bool:
    if isinstance(wanted, dict):
        return isinstance(there, dict) and all(contains(there.get(key), value) for key, value in wanted.items())
    return there == wanted


def patroni(verb: str, path: str, body: Answer | None = None) -> Answer:
    """The member's own Patroni."""
    restapi = settings()["restapi"]
    user = restapi["authentication"]
    secret = base64.b64encode(f"{user['username']}:{user['password']}".encode()).decode()
    headers = {"Authorization": f"Basic {secret}", "Content-Type": "application/json"}
    return ask(verb, f"http://{restapi['connect_address']}{path}", headers, body)


def ask(
    verb: str, url: str, headers: dict[str, str], body: Answer | None, context: ssl.SSLContext | None = None
) -> Answer:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers, method=verb)  # noqa: S310 - of this cluster
    with urllib.request.urlopen(request, timeout=10, context=context) as answer:  # noqa: S310
        found: Answer = json.load(answer)
    return found


if __name__ == "__main__":
    main()
