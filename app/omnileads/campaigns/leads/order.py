"""The order of a campaign's leads as CSV: written as a stream, read back whole before anything changes.

The file has a line for each lead that is not finished: `contact_id`, `phone`, and the deactivation column where there
is one. Leads in the file come in its order before those that are not in it; another deactivation value is written to
the contact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from sqlalchemy import Select, any_, column, func, literal, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT
from sqlalchemy.orm import Session

from omnileads.campaigns.errors import OrderRefused
from omnileads.campaigns.leads.filling import place_of, plan_of, read_enabled
from omnileads.campaigns.models import Campaign, Lead
from omnileads.contacts import terms
from omnileads.contacts.columns import Structure
from omnileads.contacts.csv_file import BYTE_ORDER_MARK, Parts, Rows, csv_lines, detect
from omnileads.contacts.models import Contact, ContactBase
from omnileads.kit.db import Database
from omnileads.kit.errors import FieldProblem

MAX_ORDER_BYTES: Final = 64 * 1024 * 1024
MAX_ORDER_LINES: Final = 100_000
"""More would keep the request waiting for minutes. Nobody needs more: what the file leaves out comes after it."""
MOST_PROBLEMS: Final = 50
"""Problems told of a file; more would only be repetition."""
_AT_ONCE: Final = 50_000
_CONTACTS_AT_ONCE: Final = 2_000
_LINES_AT_ONCE: Final = 5_000
_SAMPLE_BYTES: Final = 64 * 1024
_LONGEST_ID: Final = 18


@dataclass(frozen=True, slots=True)
class OrderLine:
    """`number` is the line's in the file, where the first names the columns."""

    number: int
    contact_id: int
    deactivation: str | None


def export_order(database: Database, campaign_id: int) -> Iterator[bytes]:
    """The file in pieces. Each is read in a transaction of its own, so a slow reader holds nothing open."""
    after: tuple[int, int] | None = None
    with database.transaction() as session:
        campaign = session.get_one(Campaign, campaign_id)
        base, place = _base(session, campaign)
        head = ["contact_id", "phone", *([base.columns[place - 1]["key"]] if place is not None else [])]
    yield (BYTE_ORDER_MARK + csv_lines([head])).encode()
    while True:
        with database.transaction() as session:
            rows = session.execute(_following(campaign_id, after)).all()
        if not rows:
            return
        yield csv_lines(
            [str(row.contact_id), row.phone, *([row.values[place - 1]] if place is not None else [])] for row in rows
        ).encode()
        after = (rows[-1].position, rows[-1].id)


def import_order(session: Session, campaign: Campaign, parts: Iterator[bytes]) -> int:
    """Put the leads in the file's order. Returns how many it names.

    Raises OrderRefused or FileRefused, and then nothing is changed.
    """
    base, place = _base(session, campaign)
    session.execute(text("SET LOCAL statement_timeout = 0"))
    lines = _read(parts, base.columns[place - 1]["key"] if place is not None else None)
    _refuse_unknown(session, campaign.id, lines)
    ids = [line.contact_id for line in lines]
    first = session.scalar(select(func.min(Lead.position)).where(Lead.campaign_id == campaign.id)) or 0
    for start in range(0, len(ids), _AT_ONCE):
        _write_positions(session, campaign.id, ids[start : start + _AT_ONCE], first - len(ids) + start)
    plan = plan_of(session, campaign.id)
    if place is not None and plan is not None and _write_values(session, base, place, lines):
        read_enabled(session, plan)
    return len(ids)


def _base(session: Session, campaign: Campaign) -> tuple[ContactBase, int | None]:
    base = session.get_one(ContactBase, campaign.contact_base_id)
    return base, place_of(base.columns, campaign.deactivation_column)


def _following(campaign_id: int, after: tuple[int, int] | None) -> Select[int, int, int, str, list[str]]:
    statement = (
        select(Lead.id, Lead.position, Lead.contact_id, Contact.phone, Contact.values)
        .join(Contact, Contact.id == Lead.contact_id)
        .where(Lead.campaign_id == campaign_id, Lead.state != "finished")
        .order_by(Lead.position, Lead.id)
        .limit(_LINES_AT_ONCE)
    )
    if after is None:
        return statement
    return statement.where(tuple_(Lead.position, Lead.id) > after)


def _read(parts: Iterator[bytes], deactivation: str | None) -> list[OrderLine]:
    """The lines of the file. Raises OrderRefused with a problem for each line that is wrong, FileRefused."""
    sample = next(parts, b"")
    rows = Rows(Parts(_chained(sample, parts)), detect(sample[:_SAMPLE_BYTES], is_whole=len(sample) <= _SAMPLE_BYTES))
    cells = iter(rows)
    head = [cell.strip() for cell in next(cells, [])]
    if "contact_id" not in head:
        message = 'The first line must name the columns, and one of them must be "contact_id".'
        raise OrderRefused(fields=[_problem(1, "no-contact-id", message)])
    value_place = head.index(deactivation) if deactivation in head else None
    return _lines(rows, cells, head.index("contact_id"), value_place)


def _chained(first: bytes, parts: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from parts


def _lines(rows: Rows, cells: Iterator[list[str]], place: int, value_place: int | None) -> list[OrderLine]:
    lines: list[OrderLine] = []
    seen: set[int] = set()
    problems: list[FieldProblem] = []
    for row in cells:
        cell = row[place].strip() if place < len(row) else ""
        if not (cell.isascii() and cell.isdigit() and len(cell) <= _LONGEST_ID):
            problems.append(_problem(rows.line, "not-a-number", "contact_id is not a number."))
        elif int(cell) in seen:
            problems.append(_problem(rows.line, "repeated", f'Contact "{cell}" is in the file twice.'))
        else:
            seen.add(int(cell))
            value = row[value_place] if value_place is not None and value_place < len(row) else None
            lines.append(OrderLine(rows.line, int(cell), value))
        if len(lines) > MAX_ORDER_LINES:
            message = (
                f'The file has more than "{MAX_ORDER_LINES}" contacts. Leave those in it that come first; '
                "the others follow in the order they have."
            )
            raise OrderRefused(fields=[_problem(rows.line, "too-many", message)])
        if len(problems) >= MOST_PROBLEMS:
            break
    if problems:
        raise OrderRefused(fields=problems)
    return lines


def _problem(number: int, code: str, message: str) -> FieldProblem:
    return FieldProblem(f"lines.{number}", code, f"line {number}: {message}")


def _refuse_unknown(session: Session, campaign_id: int, lines: Sequence[OrderLine]) -> None:
    """Locks the leads it names, so that none is finished or removed while the order is written."""
    wanted = literal([line.contact_id for line in lines], ARRAY(BIGINT))
    statement = (
        select(Lead.contact_id)
        .where(Lead.campaign_id == campaign_id, Lead.contact_id == any_(wanted), Lead.state != "finished")
        .order_by(Lead.id)
        .with_for_update()
    )
    known = set(session.scalars(statement))
    problems = [
        _problem(line.number, "unknown", f'The campaign has no contact "{line.contact_id}" that is still to be worked.')
        for line in islice((line for line in lines if line.contact_id not in known), MOST_PROBLEMS)
    ]
    if problems:
        raise OrderRefused(fields=problems)


def _write_positions(session: Session, campaign_id: int, ids: Sequence[int], first: int) -> None:
    wanted = (
        func.unnest(literal(list(ids), ARRAY(BIGINT)))
        .table_valued(column("contact_id", BIGINT), with_ordinality="place")
        .render_derived(name="wanted")
    )
    session.execute(
        update(Lead)
        .where(Lead.campaign_id == campaign_id, Lead.contact_id == wanted.c.contact_id)
        .values(position=first + wanted.c.place - 1)
        .execution_options(synchronize_session=False)
    )


def _write_values(session: Session, base: ContactBase, place: int, lines: Sequence[OrderLine]) -> bool:
    """Change the deactivation value of the contacts whose line has another one, and what searches find them by.

    Returns whether there was any.
    """
    is_changed = False
    wanted = {line.contact_id: line.deactivation for line in lines if line.deactivation is not None}
    structure = Structure.of(base.columns)
    ids = list(wanted)
    for start in range(0, len(ids), _CONTACTS_AT_ONCE):
        batch = ids[start : start + _CONTACTS_AT_ONCE]
        for contact in session.scalars(select(Contact).where(Contact.id.in_(batch)).order_by(Contact.id)):
            value = (wanted[contact.id] or "").strip()
            if contact.values[place - 1] == value:
                continue
            values = list(contact.values)
            values[place - 1] = value
            contact.values = values
            is_changed = True
            contact.search = terms.vector(base.id, [values[index] for index in structure.data], contact.phones)
        session.flush()
        session.expunge_all()
    return is_changed
