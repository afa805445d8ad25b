"""Which ports the precheck calls taken, with real sockets and with the text of /proc/net."""

from __future__ import annotations

import os
import socket
from typing import Any

import port_conflicts
import pytest


def media(name: str, first: int, last: int, *own_ports: int) -> dict[str, Any]:
    return {"name": name, "first": first, "last": last, "own_ports": list(own_ports)}


def port(name: str, number: int, *, protocol: str = "tcp", address: str = "127.0.0.1") -> dict[str, Any]:
    return {"name": name, "protocol": protocol, "address": address, "port": number}


class NoPodman:
    """The module's interface to the host, on a host where no container of the instance runs."""

    def __init__(self, *ports: dict[str, Any]) -> None:
        self.params = {"instance": "oml-unit", "ports": list(ports)}

    def run_command(self, command: list[str]) -> tuple[int, str, str]:
        assert command[0] == "podman"
        return 0, "", ""


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("0100007F", "127.0.0.1"),
        ("00000000", "0.0.0.0"),  # noqa: S104
        ("00000000000000000000000001000000", "::1"),
        ("0000000000000000FFFF00000100007F", "127.0.0.1"),
    ],
)
def test_addresses_of_proc_net_are_read(text: str, address: str) -> None:
    assert str(port_conflicts.parse_address(text)) == address


def test_a_tcp_listener_is_named_with_its_process() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1]
        found = port_conflicts.taken_conflicts(NoPodman(port("the console", number, address="0.0.0.0")))  # noqa: S104
    assert len(found) == 1
    assert f"TCP port {number} on 0.0.0.0 is needed for the console but" in found[0]
    assert f"(process {os.getpid()}) listens there." in found[0]


def test_a_udp_listener_is_found_and_another_protocol_is_not_met() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        number = server.getsockname()[1]
        assert port_conflicts.taken_conflicts(NoPodman(port("trunks", number, protocol="udp")))
        assert not port_conflicts.taken_conflicts(NoPodman(port("trunks", number)))


def test_another_address_is_no_conflict() -> None:
    with socket.create_server(("127.0.0.2", 0)) as server:
        number = server.getsockname()[1]
        assert not port_conflicts.taken_conflicts(NoPodman(port("Redis", number)))


def test_own_listeners_are_no_conflict() -> None:
    own = NoPodman()
    with socket.create_server(("127.0.0.1", 0)) as server:
        own.params["ports"] = [port("Redis", server.getsockname()[1])]
        own.run_command = lambda _: (0, f"{os.getppid()}\n", "")  # type: ignore[method-assign]  # a container's process
        assert not port_conflicts.taken_conflicts(own)


@pytest.mark.parametrize(
    ("ports", "ranges", "sentence"),
    [
        ([port("A", 80), port("B", 80, address="0.0.0.0")], [], "TCP port 80 is given to both A and B."),  # noqa: S104
        (
            [port("A", 5161, protocol="udp")],
            [media("media", 5000, 6000)],
            "UDP port 5161 for A lies in the range for media.",
        ),
        (
            [],
            [media("one", 1, 9), media("two", 9, 12)],
            "The ranges for one and two overlap.",
        ),
        ([], [media("one", 9, 1)], "The range for one ends before it begins."),
    ],
)
def test_a_plan_that_contradicts_itself(ports: list[Any], ranges: list[Any], sentence: str) -> None:
    assert port_conflicts.plan_conflicts(ports, ranges) == [sentence]


def test_one_port_on_two_addresses_or_protocols_is_fine() -> None:
    ports = [port("A", 80), port("B", 80, address="127.0.0.2"), port("C", 80, protocol="udp")]
    assert port_conflicts.plan_conflicts(ports, []) == []


def test_a_program_may_have_its_own_port_inside_its_range() -> None:
    ports = [port("control", 22222, protocol="udp")]
    assert port_conflicts.plan_conflicts(ports, [media("media", 20000, 30000, 22222)]) == []
