"""E-mail to users about their account: that it was made, that its password changed. Never with the password in it.

Queued in the transaction of the change, sent by the worker. A message holds the job's id, so one that is sent twice is
recognised as the same by mail servers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy.orm import Session

from omnileads.accounts.models import Language, User
from omnileads.kit.jobs import JobRun, Jobs
from omnileads.kit.mail import Mailer, Message

NOTICE_JOB: Final = "users.notice"

Occasion = Literal["created", "password-changed"]


@dataclass(frozen=True)
class Wording:
    """`body` is given `name`, `username` and `address`."""

    subject: str
    body: str
    address: str


_WORDINGS: Final[dict[tuple[Occasion, Language], Wording]] = {
    ("created", "es"): Wording(
        "Su usuario de OMniLeads",
        "Hola, {name}:\n\nSe creó para usted el usuario {username} en OMniLeads.\n{address}\n"
        "La contraseña se la comunica quien administra el sistema; por seguridad no se envía por correo.\n",
        "Para ingresar: {url}\n",
    ),
    ("created", "en"): Wording(
        "Your OMniLeads user",
        "Hello {name},\n\nThe user {username} has been created for you in OMniLeads.\n{address}\n"
        "Your administrator tells you the password; to keep it safe it is not sent by e-mail.\n",
        "Sign in at: {url}\n",
    ),
    ("password-changed", "es"): Wording(
        "Se cambió su contraseña de OMniLeads",
        "Hola, {name}:\n\nSe cambió la contraseña de su usuario {username} de OMniLeads.\n{address}\n"
        "Si no fue usted ni lo pidió, avise de inmediato a quien administra el sistema.\n",
        "Para ingresar: {url}\n",
    ),
    ("password-changed", "en"): Wording(
        "Your OMniLeads password was changed",
        "Hello {name},\n\nThe password of your OMniLeads user {username} was changed.\n{address}\n"
        "If this was not you and you did not ask for it, tell your administrator at once.\n",
        "Sign in at: {url}\n",
    ),
}


class UserNotices:
    """Queues messages with the caller's transaction. A user without an address gets none."""

    def __init__(self, session: Session, jobs: Jobs, console_url: str) -> None:
        self._session = session
        self._jobs = jobs
        self._console_url = console_url

    def created(self, user: User) -> None:
        self._queue(user, "created")

    def password_changed(self, user: User) -> None:
        self._queue(user, "password-changed")

    def _queue(self, user: User, occasion: Occasion) -> None:
        if user.email:
            arguments = {"user_id": user.id, "occasion": occasion, "console_url": self._console_url}
            self._jobs.enqueue(self._session, NOTICE_JOB, arguments)


class NoticeSender:
    """The worker's side. Without a mail server it does nothing; so it does for a user that is gone meanwhile."""

    def __init__(self, mailer: Mailer) -> None:
        self._mailer = mailer

    def run(self, job: JobRun) -> Mapping[str, Any]:
        """Raises MailRefused, MailServerAway."""
        if not self._mailer.is_on:
            return {"sent": False}
        with job.database.transaction() as session:
            user = session.get(User, job.arguments["user_id"])
        if user is None or user.deleted_at is not None or not user.email:
            return {"sent": False}
        self._mailer.send(notice(user, job.arguments["occasion"], job.arguments["console_url"], job.id))
        return {"sent": True}


def notice(user: User, occasion: Occasion, console_url: str, message_id: str) -> Message:
    wording = _WORDINGS[occasion, user.language]
    body = wording.body.format(
        name=f"{user.first_name} {user.last_name}".strip() or user.username,
        username=user.username,
        address=wording.address.format(url=console_url) if console_url else "",
    )
    return Message(to=user.email, subject=wording.subject, body=body, id=message_id, language=user.language)
