"""Authentications of external sites. A password comes in and never goes out again, not into the audit log either."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from sqlalchemy.orm import InstrumentedAttribute

from omnileads.crm.models import ExternalSiteAuthentication
from omnileads.crm.schemas import AuthenticationCreate, AuthenticationOut
from omnileads.crm.tokens import MASK
from omnileads.crm.usage import users_of_authentication
from omnileads.kit.errors import FieldProblem, ValidationFailed
from omnileads.telephony.items import NamedItems
from omnileads.telephony.usage import Usage


class Authentications(NamedItems[ExternalSiteAuthentication, AuthenticationCreate, AuthenticationOut]):
    """In snapshots the password is `MASK`, which in a request means: as it is."""

    kind: ClassVar[str] = "external-site-authentication"
    what: ClassVar[str] = "authentication"
    row = ExternalSiteAuthentication
    request = AuthenticationCreate
    _has_new_password = False
    """Lets the audit log say that the password was changed."""

    def _check(self, request: AuthenticationCreate, present: ExternalSiteAuthentication | None) -> None:
        problems = duration_problems(request)
        if _is_masked(request) and (present is None or not _goes_to_the_same(request, present)):
            problems.append(PASSWORD_NEEDED)
        if problems:
            raise ValidationFailed(fields=problems)

    def _fill(self, row: ExternalSiteAuthentication, request: AuthenticationCreate) -> None:
        for field, value in request.model_dump(exclude={"password"}).items():
            setattr(row, field, value)
        if not _is_masked(request):
            row.password = request.password.get_secret_value()
            self._has_new_password = True

    def _snapshot(self, row: ExternalSiteAuthentication) -> dict[str, Any]:
        shown = {field: getattr(row, field) for field in AuthenticationCreate.model_fields}
        return {**shown, "password": f"{MASK} (new)" if self._has_new_password else MASK}

    def _users(self, row: ExternalSiteAuthentication) -> list[Usage]:
        return users_of_authentication(self._session, row.id)

    def _searched(self) -> Sequence[InstrumentedAttribute[str]]:
        return (ExternalSiteAuthentication.name, ExternalSiteAuthentication.token_url)

    def _answers(self, rows: Sequence[ExternalSiteAuthentication]) -> list[AuthenticationOut]:
        return [AuthenticationOut.model_validate(row) for row in rows]


PASSWORD_NEEDED = FieldProblem(
    "password", "needed", "Type the password again: the present one is not sent to another address."
)
"""Otherwise whoever may change the address could have the password sent to himself."""


def duration_problems(request: AuthenticationCreate) -> list[FieldProblem]:
    """One of the two says how long a token is valid."""
    if request.duration_seconds is None and not request.duration_field:
        message = "Say how many seconds a token is valid, or in which field the answer says so."
        return [FieldProblem("duration_seconds", "missing", message)]
    if request.duration_seconds is not None and request.duration_field:
        message = "Either a number of seconds or a field of the answer says how long a token is valid, not both."
        return [FieldProblem("duration_field", "not-both", message)]
    return []


def _is_masked(request: AuthenticationCreate) -> bool:
    return request.password.get_secret_value() == MASK


def _goes_to_the_same(request: AuthenticationCreate, present: ExternalSiteAuthentication) -> bool:
    """The address, checked as strictly as before."""
    return request.token_url == present.token_url and request.strict_tls >= present.strict_tls
