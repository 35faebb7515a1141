#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How the processor time of nicfix grows with its host: each curve enlarges one part of a snapshot, and
is told with its exponent (1: twice the host takes twice the time). Needs neither root nor firewalld."""
from __future__ import annotations

import argparse
import copy
import json
import math
import resource
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
_INCIDENT = HERE.parent / "unit" / "fixtures" / "incident.json"
_RUNS = 3  # of which the fastest counts

Host = dict[str, Any]


def _address(i: int) -> str:
    return f"10.{64 + i // 65536}.{i // 256 % 256}.{i % 256}"


def _named(items: list[Host], name: str) -> Host:
    return next(item for item in items if item["name"] == name)


def _public(host: Host) -> Host:
    return _named(host["firewalld"]["zones"], "public")


def _uplinks(host: Host, size: int) -> None:
    """Default routes by SIZE more network cards that no zone binds."""
    card = _named(host["links"], "enp2s0")
    for i in range(size):
        index = 1000 + i
        host["links"].append(dict(card, index=index, name=f"eth{i}", mac=None, permanent_mac=None))
        host["addresses"].append(
            {"link": index, "address": f"{_address(256 * i + 1)}/24", "scope": 0, "flags": 128}
        )
        route = copy.deepcopy(host["routes"][0])
        route["metric"] = 1000 + i
        route["nexthops"][0] |= {"oif": index, "gateway": _address(256 * i + 2)}
        host["routes"].append(route)
        binding = {"interface": f"eth{i}", "zone": None, "conflict": None}
        host["permanent"]["bindings"].append(binding)


def _networks(host: Host, size: int) -> None:
    """SIZE more bridges with a network each."""
    bridge = _named(host["links"], "cni0")
    for i in range(size):
        index = 1000 + i
        host["links"].append(dict(bridge, index=index, name=f"br{i}", mac=None))
        host["addresses"].append(
            {"link": index, "address": f"{_address(256 * i + 1)}/24", "scope": 0, "flags": 128}
        )


def _rich_rules(host: Host, size: int) -> None:
    _public(host)["rich_rules"] = [
        f'rule family="ipv4" source address="{_address(i)}" port port="{2000 + i % 5000}" '
        'protocol="tcp" accept'
        for i in range(size)
    ]


def _add_zone(host: Host, name: str, sources: list[str]) -> None:
    zone = copy.deepcopy(_public(host)) | {"name": name, "interfaces": [], "sources": sources}
    host["firewalld"]["zones"].append(zone)


def _sources(host: Host, size: int) -> None:
    _add_zone(host, "work", [_address(i) for i in range(size)])


def _entries(host: Host, size: int) -> None:
    entries = [_address(i) for i in range(size)]
    host["firewalld"]["ipsets"] = [
        {
            "name": "big",
            "type": "hash:ip",
            "family": "ipv4",
            "entries_read": True,
            "entries": entries,
        }
    ]
    _add_zone(host, "work", ["ipset:big"])


def _zones(host: Host, size: int) -> None:
    for i in range(size):
        _add_zone(host, f"z{i}", [_address(i)])


def _policies(host: Host, size: int) -> None:
    first = host["firewalld"]["policies"][0]
    for i in range(size):
        policy = copy.deepcopy(first) | {"name": f"p{i}", "priority": -100 - i, "rich_rules": []}
        policy |= {"ingress_zones": ["public"], "egress_zones": ["HOST"]}
        host["firewalld"]["policies"].append(policy)


def _ports(host: Host, size: int) -> None:
    _public(host)["ports"] = [{"port": str(1000 + i), "protocol": "tcp"} for i in range(size)]


def _sockets(host: Host, size: int) -> None:
    for i in range(size):
        host["sockets"].append(
            {
                "protocol": "tcp",
                "address": "0.0.0.0",
                "port": 1000 + i,
                "interface": None,
                "only_ipv6": False,
            }
        )


def _nothing(_host: Host, _size: int) -> None:
    """The host is as it is: the question grows."""


_CHECK = ["check"]
_APPLY = ["apply", "--dry-run"]
_EXPLAIN = ["explain", "--flows", "-"]
_CURVES: dict[str, tuple[Callable[[Host, int], None], list[str], int]] = {
    "check, uplinks with findings": (_uplinks, _CHECK, 250),
    "check, networks that are refused": (_networks, _CHECK, 1000),
    "check, rich rules": (_rich_rules, _CHECK, 1000),
    "check, sources of a zone": (_sources, _CHECK, 2000),
    "check, entries of an ipset": (_entries, _CHECK, 10000),
    "check, zones": (_zones, _CHECK, 200),
    "check, policies": (_policies, _CHECK, 500),
    "check, ports of a zone": (_ports, _CHECK, 1000),
    "check, sockets": (_sockets, _CHECK, 2000),
    "apply, bindings": (_uplinks, _APPLY, 1000),
    "explain, refused flows": (_nothing, _EXPLAIN, 1000),
}


def _flows(size: int) -> str:
    """Refused ones of as many hosts."""
    flow = {"in": "cni0", "out": "enp2s0", "to": "198.51.100.7", "protocol": "tcp"}
    lines = (
        json.dumps(flow | {"from": f"10.244.2.{2 + i % 100}", "port": 1000 + i % 60000})
        for i in range(size)
    )
    return "\n".join(lines)


def _measure(nicfix: Path, argv: list[str], size: int, host: Host) -> float:
    """The seconds of processor time that one run takes, at best."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(host, file)
        file.flush()
        best = math.inf
        for _ in range(_RUNS):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            done = subprocess.run(
                [str(nicfix), *argv, "--snapshot", file.name],
                input=_flows(size) if argv == _EXPLAIN else "",
                capture_output=True,
                text=True,
                check=False,
            )
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            if done.returncode not in (0, 1):
                raise RuntimeError(f"nicfix {' '.join(argv)}: {done.stderr}")
            best = min(best, after.ru_utime - before.ru_utime)
    return best


def main() -> None:
    """Prints a line for each curve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=Path, help="the folder it was built in")
    parser.add_argument("--curve", help="only those whose name has this in it", default="")
    options = parser.parse_args()
    incident = json.loads(_INCIDENT.read_text())
    print(f"{'curve':34} {'exponent':>8}   size: seconds of processor time")
    for name, (enlarge, argv, first) in _CURVES.items():
        if options.curve not in name:
            continue
        taken: dict[int, float] = {}
        for size in (first, 2 * first, 4 * first):
            host = copy.deepcopy(incident)
            enlarge(host, size)
            taken[size] = _measure(options.build / "src" / "nicfix", argv, size, host)
        exponent = math.log(taken[4 * first] / taken[2 * first], 2)
        points = "  ".join(f"{size}: {seconds:.3f}" for size, seconds in taken.items())
        print(f"{name:34} {exponent:8.2f}   {points}", flush=True)


if __name__ == "__main__":
    main()
