"""`OMniLeads`: one contact centre."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from omnileads_operator.resources.model import Conditions, Model, ObjectName, TimeZone, Token, fixed, map_list, rules
from omnileads_operator.resources.parts import (
    Edge,
    Engine,
    Expose,
    Postgres,
    Recordings,
    Redis,
    Settings,
    Single,
    Tls,
    Web,
    Worker,
)
from omnileads_operator.resources.rotation import Secrets, SecretsStatus
from omnileads_operator.resources.upgrade import Maintenance, Upgrade, UpgradeStatus
from omnileads_operator.resources.voice import Voice


class Images(Model):
    """Where the images come from: `<prefix>/<component>:<version>`."""

    prefix: Annotated[str, Field(min_length=1, max_length=253, pattern=r"^[a-z0-9][a-z0-9._:/-]*[a-z0-9]$")] = Field(
        default="localhost/omnileads", description="Registry and folder."
    )
    pull_policy: Literal["IfNotPresent", "Always", "Never"] = Field(
        default="IfNotPresent", description="When nodes fetch an image."
    )
    pull_secrets: list[ObjectName] = Field(default=[], max_length=8, description="Secrets of the registry.")


SEVERAL_ASTERISKS = (
    "has(self.voice) && has(self.voice.asterisk) && (has(self.voice.asterisk.autoscaling)"
    " || (has(self.voice.asterisk.replicas) && self.voice.asterisk.replicas > 1))"
)
ONE_NODE_ONLY = (
    "has(self.recordings) && has(self.recordings.accessMode) && self.recordings.accessMode == 'ReadWriteOnce'"
)


class InstanceSpec(Model):
    """What a contact centre is to be."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            (
                f"!({SEVERAL_ASTERISKS}) || !({ONE_NODE_ONLY})",
                "several Asterisks write recordings from several nodes: recordings.accessMode must be ReadWriteMany",
            ),
        ),
    )

    version: Annotated[str, Field(max_length=30, pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")] = Field(
        description="Version of all images. It goes up one minor version at a time and never down."
    )
    hostname: Annotated[
        str, Field(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$")
    ] = Field(description="Name people type in the browser.")
    images: Images = Field(default=Images(), description="Where the images come from.")
    tls: Tls = Field(default=Tls(), description="The certificate.")
    expose: Expose = Field(default=Expose(), description="How people reach it.")
    time_zone: TimeZone = Field(default="UTC", description="`TZ` of all processes.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="`OML_LOG_LEVEL`.")
    admin_username: Token = Field(
        default="admin",
        description="Name of the first administrator; the password is in the Secret `<name>-credentials`.",
        json_schema_extra=fixed("adminUsername"),
    )
    postgres: Postgres = Field(default=Postgres(), description="PostgreSQL: configuration and history.")
    redis: Redis = Field(default=Redis(), description="Redis: live state.")
    recordings: Recordings = Field(default=Recordings(), description="Call recordings.")
    app: Web = Field(default=Web(), description="Console, API, websockets.")
    worker: Worker = Field(default=Worker(), description="Background work.")
    acd: Engine = Field(default=Engine(), description="The call engine.")
    dialer: Single = Field(default=Single(), description="The outbound dialer.")
    nginx: Edge = Field(default=Edge(), description="The door for browsers.")
    voice: Voice = Field(default=Voice(), description="Asterisk, Kamailio, rtpengine.")
    settings: Settings = Field(default=Settings(), description="Settings of the application.")
    upgrade: Upgrade = Field(default=Upgrade(), description="What happens when `version` is raised.")
    maintenance: Maintenance | None = Field(
        default=None,
        description="When upgrades and rotations may begin and the voice be started anew; null: any time.",
    )
    secrets: Secrets = Field(default=Secrets(), description="When the generated passwords are made anew.")
    deletion_policy: Literal["Retain", "Delete"] = Field(
        default="Retain", description="What becomes of volumes and secrets when the resource is deleted."
    )


class ComponentStatus(Model):
    name: str = Field(description="The component.")
    ready: int = Field(description="Pods that are ready.")
    wanted: int = Field(description="Pods that should be.")
    version: str = Field(description="The version it is told to run.")


class ScalingStatus(Model):
    """The number of Asterisks, where calls decide."""

    fewer_since: str | None = Field(default=None, description="Since when fewer Asterisks would have been enough.")


class InstanceStatus(Model):
    """What was found."""

    observed_generation: int | None = Field(default=None, description="The generation that was looked at last.")
    version: str | None = Field(default=None, description="The version that all components have reached.")
    upgrade: UpgradeStatus | None = Field(default=None, description="An upgrade under way, or one taken back.")
    secrets: SecretsStatus | None = Field(default=None, description="The generated passwords.")
    scaling: ScalingStatus | None = Field(default=None, description="The number of Asterisks.")
    url: str | None = Field(default=None, description="Where to sign in.")
    components: list[ComponentStatus] = Field(
        default=[], description="Each component.", json_schema_extra=map_list("name")
    )
    conditions: Conditions = Field(default=[])
