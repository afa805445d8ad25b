"""All Asterisks: finds them by their names, and sends each command to the one that has its call.

A name may stand for several addresses (a headless Service of Kubernetes), and for others later. An address that its
name does not stand for any more keeps its connection for as long as there is one, and gets no new calls. A name that
cannot be resolved now stands for what it stood for.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable

import structlog

from omnileads.acd.ari.node import Listener, Node, Pace
from omnileads.acd.ari.telephony import Telephony
from omnileads.acd.core.commands import Command, Decision
from omnileads.acd.core.events import NodeChanged
from omnileads.settings import AsteriskTopic

log = structlog.get_logger(__name__)

Resolve = Callable[[str], Awaitable[Iterable[str]]]
"""The addresses that a name stands for now. Raises OSError."""


class Fleet:
    """The Asterisks of the settings and those that have calls. `new_telephony` makes what sends commands to one."""

    def __init__(
        self,
        asterisk: AsteriskTopic,
        lost_seconds: int,
        new_telephony: Callable[[str], Telephony],
        listener: Listener,
        resolving: Resolve | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._asterisk = asterisk
        self._lost_seconds = lost_seconds
        self._new_telephony = new_telephony
        self._resolve_name = resolving or resolve
        self._pace = pace or Pace()
        self._listener = listener
        self._nodes: dict[str, Node] = {}
        self._addresses: dict[str, frozenset[str]] = {}
        self._unknown: set[str] = set()
        """names that could not be resolved when last tried"""

    @property
    def is_connected(self) -> bool:
        """To at least one."""
        return any(node.is_connected for node in self._nodes.values())

    async def run(self) -> None:
        """Look for them and stay connected to each, for ever."""
        async with asyncio.TaskGroup() as group:
            while True:
                await self._resolve()
                for address in self._wanted() - self._nodes.keys():
                    group.create_task(self._stay_with(address))
                await asyncio.sleep(self._pace.resolve_seconds)

    def submit(self, decision: Decision, origin: str) -> None:
        """Carry a decision's commands out, where their calls are; `origin` is where its event came from, if known."""
        commands: dict[str, list[Command]] = {}
        for command in decision.commands:
            commands.setdefault(self._node_of(command.call_id, decision, origin), []).append(command)
        for address, its_commands in commands.items():
            node = self._nodes.get(address)
            if node is not None:
                node.telephony.submit(its_commands)
            elif address in self._listener.world.nodes:
                log.warning("acd.asterisk-unknown", asterisk=address, commands=len(its_commands))

    def _node_of(self, call_id: str, decision: Decision, origin: str) -> str:
        call = self._listener.world.calls.get(call_id)
        return call.node if call is not None else decision.ended.get(call_id, origin)

    async def _stay_with(self, address: str) -> None:
        telephony = self._new_telephony(address)
        node = Node(address, self._asterisk, telephony, self._listener, self._lost_seconds, self._pace)
        node.is_listed = address in self._listed()
        self._nodes[address] = node
        self._listener.tell(NodeChanged(address, "away"), address)
        try:
            await node.run()
        finally:
            del self._nodes[address]
            self._listener.world.forget_node(address)
        log.info("acd.asterisk-forgotten", asterisk=address)

    async def _resolve(self) -> None:
        for host in self._asterisk.hosts():
            try:
                self._addresses[host] = frozenset(await self._resolve_name(host))
                self._unknown.discard(host)
            except OSError as error:
                if host not in self._unknown:
                    log.warning("acd.asterisk-not-found", host=host, reason=str(error))
                self._unknown.add(host)
        for node in self._nodes.values():
            node.is_listed = node.address in self._listed()

    def _listed(self) -> frozenset[str]:
        return frozenset().union(*self._addresses.values())

    def _wanted(self) -> set[str]:
        """Those of the settings, and those that a former engine has left calls on."""
        return set(self._listed()) | {call.node for call in self._listener.world.calls.values() if call.node}


async def resolve(host: str) -> Iterable[str]:
    """The addresses that a name stands for now, those of IPv4 if there are any. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    addresses: dict[int, set[str]] = {}
    for family, _, _, _, address in found:
        addresses.setdefault(family, set()).add(str(address[0]))
    return addresses.get(socket.AF_INET) or addresses.get(socket.AF_INET6) or ()
