"""Sending e-mail through the installation's mail server (`MAIL_*`). Blocking: for jobs, never for requests."""

from __future__ import annotations

import smtplib
import socket
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from typing import Final

from omnileads.kit.errors import AppError
from omnileads.settings import MailTopic

TIMEOUT_SECONDS: Final = 30
PERMANENT: Final = 500
"""From this SMTP code on, the same message will be refused again."""


class MailRefused(AppError):
    """The server will never take this message; trying again is of no use."""

    code = "mail-refused"
    status = 502

    def __init__(self, smtp_code: int) -> None:
        super().__init__(
            f"The mail server refused the message ({smtp_code}). Check the address and the MAIL_* settings."
        )


class MailServerAway(Exception):
    """The server cannot be reached or asks to come back later; the job tries again."""


@dataclass(frozen=True)
class Message:
    """A plain text message. `id` is unique for what it says: a second sending has the same one."""

    to: str
    subject: str
    body: str
    id: str
    language: str


class Mailer:
    def __init__(self, settings: MailTopic) -> None:
        self._settings = settings

    @property
    def is_on(self) -> bool:
        return bool(self._settings.host)

    def send(self, message: Message) -> None:
        """Raises MailRefused, MailServerAway."""
        try:
            with self._connect() as server:
                server.send_message(self._envelope(message))
        except smtplib.SMTPRecipientsRefused as error:
            raise _failure(max(code for code, _ in error.recipients.values())) from error
        except smtplib.SMTPResponseException as error:
            raise _failure(error.smtp_code) from error
        except smtplib.SMTPNotSupportedError as error:
            raise MailRefused(PERMANENT) from error
        except (smtplib.SMTPException, OSError) as error:
            raise MailServerAway(type(error).__name__) from error

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        if settings.security == "tls":
            tls = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(settings.host, settings.port, timeout=TIMEOUT_SECONDS, context=tls)
        else:
            server = smtplib.SMTP(settings.host, settings.port, timeout=TIMEOUT_SECONDS)
        try:
            if settings.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if settings.user:
                server.login(settings.user, settings.password.get_secret_value() if settings.password else "")
        except BaseException:
            server.close()
            raise
        return server

    def _envelope(self, message: Message) -> EmailMessage:
        sender = self._settings.sender or self._settings.user or f"omnileads@{socket.getfqdn()}"
        envelope = EmailMessage()
        envelope["From"] = sender
        envelope["To"] = message.to
        envelope["Subject"] = message.subject
        envelope["Date"] = formatdate(localtime=True)
        envelope["Message-ID"] = f"<{message.id}@{sender.rpartition('@')[2].rstrip('>')}>"
        envelope["Content-Language"] = message.language
        envelope["Auto-Submitted"] = "auto-generated"
        envelope.set_content(message.body)
        return envelope


def _failure(smtp_code: int) -> Exception:
    return MailRefused(smtp_code) if smtp_code >= PERMANENT else MailServerAway(str(smtp_code))
