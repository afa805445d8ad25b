"""HTTP: external sites, their authentications, external systems, and the trials of what is set up."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from omnileads.campaigns.scope import CurrentScope
from omnileads.crm.authentications import Authentications
from omnileads.crm.journal import SiteJournal
from omnileads.crm.models import SiteRequestState
from omnileads.crm.schemas import (
    AuthenticationCreate,
    AuthenticationOut,
    AuthenticationPatch,
    AuthenticationTrial,
    AuthenticationTrialOut,
    ExternalSiteCreate,
    ExternalSiteOut,
    ExternalSitePatch,
    ExternalSystemCreate,
    ExternalSystemOut,
    ExternalSystemPatch,
    SiteRequestOut,
    SiteTrial,
    SiteTrialOut,
    UnsavedSiteTrial,
)
from omnileads.crm.sender import SiteSender
from omnileads.crm.sites import ExternalSites
from omnileads.crm.systems import ExternalSystems
from omnileads.crm.trials import Trials
from omnileads.kit.changes import ConfigurationChanges
from omnileads.kit.edge import CurrentRuntime, CurrentSettings, Transaction
from omnileads.kit.pagination import Page, Paging
from omnileads.kit.permissions import CurrentPrincipal, requires
from omnileads.kit.schemas import PathId

sites = APIRouter(prefix="/external-sites", tags=["external-sites"], dependencies=[requires("external-sites.read")])
authentications = APIRouter(
    prefix="/external-site-authentications", tags=["external-sites"], dependencies=[requires("external-sites.read")]
)
systems = APIRouter(
    prefix="/external-systems", tags=["external-systems"], dependencies=[requires("external-systems.read")]
)
ROUTERS = (sites, authentications, systems)

_WRITES_SITES = [requires("external-sites.write")]
_WRITES_SYSTEMS = [requires("external-systems.write")]


def _changes(session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal) -> ConfigurationChanges:
    return ConfigurationChanges(session, runtime, principal)


Changes = Annotated[ConfigurationChanges, Depends(_changes)]


def _sites(session: Transaction, changes: Changes) -> ExternalSites:
    return ExternalSites(session, changes, scope=None)


def _authentications(session: Transaction, changes: Changes) -> Authentications:
    return Authentications(session, changes, scope=None)


def _systems(session: Transaction, changes: Changes) -> ExternalSystems:
    return ExternalSystems(session, changes, scope=None)


def _trials(runtime: CurrentRuntime, settings: CurrentSettings) -> Trials:
    return Trials(runtime.database, SiteSender(settings.outgoing, runtime))


CurrentSites = Annotated[ExternalSites, Depends(_sites)]
CurrentAuthentications = Annotated[Authentications, Depends(_authentications)]
CurrentSystems = Annotated[ExternalSystems, Depends(_systems)]
CurrentTrials = Annotated[Trials, Depends(_trials)]


@sites.get("")
def list_external_sites(service: CurrentSites, paging: Paging) -> Page[ExternalSiteOut]:
    return service.page(paging)


@sites.post("", status_code=201, dependencies=_WRITES_SITES)
def create_external_site(service: CurrentSites, body: ExternalSiteCreate) -> ExternalSiteOut:
    return service.create(body)


@sites.post("/test", dependencies=_WRITES_SITES)
def try_unsaved_external_site(trials: CurrentTrials, body: UnsavedSiteTrial) -> SiteTrialOut:
    """Send the request of a site that is not stored, with sample values, and show all of it."""
    return trials.unsaved_site(body)


@sites.get("/{site_id}")
def get_external_site(service: CurrentSites, site_id: PathId) -> ExternalSiteOut:
    return service.one(site_id)


@sites.get("/{site_id}/requests")
def list_site_requests(
    session: Transaction,
    runtime: CurrentRuntime,
    scope: CurrentScope,
    paging: Paging,
    site_id: PathId,
    state: SiteRequestState | None = None,
) -> Page[SiteRequestOut]:
    """Requests to the site about calls of the last 30 days, the newest first, and what became of each."""
    return SiteJournal(session, runtime.clock).page(site_id, state, scope, paging)


@sites.patch("/{site_id}", dependencies=_WRITES_SITES)
def change_external_site(service: CurrentSites, site_id: PathId, body: ExternalSitePatch) -> ExternalSiteOut:
    return service.change(site_id, body)


@sites.delete("/{site_id}", status_code=204, dependencies=_WRITES_SITES)
def delete_external_site(service: CurrentSites, site_id: PathId) -> None:
    service.delete(site_id)


@sites.post("/{site_id}/test", dependencies=_WRITES_SITES)
def try_external_site(trials: CurrentTrials, site_id: PathId, body: SiteTrial) -> SiteTrialOut:
    """Send the site's request with sample values, and show all of it."""
    return trials.stored_site(site_id, body)


@authentications.get("")
def list_external_site_authentications(service: CurrentAuthentications, paging: Paging) -> Page[AuthenticationOut]:
    return service.page(paging)


@authentications.post("", status_code=201, dependencies=_WRITES_SITES)
def create_external_site_authentication(
    service: CurrentAuthentications, body: AuthenticationCreate
) -> AuthenticationOut:
    return service.create(body)


@authentications.post("/test", dependencies=_WRITES_SITES)
def try_unsaved_external_site_authentication(
    trials: CurrentTrials, body: AuthenticationTrial
) -> AuthenticationTrialOut:
    """Ask for a token as an authentication that is not stored would."""
    return trials.unsaved_authentication(body)


@authentications.get("/{authentication_id}")
def get_external_site_authentication(service: CurrentAuthentications, authentication_id: PathId) -> AuthenticationOut:
    return service.one(authentication_id)


@authentications.patch("/{authentication_id}", dependencies=_WRITES_SITES)
def change_external_site_authentication(
    service: CurrentAuthentications, authentication_id: PathId, body: AuthenticationPatch
) -> AuthenticationOut:
    return service.change(authentication_id, body)


@authentications.delete("/{authentication_id}", status_code=204, dependencies=_WRITES_SITES)
def delete_external_site_authentication(service: CurrentAuthentications, authentication_id: PathId) -> None:
    service.delete(authentication_id)


@authentications.post("/{authentication_id}/test", dependencies=_WRITES_SITES)
def try_external_site_authentication(trials: CurrentTrials, authentication_id: PathId) -> AuthenticationTrialOut:
    """Ask for a new token, and show all of it but the secrets."""
    return trials.stored_authentication(authentication_id)


@systems.get("")
def list_external_systems(service: CurrentSystems, paging: Paging) -> Page[ExternalSystemOut]:
    return service.page(paging)


@systems.post("", status_code=201, dependencies=_WRITES_SYSTEMS)
def create_external_system(service: CurrentSystems, body: ExternalSystemCreate) -> ExternalSystemOut:
    return service.create(body)


@systems.get("/{system_id}")
def get_external_system(service: CurrentSystems, system_id: PathId) -> ExternalSystemOut:
    return service.one(system_id)


@systems.patch("/{system_id}", dependencies=_WRITES_SYSTEMS)
def change_external_system(service: CurrentSystems, system_id: PathId, body: ExternalSystemPatch) -> ExternalSystemOut:
    return service.change(system_id, body)


@systems.delete("/{system_id}", status_code=204, dependencies=_WRITES_SYSTEMS)
def delete_external_system(service: CurrentSystems, system_id: PathId) -> None:
    service.delete(system_id)
