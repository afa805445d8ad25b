"""Which of a queue's ready agents is asked next, in time that hardly grows with their number.

A queue keeps its ready agents in one sorted list per penalty; each strategy is a way of ranking and of reading those
lists. `app_queue`'s meaning of the strategies is kept: penalty first, except for `wrandom`, which uses it as a weight.
"""

from random import Random

from sortedcontainers import SortedList

from omnileads.acd.core.config import Queue, Strategy
from omnileads.acd.core.model import MemberStats

Rank = tuple[int, int, int]
"""(what the strategy orders by, tie-breaker, agent id)"""


class ReadyAgents:
    """The ready members of one queue."""

    def __init__(self, queue: Queue) -> None:
        self._groups: dict[int, SortedList[Rank]] = {}
        self._ranks: dict[int, tuple[int, Rank]] = {}
        self._last_asked: Rank = (-1, -1, -1)
        self.configure(queue)

    def configure(self, queue: Queue) -> None:
        """Take over a changed queue; the ready agents must be added anew."""
        self._strategy = queue.strategy
        self._penalties = queue.members
        self._order = {agent_id: position for position, agent_id in enumerate(queue.members)}
        self._groups.clear()
        self._ranks.clear()

    def __len__(self) -> int:
        return len(self._ranks)

    def __contains__(self, agent_id: int) -> bool:
        return agent_id in self._ranks

    def add(self, agent_id: int, stats: MemberStats) -> None:
        """An agent became ready for this queue."""
        self.discard(agent_id)
        rank = self._rank(agent_id, stats)
        penalty = self._penalties[agent_id]
        self._groups.setdefault(penalty, SortedList()).add(rank)
        self._ranks[agent_id] = (penalty, rank)

    def discard(self, agent_id: int) -> None:
        """An agent is not ready for this queue any more (no error if it was not)."""
        entry = self._ranks.pop(agent_id, None)
        if entry is None:
            return
        penalty, rank = entry
        group = self._groups[penalty]
        group.remove(rank)
        if not group:
            del self._groups[penalty]

    def choose(self, random: Random) -> list[int]:
        """The agents to ring now: all of the lowest penalty for `ringall`, one otherwise, none if nobody is ready."""
        if not self._groups:
            return []
        if self._strategy is Strategy.WRANDOM:
            return [self._weighted(random)]
        group = self._groups[min(self._groups)]
        if self._strategy is Strategy.RINGALL:
            return [agent_id for _, _, agent_id in group]
        if self._strategy is Strategy.RANDOM:
            return [_any_of(group, random)]
        if self._strategy is Strategy.RRMEMORY:
            position = group.bisect_right(self._last_asked)
            self._last_asked = group[position % len(group)]
            return [self._last_asked[2]]
        return [group[0][2]]

    def _rank(self, agent_id: int, stats: MemberStats) -> Rank:
        match self._strategy:
            case Strategy.LEASTRECENT:
                return (stats.last_call_ended_at, self._order[agent_id], agent_id)
            case Strategy.FEWESTCALLS:
                return (stats.calls, stats.last_call_ended_at, agent_id)
            case _:
                return (self._order[agent_id], 0, agent_id)

    def _weighted(self, random: Random) -> int:
        """`wrandom`: each agent draws from [0, 1 + penalty), the lowest draw wins.

        The minimum of k uniform draws is drawn directly (inverse of its distribution), so the cost depends on the
        number of penalties in use, not on the number of agents.
        """
        best: tuple[float, int] | None = None
        for penalty, group in self._groups.items():
            lowest = (1 + penalty) * (1 - random.random() ** (1 / len(group)))
            if best is None or lowest < best[0]:
                best = (lowest, penalty)
        assert best is not None  # noqa: S101 - choose() has checked that there is a group
        return _any_of(self._groups[best[1]], random)


def _any_of(group: SortedList[Rank], random: Random) -> int:
    rank: Rank = group[random.randrange(len(group))]
    return rank[2]
