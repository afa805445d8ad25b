"""A CRM on this machine, an application that may reach it, and one that may not."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from omnileads.accounts.passwords import Passwords
from omnileads.api import create_app
from omnileads.crm.sender import SiteSender
from omnileads.kit.runtime import Runtime
from omnileads.settings import OutgoingTopic, Settings
from tests.conftest import Browsers, People, SignedIn
from tests.crm.server import Crm

HERE = OutgoingTopic(allowed_hosts="127.0.0.1")


@pytest.fixture
def crm() -> Iterator[Crm]:
    with Crm() as crm:
        yield crm


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of nobody any machine trusts."""
    folder = tmp_path_factory.mktemp("certificate")
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=crm.example -keyout key.pem -out cert.pem"
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_text((folder / "cert.pem").read_text() + (folder / "key.pem").read_text())
    return both


@pytest.fixture
def secure_crm(certificate: Path) -> Iterator[Crm]:
    with Crm(certificate=certificate) as crm:
        yield crm


@pytest.fixture
def sender(runtime: Runtime) -> SiteSender:
    return SiteSender(HERE, runtime)


@pytest.fixture
def administrator(settings: Settings, runtime: Runtime, passwords: Passwords, users: People) -> Iterator[TestClient]:
    """Signed in to an application that may send requests to this machine."""
    app = create_app(settings.model_copy(update={"outgoing": HERE}), runtime, passwords)
    with Browsers(app) as browsers:
        yield SignedIn(browsers, users)("administrator")
