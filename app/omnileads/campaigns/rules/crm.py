"""Rules about the external site and the external system."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from omnileads.campaigns.models import Campaign
from omnileads.campaigns.rules.asking import Asking, Problems
from omnileads.contacts.models import ContactBase
from omnileads.crm.models import ExternalSite, ExternalSystem
from omnileads.crm.requests import is_sent_by_server
from omnileads.kit.errors import FieldProblem


def problems(asking: Asking) -> Problems:
    return [*_site_problems(asking), *_parameter_problems(asking), *_system_problems(asking)]


def _site_problems(asking: Asking) -> Problems:
    """Locks the site against being deleted until the transaction ends."""
    request, campaign = asking.request, asking.campaign
    if request.interaction == "form":
        if request.external_site_id is not None:
            message = 'A campaign that works with forms alone has no external site; choose "both", or remove the site.'
            return [FieldProblem("external_site_id", "not-used", message)]
        return _call_problems(asking, None)
    if request.external_site_id is None:
        return [FieldProblem("external_site_id", "missing", "Choose the external site.")]
    statement = select(ExternalSite).where(ExternalSite.id == request.external_site_id)
    site = asking.session.scalar(statement.with_for_update(read=True, of=ExternalSite))
    if site is None:
        return [FieldProblem("external_site_id", "unknown", "This external site does not exist. Choose another one.")]
    return [*_unfit_problems(site, campaign), *_call_problems(asking, site)]


def _unfit_problems(site: ExternalSite, campaign: Campaign | None) -> Problems:
    if site.trigger == "dynamic-list":
        message = "This external site fills the lists of forms. Choose one that shows or tells something."
        return [FieldProblem("external_site_id", "dynamic-list", message)]
    if site.is_hidden and (campaign is None or campaign.external_site_id != site.id):
        return [FieldProblem("external_site_id", "hidden", "This external site is hidden. Show it again first.")]
    return []


def _call_problems(asking: Asking, site: ExternalSite | None) -> Problems:
    """Options may only call a site that waits for a disposition."""
    if site is not None and site.trigger == "disposition":
        return []
    message = 'The campaign has no external site of trigger "disposition" that this option could call.'
    return [
        FieldProblem(f"dispositions.{index}.calls_external_site", "no-site", message)
        for index, option in enumerate(asking.request.dispositions)
        if option.calls_external_site
    ]


def _parameter_problems(asking: Asking) -> Problems:
    """Values of kind "contact" are columns of the base; what the other kinds may be, their own shape says."""
    request = asking.request
    if not request.external_site_parameters:
        return []
    if request.interaction == "form":
        message = "A campaign that works with forms alone sends nothing to an external site. Remove the parameters."
        return [FieldProblem("external_site_parameters", "not-used", message)]
    base = asking.session.get(ContactBase, request.contact_base_id) if request.contact_base_id else None
    keys = {column["key"] for column in base.columns} if base is not None else set()
    of_contact = [
        (f"external_site_parameters.{index}.value", parameter.value)
        for index, parameter in enumerate(request.external_site_parameters)
        if parameter.kind == "contact"
    ]
    unknown = [
        FieldProblem(field, "unknown", "The contact base has no such column.")
        for field, key in of_contact
        if key not in keys
    ]
    return [*unknown, *_shown_problems(asking, of_contact)]


def _shown_problems(asking: Asking, of_contact: Sequence[tuple[str, str]]) -> Problems:
    """What the agent's browser sends, the agent sees."""
    request = asking.request
    site = asking.session.get(ExternalSite, request.external_site_id) if request.external_site_id else None
    if site is None or is_sent_by_server(site):
        return []
    message = "Agents may not see this column, and their browser would send it. Show it, or send another one."
    return [
        FieldProblem(field, "hidden", message)
        for field, key in of_contact
        if key in request.field_rules and request.field_rules[key].hidden
    ]


def _system_problems(asking: Asking) -> Problems:
    request = asking.request
    if request.external_system_id is None:
        if request.external_id is not None:
            return [FieldProblem("external_system_id", "missing", "Choose the system that knows this id.")]
        return []
    statement = select(ExternalSystem.id).where(ExternalSystem.id == request.external_system_id)
    if asking.session.scalar(statement.with_for_update(read=True)) is None:
        return [FieldProblem("external_system_id", "unknown", "This external system does not exist.")]
    if request.external_id is None:
        return [FieldProblem("external_id", "missing", "Say what the external system calls this campaign.")]
    return _taken_problems(asking)


def _taken_problems(asking: Asking) -> Problems:
    request = asking.request
    own_id = asking.campaign.id if asking.campaign is not None else 0
    taken = asking.session.scalar(
        select(Campaign.name).where(
            Campaign.external_system_id == request.external_system_id,
            Campaign.external_id == request.external_id,
            Campaign.deleted_at.is_(None),
            Campaign.id != own_id,
        )
    )
    if taken is None:
        return []
    return [FieldProblem("external_id", "taken", "Another campaign has this id in the external system.")]
