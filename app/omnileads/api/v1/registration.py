"""`register_server`: whom this installation is registered to."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from omnileads.accounts.models import Registration
from omnileads.accounts.schemas import Email
from omnileads.api.v1.bodies import Data, Fields, parse, takes
from omnileads.api.v1.configuration.family import success, wrong_fields
from omnileads.api.v1.errors import Body
from omnileads.api.v1.language import say
from omnileads.kit.audit import AuditLog
from omnileads.kit.edge import CurrentRuntime, Transaction
from omnileads.kit.permissions import CurrentPrincipal, requires

router = APIRouter(prefix="/register_server", tags=["register_server"], dependencies=[requires("registration.read")])

_ROW = 1


class RegistrationFields(Fields):
    """`password` is taken for the sake of clients that send one, and kept nowhere: there is no server to give it to."""

    client: Annotated[str, Field(min_length=1, max_length=200)]
    password: Annotated[str, Field(min_length=1, max_length=200)]
    email: Annotated[Email, Field(min_length=3)]
    phone: Annotated[str, Field(pattern=r"^\+?[0-9]{3,25}$")]


@router.get("")
def get_registration(session: Transaction) -> Body:
    """Without the password, which the original answers."""
    told = say("Se obtuvo el registro del servidor forma exitosa", "The registration was read")
    return success(told, registerServer=_shown(session.get(Registration, _ROW)))


@router.post("/create", dependencies=[requires("registration.write")], openapi_extra=takes(RegistrationFields))
def register(session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal, data: Data) -> Body:
    wanted = parse(RegistrationFields, data, wrong_fields)
    before = session.get(Registration, _ROW, with_for_update=True)
    shown_before = _shown(before) if before is not None else None
    made = session.merge(
        Registration(
            id=_ROW,
            client=wanted.client,
            email=wanted.email,
            phone=wanted.phone,
            registered_at=runtime.clock.now(),
        )
    )
    session.flush()
    AuditLog(session, runtime.clock).record(
        "installation.registered", "registration", _ROW, actor=principal, before=shown_before, after=_shown(made)
    )
    told = say("Se creo el registro al servidor de forma exitosa", "The installation was registered")
    return success(told, registerServer=_shown(made))


def _shown(registration: Registration | None) -> Body:
    return {
        "client": registration.client if registration else "",
        "email": registration.email if registration else "",
        "phone": registration.phone if registration else "",
    }
