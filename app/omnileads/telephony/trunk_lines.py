"""The other sides of the trunks: what asterisk-sync reports, kept until it reports again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from omnileads.telephony.models import SipTrunk, TrunkLine
from omnileads.telephony.schemas.asterisk import LineReport
from omnileads.telephony.schemas.trunks import TrunkLineOut

_UNKNOWN = TrunkLineOut(registration="none", reachability="unknown", round_trip_ms=None, reported_at=None)


def keep_lines(session: Session, reports: Sequence[LineReport], now: datetime) -> None:
    """Keep what was said about each trunk. A trunk that Asterisk does not have (any more) has no line."""
    by_name = {report.trunk: report for report in reports}
    ids = dict(session.execute(select(SipTrunk.name, SipTrunk.id).where(SipTrunk.name.in_(by_name))).all())
    session.execute(delete(TrunkLine).where(TrunkLine.trunk_id.not_in(ids.values())))
    for name, trunk_id in ids.items():
        report = by_name[name]
        values = {
            "registration": report.registration,
            "reachability": report.reachability,
            "round_trip_ms": report.round_trip_ms,
            "reported_at": now,
        }
        statement = insert(TrunkLine).values(trunk_id=trunk_id, **values)
        session.execute(statement.on_conflict_do_update(index_elements=[TrunkLine.trunk_id], set_=values))


def lines_of(session: Session, trunk_ids: Collection[int]) -> dict[int, TrunkLineOut]:
    """A line for each of these trunks."""
    rows = session.scalars(
        select(TrunkLine).where(TrunkLine.trunk_id.in_(trunk_ids)).execution_options(populate_existing=True)
    )
    known = {row.trunk_id: TrunkLineOut.model_validate(row) for row in rows}
    return {trunk_id: known.get(trunk_id, _UNKNOWN) for trunk_id in trunk_ids}
