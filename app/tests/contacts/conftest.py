"""What tests of contacts begin with: bases, files, and imports run to their end as the worker would."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from fastapi.testclient import TestClient

from omnileads.contacts.import_job import IMPORT_JOB, ImportJob
from omnileads.contacts.models import ContactImport
from omnileads.kit.runtime import Runtime
from tests.conftest import People, SignedIn

API = "/api/v2"


@pytest.fixture
def admin(sign_in: SignedIn, users: People) -> TestClient:
    return sign_in(users.make("administrator", language="en"))


@pytest.fixture
def files(admin: TestClient, runtime: Runtime) -> Files:
    return Files(admin, runtime)


class Files:
    """Imports of an administrator. `run` does what the worker does with a started import."""

    def __init__(self, client: TestClient, runtime: Runtime) -> None:
        self.client = client
        self.runtime = runtime
        runtime.jobs.register(IMPORT_JOB, ImportJob(runtime).run)

    def upload(
        self, content: bytes, *, base_id: int | None = None, blacklist_id: int | None = None, part: int = 1 << 20
    ) -> str:
        """The address of an import whose file is uploaded."""
        if blacklist_id is None:
            kind, body = "contact-imports", {"file_name": "people.csv", "base_id": base_id}
        else:
            kind, body = "blacklist-imports", {"file_name": "numbers.csv", "blacklist_id": blacklist_id}
        begun = self.client.post(f"{API}/{kind}", json=body)
        assert begun.status_code == 201, begun.text
        place = f"{API}/{kind}/{begun.json()['id']}"
        for number, start in enumerate(range(0, len(content), part)):
            answer = self.client.put(
                f"{place}/parts/{number}",
                content=content[start : start + part],
                headers={"Content-Type": "application/octet-stream"},
            )
            assert answer.status_code == 200, answer.text
        return place

    def start(self, place: str, **options: Any) -> Any:
        preview = self.client.post(f"{place}/preview", json={}).json()
        form = {name: preview[name] for name in ("encoding", "delimiter", "has_header")}
        if "sources" not in options and "columns" not in options and "contact-imports" in place:
            options["columns"] = [
                {"name": column["name"], "role": column["role"], "source": index}
                for index, column in enumerate(preview["columns"])
            ]
        return self.client.post(f"{place}/start", json={**form, **options})

    def run(self, place: str) -> dict[str, Any]:
        """Let the worker run it; the import as it is then."""
        import_id = int(place.rpartition("/")[2])
        with self.runtime.database.transaction() as session:
            run = session.get_one(ContactImport, import_id)
        assert run.job_id is not None
        self.runtime.jobs.run(run.job_id)
        shown: dict[str, Any] = self.client.get(place).json()
        return shown

    def load(self, content: bytes, **options: Any) -> dict[str, Any]:
        """Upload, start and run: a new base unless `base_id` is given."""
        base_id = options.pop("base_id", None)
        place = self.upload(content, base_id=base_id)
        started = self.start(place, **({"name": "People"} if base_id is None else {}) | options)
        assert started.status_code == 200, started.text
        return self.run(place)

    def contacts(self, base_id: int, **query: Any) -> list[dict[str, Any]]:
        answer = self.client.get(f"{API}/contact-bases/{base_id}/contacts", params={"size": 200, **query})
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    def rejects(self, done: dict[str, Any]) -> list[str]:
        answer = self.client.get(f"{API}/contact-imports/{done['id']}/rejects")
        assert answer.status_code == 200, answer.text
        return answer.content.decode("utf-8-sig").splitlines()


def table(*rows: Sequence[str]) -> bytes:
    return "".join(",".join(row) + "\r\n" for row in rows).encode()
