"""E-mail to users, through a real SMTP server."""

from __future__ import annotations

import email
import email.policy
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import select

from omnileads.accounts.notices import NOTICE_JOB, NoticeSender
from omnileads.kit.jobs import Job, JobFailedError, find_job
from omnileads.kit.mail import Mailer, MailServerAway, Message
from omnileads.kit.runtime import Runtime
from omnileads.settings import MailTopic
from tests.conftest import PASSWORD, PUBLIC_URL, People, SignedIn
from tests.servers import free_port

USERS = "/api/v2/users"
NEW_PASSWORD = "another fine passphrase"
MESSAGE = Message("ana@contact.example", "Subject", "Body\n", "01ID", "en")


class Postbox:
    """Takes messages as the test says: `answer` is what the server says to each."""

    def __init__(self) -> None:
        self.answer = "250 OK"
        self.recipient_answer = "250 OK"
        self.envelopes: list[Envelope] = []

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.recipient_answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.answer.startswith("250"):
            self.envelopes.append(envelope)
        return self.answer

    @property
    def messages(self) -> list[Any]:
        contents = [envelope.content for envelope in self.envelopes if isinstance(envelope.content, bytes)]
        return [email.message_from_bytes(content, policy=email.policy.default) for content in contents]


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def server(postbox: Postbox) -> Iterator[MailTopic]:
    port = free_port()
    controller = Controller(postbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield MailTopic(host="127.0.0.1", port=port, security="none", sender="OMniLeads <oml@contact.example>")
    controller.stop()


@pytest.fixture
def admin(sign_in: SignedIn) -> TestClient:
    return sign_in("administrator")


def work(runtime: Runtime, mail: MailTopic) -> list[str]:
    """Do what the worker does with the notices that wait. Returns the ids of their jobs."""
    if NOTICE_JOB not in runtime.jobs._handlers:
        runtime.jobs.register(NOTICE_JOB, NoticeSender(Mailer(mail)).run)
    with runtime.database.transaction() as session:
        waiting = list(session.scalars(select(Job.id).where(Job.state == "queued").order_by(Job.id)))
    for job_id in waiting:
        runtime.jobs.run(job_id)
    return waiting


def create(client: TestClient, username: str = "ana", **fields: Any) -> Any:
    body = {"username": username, "password": PASSWORD, "role_slug": "manager", **fields}
    answer = client.post(USERS, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_new_user_gets_a_message_in_their_language(
    admin: TestClient, runtime: Runtime, server: MailTopic, postbox: Postbox
) -> None:
    create(admin, first_name="Ana", last_name="Gómez", email="ana@contact.example")
    create(admin, "ben", email="ben@contact.example", language="en")
    jobs = work(runtime, server)
    spanish, english = sorted(postbox.messages, key=lambda message: str(message["To"]))
    assert spanish["From"] == "OMniLeads <oml@contact.example>"
    assert spanish["To"] == "ana@contact.example"
    assert {message["Message-ID"] for message in postbox.messages} == {f"<{job}@contact.example>" for job in jobs}
    assert spanish["Subject"] == "Su usuario de OMniLeads"
    assert "Hola, Ana Gómez:" in spanish.get_content()
    assert PUBLIC_URL in spanish.get_content()
    assert english["Subject"] == "Your OMniLeads user"
    assert "Hello ben," in english.get_content()
    for message in postbox.messages:
        assert PASSWORD not in message.as_string()


def test_a_changed_password_is_told_whoever_changed_it(
    admin: TestClient, runtime: Runtime, server: MailTopic, postbox: Postbox, users: People, sign_in: SignedIn
) -> None:
    ana = users.make("manager", email="ana@contact.example", language="en")
    own = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert sign_in(ana).post("/api/v2/session/password", json=own).status_code == 204
    assert admin.post(f"{USERS}/{ana.id}/password", json={"new_password": PASSWORD}).status_code == 204
    work(runtime, server)
    assert [message["Subject"] for message in postbox.messages] == ["Your OMniLeads password was changed"] * 2
    assert NEW_PASSWORD not in "".join(message.as_string() for message in postbox.messages)


def test_nothing_is_sent_without_an_address_a_server_or_the_user(
    admin: TestClient, runtime: Runtime, server: MailTopic, postbox: Postbox
) -> None:
    create(admin)
    assert work(runtime, server) == []
    gone = create(admin, "ben", email="ben@contact.example")
    admin.delete(f"{USERS}/{gone['id']}")
    work(runtime, server)
    assert postbox.messages == []


def test_without_a_mail_server_jobs_end_quietly(admin: TestClient, runtime: Runtime) -> None:
    create(admin, email="ana@contact.example")
    (job_id,) = work(runtime, MailTopic())
    with runtime.database.transaction() as session:
        job = find_job(session, job_id)
        assert job is not None
        assert (job.state, job.result) == ("done", {"sent": False})


@pytest.mark.parametrize("field", ["answer", "recipient_answer"])
def test_a_message_that_is_refused_for_good_is_not_tried_again(
    admin: TestClient, runtime: Runtime, server: MailTopic, postbox: Postbox, field: str
) -> None:
    setattr(postbox, field, "550 no such person")
    create(admin, email="ana@contact.example")
    (job_id,) = work(runtime, server)
    with runtime.database.transaction() as session:
        job = find_job(session, job_id)
        assert job is not None
        assert job.state == "failed"
        assert "550" in (job.message or "")


@pytest.mark.parametrize("field", ["answer", "recipient_answer"])
def test_a_server_that_asks_to_wait_is_asked_again(
    admin: TestClient, runtime: Runtime, server: MailTopic, postbox: Postbox, field: str
) -> None:
    setattr(postbox, field, "451 later")
    create(admin, email="ana@contact.example")
    with pytest.raises(JobFailedError):
        work(runtime, server)
    setattr(postbox, field, "250 OK")
    work(runtime, server)
    assert len(postbox.messages) == 1


def test_a_server_that_is_away_is_no_refusal() -> None:
    with pytest.raises(MailServerAway):
        Mailer(MailTopic(host="127.0.0.1", port=free_port(), security="none")).send(MESSAGE)


def test_a_server_without_encryption_is_refused_where_it_is_wanted(server: MailTopic) -> None:
    with pytest.raises(Exception, match="refused the message"):
        Mailer(server.model_copy(update={"security": "starttls"})).send(MESSAGE)


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate of "localhost" with its key, which this process trusts."""
    path = tmp_path / "certificate.pem"
    public = tmp_path / "public.pem"
    asked = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    subprocess.run([*asked.split(), "-keyout", path, "-out", public], check=True, capture_output=True)
    path.write_text(path.read_text() + public.read_text())
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return path


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_signing_in_over_an_encrypted_connection(postbox: Postbox, certificate: Path, security: str) -> None:
    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: LoginPassword) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"oml", b"right"), handled=False)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    tls: dict[str, Any] = {"tls_context": context}
    if security == "tls":
        tls = {"ssl_context": context, "auth_require_tls": False}  # which knows of STARTTLS only
    controller = Controller(postbox, hostname="localhost", port=free_port(), authenticator=authenticate, **tls)
    controller.start()
    settings = {"host": "localhost", "port": controller.port, "security": security, "user": "oml"}
    try:
        Mailer(MailTopic(**settings, password=SecretStr("right"))).send(MESSAGE)
        assert postbox.messages[0]["From"].startswith("oml")
        with pytest.raises(Exception, match="535"):
            Mailer(MailTopic(**settings, password=SecretStr("wrong"))).send(MESSAGE)
    finally:
        controller.stop()
