"""The files Asterisk runs on, rendered from the configuration, and what its nodes report about them.

A revision is the SHA-256 of the rendered content: two equal configurations are the same revision, and a report about
an older one says nothing about the present trunks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

import structlog
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from omnileads.kit.clock import Clock
from omnileads.telephony.amd_settings import amd_file
from omnileads.telephony.asterisk_nodes import registers
from omnileads.telephony.custom_dialplan import dialplan_file
from omnileads.telephony.file_sync import AMD_FILE, DIALPLAN_FILE, PLAYLISTS_FILE, TRUNKS_FILE, digest_of, keep_reports
from omnileads.telephony.models import AsteriskSync, AudioFile, SipTrunk
from omnileads.telephony.moh_playlists import playlists_file
from omnileads.telephony.schemas.asterisk import AsteriskFileSet, AsteriskFilesOut, AsteriskReport, FileReport
from omnileads.telephony.trunk_file import trunks_file

log = structlog.get_logger(__name__)

SOUND_PATH: Final = "/internal/asterisk/sounds"


class AsteriskFiles:
    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def current(self, node: str = "") -> AsteriskFilesOut:
        """What this Asterisk should have now."""
        is_registrar = registers(self._session, node, self._clock.now())
        texts = {
            TRUNKS_FILE: trunks_file(self._session, registers=is_registrar),
            PLAYLISTS_FILE: playlists_file(self._session),
            DIALPLAN_FILE: dialplan_file(self._session),
            AMD_FILE: amd_file(self._session),
        }
        audio = self._session.execute(select(AudioFile.id, AudioFile.sha256).order_by(AudioFile.id)).all()
        sounds = {f"{audio_id}.wav": f"{SOUND_PATH}/{audio_id}.wav" for audio_id, _ in audio}
        digest = hashlib.sha256()
        for name, text in texts.items():
            digest.update(f"{name}\0{text}\0".encode())
        for audio_id, sha256 in audio:
            digest.update(f"\0{audio_id}:{sha256}".encode())
        return AsteriskFilesOut(revision=digest.hexdigest(), files=AsteriskFileSet(texts=texts, sounds=sounds))

    def report(self, report: AsteriskReport) -> bool:
        """Keep what a node did with a revision. False when that revision is no longer the present one.

        A node that refuses a file goes on with the one before, so trunks it already runs stay applied; if none was
        pending, the file failed as a whole and every trunk says so.
        """
        self._keep(report)
        keep_reports(self._session, report.node, report.files, self._clock.now())
        about_trunks = _report_on(report.files, TRUNKS_FILE)
        current = self.current(report.node if report.is_named else "")
        if about_trunks is not None and about_trunks.digest == digest_of(current.files.texts[TRUNKS_FILE]):
            self._mark_trunks(about_trunks)
        return report.revision == current.revision

    def _keep(self, report: AsteriskReport) -> None:
        failed = [item for item in report.files if item.state == "failed"]
        values = {
            "revision": report.revision,
            "state": "failed" if failed else "applied",
            "message": "\n".join(f"{item.file}: {item.message}" for item in failed),
            "reported_at": self._clock.now(),
        }
        statement = insert(AsteriskSync).values(node=report.node, **values)
        self._session.execute(statement.on_conflict_do_update(index_elements=[AsteriskSync.node], set_=values))
        log.info("asterisk.reported", node=report.node, state=values["state"], revision=report.revision)

    def _mark_trunks(self, report: FileReport) -> None:
        if report.state == "applied":
            self._mark("applied", "", only_unapplied=False)
        elif not self._mark("failed", report.message, only_unapplied=True):
            self._mark("failed", report.message, only_unapplied=False)

    def _mark(self, state: str, message: str, *, only_unapplied: bool) -> int:
        statement = update(SipTrunk).values(sync_state=state, sync_message=message, updated_at=SipTrunk.updated_at)
        if only_unapplied:
            statement = statement.where(SipTrunk.sync_state != "applied")
        return len(self._session.execute(statement.returning(SipTrunk.id)).all())


def _report_on(reports: Sequence[FileReport], file: str) -> FileReport | None:
    return next((report for report in reports if report.file == file), None)
