"""The catalogue of permissions and the predefined roles, as data.

`PERMISSIONS` is what a route may require; a permission that is not here does not exist. `PREDEFINED_ROLES` cannot be
changed by anybody: `oml migrate` writes them into the table `roles` as they are here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from omnileads.kit.permissions import SEES_EVERYTHING

ADMINISTRATOR: Final = "administrator"
AGENT: Final = "agent"
WORKS_AS_AGENT: Final = "agent.console"
"""Who has this needs an agent profile: a group, an extension, a webphone."""

PERMISSIONS: Final[dict[str, str]] = {
    SEES_EVERYTHING: "See every campaign and what belongs to it, not only the supervised ones.",
    "users.read": "List users.",
    "users.write": "Create, change and delete users of every role but administrator.",
    "users.write-agents": "Create agents; change and delete the agents of the supervised campaigns.",
    "users.write-administrators": "Create, change and delete administrators.",
    "roles.read": "List roles and their permissions.",
    "roles.write": "Create, change and delete roles of one's own making, with no more than one may oneself.",
    "registration.read": "See whom the installation is registered to.",
    "registration.write": "Change whom the installation is registered to.",
    "tokens.own": "Create, list and revoke one's own API tokens.",
    "agent-groups.read": "List agent groups.",
    "agent-groups.write": "Create, change and delete agent groups.",
    "pauses.read": "List pauses and pause sets.",
    "pauses.write": "Create, change and delete pauses and pause sets.",
    "trunks.read": "List SIP trunks.",
    "trunks.write": "Create, change and delete SIP trunks.",
    "routes.read": "See inbound and outbound routes, time groups and conditions, IVRs and voicemail; try them.",
    "routes.write": "Create, change and delete routes, time groups and conditions, IVRs and voicemail boxes.",
    "customer-identifications.read": "List customer identifications.",
    "customer-identifications.write": "Create, change and delete customer identifications.",
    "custom-destinations.read": "See custom destinations and the custom dialplan.",
    "custom-destinations.write": "Create, change and delete custom destinations; change the custom dialplan.",
    "telephony-settings.read": "See the answering machine detection and the recording-name scheme.",
    "telephony-settings.write": "Change the answering machine detection and the recording-name scheme.",
    "audio.read": "List and hear audio files and music on hold.",
    "audio.write": "Upload and delete audio files; make music-on-hold playlists.",
    "forms.read": "List forms.",
    "forms.write": "Create, change and delete forms.",
    "dispositions.read": "See the catalogue of dispositions.",
    "dispositions.write": "Create, change and delete entries of the catalogue of dispositions.",
    "external-sites.read": "List external sites and their authentications.",
    "external-sites.write": "Create, change, test and delete external sites and their authentications.",
    "external-systems.read": "List external systems and the ids they know agents by.",
    "external-systems.write": "Create, change and delete external systems.",
    "campaigns.read": "List campaigns.",
    "campaigns.write": "Create, change, start, pause and finish campaigns.",
    "contacts.read": "See contact bases, their contacts and imports; export them.",
    "contacts.write": "Import contacts; make, change and hide contact bases; change contacts.",
    "blacklists.read": "See the do-not-call lists and their numbers.",
    "blacklists.write": "Make, change and delete do-not-call lists; add and remove numbers.",
    "supervision.read": "Watch agents and queues live; see callbacks.",
    "supervision.act": "Act on agents: listen, pause, log out, give callbacks to others.",
    "calls.read": "Search the call log.",
    "recordings.read": "Search recordings.",
    "recordings.listen": "Hear and download recordings.",
    WORKS_AS_AGENT: "Work as an agent.",
}

GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "people": ("scope", "users", "roles", "registration", "tokens", "agent-groups", "pauses"),
    "telephony": (
        "trunks",
        "routes",
        "customer-identifications",
        "custom-destinations",
        "telephony-settings",
        "audio",
    ),
    "campaigns": (
        "campaigns",
        "contacts",
        "blacklists",
        "forms",
        "dispositions",
        "external-sites",
        "external-systems",
    ),
    "supervision": ("supervision",),
    "history": ("calls", "recordings"),
    "agent": ("agent",),
}
"""Areas (what stands before the dot of a permission) by the heading under which people look for them."""

_WIDER: Final = {"users.write": "users.write-agents", "users.write-administrators": "users.write"}


def group_of(permission: str) -> str:
    """The heading of `GROUPS` a permission stands under."""
    area = permission.partition(".")[0]
    return next(group for group, areas in GROUPS.items() if area in areas)


def needs_of(permission: str) -> frozenset[str]:
    """Permissions without which this one is of no use: changing a thing needs seeing it."""
    area, _, verb = permission.partition(".")
    reads = {f"{area}.read"} if verb.startswith(("write", "act", "listen")) else set()
    wider = _WIDER.get(permission)
    return frozenset(reads | ({wider} if wider else set()))


def missing_needs(permissions: Collection[str]) -> dict[str, frozenset[str]]:
    """Permissions of a set whose needs are not in it, with what they lack."""
    lacking = {permission: needs_of(permission).difference(permissions) for permission in permissions}
    return {permission: missing for permission, missing in lacking.items() if missing}


@dataclass(frozen=True)
class PredefinedRole:
    slug: str
    name: str
    permissions: frozenset[str]


AGENT_POWERS: Final = frozenset({WORKS_AS_AGENT, "tokens.own"})
"""Whoever makes agents gives these away without having them: nobody supervises and takes calls by the same role."""

_READS_RESULTS: Final = frozenset({"campaigns.read", "supervision.read", "calls.read", "recordings.read", "tokens.own"})

_RUNS_CAMPAIGNS: Final = _READS_RESULTS | {
    "users.read",
    "users.write-agents",
    "agent-groups.read",
    "agent-groups.write",
    "pauses.read",
    "pauses.write",
    "routes.read",
    "routes.write",
    "customer-identifications.read",
    "audio.read",
    "audio.write",
    "campaigns.write",
    "forms.read",
    "forms.write",
    "dispositions.read",
    "dispositions.write",
    "external-sites.read",
    "external-systems.read",
    "contacts.read",
    "contacts.write",
    "blacklists.read",
    "blacklists.write",
    "supervision.act",
    "recordings.listen",
}

_SEES_SETUP: Final = frozenset({"roles.read", "trunks.read", "custom-destinations.read", "telephony-settings.read"})
"""What an administrator sets up: what a call costs, which program a call reaches, who may do what."""

PREDEFINED_ROLES: Final[tuple[PredefinedRole, ...]] = (
    PredefinedRole(ADMINISTRATOR, "Administrator", frozenset(PERMISSIONS) - {WORKS_AS_AGENT}),
    PredefinedRole("manager", "Manager", _RUNS_CAMPAIGNS | _SEES_SETUP | {"users.write", "external-systems.write"}),
    PredefinedRole("supervisor", "Supervisor", _RUNS_CAMPAIGNS),
    PredefinedRole("basic-supervisor", "Basic supervisor", _READS_RESULTS),
    PredefinedRole(AGENT, "Agent", AGENT_POWERS),
    PredefinedRole("webphone-client", "Webphone client", frozenset()),
)
