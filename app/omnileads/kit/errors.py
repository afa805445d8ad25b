"""The error model. A domain subclasses these, one class per case, in its `errors.py`.

An `AppError` raised anywhere below the edge becomes the answer
`{"code": ..., "message": ..., "fields": [{"field", "code", "message"}]}` with the class's HTTP status (`kit.http`).
`code` is kebab-case and part of the API; `message` is one sentence that says what to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class FieldProblem:
    """One field of a request that is not acceptable. `field` is its dotted path, e.g. `members.0.penalty`."""

    field: str
    code: str
    message: str


class AppError(Exception):
    """Base of every error a client may see.

    `keeps_changes` marks the rare refusal whose writes must be kept (a failed sign-in is counted); for every other
    error the transaction is rolled back.
    """

    code: ClassVar[str] = "internal-error"
    status: ClassVar[int] = 500
    message: ClassVar[str] = "The server could not do this. Try again; if it happens again, tell your administrator."
    keeps_changes: ClassVar[bool] = False
    headers: ClassVar[dict[str, str]] = {}

    def __init__(self, message: str | None = None, *, fields: Sequence[FieldProblem] = ()) -> None:
        self.text = message or self.message
        self.fields = tuple(fields)
        super().__init__(self.text)


class ValidationFailed(AppError):
    """422: the request is understood and not acceptable; `fields` says which parts and why."""

    code = "validation-failed"
    status = 422
    message = "Some fields are not valid. Correct them and send the request again."

    @classmethod
    def of(cls, field: str, code: str, message: str) -> ValidationFailed:
        return cls(fields=[FieldProblem(field, code, message)])


class NotFound(AppError):
    code = "not-found"
    status = 404
    message = "There is nothing at this address, or you are not allowed to see it."


class Conflict(AppError):
    """409: the request is valid and contradicts the present state. Subclass it with a code of its own."""

    code = "conflict"
    status = 409
    message = "This contradicts the present state. Load the page again and retry."


class NotSignedIn(AppError):
    code = "not-signed-in"
    status = 401
    message = "Sign in first."


class Forbidden(AppError):
    code = "forbidden"
    status = 403
    message = "Your role does not allow this. Ask an administrator for the permission."


class Unavailable(AppError):
    """503: a part this answer depends on is away; the same request may work in a moment. Subclass with its own code."""

    code = "unavailable"
    status = 503
    message = "A part of the system is not reachable. Try again in a few seconds."
    headers: ClassVar[dict[str, str]] = {"Retry-After": "5"}


class DatabaseUnavailable(Unavailable):
    code = "database-unavailable"
    message = "The database is not reachable. Try again in a few seconds."


class LiveStateUnavailable(Unavailable):
    code = "live-state-unavailable"
    message = "Redis is not reachable. Try again in a few seconds."


class LiveStateTakesNothing(Unavailable):
    code = "live-state-takes-nothing"
    message = "Redis takes no changes while none of its replicas is there. Try again in a few seconds."
