"""Parts of the instance's spec: components, data, network, settings. The voice has a module of its own."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from omnileads_operator.resources.model import (
    AddressBlock,
    Annotations,
    Labels,
    Model,
    ObjectName,
    Port,
    Quantity,
    SecretKey,
    ShortText,
    Token,
    fixed,
    rules,
)
from omnileads_operator.resources.sizes import Resources, Sized, sized


class Toleration(Model):
    key: ShortText = Field(default="", description="Key of the taint; empty: every key.")
    operator: Literal["Equal", "Exists"] = Field(default="Equal", description="How the taint is compared.")
    value: ShortText = Field(default="", description="Value of the taint.")
    effect: Literal["", "NoSchedule", "PreferNoSchedule", "NoExecute"] = Field(
        default="", description="Effect of the taint; empty: every effect."
    )


class Placement(Model):
    """Where pods may run."""

    node_selector: Labels = Field(default={}, description="Labels that a node must have.")
    tolerations: list[Toleration] = Field(default=[], max_length=16, description="Taints that do not matter.")
    priority_class_name: ShortText = Field(default="", description="Priority class of the pods.")


class Autoscaling(Model):
    """How many pods, by their use of CPU. Only for what may be stopped at any moment."""

    model_config = ConfigDict(
        json_schema_extra=rules(("self.minReplicas <= self.maxReplicas", "minReplicas must not exceed maxReplicas")),
    )
    min_replicas: int = Field(default=2, ge=1, le=50, description="Fewest pods.")
    max_replicas: int = Field(default=6, ge=1, le=50, description="Most pods.")
    cpu_percent: int = Field(default=70, ge=10, le=100, description="Use of the requested CPU that is aimed at.")


class Web(Sized):
    """The application: console, API, websockets."""

    replicas: int = Field(default=2, ge=1, le=50, description="Pods, where autoscaling is not set.")
    autoscaling: Autoscaling | None = Field(default=None, description="Scale by CPU instead.")
    resources: Resources = Field(default=sized("512Mi", "1Gi", "250m"), description="Requests and limits.")
    placement: Placement = Field(default=Placement(), description="Where the pods may run.")


class Worker(Web):
    """Its own default holds also where only another field is given; so it is with the volumes below."""

    replicas: int = Field(default=1, ge=1, le=50, description="Pods, where autoscaling is not set.")


class Engine(Sized):
    """The call engine: one works, the others stand by."""

    replicas: int = Field(default=2, ge=1, le=5, description="Pods; one works, the others take over when it dies.")
    resources: Resources = Field(default=sized("256Mi", "1Gi", "250m"), description="Requests and limits.")
    placement: Placement = Field(default=Placement(), description="Where the pods may run.")


class Single(Sized):
    """A process of which there is one."""

    resources: Resources = Field(default=sized("128Mi", "512Mi"), description="Requests and limits.")
    placement: Placement = Field(default=Placement(), description="Where the pod may run.")


class Edge(Sized):
    """nginx: the only door for browsers and programs."""

    replicas: int = Field(default=2, ge=1, le=20, description="Pods.")
    resources: Resources = Field(default=sized("64Mi", "256Mi"), description="Requests and limits.")
    placement: Placement = Field(default=Placement(), description="Where the pods may run.")


class Storage(Model):
    """A volume of its own. Claims made from a StatefulSet cannot change, so it is fixed at creation."""

    size: Quantity = Field(default="20Gi", description="Size.", json_schema_extra=fixed("size"))
    storage_class_name: Annotated[str, Field(max_length=253)] = Field(
        default="",
        description="Storage class; empty: the cluster's default.",
        json_schema_extra=fixed("storageClassName"),
    )


class RedisStorage(Storage):
    size: Quantity = Field(default="4Gi", description="Size.", json_schema_extra=fixed("size"))


Members = Literal[1, 3]
MEMBERS_STAY = (
    "(has(self.managed) ? self.managed.members : 1) >= (has(oldSelf.managed) ? oldSelf.managed.members : 1)",
    "members cannot be taken away; restore a backup into a new instance",
)
"""A member that goes takes with it what only it has."""


class ManagedPostgres(Sized):
    """PostgreSQL run by the operator, under Patroni."""

    members: Members = Field(
        default=1, description="1, or 3: a leader and two standbys, one of which has every commit. Never fewer again."
    )
    storage: Storage = Field(default=Storage(), description="The volume of each member.")
    max_connections: int = Field(default=200, ge=50, le=5000, description="Each process keeps up to 40.")
    shared_buffers: Annotated[str, Field(max_length=12, pattern=r"^[0-9]+(kB|MB|GB)$")] = Field(
        default="256MB", description="As PostgreSQL writes it."
    )
    resources: Resources = Field(default=sized("1Gi", "2Gi", "250m"), description="Requests and limits.")
    placement: Placement = Field(default=Placement(), description="Where the pods may run.")


class ExternalPostgres(Model):
    """A PostgreSQL that somebody else runs."""

    host: ShortText = Field(min_length=1, description="Name or address.")
    port: Port = Field(default=5432, description="TCP port.")
    database: ShortText = Field(default="omnileads", description="Database; it must exist.")
    user: ShortText = Field(default="omnileads", description="Role that owns the database.")
    password: SecretKey = Field(description="Password of the role.")
    cidr: AddressBlock | None = Field(
        default=None, description="Its addresses, for the network policies; null: any address on that port."
    )


class Postgres(Model):
    """PostgreSQL. Which of the two cannot be changed: data does not move by itself."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            (
                "!(has(self.managed) && has(self.external))",
                "postgres is either managed or external, not both",
            ),
            (
                "!has(self.managed) || has(oldSelf.managed) || self.managed.storage.size == '20Gi'",
                "size cannot be changed; make a new resource instead",
            ),
            (
                "has(self.external) == has(oldSelf.external)",
                "postgres cannot change between managed and external; restore a backup into a new instance",
            ),
            MEMBERS_STAY,
        ),
    )
    managed: ManagedPostgres | None = Field(default=None, description="Run by the operator; the default.")
    external: ExternalPostgres | None = Field(default=None, description="Run by somebody else.")


class ManagedRedis(Sized):
    """Redis run by the operator, with an append-only file."""

    members: Members = Field(
        default=1, description="1, or 3: a master and two replicas, watched by Sentinels. Never fewer again."
    )
    storage: RedisStorage = Field(default=RedisStorage(), description="The volume of each member.")
    max_memory: Annotated[str, Field(max_length=12, pattern=r"^[0-9]+(kb|mb|gb)$")] = Field(
        default="512mb", description="Memory for data, as Redis writes it; beyond it writes are refused."
    )
    resources: Resources = Field(default=sized("600Mi", "1200Mi"), description="Requests and limits.")
    placement: Placement = Field(default=Placement(), description="Where the pods may run.")


class ExternalRedis(Model):
    """A Redis that somebody else runs. It must not evict, and database 0 must be ours."""

    host: ShortText = Field(min_length=1, description="Name or address.")
    port: Port = Field(default=6379, description="TCP port.")
    password: SecretKey = Field(description="Its password.")
    cidr: AddressBlock | None = Field(
        default=None, description="Its addresses, for the network policies; null: any address on that port."
    )


class Redis(Model):
    """Redis: live state and streams of events."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            ("!(has(self.managed) && has(self.external))", "redis is either managed or external, not both"),
            (
                "!has(self.managed) || has(oldSelf.managed) || self.managed.storage.size == '4Gi'",
                "size cannot be changed; make a new resource instead",
            ),
            MEMBERS_STAY,
        ),
    )
    managed: ManagedRedis | None = Field(default=None, description="Run by the operator; the default.")
    external: ExternalRedis | None = Field(default=None, description="Run by somebody else.")


class RecordingsBucket(Model):
    """A bucket that speaks S3, where every Asterisk moves its finished recordings. It must exist."""

    endpoint: Annotated[str, Field(max_length=253, pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$")] = Field(
        default="https://s3.amazonaws.com", description="Address of the service."
    )
    region: Annotated[str, Field(min_length=1, max_length=63, pattern=r"^[a-z0-9-]+$")] = Field(
        default="us-east-1", description="Region of the bucket."
    )
    bucket: Annotated[str, Field(min_length=3, max_length=63, pattern=r"^[a-z0-9][a-z0-9.-]*[a-z0-9]$")] = Field(
        description="Name of the bucket."
    )
    prefix: Annotated[
        str,
        Field(min_length=1, max_length=600, pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$"),
    ] = Field(default="recordings", description="Folder in the bucket. Two contact centres must not share one.")
    credentials: ObjectName = Field(description="A Secret with `access_key_id` and `secret_access_key`.")
    authority: SecretKey | None = Field(
        default=None, description="The certificate of the authority of the service, where it is your own."
    )
    path_style: bool = Field(
        default=True, description="Whether the bucket stands in the path of addresses and not in the name of the host."
    )


class Recordings(Model):
    """Call recordings: on a volume, which Asterisk writes and app and worker read, or, with `s3`, in a bucket."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            (
                "has(self.s3) || !(has(self.keepVolume) && self.keepVolume)",
                "keepVolume is for recordings that have moved to s3",
            ),
            (
                (
                    "!has(self.s3) || !has(self.existingClaim) || self.existingClaim == '' "
                    "|| (has(self.keepVolume) && self.keepVolume)"
                ),
                "recordings are either in s3 or on existingClaim; with keepVolume the claim stays for those it has",
            ),
            (
                "!has(self.s3) || has(oldSelf.s3) || (has(self.keepVolume) && self.keepVolume)",
                "the volume has recordings: set keepVolume with s3, so that they are still heard",
            ),
            ("has(self.s3) || !has(oldSelf.s3)", "recordings cannot go back from a bucket to a volume"),
        ),
    )
    s3: RecordingsBucket | None = Field(
        default=None,
        description="A bucket. Each Asterisk then writes to its own volume (`voice.asterisk.storage`) first.",
    )
    keep_volume: bool = Field(
        default=False, description="With s3: the volume of before stays with app and worker, for what is on it."
    )
    size: Quantity = Field(default="50Gi", description="Size.", json_schema_extra=fixed("size"))
    storage_class_name: Annotated[str, Field(max_length=253)] = Field(
        default="",
        description="Storage class; empty: the cluster's default.",
        json_schema_extra=fixed("storageClassName"),
    )
    access_mode: Literal["ReadWriteMany", "ReadWriteOnce"] = Field(
        default="ReadWriteMany",
        description="ReadWriteOnce only where all pods run on one node.",
        json_schema_extra=fixed("accessMode"),
    )
    existing_claim: ShortText = Field(default="", description="A claim of yours to use instead; it is never deleted.")


class Issuer(Model):
    """A cert-manager issuer."""

    name: ObjectName = Field(description="Its name.")
    kind: Literal["Issuer", "ClusterIssuer"] = Field(default="Issuer", description="Its kind.")


class Tls(Model):
    """The certificate. Without either field a self-signed one is made and renewed."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            ("!(has(self.secretName) && has(self.issuer))", "tls has either a secretName or an issuer, not both"),
        ),
    )
    secret_name: ObjectName | None = Field(default=None, description="A Secret of type kubernetes.io/tls.")
    issuer: Issuer | None = Field(default=None, description="cert-manager makes the certificate.")


class Service(Model):
    """The Service in front of nginx."""

    type: Literal["LoadBalancer", "NodePort", "ClusterIP"] = Field(default="LoadBalancer", description="Its type.")
    annotations: Annotations = Field(default={}, description="Annotations, for the provider of the load balancer.")
    load_balancer_source_ranges: list[AddressBlock] = Field(
        default=[], max_length=64, description="Addresses that may connect; empty: everybody."
    )


class Ingress(Model):
    """An Ingress in front of the Service. It must speak HTTPS to its backend: see your controller's annotations."""

    class_name: ShortText = Field(default="", description="Ingress class; empty: the cluster's default.")
    annotations: Annotations = Field(default={}, description="Annotations, for the controller.")


class Expose(Model):
    """How people reach nginx."""

    service: Service = Field(default=Service(), description="The Service.")
    ingress: Ingress | None = Field(default=None, description="An Ingress as well.")


class Mail(Model):
    """Mail server for messages to users about their accounts."""

    host: ShortText = Field(min_length=1, description="Name or address.")
    port: Port = Field(default=587, description="TCP port.")
    security: Literal["starttls", "tls", "none"] = Field(default="starttls", description="How it is encrypted.")
    user: ShortText = Field(default="", description="User; empty: without signing in.")
    password: SecretKey | None = Field(default=None, description="Password of that user.")
    sender: ShortText = Field(default="", description="Address messages come from; empty: the user.")


class Settings(Model):
    """Settings of the application, as in docs/settings.md."""

    session_seconds: int = Field(default=3600, ge=60, le=604800, description="`SESSION_COOKIE_AGE`.")
    login_failure_limit: int = Field(default=10, ge=1, le=1000, description="`LOGIN_FAILURE_LIMIT`.")
    api_token_seconds: int = Field(default=3600, ge=60, le=31536000, description="`TOKEN_EXPIRED_AFTER_SECONDS`.")
    webphone_credential_seconds: int = Field(default=28800, ge=60, le=604800, description="`EPHEMERAL_USER_TTL`.")
    sip_realm: Token = Field(default="omnileads", description="`SIP_REALM`.")
    cors_allowed_origins: list[ShortText] = Field(
        default=[], max_length=32, description="`CUSTOM_CORS_ALLOWED_ORIGINS`."
    )
    outgoing_allowed_hosts: list[ShortText] = Field(default=[], max_length=64, description="`OUTGOING_ALLOWED_HOSTS`.")
    agent_unavailable_logout_seconds: int = Field(
        default=300, ge=5, le=86400, description="`ACD_UNAVAILABLE_LOGOUT_SECONDS`."
    )
    trusted_proxies: list[AddressBlock] = Field(
        default=["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
        max_length=16,
        description="Addresses of nginx's pods, whose X-Forwarded-For is believed: best the pod network.",
    )
    mail: Mail | None = Field(default=None, description="Mail server; null: no message is sent.")
