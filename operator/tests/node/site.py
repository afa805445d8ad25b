"""The contact centre on the node, as the tests of one machine know theirs: `support.site.Site`."""

from __future__ import annotations

import base64
import ssl
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psycopg2
from redis import Redis, RedisError

from support.waiting import eventually
from tests.cluster.instances import InstanceUnderTest
from tests.node.pods import Pods
from tests.support.api import Object

ADDRESS = "203.0.113.10"
"""What a load balancer would give to the console: an address that nobody else has."""

PORTS = {"acd": 8001, "app": 8000}
LEADER_KEY = "oml:acd:leader"


class NodeSite:
    """Reached by its public name, over the load balancer's address; its data from the node, by the pods' addresses."""

    def __init__(self, instance: InstanceUnderTest, pods: Pods, folder: Path) -> None:
        self._instance = instance
        self._pods = pods
        self.url = f"https://{instance.resource()['spec']['hostname']}"
        self.certificate = folder / "site.pem"
        certificate = instance.child("Secret", "tls")
        assert certificate
        self.certificate.write_bytes(base64.b64decode(certificate["data"]["tls.crt"]))

    def open_door(self) -> None:
        """What the cluster's provider and the people's DNS do: an address for the Service, its name."""
        status = {"status": {"loadBalancer": {"ingress": [{"ip": ADDRESS}]}}}
        name = f"{self._instance.name}-nginx"
        self._instance.api.change("Service", self._instance.namespace, name, status, "status")
        with Path("/etc/hosts").open("a") as hosts:
            hosts.write(f"{ADDRESS} {self.url.removeprefix('https://')}\n")
        eventually(lambda: urllib.request.urlopen(self.url, timeout=5, context=self.tls()).status == 200)

    def credentials(self) -> dict[str, str]:
        """The generated users and passwords, as they are now."""
        secret = self._instance.child("Secret", "credentials")
        assert secret
        return {key: base64.b64decode(value).decode() for key, value in secret["data"].items()}

    @property
    def admin_password(self) -> str:
        return self.credentials()["admin_password"]

    @property
    def recordings_folder(self) -> Path:
        """The folder of the volume that is bound to the claim."""
        claim = self._instance.child("PersistentVolumeClaim", "recordings")
        assert claim
        volume = self._instance.api.get("PersistentVolume", None, claim["spec"]["volumeName"])
        return Path(volume["spec"]["local"]["path"])

    def tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate))

    def postgres(self, credentials: dict[str, str] | None = None) -> psycopg2.extensions.connection:
        service = self._instance.child("Service", "postgres")
        assert service
        credentials = credentials or self.credentials()
        try:
            connection = psycopg2.connect(
                host=service["spec"]["clusterIP"],
                dbname="omnileads",
                user=credentials["postgres_user"],
                password=credentials["postgres_password"],
                connect_timeout=5,
            )
        except psycopg2.OperationalError as error:
            raise ConnectionError(str(error)) from error
        connection.autocommit = True
        return connection

    def redis(self) -> Redis:
        return self._redis_at(self.redis_master())

    def redis_master(self) -> Object:
        """The pod to which is written at the moment."""
        return self._one_of("redis", lambda pod: self._redis_at(pod).role()[0] in ("master", b"master"))

    def active_engine(self) -> Object:
        """The pod of the call engine that works; the others stand by."""
        try:
            leader = self.redis().get(LEADER_KEY)
        except RedisError as error:
            raise ConnectionError(str(error)) from error
        return self._one_of("acd", lambda pod: pod["metadata"]["name"] == leader)

    def metric(self, process: str, name: str) -> float:
        pod = self.active_engine() if process == "acd" else self._pods.all(process)[0]
        url = f"http://{pod['status']['podIP']}:{PORTS[process]}/metrics"
        with urllib.request.urlopen(url, timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith(f"{name} "))

    def logs(self, process: str) -> str:
        return self._pods.last_words(process)

    def _one_of(self, component: str, is_it: Callable[[Object], bool]) -> Object:
        found = []
        for pod in self._pods.all(component):
            try:
                found += [pod] if is_it(pod) else []
            except (RedisError, KeyError):
                continue
        assert len(found) == 1, f"{[pod['metadata']['name'] for pod in found]} of {component}"
        return found[0]

    def _redis_at(self, pod: Object) -> Redis:
        password = self.credentials()["redis_password"]
        return Redis(pod["status"]["podIP"], password=password, decode_responses=True, socket_timeout=5)
