"""Forms: designed in the console, filled in by agents, and fixed from the day a campaign uses them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from omnileads.crm.models import ExternalSite
from omnileads.forms.errors import FormLocked
from omnileads.forms.models import Form, FormField
from omnileads.forms.schemas import FormCreate, FormFieldIn, FormFieldOut, FormOut
from omnileads.forms.usage import campaigns_of_forms
from omnileads.kit.errors import FieldProblem, ValidationFailed
from omnileads.telephony.items import NamedItems
from omnileads.telephony.usage import Usage, sentence


class Forms(NamedItems[Form, FormCreate, FormOut]):
    kind: ClassVar[str] = "form"
    what: ClassVar[str] = "form"
    row = Form
    request = FormCreate

    def _check(self, request: FormCreate, present: Form | None) -> None:
        if present is not None and self._differs(request, present):
            users = self._users(present)
            if users:
                message = f"{sentence(users)} Answers refer to it as it is: clone it and change the clone."
                raise FormLocked(message)
        problems = [problem for index, field in enumerate(request.fields) for problem in _problems(field, index)]
        problems += _repeated_names(request.fields)
        problems += self._site_problems(request.fields)
        if problems:
            raise ValidationFailed(fields=problems)

    def _differs(self, request: FormCreate, present: Form) -> bool:
        """In more than whether it is hidden."""
        wanted = request.model_dump(exclude={"is_hidden"})
        return wanted != {field: value for field, value in self._snapshot(present).items() if field != "is_hidden"}

    def _site_problems(self, fields: Sequence[FormFieldIn]) -> list[FieldProblem]:
        wanted = {field.external_site_id for field in fields if field.external_site_id is not None}
        statement = select(ExternalSite.id).where(ExternalSite.id.in_(wanted), ExternalSite.trigger == "dynamic-list")
        usable = set(self._session.scalars(statement.with_for_update(read=True, of=ExternalSite)))
        message = "Choose an external site with the trigger dynamic list."
        return [
            FieldProblem(f"fields.{index}.external_site_id", "unknown", message)
            for index, field in enumerate(fields)
            if field.external_site_id is not None and field.external_site_id not in usable
        ]

    def _fill(self, row: Form, request: FormCreate) -> None:
        row.name, row.description, row.is_hidden = request.name, request.description, request.is_hidden
        row.updated_at = func.now()
        if row.fields:
            row.fields.clear()
            self._session.flush()
        row.fields = [FormField(position=index, **field.model_dump()) for index, field in enumerate(request.fields)]

    def _snapshot(self, row: Form) -> dict[str, Any]:
        fields = [{name: getattr(field, name) for name in FormFieldIn.model_fields} for field in row.fields]
        return {"name": row.name, "description": row.description, "fields": fields, "is_hidden": row.is_hidden}

    def _users(self, row: Form) -> list[Usage]:
        return campaigns_of_forms(self._session, [row.id]).get(row.id, [])

    def _searched(self) -> Sequence[InstrumentedAttribute[str]]:
        return (Form.name, Form.description)

    def _answers(self, rows: Sequence[Form]) -> list[FormOut]:
        uses = campaigns_of_forms(self._session, [row.id for row in rows])
        return [
            FormOut(
                id=row.id,
                name=row.name,
                description=row.description,
                fields=[FormFieldOut.model_validate(field) for field in row.fields],
                is_hidden=row.is_hidden,
                is_locked=row.id in uses,
            )
            for row in rows
        ]


def _problems(field: FormFieldIn, index: int) -> list[FieldProblem]:
    """What is missing of a field of its type, and what does not belong to it."""
    needed = {
        "options": (field.type == "list", bool(field.options), "Give the list at least one value."),
        "number_kind": (field.type == "number", field.number_kind is not None, "Say whether it is a whole number."),
        "digits": (
            field.number_kind == "decimal",
            field.digits is not None,
            "Say how many digits there may be after the point.",
        ),
        "external_site_id": (
            field.type == "dynamic-list",
            field.external_site_id is not None,
            "Choose the external site that has the options.",
        ),
    }
    problems = [
        FieldProblem(f"fields.{index}.{name}", "missing", message)
        for name, (is_needed, is_there, message) in needed.items()
        if is_needed and not is_there
    ]
    problems += [
        FieldProblem(f"fields.{index}.{name}", "not-of-type", "A field of this type has none.")
        for name, (is_needed, is_there, _) in needed.items()
        if is_there and not is_needed
    ]
    if len(set(field.options)) < len(field.options):
        problems.append(FieldProblem(f"fields.{index}.options", "repeated", "A value is in the list twice."))
    return problems


def _repeated_names(fields: Sequence[FormFieldIn]) -> list[FieldProblem]:
    """Answers are kept by the name of the field."""
    names = [field.name.lower() for field in fields]
    message = "Another field of this form has this name."
    return [
        FieldProblem(f"fields.{index}.name", "repeated", message)
        for index, name in enumerate(names)
        if name in names[:index]
    ]
