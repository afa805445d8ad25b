"""A contact centre as those see it who use it and look after it, wherever it runs."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Protocol

import psycopg2
import redis


class Site(Protocol):
    """`support.instance.Instance` is one, on this machine; operator/tests/node has another, on a node of Kubernetes."""

    @property
    def url(self) -> str:
        """What people type."""

    @property
    def certificate(self) -> Path: ...

    @property
    def admin_password(self) -> str: ...

    @property
    def recordings_folder(self) -> Path: ...

    def tls(self) -> ssl.SSLContext:
        """Trusts the site's own certificate and no other."""

    def postgres(self) -> psycopg2.extensions.connection:
        """A new connection, committing each statement."""

    def redis(self) -> redis.Redis: ...

    def metric(self, process: str, name: str) -> float:
        """The value of a metric without labels, as the process tells it to Prometheus."""

    def logs(self, process: str) -> str:
        """The last lines that a process wrote."""
