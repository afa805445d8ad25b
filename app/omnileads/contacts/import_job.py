"""The import of contacts as the worker's job: one transaction, so a file is in the base wholly or not at all.

It locks nothing that calls or the console would wait for: reading goes on, contacts are made and changed meanwhile,
and a base that an import makes is there only when it is complete. A worker that dies leaves nothing; the job is then
run again from the start, `MAX_ATTEMPTS` times at most.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import psycopg2.errors
import structlog
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from omnileads.accounts.models import User
from omnileads.contacts.blacklist_loader import load_numbers
from omnileads.contacts.columns import Structure, with_keys
from omnileads.contacts.csv_file import Format, Rows
from omnileads.contacts.errors import FileRefused
from omnileads.contacts.followers import tell
from omnileads.contacts.loader import ContactLoader
from omnileads.contacts.models import UNFINISHED, ContactBase, ContactImport, ImportKind, ImportReject
from omnileads.contacts.progress import Counts, ImportCancelledError, Progress, Rejects
from omnileads.contacts.rows import ContactReader
from omnileads.contacts.schemas.imports import BlacklistImportStart, ContactImportStart
from omnileads.contacts.uploads import forget_file, open_upload
from omnileads.kit.changes import ConfigurationChanges
from omnileads.kit.jobs import JobRun
from omnileads.kit.permissions import Principal
from omnileads.kit.runtime import Runtime

log = structlog.get_logger(__name__)

IMPORT_JOB: Final = "contacts.import"
MAX_ATTEMPTS: Final = 3
_LOCKS: Final = 730_581
"""First part of the key of the advisory locks of imports."""

_LONG: Final = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"


NICENESS: Final = 10


def _give_way() -> None:
    """Of this thread alone; on Linux each has a priority."""
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


class ImportBusyError(Exception):
    """Another worker has this import; the job comes again later."""


@dataclass(frozen=True)
class Claim:
    """What the worker has to do. `language` is that of who started it."""

    id: int
    kind: ImportKind
    base_id: int | None
    blacklist_id: int | None
    options: Mapping[str, Any]
    file_name: str
    actor: Principal | None
    language: str


class ImportJob:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._database = runtime.database
        self._clock = runtime.clock

    def run(self, job: JobRun) -> Mapping[str, Any]:
        """Returns the state the import ended in. Idempotent: an import that is over stays as it is.

        A thread of its own gives way to whatever else needs the processor: calls come before files.
        """
        with ThreadPoolExecutor(1, initializer=_give_way) as executor:
            return executor.submit(copy_context().run, self._run, job).result()

    def _run(self, job: JobRun) -> Mapping[str, Any]:
        claim = self._claim(int(job.arguments["import_id"]))
        if claim is None:
            return {"state": "over"}
        for attempt in range(MAX_ATTEMPTS):
            try:
                self._load(claim)
            except ImportCancelledError:
                return self._end(claim, "cancelled", None)
            except FileRefused as refused:
                failure = {"code": refused.problem, "message": refused.text, "line": refused.line}
                return self._end(claim, "failed", failure)
            except IntegrityError as error:
                if not isinstance(error.orig, psycopg2.errors.UniqueViolation):
                    raise
                constraint = error.orig.diag.constraint_name
            except psycopg2.errors.UniqueViolation as error:
                constraint = error.diag.constraint_name
            else:
                return {"state": "done"}
            log.warning("contacts.import-collided", constraint=constraint, attempt=attempt)
            if constraint == "uq_contact_bases_name_live":
                message = "Another contact base got this name meanwhile. Import the file again under another name."
                return self._end(claim, "failed", {"code": "name-taken", "message": message})
        message = "Contacts with the same external ids are being added elsewhere. Import the file again later."
        return self._end(claim, "failed", {"code": "collided", "message": message})

    def _claim(self, import_id: int) -> Claim | None:
        """Make the import one that runs; None for one that is over, or has been tried too often."""
        with self._database.transaction() as session:
            run = session.get(ContactImport, import_id, with_for_update=True)
            if run is None or run.state not in UNFINISHED or run.options is None:
                return None
            run.attempts += 1
            run.state, run.started_at = "running", run.started_at or self._clock.now()
            if run.attempts > MAX_ATTEMPTS:
                message = "The import was interrupted several times. Upload the file again; if that fails, divide it."
                self._mark(session, run.id, "failed", {"code": "interrupted", "message": message})
                return None
            user = session.get(User, run.created_by) if run.created_by else None
            actor = Principal(user.id, user.username, "", frozenset()) if user else None
            return Claim(
                run.id,
                run.kind,
                run.base_id,
                run.blacklist_id,
                run.options,
                run.file_name,
                actor,
                user.language if user else "en",
            )

    def _load(self, claim: Claim) -> None:
        with self._database.transaction() as session:
            session.execute(text(_LONG))
            if not session.scalar(select(func.pg_try_advisory_xact_lock(_LOCKS, claim.id))):
                raise ImportBusyError
            parts = open_upload(self._database, claim.id)
            options = self._options(claim)
            rows = Rows(parts, Format(options.encoding, options.delimiter, options.has_header))
            progress = Progress(self._database, self._clock, claim.id, parts)
            progress.report()
            rejects = Rejects(self._database, claim.id, claim.language)
            if isinstance(options, ContactImportStart):
                base_id = self._load_contacts(session, claim, options, rows, progress, rejects)
            else:
                base_id = None
                load_numbers(session, claim.blacklist_id or 0, options, rows, progress, rejects)
                self._record(session, claim, "blacklist", claim.blacklist_id or 0, progress.counts)
            rejects.flush()
            self._finish(session, claim, progress.counts, base_id)
        self._tidy_index()

    def _load_contacts(
        self,
        session: Session,
        claim: Claim,
        options: ContactImportStart,
        rows: Rows,
        progress: Progress,
        rejects: Rejects,
    ) -> int:
        """The base's id."""
        cells = iter(rows)
        first = next(cells, None)
        if first is None:
            raise FileRefused("empty", "The file has no rows. Choose another one.")
        rejects.head(first if options.has_header else [f"column {number + 1}" for number in range(len(first))])
        base = self._base(session, claim, options)
        structure = Structure.of(base.columns)
        sources = options.sources or [column.source for column in options.columns or ()]
        loader = ContactLoader(
            session,
            base.id,
            structure,
            ContactReader(structure, sources, len(first)),
            rows,
            refuse_phones=options.duplicates == "reject",
            progress=progress,
            rejects=rejects,
        )
        loader.load(cells if options.has_header else chain([first], cells), is_new_base=claim.base_id is None)
        if claim.base_id is None:
            base.name = options.name or ""
        base.contact_count = ContactBase.contact_count + progress.counts.accepted
        session.flush()
        tell(session, base.id)
        self._record(session, claim, "contact-base", base.id, progress.counts)
        return base.id

    def _base(self, session: Session, claim: Claim, options: ContactImportStart) -> ContactBase:
        """The base the rows go into. A new one gets its name at the end, so that the name is not locked meanwhile."""
        if claim.base_id is not None:
            base = session.get(ContactBase, claim.base_id)
            if base is None or base.deleted_at is not None:
                raise FileRefused("no-base", "The base was deleted meanwhile.")
            return base
        columns = with_keys([(column.name, column.role) for column in options.columns or ()])
        base = ContactBase(name=f"\x7fimport {claim.id}", columns=columns)
        session.add(base)
        session.flush()
        return base

    def _record(self, session: Session, claim: Claim, subject: str, subject_id: int, counts: Counts) -> None:
        changes = ConfigurationChanges(session, self._runtime, claim.actor)
        after = {"file_name": claim.file_name, "accepted_count": counts.accepted, "read_count": counts.read}
        changes.record(f"{subject}.imported", subject, subject_id, after=after)

    def _finish(self, session: Session, claim: Claim, counts: Counts, base_id: int | None) -> None:
        """The last thing in the transaction. Raises ImportCancelledError when it was cancelled at the last moment."""
        is_running = session.scalar(
            update(ContactImport)
            .where(
                ContactImport.id == claim.id,
                ContactImport.state == "running",
                ContactImport.is_cancel_requested.is_(False),
            )
            .values(
                state="done",
                base_id=base_id,
                done_bytes=ContactImport.size_bytes,
                read_count=counts.read,
                accepted_count=counts.accepted,
                rejected_count=counts.rejected,
                duplicate_count=counts.duplicate,
                finished_at=self._clock.now(),
                touched_at=self._clock.now(),
            )
            .returning(ContactImport.id)
        )
        if is_running is None:
            raise ImportCancelledError
        forget_file(session, claim.id)

    def _tidy_index(self) -> None:
        """Put what the index of searches has only noted down into its place, or the next searches would have to."""
        with self._database.transaction() as session:
            session.execute(text(_LONG))
            session.execute(text("SELECT gin_clean_pending_list('ix_contacts_search')"))

    def _end(self, claim: Claim, state: str, failure: Mapping[str, Any] | None) -> Mapping[str, Any]:
        """Nothing came of it. The file of a failed import stays, so that it can be started again with other options."""
        with self._database.transaction() as session:
            self._mark(session, claim.id, state, failure)
            session.execute(delete(ImportReject).where(ImportReject.import_id == claim.id))
            if state == "cancelled":
                forget_file(session, claim.id)
        return {"state": state}

    def _mark(self, session: Session, import_id: int, state: str, failure: Mapping[str, Any] | None) -> None:
        now = self._clock.now()
        session.execute(
            update(ContactImport)
            .where(ContactImport.id == import_id)
            .values(state=state, failure=failure, accepted_count=0, finished_at=now, touched_at=now)
        )

    @staticmethod
    def _options(claim: Claim) -> ContactImportStart | BlacklistImportStart:
        if claim.kind == "contacts":
            return ContactImportStart.model_validate(claim.options)
        return BlacklistImportStart.model_validate(claim.options)
