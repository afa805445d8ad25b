"""Sends the requests the server makes: at once, for who waits for the answer, or as a durable job.

A job is repeated while the CRM is away (no connection, 408, 425, 429, 5xx), each time with the same `Idempotency-Key`,
by which the CRM can tell a repetition. What repeating cannot help fails at once and says why.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from omnileads.crm.errors import SiteGone, SiteRefused, SiteUnreachable
from omnileads.crm.models import ExternalSite, ExternalSiteRequest, SiteRequestState
from omnileads.crm.requests import SiteRequest, UnusableRequest, build
from omnileads.crm.schemas import SiteContext, SiteParameter
from omnileads.crm.tokens import Credentials, Token, TokenFailed, Tokens
from omnileads.kit.errors import AppError
from omnileads.kit.jobs import FAILED_MESSAGE, JobRun, Jobs
from omnileads.kit.outgoing import FullAnswer, OutgoingFailed, OutgoingHttp, OutgoingRequest
from omnileads.kit.runtime import Runtime
from omnileads.settings import OutgoingTopic

SITE_REQUEST_JOB: Final = "crm.site-request"
TIMEOUT_SECONDS: Final = 10.0
SHOWN_BYTES: Final = 8 * 1024

_TRY_AGAIN: Final = frozenset({408, 425, 429})
_HOPELESS: Final = frozenset({"address", "internal-address", "tls"})


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it went out, with its token if it had one, and the answer."""

    request: OutgoingRequest
    answer: FullAnswer
    token: Token | None


class SiteSender:
    """Sends one request at a time; tokens are shared between all through Redis."""

    def __init__(self, settings: OutgoingTopic, runtime: Runtime) -> None:
        self._http = OutgoingHttp(settings)
        self.tokens = Tokens(self._http, runtime.redis, runtime.clock)

    async def send(
        self,
        request: SiteRequest,
        credentials: Credentials | None = None,
        *,
        headers: Sequence[tuple[str, str]] = (),
        max_bytes: int = SHOWN_BYTES,
    ) -> Sent:
        """Send it; a kept token that is refused with 401 is replaced once. Raises OutgoingFailed, TokenFailed."""
        plain = OutgoingRequest(request.method, request.url, (*request.headers, *headers), request.body)
        if credentials is None:
            return Sent(plain, await self._once(plain, max_bytes), None)
        token = await self.tokens.token(credentials)
        sent = await self._with_token(plain, token, credentials, max_bytes)
        if sent.answer.status == 401:
            self.tokens.forget(credentials)
            if not token.is_fresh:
                token = (await self.tokens.log_in(credentials)).token
                sent = await self._with_token(plain, token, credentials, max_bytes)
        return sent

    async def _with_token(
        self, request: OutgoingRequest, token: Token, credentials: Credentials, max_bytes: int
    ) -> Sent:
        signed = replace(request, headers=(*request.headers, ("Authorization", f"Bearer {token.text}")))
        return Sent(signed, await self._once(signed, max_bytes, strict_tls=credentials.strict_tls), token)

    async def _once(self, request: OutgoingRequest, max_bytes: int, *, strict_tls: bool = True) -> FullAnswer:
        return await self._http.send(
            request, timeout_seconds=TIMEOUT_SECONDS, strict_tls=strict_tls, max_bytes=max_bytes
        )


def enqueue(
    jobs: Jobs, session: Session, site_id: int, parameters: Sequence[SiteParameter], context: SiteContext
) -> str:
    """Queue the request to a site with the caller's transaction. Returns the job's id."""
    arguments = {
        "site_id": site_id,
        "parameters": [parameter.model_dump() for parameter in parameters],
        "context": context.model_dump(),
    }
    return jobs.enqueue(session, SITE_REQUEST_JOB, arguments)


class SiteRequestJob:
    """The handler of `SITE_REQUEST_JOB`. It reads the site when it sends, so a correction helps what waits."""

    def __init__(self, sender: SiteSender) -> None:
        self._sender = sender

    def run(self, job: JobRun) -> Mapping[str, Any]:
        """Raises SiteGone, SiteRefused, SiteUnreachable; SiteAway to be run again. The journal is told of each."""
        try:
            sent = self._send(job)
        except AppError as error:
            _note(job, "failed", message=error.text, status=getattr(error, "site_status", None))
            raise
        except SiteAway as error:
            _note(job, "queued", message=str(error), status=error.site_status)
            raise
        except Exception:
            _note(job, "failed" if job.is_last_attempt else "queued", message=FAILED_MESSAGE)
            raise
        _note(job, "sent", status=sent.status, duration_ms=sent.duration_ms)
        return {"status": sent.status, "duration_ms": sent.duration_ms}

    def _send(self, job: JobRun) -> FullAnswer:
        with job.database.transaction() as session:
            site = session.get(ExternalSite, int(job.arguments["site_id"]))
            if site is None:
                raise SiteGone
            credentials = Credentials.of(site.authentication) if site.authentication else None
            session.expunge_all()
        parameters = [SiteParameter.model_validate(item) for item in job.arguments["parameters"]]
        context = SiteContext.model_validate(job.arguments["context"])
        try:
            request = build(site, parameters, context)
            sent = asyncio.run(self._sender.send(request, credentials, headers=[("Idempotency-Key", job.id)]))
        except UnusableRequest as error:
            raise SiteRefused(f'External site "{site.name}": {error}') from error
        except (OutgoingFailed, TokenFailed) as error:
            raise self._failure(job, site.name, str(error), is_hopeless=_is_hopeless(error)) from error
        status = sent.answer.status
        if not 200 <= status < 300:
            message = f"It answered with status {status}."
            is_hopeless = status < 500 and status not in _TRY_AGAIN
            raise self._failure(job, site.name, message, is_hopeless=is_hopeless, status=status)
        return sent.answer

    def _failure(
        self, job: JobRun, name: str, reason: str, *, is_hopeless: bool, status: int | None = None
    ) -> Exception:
        message = f'External site "{name}": {reason}'
        if is_hopeless:
            return SiteRefused(message, site_status=status)
        if job.is_last_attempt:
            return SiteUnreachable(message, site_status=status)
        return SiteAway(message, site_status=status)


class SiteAway(Exception):
    """The CRM is away for the moment; the job is run again."""

    def __init__(self, message: str, site_status: int | None = None) -> None:
        super().__init__(message)
        self.site_status = site_status


def _note(
    job: JobRun,
    state: SiteRequestState,
    *,
    message: str = "",
    status: int | None = None,
    duration_ms: int | None = None,
) -> None:
    """Write into the journal how it went; a job that nobody wrote there is none of its business."""
    values: dict[str, Any] = {
        "state": state,
        "message": message,
        "status": status,
        "duration_ms": duration_ms,
        "attempts": ExternalSiteRequest.attempts + 1,
        "finished_at": None if state == "queued" else job.clock.now(),
    }
    with job.database.transaction() as session:
        session.execute(
            update(ExternalSiteRequest)
            .where(ExternalSiteRequest.id == job.id)
            .values(values)
            .execution_options(synchronize_session=False)
        )


def _is_hopeless(error: OutgoingFailed | TokenFailed) -> bool:
    """A refused token is not: the password may be corrected meanwhile, and CRMs refuse when they are restarted."""
    cause = error.cause if isinstance(error, TokenFailed) else error
    return cause is not None and cause.code in _HOPELESS
