"""Whom a queue asks, by its strategy. The fine print is tested on the pure core; here it acts on real calls."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from support.carrier import Carrier
from support.centre import Campaign, Centre
from support.history import History
from support.waiting import always, eventually
from support.workplace import Workplace, connected_agents

AtWork = Callable[..., Workplace]


def _serve_one(carrier: Carrier, campaign: Campaign, history: History, workers: list[Workplace]) -> int:
    """One call from dialling to hang-up; the position of the worker who had it. All are ready again afterwards."""
    caller = carrier.call(campaign.did)
    worker = eventually(
        lambda: next((worker for worker in workers if worker.phone.is_ringing), None), every_seconds=0.02
    )
    worker.take_call()
    caller.hang_up()
    history.wait_until(caller.number, lambda events: events[-1:] == ["COMPLETEOUTNUM"])
    assert connected_agents(history, caller.number) == [worker.agent.agent_id]
    worker.be_ready()
    return workers.index(worker)


def test_rrmemory_asks_the_one_after_the_last(
    centre: Centre, carrier: Carrier, at_work: AtWork, history: History
) -> None:
    workers = [at_work(agent) for agent in centre.agents(3)]
    campaign = centre.campaign(*(worker.agent for worker in workers), strategy="rrmemory")
    order = [_serve_one(carrier, campaign, history, workers) for _ in range(4)]
    start = order[0]
    assert order == [(start + step) % 3 for step in range(4)]


def test_leastrecent_asks_the_one_whose_last_call_is_longest_ago(
    centre: Centre, carrier: Carrier, at_work: AtWork, history: History
) -> None:
    workers = [at_work(agent) for agent in centre.agents(2)]
    campaign = centre.campaign(*(worker.agent for worker in workers), strategy="leastrecent")
    assert [_serve_one(carrier, campaign, history, workers) for _ in range(4)] in ([0, 1, 0, 1], [1, 0, 1, 0])


def test_fewestcalls_asks_the_one_who_had_fewer(
    centre: Centre, carrier: Carrier, at_work: AtWork, history: History
) -> None:
    busy, idle = (at_work(agent) for agent in centre.agents(2))
    campaign = centre.campaign(busy.agent, idle.agent, strategy="fewestcalls")
    idle.api.post("/agent/logout")
    for _ in range(2):
        assert _serve_one(carrier, campaign, history, [busy]) == 0
    idle.api.post("/agent/login")
    idle.wait_for_status("READY")
    assert [_serve_one(carrier, campaign, history, [busy, idle]) for _ in range(2)] == [1, 1]


@pytest.mark.parametrize("strategy", ["random", "wrandom"])
def test_chance_asks_one_at_a_time(
    strategy: str, centre: Centre, carrier: Carrier, at_work: AtWork, history: History
) -> None:
    workers = [at_work(agent) for agent in centre.agents(2)]
    campaign = centre.campaign(*(worker.agent for worker in workers), strategy=strategy)
    for _ in range(3):
        caller = carrier.call(campaign.did)
        eventually(lambda: [worker for worker in workers if worker.phone.is_ringing], every_seconds=0.02)
        always(lambda: sum(worker.phone.is_ringing for worker in workers) == 1, for_seconds=0.5)
        caller.hang_up()
        history.wait_for(caller.number, "ENTERQUEUE", "ABANDON")
        for worker in workers:
            worker.wait_for_status("READY")


def test_the_lowest_penalty_is_asked_as_long_as_it_is_ready(
    centre: Centre, carrier: Carrier, at_work: AtWork, history: History
) -> None:
    expert, helper = (at_work(agent) for agent in centre.agents(2))
    campaign = centre.campaign((expert.agent, 0), (helper.agent, 5))
    assert [_serve_one(carrier, campaign, history, [expert, helper]) for _ in range(2)] == [0, 0]
    first = carrier.call(campaign.did)
    expert.take_call()
    second = carrier.call(campaign.did)
    assert helper.take_call().headers["omloutnum"] == second.number
    history.wait_for(first.number, "ENTERQUEUE", "CONNECT")
    assert connected_agents(history, first.number) == [expert.agent.agent_id]


def test_ringall_rings_all_and_stops_the_others(
    centre: Centre, carrier: Carrier, at_work: AtWork, history: History
) -> None:
    workers = [at_work(agent) for agent in centre.agents(3)]
    campaign = centre.campaign(*(worker.agent for worker in workers), strategy="ringall")
    caller = carrier.call(campaign.did)
    for worker in workers:
        worker.phone.wait_until_ringing()
    workers[1].take_call()
    for other in (workers[0], workers[2]):
        other.phone.wait_until_idle()
        other.wait_for_status("READY")
    caller.wait_until_hears(workers[1].phone.tone_hz)
    caller.hang_up()
    history.wait_for(caller.number, "ENTERQUEUE", "CONNECT", "COMPLETEOUTNUM")


def test_two_who_answer_at_the_same_moment(centre: Centre, carrier: Carrier, at_work: AtWork, history: History) -> None:
    workers = [
        at_work(agent, tone_hz=hertz) for agent, hertz in zip(centre.agents(3), (400.0, 500.0, 600.0), strict=True)
    ]
    campaign = centre.campaign(*(worker.agent for worker in workers), strategy="ringall")
    for _ in range(3):
        caller = carrier.call(campaign.did)
        for worker in workers:
            worker.phone.wait_until_ringing()
        for worker in workers:
            worker.phone.answer_if_it_rings()
        history.wait_for(caller.number, "ENTERQUEUE", "CONNECT")
        eventually(lambda: sum(worker.phone.is_talking for worker in workers) == 1)
        (winner,) = (worker for worker in workers if worker.phone.is_talking)
        assert connected_agents(history, caller.number) == [winner.agent.agent_id]
        caller.wait_until_hears(winner.phone.tone_hz)
        caller.hang_up()
        history.wait_for(caller.number, "ENTERQUEUE", "CONNECT", "COMPLETEOUTNUM")
        for worker in workers:
            worker.wait_for_status("READY", within_seconds=5)
