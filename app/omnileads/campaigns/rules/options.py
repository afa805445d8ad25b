"""Rules about disposition options."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import select

from omnileads.campaigns.models import DispositionOption
from omnileads.campaigns.rules.asking import Asking, Problems
from omnileads.campaigns.schemas import DispositionOptionIn
from omnileads.dispositions.models import Disposition, DispositionChange
from omnileads.forms.models import Form
from omnileads.kit.errors import FieldProblem

RESERVED_OPTION_NAMES: Final = frozenset({"agenda", "callback"})
"""They mean "call again" everywhere in reports, so only an option of kind "callback" may be called so."""


def problems(asking: Asking) -> Problems:
    options = asking.request.dispositions
    present = {option.id: option for option in asking.campaign.disposition_options} if asking.campaign else {}
    found: Problems = []
    names: set[str] = set()
    ids: set[int] = set()
    for index, option in enumerate(options):
        name = option.name.casefold()
        if name in names:
            found.append(_at(index, "name", "repeated", "Another option of this campaign has this name."))
        if name in RESERVED_OPTION_NAMES and option.kind != "callback":
            found.append(_at(index, "name", "reserved", 'This name is kept for options of kind "callback".'))
        if option.id is not None and (option.id not in present or option.id in ids):
            found.append(_at(index, "id", "unknown", "This option is not one of the campaign's. Leave its id out."))
        names.add(name)
        ids.add(option.id or 0)
    if not any(not option.is_hidden for option in options):
        found.append(FieldProblem("dispositions", "missing", "Agents need at least one option that is not hidden."))
    return [
        *found,
        *_subdisposition_problems(options),
        *_form_problems(asking, present),
        *_removed_option_problems(asking, present, ids),
    ]


def _at(index: int, part: str, code: str, message: str) -> FieldProblem:
    return FieldProblem(f"dispositions.{index}.{part}", code, message)


def _subdisposition_problems(options: Collection[DispositionOptionIn]) -> Problems:
    return [
        _at(index, f"subdispositions.{place}", "repeated", "This option has this sub-disposition twice. Remove one.")
        for index, option in enumerate(options)
        for place, name in enumerate(option.subdispositions)
        if name.casefold() in {earlier.casefold() for earlier in option.subdispositions[:place]}
    ]


def _form_problems(asking: Asking, present: dict[int, DispositionOption]) -> Problems:
    """Locks the forms against being deleted until the transaction ends."""
    request = asking.request
    wanted = {option.form_id for option in request.dispositions if option.form_id is not None}
    statement = select(Form).where(Form.id.in_(wanted)).with_for_update(read=True, of=Form)
    forms = {form.id: form for form in asking.session.scalars(statement)} if wanted else {}
    found: Problems = []
    for index, option in enumerate(request.dispositions):
        before = present.get(option.id or 0)
        if option.form_id is None:
            if option.kind == "engaged" and request.interaction != "external-site" and not _was_without_form(before):
                found.append(_at(index, "form_id", "missing", "Choose the form this option opens."))
        elif option.kind != "engaged":
            found.append(_at(index, "form_id", "not-engaged", 'Only an option of kind "engaged" opens a form.'))
        elif option.form_id not in forms:
            found.append(_at(index, "form_id", "unknown", "This form does not exist. Choose another one."))
        elif forms[option.form_id].is_hidden and (before is None or before.form_id != option.form_id):
            found.append(_at(index, "form_id", "hidden", "This form is hidden. Show it again or choose another one."))
    return found


def _was_without_form(option: DispositionOption | None) -> bool:
    """Options from before there were forms may stay as they are."""
    return option is not None and option.kind == "engaged" and option.form_id is None


def _removed_option_problems(asking: Asking, present: dict[int, DispositionOption], kept: Collection[int]) -> Problems:
    removed = [option_id for option_id in present if option_id not in kept]
    if not removed:
        return []
    used: set[int] = set()
    for table in (Disposition, DispositionChange):
        used |= set(asking.session.scalars(select(table.option_id).where(table.option_id.in_(removed)).distinct()))
    return [
        FieldProblem("dispositions", "in-use", f'"{present[option_id].name}" was used and cannot be removed. Hide it.')
        for option_id in removed
        if option_id in used
    ]
