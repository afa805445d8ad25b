"""The application's API `/api/v2`, with a bearer token: find, read, create, change, delete."""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import urlencode

import urllib3

Item = dict[str, Any]
TIMEOUT: Final = urllib3.Timeout(connect=5.0, read=20.0)
PAGE_SIZE: Final = 200


class CentreRefusedError(Exception):
    """The application said no: its code (kebab-case, part of its API) and its sentence."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class CentreAwayError(Exception):
    """The application does not answer."""


class CentreApi:
    def __init__(self, http: urllib3.PoolManager, url: str, token: str) -> None:
        self._http = http
        self._url = url
        self._token = token

    def read(self, collection: str, item_id: int) -> Item | None:
        try:
            return self._call("GET", f"{collection}/{item_id}")
        except CentreRefusedError as error:
            if error.status == 404:
                return None
            raise

    def find(self, collection: str, name: str) -> Item | None:
        """The item of this very name, in full."""
        page = 1
        while True:
            query = urlencode({"search": name, "page": page, "page_size": PAGE_SIZE})
            items = self._call("GET", f"{collection}?{query}").get("items", [])
            for item in items:
                if item["name"] == name:
                    return self.read(collection, item["id"])
            if len(items) < PAGE_SIZE:
                return None
            page += 1

    def create(self, collection: str, body: Item) -> Item:
        return self._call("POST", collection, body)

    def change(self, collection: str, item_id: int, body: Item) -> Item:
        return self._call("PATCH", f"{collection}/{item_id}", body)

    def delete(self, collection: str, item_id: int) -> None:
        """Nothing happens where it is gone already. Raises CentreRefusedError where it is used."""
        try:
            self._call("DELETE", f"{collection}/{item_id}")
        except CentreRefusedError as error:
            if error.status != 404:
                raise

    def _call(self, verb: str, path: str, body: Item | None = None) -> Item:
        try:
            answer = self._http.request(
                verb,
                f"{self._url}/api/v2/{path}",
                headers={"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"},
                body=None if body is None else json.dumps(body),
                timeout=TIMEOUT,
                retries=False,
                redirect=False,
            )
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise CentreAwayError(f"{self._url} does not answer: {type(error).__name__}") from error
        if answer.status >= 500:
            raise CentreAwayError(f"{self._url} answered {answer.status}")
        if answer.status >= 300:
            raise _refused(answer.status, answer.data)
        return dict(json.loads(answer.data)) if answer.data else {}


def _refused(status: int, data: bytes) -> CentreRefusedError:
    try:
        problem = json.loads(data)
        fields = "; ".join(f"{item['field']}: {item['message']}" for item in problem.get("fields") or [])
        message = f"{problem['message']} {fields}".strip()
        return CentreRefusedError(status, str(problem["code"]), message)
    except (ValueError, KeyError, TypeError):
        return CentreRefusedError(status, f"http-{status}", f"the application answered {status}")
