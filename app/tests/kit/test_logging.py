"""Logs are JSON with static names, and personal data is only under `pii`."""

from __future__ import annotations

import ast
import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

import omnileads
from omnileads.kit.logging import PERSONAL_KEYS, configure_logging

PACKAGE = Path(omnileads.__file__).parent
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
EVENT = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


@pytest.fixture
def output() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    configure_logging(process="app", instance="oml-test", level="info", stream=stream)
    yield stream
    configure_logging(process="tests", instance="oml-test", level="info")


def lines(output: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.getvalue().splitlines()]


def test_a_line_is_one_object_with_its_origin(output: io.StringIO) -> None:
    structlog.get_logger("a.module").info("call.bridged", call_id="C1")
    (line,) = lines(output)
    assert line["event"] == "call.bridged"
    assert (line["process"], line["instance"], line["level"], line["logger"]) == ("app", "oml-test", "info", "a.module")
    assert line["time"].endswith("Z")


def test_the_standard_librarys_loggers_write_the_same(output: io.StringIO) -> None:
    logging.getLogger("a.library").warning("slow: %d s", 3)
    (line,) = lines(output)
    assert (line["event"], line["instance"]) == ("slow: 3 s", "oml-test")


def test_below_the_level_nothing_is_written(output: io.StringIO) -> None:
    structlog.get_logger("a.module").debug("call.detail")
    assert output.getvalue() == ""


def test_an_exception_carries_its_traceback(output: io.StringIO) -> None:
    try:
        int("why")
    except ValueError:
        structlog.get_logger("a.module").exception("call.failed")
    (line,) = lines(output)
    assert "ValueError: invalid literal" in line["exception"]


def test_personal_data_is_moved_under_pii(output: io.StringIO) -> None:
    structlog.get_logger("a.module").info("call.entered", number="5551234", call_id="C1", pii={"name": "Ana"})
    (line,) = lines(output)
    assert line["pii"] == {"number": "5551234", "name": "Ana"}
    assert "number" not in line


def log_calls() -> Iterator[tuple[str, ast.Call]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            receiver = node.func.value
            name = receiver.id if isinstance(receiver, ast.Name) else getattr(receiver, "attr", "")
            if node.func.attr in LEVELS and name in ("log", "_log"):
                yield f"{path.relative_to(PACKAGE)}:{node.lineno}", node


def test_every_log_call_has_a_static_dotted_name_and_no_personal_field() -> None:
    wrong: list[str] = []
    seen = 0
    for place, call in log_calls():
        seen += 1
        names = [call.args[0]] if call.args else []
        if names and isinstance(names[0], ast.IfExp):
            names = [names[0].body, names[0].orelse]
        static = [name.value for name in names if isinstance(name, ast.Constant) and isinstance(name.value, str)]
        if not names or len(static) != len(names) or not all(EVENT.fullmatch(name) for name in static):
            wrong.append(f"{place}: the event's name is not a static dotted one")
        wrong += [f"{place}: {word.arg} belongs under pii" for word in call.keywords if word.arg in PERSONAL_KEYS]
    assert wrong == []
    assert seen > 20
