"""JSON logs on standard output, one object per line.

`event` is a static dotted name (`call.bridged`), what varies goes into fields. Phone numbers, names, digits and message
text are personal data and may only be fields of `pii`: `log.info("call.entered", call_id=..., pii={"number": ...})`.
Personal keys at the top level are moved there, so a slip does not leak past a filter on `pii`; a test finds the slip.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Final, TextIO

import structlog

PERSONAL_KEYS: Final = frozenset(
    {
        "name",
        "first_name",
        "last_name",
        "username",
        "email",
        "number",
        "phone",
        "caller_id",
        "did",
        "digits",
        "text",
        "peer",
    }
)


def configure_logging(*, process: str, instance: str, level: str, stream: TextIO | None = None) -> None:
    """Send structlog and the standard library's loggers to `stream` (standard output) as JSON."""

    def add_origin(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["process"], event["instance"] = process, instance
        return event

    shared: list[structlog.types.Processor] = [
        add_origin,
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        gather_personal_data,
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(allow=()), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(default=str),
            ],
        )
    )
    # No line says where in the code or in which thread it was written, so nothing needs to look for that.
    logging._srcfile = None  # noqa: SLF001 - the one way to say so, from the manual's chapter on optimization
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("uvicorn.access", "alembic.runtime.migration"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def gather_personal_data(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Move personal keys under `pii`."""
    personal = {key: event.pop(key) for key in PERSONAL_KEYS & event.keys()}
    if personal:
        event["pii"] = {**personal, **event.get("pii", {})}
    return event
