"""The catalogue of permissions and the predefined roles, as data.

`PERMISSIONS` is what a route may require; a permission that is not here does not exist. `PREDEFINED_ROLES` cannot be
changed by anybody: `oml migrate` writes them into the table `roles` as they are here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from omnileads.kit.permissions import SEES_EVERYTHING

ADMINISTRATOR: Final = "administrator"
AGENT: Final = "agent"

PERMISSIONS: Final[dict[str, str]] = {
    SEES_EVERYTHING: "See every campaign and what belongs to it, not only the supervised ones.",
    "users.read": "List users.",
    "users.write": "Create, change and delete users of every role but administrator.",
    "users.write-agents": "Create agents; change and delete the agents of the supervised campaigns.",
    "users.write-administrators": "Create, change and delete administrators.",
    "roles.read": "List roles and their permissions.",
    "roles.write": "Create, change and delete roles of one's own making, with no more than one may oneself.",
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
    "campaigns.read": "List campaigns.",
    "campaigns.write": "Create, change, start, pause and finish campaigns.",
    "supervision.read": "Watch agents and queues live.",
    "supervision.act": "Act on agents: listen, pause, log out.",
    "calls.read": "Search the call log.",
    "recordings.read": "Search recordings.",
    "recordings.listen": "Hear and download recordings.",
    "agent.console": "Work as an agent.",
}


@dataclass(frozen=True)
class PredefinedRole:
    slug: str
    name: str
    permissions: frozenset[str]


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
    "supervision.act",
    "recordings.listen",
}

_SEES_SETUP: Final = frozenset({"roles.read", "trunks.read", "custom-destinations.read", "telephony-settings.read"})
"""What an administrator sets up: what a call costs, which program a call reaches, who may do what."""

PREDEFINED_ROLES: Final[tuple[PredefinedRole, ...]] = (
    PredefinedRole(ADMINISTRATOR, "Administrator", frozenset(PERMISSIONS) - {"agent.console"}),
    PredefinedRole("manager", "Manager", _RUNS_CAMPAIGNS | _SEES_SETUP | {"users.write"}),
    PredefinedRole("supervisor", "Supervisor", _RUNS_CAMPAIGNS),
    PredefinedRole("basic-supervisor", "Basic supervisor", _READS_RESULTS),
    PredefinedRole(AGENT, "Agent", frozenset({"agent.console", "tokens.own"})),
    PredefinedRole("webphone-client", "Webphone client", frozenset()),
)
