"""The strategies, alone."""

from collections import Counter
from random import Random

import pytest

from omnileads.acd.core.config import Strategy
from omnileads.acd.core.model import MemberStats
from omnileads.acd.core.selection import ReadyAgents
from tests.acd.scenario import queue


def ready_agents(strategy: str, members: dict[int, int], stats: dict[int, MemberStats] | None = None) -> ReadyAgents:
    ready = ReadyAgents(queue(members=members, strategy=Strategy(strategy)))
    for agent_id in members:
        ready.add(agent_id, (stats or {}).get(agent_id, MemberStats()))
    return ready


def random() -> Random:
    return Random(1)  # noqa: S311 - reproducible


def test_ringall_takes_everybody_of_the_lowest_penalty() -> None:
    assert ready_agents("ringall", {1: 0, 2: 1, 3: 0}).choose(random()) == [1, 3]


def test_rrmemory_goes_round_and_remembers() -> None:
    ready = ready_agents("rrmemory", {1: 0, 2: 0, 3: 0})
    assert [ready.choose(random())[0] for _ in range(5)] == [1, 2, 3, 1, 2]
    ready.discard(3)
    assert ready.choose(random()) == [1]


def test_leastrecent_asks_who_has_been_idle_longest() -> None:
    stats = {1: MemberStats(last_call_ended_at=30), 2: MemberStats(last_call_ended_at=10), 3: MemberStats()}
    ready = ready_agents("leastrecent", {1: 0, 2: 0, 3: 1}, stats)
    assert ready.choose(random()) == [2]


def test_fewestcalls_counts() -> None:
    stats = {1: MemberStats(calls=3), 2: MemberStats(calls=2), 3: MemberStats(calls=4)}
    assert ready_agents("fewestcalls", {1: 0, 2: 0, 3: 0}, stats).choose(random()) == [2]


def test_random_is_even_within_the_lowest_penalty() -> None:
    ready, source = ready_agents("random", {1: 0, 2: 0, 3: 1}), random()
    drawn = Counter(ready.choose(source)[0] for _ in range(4000))
    assert drawn.keys() == {1, 2}
    assert drawn[1] == pytest.approx(2000, rel=0.1)


def test_wrandom_prefers_low_penalties_without_excluding_high_ones() -> None:
    """Two uniform draws from [0, 1) and [0, 2): the first is the lower one in three cases of four."""
    ready, source = ready_agents("wrandom", {1: 0, 2: 1}), random()
    drawn = Counter(ready.choose(source)[0] for _ in range(8000))
    assert drawn[1] == pytest.approx(6000, rel=0.05)


def test_an_agent_that_is_not_ready_is_not_chosen() -> None:
    ready = ready_agents("leastrecent", {1: 0})
    ready.discard(1)
    ready.discard(1)
    assert ready.choose(random()) == []
    assert 1 not in ready
