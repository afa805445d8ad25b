"""What the agents of a campaign may see and change of a contact. Pure; the one place that says so.

A hidden column does not exist for agents: it is not answered, not searched and not taken. A locked one is shown and
kept as it is. A required one has to be filled in, unless the agent cannot. The main phone is never hidden.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from omnileads.campaigns.rules.contacts import main_phone
from omnileads.campaigns.schemas.parts import FieldRule
from omnileads.contacts.models import Column
from omnileads.kit.errors import FieldProblem

_FREE = FieldRule()


class Restrictions:
    """`rules` are a campaign's `field_rules`, by column key."""

    def __init__(self, columns: Sequence[Column], rules: Mapping[str, Any]) -> None:
        self._columns = columns
        self._rules = {key: FieldRule.model_validate(rule) for key, rule in rules.items()}
        main = main_phone(columns)
        if main is not None:
            self._rules[main] = self.rule(main).model_copy(update={"hidden": False})

    def rule(self, key: str) -> FieldRule:
        return self._rules.get(key, _FREE)

    @property
    def visible(self) -> list[Column]:
        return [column for column in self._columns if not self.rule(column["key"]).hidden]

    @property
    def hides(self) -> bool:
        """Whether anything is hidden."""
        return len(self.visible) < len(self._columns)

    def sees(self, key: str) -> bool:
        return any(column["key"] == key for column in self.visible)

    def shown(self, values: Mapping[str, str]) -> dict[str, str]:
        return {column["key"]: values.get(column["key"], "") for column in self.visible}

    def problems_of_new(self, values: Mapping[str, str]) -> list[FieldProblem]:
        """Why these values cannot make a contact. A locked column is filled in once, now."""
        hidden = [self._hidden(key) for key in values if self.rule(key).hidden]
        return [*hidden, *self._missing(values, self.visible)]

    def problems_of_change(self, present: Mapping[str, str], changes: Mapping[str, str]) -> list[FieldProblem]:
        """Why the values cannot be changed so. To send a locked value as it is changes nothing and is accepted."""
        problems: list[FieldProblem] = []
        for column in self._columns:
            key = column["key"]
            if key not in changes:
                continue
            if self.rule(key).hidden:
                problems.append(self._hidden(key))
            elif self.rule(key).locked and changes[key].strip() != present.get(key, ""):
                message = f'"{column["name"]}" is locked in this campaign and cannot be changed.'
                problems.append(FieldProblem(f"values.{key}", "locked", message))
        fillable = [column for column in self.visible if not self.rule(column["key"]).locked]
        return [*problems, *self._missing({**present, **changes}, fillable)]

    def _hidden(self, key: str) -> FieldProblem:
        return FieldProblem(f"values.{key}", "hidden", f'"{key}" is no column for the agents of this campaign.')

    def _missing(self, values: Mapping[str, str], columns: Sequence[Column]) -> list[FieldProblem]:
        return [
            FieldProblem(f"values.{column['key']}", "required", f'"{column["name"]}" has to be filled in.')
            for column in columns
            if self.rule(column["key"]).required and not values.get(column["key"], "").strip()
        ]
