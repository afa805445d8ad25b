"""What can go wrong with contact bases, contacts, imports and do-not-call lists."""

from __future__ import annotations

from collections.abc import Sequence

from omnileads.agents.names import listed
from omnileads.kit.errors import Conflict, FieldProblem, ValidationFailed


class BaseNameTaken(ValidationFailed):
    def __init__(self) -> None:
        super().__init__(fields=[FieldProblem("name", "taken", "Another contact base has this name.")])


class BlacklistNameTaken(ValidationFailed):
    def __init__(self) -> None:
        super().__init__(fields=[FieldProblem("name", "taken", "Another do-not-call list has this name.")])


class ExternalIdTaken(ValidationFailed):
    def __init__(self, key: str) -> None:
        message = "Another contact of this base has this external id."
        super().__init__(fields=[FieldProblem(f"values.{key}", "taken", message)])


class StructureFixed(Conflict):
    code = "structure-fixed"
    message = "The columns cannot change any more, because the base has contacts. Make another base."


class BaseInUse(Conflict):
    """Field `campaigns` names each campaign that uses it, the first twenty of them."""

    code = "base-in-use"

    def __init__(self, campaigns: Sequence[str]) -> None:
        super().__init__(
            f"Campaigns use this base: {listed(campaigns)}. Give them another one first.",
            fields=[
                FieldProblem("campaigns", "in-use", f'The campaign "{name}" uses this base.') for name in campaigns[:20]
            ],
        )


class BaseNotEmpty(Conflict):
    code = "base-not-empty"
    message = "The base has contacts, so it cannot be deleted. Hide it instead."


class BaseBusy(Conflict):
    code = "base-busy"
    message = "A file is being imported into this base. Wait until that is done, or cancel it."


class ImportNotStartable(Conflict):
    code = "import-not-startable"
    message = "This import was started already. Upload the file again to import it once more."


class ImportNotCancellable(Conflict):
    code = "import-not-cancellable"
    message = "This import is over. What it brought stays."


class FileRefused(ValidationFailed):
    """The uploaded file cannot be imported; field `file`. Codes are those of `csv_file`."""

    def __init__(self, code: str, message: str, line: int | None = None) -> None:
        place = "" if line is None else f"line {line}: "
        super().__init__(message, fields=[FieldProblem("file", code, f"{place}{message}")])
        self.problem = code
        self.line = line
