"""A change of configuration: written to the audit log and announced to the readers of the configuration."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy.orm import Session

from omnileads.kit.audit import AuditLog, Snapshot
from omnileads.kit.errors import ValidationFailed
from omnileads.kit.http import field_problems
from omnileads.kit.permissions import Principal
from omnileads.kit.revision import bump_config_revision
from omnileads.kit.runtime import Runtime

B = TypeVar("B", bound=BaseModel)


class ConfigurationChanges:
    """Records the changes of one transaction. `actor` is null for the system and for `oml` on the server."""

    def __init__(self, session: Session, runtime: Runtime, actor: Principal | None) -> None:
        self._session = session
        self._runtime = runtime
        self._actor = actor

    def record(
        self,
        action: str,
        subject_type: str,
        subject_id: int,
        *,
        before: Snapshot | None = None,
        after: Snapshot | None = None,
    ) -> None:
        """Call it after the change is flushed, so that its conflicts come first. Snapshots as in `AuditLog.record`."""
        AuditLog(self._session, self._runtime.clock).record(
            action, subject_type, subject_id, actor=self._actor, before=before, after=after
        )
        bump_config_revision(self._session, self._runtime.redis)


def patched(current: B, patch: BaseModel) -> B:
    """`current` with the fields that were sent in `patch`, validated as a whole as if it had been sent whole.

    So a patch obeys the very rules of a creation. Raises ValidationFailed.
    """
    try:
        return type(current).model_validate({**current.model_dump(), **patch.model_dump(exclude_unset=True)})
    except ValidationError as error:
        raise ValidationFailed(fields=field_problems(error.errors(include_url=False))) from None
