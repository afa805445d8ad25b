"""External sites and their authentications through the API: rules, use, trials, and secrets that stay secret."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from omnileads.crm.models import ExternalSiteAuthentication
from omnileads.kit.audit import AuditEntry
from tests.conftest import SignedIn
from tests.crm.server import Crm, Received, Reply
from tests.domain import API, fields_of

SITES = f"{API}/external-sites"
AUTHENTICATIONS = f"{API}/external-site-authentications"
BUTTON = {"name": "CRM", "url": "https://crm.example/{1}", "trigger": "button", "target": "new-tab"}
SERVER = {"name": "Notice", "url": "https://crm.example/n", "trigger": "server", "method": "POST", "format": "json"}
LOGIN = {
    "name": "CRM login",
    "token_url": "https://crm.example/token",
    "username": "oml",
    "password": " the secret/password ",
    "token_field": "access_token",
    "duration_seconds": 3600,
}


def made(client: TestClient, path: str, body: dict[str, Any], **fields: Any) -> dict[str, Any]:
    answer = client.post(path, json={**body, **fields})
    assert answer.status_code == 201, answer.text
    result: dict[str, Any] = answer.json()
    return result


@pytest.fixture
def client(sign_in: SignedIn) -> TestClient:
    return sign_in("administrator")


def test_a_site_is_made_changed_hidden_and_deleted(client: TestClient) -> None:
    site = made(client, SITES, BUTTON)
    assert (site["placeholders"], site["is_sent_by_server"], site["method"]) == ([1], False, "GET")
    where = f"{SITES}/{site['id']}"
    changed = client.patch(where, json={"trigger": "server", "target": None, "method": "POST", "format": "text"}).json()
    assert (changed["trigger"], changed["target"], changed["is_sent_by_server"]) == ("server", None, True)
    assert client.patch(where, json={"is_hidden": True}).json()["is_hidden"] is True
    assert [item["name"] for item in client.get(SITES, params={"search": "crm.EX"}).json()["items"]] == ["CRM"]
    assert client.get(SITES, params={"search": "nothing"}).json()["total"] == 0
    assert client.delete(where).status_code == 204
    assert client.get(where).status_code == 404


def test_names_are_unique(client: TestClient) -> None:
    made(client, SITES, BUTTON)
    assert fields_of(client.post(SITES, json={**BUTTON, "name": "crm"})) == {"name": "taken"}
    made(client, AUTHENTICATIONS, LOGIN)
    assert fields_of(client.post(AUTHENTICATIONS, json={**LOGIN, "name": "crm LOGIN"})) == {"name": "taken"}


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"format": "json"}, {"format": "not-for-get", "target": "not-for-server"}),
        ({"method": "POST"}, {"format": "missing"}),
        ({"method": "POST", "format": "json"}, {"target": "not-for-server"}),
        ({"trigger": "server"}, {"target": "not-for-server"}),
        ({"trigger": "dynamic-list", "target": None}, {"url": "not-for-list"}),
        ({"target": None}, {"target": "missing"}),
        ({"trigger": "disposition", "target": None}, {"target": "missing"}),
        ({"authentication_id": 1}, {"authentication_id": "unknown"}),
        ({"trigger": "later"}, {"trigger": "literal-error"}),
        ({"url": "ftp://crm.example"}, {"url": "web-address"}),
        ({"url": "https://crm.example/a b"}, {"url": "web-address"}),
        ({"url": "https://crm.example/ñ"}, {"url": "web-address"}),
        ({"url": "https://user:pass@crm.example/"}, {"url": "web-address-password"}),
        ({"url": "https://crm.example/{0}"}, {"url": "placeholder"}),
        ({"url": "https://crm.example/{id}"}, {"url": "placeholder"}),
        ({"url": "https://{1}.example/"}, {"url": "placeholder-in-host"}),
        ({"url": "https://crm.example:{1}/"}, {"url": "placeholder-in-host"}),
        ({"url": "https://crm.example/" + "x" * 2000}, {"url": "string-too-long"}),
        ({"name": ""}, {"name": "string-too-short"}),
    ],
)
def test_what_does_not_go_together(client: TestClient, fields: dict[str, Any], refused: dict[str, str]) -> None:
    answer = client.post(SITES, json={**BUTTON, **fields})
    assert answer.status_code == 422
    found = fields_of(answer)
    assert refused.items() <= found.items(), found


def test_a_token_is_for_the_server_only(client: TestClient) -> None:
    login = made(client, AUTHENTICATIONS, LOGIN)
    refused = client.post(SITES, json={**BUTTON, "authentication_id": login["id"]})
    assert fields_of(refused) == {"authentication_id": "not-for-browser"}
    site = made(client, SITES, SERVER, authentication_id=login["id"])
    assert site["authentication_name"] == "CRM login"
    answer = client.delete(f"{AUTHENTICATIONS}/{login['id']}")
    assert (answer.status_code, answer.json()["code"]) == (409, "in-use")
    assert 'external site "Notice"' in answer.json()["message"]
    shown = client.get(f"{AUTHENTICATIONS}/{login['id']}").json()
    assert shown["used_by"] == [{"type": "external-site", "id": site["id"], "name": "Notice"}]


def test_a_site_forms_have_lists_from_stays_one(client: TestClient) -> None:
    site = made(client, SITES, {"name": "Plans", "url": "https://crm.example/plans", "trigger": "dynamic-list"})
    field = {"name": "Plan", "type": "dynamic-list", "external_site_id": site["id"]}
    made(client, f"{API}/forms", {"name": "Survey", "fields": [field]})
    refused = client.patch(f"{SITES}/{site['id']}", json={"trigger": "server"})
    assert fields_of(refused) == {"trigger": "in-use"}
    answer = client.delete(f"{SITES}/{site['id']}")
    assert (answer.status_code, answer.json()["code"]) == (409, "in-use")
    assert 'form "Survey"' in answer.json()["message"]


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"duration_seconds": None}, {"duration_seconds": "missing"}),
        ({"duration_field": "expires_in"}, {"duration_field": "not-both"}),
        ({"duration_seconds": 0}, {"duration_seconds": "greater-than-equal"}),
        ({"token_url": "https://crm.example/{1}"}, {"token_url": "placeholder"}),
        ({"token_field": "a..b"}, {"token_field": "string-pattern-mismatch"}),
        ({"password": ""}, {"password": "too-short"}),
        ({"password": "********"}, {"password": "needed"}),
    ],
)
def test_an_authentication_that_cannot_work(
    client: TestClient, fields: dict[str, Any], refused: dict[str, str]
) -> None:
    answer = client.post(AUTHENTICATIONS, json={**LOGIN, **fields})
    assert answer.status_code == 422
    assert fields_of(answer) == refused


def test_a_password_goes_in_and_never_out(client: TestClient, session: Session) -> None:
    login = made(client, AUTHENTICATIONS, LOGIN)
    where = f"{AUTHENTICATIONS}/{login['id']}"
    client.patch(where, json={"username": "other"})
    row = session.scalars(select(ExternalSiteAuthentication)).one()
    assert (row.username, row.password) == ("other", " the secret/password ")
    client.patch(where, json={"password": "a new one"})
    session.refresh(row)
    assert row.password == "a new one"
    seen = [client.get(where).text, client.get(AUTHENTICATIONS).text]
    seen += [json.dumps([entry.before, entry.after]) for entry in session.scalars(select(AuditEntry))]
    assert not any("secret/password" in text or "a new one" in text for text in seen)
    last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last is not None
    assert (last.action, last.after) == ("external-site-authentication.changed", {"password": "******** (new)"})


@pytest.mark.parametrize("change", [{"token_url": "https://thief.example/"}, {"strict_tls": False}])
def test_a_password_is_not_sent_elsewhere_unseen(client: TestClient, change: dict[str, Any]) -> None:
    login = made(client, AUTHENTICATIONS, LOGIN)
    where = f"{AUTHENTICATIONS}/{login['id']}"
    assert fields_of(client.patch(where, json=change)) == {"password": "needed"}
    trial = {**LOGIN, **change, "password": None, "authentication_id": login["id"]}
    assert fields_of(client.post(f"{AUTHENTICATIONS}/test", json=trial)) == {"password": "needed"}
    assert client.patch(where, json={**change, "password": "typed again"}).status_code == 200


def test_a_site_is_tried(administrator: TestClient, crm: Crm) -> None:
    crm.answer = lambda _: Reply(201, '{"ok": "sí"}'.encode(), (("Content-Type", "application/json"), ("X-Crm", "7")))
    site = made(administrator, SITES, BUTTON, url=f"{crm.url}/c/{{1}}?x=1")
    body = {
        "parameters": [
            {"name": "{1}", "kind": "contact", "value": "dni"},
            {"name": "tel", "kind": "call", "value": "telephone"},
        ],
        "context": {"contact": {"dni": "30/1"}, "call": {"telephone": "+54 351"}},
    }
    tried = administrator.post(f"{SITES}/{site['id']}/test", json=body).json()
    assert tried["request"]["url"] == f"{crm.url}/c/30%2F1?x=1&tel=%2B54%20351"
    assert (tried["request"]["method"], tried["request"]["body"]) == ("GET", None)
    answer = tried["answer"]
    assert (answer["status"], answer["body"], answer["is_cut"]) == (201, '{"ok": "sí"}', False)
    assert {"name": "X-Crm", "value": "7"} in answer["headers"]
    assert answer["duration_ms"] >= 0
    assert (tried["problem"], tried["token"], tried["is_sent_by_server"]) == (None, None, False)
    assert [request.path for request in crm.received] == ["/c/30%2F1?x=1&tel=%2B54%20351"]


def test_a_site_is_tried_before_it_is_saved(administrator: TestClient, crm: Crm) -> None:
    crm.answer = lambda _: Reply(500, b"x" * 20_000)
    body = {
        "site": {**SERVER, "url": f"{crm.url}/n"},
        "parameters": [{"name": "a", "kind": "fixed", "value": "é"}],
        "context": {},
    }
    tried = administrator.post(f"{SITES}/test", json=body).json()
    assert tried["request"]["body"] == '{"a":"é"}'
    assert crm.received[0].body == '{"a":"é"}'.encode()
    assert (tried["answer"]["status"], len(tried["answer"]["body"]), tried["answer"]["is_cut"]) == (500, 8192, True)
    assert administrator.get(SITES).json()["total"] == 0
    refused = administrator.post(f"{SITES}/test", json={**body, "site": {**SERVER, "target": "embedded"}})
    assert fields_of(refused) == {"target": "not-for-server"}


def test_why_a_trial_has_no_answer(administrator: TestClient, client: TestClient, crm: Crm) -> None:
    def problem(who: TestClient, url: str, **body: Any) -> dict[str, Any]:
        tried = who.post(f"{SITES}/test", json={"site": {**SERVER, "url": url}, **body}).json()
        assert tried["answer"] is None
        found: dict[str, Any] = tried["problem"]
        return found

    inside = problem(client, f"{crm.url}/n")
    assert inside["code"] == "internal-address"
    assert "oml_outgoing_allowed_hosts" in inside["message"]
    assert crm.received == []
    assert problem(administrator, "http://no-such-host.invalid/")["code"] == "dns"
    assert problem(administrator, f"https://127.0.0.1:{crm.port}/")["code"] == "tls"
    placed = {"parameters": [{"name": "{1}", "kind": "fixed", "value": ".."}]}
    assert problem(administrator, f"{crm.url}/{{1}}", **placed)["code"] == "request"


def test_a_trial_shows_no_token(administrator: TestClient, crm: Crm) -> None:
    token = "abcd/" + "s3cret" * 6 + "wxyz"

    def answer(request: Received) -> Reply:
        if request.path == "/token":
            escaped = json.dumps({"access_token": token, "you": json.loads(request.body)}).replace("/", "\\/")
            return Reply(200, escaped.encode())
        return Reply(200, json.dumps({"you sent": request.headers["Authorization"]}).encode())

    crm.answer = answer
    login = made(administrator, AUTHENTICATIONS, LOGIN, token_url=f"{crm.url}/token")
    tried = administrator.post(f"{AUTHENTICATIONS}/{login['id']}/test")
    assert "s3cret" not in tried.text
    assert "secret\\/password" not in tried.text.replace("\\\\", "\\")
    shown = tried.json()
    assert shown["token"]["masked"] == f"abcd…wxyz ({len(token)})"
    assert shown["token"]["expires_at"] == "2026-03-02T13:00:00Z"
    assert json.loads(shown["request"]["body"]) == {"username": "oml", "password": "********"}
    site = made(administrator, SITES, SERVER, url=f"{crm.url}/n", authentication_id=login["id"])
    used = administrator.post(f"{SITES}/{site['id']}/test", json={})
    assert "s3cret" not in used.text
    assert {"name": "Authorization", "value": f"Bearer abcd…wxyz ({len(token)})"} in used.json()["request"]["headers"]
    assert used.json()["token"]["masked"].startswith("abcd")


def test_a_login_that_fails_is_shown(administrator: TestClient, crm: Crm) -> None:
    crm.answer = lambda _: Reply(200, b'{"token": "' + b"x" * 40 + b'"}')
    trial = {**LOGIN, "token_url": f"{crm.url}/token", "token_field": "token", "duration_seconds": None}
    tried = administrator.post(f"{AUTHENTICATIONS}/test", json={**trial, "duration_field": "expires"}).json()
    assert tried["problem"]["code"] == "token"
    assert 'field "expires"' in tried["problem"]["message"]
    assert tried["answer"]["body"] == '{"token": "xxxx…xxxx (40)"}'
    saved = made(administrator, AUTHENTICATIONS, LOGIN, token_url=f"{crm.url}/token")
    crm.answer = lambda _: Reply(401, b'{"error": "no"}')
    site = made(administrator, SITES, SERVER, url=f"{crm.url}/n", authentication_id=saved["id"])
    problem = administrator.post(f"{SITES}/{site['id']}/test", json={}).json()["problem"]
    assert problem == {"code": "token", "message": "The token was refused with status 401. Check user and password."}


def test_the_options_of_a_list_are_tried(administrator: TestClient, crm: Crm) -> None:
    site = {"name": "Plans", "url": f"{crm.url}/plans", "trigger": "dynamic-list"}
    crm.answer = lambda _: Reply(200, b'{"options": ["Basic", 2, "Basic", 1.5]}')
    tried = administrator.post(f"{SITES}/test", json={"site": site}).json()
    assert (tried["options"], tried["problem"]) == (["Basic", "2", "1.5"], None)
    for body in (b"<html>", b'{"plans": []}', b"[[]]", b"[null]", b'[""]', json.dumps(list(range(1001))).encode()):
        crm.answer = lambda _, body=body: Reply(200, body)  # type: ignore[misc]  # bound now
        tried = administrator.post(f"{SITES}/test", json={"site": site}).json()
        assert (tried["options"], tried["problem"]["code"]) == (None, "answer")


def test_a_supervisor_reads_and_no_more(sign_in: SignedIn, client: TestClient) -> None:
    site = made(client, SITES, BUTTON)
    supervisor = sign_in("supervisor")
    assert supervisor.get(f"{SITES}/{site['id']}").status_code == 200
    assert supervisor.post(f"{SITES}/{site['id']}/test", json={}).status_code == 403
