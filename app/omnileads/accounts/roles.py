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
    "tokens.own": "Create, list and revoke one's own API tokens.",
    "agent-groups.read": "List agent groups.",
    "agent-groups.write": "Create, change and delete agent groups.",
    "pauses.read": "List pauses.",
    "pauses.write": "Create, change and delete pauses.",
    "trunks.read": "List SIP trunks.",
    "trunks.write": "Create, change and delete SIP trunks.",
    "routes.read": "List inbound routes.",
    "routes.write": "Create, change and delete inbound routes.",
    "audio.read": "List and hear audio files.",
    "audio.write": "Upload and delete audio files.",
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
    "audio.read",
    "audio.write",
    "campaigns.write",
    "supervision.act",
    "recordings.listen",
}

PREDEFINED_ROLES: Final[tuple[PredefinedRole, ...]] = (
    PredefinedRole(ADMINISTRATOR, "Administrator", frozenset(PERMISSIONS) - {"agent.console"}),
    PredefinedRole("manager", "Manager", _RUNS_CAMPAIGNS | {"users.write", "roles.read", "trunks.read"}),
    PredefinedRole("supervisor", "Supervisor", _RUNS_CAMPAIGNS),
    PredefinedRole("basic-supervisor", "Basic supervisor", _READS_RESULTS),
    PredefinedRole(AGENT, "Agent", frozenset({"agent.console", "tokens.own"})),
    PredefinedRole("webphone-client", "Webphone client", frozenset()),
)
