"""`python3 -m asterisk_sync`: reads the environment, wires the parts, runs until it is told to stop."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from asterisk_sync.apply import Applier
from asterisk_sync.control import Control
from asterisk_sync.lines import LineWatch
from asterisk_sync.loop import Loop
from asterisk_sync.source import Source
from asterisk_sync.stopping import is_stopping

SYNCED_FOLDER = Path("/var/lib/omnileads/asterisk")
RUN_FOLDER = Path("/run/asterisk")


def _log(event: str, **fields: object) -> None:
    record = {"timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **fields}
    print(json.dumps(record), flush=True)  # noqa: T201 (the container's output is the log)


def token() -> str:
    """From its file, where there is one: what is in it changes while this process runs."""
    file = os.environ.get("APP_INTERNAL_TOKEN_FILE")
    return Path(file).read_text().strip() if file else os.environ["APP_INTERNAL_TOKEN"]


def _stop(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def main() -> None:
    """Started by the entrypoint, which has checked that the variables are there."""
    signal.signal(signal.SIGTERM, _stop)
    source = Source(f"http://{os.environ['APP_HOST']}:{os.environ['APP_PORT']}", token, os.environ["ASTERISK_NODE"])
    control = Control(RUN_FOLDER / "asterisk.ctl")
    applier = Applier(SYNCED_FOLDER, control, source.download)
    watch = LineWatch(SYNCED_FOLDER / "pjsip_trunks.conf", control, source, log=_log, pause=time.sleep)
    threading.Thread(target=watch.run_for_ever, daemon=True).start()
    loop = Loop(
        source,
        applier.apply,
        alive=RUN_FOLDER / "sync-alive",
        is_stopping=lambda: is_stopping(control),
        log=_log,
        pause=time.sleep,
    )
    _log("asterisk-sync.started")
    loop.run_for_ever()


if __name__ == "__main__":
    main()
