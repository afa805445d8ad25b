"""Requests over a real network: what arrives, and what happens when a CRM misbehaves."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from omnileads.crm.models import ExternalSite, ExternalSiteAuthentication
from omnileads.crm.requests import SiteRequest, build
from omnileads.crm.schemas import SiteContext
from omnileads.crm.sender import SITE_REQUEST_JOB, Sent, SiteRequestJob, SiteSender, enqueue
from omnileads.crm.tokens import Credentials, TokenFailed
from omnileads.kit.jobs import MAX_ATTEMPTS, Job, JobFailedError, find_job
from omnileads.kit.outgoing import OutgoingFailed, OutgoingHttp, OutgoingRequest
from omnileads.kit.runtime import Runtime
from omnileads.settings import OutgoingTopic
from tests.conftest import VirtualClock
from tests.crm.conftest import HERE
from tests.crm.server import Crm, Received, Reply
from tests.crm.test_requests import CONTEXT, EACH_KIND, parameters, post, site


def send(sender: SiteSender, request: SiteRequest, credentials: Credentials | None = None) -> Sent:
    return asyncio.run(sender.send(request, credentials))


def fetch(url: str, settings: OutgoingTopic = HERE, **options: Any) -> Any:
    limits = {"timeout_seconds": 5.0, **options}
    return asyncio.run(OutgoingHttp(settings).send(OutgoingRequest("GET", url), **limits))


def failure(url: str, settings: OutgoingTopic = HERE, **options: Any) -> OutgoingFailed:
    with pytest.raises(OutgoingFailed) as failed:
        fetch(url, settings, **options)
    return failed.value


@pytest.mark.parametrize("kind", ["GET", "urlencoded", "multipart", "text", "json"])
def test_what_was_built_is_what_arrives(sender: SiteSender, crm: Crm, kind: str) -> None:
    """Every parameter kind, with a place and a query already in the address."""
    url = f"{crm.url}/c/{{1}}/%7Eä?k=%2B".replace("ä", "%c3%a4")
    wanted = site(url) if kind == "GET" else post(kind, url)
    request = build(wanted, parameters(("{1}", "contact", "first name"), *EACH_KIND), CONTEXT)
    answer = send(sender, request).answer
    [received] = crm.received
    assert answer.status == 200
    assert f"{crm.url}{received.path}" == request.url
    assert (received.method, received.body) == (request.method, request.body or b"")
    sent = dict(received.headers)
    sent.pop("Connection", None)
    length = {"Content-Length": str(len(request.body))} if request.body is not None else {}
    host = {"Host": f"127.0.0.1:{crm.port}", "Accept-Encoding": "identity"}
    assert sent == {**dict(request.headers), **host, **length}


def test_a_crm_that_hangs_is_given_up(crm: Crm) -> None:
    crm.hangs.set()
    began = time.monotonic()
    failed = failure(f"{crm.url}/slow", timeout_seconds=0.3)
    assert (failed.code, str(failed)) == ("timeout", "No answer within 0.3 seconds.")
    assert time.monotonic() - began < 5


def test_a_huge_body_is_cut(crm: Crm) -> None:
    crm.answer = lambda _: Reply(body=b"x" * 50_000_000)
    answer = fetch(f"{crm.url}/", max_bytes=8192)
    assert (len(answer.body), answer.is_cut) == (8192, True)


def test_a_body_of_just_the_limit_is_whole(crm: Crm) -> None:
    crm.answer = lambda _: Reply(body=b"x" * 8192)
    answer = fetch(f"{crm.url}/", max_bytes=8192)
    assert (len(answer.body), answer.is_cut) == (8192, False)


def test_a_redirect_is_an_answer_and_never_followed(crm: Crm) -> None:
    crm.answer = lambda _: Reply(302, b"", (("Location", "http://169.254.169.254/latest/meta-data"),))
    answer = fetch(f"{crm.url}/")
    assert (answer.status, dict(answer.headers)["Location"]) == (302, "http://169.254.169.254/latest/meta-data")
    assert len(crm.received) == 1


def test_an_unknown_certificate_is_refused_unless_it_may_be(secure_crm: Crm) -> None:
    failed = failure(f"{secure_crm.url}/")
    assert failed.code == "tls"
    assert "certificate of 127.0.0.1 is not accepted" in str(failed)
    assert fetch(f"{secure_crm.url}/", strict_tls=False).status == 200


def test_http_where_tls_is_expected(crm: Crm) -> None:
    assert failure(crm.url.replace("http:", "https:")).code == "tls"


def test_nobody_there(crm: Crm) -> None:
    url = f"http://127.0.0.1:{crm.port}"
    crm.__exit__(None, None, None)
    failed = failure(url)
    assert failed.code == "connection"
    assert str(failed).startswith(f"Nothing answers at 127.0.0.1:{crm.port}")
    crm.__enter__()


def test_a_name_nobody_has() -> None:
    failed = failure("http://no-such-host.invalid/")
    assert (failed.code, str(failed)) == (
        "dns",
        "No host is called no-such-host.invalid. Check the address for a typing error.",
    )


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "0.0.0.0",  # noqa: S104  # an address to ask, not one to listen on
        "10.1.2.3",
        "192.168.0.1",
        "169.254.169.254",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fd00::1]",
        "224.0.0.1",
    ],
)
def test_inside_is_refused_however_it_is_written(host: str) -> None:
    failed = failure(f"http://{host}/", OutgoingTopic())
    assert failed.code == "internal-address", str(failed)
    assert "oml_outgoing_allowed_hosts" in str(failed)


ODD = ["http://2130706433/", "http://0177.0.0.1/", "http://0x7f.1/", "http://127.1/"]


@pytest.mark.parametrize("url", ["ftp://crm.example", "https://", "https://crm.example:0/", "http://[::1", "no", *ODD])
def test_what_is_no_web_address(url: str) -> None:
    assert failure(url).code == "address"


class TokenServer:
    """Gives tokens t1, t2 ...; `valid` are those it takes."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm
        self.given = 0
        self.valid: set[str] = set()
        self.body: Callable[[str], Any] = lambda token: {"data": {"token": token}, "expires_in": 600}
        self.status = 200
        crm.answer = self.answer

    def answer(self, request: Received) -> Reply:
        if request.path == "/token":
            self.given += 1
            token = f"token-{self.given}"
            self.valid = {token}
            return Reply(self.status, json.dumps(self.body(token)).encode())
        is_known = request.headers.get("Authorization", "").removeprefix("Bearer ") in self.valid
        return Reply(200 if is_known else 401)

    def credentials(self, **fields: Any) -> Credentials:
        values: dict[str, Any] = {
            "key": "1",
            "token_url": f"{self.crm.url}/token",
            "username": "oml",
            "password": 'pass"word',
            "token_field": "data.token",
            "duration_seconds": 600,
            "duration_field": "",
            "strict_tls": True,
        }
        return Credentials(**{**values, **fields})


@pytest.fixture
def tokens(crm: Crm) -> TokenServer:
    return TokenServer(crm)


def test_a_token_is_asked_for_once_and_used_again(sender: SiteSender, tokens: TokenServer) -> None:
    request = build(post("json", f"{tokens.crm.url}/notify"), parameters(("a", "fixed", "1")), SiteContext())
    for _ in range(3):
        sent = send(sender, request, tokens.credentials())
        assert sent.answer.status == 200
    assert [received.path for received in tokens.crm.received] == ["/token", "/notify", "/notify", "/notify"]
    login = tokens.crm.received[0]
    assert (login.method, json.loads(login.body)) == ("POST", {"username": "oml", "password": 'pass"word'})
    assert tokens.crm.received[1].headers["Authorization"] == "Bearer token-1"


def test_a_refused_token_is_replaced_once(sender: SiteSender, tokens: TokenServer) -> None:
    request = build(post("json", f"{tokens.crm.url}/notify"), [], SiteContext())
    send(sender, request, tokens.credentials())
    tokens.valid = set()
    sent = send(sender, request, tokens.credentials())
    assert sent.answer.status == 200
    assert [received.path for received in tokens.crm.received] == ["/token", "/notify", "/notify", "/token", "/notify"]
    assert tokens.crm.received[-1].headers["Authorization"] == "Bearer token-2"


def test_a_crm_that_refuses_its_own_token_is_not_asked_forever(sender: SiteSender, tokens: TokenServer) -> None:
    tokens.body = lambda token: {"data": {"token": f"other-{token}"}}
    request = build(post("json", f"{tokens.crm.url}/notify"), [], SiteContext())
    assert send(sender, request, tokens.credentials()).answer.status == 401
    assert [received.path for received in tokens.crm.received] == ["/token", "/notify"]


@pytest.mark.parametrize(("duration", "expected_seconds"), [(100, 90), (3600, 3570)])
@pytest.mark.parametrize("is_in_answer", [False, True])
def test_a_token_is_kept_a_little_less_than_it_lives(
    runtime: Runtime, sender: SiteSender, tokens: TokenServer, duration: int, expected_seconds: int, is_in_answer: bool
) -> None:
    tokens.body = lambda token: {"data": {"token": token}, "expires_in": str(duration)}
    by_field = {"duration_seconds": None, "duration_field": "expires_in"}
    credentials = tokens.credentials(**by_field) if is_in_answer else tokens.credentials(duration_seconds=duration)
    asyncio.run(sender.tokens.log_in(credentials))
    [key] = runtime.redis.keys("oml:crm:token:*")
    assert expected_seconds - 5 < runtime.redis.pttl(key) / 1000 <= expected_seconds


def test_another_password_has_another_token(sender: SiteSender, tokens: TokenServer) -> None:
    request = build(post("json", f"{tokens.crm.url}/notify"), [], SiteContext())
    send(sender, request, tokens.credentials())
    send(sender, request, tokens.credentials(password="new"))
    assert tokens.given == 2


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"token": "x"}, 'no text in the field "data.token"'),
        ({"data": {"token": 7}}, 'no text in the field "data.token"'),
        ([], 'no text in the field "data.token"'),
        ({"data": {"token": "a\r\nX-Evil: 1"}}, "cannot be sent in a header"),
        ({"data": {"token": "x" * 9000}}, "too long"),
        ({"data": {"token": "x"}, "expires_in": "soon"}, 'no number of seconds in the field "expires_in"'),
        ({"data": {"token": "x"}, "expires_in": -1}, 'no number of seconds in the field "expires_in"'),
    ],
)
def test_an_answer_without_a_usable_token(sender: SiteSender, tokens: TokenServer, body: Any, message: str) -> None:
    tokens.body = lambda _: body
    credentials = tokens.credentials(duration_seconds=None, duration_field="expires_in")
    with pytest.raises(TokenFailed, match=message):
        asyncio.run(sender.tokens.log_in(credentials))


def test_a_login_that_is_refused(sender: SiteSender, tokens: TokenServer) -> None:
    tokens.status = 403
    with pytest.raises(TokenFailed, match="refused with status 403"):
        asyncio.run(sender.tokens.log_in(tokens.credentials()))


def queued(runtime: Runtime, url: str, *, authentication: ExternalSiteAuthentication | None = None) -> str:
    """A job for a site of this address."""
    runtime.jobs.register(SITE_REQUEST_JOB, SiteRequestJob(SiteSender(HERE, runtime)).run)
    with runtime.database.transaction() as session:
        row = ExternalSite(
            name="CRM", url=url, trigger="server", method="POST", format="json", authentication=authentication
        )
        session.add(row)
        session.flush()
        return enqueue(runtime.jobs, session, row.id, parameters(*EACH_KIND), CONTEXT)


def ended(runtime: Runtime, job_id: str) -> Job:
    with runtime.database.transaction() as session:
        job = find_job(session, job_id)
        assert job is not None
        return job


def test_a_job_sends_the_request(runtime: Runtime, crm: Crm) -> None:
    job_id = queued(runtime, f"{crm.url}/notify")
    runtime.jobs.run(job_id)
    job = ended(runtime, job_id)
    assert (job.state, (job.result or {})["status"]) == ("done", 200)
    [received] = crm.received
    assert received.body == build(post("json"), parameters(*EACH_KIND), CONTEXT).body
    assert received.headers["Idempotency-Key"] == job_id


def test_a_job_goes_on_until_the_crm_is_back(runtime: Runtime, crm: Crm) -> None:
    replies = [500, 429, 200]
    crm.answer = lambda _: Reply(replies[len(crm.received) - 1])
    job_id = queued(runtime, f"{crm.url}/notify")
    for _ in range(2):
        with pytest.raises(JobFailedError):
            runtime.jobs.run(job_id)
    runtime.jobs.run(job_id)
    assert ended(runtime, job_id).state == "done"
    assert {received.headers["Idempotency-Key"] for received in crm.received} == {job_id}


def test_the_last_attempt_says_what_was_wrong(runtime: Runtime, crm: Crm) -> None:
    crm.answer = lambda _: Reply(503)
    job_id = queued(runtime, f"{crm.url}/notify")
    for _ in range(MAX_ATTEMPTS - 1):
        with pytest.raises(JobFailedError):
            runtime.jobs.run(job_id)
    runtime.jobs.run(job_id)
    job = ended(runtime, job_id)
    assert (job.state, job.message) == ("failed", 'External site "CRM": It answered with status 503.')
    assert len(crm.received) == MAX_ATTEMPTS


@pytest.mark.parametrize("status", [302, 400, 404])
def test_what_repeating_cannot_help_fails_at_once(runtime: Runtime, crm: Crm, status: int) -> None:
    crm.answer = lambda _: Reply(status)
    job_id = queued(runtime, f"{crm.url}/notify")
    runtime.jobs.run(job_id)
    job = ended(runtime, job_id)
    assert (job.state, job.message) == ("failed", f'External site "CRM": It answered with status {status}.')


def test_a_job_never_reaches_inside(runtime: Runtime) -> None:
    job_id = queued(runtime, "http://10.0.0.1/")
    runtime.jobs.run(job_id)
    job = ended(runtime, job_id)
    assert job.state == "failed"
    assert "10.0.0.1 is an internal address" in (job.message or "")


def test_a_job_that_cannot_be_built_says_so(runtime: Runtime, crm: Crm) -> None:
    job_id = queued(runtime, f"{crm.url}/{{1}}/x")
    with runtime.database.transaction() as session:
        job = session.get(Job, job_id)
        assert job is not None
        job.arguments = {**job.arguments, "parameters": [{"name": "{1}", "kind": "fixed", "value": ".."}]}
    runtime.jobs.run(job_id)
    assert "between slashes" in (ended(runtime, job_id).message or "")
    assert crm.received == []


def test_a_job_of_a_site_that_was_deleted(runtime: Runtime, crm: Crm) -> None:
    job_id = queued(runtime, crm.url)
    with runtime.database.transaction() as session:
        session.delete(session.query(ExternalSite).one())
    runtime.jobs.run(job_id)
    assert ended(runtime, job_id).state == "failed"
    assert crm.received == []


def test_a_job_signs_its_request(runtime: Runtime, tokens: TokenServer, clock: VirtualClock) -> None:
    row = ExternalSiteAuthentication(
        name="CRM",
        token_url=f"{tokens.crm.url}/token",
        username="oml",
        password="secret",
        token_field="data.token",
        duration_seconds=60,
    )
    job_id = queued(runtime, f"{tokens.crm.url}/notify", authentication=row)
    runtime.jobs.run(job_id)
    assert ended(runtime, job_id).state == "done"
    assert tokens.crm.received[-1].headers["Authorization"] == "Bearer token-1"
    assert "secret" not in str(ended(runtime, job_id).arguments)
