"""Who talks to whom: hosts, ports and secrets of an instance's parts, as the inventories' wiring.yml says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from omnileads_operator.desired.instance import Instance, Manifest
from omnileads_operator.desired.pods import Value
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
ARI_USER: Final = "omnileads"
AGENT_PORT: Final = 5160
KAMAILIO_SIP_PORT: Final = 5060
KAMAILIO_WS_PORT: Final = 10088
RTPENGINE_NG_PORT: Final = 22222
RTPENGINE_HTTP_PORT: Final = 22225
HTTPS_PORT: Final = 443
HTTP_PORT: Final = 80
ANYWHERE: Final = "0.0.0.0"  # noqa: S104 - inside a pod; the network policies say who may reach it
RECORDINGS: Final = "/var/spool/omnileads/recordings"


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

    def recordings_claim(self) -> str:
        return self.instance.spec.recordings.existing_claim or f"{self.instance.name}-recordings"

    def recordings_volume(self) -> Manifest:
        return {"name": "recordings", "persistentVolumeClaim": {"claimName": self.recordings_claim()}}
