"""The console's address as a browser has it: nginx's Service, by the name and with the certificate of the instance."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3

from tests.cluster.instances import InstanceUnderTest


@dataclass
class Door:
    address: str
    hostname: str
    authority: Path
    password: str

    @classmethod
    def of(cls, instance: InstanceUnderTest, folder: Path) -> Door:
        service = instance.child("Service", "nginx")
        assert service
        authority = folder / "certificate.pem"
        authority.write_bytes(_secret(instance, "tls", "tls.crt"))
        password = _secret(instance, "credentials", "admin_password").decode()
        return cls(service["spec"]["clusterIP"], instance.resource()["spec"]["hostname"], authority, password)

    def call(self, verb: str, path: str, body: Any = None, token: str = "") -> urllib3.BaseHTTPResponse:
        headers = {"Host": self.hostname, **({"Authorization": f"Bearer {token}"} if token else {})}
        with urllib3.HTTPSConnectionPool(
            self.address, server_hostname=self.hostname, assert_hostname=self.hostname, ca_certs=str(self.authority)
        ) as connections:
            return connections.request(verb, path, json=body, headers=headers, timeout=10.0, retries=False)

    def sign_in(self) -> str:
        body = {"username": "admin", "password": self.password, "name": "node"}
        answer = self.call("POST", "/api/v2/tokens/sign-in", body)
        assert answer.status < 300, answer.data
        return str(answer.json()["token"])

    def can_sign_in(self) -> bool:
        try:
            return bool(self.sign_in())
        except (AssertionError, urllib3.exceptions.HTTPError):
            return False


def _secret(instance: InstanceUnderTest, name: str, key: str) -> bytes:
    secret = instance.child("Secret", name)
    assert secret, name
    return base64.b64decode(secret["data"][key])
