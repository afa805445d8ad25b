"""The files Asterisk runs on, rendered from the configuration, and what its nodes report about them.

A revision is the SHA-256 of the rendered content: two equal configurations are the same revision, and a report about
an older one says nothing about the present trunks.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

import structlog
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from omnileads.kit.clock import Clock
from omnileads.telephony.models import AsteriskSync, AudioFile, SipTrunk
from omnileads.telephony.schemas.asterisk import AsteriskFileSet, AsteriskFilesOut, AsteriskReport
from omnileads.telephony.wizard import Setting, check

log = structlog.get_logger(__name__)

SOUND_PATH = "/internal/asterisk/sounds"

_PORT = re.compile(r":[0-9]+$")
_HEAD = "; Made from the trunks in the console. Changes made here are overwritten.\n"


@dataclass(frozen=True, slots=True)
class TrunkText:
    """A trunk as it is rendered."""

    id: int
    name: str
    wizard_text: str


def render_trunks(trunks: Iterable[TrunkText]) -> str:
    """`pjsip_trunks.conf`: a wizard section for each trunk, made of its checked settings only, comments left out.

    A text that no longer passes the check (written before a stricter version) is left out rather than trusted.
    """
    sections = [_HEAD]
    for trunk in sorted(trunks, key=lambda trunk: trunk.id):
        reading = check(trunk.wizard_text)
        if reading.problems:
            log.error("trunk.left-out", trunk_id=trunk.id, problems=len(reading.problems))
            continue
        sections.append(_section(trunk, reading.settings))
    return "\n".join(sections)


def _section(trunk: TrunkText, settings: Iterable[Setting]) -> str:
    written = [(setting.key, setting.value) for setting in settings]
    keys = {key for key, _ in written}
    # Audio between the two sides would leave the recording and the agent's hold music out.
    ours = [] if "endpoint/direct_media" in keys else [("endpoint/direct_media", "no")]
    ours.append(("endpoint/set_var", f"OML_TRUNK_ID={trunk.id}"))
    ours += [("identify/match", host) for host in _callers(written)]
    lines = [f"{key}={value}" for key, value in [*written, *ours]]
    return "\n".join([f"[{trunk.name}]", *lines, ""])


def _callers(written: Iterable[tuple[str, str]]) -> list[str]:
    """The hosts whose calls are this trunk's: those of `remote_hosts` without their ports.

    Left to itself the wizard matches the port too, but a provider is called on one port and calls from another.
    """
    settings = dict(written)
    if "identify/match" in settings or settings.get("accepts_registrations", "no").lower() in ("yes", "true"):
        return []
    remote = (value for key, value in written if key == "remote_hosts")
    hosts = (host.strip() for value in remote for host in value.split(","))
    return list(dict.fromkeys(_PORT.sub("", host).strip("[]") for host in hosts))


class AsteriskFiles:
    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def current(self) -> AsteriskFilesOut:
        """What Asterisk should have now."""
        rows = self._session.execute(select(SipTrunk.id, SipTrunk.name, SipTrunk.wizard_text))
        trunks = render_trunks(TrunkText(*row) for row in rows)
        audio = self._session.execute(select(AudioFile.id, AudioFile.sha256).order_by(AudioFile.id)).all()
        sounds = {f"{audio_id}.wav": f"{SOUND_PATH}/{audio_id}.wav" for audio_id, _ in audio}
        digest = hashlib.sha256(trunks.encode())
        for audio_id, sha256 in audio:
            digest.update(f"\0{audio_id}:{sha256}".encode())
        return AsteriskFilesOut(
            revision=digest.hexdigest(), files=AsteriskFileSet(pjsip_trunks_conf=trunks, sounds=sounds)
        )

    def report(self, report: AsteriskReport) -> bool:
        """Keep what a node did with a revision. False when that revision is no longer the present one.

        A node that refuses a file set goes on with the one before, so trunks it already runs stay applied; if nothing
        was pending, the whole set failed and every trunk says so.
        """
        values = {
            "revision": report.revision,
            "state": report.state,
            "message": report.message,
            "reported_at": self._clock.now(),
        }
        statement = insert(AsteriskSync).values(node=report.node, **values)
        self._session.execute(statement.on_conflict_do_update(index_elements=[AsteriskSync.node], set_=values))
        log.info("asterisk.reported", node=report.node, state=report.state, revision=report.revision)
        if report.revision != self.current().revision:
            return False
        if report.state == "applied":
            self._mark("applied", "", only_unapplied=False)
        elif not self._mark("failed", report.message, only_unapplied=True):
            self._mark("failed", report.message, only_unapplied=False)
        return True

    def _mark(self, state: str, message: str, *, only_unapplied: bool) -> int:
        statement = update(SipTrunk).values(sync_state=state, sync_message=message, updated_at=SipTrunk.updated_at)
        if only_unapplied:
            statement = statement.where(SipTrunk.sync_state != "applied")
        return len(self._session.execute(statement.returning(SipTrunk.id)).all())
