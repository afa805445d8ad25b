"""Dependencies of the routes: the services of one request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Response

from omnileads.campaigns.scope import CurrentScope
from omnileads.kit.changes import ConfigurationChanges
from omnileads.kit.edge import CurrentRuntime, Transaction
from omnileads.kit.permissions import CurrentPrincipal
from omnileads.telephony.items import NamedItems

Service = TypeVar("Service", bound=NamedItems[Any, Any, Any])


def _changes(session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal) -> ConfigurationChanges:
    return ConfigurationChanges(session, runtime, principal)


CurrentChanges = Annotated[ConfigurationChanges, Depends(_changes)]


def item_service(service: type[Service]) -> Callable[[Transaction, CurrentChanges, CurrentScope], Service]:
    """A dependency that makes this service for a request."""

    def made(session: Transaction, changes: CurrentChanges, scope: CurrentScope) -> Service:
        return service(session, changes, scope)

    return made


def wav_answer(content: bytes) -> Response:
    """A sound, to be played in the page and asked for again each time."""
    headers = {"Cache-Control": "private, no-cache", "Content-Disposition": "inline"}
    return Response(content, media_type="audio/wav", headers=headers)
