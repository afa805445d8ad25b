"""Trials from the console: the very request the server would send, and all of the answer, with secrets masked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from omnileads.crm.authentications import PASSWORD_NEEDED, duration_problems
from omnileads.crm.dynamic_lists import NotAList, options_of
from omnileads.crm.models import ExternalSite, ExternalSiteAuthentication
from omnileads.crm.requests import Site, UnusableRequest, build
from omnileads.crm.schemas import (
    AuthenticationTrial,
    AuthenticationTrialOut,
    ExternalSiteCreate,
    HeaderOut,
    SiteTrial,
    SiteTrialOut,
    TokenOut,
    TrialProblem,
    TriedAnswer,
    TriedRequest,
    UnsavedSiteTrial,
)
from omnileads.crm.sender import SHOWN_BYTES, SiteSender
from omnileads.crm.sites import rule_problems
from omnileads.crm.tokens import MASK, Credentials, Token, TokenFailed, login_request, masked
from omnileads.kit.db import Database
from omnileads.kit.errors import NotFound, ValidationFailed
from omnileads.kit.outgoing import FullAnswer, OutgoingFailed, OutgoingRequest


@dataclass(frozen=True, slots=True)
class _Tried:
    """What a trial needs, read before anything is sent: no connection to the database is held meanwhile."""

    site: Site
    credentials: Credentials | None


class Trials:
    def __init__(self, database: Database, sender: SiteSender) -> None:
        self._database = database
        self._sender = sender

    def stored_site(self, site_id: int, trial: SiteTrial) -> SiteTrialOut:
        """Raises NotFound."""
        with self._database.transaction() as session:
            site = session.get(ExternalSite, site_id)
            if site is None:
                raise NotFound
            shape = {field: getattr(site, field) for field in ExternalSiteCreate.model_fields}
            credentials = Credentials.of(site.authentication) if site.authentication else None
        return self._try(_Tried(ExternalSiteCreate.model_validate(shape), credentials), trial)

    def unsaved_site(self, trial: UnsavedSiteTrial) -> SiteTrialOut:
        """Raises ValidationFailed, as storing the site would."""
        problems = rule_problems(trial.site)
        if problems:
            raise ValidationFailed(fields=problems)
        credentials = None
        if trial.site.authentication_id is not None:
            with self._database.transaction() as session:
                row = _authentication(session, trial.site.authentication_id)
                if row is None:
                    message = "This authentication does not exist any more."
                    raise ValidationFailed.of("authentication_id", "unknown", message)
                credentials = Credentials.of(row)
        return self._try(_Tried(trial.site, credentials), trial)

    def stored_authentication(self, authentication_id: int) -> AuthenticationTrialOut:
        """Raises NotFound."""
        with self._database.transaction() as session:
            row = _authentication(session, authentication_id)
            if row is None:
                raise NotFound
            credentials = Credentials.of(row)
        return self._log_in(credentials)

    def unsaved_authentication(self, trial: AuthenticationTrial) -> AuthenticationTrialOut:
        """Raises ValidationFailed, also where the present password would go to another address than now."""
        problems = duration_problems(trial)
        password = trial.password.get_secret_value() if trial.password else None
        if password is None:
            with self._database.transaction() as session:
                row = _authentication(session, trial.authentication_id) if trial.authentication_id else None
                if row is None or row.token_url != trial.token_url or row.strict_tls > trial.strict_tls:
                    problems.append(PASSWORD_NEEDED)
                else:
                    password = row.password
        if problems or password is None:
            raise ValidationFailed(fields=problems)
        credentials = Credentials(
            key="trial",
            token_url=trial.token_url,
            username=trial.username,
            password=password,
            token_field=trial.token_field,
            duration_seconds=trial.duration_seconds,
            duration_field=trial.duration_field,
            strict_tls=trial.strict_tls,
        )
        return self._log_in(credentials)

    def _try(self, tried: _Tried, trial: SiteTrial) -> SiteTrialOut:
        is_by_server = tried.site.target is None
        shown = SiteTrialOut(
            is_sent_by_server=is_by_server, request=None, answer=None, token=None, options=None, problem=None
        )
        try:
            request = build(tried.site, trial.parameters, trial.context)
        except UnusableRequest as error:
            return shown.model_copy(update={"problem": TrialProblem(code="request", message=str(error))})
        plain = OutgoingRequest(request.method, request.url, request.headers, request.body)
        try:
            sent = asyncio.run(self._sender.send(request, tried.credentials))
        except TokenFailed as error:
            problem = TrialProblem(code="token", message=str(error))
            return shown.model_copy(update={"request": _request(plain, {}), "problem": problem})
        except OutgoingFailed as error:
            problem = TrialProblem(code=error.code, message=str(error))
            return shown.model_copy(update={"request": _request(plain, {}), "problem": problem})
        secrets = _secret(sent.token.text, masked(sent.token.text)) if sent.token else {}
        found = {
            "request": _request(sent.request, secrets),
            "answer": _answer(sent.answer, secrets),
            "token": _token(sent.token) if sent.token else None,
        }
        if tried.site.trigger == "dynamic-list":
            try:
                found["options"] = options_of(sent.answer)  # type: ignore[assignment]  # of several kinds
            except NotAList as error:
                found["problem"] = TrialProblem(code="answer", message=str(error))  # type: ignore[assignment]
        return shown.model_copy(update=found)

    def _log_in(self, credentials: Credentials) -> AuthenticationTrialOut:
        request = _request(login_request(credentials, MASK), {})
        secrets = _secret(credentials.password, MASK)
        try:
            login = asyncio.run(self._sender.tokens.log_in(credentials))
        except TokenFailed as error:
            code = error.cause.code if error.cause else "token"
            secrets |= _secret(error.secret, masked(error.secret)) if error.secret else {}
            return AuthenticationTrialOut(
                request=request,
                answer=_answer(error.answer, secrets) if error.answer else None,
                token=None,
                problem=TrialProblem(code=code, message=str(error)),
            )
        secrets |= _secret(login.token.text, masked(login.token.text))
        return AuthenticationTrialOut(
            request=request, answer=_answer(login.answer, secrets), token=_token(login.token), problem=None
        )


def _authentication(session: Session, authentication_id: int) -> ExternalSiteAuthentication | None:
    return session.scalar(select(ExternalSiteAuthentication).where(ExternalSiteAuthentication.id == authentication_id))


def _request(request: OutgoingRequest, secrets: Mapping[str, str]) -> TriedRequest:
    return TriedRequest(
        method=request.method,
        url=request.url,
        headers=_headers(request.headers, secrets),
        body=request.body.decode("utf-8", "replace") if request.body is not None else None,
    )


def _answer(answer: FullAnswer, secrets: Mapping[str, str]) -> TriedAnswer:
    body = _hidden(answer.text, secrets)
    return TriedAnswer(
        status=answer.status,
        headers=_headers(answer.headers, secrets),
        body=body[:SHOWN_BYTES],
        is_cut=answer.is_cut or len(body) > SHOWN_BYTES,
        duration_ms=answer.duration_ms,
    )


def _headers(headers: tuple[tuple[str, str], ...], secrets: Mapping[str, str]) -> list[HeaderOut]:
    return [HeaderOut(name=name, value=_hidden(value, secrets)) for name, value in headers]


def _secret(secret: str, mask: str) -> dict[str, str]:
    """The secret as it is, and as JSON may write it, with the mask in its place."""
    escaped = json.dumps(secret)[1:-1]
    return dict.fromkeys((secret, escaped, escaped.replace("/", "\\/")), mask)


def _hidden(text: str, secrets: Mapping[str, str]) -> str:
    """The text without the secrets, which CRMs like to repeat."""
    for secret, mask in secrets.items():
        text = text.replace(secret, mask)
    return text


def _token(token: Token) -> TokenOut:
    return TokenOut(masked=masked(token.text), expires_at=token.expires_at)
