"""What is configured inside a contact centre: agent groups, campaigns, trunks and routes, by the application's API."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from omnileads_operator.resources.model import Conditions, Model, ObjectName, SecretKey, fixed, rules

Title60 = Annotated[str, Field(min_length=1, max_length=60)]
Text40 = Annotated[str, Field(min_length=1, max_length=40)]
Seconds = Annotated[int, Field(ge=0, le=28800)]


def ruled(*pairs: tuple[str, str]) -> ConfigDict:
    return ConfigDict(json_schema_extra=rules(*pairs))


class Centre(Model):
    """The contact centre this belongs to, and the token to configure it with."""

    model_config = ruled(("has(self.instance) != has(self.url)", "centre needs either an instance or a url"))
    instance: ObjectName | None = Field(default=None, description="An OMniLeads resource in the same namespace.")
    url: Annotated[str, Field(max_length=500, pattern=r"^https?://[^\s]+[^/]$")] | None = Field(
        default=None, description="Address of a contact centre elsewhere, without a path."
    )
    token: SecretKey = Field(
        description="A token of `/api/v2` whose user may read and write what this resource is. Its Secret needs the "
        "label `omnileads.org/configuration=true`."
    )


class Configured(Model):
    """What all of these resources have."""

    centre: Centre = Field(description="Where it is configured.", json_schema_extra=fixed("centre"))
    deletion_policy: Literal["Delete", "Retain"] = Field(
        default="Delete",
        description="What becomes of it in the contact centre when the resource is deleted. It waits while it is used.",
    )


class AgentGroupSpec(Configured):
    """What the agents of a group may do, as on the console's page of groups."""

    name: Text40 = Field(description="Name in the contact centre.")
    auto_unpause_seconds: Seconds = Field(default=0, description="Longest wrap-up, in seconds; 0: by hand.")
    auto_attend_inbound: bool = Field(default=False, description="Inbound calls are answered by themselves.")
    auto_attend_dialer: bool = Field(default=False, description="Calls of the dialer are answered by themselves.")
    force_disposition: bool = Field(default=False, description="A call must be disposed of.")
    force_unpause: bool = Field(default=False, description="A disposition ends the wrap-up.")
    allow_off_campaign_calls: bool = Field(default=False, description="Calls outside of campaigns.")
    allow_calls_between_agents: bool = Field(default=False, description="Calls to other agents.")
    allow_hold: bool = Field(default=True, description="Hold.")
    allow_recordings: bool = Field(default=False, description="Hear one's own recordings.")
    allow_password_change: bool = Field(default=True, description="Change one's own password.")
    show_timers: bool = Field(default=True, description="Timers on the agent's page.")


class CampaignSpec(Configured):
    """A campaign of one of the kinds that need no contact base."""

    model_config = ruled(
        ("self.kind == 'inbound' || !has(self.inbound)", "inbound is only for campaigns of the kind inbound"),
    )
    name: Title60 = Field(description="Name in the contact centre.")
    kind: Literal["inbound", "manual"] = Field(description="Its kind.", json_schema_extra=fixed("kind"))
    objective: int = Field(default=0, ge=0, le=1000000000, description="Positive dispositions aimed at.")
    recording_enabled: bool = Field(default=False, description="Calls are recorded.")
    script: Annotated[str, Field(max_length=20000)] = Field(default="", description="What agents say.")
    dispositions: list[Disposition] = Field(
        min_length=1,
        max_length=100,
        description="What agents may say of a call.",
        json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]},
    )
    inbound: InboundQueue | None = Field(default=None, description="The queue of an inbound campaign.")


class Disposition(Model):
    """An option of a campaign. Options with a form are made in the console."""

    name: Annotated[str, Field(min_length=1, max_length=50)] = Field(description="Its name.")
    kind: Literal["no-action", "callback"] = Field(default="no-action", description="What follows from it.")
    subdispositions: list[Annotated[str, Field(min_length=1, max_length=50)]] = Field(
        default=[], max_length=100, description="Finer words for it."
    )
    is_positive: bool = Field(default=False, description="It counts for the objective.")


class InboundQueue(Model):
    """How callers wait."""

    strategy: Literal["ringall", "rrmemory", "leastrecent", "fewestcalls", "random", "wrandom"] = Field(
        default="rrmemory", description="Who is offered a call."
    )
    weight: int = Field(default=0, ge=0, le=100, description="Queues of more weight come first.")
    max_waiting: int = Field(default=0, ge=0, le=10000, description="Callers that may wait; 0: any number.")
    max_wait_seconds: int = Field(default=0, ge=0, le=28800, description="Longest wait, in seconds; 0: for ever.")
    ring_seconds: int = Field(default=25, ge=5, le=120, description="How long an agent is rung, in seconds.")
    wrapup_seconds: int = Field(default=0, ge=0, le=3600, description="Pause of an agent after a call, in seconds.")
    service_level_seconds: int = Field(default=20, ge=1, le=3600, description="Answered within this counts as good.")


class PlaceholderSecret(Model):
    """`${PLACEHOLDER}` in the text stands for this value, which is nowhere but in its Secret."""

    placeholder: Annotated[str, Field(max_length=40, pattern=r"^[A-Z][A-Z0-9_]*$")] = Field(description="Its name.")
    secret: SecretKey = Field(description="Its value.")


class SIPTrunkSpec(Configured):
    """A trunk: text of Asterisk's PJSIP wizard."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,39}$", max_length=40)] = Field(
        description="Name in the contact centre: letters, digits and _."
    )
    max_channels: int = Field(default=1000, ge=1, le=10000, description="Calls at the same time.")
    caller_id: Annotated[str, Field(pattern=r"^(\+?[0-9]{1,20})?$", max_length=21)] = Field(
        default="", description="Caller id of outbound calls."
    )
    wizard_text: Annotated[str, Field(min_length=1, max_length=20000)] = Field(
        description="Lines of pjsip_wizard.conf, with `${PLACEHOLDER}` for secrets."
    )
    secrets: list[PlaceholderSecret] = Field(
        default=[],
        max_length=10,
        description="Values for the placeholders.",
        json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["placeholder"]},
    )


class InboundDestination(Model):
    """Where a call goes."""

    model_config = ruled(
        ("has(self.campaign) != has(self.hangup)", "destination needs either a campaign or hangup: true"),
        ("!has(self.hangup) || self.hangup", "hangup can only be true"),
    )
    campaign: Title60 | None = Field(default=None, description="Name of an inbound campaign.")
    hangup: bool | None = Field(default=None, description="The call ends.")


class InboundRouteSpec(Configured):
    """What becomes of calls to a number."""

    name: Title60 = Field(description="Name in the contact centre.")
    did: Annotated[str, Field(pattern=r"^\+?[0-9]{1,20}$", max_length=21)] = Field(description="The dialled number.")
    caller_id_prefix: Annotated[str, Field(pattern=r'^[^"<>]{0,20}$', max_length=20)] = Field(
        default="", description="Shown before the caller's number."
    )
    language: Literal["es", "en"] = Field(default="es", description="Language of announcements.")
    destination: InboundDestination = Field(description="Where the call goes.")


class DialPattern(Model):
    """Numbers that a route takes; as Asterisk writes patterns."""

    prepend: Annotated[str, Field(max_length=20)] = Field(default="", description="Put before the number.")
    prefix: Annotated[str, Field(max_length=20)] = Field(default="", description="Taken off the number.")
    match: Annotated[str, Field(min_length=1, max_length=60)] = Field(description="The rest of the number.")


class OutboundRouteSpec(Configured):
    """Which trunks take which dialled numbers."""

    name: Title60 = Field(description="Name in the contact centre.")
    ring_seconds: int = Field(default=45, ge=5, le=120, description="How long the other side is rung, in seconds.")
    dial_options: Annotated[str, Field(max_length=60)] = Field(default="", description="r, L(ms).")
    patterns: list[DialPattern] = Field(min_length=1, max_length=50, description="In their order.")
    trunks: list[Text40] = Field(
        min_length=1, max_length=10, description="Names of trunks, in the order they are tried."
    )


class ConfiguredStatus(Model):
    """What was found."""

    observed_generation: int | None = Field(default=None, description="The generation that was looked at last.")
    id: int | None = Field(default=None, description="Its id in the contact centre.")
    conditions: Conditions = Field(default=[])


CampaignSpec.model_rebuild()

KINDS: dict[str, type[Any]] = {
    "AgentGroup": AgentGroupSpec,
    "Campaign": CampaignSpec,
    "SIPTrunk": SIPTrunkSpec,
    "InboundRoute": InboundRouteSpec,
    "OutboundRoute": OutboundRouteSpec,
}
