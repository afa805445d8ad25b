#!/usr/bin/python
"""Find ports of an instance that cannot be had: given twice, inside a range for media, or taken by something else.

Called by the `precheck` role. Reads /proc, so it sees every listener of the host whoever owns it; a listener inside one
of the instance's own containers is no conflict. It does not bind anything. The options are those of `precheck_ports`
and `precheck_udp_ranges`, described in the role's argument specs.
"""

from __future__ import annotations

import ipaddress
import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule  # type: ignore[import-untyped]  # ansible-core ships no types

INSTANCE_LABEL = "org.omnileads.instance"
TCP_LISTEN = "0A"
UDP_UNCONNECTED = "07"


@dataclass(frozen=True)
class Listener:
    protocol: str
    address: ipaddress.IPv4Address | ipaddress.IPv6Address
    port: int
    inode: str


def parse_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Decode an address of /proc/net: hexadecimal, each 32-bit word in the host's (little-endian) byte order."""
    words = [bytes.fromhex(text[i : i + 8])[::-1] for i in range(0, len(text), 8)]
    address = ipaddress.ip_address(b"".join(words))
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address


def parse_listeners(protocol: str, table: str) -> list[Listener]:
    """Listeners in the text of /proc/net/{tcp,tcp6,udp,udp6}."""
    wanted = TCP_LISTEN if protocol == "tcp" else UDP_UNCONNECTED
    rows = [line.split() for line in table.splitlines()[1:]]
    return [
        Listener(protocol, parse_address(row[1].split(":")[0]), int(row[1].split(":")[1], 16), row[9])
        for row in rows
        if row[3] == wanted
    ]


def overlap(one: object, other: object) -> bool:
    """Whether two addresses cannot listen on one port; an IPv6 wildcard listens on IPv4 as well."""
    first, second = ipaddress.ip_address(str(one)), ipaddress.ip_address(str(other))
    return first.is_unspecified or second.is_unspecified or first == second


def plan_conflicts(ports: list[dict[str, Any]], ranges: list[dict[str, Any]]) -> list[str]:
    """Sentences about ports and ranges that contradict each other whatever runs on the host."""
    found = [
        f"{one['protocol'].upper()} port {one['port']} is given to both {one['name']} and {other['name']}."
        for one, other in itertools.combinations(ports, 2)
        if (one["protocol"], one["port"]) == (other["protocol"], other["port"])
        and overlap(one["address"], other["address"])
    ]
    found += [f"The range for {r['name']} ends before it begins." for r in ranges if r["last"] < r["first"]]
    found += [
        f"UDP port {port['port']} for {port['name']} lies in the range for {r['name']}."
        for port, r in itertools.product(ports, ranges)
        if port["protocol"] == "udp" and r["first"] <= port["port"] <= r["last"] and port["port"] not in r["own_ports"]
    ]
    found += [
        f"The ranges for {one['name']} and {other['name']} overlap."
        for one, other in itertools.combinations(ranges, 2)
        if one["first"] <= other["last"] and other["first"] <= one["last"]
    ]
    return found


def read_listeners() -> list[Listener]:
    found: list[Listener] = []
    for protocol in ("tcp", "udp"):
        for table in (Path("/proc/net") / protocol, Path("/proc/net") / f"{protocol}6"):
            if table.exists():
                found += parse_listeners(protocol, table.read_text())
    return found


def holders(inodes: set[str]) -> dict[str, int]:
    """The process that holds each socket, by the socket's inode."""
    found: dict[str, int] = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            for descriptor in (process / "fd").iterdir():
                target = descriptor.readlink().name
                if target.startswith("socket:[") and target[8:-1] in inodes:
                    found.setdefault(target[8:-1], int(process.name))
        except OSError:  # the process or the descriptor is gone, or it is not ours to read
            continue
    return found


def ancestors(pid: int) -> list[int]:
    """The process and all its parents; containers share the host's process tree."""
    chain = []
    while pid > 0:
        chain.append(pid)
        try:
            stat = (Path("/proc") / str(pid) / "stat").read_text()
        except OSError:
            break
        pid = int(stat.rpartition(")")[2].split()[1])
    return chain


def process_name(pid: int) -> str:
    try:
        return (Path("/proc") / str(pid) / "comm").read_text().strip()
    except OSError:
        return "a process that has ended"


def describe(port: dict[str, Any], pid: int | None) -> str:
    holder = f"{process_name(pid)} (process {pid})" if pid else "another process"
    return (
        f"{port['protocol'].upper()} port {port['port']} on {port['address']} is needed for {port['name']} "
        f"but {holder} listens there."
    )


def taken_conflicts(module: AnsibleModule) -> list[str]:
    """Sentences about ports that something outside the instance listens on."""
    listeners = read_listeners()
    met = [
        (port, listener)
        for port in module.params["ports"]
        for listener in listeners
        if (listener.protocol, listener.port) == (port["protocol"], port["port"])
        and overlap(listener.address, port["address"])
    ]
    if not met:
        return []
    by_inode = holders({listener.inode for _, listener in met})
    label = f"label={INSTANCE_LABEL}={module.params['instance']}"
    _, out, _ = module.run_command(["podman", "ps", "--filter", label, "--format={{.Pid}}"])
    own = {int(pid) for pid in out.split()}
    return [
        describe(port, by_inode.get(listener.inode))
        for port, listener in met
        if own.isdisjoint(ancestors(by_inode.get(listener.inode, 0)))
    ]


def main() -> None:
    text, number = {"type": "str", "required": True}, {"type": "int", "required": True}
    protocol = {"type": "str", "choices": ["tcp", "udp"], "required": True}
    port_options = {"name": text, "protocol": protocol, "address": text, "port": number}
    own_ports = {"type": "list", "elements": "int", "default": []}
    range_options = {"name": text, "first": number, "last": number, "own_ports": own_ports}
    dicts = {"type": "list", "elements": "dict"}
    module = AnsibleModule(
        {
            "instance": text,
            "ports": {**dicts, "required": True, "options": port_options},
            "udp_ranges": {**dicts, "default": [], "options": range_options},
        },
        supports_check_mode=True,
    )
    conflicts = plan_conflicts(module.params["ports"], module.params["udp_ranges"]) or taken_conflicts(module)
    module.exit_json(changed=False, conflicts=sorted(set(conflicts)))


if __name__ == "__main__":
    main()
