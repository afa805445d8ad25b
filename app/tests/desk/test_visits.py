"""The external site during calls: what the browser opens, what the server sends, and what is written down of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select, update

from omnileads.calls import followers
from omnileads.crm import journal
from omnileads.crm.models import ExternalSite, ExternalSiteRequest
from omnileads.crm.sender import SITE_REQUEST_JOB, SiteRequestJob, SiteSender
from omnileads.desk.taken import TakenCalls
from omnileads.kit.jobs import Job, JobFailedError
from tests.conftest import VirtualClock
from tests.crm.conftest import HERE, crm
from tests.crm.server import Crm, Reply
from tests.desk.conftest import Desk
from tests.domain import API, OPTIONS, fields_of

__all__ = ["crm"]

PARAMETERS = [
    {"name": "tel", "kind": "call", "value": "telephone"},
    {"name": "agente", "kind": "call", "value": "agent_username"},
    {"name": "cliente", "kind": "contact", "value": "nombre"},
    {"name": "idioma", "kind": "fixed", "value": "es"},
    {"name": "ivr", "kind": "dialplan", "value": "Omlcrmopcion"},
]


class Sites:
    """The desk's campaign with an external site, and the worker's part of it."""

    def __init__(self, desk: Desk, crm: Crm) -> None:
        self.desk = desk
        self.crm = crm
        self.jobs = desk.runtime.jobs
        self.jobs.register(SITE_REQUEST_JOB, SiteRequestJob(SiteSender(HERE, desk.runtime)).run, forgets_arguments=True)
        self.ana = desk.contact()

    def use(self, parameters: Any = PARAMETERS, **site: Any) -> int:
        body = {"name": "CRM", "url": f"{self.crm.url}/in", **site}
        made = self.desk.admin.post(f"{API}/external-sites", json=body)
        assert made.status_code == 201, made.text
        site_id: int = made.json()["id"]
        self.desk.change(
            interaction="external-site", external_site_id=site_id, external_site_parameters=list(parameters)
        )
        return site_id

    def take(self, call_id: str = "c1", **data: Any) -> None:
        follower = TakenCalls(self.desk.runtime)
        followers.follow(follower)
        try:
            self.desk.log(call_id, "CONNECT", **data)
        finally:
            followers.unfollow(follower)

    def visit(self, call_id: str = "c1", **body: Any) -> Any:
        return self.desk.client.post(f"{API}/agent/calls/{call_id}/site-visit", json=body)

    def queued(self) -> list[str]:
        with self.desk.runtime.database.transaction() as session:
            return list(session.scalars(select(Job.id).where(Job.kind == SITE_REQUEST_JOB).order_by(Job.id)))

    def arguments(self, job_id: str) -> Any:
        with self.desk.runtime.database.transaction() as session:
            return session.get_one(Job, job_id).arguments

    def requests(self, site_id: int, **query: Any) -> list[dict[str, Any]]:
        answer = self.desk.admin.get(f"{API}/external-sites/{site_id}/requests", params=query)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


@pytest.fixture
def sites(desk: Desk, crm: Crm) -> Sites:
    return Sites(desk, crm)


def test_a_page_is_opened_as_an_address_with_the_values_of_the_call(sites: Sites) -> None:
    site_id = sites.use(trigger="button", method="GET", target="embedded")
    sites.desk.log("c1", "CONNECT")
    visit = sites.visit(dialplan={"Omlcrmopcion": "3"})
    assert visit.status_code == 200, visit.text
    username = sites.desk.user.username
    assert visit.json() == {
        "site_name": "CRM",
        "target": "embedded",
        "method": "GET",
        "url": f"{sites.crm.url}/in?tel=3515550001&agente={username}&cliente=Ana%20P%C3%A9rez&idioma=es&ivr=3",
        "format": None,
        "fields": [
            {"name": "tel", "value": "3515550001"},
            {"name": "agente", "value": username},
            {"name": "cliente", "value": "Ana Pérez"},
            {"name": "idioma", "value": "es"},
            {"name": "ivr", "value": "3"},
        ],
    }
    [row] = sites.requests(site_id)
    assert (row["state"], row["call_id"], row["campaign_name"]) == ("opened", "c1", "Cobranzas")
    assert sites.queued() == []


def test_a_post_is_a_form_for_the_browser(sites: Sites) -> None:
    sites.use(PARAMETERS[:1], trigger="automatic", method="POST", format="multipart", target="new-tab")
    sites.desk.log("c1", "CONNECT")
    visit = sites.visit().json()
    assert (visit["method"], visit["format"], visit["target"]) == ("POST", "multipart", "new-tab")
    assert visit["fields"] == [{"name": "tel", "value": "3515550001"}]
    assert visit["url"] == f"{sites.crm.url}/in"


def test_the_console_is_told_of_the_site(sites: Sites) -> None:
    sites.use(trigger="button", method="GET", target="embedded")
    [campaign] = sites.desk.client.get(f"{API}/agent/session").json()["campaigns"]
    assert campaign["site"] == {
        "name": "CRM",
        "trigger": "button",
        "target": "embedded",
        "dialplan_names": ["Omlcrmopcion"],
    }
    assert campaign["has_contacts"] is True


def test_hidden_values_are_not_given_to_the_browser_but_to_the_server(sites: Sites) -> None:
    hidden = {"nombre": {"locked": True, "hidden": True}}
    site_id = sites.use(trigger="button", method="GET", target="embedded")
    refused = sites.desk.admin.patch(f"{API}/campaigns/{sites.desk.campaign['id']}", json={"field_rules": hidden})
    assert fields_of(refused) == {"external_site_parameters.2.value": "hidden"}
    with sites.desk.runtime.database.transaction() as session:
        site = session.get_one(ExternalSite, site_id)
        site.trigger, site.target = "server", None
    sites.desk.change(field_rules=hidden)
    sites.take()
    [job_id] = sites.queued()
    assert sites.arguments(job_id)["context"]["contact"]["nombre"] == "Ana Pérez"
    with sites.desk.runtime.database.transaction() as session:
        session.execute(update(ExternalSite).values(trigger="button", target="embedded"))
    assert "cliente=&" in sites.visit().json()["url"], "whatever was configured before"


def test_the_server_tells_the_crm_when_a_call_is_taken_once(sites: Sites) -> None:
    site_id = sites.use(trigger="server", method="POST", format="json")
    sites.take(number="3515550001", dialplan_data=[["Omlcrmopcion", "3"]], recording="2026-03-02/in-1-2.wav")
    sites.take()
    [job_id] = sites.queued()
    sites.jobs.run(job_id)
    [received] = sites.crm.received
    assert json.loads(received.body) == {
        "tel": "3515550001",
        "agente": sites.desk.user.username,
        "cliente": "Ana Pérez",
        "idioma": "es",
        "ivr": "3",
    }
    [row] = sites.requests(site_id)
    assert (row["state"], row["status"], row["attempts"]) == ("sent", 200, 1)
    assert sites.visit().json()["code"] == "nothing-to-open"


def test_an_automatic_json_is_sent_once_whoever_is_faster(sites: Sites) -> None:
    sites.use(trigger="automatic", method="POST", format="json")
    sites.desk.log("c1", "CONNECT")
    assert sites.visit(dialplan={"Omlcrmopcion": "1"}).json()["target"] is None
    sites.take()
    assert len(sites.queued()) == 1


def test_every_press_of_a_button_sends_json_again(sites: Sites) -> None:
    sites.use(trigger="button", method="POST", format="json")
    sites.take()
    assert sites.queued() == []
    sites.visit()
    sites.visit()
    assert len(sites.queued()) == 2


def test_a_disposition_tells_the_site_that_waits_for_it(sites: Sites) -> None:
    site_id = sites.use(
        [
            {"name": "resultado", "kind": "disposition", "value": "name"},
            {"name": "sub", "kind": "disposition", "value": "subdisposition"},
        ],
        trigger="disposition",
        method="POST",
        format="json",
    )
    first, second = sites.desk.campaign["dispositions"]
    options = [{**first, "calls_external_site": True, "subdispositions": ["Plan A"]}, second]
    sites.desk.change(dispositions=options)
    sites.desk.log("c1", "CONNECT")

    def disposition(option: Any, **fields: Any) -> None:
        body = {"option_id": option["id"], **fields}
        assert sites.desk.client.put(f"{API}/calls/c1/disposition", json=body).status_code == 200

    disposition(second)
    assert sites.queued() == []
    disposition(first, subdisposition="Plan A")
    disposition(first, subdisposition="Plan A")
    assert len(sites.queued()) == 1, "the same answer again is no news"
    disposition(first, subdisposition="Plan A", comment="x")
    assert len(sites.queued()) == 2
    sites.jobs.run(sites.queued()[0])
    assert json.loads(sites.crm.received[0].body) == {"resultado": "Sale", "sub": "Plan A"}
    assert {row["state"] for row in sites.requests(site_id)} == {"queued", "sent"}


def test_a_page_for_a_disposition_opens_after_it(sites: Sites) -> None:
    sites.use(PARAMETERS[:1], trigger="disposition", method="GET", target="new-tab")
    first, second = sites.desk.campaign["dispositions"]
    sites.desk.change(dispositions=[{**first, "calls_external_site": True}, second])
    sites.desk.log("c1", "CONNECT")
    assert sites.visit().json()["code"] == "nothing-to-open"
    sites.desk.client.put(f"{API}/calls/c1/disposition", json={"option_id": first["id"]})
    assert sites.visit().json()["target"] == "new-tab"
    assert sites.queued() == []


def test_administrators_see_what_failed_and_why(sites: Sites) -> None:
    site_id = sites.use(trigger="server", method="POST", format="json")
    sites.crm.answer = lambda _: Reply(status=404)
    sites.take()
    [job_id] = sites.queued()
    sites.jobs.run(job_id)
    [row] = sites.requests(site_id, state="failed")
    assert (row["status"], row["attempts"]) == (404, 1)
    assert "status 404" in row["message"]
    sites.crm.answer = lambda _: Reply(status=503)
    sites.take("c2")
    [later] = set(sites.queued()) - {job_id}
    with pytest.raises(JobFailedError):
        sites.jobs.run(later)
    assert [(row["state"], row["status"]) for row in sites.requests(site_id, state="queued")] == [("queued", 503)]
    sites.crm.answer = lambda _: Reply()
    sites.jobs.run(later)
    assert [(row["call_id"], row["attempts"]) for row in sites.requests(site_id, state="sent")] == [("c2", 2)]
    assert sites.desk.admin.get(f"{API}/external-sites/999/requests").status_code == 404
    assert sites.desk.sign_in("supervisor").get(f"{API}/external-sites/{site_id}/requests").json()["items"] == []
    assert sites.desk.client.get(f"{API}/external-sites/{site_id}/requests").status_code == 403


def test_what_was_sent_is_forgotten_when_it_is_over(sites: Sites, clock: VirtualClock) -> None:
    sites.use(trigger="server", method="POST", format="json")
    sites.take()
    sites.crm.answer = lambda _: Reply(status=400)
    sites.take("c2")
    sent, refused = sites.queued()
    assert "Ana" in json.dumps(sites.arguments(sent))
    sites.jobs.run(refused)
    assert sites.arguments(refused) == {}
    sites.crm.answer = lambda _: Reply(status=500)
    with pytest.raises(JobFailedError):
        sites.jobs.run(sent)
    assert sites.arguments(sent) != {}, "it is sent again"
    sites.crm.answer = lambda _: Reply()
    sites.jobs.run(sent)
    assert sites.arguments(sent) == {}
    with sites.desk.runtime.database.transaction() as session:
        told = str([row.message for row in session.scalars(select(ExternalSiteRequest))])
    assert "Ana" not in told

    def left() -> tuple[int, int]:
        with sites.desk.runtime.database.transaction() as session:
            journal.prune(session, sites.desk.runtime.clock.now())
            rows = session.scalars(select(ExternalSiteRequest.id)).all()
            return len(rows), len(session.scalars(select(Job.id)).all())

    clock.advance(days=29)
    assert left() == (2, 2)
    clock.advance(days=2)
    assert left() == (0, 0)


def test_an_address_that_would_be_too_long_is_refused_with_the_reason(sites: Sites) -> None:
    sites.use(
        [{"name": f"p{n}", "kind": "fixed", "value": "x" * 500} for n in range(20)],
        trigger="button",
        method="GET",
        target="embedded",
    )
    sites.desk.log("c1", "CONNECT")
    refused = sites.visit()
    assert (refused.status_code, refused.json()["code"]) == (409, "external-site-unusable")
    assert "Send long values with POST" in refused.text


def test_without_a_site_nothing_is_opened(sites: Sites) -> None:
    sites.desk.log("c1", "CONNECT")
    assert sites.visit().json()["code"] == "nothing-to-open"
    assert sites.visit("unknown").status_code == 404
    assert fields_of(sites.visit(dialplan={"PATH": "x"})) != {}


def test_an_engaged_option_asks_for_its_form(desk: Desk) -> None:
    fields = [
        {"name": "Monto", "type": "number", "is_required": True, "number_kind": "decimal", "digits": 2},
        {"name": "Plan", "type": "list", "is_required": False, "options": ["A", "B"]},
    ]
    form = desk.admin.post(f"{API}/forms", json={"name": "Venta", "fields": fields})
    assert form.status_code == 201, form.text
    form_id = form.json()["id"]
    assert desk.client.get(f"{API}/agent/forms/{form_id}").status_code == 404, "no campaign of theirs opens it yet"
    engaged = {"name": "Vendido", "kind": "engaged", "form_id": form_id}
    campaign = desk.make_campaign("Ventas", dispositions=[engaged, *OPTIONS])
    shown = desk.client.get(f"{API}/agent/forms/{form_id}").json()
    assert [field["name"] for field in shown["fields"]] == ["Monto", "Plan"]
    desk.log("c1", "CONNECT", campaign_id=campaign["id"])
    sold, plain = campaign["dispositions"][0]["id"], campaign["dispositions"][1]["id"]

    def put(**body: Any) -> Any:
        return desk.client.put(f"{API}/calls/c1/disposition", json={"option_id": sold, **body})

    assert fields_of(put()) == {"answers.Monto": "missing"}
    assert fields_of(put(answers={"Monto": "mucho", "Plan": "C", "Otro": "x"})) == {
        "answers.Monto": "not-a-number",
        "answers.Plan": "unknown-option",
        "answers.Otro": "unknown",
    }
    assert desk.client.get(f"{API}/calls/c1/disposition").status_code == 404, "nothing was stored"
    stored = put(answers={"Monto": "0120.50", "Plan": "A"}).json()
    assert stored["answers"] == {"Monto": "120.5", "Plan": "A"}
    changed = put(answers={"Monto": 99}).json()
    assert [entry["answers"] for entry in changed["history"]] == [{"Monto": "99"}, {"Monto": "120.5", "Plan": "A"}]
    [today] = desk.client.get(f"{API}/agent/calls").json()["items"]
    assert today["disposition"]["answers"] == {"Monto": "99"}
    assert fields_of(put(option_id=plain, answers={"Monto": 1})) == {"answers": "no-form"}
    assert put(option_id=plain).json()["answers"] == {}
