"""The limit on a whole file."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from omnileads.contacts.errors import FileRefused
from omnileads.contacts.models import ContactImport
from omnileads.contacts.uploads import Uploads
from omnileads.kit.runtime import Runtime


def test_a_file_larger_than_the_setting_is_refused(session: Session, runtime: Runtime) -> None:
    now = runtime.clock.now()
    run = ContactImport(kind="contacts", state="uploading", file_name="x.csv", created_at=now, touched_at=now)
    session.add(run)
    session.flush()
    uploads = Uploads(session, runtime.clock, limit_bytes=2 * 1024 * 1024)
    for position in range(2):
        uploads.add_part(run, position, b"1" * 1024 * 1024)
    uploads.add_part(run, 1, b"2" * 1024 * 1024)
    assert run.size_bytes == 2 * 1024 * 1024
    with pytest.raises(FileRefused, match="larger than 2 MB"):
        uploads.add_part(run, 2, b"1")
