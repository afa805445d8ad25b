"""Rules about when a dialer campaign dials, and what it does with calls that came to nothing."""

from __future__ import annotations

from omnileads.campaigns.rules.asking import Asking, Problems
from omnileads.campaigns.schemas import DialerCampaign
from omnileads.kit.errors import FieldProblem


def problems(asking: Asking) -> Problems:
    request = asking.request
    if not isinstance(request, DialerCampaign):
        return []
    found = _rule_problems(request)
    if request.ends_on < request.starts_on:
        found.append(FieldProblem("ends_on", "before-start", "The last day cannot be before the first one."))
    if request.closes_at <= request.opens_at:
        found.append(FieldProblem("closes_at", "before-opening", "Dialling must end after it begins, on the same day."))
    for index, weekday in enumerate(request.weekdays):
        if weekday in request.weekdays[:index]:
            found.append(FieldProblem(f"weekdays.{index}", "repeated", "This day is in the list twice. Remove one."))
    if request.machine_audio_id is not None and not request.detect_machines:
        message = "The message for machines is only played when machines are detected."
        found.append(FieldProblem("machine_audio_id", "not-detected", message))
    return found


def _rule_problems(request: DialerCampaign) -> Problems:
    options = {option.name.casefold() for option in request.dispositions}
    found: Problems = []
    causes: set[tuple[str | None, str | None]] = set()
    for index, rule in enumerate(request.incidence_rules):
        disposition = rule.disposition.casefold() if rule.disposition is not None else None
        part = "outcome" if disposition is None else "disposition"
        if (rule.outcome, disposition) in causes:
            found.append(FieldProblem(f"incidence_rules.{index}.{part}", "repeated", "Another rule is about this."))
        if disposition is not None and disposition not in options:
            message = "The campaign has no disposition of this name."
            found.append(FieldProblem(f"incidence_rules.{index}.disposition", "unknown", message))
        causes.add((rule.outcome, disposition))
    return found
