"""External sites: which requests go to CRMs, and when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from omnileads.crm.models import ExternalSite, ExternalSiteAuthentication
from omnileads.crm.requests import is_sent_by_server
from omnileads.crm.schemas import ExternalSiteCreate, ExternalSiteOut
from omnileads.crm.urls import placeholders
from omnileads.crm.usage import users_of_site
from omnileads.kit.errors import FieldProblem, ValidationFailed
from omnileads.telephony.items import NamedItems
from omnileads.telephony.usage import Usage, sentence


class ExternalSites(NamedItems[ExternalSite, ExternalSiteCreate, ExternalSiteOut]):
    kind: ClassVar[str] = "external-site"
    what: ClassVar[str] = "external site"
    row = ExternalSite
    request = ExternalSiteCreate

    def _check(self, request: ExternalSiteCreate, present: ExternalSite | None) -> None:
        problems = rule_problems(request)
        if request.authentication_id is not None and not self._is_authentication(request.authentication_id):
            problem = FieldProblem("authentication_id", "unknown", "This authentication does not exist any more.")
            problems.append(problem)
        if problems:
            raise ValidationFailed(fields=problems)
        if present is not None and (request.trigger == "dynamic-list") != (present.trigger == "dynamic-list"):
            self._refuse_other_purpose(present)

    def _refuse_other_purpose(self, present: ExternalSite) -> None:
        """A campaign cannot call a site of lists, nor a form take its list from another."""
        users = self._users(present)
        if users:
            message = f"{sentence(users)} A site with this trigger is of no use there; make another one."
            raise ValidationFailed.of("trigger", "in-use", message)

    def _is_authentication(self, authentication_id: int) -> bool:
        found = select(ExternalSiteAuthentication.id).where(ExternalSiteAuthentication.id == authentication_id)
        return self._session.scalar(found.with_for_update(read=True)) is not None

    def _fill(self, row: ExternalSite, request: ExternalSiteCreate) -> None:
        for field, value in request.model_dump().items():
            setattr(row, field, value)

    def _snapshot(self, row: ExternalSite) -> dict[str, Any]:
        return {field: getattr(row, field) for field in ExternalSiteCreate.model_fields}

    def _users(self, row: ExternalSite) -> list[Usage]:
        return users_of_site(self._session, row.id)

    def _searched(self) -> Sequence[InstrumentedAttribute[str]]:
        return (ExternalSite.name, ExternalSite.url)

    def _answers(self, rows: Sequence[ExternalSite]) -> list[ExternalSiteOut]:
        return [_present(row) for row in rows]


def rule_problems(site: ExternalSiteCreate) -> list[FieldProblem]:
    """What cannot be together in one site."""
    problems: list[FieldProblem] = []
    if site.method == "POST" and site.format is None:
        problems.append(FieldProblem("format", "missing", "Choose in which format the POST is sent."))
    if site.method == "GET" and site.format is not None:
        problems.append(FieldProblem("format", "not-for-get", "A GET has no body, so it has no format."))
    by_server = site.trigger in ("server", "dynamic-list") or site.format == "json"
    if by_server and site.target is not None:
        message = "The server sends this request itself: it is not shown to the agent, so it has no target."
        problems.append(FieldProblem("target", "not-for-server", message))
    if not by_server and site.target is None:
        problems.append(FieldProblem("target", "missing", "Choose where the agent sees the site."))
    if not by_server and site.authentication_id is not None:
        message = "A token can be sent only by the server: choose the trigger server or the format JSON."
        problems.append(FieldProblem("authentication_id", "not-for-browser", message))
    if site.trigger == "dynamic-list" and placeholders(site.url):
        message = "The options of a list are fetched without parameters: write the address without places like {1}."
        problems.append(FieldProblem("url", "not-for-list", message))
    return problems


def _present(row: ExternalSite) -> ExternalSiteOut:
    return ExternalSiteOut(
        id=row.id,
        name=row.name,
        url=row.url,
        trigger=row.trigger,
        method=row.method,
        format=row.format,
        target=row.target,
        authentication_id=row.authentication_id,
        authentication_name=row.authentication.name if row.authentication else None,
        is_hidden=row.is_hidden,
        is_sent_by_server=is_sent_by_server(row),
        placeholders=placeholders(row.url),
    )
