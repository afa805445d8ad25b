"""The part of the instance's spec that is about sound: Asterisk, Kamailio, rtpengine and where they run."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from omnileads_operator.resources.model import (
    Address,
    AddressBlock,
    Labels,
    Model,
    Port,
    Quantity,
    fixed,
    rules,
)
from omnileads_operator.resources.parts import Storage, Toleration
from omnileads_operator.resources.sizes import Resources, Sized, sized


class AsteriskStorage(Storage):
    size: Quantity = Field(default="2Gi", description="Size.", json_schema_extra=fixed("size"))


class PortRange(Model):
    """UDP ports, first and last included."""

    model_config = ConfigDict(
        json_schema_extra=rules(("self.first < self.last", "first must be less than last")),
    )
    first: Port = Field(description="First port.")
    last: Port = Field(description="Last port.")


class AsteriskAutoscaling(Model):
    """How many Asterisks, by the calls they have. One that is taken away gets no new calls first, and has none then."""

    model_config = ConfigDict(
        json_schema_extra=rules(("self.minReplicas <= self.maxReplicas", "minReplicas must not exceed maxReplicas")),
    )
    min_replicas: int = Field(default=1, ge=1, le=20, description="Fewest pods.")
    max_replicas: int = Field(default=4, ge=1, le=20, description="Most pods; each needs a node of its own.")
    calls_per_replica: int = Field(
        default=100, ge=1, le=5000, description="Calls of each, at most: above it there is one more at once."
    )
    quiet_seconds: int = Field(
        default=900, ge=60, le=86400, description="How long fewer must have been enough before one is taken away."
    )


class Asterisk(Sized):
    replicas: int = Field(
        default=1,
        ge=1,
        le=20,
        description="Pods, each on a node of its own, where autoscaling is not set. One too many goes without calls.",
    )
    autoscaling: AsteriskAutoscaling | None = Field(default=None, description="Scale by calls instead.")
    resources: Resources = Field(default=sized("512Mi", "2Gi", "500m"), description="Requests and limits.")
    storage: AsteriskStorage = Field(
        default=AsteriskStorage(), description="Generated files, sounds, its small database."
    )
    trunk_ports: Annotated[list[Port], Field(min_length=3, max_length=3)] = Field(
        default=[5161, 5162, 5163], description="UDP ports for trunks: direct, behind NAT, PBX on the same node."
    )
    media: PortRange = Field(default=PortRange(first=40000, last=50000), description="UDP ports of trunks' sound.")
    agent_codecs: Annotated[str, Field(max_length=100, pattern=r"^[a-z0-9]+(,[a-z0-9]+)*$")] = Field(
        default="opus,alaw,ulaw", description="Codecs towards webphones, best first."
    )


class Kamailio(Sized):
    replicas: int = Field(
        default=1, ge=1, le=10, description="Pods, each on a labelled node of its own; webphones go to those that live."
    )
    resources: Resources = Field(default=sized("640Mi", "1Gi"), description="Requests and limits.")
    shared_memory_mb: int = Field(default=512, ge=64, le=8192, description="About 85 kB for each webphone.")
    flood_limit: int = Field(default=60, ge=10, le=10000, description="Messages of a connection in two seconds.")


class Rtpengine(Sized):
    replicas: int = Field(
        default=1, ge=1, le=10, description="Pods, each on a labelled node of its own; new calls go to those that live."
    )
    resources: Resources = Field(default=sized("256Mi", "1Gi", "250m"), description="Requests and limits.")
    media: PortRange = Field(default=PortRange(first=20000, last=30000), description="UDP ports of browsers' sound.")


class Voice(Model):
    """Asterisk, Kamailio and rtpengine, on the network of labelled nodes: Services have no ranges of UDP ports."""

    node_selector: Labels = Field(
        default={"omnileads.org/voice": "true"}, description="Labels of the nodes that carry sound."
    )
    tolerations: list[Toleration] = Field(default=[], max_length=16, description="Taints that do not matter.")
    node_addresses: list[AddressBlock] = Field(
        default=[],
        max_length=64,
        description="Addresses of those nodes, for the network policies; empty: read from the nodes.",
    )
    public_address: Address | None = Field(
        default=None, description="The address the outside sees, where the nodes are behind NAT."
    )
    drain_seconds: int = Field(
        default=600, ge=0, le=14400, description="How long an Asterisk that must stop waits for its calls to end."
    )
    asterisk: Asterisk = Field(default=Asterisk(), description="Trunks, sound, recording.")
    kamailio: Kamailio = Field(default=Kamailio(), description="Registrar of the webphones.")
    rtpengine: Rtpengine = Field(default=Rtpengine(), description="Sound of the browsers.")
