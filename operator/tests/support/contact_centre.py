"""A contact centre as a test asks it: its address, a token, and its API by name."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import urllib3

from tests.support import application
from tests.support.control_plane import REPOSITORY, free_port
from tests.support.process import wait_for

Item = dict[str, Any]


class ContactCentre:
    def __init__(self, url: str) -> None:
        self.url = url
        answer = urllib3.request(
            "POST",
            f"{url}/api/v2/tokens/sign-in",
            json={"username": "admin", "password": application.PASSWORD, "name": "gitops"},
            retries=False,
        )
        self.token = str(answer.json()["token"])

    def call(self, verb: str, path: str, body: Item | None = None) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = urllib3.request(verb, f"{self.url}/api/v2/{path}", json=body, headers=headers, retries=False)
        assert answer.status < 300, answer.data
        return answer.json() if answer.data else None

    def find(self, collection: str, name: str) -> Item | None:
        for item in self.call("GET", f"{collection}?page_size=200")["items"]:
            if item["name"] == name:
                return dict(self.call("GET", f"{collection}/{item['id']}"))
        return None


@contextmanager
def contact_centre(folder: Path) -> Iterator[ContactCentre]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    log = folder / "application.log"
    process = subprocess.Popen(
        [sys.executable, application.__file__, str(port)],
        cwd=REPOSITORY / "app",
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "app")},
        stdout=log.open("wb"),
        stderr=subprocess.STDOUT,
    )

    def is_serving() -> bool:
        assert process.poll() is None, log.read_text(errors="replace")[-3000:]
        try:
            return urllib3.request("GET", f"{url}/readyz", retries=False, timeout=2.0).status == 200
        except (urllib3.exceptions.HTTPError, OSError):
            return False

    try:
        wait_for("the application", is_serving, evidence=lambda: log.read_text(errors="replace")[-3000:])
        yield ContactCentre(url)
    finally:
        process.terminate()
        process.wait(timeout=60)
