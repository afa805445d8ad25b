"""SIP trunks: kept as wizard text that has passed `telephony.wizard`, and followed until Asterisk runs them."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from omnileads.kit.changes import ConfigurationChanges, patched
from omnileads.kit.db import constraint_errors
from omnileads.kit.errors import NotFound, ValidationFailed
from omnileads.kit.pagination import Page, PageQuery, contains, page_of, paginate
from omnileads.telephony.errors import TrunkNameTaken, WizardTextRefused
from omnileads.telephony.models import SipTrunk
from omnileads.telephony.schemas.destinations import UserOut
from omnileads.telephony.schemas.trunks import SyncOut, TrunkCreate, TrunkLineOut, TrunkOut, TrunkPatch
from omnileads.telephony.trunk_lines import lines_of
from omnileads.telephony.usage import refuse_while_used, users_of_trunk
from omnileads.telephony.wizard import check

RESERVED_NAMES: Final = frozenset(
    {"agents", "general", "global", "kamailio", "system", "transport", "trunk", "wizard", "acl"}
)
"""Sections of Asterisk's own configuration."""


class Trunks:
    def __init__(self, session: Session, changes: ConfigurationChanges) -> None:
        self._session = session
        self._changes = changes

    def page(self, query: PageQuery) -> Page[TrunkOut]:
        statement = select(SipTrunk).order_by(func.lower(SipTrunk.name))
        if query.search:
            statement = statement.where(SipTrunk.name.ilike(contains(query.search), escape="\\"))
        rows, total = paginate(self._session, statement, query)
        lines = lines_of(self._session, [trunk.id for trunk in rows])
        return page_of(rows, total, query, lambda trunk: _present(trunk, lines[trunk.id]))

    def one(self, trunk_id: int) -> TrunkOut:
        """Raises NotFound. With `used_by`."""
        return self._shown(self._trunk(trunk_id))

    def create(self, request: TrunkCreate) -> TrunkOut:
        _check(request)
        trunk = SipTrunk(**request.model_dump(), sync_state="pending", sync_message="")
        with constraint_errors(self._session, {"uq_sip_trunks_name": TrunkNameTaken()}):
            self._session.add(trunk)
        self._changes.record("trunk.created", "trunk", trunk.id, after=_snapshot(trunk))
        return self._shown(trunk)

    def change(self, trunk_id: int, patch: TrunkPatch) -> TrunkOut:
        """Change the trunk; what Asterisk reads of it having changed, it is pending again."""
        trunk = self._trunk(trunk_id)
        before, was_rendered = _snapshot(trunk), (trunk.name, trunk.wizard_text)
        current = TrunkCreate.model_construct(
            name=trunk.name,
            max_channels=trunk.max_channels,
            caller_id=trunk.caller_id,
            wizard_text=trunk.wizard_text,
        )
        request = patched(current, patch)
        _check(request)
        with constraint_errors(self._session, {"uq_sip_trunks_name": TrunkNameTaken()}):
            for field, value in request.model_dump().items():
                setattr(trunk, field, value)
            if (trunk.name, trunk.wizard_text) != was_rendered:
                trunk.sync_state, trunk.sync_message = "pending", ""
        self._changes.record("trunk.changed", "trunk", trunk.id, before=before, after=_snapshot(trunk))
        return self._shown(trunk)

    def delete(self, trunk_id: int) -> None:
        """Raises NotFound, InUse."""
        trunk = self._trunk(trunk_id)
        refuse_while_used(users_of_trunk(self._session, trunk_id), "Take it out there first.")
        self._session.delete(trunk)
        self._session.flush()
        self._changes.record("trunk.deleted", "trunk", trunk_id, before=_snapshot(trunk))

    def _shown(self, trunk: SipTrunk) -> TrunkOut:
        users = [UserOut.model_validate(user) for user in users_of_trunk(self._session, trunk.id)]
        shown = _present(trunk, lines_of(self._session, [trunk.id])[trunk.id])
        return shown.model_copy(update={"used_by": users})

    def _trunk(self, trunk_id: int) -> SipTrunk:
        trunk = self._session.get(SipTrunk, trunk_id, with_for_update=True)
        if trunk is None:
            raise NotFound
        return trunk


def _check(request: TrunkCreate) -> None:
    if request.name.lower() in RESERVED_NAMES:
        raise ValidationFailed.of("name", "reserved", "Asterisk uses this name itself. Choose another one.")
    problems = check(request.wizard_text).problems
    if problems:
        raise WizardTextRefused(problems)


def _present(trunk: SipTrunk, line: TrunkLineOut) -> TrunkOut:
    return TrunkOut(
        id=trunk.id,
        name=trunk.name,
        max_channels=trunk.max_channels,
        caller_id=trunk.caller_id,
        wizard_text=trunk.wizard_text,
        sync=SyncOut(state=trunk.sync_state, message=trunk.sync_message),
        line=line,
    )


def _snapshot(trunk: SipTrunk) -> dict[str, Any]:
    """The trunk for the audit log, which is read by people who need not know its passwords."""
    lines = (_without_secret(line) for line in trunk.wizard_text.splitlines())
    return {
        "name": trunk.name,
        "max_channels": trunk.max_channels,
        "caller_id": trunk.caller_id,
        "wizard_text": "\n".join(lines),
    }


def _without_secret(line: str) -> str:
    key, separator, _ = line.partition("=")
    is_secret = key.strip().endswith(("/password", "/md5_cred"))
    return f"{key}{separator}********" if is_secret else line
