"""The API as a program uses it: a web session with its CSRF token, and answers as plain JSON."""

from __future__ import annotations

import ssl
from types import TracebackType
from typing import Any

import httpx2

CSRF_COOKIE, CSRF_HEADER = "oml_csrf", "X-CSRF-Token"


class ApiRefused(AssertionError):
    """An answer other than 2xx: `status`, `code` and what is wrong with which field as the error model has them."""

    def __init__(self, request: str, response: httpx2.Response) -> None:
        self.status = response.status_code
        try:
            document = response.json()
        except ValueError:
            document = {}
        self.code = str(document.get("code", ""))
        self.message = str(document.get("message", ""))
        problems = document.get("fields", [])
        self.fields: dict[str, str] = {problem["field"]: problem["message"] for problem in problems}
        self.reasons: list[str] = [problem["code"] for problem in problems]
        super().__init__(f"{request} was answered {self.status}: {response.text[:600]}")


class Api:
    """One client; signed in or not."""

    def __init__(self, url: str, tls: ssl.SSLContext) -> None:
        self._client = httpx2.Client(base_url=url, verify=tls, timeout=20, headers={"Origin": url})

    def __enter__(self) -> Api:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def sign_in(self, username: str, password: str) -> Any:
        """Raises ApiRefused. The session replaces the user's other one."""
        return self.post("/session", username=username, password=password)

    def get(self, path: str, **query: object) -> Any:
        return self.request("GET", path, params={name: str(value) for name, value in query.items()}).json()

    def post(self, path: str, **body: object) -> Any:
        response = self.request("POST", path, json=body)
        return response.json() if response.content else None

    def patch(self, path: str, **body: object) -> Any:
        return self.request("PATCH", path, json=body).json()

    def put(self, path: str, **body: object) -> Any:
        return self.request("PUT", path, json=body).json()

    def delete(self, path: str) -> None:
        self.request("DELETE", path)

    def upload(self, path: str, *, name: str, filename: str, content: bytes) -> Any:
        files = {"file": (filename, content, "audio/wav")}
        return self.request("POST", path, data={"name": name}, files=files).json()

    def request(self, method: str, path: str, **arguments: Any) -> httpx2.Response:
        """Any request below /api/v2. Raises ApiRefused for an answer other than 2xx."""
        token = self._client.cookies.get(CSRF_COOKIE)
        headers = {CSRF_HEADER: token} if token else {}
        response = self._client.request(method, f"/api/v2{path}", headers=headers, **arguments)
        if not response.is_success:
            raise ApiRefused(f"{method} {path}", response)
        return response
