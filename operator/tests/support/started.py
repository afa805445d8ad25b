"""A program while it runs: its log in a file, its end with the test's; and whether it says that it is well."""

from __future__ import annotations

import subprocess
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import urllib3

from tests.support.process import wait_for


@contextmanager
def started(
    command: Sequence[str | Path], log: Path, is_ready: Callable[[], bool], env: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    name = Path(command[0]).name

    def end_of_log() -> str:
        return f"{name}:\n{log.read_text(errors='replace')[-5000:]}"

    def is_running_and_ready() -> bool:
        assert process.poll() is None, end_of_log()
        return is_ready()

    with log.open("ab") as output:
        process = subprocess.Popen([str(each) for each in command], stdout=output, stderr=output, env=env)
    try:
        wait_for(name, is_running_and_ready, evidence=end_of_log)
        yield process
    finally:
        process.kill()
        process.wait(timeout=30)


def answers(url: str) -> bool:
    """Whether a program's own health address answers with 200. Its certificate is made by itself, and nobody's."""
    with urllib3.PoolManager(cert_reqs="CERT_NONE") as http, warnings.catch_warnings():
        warnings.simplefilter("ignore", urllib3.exceptions.InsecureRequestWarning)
        try:
            return http.request("GET", url, timeout=2.0, retries=False).status == 200
        except (urllib3.exceptions.HTTPError, OSError):
            return False
