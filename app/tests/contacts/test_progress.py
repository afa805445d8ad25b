"""What an import tells while it runs: to everybody, although its own transaction is open."""

from __future__ import annotations

import os
import threading
from typing import Any

import pytest

from omnileads.contacts import import_job, progress
from omnileads.contacts.progress import Progress
from tests.contacts.conftest import Files

ROWS = 30_000
BAD_EVERY = 100


def test_an_import_tells_how_far_it_is(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, Any]] = []
    niceness: set[int] = set()
    report = Progress.report

    def report_and_look(running: Progress) -> None:
        report(running)
        niceness.add(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        told.append(files.client.get(place).json())

    monkeypatch.setattr(progress, "REPORT_SECONDS", 0)
    monkeypatch.setattr(Progress, "report", report_and_look)
    content = "phone,name\r\n" + "".join(
        f"{'none' if number % BAD_EVERY == 0 else 4_000_000 + number},name {number}\r\n" for number in range(ROWS)
    )
    place = files.upload(content.encode())
    assert files.client.get(place).json()["state"] == "uploading"
    started = files.start(place, name="People").json()
    assert (started["state"], started["percent"], started["started_at"]) == ("queued", 0, None)
    done = files.run(place)

    assert len(told) > 5
    assert {look["state"] for look in told} == {"running"}
    assert all(look["started_at"] and not look["finished_at"] for look in told)
    percents, reads = [look["percent"] for look in told], [look["read_count"] for look in told]
    assert percents == sorted(percents)
    assert reads == sorted(reads)
    assert len(set(percents)) > 3, "it tells of the way, not only of its ends"
    assert max(percents) <= 99
    for look in told:
        assert look["accepted_count"] + look["rejected_count"] <= look["read_count"]
        assert look["rejected_count"] == -(-look["read_count"] // BAD_EVERY)
    assert (done["state"], done["percent"], done["read_count"]) == ("done", 100, ROWS)
    assert (done["accepted_count"], done["rejected_count"]) == (ROWS - ROWS // BAD_EVERY, ROWS // BAD_EVERY)
    assert done["finished_at"]
    assert niceness == {import_job.NICENESS}, "calls come before files"
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) < import_job.NICENESS
