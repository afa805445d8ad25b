"""Asks a CRM about a customer who identified themselves by telephone, as the manual's routing request defines it.

`POST idContact=<digits>`; the answer is JSON: `{"status": "ok", "destination": "true" | "false" | "X,Y"}`, X being the
number of a destination type and Y the id. A CRM that hangs, fails or says anything else has not identified anybody.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from typing import Final, Literal

import structlog

from omnileads.acd.core.config import DESTINATION_TYPES, Destination, DestinationType
from omnileads.kit.outgoing import OutgoingFailed, OutgoingHttp
from omnileads.settings import OutgoingTopic

log = structlog.get_logger(__name__)

TIMEOUT_SECONDS: Final = 8.0
"""Less than the core waits, so that the reason for a failure is logged."""

CrmSays = Literal["identified", "unidentified"] | Destination
_ROUTE = re.compile(r"\s*\(?\s*([0-9]{1,2})\s*,\s*([0-9]{1,9})\s*\)?\s*")


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What was asked and answered; `problem` says why the customer counts as not identified, where that is not so."""

    says: CrmSays
    status: int | None
    body: str | None
    duration_ms: int
    problem: str | None = None


class Crm:
    """Stateless; one inquiry does not know of another."""

    def __init__(self, settings: OutgoingTopic) -> None:
        self._http = OutgoingHttp(settings)

    async def ask(self, url: str, customer_id: str) -> CrmSays:
        """What the CRM says; never raises."""
        inquiry = await self.inquire(url, customer_id)
        if inquiry.problem is not None:
            log.warning("crm.unidentified", reason=inquiry.problem, status=inquiry.status)
        return inquiry.says

    async def inquire(self, url: str, customer_id: str) -> Inquiry:
        """The same with all that happened, for somebody who wants to see it."""
        began = time.monotonic()
        status = body = None
        try:
            answer = await self._http.post_form(url, form(customer_id), timeout_seconds=TIMEOUT_SECONDS)
            status, body = answer.status, answer.body
            says, problem = understand(status, body)
        except OutgoingFailed as error:
            says, problem = "unidentified", str(error)
        return Inquiry(says, status, body, round((time.monotonic() - began) * 1000), problem)


def form(customer_id: str) -> dict[str, str]:
    """The fields of the request."""
    return {"idContact": customer_id}


def understand(status: int, body: str) -> tuple[CrmSays, str | None]:
    """An answer's meaning, and what is wrong with it if it has none."""
    if status != 200:
        return "unidentified", f"The CRM answered with status {status} instead of 200."
    try:
        document = json.loads(body)
    except ValueError:
        return "unidentified", "The CRM's answer is not JSON."
    if not isinstance(document, dict) or "status" not in document or "destination" not in document:
        return "unidentified", 'The CRM\'s answer must be an object with "status" and "destination".'
    if document["status"] != "ok":
        return "unidentified", None
    return meaning(document["destination"])


def meaning(destination: object) -> tuple[CrmSays, str | None]:
    """What the answer's "destination" means, and what is wrong with it if it means nothing."""
    text = str(destination).lower()
    if text in ("true", "false"):
        return ("identified" if text == "true" else "unidentified"), None
    match = _ROUTE.fullmatch(text)
    if match is None:
        return "unidentified", '"destination" must be "true", "false" or "X,Y", the number of a type and an id.'
    kind = DESTINATION_TYPES.get(match.group(1))
    if kind is None:
        return "unidentified", f"{match.group(1)} is not the number of a destination type."
    return Destination(kind, None if kind is DestinationType.HANGUP else int(match.group(2))), None
