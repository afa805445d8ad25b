"""Refusals in the shapes integrations know, and how the system's own errors look to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from starlette.responses import JSONResponse, Response

from omnileads.accounts.errors import AccountLocked, CsrfFailed, InvalidCredentials
from omnileads.agents.errors import NotAnAgent
from omnileads.api.v1.language import say
from omnileads.kit.errors import AppError, Conflict, FieldProblem, Forbidden, NotFound, NotSignedIn, ValidationFailed
from omnileads.kit.http import MethodNotAllowed
from omnileads.kit.permissions import PasswordChangeRequired

Body = dict[str, Any]

_WRONG_CREDENTIALS: Final = "Invalid Credentials or activate account"
_CSRF: Final = "CSRF Failed: CSRF token missing or incorrect."


class Refused(AppError):
    """An answer that ends the request and undoes what it did, with exactly this status and body."""

    code = "refused"
    status = 400

    def __init__(self, status: int, body: Body) -> None:
        super().__init__()
        self.http_status = status
        self.body = body


class Denied(Refused):
    """403 with the one key `detail`: who the caller is, or may do, is not enough."""

    def __init__(self, detail: str) -> None:
        super().__init__(403, {"detail": detail})


def errors_in_data(errors: Mapping[str, Any], status: int = 400) -> Refused:
    """The refusal of the CRM family: which fields are wrong and why."""
    message = say("Hubo errores en los datos recibidos", "There were errors in the data received")
    return Refused(status, {"status": "ERROR", "message": message, "errors": dict(errors)})


def failed(message: str, status: int = 200, **more: Any) -> Refused:
    """`{"status": "ERROR", "message": ...}`, often with 200, as the webphone family answers."""
    return Refused(status, {"status": "ERROR", "message": message, **more})


def missing() -> Refused:
    return Refused(404, {"detail": say("No encontrado.", "Not found.")})


def required() -> str:
    return say("Este campo es requerido.", "This field is required.")


def must_be_given() -> str:
    """What forms, unlike serializers, say of a field that was not sent."""
    return say("Este campo es obligatorio.", "This field is required.")


def not_a_choice() -> str:
    return say(
        "Escoja una opción válida. Esa opción no está entre las disponibles.",
        "Select a valid choice. That choice is not one of the available choices.",
    )


def no_permission() -> str:
    return say(
        "Usted no tiene permiso para realizar esta acción.", "You do not have permission to perform this action."
    )


def contract_response(error: AppError, headers: Mapping[str, str] | None = None) -> Response:
    """Any error as the contract shows it. 401 does not exist in it: who is not signed in gets 403."""
    status, body = (error.http_status, error.body) if isinstance(error, Refused) else _shape(error)
    return JSONResponse(body, status_code=status, headers={**error.headers, **(headers or {})})


def _shape(error: AppError) -> tuple[int, Body]:
    for kind, told in _TOLD.items():
        if isinstance(error, kind):
            return told(error)
    return error.status, failure(sentence_of(error.code, error.text))


def _detail(status: int, spanish: str, english: str) -> Callable[[AppError], tuple[int, Body]]:
    return lambda _error: (status, {"detail": say(spanish, english)})


_TOLD: Final[dict[type[AppError], Callable[[AppError], tuple[int, Body]]]] = {
    InvalidCredentials: _detail(404, _WRONG_CREDENTIALS, _WRONG_CREDENTIALS),
    AccountLocked: lambda error: (
        403,
        {"detail": say("La cuenta está bloqueada por demasiados intentos fallidos.", error.text)},
    ),
    CsrfFailed: _detail(403, _CSRF, _CSRF),
    NotSignedIn: _detail(
        403,
        "Las credenciales de autenticación no se proveyeron.",
        "Authentication credentials were not provided.",
    ),
    PasswordChangeRequired: _detail(
        403, "Debe elegir primero una contraseña nueva en la consola.", PasswordChangeRequired.message
    ),
    NotAnAgent: lambda error: (403, failure(sentence_of(error.code, error.text))),
    Forbidden: lambda _error: (403, {"detail": no_permission()}),
    NotFound: _detail(404, "No encontrado.", "Not found."),
    MethodNotAllowed: _detail(405, "Método no permitido.", "Method not allowed."),
    ValidationFailed: lambda error: (400, errors_in_data(by_field(error.fields) or {"__all__": [error.text]}).body),
    Conflict: lambda error: (400, failure(sentence_of(error.code, error.text))),
}
"""The first kind an error is of says how it looks."""


def failure(message: str) -> Body:
    return {"status": "ERROR", "message": message}


def by_field(problems: Sequence[FieldProblem], names: Mapping[str, str] | None = None) -> dict[str, list[str]]:
    """Problems as lists of sentences. `names` says what the contract calls a field of ours (its first part)."""
    found: dict[str, list[str]] = {}
    for problem in problems:
        first = problem.field.split(".")[0]
        name = (names or {}).get(first, first) or "__all__"
        found.setdefault(name, []).append(sentence_of(problem.code, problem.message))
    return found


def sentence_of(code: str, english: str) -> str:
    return say(SENTENCES.get(code, english), english)


SENTENCES: Final[dict[str, str]] = {
    "missing": "Este campo es requerido.",
    "taken": "Ya existe un registro con este valor.",
    "repeated": "El valor está repetido.",
    "unknown": "Escoja una opción válida. Esa opción no está entre las disponibles.",
    "empty": "Este campo no puede estar en blanco.",
    "in-use": "No es posible: el registro está en uso.",
    "not-a-phone": "El número de teléfono debe tener de 3 a 25 dígitos, con un + opcional.",
    "no-phone": "Este campo es obligatorio.",
    "external-id-too-long": "El id externo es demasiado largo.",
    "cell-too-long": "El valor es demasiado largo.",
    "request-too-large": "La solicitud es demasiado grande.",
    "bad-request": "Solicitud con formato incorrecto.",
    "engine-unavailable": "El motor de llamadas no responde. Intente nuevamente en unos segundos.",
    "database-unavailable": "La base de datos no responde. Intente nuevamente en unos segundos.",
    "live-state-unavailable": "El estado en vivo no está disponible. Intente nuevamente en unos segundos.",
    "live-state-takes-nothing": "El estado en vivo no admite cambios ahora. Intente nuevamente en unos segundos.",
    "internal-error": "Ocurrió un error en el servidor. Intente nuevamente.",
    "agent-not-on-call": "El agente no está hablando en este momento.",
    "call-not-supervised": "La llamada no es de una campaña que usted supervise.",
    "call-not-of-a-campaign": "Solo se pueden tomar llamadas de campañas.",
    "webphone-not-connected": "Su webphone no está conectado. Abra primero su consola de agente.",
    "no-webphone": "Su usuario no tiene webphone propio: necesita un perfil de agente.",
    "not-on-this-call": "Usted no está hablando en esta llamada.",
    "too-many-exports": "Tiene exportaciones sin terminar. Espere a que terminen y vuelva a intentarlo.",
    "own-call": "Es su propia llamada.",
    "not-an-agent": "Su usuario no tiene perfil de agente.",
    "pause-in-use": "No es posible eliminar una pausa en uso.",
    "callback-in-past": "Este día ya pasó. Elija un día por venir.",
    "not-a-dialer": "Las agendas globales son de campañas dialer. Cree una personal.",
    "callback-too-late": "Su grupo no permite agendar tan lejos. Elija un día anterior.",
    "too-many-callbacks": "Tiene tantas agendas personales como permite su grupo. Termine una primero.",
    "not-a-member": "El agente no participa en la campaña.",
    "callback-global": "Una agenda global es del discador: solo las personales se reasignan.",
    "callback-exists": "Este agente ya tiene una agenda de este contacto.",
    "structure-fixed": "Las columnas no pueden cambiar: la base de datos tiene contactos.",
}
"""Spanish for the codes of errors that have English sentences elsewhere; others are said in English."""


@contextmanager
def spoken(message: str, names: Mapping[str, str] | None = None, *, refusal: str | None = None) -> Iterator[None]:
    """The configuration families' envelope around what a service refuses.

    `message` heads errors of fields, called by `names`; `refusal` replaces the sentence of what is in use or locked.
    """
    try:
        yield
    except Refused:
        raise
    except ValidationFailed as error:
        fields = by_field(error.fields, names) or {"__all__": [error.text]}
        raise Refused(400, {"status": "ERROR", "message": message, "errors": fields}) from error
    except Conflict as error:
        text = refusal or sentence_of(error.code, error.text)
        raise Refused(400, {"status": "ERROR", "message": text, "errors": {"__all__": [text]}}) from error
    except NotFound as error:
        raise Refused(404, {"status": "ERROR", "message": say("No encontrado.", "Not found.")}) from error
