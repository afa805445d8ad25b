"""The built console as the application serves it."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from omnileads.settings import Settings


@pytest.fixture(autouse=True)
def console(settings: Settings) -> Path:
    folder = settings.app.console_directory
    (folder / "assets").mkdir(exist_ok=True)
    (folder / "index.html").write_text("<!doctype html><title>OMniLeads</title>")
    (folder / "assets" / "index-4f3a.js").write_text("export {}")
    (folder / "favicon.svg").write_text("<svg/>")
    (folder.parent / "secret.txt").write_text("outside")
    (folder / "link.txt").unlink(missing_ok=True)
    (folder / "link.txt").symlink_to(folder.parent / "secret.txt")
    return folder


@pytest.mark.parametrize("path", ["/", "/users", "/campaigns/7", "/assets", "/apiary"])
def test_an_address_of_the_console_gets_its_page_fresh(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert "OMniLeads" in answer.text
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.headers["Cache-Control"] == ("no-store" if path != "/index.html" else "no-cache")
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_a_file_with_a_hash_in_its_name_is_kept_for_ever(client: TestClient) -> None:
    answer = client.get("/assets/index-4f3a.js")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert client.get("/favicon.svg").headers["Cache-Control"] == "no-cache"


def test_an_asset_of_another_version_is_not_the_page(client: TestClient) -> None:
    answer = client.get("/assets/index-0000.js")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "/link.txt", "/" + "x" * 5000]
)
def test_nothing_outside_the_folder_is_served(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert "outside" not in answer.text


@pytest.mark.parametrize("path", ["/api/v2/nothing", "/api", "/internal/nothing", "/ws/nothing"])
def test_an_unknown_address_of_the_api_is_not_the_page(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_the_console_is_read_only(client: TestClient) -> None:
    answer = client.post("/users")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert client.head("/users").status_code == 200


def test_without_a_built_console_there_is_nothing(client: TestClient, console: Path) -> None:
    (console / "index.html").unlink()
    assert client.get("/").json()["code"] == "not-found"
