"""Who talks to whom: hosts, ports and secrets of an instance's parts, as the inventories' wiring.yml says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from omnileads_operator.desired.instance import Instance, Manifest
from omnileads_operator.desired.pods import Value
from omnileads_operator.resources.model import SecretKey
from omnileads_operator.resources.parts import ManagedPostgres, ManagedRedis

APP_PORT: Final = 8000
ACD_PORT: Final = 8001
DIALER_PORT: Final = 8002
WORKER_PORT: Final = 8003
POSTGRES_PORT: Final = 5432
PATRONI_PORT: Final = 8008
REDIS_PORT: Final = 6379
SENTINEL_PORT: Final = 26379
SENTINEL_MASTER: Final = "omnileads"
ARI_PORT: Final = 8088
AGENT_PORT: Final = 5160
KAMAILIO_SIP_PORT: Final = 5060
KAMAILIO_WS_PORT: Final = 10088
RTPENGINE_NG_PORT: Final = 22222
RTPENGINE_HTTP_PORT: Final = 22225
HTTPS_PORT: Final = 443
HTTP_PORT: Final = 80
ANYWHERE: Final = "0.0.0.0"  # noqa: S104 - inside a pod; the network policies say who may reach it
BUCKET_FOLDER: Final = "/etc/omnileads/bucket"
UPLOADER_PORT: Final = 8004
RECORDINGS: Final = "/var/spool/omnileads/recordings"


def port_of(endpoint: str) -> int:
    """The TCP port of an address of a service, as in `https://s3.example.com`."""
    scheme, _, host = endpoint.partition("://")
    _, _, port = host.partition(":")
    return int(port) if port else {"http": 80, "https": 443}[scheme]


@dataclass(frozen=True)
class Wiring:
    instance: Instance

    def host(self, component: str) -> str:
        return f"{self.instance.name}-{component}.{self.instance.namespace}.svc"

    def public_url(self) -> str:
        return f"https://{self.instance.spec.hostname}"

    def managed_postgres(self) -> ManagedPostgres | None:
        postgres = self.instance.spec.postgres
        return None if postgres.external else postgres.managed or ManagedPostgres()

    def managed_redis(self) -> ManagedRedis | None:
        redis = self.instance.spec.redis
        return None if redis.external else redis.managed or ManagedRedis()

    def database_env(self) -> dict[str, Value]:
        return {**self.postgres_env(), **self.redis_env()}

    def postgres_env(self) -> dict[str, Value]:
        external = self.instance.spec.postgres.external
        if external:
            return {
                "POSTGRES_HOST": external.host,
                "POSTGRES_PORT": external.port,
                "POSTGRES_DATABASE": external.database,
                "POSTGRES_USER": external.user,
                "POSTGRES_PASSWORD": external.password,
            }
        return {
            "POSTGRES_HOST": self.host("postgres"),
            "POSTGRES_PORT": POSTGRES_PORT,
            "POSTGRES_DATABASE": "omnileads",
            "POSTGRES_USER": self.instance.generated("postgres_user"),
            "POSTGRES_PASSWORD": self.instance.generated("postgres_password"),
        }

    def redis_env(self) -> dict[str, Value]:
        external = self.instance.spec.redis.external
        if external:
            return {"REDIS_HOST": external.host, "REDIS_PORT": external.port, "REDIS_PASSWORD": external.password}
        managed = self.managed_redis()
        password = self.instance.generated("redis_password")
        if managed and managed.members > 1:
            return {
                # Any member, for nobody: clients ask the Sentinels.
                "REDIS_HOST": self.host("redis-members"),
                "REDIS_PORT": REDIS_PORT,
                "REDIS_PASSWORD": password,
                "REDIS_ACKNOWLEDGED_BY": 1,
                **self.sentinel_env(managed.members),
            }
        return {"REDIS_HOST": self.host("redis"), "REDIS_PORT": REDIS_PORT, "REDIS_PASSWORD": password}

    def sentinel_env(self, members: int) -> dict[str, Value]:
        return {
            "REDIS_SENTINELS": ",".join(f"{name}:{SENTINEL_PORT}" for name in self.redis_members(members)),
            "REDIS_SENTINEL_MASTER": SENTINEL_MASTER,
        }

    def redis_members(self, members: int) -> list[str]:
        return [f"{self.instance.name}-redis-{number}.{self.host('redis-members')}" for number in range(members)]

    def bucket_env(self) -> dict[str, Value]:
        """For those that read or store recordings; nothing where they are on the volume."""
        s3 = self.instance.spec.recordings.s3
        if s3 is None:
            return {}
        return {
            **self.bucket_address(),
            "RECORDINGS_STORE": "s3",
            "BUCKET_REGION": s3.region,
            "BUCKET_PREFIX": s3.prefix,
            "BUCKET_ACCESS_KEY": SecretKey(name=s3.credentials, key="access_key_id"),
            "BUCKET_SECRET_KEY": SecretKey(name=s3.credentials, key="secret_access_key"),
        }

    def bucket_address(self) -> dict[str, Value]:
        """What nginx is told, which has no keys."""
        s3 = self.instance.spec.recordings.s3
        if s3 is None:
            return {}
        return {
            "BUCKET_URL": s3.endpoint,
            "BUCKET_NAME": s3.bucket,
            "BUCKET_PATH_STYLE": "true" if s3.path_style else "false",
            **({"BUCKET_CA_FILE": f"{BUCKET_FOLDER}/ca.crt"} if s3.authority else {}),
        }

    def bucket_mounts(self) -> list[Manifest]:
        return [{"name": "bucket", "mountPath": BUCKET_FOLDER, "readOnly": True}] if self._authority() else []

    def bucket_volumes(self) -> list[Manifest]:
        authority = self._authority()
        if authority is None:
            return []
        items = [{"key": authority.key, "path": "ca.crt"}]
        return [{"name": "bucket", "secret": {"secretName": authority.name, "items": items, "defaultMode": 0o444}}]

    def _authority(self) -> SecretKey | None:
        s3 = self.instance.spec.recordings.s3
        return s3.authority if s3 else None

    def recordings_mounts(self, *, read_only: bool = False) -> list[Manifest]:
        """The volume that all share; with a bucket only where it is kept."""
        mount = {"name": "recordings", "mountPath": RECORDINGS, **({"readOnly": True} if read_only else {})}
        return [mount] if self.has_recordings_volume() else []

    def recordings_volumes(self) -> list[Manifest]:
        return [self.recordings_volume()] if self.has_recordings_volume() else []

    def has_recordings_volume(self) -> bool:
        recordings = self.instance.spec.recordings
        return recordings.s3 is None or recordings.keep_volume

    def recordings_claim(self) -> str:
        return self.instance.spec.recordings.existing_claim or f"{self.instance.name}-recordings"

    def recordings_volume(self) -> Manifest:
        return {"name": "recordings", "persistentVolumeClaim": {"claimName": self.recordings_claim()}}
