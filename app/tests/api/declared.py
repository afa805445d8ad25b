"""Who may do what, written down beside the code: the table every route of the API is compared with.

A resource is read with `<area>.read` and changed with `<area>.write` on top of that; what differs is named route by
route. A route that is in neither list fails the tests, so nobody adds one without saying who may use it.
"""

from __future__ import annotations

from typing import Final

SAFE_METHODS: Final = frozenset({"GET", "HEAD"})

Needs = tuple[frozenset[str], ...]
"""Sets of alternatives; the caller needs one permission of each."""

AREAS: Final[dict[str, str]] = {
    "agent-groups": "agent-groups",
    "amd-settings": "telephony-settings",
    "audio-files": "audio",
    "blacklist-imports": "blacklists",
    "blacklists": "blacklists",
    "call-flow": "routes",
    "campaign-templates": "campaigns",
    "campaigns": "campaigns",
    "contact-bases": "contacts",
    "contact-imports": "contacts",
    "custom-destinations": "custom-destinations",
    "custom-dialplan": "custom-destinations",
    "customer-identifications": "customer-identifications",
    "destinations": "routes",
    "disposition-names": "dispositions",
    "external-site-authentications": "external-sites",
    "external-sites": "external-sites",
    "external-systems": "external-systems",
    "forms": "forms",
    "inbound-routes": "routes",
    "ivrs": "routes",
    "moh-playlists": "audio",
    "outbound-routes": "routes",
    "pause-sets": "pauses",
    "pauses": "pauses",
    "recording-name-scheme": "telephony-settings",
    "sip-trunks": "trunks",
    "time-conditions": "routes",
    "time-groups": "routes",
    "voicemail-boxes": "routes",
}
"""First part of the path below `/api/v2` -> area of the catalogue."""

_MAKES_USERS: Final = "users.write users.write-agents"

EXCEPTIONS: Final[dict[str, tuple[str, ...]]] = {
    "GET /agents": ("campaigns.read",),
    "GET /callbacks": ("supervision.read",),
    "GET /callbacks/{callback_id}": ("supervision.read",),
    "GET /callbacks/{callback_id}/agents": ("supervision.read",),
    "PUT /callbacks/{callback_id}/agent": ("supervision.read", "supervision.act"),
    "DELETE /callbacks/{callback_id}": ("supervision.read", "supervision.act"),
    "GET /calls": ("calls.read",),
    "GET /campaign-drafts": ("campaigns.read", "campaigns.write"),
    "GET /campaign-drafts/{draft_id}": ("campaigns.read", "campaigns.write"),
    "POST /campaign-drafts": ("campaigns.read", "campaigns.write"),
    "PUT /campaign-drafts/{draft_id}": ("campaigns.read", "campaigns.write"),
    "DELETE /campaign-drafts/{draft_id}": ("campaigns.read", "campaigns.write"),
    "GET /campaigns/{campaign_id}/clone": ("campaigns.read", "campaigns.write"),
    "GET /calls/{call_id}/events": ("calls.read",),
    "GET /calls/{call_id}/disposition": ("agent.console calls.read",),
    "PUT /calls/{call_id}/disposition": ("agent.console",),
    "GET /forms/{form_id}/fields/{position}/options": ("agent.console forms.read",),
    "GET /live": ("agent.console supervision.read",),
    "GET /live/campaigns": ("supervision.read",),
    "GET /recordings": ("agent.console recordings.read",),
    "GET /recordings/{recording_id}/audio": ("agent.console recordings.listen",),
    "GET /permissions": ("roles.read tokens.own users.read",),
    "GET /roles": (f"roles.read {_MAKES_USERS}",),
    "GET /roles/{role_id}": (f"roles.read {_MAKES_USERS}",),
    "POST /roles": ("roles.read", "roles.write"),
    "PATCH /roles/{role_id}": ("roles.read", "roles.write"),
    "DELETE /roles/{role_id}": ("roles.read", "roles.write"),
    "GET /tokens": ("tokens.own",),
    "POST /tokens": ("tokens.own",),
    "DELETE /tokens/{token_id}": ("tokens.own",),
    "GET /users": ("users.read",),
    "GET /users/export": ("users.read",),
    "GET /users/{user_id}": ("users.read",),
    "POST /users": (_MAKES_USERS,),
    "POST /users/import": ("users.read", _MAKES_USERS),
    "PATCH /users/{user_id}": (_MAKES_USERS,),
    "DELETE /users/{user_id}": (_MAKES_USERS,),
    "POST /users/{user_id}/clone": (_MAKES_USERS,),
    "POST /users/{user_id}/password": (_MAKES_USERS,),
    "POST /users/{user_id}/unblock": (_MAKES_USERS,),
    "POST /call-flow/try": ("routes.read",),
    "POST /outbound-routes/try": ("routes.read",),
}
"""Alternatives are separated by blanks."""


def declared_needs(method: str, path: str) -> Needs | None:
    """What a caller of this route below `/api/v2` needs; None for a route nobody has declared."""
    named = EXCEPTIONS.get(f"{method} {path}")
    if named is not None:
        return tuple(frozenset(alternatives.split()) for alternatives in named)
    first = path.split("/")[1]
    if first == "agent":
        return (frozenset({"agent.console"}),)
    area = AREAS.get(first)
    if area is None:
        return None
    reads = frozenset({f"{area}.read"})
    return (reads,) if method in SAFE_METHODS else (reads, frozenset({f"{area}.write"}))
