"""What can go wrong with trunks, inbound routes and audio files."""

from __future__ import annotations

from collections.abc import Iterable

from omnileads.kit.errors import FieldProblem, ValidationFailed
from omnileads.telephony.wizard import Problem


class TrunkNameTaken(ValidationFailed):
    def __init__(self) -> None:
        super().__init__(fields=[FieldProblem("name", "taken", "Another trunk has this name.")])


class WizardTextRefused(ValidationFailed):
    """Codes are "wizard-" and the code of the problem."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__(
            fields=[FieldProblem("wizard_text", f"wizard-{problem.code}", str(problem)) for problem in problems]
        )


class DidTaken(ValidationFailed):
    def __init__(self) -> None:
        super().__init__(fields=[FieldProblem("did", "taken", "Another inbound route has this number.")])


class AudioNameTaken(ValidationFailed):
    def __init__(self) -> None:
        super().__init__(fields=[FieldProblem("name", "taken", "Another audio file has this name.")])


class AudioRefused(ValidationFailed):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(fields=[FieldProblem("file", code, message)])
