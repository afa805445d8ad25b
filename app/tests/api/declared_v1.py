"""Who may use what of `/api/v1`, route by route, beside the letters of the roles the original gives it to."""

from __future__ import annotations

from typing import Final

_AGENT: Final = ("agent.console",)
_WATCHES: Final = ("supervision.read",)  # A G S R
_ACTS: Final = ("supervision.read", "supervision.act")  # A G S
_LISTS: Final = ("contacts.read", "contacts.write")  # A G S
_HEARS: Final = ("recordings.listen agent.console",)  # A G S g
_EXPORTS: Final = ("calls.read", "contacts.read")  # A G S
_FETCHES: Final = ("contacts.read recordings.listen agent.console",)  # A G S g

NEEDS: Final[dict[str, tuple[str, ...]]] = {
    "POST /campaign/database_metadata": ("campaigns.read agent.console",),  # A G S R g
    "POST /new_contact": ("contacts.write agent.console",),  # A G S g
    "GET /campaign/{campaign_id}/contacts": _AGENT,
    "GET /campaign/{campaign_id}/contacts/{contact_id}": _AGENT,
    "GET /campaign/{campaign_id}/dispositionOptions": _AGENT,
    "GET /campaign/{external_id}/dispositionOptions/{system_id}": _AGENT,
    "GET /disposition": _AGENT,
    "GET /disposition/{disposition_id}": _AGENT,
    "POST /disposition": _AGENT,
    "PUT /disposition/{disposition_id}": _AGENT,
    "POST /new_contact/disposition": _AGENT,
    "POST /makeCall": _AGENT,
    "POST /make_call_outside_campaign": _AGENT,
    "POST /hangupCall": _AGENT,
    "POST /asterisk_login": _AGENT,
    "POST /asterisk_logout": _AGENT,
    "POST /asterisk_disabled": _AGENT,
    "POST /asterisk_pause": _AGENT,
    "POST /asterisk_unpause": _AGENT,
    "POST /asterisk_ringing": _AGENT,
    "POST /asterisk_reject_call": _AGENT,
    "POST /evento_hold": _AGENT,
    "POST /agente/logout": _AGENT,
    "GET /agente/logout": _AGENT,
    "GET /sip/credentials/agent": _AGENT,
    "GET /agent/transfer_options": _AGENT,
    "POST /calificar_llamada": _AGENT,
    "GET /call_record/{call_id}": _HEARS,
    "GET /grabacion/archivo": _HEARS,
    "POST /grabacion/descarga_masiva": _HEARS,
    "POST /exportar_csv_contactados": _EXPORTS,
    "POST /exportar_csv_calificados": _EXPORTS,
    "POST /exportar_csv_no_atendidos": _EXPORTS,
    "POST /exportar_csv_calificaciones_campana": _EXPORTS,
    "POST /exportar_csv_formulario_gestion_campana": _EXPORTS,
    "POST /exportar_csv_resultados_base_contactados": _EXPORTS,
    "GET /exportaciones/{export_id}": _FETCHES,
    "GET /exportaciones/{export_id}/archivo": _FETCHES,
    "GET /supervision/campaigns": _WATCHES,
    "GET /supervision/agents": _WATCHES,
    "GET /supervision/agents_users": _ACTS,
    "GET /supervision/status_campanas/entrantes": _WATCHES,
    "POST /supervision/action_on_agent/{agent_pk}": _ACTS,
    "POST /supervision/enviar_mensaje_agentes": _ACTS,
    "GET /agent_status/campaign/{campaign_id}": _ACTS,
    "GET /agent_status_list/campaign/{campaign_id}": _ACTS,
    "GET /call_status/campaign/{campaign_id}": _ACTS,
    "GET /dashboard_supervision": _ACTS,
    "GET /audit_supervisor": _ACTS,
    "POST /audit_supervisor": _ACTS,
    "GET /supervision/contactos_asignados_preview/{campaign_id}": _ACTS,
    "POST /agenda_contacto": _AGENT,
    "POST /supervision/reasignar_agenda_contacto": _ACTS,
    "GET /supervision/data_agenda_contacto/{callback_id}": _ACTS,
    "POST /contact_database/create": _LISTS,
    "GET /contact_database/{base_id}/contact": _LISTS,
    "POST /contact_database/{base_id}/contact": _LISTS,
    "GET /contact_database/{base_id}/campaings": _LISTS,
    "POST /crear_base_contactos": _LISTS,
    "GET /campaign/database_metadata_columns_fields/{campaign_id}": ("contacts.write agent.console",),  # A G S g
    "POST /permissions/new_role": ("roles.read", "roles.write"),
    "POST /permissions/update_role_permissions": ("roles.read", "roles.write"),
    "POST /permissions/delete_role": ("roles.read", "roles.write"),
    "GET /supervision/status_campanas/salientes": _WATCHES,
    "GET /campaign/{campaign_id}/agents": ("campaigns.read",),
    "POST /campaign/agents_update": ("campaigns.read", "campaigns.write"),
    "POST /agent/campaigns_update": ("campaigns.read", "campaigns.write"),
    "GET /audio/list": ("audio.read",),
    "GET /group/list": ("agent-groups.read",),
    "GET /agent/list": ("users.read",),
    "GET /languages/list": ("routes.read",),
    "GET /active_agents": ("supervision.act agent.console",),
    "GET /register_server": ("registration.read",),
    "POST /register_server/create": ("registration.read", "registration.write"),
}
"""Alternatives are separated by blanks."""


FAMILIES: Final[dict[str, str]] = {
    "pauses": "pauses",
    "pause_sets": "pauses",
    "pause_config": "pauses",
    "external_sites": "external-sites",
    "external_site_authentications": "external-sites",
    "external_systems": "external-systems",
    "forms": "forms",
    "call_dispositions": "dispositions",
    "inbound_routes": "routes",
    "outbound_routes": "routes",
    "group_of_hours": "routes",
    "ivrs": "routes",
}
"""First part of the path -> area of the catalogue: read to see, write to change."""


def needs_of(method: str, path: str) -> tuple[frozenset[str], ...] | None:
    """What a caller of this route below `/api/v1` needs; None for a route nobody has declared."""
    area = FAMILIES.get(path.split("/")[1])
    if area is not None:
        reads = frozenset({f"{area}.read"})
        return (reads,) if method == "GET" else (reads, frozenset({f"{area}.write"}))
    named = NEEDS.get(f"{method} {path}")
    return None if named is None else tuple(frozenset(alternatives.split()) for alternatives in named)
