"""The other sides of the trunks: what asterisk-sync reports, kept until it reports again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from omnileads.telephony.models import SipTrunk, TrunkLine
from omnileads.telephony.schemas.asterisk import LineReport
from omnileads.telephony.schemas.trunks import TrunkLineOut

_SILENCE: Final = timedelta(minutes=5)
"""An Asterisk repeats each minute what it knows: one that has not for so long is gone."""

_REACHABILITIES: Final = ("unreachable", "unknown", "reachable")
_REGISTRATIONS: Final = ("registered", "rejected", "unregistered", "none")

_UNKNOWN = TrunkLineOut(registration="none", reachability="unknown", round_trip_ms=None, reported_at=None)


def keep_lines(session: Session, node: str, reports: Sequence[LineReport], now: datetime) -> None:
    """Keep what an Asterisk said about each trunk. One that it does not have (any more) has no line of it."""
    by_name = {report.trunk: report for report in reports}
    ids = dict(session.execute(select(SipTrunk.name, SipTrunk.id).where(SipTrunk.name.in_(by_name))).all())
    is_its_own = (TrunkLine.node == node) & TrunkLine.trunk_id.not_in(ids.values())
    session.execute(delete(TrunkLine).where(or_(is_its_own, TrunkLine.reported_at < now - _SILENCE)))
    for name, trunk_id in ids.items():
        report = by_name[name]
        values = {
            "registration": report.registration,
            "reachability": report.reachability,
            "round_trip_ms": report.round_trip_ms,
            "reported_at": now,
        }
        statement = insert(TrunkLine).values(trunk_id=trunk_id, node=node, **values)
        keys = [TrunkLine.trunk_id, TrunkLine.node]
        session.execute(statement.on_conflict_do_update(index_elements=keys, set_=values))


def lines_of(session: Session, trunk_ids: Collection[int]) -> dict[int, TrunkLineOut]:
    """A line for each of these trunks. Of several Asterisks one registers; it is as far away as for the nearest."""
    rows = session.scalars(
        select(TrunkLine).where(TrunkLine.trunk_id.in_(trunk_ids)).execution_options(populate_existing=True)
    )
    by_trunk: dict[int, list[TrunkLine]] = {}
    for row in rows:
        by_trunk.setdefault(row.trunk_id, []).append(row)
    return {trunk_id: _joined(by_trunk.get(trunk_id, [])) for trunk_id in trunk_ids}


def _joined(lines: Sequence[TrunkLine]) -> TrunkLineOut:
    """The worst that any of them says of reaching the other side: calls of that Asterisk do not go out."""
    if not lines:
        return _UNKNOWN
    worst = min(lines, key=lambda line: (_REACHABILITIES.index(line.reachability), -(line.round_trip_ms or 0)))
    return TrunkLineOut(
        registration=min((line.registration for line in lines), key=_REGISTRATIONS.index),
        reachability=worst.reachability,
        round_trip_ms=worst.round_trip_ms,
        reported_at=max(line.reported_at for line in lines),
    )
