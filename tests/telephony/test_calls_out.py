"""Agents call out: their webphone first, then the number over real trunks, with the words of the call log."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from support.carrier import CARRIER_ADDRESS, CARRIER_PORT, Carrier
from support.centre import TRUNK, Centre, refusal
from support.history import History
from support.telephones import Exchange
from support.tones import heard_seconds, read_wav
from support.waiting import eventually
from support.workplace import Workplace

AtWork = Callable[..., Workplace]
SECOND_ADDRESS, DEAD_ADDRESS = "127.0.0.4", "127.0.0.5"
AGENT_HZ, CALLED_HZ = 440.0, 700.0


@pytest.fixture
def network() -> Iterator[Exchange]:
    """The telephones behind the carrier."""
    with Exchange(CARRIER_ADDRESS, CARRIER_PORT) as exchange:
        yield exchange


@pytest.fixture
def second_network() -> Iterator[Exchange]:
    with Exchange(SECOND_ADDRESS, CARRIER_PORT) as exchange:
        yield exchange


@pytest.fixture(scope="module")
def trunk(centre: Centre) -> int:
    """The id of the trunk to the carrier."""
    return int(centre.api.get("/sip-trunks", search=TRUNK)["items"][0]["id"])


@pytest.fixture
def route(centre: Centre, trunk: int) -> Iterator[Callable[..., None]]:
    """`route(prefix, ...)` makes a route for numbers that begin so; it is removed after the test."""
    made: list[int] = []

    def make(prefix: str, *, trunk_ids: list[int] | None = None, **settings: object) -> None:
        body: dict[str, object] = {
            "patterns": [{"prefix": prefix, "prepend": "", "match": "XXXX."}],
            "trunk_ids": trunk_ids or [trunk],
            "ring_seconds": 20,
            **settings,
        }
        made.append(centre.make("outbound-routes", **body)["id"])

    yield make
    for route_id in made:
        centre.api.delete(f"/outbound-routes/{route_id}")


def caller(at_work: AtWork, centre: Centre, **group: object) -> Workplace:
    """An agent who may call, whose webphone takes its own calls as the console's does."""
    worker = at_work(centre.agent(allow_off_campaign_calls=True, **group), tone_hz=AGENT_HZ)
    worker.phone.answers_at_once = True
    return worker


def test_a_call_for_a_campaign(
    centre: Centre, network: Exchange, route: Callable[..., None], at_work: AtWork, history: History
) -> None:
    worker = caller(at_work, centre)
    campaign = centre.campaign(worker.agent, recording_enabled=True)
    number = centre.number()
    route("99")
    called = network.telephone(number, tone_hz=CALLED_HZ)
    state = worker.api.post("/agent/calls", number=f"99{number}", campaign_id=campaign.id)
    assert state["status"] == "DIALING"
    called.wait_until_ringing()
    own = worker.phone.offers[-1]
    assert (own.headers["origin"], own.headers["omloutnum"]) == ("CLICK2CALL", f"99{number}")
    called.answer()
    worker.wait_for_status("ONCALL")
    eventually(lambda: own.sound and own.sound.hears(CALLED_HZ), evidence=called.evidence)
    far = called.offers[-1].sound
    eventually(lambda: far and far.hears(AGENT_HZ), evidence=called.evidence)
    called.hang_up()
    worker.wait_for_status("ACW", "READY")
    dial, answer, complete = history.wait_for(f"99{number}", "DIAL", "ANSWER", "COMPLETEOUTNUM")
    assert {event.agent_id for event in (dial, answer, complete)} == {worker.agent.agent_id}
    assert {event.campaign_id for event in (dial, answer, complete)} == {campaign.id}
    rate, samples = read_wav(history.recording(complete))
    assert heard_seconds(samples, CALLED_HZ, rate=rate) > 0.5


def test_what_the_trunk_receives(
    centre: Centre, trunk: int, network: Exchange, route: Callable[..., None], at_work: AtWork
) -> None:
    centre.api.patch(f"/sip-trunks/{trunk}", caller_id="+5435100")
    number = centre.number()
    route("88", patterns=[{"prefix": "88", "prepend": "0351", "match": "XXXX."}])
    called = network.telephone(f"0351{number}")
    worker = caller(at_work, centre)
    worker.api.post("/agent/calls", number=f"88{number}", campaign_id=None)
    called.wait_until_ringing()
    assert "+5435100" in called.offers[-1].headers["from"]
    tried = centre.api.post("/outbound-routes/try", number=f"88{number}")
    assert (tried["sent"], [one["id"] for one in tried["trunks"]]) == (f"0351{number}", [trunk])
    worker.phone.hang_up()


@pytest.mark.parametrize(
    ("status", "result"),
    [("486 Busy Here", "BUSY"), ("603 Decline", "BUSY"), ("480 Temporarily Unavailable", "NOANSWER")],
)
def test_the_called_side_does_not_take_it(
    status: str,
    result: str,
    centre: Centre,
    network: Exchange,
    second_network: Exchange,
    trunk: int,
    route: Callable[..., None],
    at_work: AtWork,
    history: History,
) -> None:
    """That is final: the second trunk is not tried."""
    number = centre.number()
    route("77", trunk_ids=[trunk, centre.trunk(SECOND_ADDRESS)])
    network.telephone(number).refuses_with = status
    second = second_network.telephone(number)
    worker = caller(at_work, centre)
    worker.api.post("/agent/calls", number=f"77{number}", campaign_id=None)
    history.wait_for(f"77{number}", "DIAL", result)
    worker.wait_for_status("READY")
    assert worker.live["last_call_result"] == result
    assert not second.offers
    worker.phone.wait_until_idle()


@pytest.mark.parametrize("kind", ["refuses", "dead"])
def test_the_next_trunk_is_tried_when_one_cannot(
    kind: str,
    centre: Centre,
    network: Exchange,
    second_network: Exchange,
    trunk: int,
    route: Callable[..., None],
    at_work: AtWork,
    history: History,
) -> None:
    number = centre.number()
    network.telephone(number).refuses_with = "503 Service Unavailable"
    first = trunk if kind == "refuses" else centre.trunk(DEAD_ADDRESS)
    route("66", trunk_ids=[first, centre.trunk(SECOND_ADDRESS)], ring_seconds=5)
    second = second_network.telephone(number)
    worker = caller(at_work, centre)
    worker.api.post("/agent/calls", number=f"66{number}", campaign_id=None)
    second.wait_until_ringing(within_seconds=30)
    second.answer()
    worker.wait_for_status("ONCALL")
    worker.phone.hang_up()
    history.wait_for(f"66{number}", "DIAL", "ANSWER", "COMPLETEAGENT")


def test_all_trunks_refuse(
    centre: Centre, network: Exchange, route: Callable[..., None], at_work: AtWork, history: History
) -> None:
    number = centre.number()
    network.telephone(number).refuses_with = "503 Service Unavailable"
    route("55")
    worker = caller(at_work, centre)
    worker.api.post("/agent/calls", number=f"55{number}", campaign_id=None)
    eventually(lambda: history.sequence(f"55{number}")[1:] in (["CHANUNAVAIL"], ["CONGESTION"]), within_seconds=20)


def test_a_full_trunk_is_passed_over(
    centre: Centre,
    carrier: Carrier,
    second_network: Exchange,
    network: Exchange,
    route: Callable[..., None],
    at_work: AtWork,
) -> None:
    number = centre.number()
    narrow = centre.trunk(SECOND_ADDRESS, max_channels=1)
    route("44", trunk_ids=[narrow])
    first, second = second_network.telephone(number), second_network.telephone(f"{number}1")
    one, other = caller(at_work, centre), caller(at_work, centre)
    one.api.post("/agent/calls", number=f"44{number}", campaign_id=None)
    first.wait_until_ringing()
    other.api.post("/agent/calls", number=f"44{number}1", campaign_id=None)
    eventually(lambda: other.live.get("last_call_result") == "CHANUNAVAIL", evidence=lambda: other.live)
    assert not second.offers
    one.phone.hang_up()


def test_nobody_answers(
    centre: Centre, network: Exchange, route: Callable[..., None], at_work: AtWork, history: History
) -> None:
    number = centre.number()
    called = network.telephone(number)
    route("33", ring_seconds=5)
    worker = caller(at_work, centre)
    worker.api.post("/agent/calls", number=f"33{number}", campaign_id=None)
    called.wait_until_ringing()
    history.wait_for(f"33{number}", "DIAL", "NOANSWER")
    called.wait_until_idle()


def test_the_agent_gives_up(
    centre: Centre, network: Exchange, route: Callable[..., None], at_work: AtWork, history: History
) -> None:
    number = centre.number()
    called = network.telephone(number)
    route("22")
    worker = caller(at_work, centre)
    worker.api.post("/agent/calls", number=f"22{number}", campaign_id=None)
    called.wait_until_ringing()
    worker.phone.hang_up()
    called.wait_until_idle()
    history.wait_for(f"22{number}", "DIAL", "CANCEL")
    worker.wait_for_status("READY")


def test_what_the_network_plays_before_the_answer_is_heard(
    centre: Centre, network: Exchange, route: Callable[..., None], at_work: AtWork
) -> None:
    number = centre.number()
    called = network.telephone(number, tone_hz=CALLED_HZ)
    called.plays_before_answer = True
    route("11")
    worker = caller(at_work, centre)
    worker.api.post("/agent/calls", number=f"11{number}", campaign_id=None)
    called.wait_until_ringing()
    own = worker.phone.offers[-1]
    eventually(lambda: own.sound and own.sound.hears(CALLED_HZ), evidence=called.evidence)
    assert worker.status == "DIALING"
    worker.phone.hang_up()


def test_a_number_without_a_route_is_refused(centre: Centre, at_work: AtWork, history: History) -> None:
    worker = caller(at_work, centre)
    refused = refusal(lambda: worker.api.post("/agent/calls", number="00000", campaign_id=None))
    assert "No outbound route" in str(refused)
    assert worker.status == "READY"


def test_calling_out_of_campaigns_is_the_groups_to_allow(centre: Centre, at_work: AtWork) -> None:
    worker = at_work(centre.agent())
    refused = refusal(lambda: worker.api.post("/agent/calls", number="12345", campaign_id=None))
    assert "outside of campaigns" in str(refused)
