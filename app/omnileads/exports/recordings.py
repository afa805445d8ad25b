"""Many recordings as one ZIP: the worker looks which of them there are, the file is put together while it is fetched.

Nothing is copied: recordings are large, and they are there already. Who fetches the file must still be allowed to hear
each one; what cannot be had is named in a text file in the archive.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session

from omnileads.agents.names import agent_names
from omnileads.calls.errors import RecordingMissing, RecordingPending, RecordingStoring
from omnileads.calls.models import Call, Recording
from omnileads.calls.playback import Playback
from omnileads.calls.recording_files import RecordingFiles, Sound
from omnileads.calls.search import in_scope
from omnileads.campaigns.models import Campaign
from omnileads.campaigns.scope import Scope
from omnileads.contacts.csv_file import BYTE_ORDER_MARK, csv_lines
from omnileads.contacts.models import Column, ContactBase
from omnileads.desk.restrictions import Restrictions
from omnileads.exports.report import contacts_by_id, local_time
from omnileads.kit.bucket import BucketError
from omnileads.kit.errors import NotFound
from omnileads.kit.jobs import JobRun
from omnileads.kit.permissions import Principal
from omnileads.kit.runtime import Runtime
from omnileads.telephony.destinations import campaign_names

MOST_RECORDINGS: Final = 1000
SEES_CONTACTS: Final = "contacts.read"


class RecordingsTask(BaseModel):
    """The arguments of a `RECORDINGS_JOB`. `unknown` are names that were asked for and are none one may hear."""

    model_config = ConfigDict(frozen=True)

    recording_ids: list[int]
    unknown: list[str] = []
    has_contacts: bool = False
    language: str = "es"


@dataclass(frozen=True)
class Hearer:
    """Who fetches the file. `own_agent_id`: the agent whose recordings alone it hears, None for all in scope."""

    principal: Principal
    scope: Scope
    own_agent_id: int | None


def find_recordings(session: Session, hearer: Hearer, names: Sequence[str]) -> tuple[list[int], list[str]]:
    """The recordings of these files that one may hear, in their order, and the names that are none of them."""
    statement = select(Recording.file, Recording.id).where(Recording.file.in_(names), Recording.state == "available")
    scoped = in_scope(Recording.campaign_id, hearer.scope)
    if hearer.own_agent_id is not None:
        statement = statement.where(Recording.agent_id == hearer.own_agent_id)
    elif scoped is not None:
        statement = statement.where(scoped)
    found = dict(session.execute(statement).all())
    unique = list(dict.fromkeys(names))
    return [found[name] for name in unique if name in found], [name for name in unique if name not in found]


class RecordingsLook:
    """The handler of `RECORDINGS_JOB`, in the worker."""

    def __init__(self, files: RecordingFiles) -> None:
        self._files = files

    def run(self, run: JobRun) -> Mapping[str, Any]:
        """Returns how many of the files there are, and their size in bytes."""
        task = RecordingsTask.model_validate(dict(run.arguments))
        with run.database.transaction() as session:
            statement = select(Recording.file).where(Recording.id.in_(task.recording_ids))
            files = session.scalars(statement).all()
        sizes: list[int] = []
        for done, file in enumerate(files):
            if done % 100 == 0:
                run.progress(done, len(files))
            size = self._files.size(file)  # where the store is away the job is tried again
            if size is not None:
                sizes.append(size)
        run.progress(len(files), len(files))
        return {"files": len(sizes), "bytes": sum(sizes)}


class RecordingsArchive:
    """The ZIP, piece by piece."""

    def __init__(self, runtime: Runtime, files: RecordingFiles, hearer: Hearer) -> None:
        self._runtime = runtime
        self._files = files
        self._hearer = hearer

    def pieces(self, task: RecordingsTask) -> Iterator[bytes]:
        """Each recording is opened in a transaction of its own, which notes that it was heard."""
        sink = _Sink()
        missing = list(task.unknown)
        taken: list[int] = []
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
            for recording_id in task.recording_ids:
                found = self._open(recording_id)
                if isinstance(found, str):
                    missing.append(found)
                    continue
                taken.append(recording_id)
                info = zipfile.ZipInfo(found.file, self._runtime.clock.now().astimezone().timetuple()[:6])
                with archive.open(info, "w", force_zip64=True) as entry:
                    for piece in found.pieces():
                        entry.write(piece)
                        yield sink.take()
            if task.has_contacts:
                archive.writestr("contactos.csv", self._contacts(taken, task.language))
            if missing:
                archive.writestr("no_disponibles.txt", "".join(f"{name}\n" for name in missing))
        yield sink.take()

    def _open(self, recording_id: int) -> Sound | str:
        """The sound, or the name of a file that is not to be had any more."""
        hearer = self._hearer
        with self._runtime.database.transaction() as session:
            name = session.scalar(select(Recording.file).where(Recording.id == recording_id))
            playback = Playback(session, self._files, self._runtime.clock)
            try:
                if name is None or self._files.size(name) is None:
                    return name or str(recording_id)
                return playback.open(recording_id, hearer.principal, hearer.scope, hearer.own_agent_id)
            except (NotFound, RecordingPending, RecordingStoring, RecordingMissing, BucketError):
                return name or str(recording_id)

    def _contacts(self, recording_ids: Sequence[int], language: str) -> str:
        """Whom the recordings are of: the columns of all bases, side by side. Agents see what their console shows."""
        with self._runtime.database.transaction() as session:
            recordings = session.scalars(select(Recording).where(Recording.id.in_(recording_ids))).all()
            calls = {recording.call_id for recording in recordings}
            known = dict(session.execute(select(Call.id, Call.contact_id).where(Call.id.in_(calls))).all())
            contacts = contacts_by_id(session, list(known.values()))
            columns = self._columns(session, {recording.campaign_id or 0 for recording in recordings})
            names = list(dict.fromkeys(column["name"] for base in columns.values() for _, column in base))
            agents = agent_names(session, {recording.agent_id for recording in recordings if recording.agent_id})
            campaigns = campaign_names(session, {row.campaign_id for row in recordings if row.campaign_id})
            rows = [_HEADINGS["en" if language == "en" else "es"] + names]
            for recording in recordings:
                contact = contacts.get(known.get(recording.call_id) or 0)
                cells = dict.fromkeys(names, "")
                if contact is not None:
                    for position, column in columns.get((recording.campaign_id or 0, contact.base_id), ()):
                        cells[column["name"]] = contact.values[position] if position < len(contact.values) else ""
                rows.append(
                    [
                        recording.file,
                        recording.call_id,
                        local_time(recording.started_at),
                        campaigns.get(recording.campaign_id or 0, ""),
                        agents.get(recording.agent_id or 0, ""),
                        recording.number,
                        *cells.values(),
                    ]
                )
        return BYTE_ORDER_MARK + csv_lines(rows)

    def _columns(self, session: Session, campaign_ids: set[int]) -> dict[tuple[int, int], list[tuple[int, Column]]]:
        """(campaign, base) -> the columns one may see, with their positions."""
        statement = select(Campaign, ContactBase).join(ContactBase, ContactBase.id == Campaign.contact_base_id)
        found: dict[tuple[int, int], list[tuple[int, Column]]] = {}
        for campaign, base in session.execute(statement.where(Campaign.id.in_(campaign_ids))).unique():
            restrictions = Restrictions(base.columns, campaign.field_rules)
            sees_all = self._hearer.principal.may(SEES_CONTACTS)
            found[campaign.id, base.id] = [
                (position, column)
                for position, column in enumerate(base.columns)
                if sees_all or restrictions.sees(column["key"])
            ]
        return found


_HEADINGS: Final = {
    "es": ["Archivo", "Call ID", "Fecha-Hora", "Campaña", "Agente", "Teléfono"],
    "en": ["File", "Call ID", "Time", "Campaign", "Agent", "Number"],
}


class _Sink(io.RawIOBase):
    """Where the archive is written: what is there is taken away, so there is no going back in it."""

    def __init__(self) -> None:
        super().__init__()
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._written += data
        return len(data)

    def take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken
