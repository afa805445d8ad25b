"""Whether Asterisk runs one of its files as it is configured now."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from omnileads.telephony.models import AsteriskFileSync
from omnileads.telephony.schemas.asterisk import FileReport
from omnileads.telephony.schemas.trunks import SyncOut

TRUNKS_FILE: Final = "pjsip_trunks.conf"
PLAYLISTS_FILE: Final = "musiconhold_playlists.conf"
DIALPLAN_FILE: Final = "oml_extensions_custom.conf"
AMD_FILE: Final = "amd.conf"


def digest_of(text: str) -> str:
    """SHA-256 of a file's text, in hexadecimal: what asterisk-sync says its report is about."""
    return hashlib.sha256(text.encode()).hexdigest()


def sync_of(session: Session, file: str, text: str) -> SyncOut:
    """What was last reported about this text; a text nobody has reported about is pending."""
    rows = session.scalars(
        select(AsteriskFileSync)
        .where(AsteriskFileSync.file == file, AsteriskFileSync.digest == digest_of(text))
        .order_by(AsteriskFileSync.state.desc())
    )
    worst = rows.first()
    return SyncOut(state="pending", message="") if worst is None else SyncOut(state=worst.state, message=worst.message)


def keep_reports(session: Session, node: str, reports: Sequence[FileReport], now: datetime) -> None:
    """Keep what a node said about its files, in place of what it said before."""
    for report in reports:
        values = {"digest": report.digest, "state": report.state, "message": report.message, "reported_at": now}
        statement = insert(AsteriskFileSync).values(node=node, file=report.file, **values)
        keys = [AsteriskFileSync.node, AsteriskFileSync.file]
        session.execute(statement.on_conflict_do_update(index_elements=keys, set_=values))
