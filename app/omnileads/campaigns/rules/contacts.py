"""Rules about the contact base and its columns."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from omnileads.campaigns.rules.asking import Asking, Problems
from omnileads.campaigns.schemas import PreviewCampaign
from omnileads.campaigns.script import hidden_fields, unknown_fields
from omnileads.contacts.models import Column, ContactBase
from omnileads.kit.errors import FieldProblem

_MISSING = "Choose the contact base this campaign works with."
_UNKNOWN = "This contact base does not exist. Choose another one."
_HIDDEN = "This contact base is hidden. Show it again or choose another one."


def base_of(asking: Asking) -> ContactBase | None:
    """The base of the request, locked against being deleted until the transaction ends."""
    base_id = asking.request.contact_base_id
    if base_id is None:
        return None
    return asking.session.scalar(
        select(ContactBase)
        .where(ContactBase.id == base_id, ContactBase.deleted_at.is_(None))
        .with_for_update(read=True, of=ContactBase)
    )


def main_phone(columns: Sequence[Column]) -> str | None:
    """Key of the column that is called first."""
    return next((column["key"] for column in columns if column["role"] == "phone"), None)


def problems(asking: Asking) -> Problems:
    request = asking.request
    base = base_of(asking)
    is_kept = asking.campaign is not None and asking.campaign.contact_base_id == request.contact_base_id
    if request.contact_base_id is None:
        needs = request.kind in ("preview", "dialer")
        found = [FieldProblem("contact_base_id", "missing", _MISSING)] if needs else []
    elif base is None:
        return [FieldProblem("contact_base_id", "unknown", _UNKNOWN)]
    else:
        found = [FieldProblem("contact_base_id", "hidden", _HIDDEN)] if base.is_hidden and not is_kept else []
    columns = base.columns if base is not None else []
    return [
        *found,
        *_field_rule_problems(asking, columns),
        *_deactivation_problems(asking, columns),
        *_script_problems(asking, columns),
    ]


def _script_problems(asking: Asking, columns: Sequence[Column]) -> Problems:
    """Every `{{field}}` of the script is a column of the base that agents may see."""
    request = asking.request
    unknown = unknown_fields(request.script, columns)
    if unknown and not columns:
        message = (
            f'There is no contact base whose values could stand at "{_braced(unknown)}". Choose one, or remove them.'
        )
        return [FieldProblem("script", "no-base", message)]
    if unknown:
        valid = _braced([column["key"] for column in columns])
        message = f'The contact base has no column "{_braced(unknown)}". These can be used: "{valid}".'
        return [FieldProblem("script", "unknown-column", message)]
    hidden = {key for key, rule in request.field_rules.items() if rule.hidden}
    shown = hidden_fields(request.script, columns, hidden)
    if shown:
        message = f'Agents may not see "{_braced(shown)}". Remove it from the script, or show the column.'
        return [FieldProblem("script", "hidden-column", message)]
    return []


def _braced(fields: Sequence[str]) -> str:
    return ", ".join(f"{{{{{field}}}}}" for field in fields)


def _field_rule_problems(asking: Asking, columns: Sequence[Column]) -> Problems:
    keys = {column["key"] for column in columns}
    main = main_phone(columns)
    found: Problems = []
    for key, rule in asking.request.field_rules.items():
        place = f"field_rules.{key}"
        if key not in keys:
            found.append(FieldProblem(place, "unknown", "The contact base has no such column. Remove this rule."))
        if key == main and rule.hidden:
            found.append(FieldProblem(f"{place}.hidden", "main-phone", "The main phone cannot be hidden."))
        if rule.hidden and not rule.locked:
            found.append(FieldProblem(f"{place}.locked", "hidden", "A hidden column must be locked, too."))
        if rule.hidden and rule.required:
            message = "Agents cannot fill in a column they do not see. Show it, or do not require it."
            found.append(FieldProblem(f"{place}.required", "hidden", message))
    return found


def _deactivation_problems(asking: Asking, columns: Sequence[Column]) -> Problems:
    request = asking.request
    if not isinstance(request, PreviewCampaign) or request.deactivation_column is None:
        return []
    roles = {column["key"]: column["role"] for column in columns}
    role = roles.get(request.deactivation_column)
    if role is None:
        return [FieldProblem("deactivation_column", "unknown", "The contact base has no such column.")]
    if role != "data":
        message = "Choose a data column; a phone or the external id cannot switch a contact off."
        return [FieldProblem("deactivation_column", "not-data", message)]
    return []
