"""Imports as people handle them: begun, previewed, started, watched, cancelled. The work is `import_job`'s."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from omnileads.contacts.bases import find_base, refuse_name_of_import, refuse_while_importing
from omnileads.contacts.columns import problems_of
from omnileads.contacts.errors import BaseNameTaken, ImportNotCancellable
from omnileads.contacts.import_job import IMPORT_JOB
from omnileads.contacts.models import (
    UNFINISHED,
    Blacklist,
    ContactBase,
    ContactImport,
    ImportKind,
    ImportReject,
)
from omnileads.contacts.schemas.imports import (
    BlacklistImportStart,
    ContactImportStart,
    FormatIn,
    ImportFailure,
    ImportOut,
    Preview,
    PreviewRequest,
)
from omnileads.contacts.uploads import Uploads, check_width, forget_file
from omnileads.kit.db import Database
from omnileads.kit.errors import NotFound, ValidationFailed
from omnileads.kit.pagination import Page, PageQuery, contains, page_of, paginate
from omnileads.kit.permissions import Principal
from omnileads.kit.runtime import Runtime

KEPT: Final = timedelta(days=30)
"""How long the record of an import and its rejects stay."""
UPLOAD_KEPT: Final = timedelta(days=1)
"""How long a file stays that nobody imports."""


class Imports:
    """Imports of one kind. `limit_bytes` is the largest file."""

    def __init__(
        self, session: Session, runtime: Runtime, actor: Principal, kind: ImportKind, *, limit_bytes: int
    ) -> None:
        self._session = session
        self._runtime = runtime
        self._actor = actor
        self._kind = kind
        self._uploads = Uploads(session, runtime.clock, limit_bytes)

    def page(self, query: PageQuery) -> Page[ImportOut]:
        """The newest first."""
        statement = select(ContactImport).where(ContactImport.kind == self._kind).order_by(ContactImport.id.desc())
        if query.search:
            statement = statement.where(ContactImport.file_name.ilike(contains(query.search), escape="\\"))
        rows, total = paginate(self._session, statement, query)
        return page_of(rows, total, query, self._shown)

    def begin(self, file_name: str, *, base_id: int | None = None, blacklist_id: int | None = None) -> ImportOut:
        """Raises ValidationFailed for a base or a list that does not exist."""
        if base_id is not None and self._base(base_id) is None:
            raise ValidationFailed.of("base_id", "unknown", "This contact base does not exist. Choose another one.")
        if blacklist_id is not None and self._session.get(Blacklist, blacklist_id) is None:
            raise ValidationFailed.of("blacklist_id", "unknown", "This list does not exist. Choose another one.")
        now = self._runtime.clock.now()
        run = ContactImport(
            kind=self._kind,
            state="uploading",
            base_id=base_id,
            blacklist_id=blacklist_id,
            file_name=file_name,
            created_by=self._actor.user_id,
            created_at=now,
            touched_at=now,
        )
        self._session.add(run)
        self._session.flush()
        return self._shown(run)

    def add_part(self, import_id: int, position: int, content: bytes) -> ImportOut:
        """Raises NotFound, ImportNotStartable, FileRefused."""
        run = self._run(import_id, for_update=True)
        self._uploads.add_part(run, position, content)
        return self._shown(run)

    def preview(self, import_id: int, wanted: PreviewRequest) -> Preview:
        """Raises NotFound, ImportNotStartable, FileRefused."""
        run = self._run(import_id)
        base = self._base(run.base_id) if run.base_id else None
        return self._uploads.preview(run, wanted, base.columns if base else None)

    def start_contacts(self, import_id: int, wanted: ContactImportStart) -> ImportOut:
        """Raises NotFound, ValidationFailed, ImportNotStartable, FileRefused, BaseBusy."""
        run = self._run(import_id, for_update=True)
        rows = self._look(run, wanted)
        if run.base_id is None:
            self._check_new_base(run.id, wanted)
            check_width(rows, [column.source for column in wanted.columns or ()], "columns")
        else:
            base = find_base(self._session, run.base_id, for_update=True)
            refuse_while_importing(self._session, base.id)
            _check_sources(base, wanted)
            check_width(rows, wanted.sources or (), "sources")
        return self._start(run, wanted)

    def start_blacklist(self, import_id: int, wanted: BlacklistImportStart) -> ImportOut:
        """Raises NotFound, ValidationFailed, ImportNotStartable, FileRefused."""
        run = self._run(import_id, for_update=True)
        check_width(self._look(run, wanted), [wanted.source], "source")
        return self._start(run, wanted)

    def one(self, import_id: int) -> ImportOut:
        return self._shown(self._run(import_id))

    def cancel(self, import_id: int) -> ImportOut:
        """One that runs ends within a second or so. Raises NotFound, ImportNotCancellable."""
        run = self._run(import_id, for_update=True)
        if run.state == "running":
            run.is_cancel_requested = True
        elif run.state in ("uploading", "queued", "failed"):
            run.state, run.finished_at = "cancelled", self._runtime.clock.now()
            forget_file(self._session, run.id)
        else:
            raise ImportNotCancellable
        self._session.flush()
        return self._shown(run)

    def check_rejects(self, import_id: int) -> None:
        """Raises NotFound when there is no such import, or it refused no row."""
        if not self._shown(self._run(import_id)).has_rejects:
            raise NotFound

    def _look(self, run: ContactImport, wanted: FormatIn) -> list[list[str]]:
        request = PreviewRequest(encoding=wanted.encoding, delimiter=wanted.delimiter, has_header=wanted.has_header)
        return self._uploads.look(run, request)[1]

    def _start(self, run: ContactImport, wanted: FormatIn) -> ImportOut:
        run.state, run.options, run.failure = "queued", wanted.model_dump(mode="json"), None
        run.attempts, run.is_cancel_requested, run.started_at, run.finished_at = 0, False, None, None
        run.touched_at = self._runtime.clock.now()
        run.job_id = self._runtime.jobs.enqueue(
            self._session, IMPORT_JOB, {"import_id": run.id}, created_by=self._actor.user_id
        )
        self._session.flush()
        return self._shown(run)

    def _check_new_base(self, import_id: int, wanted: ContactImportStart) -> None:
        if wanted.name is None:
            raise ValidationFailed.of("name", "missing", "Give the base a name.")
        if wanted.columns is None:
            raise ValidationFailed.of("columns", "missing", "Say what the columns are.")
        problems = problems_of([(column.name, column.role) for column in wanted.columns])
        if problems:
            raise ValidationFailed(fields=problems)
        same = select(ContactBase.id).where(
            func.lower(ContactBase.name) == wanted.name.lower(), ContactBase.deleted_at.is_(None)
        )
        if self._session.scalar(same) is not None:
            raise BaseNameTaken
        refuse_name_of_import(self._session, wanted.name, but=import_id)

    def _base(self, base_id: int) -> ContactBase | None:
        base = self._session.get(ContactBase, base_id)
        return None if base is None or base.deleted_at is not None else base

    def _run(self, import_id: int, *, for_update: bool = False) -> ContactImport:
        statement = select(ContactImport).where(ContactImport.id == import_id, ContactImport.kind == self._kind)
        run = self._session.scalar(statement.with_for_update() if for_update else statement)
        if run is None:
            raise NotFound
        return run

    def _shown(self, run: ContactImport) -> ImportOut:
        base = self._session.get(ContactBase, run.base_id) if run.base_id else None
        wanted_name: Any = (run.options or {}).get("name")
        refused_duplicates = run.duplicate_count if run.kind == "contacts" else 0
        share = run.done_bytes / run.size_bytes if run.size_bytes else 0.0
        return ImportOut(
            id=run.id,
            state=run.state,
            base_id=run.base_id,
            base_name=base.name if base else wanted_name,
            blacklist_id=run.blacklist_id,
            file_name=run.file_name,
            size_bytes=run.size_bytes,
            percent=100 if run.state == "done" else min(99, int(100 * share)),
            read_count=run.read_count,
            accepted_count=run.accepted_count,
            rejected_count=run.rejected_count,
            duplicate_count=run.duplicate_count,
            failure=ImportFailure.model_validate(run.failure) if run.failure else None,
            has_rejects=run.state == "done" and run.rejected_count + refused_duplicates > 0,
            is_cancel_requested=run.is_cancel_requested,
            created_at=run.created_at,
            started_at=run.started_at,
            finished_at=run.finished_at,
        )


def rejects_of(database: Database, import_id: int) -> Iterator[bytes]:
    """The file of rejects piece by piece, each read in a transaction of its own."""
    position = 0
    while True:
        with database.transaction() as session:
            content = session.scalar(
                select(ImportReject.content).where(
                    ImportReject.import_id == import_id, ImportReject.position == position
                )
            )
        if content is None:
            return
        yield bytes(content)
        position += 1


def prune(session: Session, runtime: Runtime) -> None:
    """Forget files nobody imports and imports that were over long ago."""
    now = runtime.clock.now()
    stale = select(ContactImport.id).where(
        ContactImport.state.in_(("uploading", "failed")), ContactImport.touched_at < now - UPLOAD_KEPT
    )
    for import_id in session.scalars(stale):
        forget_file(session, import_id)
    session.execute(
        delete(ContactImport).where(ContactImport.touched_at < now - UPLOAD_KEPT, ContactImport.state == "uploading")
    )
    session.execute(
        delete(ContactImport).where(ContactImport.touched_at < now - KEPT, ContactImport.state.not_in(UNFINISHED))
    )


def _check_sources(base: ContactBase, wanted: ContactImportStart) -> None:
    if wanted.sources is None or len(wanted.sources) != len(base.columns):
        message = f"The base has {len(base.columns)} columns. Say for each which column of the file it is, or none."
        raise ValidationFailed.of("sources", "wrong-length", message)
    main = next(index for index, column in enumerate(base.columns) if column["role"] == "phone")
    if wanted.sources[main] is None:
        message = "The main phone is not in the file. Choose its column."
        raise ValidationFailed.of(f"sources.{main}", "no-phone", message)
