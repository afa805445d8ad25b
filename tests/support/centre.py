"""A contact centre's configuration as tests need it: agents, campaigns and numbers of their own, made through the API.

Names are unique, so no test meets what another one made. Nothing is removed: the instance is.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from support import carrier
from support.api import Api, ApiRefused
from support.history import History
from support.instance import Instance
from support.site import Site
from support.tones import sine, write_wav
from support.waiting import eventually

DISPOSITIONS: list[dict[str, object]] = [
    {"name": "Sale", "kind": "no-action", "is_positive": True},
    {"name": "Not interested", "kind": "no-action", "is_positive": False},
]
TRUNK = "tests"


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in."""

    user_id: int
    username: str
    password: str = field(repr=False)
    full_name: str


@dataclass(frozen=True)
class Agent(Person):
    agent_id: int
    extension: int


@dataclass(frozen=True)
class Campaign:
    """An inbound campaign and the number that leads to it. `dispositions`: name -> id."""

    id: int
    name: str
    did: str
    dispositions: dict[str, int]


class Centre:
    """Makes what a test needs. The administrator it works as is its own, so people may sign in as `admin` meanwhile."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._mark = secrets.token_hex(3)
        self._numbers = itertools.count(1)
        self._history = History(site)
        self.api = Api(site.url, site.tls())
        self.administrator = self._make_administrator()
        self.api.sign_in(self.administrator.username, self.administrator.password)

    @property
    def instance(self) -> Instance:
        """The site, where it is one of this machine."""
        assert isinstance(self.site, Instance)
        return self.site

    def close(self) -> None:
        self.api.__exit__(None, None, None)

    def connect_to_carrier(self) -> None:
        """Make the trunk to the tests' carrier, unless there is one, and wait until Asterisk uses it."""
        trunks = self.api.get("/sip-trunks", search=TRUNK)["items"]
        trunk = next((trunk for trunk in trunks if trunk["name"] == TRUNK), None)
        if trunk is None:
            self.api.post("/sip-trunks", name=TRUNK, wizard_text=carrier.wizard_text())
        elif trunk["wizard_text"] != carrier.wizard_text():
            self.api.patch(f"/sip-trunks/{trunk['id']}", wizard_text=carrier.wizard_text())
        eventually(
            lambda: any(
                trunk["name"] == TRUNK and trunk["sync"]["state"] == "applied"
                for trunk in self.api.get("/sip-trunks", search=TRUNK)["items"]
            ),
            within_seconds=30,
            evidence=lambda: self.api.get("/sip-trunks", search=TRUNK),
        )

    def client(self) -> Api:
        """A client that is not signed in."""
        return Api(self.site.url, self.site.tls())

    def person(self, role: str, **fields: object) -> Person:
        """A user of a role other than agent."""
        user, password = self._user(role, **fields)
        return Person(user["id"], user["username"], password, _full_name(user))

    def agent(self, **group: object) -> Agent:
        """An agent in a group of its own with these switches, e.g. `auto_attend_inbound=True`."""
        made = self.api.post("/agent-groups", **{"name": self.name("group"), "auto_unpause_seconds": 1, **group})
        return self._agent("agent", made["id"])

    def coach(self) -> Agent:
        """Somebody who supervises and has a telephone of its own, which takes a role of the installation's own."""
        permissions = ["supervision.read", "supervision.act", "agent.console", "tokens.own"]
        role = self.api.post("/roles", name=self.name("coach"), permissions=permissions)
        group = self.api.post("/agent-groups", name=self.name("group"), auto_unpause_seconds=1)
        return self._agent(role["slug"], group["id"])

    def agents(self, count: int, **group: object) -> list[Agent]:
        return [self.agent(**group) for _ in range(count)]

    def campaign(
        self,
        *agents: Agent | tuple[Agent, int],
        supervisors: Sequence[Person] = (),
        language: str = "en",
        **settings: object,
    ) -> Campaign:
        """An active campaign with its own number. Members are agents or pairs of agent and penalty."""
        pairs = [member if isinstance(member, tuple) else (member, 0) for member in agents]
        body: dict[str, object] = {
            "kind": "inbound",
            "name": self.name("campaign"),
            "members": [{"agent_id": agent.agent_id, "penalty": penalty} for agent, penalty in pairs],
            "supervisor_ids": [person.user_id for person in supervisors],
            "dispositions": DISPOSITIONS,
            "retry_seconds": 1,
            **settings,
        }
        made = self.api.post("/campaigns", **body)
        if made["state"] != "active":
            made = self.api.post(f"/campaigns/{made['id']}/activate")
        did = self.route({"type": "inbound-campaign", "id": made["id"]}, language=language)
        dispositions = {option["name"]: option["id"] for option in made["dispositions"]}
        return Campaign(made["id"], made["name"], did, dispositions)

    def audio(self, tone_hz: float, *, seconds: float = 3.0) -> int:
        """The id of an audio file with a tone, known to Asterisk."""
        # The same sound is refused a second time, so each is a little different.
        sound = sine(tone_hz, seconds, level_dbfs=-9 - secrets.randbelow(10_000) / 10_000)
        with TemporaryDirectory() as folder:
            content = write_wav(Path(folder) / "tone.wav", sound).read_bytes()
        made = self.api.upload("/audio-files", name=self.name("tone"), filename="tone.wav", content=content)
        audio_id = int(made["id"])
        sounds = Path(self.instance.setting("oml_data_dir")) / "asterisk" / "sounds"
        eventually(
            lambda: list(sounds.glob(f"{audio_id}.*")), within_seconds=20, evidence=lambda: list(sounds.iterdir())
        )
        return audio_id

    def make(self, collection: str, **fields: object) -> Any:
        """A thing with a name of its own, in force for the call engine. Returns it as the API shows it."""
        made = self.api.post(f"/{collection}", **{"name": self.name(collection), **fields})
        self.settle()
        return made

    def trunk(self, address: str, **settings: object) -> int:
        """The id of a trunk to another address, used by Asterisk."""
        made = self.api.post(
            "/sip-trunks",
            name=self.name("trunk").replace(" ", "_").replace("-", "_"),
            wizard_text=carrier.wizard_text(address=address),
            **settings,
        )
        trunk_id = int(made["id"])
        eventually(
            lambda: self.api.get(f"/sip-trunks/{trunk_id}")["sync"]["state"] == "applied",
            within_seconds=30,
            evidence=lambda: self.api.get(f"/sip-trunks/{trunk_id}"),
        )
        self.settle()
        return trunk_id

    def settle(self) -> None:
        """Wait until the call engine works with everything that is configured."""
        (revision,) = self._history.rows("SELECT revision FROM config_revision")[0]
        eventually(
            lambda: self.site.metric("acd", "oml_acd_config_revision") >= revision,
            within_seconds=15,
            evidence=lambda: self.site.logs("acd"),
        )

    def route(self, destination: dict[str, object], *, language: str = "en") -> str:
        """The number of a new inbound route to this destination, in force."""
        did = self.number()
        self.api.post("/inbound-routes", name=self.name("route"), did=did, language=language, destination=destination)
        self.settle()
        return did

    def number(self) -> str:
        """A telephone number nobody has."""
        return f"351{int(self._mark, 16):08}{next(self._numbers):04}"

    def name(self, kind: str) -> str:
        return f"{kind} {self._mark}-{next(self._numbers)}"

    def _agent(self, role: str, group_id: int) -> Agent:
        user, password = self._user(role, group_id=group_id)
        agent = user["agent"]
        return Agent(user["id"], user["username"], password, _full_name(user), agent["id"], agent["extension"])

    def _user(self, role: str, **fields: object) -> tuple[Any, str]:
        password = secrets.token_urlsafe(16)
        count = next(self._numbers)
        body: dict[str, object] = {
            "username": f"{role}.{self._mark}.{count}",
            "password": password,
            "role_slug": role,
            "first_name": role.title(),
            "last_name": f"{self._mark}-{count}",
            **fields,
        }
        return self.api.post("/users", **body), password

    def _make_administrator(self) -> Person:
        """With the password the deployment left; the session is given up again."""
        with Api(self.site.url, self.site.tls()) as first:
            first.sign_in("admin", self.site.admin_password)
            password = secrets.token_urlsafe(16)
            username = f"tests.{self._mark}"
            user = first.post("/users", username=username, password=password, role_slug="administrator")
            return Person(user["id"], username, password, username)


def refusal(attempt: object) -> ApiRefused:
    """Call `attempt` and return how the API refused it."""
    assert callable(attempt)
    try:
        attempt()
    except ApiRefused as refused:
        return refused
    raise AssertionError("the API did not refuse it")


def _full_name(user: Any) -> str:
    return f"{user['first_name']} {user['last_name']}".strip()
