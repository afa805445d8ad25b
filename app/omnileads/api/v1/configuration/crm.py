"""`external_sites`, `external_site_authentications`, `external_systems`."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query

from omnileads.agents.profiles import page_of_agents
from omnileads.api.v1.bodies import Fields
from omnileads.api.v1.configuration.family import READ, Family, hiding, number_of, numbered, renamed, router_of, success
from omnileads.api.v1.errors import Body
from omnileads.api.v1.language import say
from omnileads.crm.authentications import Authentications
from omnileads.crm.schemas import (
    AuthenticationCreate,
    AuthenticationOut,
    AuthenticationPatch,
    ExternalSiteCreate,
    ExternalSiteOut,
    ExternalSitePatch,
    ExternalSystemCreate,
    ExternalSystemOut,
    ExternalSystemPatch,
)
from omnileads.crm.sites import ExternalSites
from omnileads.crm.systems import ExternalSystems
from omnileads.kit.changes import ConfigurationChanges
from omnileads.kit.edge import CurrentRuntime, Transaction
from omnileads.kit.pagination import PageQuery
from omnileads.kit.permissions import CurrentPrincipal, requires

TRIGGERS: Final = {1: "button", 2: "automatic", 3: "server", 4: "disposition", 5: "dynamic-list"}
METHODS: Final = {1: "GET", 2: "POST"}
FORMATS: Final = {1: "multipart", 2: "urlencoded", 3: "text", 4: "json"}
TARGETS: Final = {1: "embedded", 2: "new-tab"}

_SITE_NAMES: Final = {
    "name": "nombre",
    "url": "url",
    "trigger": "disparador",
    "method": "metodo",
    "format": "formato",
    "target": "objetivo",
    "authentication_id": "autenticacion",
}
_AUTHENTICATION_NAMES: Final = {
    "name": "nombre",
    "token_url": "url",
    "username": "username",
    "password": "password",
    "token_field": "campo_token",
    "duration_seconds": "duracion",
    "duration_field": "campo_duracion",
    "strict_tls": "ssl_estricto",
}


class SiteFields(Fields):
    """Numbers: `disparador` 1 button, 2 automatic, 3 server, 4 disposition, 5 dynamic list; `metodo` 1 GET, 2 POST;
    `formato` 1 multipart, 2 urlencoded, 3 text, 4 JSON; `objetivo` 1 embedded, 2 new tab."""

    nombre: str
    url: str
    disparador: int
    metodo: int
    formato: int | None = None
    objetivo: int | None = None
    autenticacion: int | None = None


class AuthenticationFields(Fields):
    nombre: str
    url: str
    username: str
    password: str
    campo_token: str
    duracion: int = 0
    campo_duracion: str = ""
    ssl_estricto: bool = True


class AgentOfSystem(Fields):
    agente: int
    id_externo_agente: str


class SystemFields(Fields):
    nombre: str
    agentes: list[AgentOfSystem]


def _changes(session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal) -> ConfigurationChanges:
    return ConfigurationChanges(session, runtime, principal)


Changes = Annotated[ConfigurationChanges, Depends(_changes)]


def _sites(session: Transaction, changes: Changes) -> ExternalSites:
    return ExternalSites(session, changes, scope=None)


def _authentications(session: Transaction, changes: Changes) -> Authentications:
    return Authentications(session, changes, scope=None)


def _systems(session: Transaction, changes: Changes) -> ExternalSystems:
    return ExternalSystems(session, changes, scope=None)


def _read_site(data: Body) -> Body:
    found = renamed(data, _SITE_NAMES)
    for field, values in (("trigger", TRIGGERS), ("method", METHODS), ("format", FORMATS), ("target", TARGETS)):
        if field in found:
            found[field] = numbered(found[field], values)
    if found.get("authentication_id") in ("", 0):
        found["authentication_id"] = None
    return found


def _show_site(site: ExternalSiteOut) -> Body:
    return {
        "id": site.id,
        "nombre": site.name,
        "url": site.url,
        "disparador": number_of(site.trigger, TRIGGERS),
        "metodo": number_of(site.method, METHODS),
        "formato": number_of(site.format, FORMATS),
        "objetivo": number_of(site.target, TARGETS),
        "autenticacion": site.authentication_id,
        "oculto": site.is_hidden,
    }


def _read_authentication(data: Body) -> Body:
    """A duration of 0 is none."""
    found = renamed(data, _AUTHENTICATION_NAMES)
    if found.get("duration_seconds") in ("", "0", 0):
        found["duration_seconds"] = None
    if found.get("duration_field", "") is None:
        found["duration_field"] = ""
    return found


def _show_authentication(found: AuthenticationOut) -> Body:
    """The password is never told."""
    return {
        "id": found.id,
        "nombre": found.name,
        "url": found.token_url,
        "username": found.username,
        "campo_token": found.token_field,
        "duracion": found.duration_seconds or 0,
        "campo_duracion": found.duration_field,
        "ssl_estricto": found.strict_tls,
    }


def _read_system(data: Body) -> Body:
    found = renamed(data, {"name": "nombre", "agents": "agentes"})
    if isinstance(found.get("agents"), list):
        found["agents"] = [_read_agent(entry) for entry in found["agents"]]
    return found


def _read_agent(entry: Any) -> Any:
    if not isinstance(entry, dict):
        return entry
    found = renamed(entry, {"agent_id": "agente", "external_id": "id_externo_agente"})
    if isinstance(found.get("external_id"), int):
        found["external_id"] = str(found["external_id"])
    return found


def _show_system(system: ExternalSystemOut) -> Body:
    agents = [{"agente": entry.agent_id, "id_externo_agente": entry.external_id} for entry in system.agents]
    return {"id": system.id, "nombre": system.name, "agentes": agents}


SITES: Final = Family(
    path="external_sites",
    one="externalSite",
    many="externalSites",
    area="external-sites",
    service=_sites,
    create=ExternalSiteCreate,
    patch=ExternalSitePatch,
    read=_read_site,
    show=_show_site,
    fields=SiteFields,
    names=_SITE_NAMES,
    in_use=(
        "No está permitido eliminar un sitio externo asociado a una campaña",
        "An external site that a campaign uses cannot be deleted",
    ),
)
AUTHENTICATIONS: Final = Family(
    path="external_site_authentications",
    one="externalSiteAuthentication",
    many="externalSiteAuthentications",
    area="external-sites",
    service=_authentications,
    create=AuthenticationCreate,
    patch=AuthenticationPatch,
    read=_read_authentication,
    show=_show_authentication,
    fields=AuthenticationFields,
    names=_AUTHENTICATION_NAMES,
    in_use=(
        "No está permitido eliminar una autenticación asociada a un sitio externo",
        "An authentication that an external site uses cannot be deleted",
    ),
)
SYSTEMS: Final = Family(
    path="external_systems",
    one="externalSystem",
    many="externalSystems",
    area="external-systems",
    service=_systems,
    create=ExternalSystemCreate,
    patch=ExternalSystemPatch,
    read=_read_system,
    show=_show_system,
    fields=SystemFields,
    names={"name": "nombre", "agents": "agentes"},
    can_delete=False,
)

sites = router_of(SITES)
hiding(sites, SITES)
authentications = router_of(AUTHENTICATIONS)
candidates = APIRouter(tags=["external_systems"], dependencies=[requires("external-systems.read")])
systems = router_of(SYSTEMS)


@candidates.get("/external_systems/agents_external_system")
def agents_for_systems(session: Transaction, page: Annotated[int, Query(ge=1, le=1000)] = 1) -> Body:
    """The agents an external system may know, 1000 at once."""
    found = page_of_agents(session, PageQuery(page=page, page_size=1000, search=""), None)
    agents = [{"id": agent.id, "nombre": agent.name} for agent in found.items]
    return success(say(*READ), agents=agents)
