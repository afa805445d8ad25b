#!/usr/bin/env python3
"""Asks the process in this container whether it does its work: exit code 0 if it says so, 1 with the reason if not."""

import os
import sys
import urllib.error
import urllib.request
from pathlib import Path

# Process -> (topic of its *_LISTEN and *_PORT variables, default port)
PROCESSES = {"serve": ("APP", 8000), "worker": ("WORKER", 8003), "acd": ("ACD", 8001), "dialer": ("DIALER", 8002)}


def main() -> int:
    process = Path("/tmp/omnileads-process").read_text().strip()
    topic, default_port = PROCESSES.get(process, PROCESSES["serve"])
    host = os.environ.get(f"{topic}_LISTEN") or "127.0.0.1"
    port = os.environ.get(f"{topic}_PORT") or default_port
    url = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}/healthz"
    try:
        with urllib.request.urlopen(url, timeout=4) as answer:
            answer.read()
    except (OSError, urllib.error.URLError) as error:
        print(f"{process}: {url} does not answer: {error}", file=sys.stderr)
        return 1
    return 0


sys.exit(main())
