"""One call engine with two Asterisks: calls on both, the end of one of them, and one that is to stop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.carrier import CARRIER_ADDRESS, CARRIER_PORT, Caller, Carrier
from support.centre import TRUNK, Campaign, Centre
from support.history import History
from support.instance import Instance
from support.other_asterisk import ADDRESS, OtherAsterisk
from support.telephones import Exchange
from support.waiting import always, eventually
from support.workplace import Workplace

AtWork = Callable[..., Workplace]
AGENT_HZ, OTHER_AGENT_HZ, CALLED_HZ = 440.0, 560.0, 850.0


@pytest.fixture
def other(instance: Instance, centre: Centre, tmp_path: Path) -> Iterator[OtherAsterisk]:
    del centre  # It has made the trunk that the other Asterisk is to have.
    with OtherAsterisk(instance, tmp_path) as asterisk:
        yield asterisk


@pytest.fixture
def other_carrier(instance: Instance, tmp_path: Path) -> Iterator[Carrier]:
    """Calls arrive at the other Asterisk."""
    with Carrier(ADDRESS, instance.port("asterisk_trunk"), tmp_path) as network:
        yield network


@pytest.fixture
def network() -> Iterator[Exchange]:
    with Exchange(CARRIER_ADDRESS, CARRIER_PORT) as exchange:
        yield exchange


@pytest.fixture
def prefix(centre: Centre) -> Iterator[str]:
    """Numbers that begin so are called over the trunk."""
    trunk = int(centre.api.get("/sip-trunks", search=TRUNK)["items"][0]["id"])
    pattern = {"prefix": "77", "prepend": "", "match": "XXXX."}
    route = centre.make("outbound-routes", patterns=[pattern], trunk_ids=[trunk], ring_seconds=20)
    yield "77"
    centre.api.delete(f"/outbound-routes/{route['id']}")


class Talks:
    """A caller on each Asterisk who talks with an agent."""

    def __init__(self, centre: Centre, carrier: Carrier, other_carrier: Carrier, at_work: AtWork) -> None:
        self.worker = at_work(centre.agent(), tone_hz=AGENT_HZ)
        self.campaign: Campaign = centre.campaign(self.worker.agent)
        self.caller = self._begin(carrier, self.campaign, self.worker)
        self.other_worker = at_work(centre.agent(), tone_hz=OTHER_AGENT_HZ)
        self.other_campaign: Campaign = centre.campaign(self.other_worker.agent)
        self.other_caller = self._begin(other_carrier, self.other_campaign, self.other_worker)

    @staticmethod
    def _begin(carrier: Carrier, campaign: Campaign, worker: Workplace) -> Caller:
        caller = carrier.call(campaign.did)
        worker.take_call()
        caller.wait_until_hears(worker.phone.tone_hz)
        return caller

    def end(self, history: History) -> None:
        """Both end as talks do."""
        for caller in (self.caller, self.other_caller):
            caller.hang_up()
            history.wait_for(caller.number, "ENTERQUEUE", "CONNECT", "COMPLETEOUTNUM")


@pytest.fixture
def talks(other: OtherAsterisk, centre: Centre, carrier: Carrier, other_carrier: Carrier, at_work: AtWork) -> Talks:
    del other
    return Talks(centre, carrier, other_carrier, at_work)


def test_calls_arrive_at_both(other: OtherAsterisk, talks: Talks, history: History) -> None:
    assert other.calls == 1
    talks.end(history)
    eventually(lambda: other.calls == 0, evidence=other.evidence)


def test_the_same_agent_serves_callers_of_both(
    other: OtherAsterisk, centre: Centre, carrier: Carrier, other_carrier: Carrier, at_work: AtWork
) -> None:
    worker = at_work(centre.agent())
    campaign = centre.campaign(worker.agent)
    for network in (carrier, other_carrier):
        caller = network.call(campaign.did)
        worker.take_call()
        caller.wait_until_hears(worker.phone.tone_hz)
        worker.phone.hang_up()
        caller.wait_until_hung_up()
        worker.wait_for_status("ACW", "READY")
        if worker.status == "ACW":
            worker.be_ready()


def test_a_talk_goes_on_when_the_other_asterisk_dies(
    other: OtherAsterisk, talks: Talks, carrier: Carrier, history: History
) -> None:
    other.kill()
    history.wait_for(talks.other_caller.number, "ENTERQUEUE", "CONNECT", "COMPLETEOUTNUM")
    talks.other_worker.wait_for_status("ACW", "READY")
    assert talks.worker.status == "ONCALL"
    heard = talks.caller.sound
    always(lambda: talks.caller.is_connected and heard.hears(AGENT_HZ), for_seconds=1.5)
    if talks.other_worker.status == "ACW":
        talks.other_worker.be_ready()
    talks.other_worker.phone.forget_calls()
    following = carrier.call(talks.other_campaign.did)
    talks.other_worker.take_call()
    following.wait_until_hears(OTHER_AGENT_HZ)
    talks.caller.hang_up()
    history.wait_for(talks.caller.number, "ENTERQUEUE", "CONNECT", "COMPLETEOUTNUM")


def test_one_that_comes_back_under_its_address_takes_calls_again(
    other: OtherAsterisk, talks: Talks, other_carrier: Carrier, history: History
) -> None:
    other.kill()
    history.wait_for(talks.other_caller.number, "ENTERQUEUE", "CONNECT", "COMPLETEOUTNUM")
    other.start()
    caller = other_carrier.call(talks.campaign.did)
    history.wait_for(caller.number, "ENTERQUEUE")
    assert talks.worker.status == "ONCALL"


def test_both_talks_outlive_the_engine(
    instance: Instance, other: OtherAsterisk, talks: Talks, history: History
) -> None:
    engine = instance.process("acd")
    engine.stop()
    engine.start()
    eventually(lambda: other.is_connected, within_seconds=30, evidence=other.evidence)
    assert (talks.worker.status, talks.other_worker.status) == ("ONCALL", "ONCALL")
    assert talks.caller.is_connected
    assert talks.other_caller.is_connected
    talks.end(history)


def call_out(centre: Centre, network: Exchange, worker: Workplace, prefix: str) -> str:
    """The agent calls a telephone, which answers; both hear each other. Returns the number."""
    number = centre.number()
    called = network.telephone(number, tone_hz=CALLED_HZ)
    worker.phone.answers_at_once = True
    worker.api.post("/agent/calls", number=f"{prefix}{number}", campaign_id=None)
    called.wait_until_ringing()
    called.answer()
    worker.wait_for_status("ONCALL")
    own = worker.phone.offers[-1]
    eventually(lambda: own.sound and own.sound.hears(CALLED_HZ), evidence=called.evidence)
    return number


def test_calls_out_are_spread(
    other: OtherAsterisk, centre: Centre, network: Exchange, prefix: str, at_work: AtWork
) -> None:
    workers = [at_work(centre.agent(allow_off_campaign_calls=True)) for _ in range(4)]
    for worker in workers:
        call_out(centre, network, worker, prefix)
    assert other.calls == 2
    for worker in workers:
        worker.phone.hang_up()


def test_one_that_is_to_stop_serves_its_callers_and_takes_no_new_ones(
    other: OtherAsterisk,
    centre: Centre,
    other_carrier: Carrier,
    network: Exchange,
    prefix: str,
    at_work: AtWork,
    history: History,
) -> None:
    worker = at_work(centre.agent())
    campaign = centre.campaign(worker.agent)
    first = other_carrier.call(campaign.did)
    worker.take_call()
    waiting = other_carrier.call(campaign.did)
    history.wait_for(waiting.number, "ENTERQUEUE")
    other.command("dialplan set global OML_DRAINING yes")
    other.stop_when_convenient()
    refused = other_carrier.call(campaign.did)
    eventually(lambda: "refused" in " ".join(refused.log), evidence=refused.evidence)
    eventually(lambda: "draining" in other.evidence(), evidence=other.evidence)
    caller = at_work(centre.agent(allow_off_campaign_calls=True))
    call_out(centre, network, caller, prefix)
    assert other.calls == 2
    caller.phone.hang_up()
    worker.phone.hang_up()
    first.wait_until_hung_up()
    if worker.status == "ACW":
        worker.be_ready()
    worker.take_call()
    waiting.wait_until_hears(worker.phone.tone_hz)
    worker.phone.hang_up()
    waiting.wait_until_hung_up()
    eventually(lambda: not other.is_running, within_seconds=30, evidence=other.evidence)
    assert history.sequence(refused.number) == []


def test_a_call_that_one_refuses_is_made_by_the_other(
    other: OtherAsterisk, centre: Centre, carrier: Carrier, network: Exchange, prefix: str, at_work: AtWork
) -> None:
    """Stopped by hand, as Asterisk's own documentation says: the engine learns it from the first refusal."""
    held = carrier.call(centre.campaign().did)
    held.wait_until_answered()
    keeper = at_work(centre.agent(allow_off_campaign_calls=True))
    call_out(centre, network, keeper, prefix)
    assert other.calls == 1
    other.stop_when_convenient("core stop gracefully")
    worker = at_work(centre.agent(allow_off_campaign_calls=True))
    another = carrier.call(centre.campaign().did)
    another.wait_until_answered()
    call_out(centre, network, worker, prefix)
    assert other.calls == 1
    worker.phone.hang_up()
    keeper.phone.hang_up()
