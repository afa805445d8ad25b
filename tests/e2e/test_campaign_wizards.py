"""Campaigns of every kind, made in their wizards with the keyboard alone, in Spanish and in English.

axe-core looks at every step. What was entered is then in the list, and the API has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Playwright

from support.browser import Console
from support.centre import Agent, Centre, Person
from support.waiting import eventually
from support.wizard import Entry, Kind, Wizard
from support.words import Language, Words

F = "campaigns.field"
END = ("dispositions", "interaction", "script", "work", "supervisors", "agents")
PARTS: Mapping[Kind, tuple[str, ...]] = {
    "manual": ("basics", "contacts", *END),
    "preview": ("basics", "contacts", *END, "assignment"),
    "dialer": ("basics", "contacts", "dialing", "queue", "caller", "dispositions", "incidence", *END[1:]),
    "inbound": ("basics", "contacts", "queue", "caller", *END),
}
BASICS: tuple[Entry, ...] = (("type", f"{F}.name", "{name}"), ("type", f"{F}.objective", "250"))
BASE: Entry = ("choose", f"{F}.base", "{base}")
ENDING: Mapping[str, Sequence[Entry]] = {
    "basics": BASICS,
    "dispositions": [("press", "campaigns.addUsual", "")],
    "script": [("type", f"{F}.script", "Buenos días, {{nombre}}. ¿Cómo está?")],
    "work": [("right", "campaigns.override.group", "1")],
    "supervisors": [("toggle", "{supervisor}", "")],
    "agents": [("choose", f"{F}.addAgent", "{agent}"), ("press", "campaigns.add", "")],
}
QUEUE: tuple[Entry, ...] = (
    ("choose", f"{F}.strategy", "campaigns.strategy.fewestcalls"),
    ("type", f"{F}.ring", "18"),
    ("type", f"{F}.maxWait", "120"),
)
SOUNDS: tuple[Entry, ...] = (
    ("choose", f"{F}.welcome", "{audio}"),
    ("toggle", f"{F}.announcePosition", ""),
    ("type", f"{F}.announceSeconds", "45"),
)
ENTRIES: Mapping[Kind, Mapping[str, Sequence[Entry]]] = {
    "manual": {
        **ENDING,
        "basics": [*BASICS, ("type", f"{F}.callerId", "+543414149090")],
        "contacts": [BASE, ("toggle", f"{F}.ratePhones", "")],
        "dispositions": [
            ("choose", f"{F}.fromCatalogue", "{disposition}"),
            ("press", "campaigns.add", ""),
        ],
    },
    "preview": {
        **ENDING,
        "contacts": [BASE, ("toggle", "{required}", "")],
        "assignment": [
            ("right", "campaigns.distribution.none", "1"),
            ("type", f"{F}.reservation", "15"),
            ("choose", f"{F}.deactivation", "activo"),
        ],
    },
    "dialer": {
        **ENDING,
        "contacts": [BASE],
        # A date is typed as the browser's language writes it, which is English in both.
        "dialing": [
            ("type", f"{F}.endsOn", "12312099"),
            ("type", f"{F}.closesAt", "0830PM"),
            ("type", f"{F}.priority", "42"),
            ("toggle", f"{F}.predictive", ""),
            ("type", f"{F}.boost", "2,5"),
            ("type", f"{F}.prefix", "0351"),
            ("toggle", f"{F}.skipDuplicates", ""),
        ],
        "queue": QUEUE,
        "caller": SOUNDS,
        "incidence": [
            ("press", "campaigns.addIncidence", ""),
            ("choose", f"{F}.cause", "campaigns.outcome.no-answer"),
            ("type", f"{F}.attempts", "5"),
            ("type", f"{F}.delay", "20"),
            ("choose", f"{F}.mode", "campaigns.incidenceMode.multiply"),
        ],
    },
    "inbound": {
        **ENDING,
        "contacts": [BASE],
        "queue": [*QUEUE, ("type", f"{F}.serviceLevel", "15")],
        "caller": SOUNDS,
        "interaction": [
            ("right", "campaigns.interaction.form", "2"),
            ("choose", f"{F}.site", "{site}"),
            ("press", "campaigns.addParameter", ""),
            ("type", f"{F}.parameterName", "número"),
        ],
    },
}


@dataclass(frozen=True)
class Shop:
    """What the campaigns are made of."""

    centre: Centre
    administrator: Person
    supervisor: Person
    agent: Agent
    base: Any
    audio: Any
    disposition: Any
    site: Any

    def names(self, words: Words, name: str) -> dict[str, str]:
        return {
            "name": name,
            "base": self.base["name"],
            "supervisor": self.supervisor.full_name,
            "agent": self.agent.full_name,
            "audio": self.audio["name"],
            "disposition": self.disposition["name"],
            "site": self.site["name"],
            "required": words("campaigns.ruleFor.required", column="nombre"),
        }

    def wizard(self, console: Console, language: Language, name: str) -> Wizard:
        words = Words(language)
        console.page.evaluate("language => localStorage.setItem('oml.language', language)", language)
        return Wizard(console, words, self.names(words, name))

    def campaign(self, name: str) -> Any:
        """As the API shows it."""
        rows = self.centre.api.get("/campaigns", search=name)["items"]
        assert [row["name"] for row in rows] == [name]
        return self.centre.api.get(f"/campaigns/{rows[0]['id']}")

    def expected(self, kind: Kind, name: str, words: Words) -> dict[str, object]:
        """What the API shows of a campaign of these entries."""
        common: dict[str, object] = {
            "name": name,
            "objective": 250,
            "recording_enabled": True,
            "script": "Buenos días, {{nombre}}. ¿Cómo está?",
            "auto_attend": True,
            "supervisor_ids": [self.supervisor.user_id],
            "member_ids": [self.agent.agent_id],
            "disposition_names": [
                words(f"campaigns.usual.{key}") for key in ("resolved", "noInterest", "wrongNumber", "dropped")
            ],
            "contact_base_id": self.base["id"],
        }
        queue: dict[str, object] = {
            "strategy": "fewestcalls",
            "ring_seconds": 18,
            "max_wait_seconds": 120,
            "welcome_audio_id": self.audio["id"],
            "announce_position": True,
            "announce_seconds": 45,
        }
        if kind == "manual":
            names = {"disposition_names": [self.disposition["name"]]}
            return {**common, **names, "caller_id": "+543414149090", "rate_phones": True, "state": "active"}
        if kind == "preview":
            return {
                **common,
                "state": "active",
                "reservation_minutes": 15,
                "deactivation_column": "activo",
                "field_rules": {"nombre": {"locked": False, "hidden": False, "required": True}},
            }
        if kind == "dialer":
            rule = {"outcome": "no-answer", "disposition": None, "max_attempts": 5, "delay_seconds": 1200}
            return {
                **common,
                **queue,
                "state": "inactive",
                "ends_on": "2099-12-31",
                "closes_at": "20:30:00",
                "priority": 42,
                "is_predictive": True,
                "initial_boost_factor": 2.5,
                "prefix": "0351",
                "skip_duplicate_phones": True,
                "incidence_rules": [{**rule, "mode": "multiply"}],
            }
        parameter = {"name": "número", "kind": "call", "value": "telephone"}
        return {
            **common,
            **queue,
            "state": "active",
            "service_level_seconds": 15,
            "interaction": "both",
            "external_site_id": self.site["id"],
            "external_site_parameters": [parameter],
        }


def entered(campaign: Any) -> dict[str, object]:
    return {
        **campaign,
        "member_ids": [member["agent_id"] for member in campaign["members"]],
        "incidence_rules": [
            {key: value for key, value in rule.items() if key != "id"} for rule in campaign.get("incidence_rules", [])
        ],
        "disposition_names": [option["name"] for option in campaign["dispositions"]],
    }


def assert_has(campaign: Any, expected: dict[str, object]) -> None:
    found = entered(campaign)
    assert {key: found.get(key) for key in expected} == expected


@pytest.fixture(scope="module")
def office(playwright: Playwright, shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """One browser for all of these tests, with an administrator signed in."""
    with Console(playwright, shop.centre.instance, tmp_path_factory.mktemp("wizards")) as console:
        console.sign_in(shop.administrator)
        yield console


@pytest.fixture(scope="module")
def shop(centre: Centre) -> Shop:
    columns = [
        {"name": "teléfono", "role": "phone"},
        {"name": "nombre", "role": "data"},
        {"name": "activo", "role": "data"},
    ]
    base = centre.make("contact-bases", columns=columns)
    phone, name, active = (column["key"] for column in base["columns"])
    for number, person in enumerate(("Ana", "Beto", "Carla")):
        values = {phone: f"351555{number:04}", name: person, active: "1"}
        centre.api.post(f"/contact-bases/{base['id']}/contacts", values=values)
    audio_id = centre.audio(620)
    return Shop(
        centre,
        centre.person("administrator"),
        centre.person("supervisor"),
        centre.agent(),
        base,
        {"id": audio_id, "name": centre.api.get(f"/audio-files/{audio_id}")["name"]},
        centre.make("disposition-names", subdispositions=["Plan A"]),
        centre.make("external-sites", url="https://crm.example/ficha", trigger="button", target="new-tab"),
    )


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("kind", ["manual", "preview", "dialer", "inbound"])
def test_a_wizard_is_worked_to_the_end(kind: Kind, language: Language, shop: Shop, office: Console) -> None:
    name = shop.centre.name(f"{kind} {language}")
    wizard = shop.wizard(office, language, name)
    words = wizard.words
    wizard.begin(kind)
    wizard.refuse_empty()
    wizard.work_through(PARTS[kind], ENTRIES[kind])
    assert name in wizard.page.locator("form").inner_text()
    wizard.finish(kind)
    row = wizard.row(name)
    assert words(f"campaigns.state.{'inactive' if kind == 'dialer' else 'active'}") in row
    assert words(f"{F}.progress", reached=0, objective=250) in row
    if kind != "inbound":
        assert shop.base["name"] in row
    assert_has(shop.campaign(name), shop.expected(kind, name, words))
    assert not wizard.faults, wizard.faults


@pytest.mark.parametrize("language", ["es"])
def test_a_draft_is_finished_after_a_reload(language: Language, shop: Shop, office: Console) -> None:
    name = shop.centre.name(f"draft {language}")
    wizard = shop.wizard(office, language, name)
    entries = ENTRIES["manual"]
    wizard.begin("manual")
    wizard.fill(entries["basics"])
    wizard.go_on()
    wizard.wait_for("contacts")
    wizard.fill(entries["contacts"])
    wizard.wait_until_saved()
    wizard.page.reload()
    wizard.wait_for("contacts")
    wizard.fill([("expect", f"{F}.base", shop.base["name"])])
    wizard.page.goto("/campaigns")
    wizard.judge("list")
    wizard.keys.act(f"{wizard.words('campaigns.draft.resume')} : {name}")
    wizard.wait_for("contacts")
    wizard.work_through(PARTS["manual"][1:], {**entries, "contacts": ()})
    wizard.finish("manual")
    wizard.row(name)
    assert_has(shop.campaign(name), shop.expected("manual", name, wizard.words))
    drafts = wizard.page.evaluate("async () => (await fetch('/api/v2/campaign-drafts')).json()")
    assert name not in [draft["name"] for draft in drafts]
    assert not wizard.faults, wizard.faults


@pytest.fixture(scope="module")
def worked(shop: Shop) -> Any:
    """A preview campaign to clone and to recycle."""
    return shop.centre.make(
        "campaigns",
        kind="preview",
        contact_base_id=shop.base["id"],
        objective=250,
        members=[{"agent_id": shop.agent.agent_id, "penalty": 3}],
        dispositions=[{"name": "Venta", "kind": "no-action", "subdispositions": ["A", "B"]}],
        script="Hola",
    )


@pytest.mark.parametrize("language", ["en"])
def test_a_clone(language: Language, worked: Any, shop: Shop, office: Console) -> None:
    name = shop.centre.name(f"clone {language}")
    wizard = shop.wizard(office, language, name)
    wizard.page.goto("/campaigns?kind=preview")
    wizard.row(worked["name"])
    words = wizard.words
    wizard.keys.pick(words("campaigns.actionsFor", name=worked["name"]), words("campaigns.clone.action"))
    wizard.wait_for("basics")
    wizard.fill([("type", f"{F}.name", "{name}")])
    wizard.work_through(PARTS["preview"], {})
    wizard.finish("preview")
    made = shop.campaign(name)
    assert made["id"] != worked["id"]
    same = ("objective", "script", "contact_base_id", "members", "reservation_minutes")
    assert {key: made[key] for key in same} == {key: worked[key] for key in same}
    options = [(option["name"], option["subdispositions"]) for option in made["dispositions"]]
    assert options == [("Venta", ["A", "B"])]
    assert not wizard.faults, wizard.faults


@pytest.mark.parametrize("language", ["es"])
def test_a_recycling(language: Language, worked: Any, shop: Shop, office: Console) -> None:
    name = shop.centre.name(f"recycled {language}")
    wizard = shop.wizard(office, language, name)
    wizard.page.goto("/campaigns?kind=preview")
    wizard.row(worked["name"])
    words = wizard.words
    wizard.keys.pick(words("campaigns.actionsFor", name=worked["name"]), words("campaigns.recycle.action"))
    wizard.page.locator("[role=dialog] form").wait_for()
    wizard.fill(
        [
            ("toggle", "campaigns.recycle.never", ""),
            ("right", "campaigns.recycle.into.same", "1"),
            ("type", "campaigns.recycle.newName", "{name}"),
        ]
    )
    wizard.judge("dialog")
    wizard.go_on()
    wizard.page.wait_for_url(re.compile(r"/campaigns/\d+$"))
    made = shop.campaign(name)
    counts = f"/campaigns/{made['id']}/leads/counts"
    eventually(lambda: shop.centre.api.get(counts)["pending"] == 3, within_seconds=30)
    wizard.page.goto("/campaigns?kind=preview")
    assert words("campaigns.state.active") in wizard.row(name)
    assert not wizard.faults, wizard.faults
