#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How the processor time and the memory of nicfix grow with what it is given: each curve enlarges one part of
a snapshot, or the question, and is told with its exponent (1: twice the size takes twice the time), as a table
and, on demand, as a picture (docs/growth.svg, drawn by gnuplot). Needs neither root nor firewalld."""
from __future__ import annotations

import argparse
import copy
import csv
import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import readme  # noqa: E402

_PICTURE = HERE.parents[1] / "docs" / "growth.svg"
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


def _rich_ports(host: Host, size: int) -> None:
    """Each rule is about a port of its own."""
    _public(host)["rich_rules"] = [
        f'rule family="ipv4" port port="{1000 + i}" protocol="tcp" accept' for i in range(size)
    ]


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


def _bridges(host: Host, size: int) -> None:
    """SIZE more bridges that are in one zone, and not in any of another program."""
    _networks(host, size)
    names = [f"br{i}" for i in range(size)]
    _public(host)["interfaces"] += names
    host["permanent"]["bindings"] += [
        {"interface": name, "zone": "public", "conflict": None} for name in names
    ]


def _links(host: Host, size: int) -> None:
    """SIZE more links without a network of their own."""
    link = _named(host["links"], "cni0")
    for i in range(size):
        more = {"index": 1000 + i, "name": f"dummy{i}", "kind": "dummy", "mac": None}
        host["links"].append(link | more)


def _routes(host: Host, size: int) -> None:
    for i in range(size):
        route = copy.deepcopy(host["routes"][0])
        route |= {"destination": f"{_address(256 * i)}/24", "metric": 0}
        host["narrow_routes"].append(route)


def _managed(host: Host, size: int) -> None:
    """SIZE uplinks that NetworkManager manages."""
    _uplinks(host, size)
    for i in range(size):
        device = {"interface": f"eth{i}", "managed": True, "external": False, "zone": None}
        device |= {"profile": f"wired {i}", "profile_uuid": f"00000000-0000-4000-8000-{i:012x}"}
        host["networkmanager"]["devices"].append(device)


def _kernel_rules(host: Host, size: int) -> None:
    """Rules of another program, of a source each, that what is forwarded meets."""
    rules = [
        {
            "handle": 10 + i,
            "comment": None,
            "expressions": [
                {"op": "payload", "destination": 0, "key": 1, "offset": 12, "length": 4},
                {"op": "cmp", "source": 0, "operation": 0, "data": f"{0x0A400000 + i:08x}"},
                {"op": "verdict", "verdict": "drop", "name": None},
            ],
        }
        for i in range(size)
    ]
    chain = {"name": "forward", "handle": 1, "is_base": True, "type": "filter", "hook": 2}
    chain |= {"priority": 0, "policy_drop": False, "devices": [], "rules": rules}
    table = {"family": "ip", "name": "other", "handle": 1, "flags": 0, "sets": []}
    host["ruleset"] = [table | {"chains": [chain]}]


def _same(_host: Host, _size: int) -> None:
    """The host is as it is: the question grows."""


# ---- the runs ----


@dataclass
class Run:
    """What nicfix is given."""

    argv: list[str]
    stdin: str = ""


def _incident() -> Host:
    return json.loads(_INCIDENT.read_text())  # type: ignore[no-any-return]


def _on(enlarge: Callable[[Host, int], None], *argv: str) -> Callable[[Path, int], Run]:
    """A run of ARGV on a host that ENLARGE makes larger."""

    def make(folder: Path, size: int) -> Run:
        host = _incident()
        enlarge(host, size)
        snapshot = folder / "host.json"
        snapshot.write_text(json.dumps(host))
        return Run([*argv, "--snapshot", str(snapshot)])

    return make


def _flow(**members: object) -> str:
    flow = {"in": "cni0", "out": "enp2s0", "from": "10.244.2.2", "to": "198.51.100.7"}
    return json.dumps(flow | {"protocol": "tcp", "port": 443} | members)


def _refused(size: int) -> list[str]:
    """Of as many hosts."""
    return [_flow(**{"from": f"10.244.2.{2 + i % 100}"}, port=1000 + i % 60000) for i in range(size)]


def _accepted(size: int) -> list[str]:
    return [_flow(out="cni0", to=f"10.244.2.{2 + i % 100}", port=1000 + i % 60000) for i in range(size)]


def _one(_size: int) -> list[str]:
    return [_flow()]


def _explain(
    enlarge: Callable[[Host, int], None], flows: Callable[[int], list[str]]
) -> Callable[[Path, int], Run]:
    def make(folder: Path, size: int) -> Run:
        run = _on(enlarge, "explain", "--flows", "-")(folder, size)
        run.stdin = "\n".join(flows(size))
        return run

    return make


def _matrix(enlarge: Callable[[Host, int], None]) -> Callable[[Path, int], Run]:
    """A flow from each of as many bridges to each other, of which SIZE is the number of flows."""

    def flows(size: int) -> list[str]:
        side = math.isqrt(size)
        return [
            _flow(
                **{"in": f"br{i}", "from": _address(256 * i + 2)},
                out=f"br{j}",
                to=_address(256 * j + 2),
            )
            for i in range(side)
            for j in range(side)
        ]

    return _explain(lambda host, size: enlarge(host, math.isqrt(size)), flows)


def _documents(folder: Path, size: int) -> Run:
    fleet = folder / "fleet"
    fleet.mkdir()
    host = _incident()
    for i in range(size):
        (fleet / f"{i}.json").write_text(json.dumps(host | {"host": f"host{i}"}))
    return Run(["report", "--format", "json", str(fleet)])


def _log(folder: Path, size: int) -> Run:
    """SIZE KiB of the kernel's log, of which each twentieth line is a denial."""
    other = "Apr  7 08:45:19 host kernel: [12868.2] usb 1-1: new high-speed USB device number 7\n"
    denial = (
        "Apr  7 08:45:19 host kernel: [12868.2] filter_FWD_public_REJECT: IN=cni0 OUT=enp2s0 "
        "SRC=10.244.2.2 DST=198.51.100.7 LEN=60 TOS=0x00 PREC=0x00 TTL=63 ID=1 PROTO=TCP SPT=4242 "
        "DPT=443 WINDOW=64240 RES=0x00 SYN URGP=0\n"
    )
    lines = other * 19 + denial
    log = folder / "kern.log"
    log.write_text(lines * (size * 1024 // len(lines)))
    run = _on(_same, "denied", "--file", str(log))(folder, size)
    return run


_CHECK = "check"
_CURVES: dict[str, tuple[Callable[[Path, int], Run], int]] = {
    "check, links": (_on(_links, _CHECK), 12500),
    "check, uplinks with findings": (_on(_uplinks, _CHECK), 250),
    "check, networks that are refused": (_on(_networks, _CHECK), 1000),
    "check, rich rules": (_on(_rich_rules, _CHECK), 2500),
    "check, rich rules of a port each": (_on(_rich_ports, _CHECK), 2500),
    "check, sources of a zone": (_on(_sources, _CHECK), 2500),
    "check, entries of an ipset": (_on(_entries, _CHECK), 12500),
    "check, zones": (_on(_zones, _CHECK), 250),
    "check, policies": (_on(_policies, _CHECK), 500),
    "check, ports of a zone": (_on(_ports, _CHECK), 1000),
    "check, sockets": (_on(_sockets, _CHECK), 2000),
    "check, routes": (_on(_routes, _CHECK), 2500),
    "check, rules of the kernel": (_on(_kernel_rules, _CHECK), 2500),
    "check, devices of NetworkManager": (_on(_managed, _CHECK), 250),
    "apply, bindings": (_on(_uplinks, "apply", "--dry-run"), 1000),
    "explain, refused flows": (_explain(_same, _refused), 5000),
    "explain, accepted flows": (_explain(_same, _accepted), 5000),
    "explain, a matrix that is accepted": (_matrix(_bridges), 10000),
    "explain, a matrix that is refused": (_matrix(_networks), 10000),
    "explain, rich rules": (_explain(_rich_rules, _one), 2500),
    "explain, sources of a zone": (_explain(_sources, _one), 10000),
    "explain, entries of an ipset": (_explain(_entries, _one), 50000),
    "explain, rules of the kernel": (_explain(_kernel_rules, _one), 2500),
    "report, documents": (_documents, 1000),
    "denied --file, KiB of log": (_log, 8192),
}


@dataclass
class Cost:
    """Of one run: the processor time of its own, and the most memory that it had."""

    seconds: float
    megabytes: float


def _run_once(build: Path, run: Run, folder: Path) -> Cost:
    """By a small process, since each begins with the peak memory of its parent."""
    given = folder / "stdin"
    given.write_text(run.stdin)
    command = [str(build / "tests" / "bench" / "measure"), str(build / "src" / "nicfix"), *run.argv]
    with given.open() as stdin:
        done = subprocess.run(command, stdin=stdin, capture_output=True, text=True, check=True)
    taken = json.loads(done.stdout)
    if taken["code"] not in (0, 1):
        raise RuntimeError(f"nicfix {' '.join(run.argv)}: {done.stderr}")
    return Cost(taken["cpu"] / 1e6, taken["memory"] / 1024)


def _measure(build: Path, make: Callable[[Path, int], Run], size: int) -> Cost:
    """The best of several runs."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run = make(folder, size)
        costs = [_run_once(build, run, folder) for _ in range(_RUNS)]
    return min(costs, key=lambda cost: cost.seconds)


def _curve(build: Path, name: str, largest: float) -> tuple[dict[int, Cost], float]:
    """The costs by size, and the exponent between the two largest sizes."""
    make, first = _CURVES[name]
    sizes = [max(1, round(first * largest * factor)) for factor in (1, 2, 4)]
    costs = {size: _measure(build, make, size) for size in sizes}
    last, before = costs[sizes[2]].seconds, costs[sizes[1]].seconds
    exponent = math.log(last / before, sizes[2] / sizes[1]) if before > 0 and last > 0 else math.nan
    return costs, exponent


Curves = dict[str, tuple[dict[int, Cost], float]]


def _table(curves: Curves) -> str:
    lines = ["| curve | size | CPU time | memory | exponent |", "| --- | ---: | ---: | ---: | ---: |"]
    for name, (costs, exponent) in curves.items():
        size = max(costs)
        lines.append(
            f"| {name} | {size:,} | {costs[size].seconds * 1e3:,.0f} ms | "
            f"{costs[size].megabytes:,.0f} MB | {exponent:.1f} |"
        )
    return "\n".join(lines)


def _write_points(path: Path, curves: Curves) -> None:
    with path.open("w", newline="") as file:
        table = csv.writer(file, delimiter="\t", lineterminator="\n")
        table.writerow(["curve", "n", "seconds", "megabytes", "exponent"])
        for name, (costs, exponent) in curves.items():
            for size, cost in costs.items():
                megabytes = round(cost.megabytes, 1)
                table.writerow([name, size, round(cost.seconds, 4), megabytes, round(exponent, 2)])


def _draw(curves: Curves) -> None:
    """Gives gnuplot a block for each curve, with its name before it."""
    blocks = []
    for name, (costs, exponent) in curves.items():
        rows = (f"{size}\t{cost.seconds:.4f}" for size, cost in costs.items())
        blocks.append("\n".join([f'"{name} ({exponent:.1f})"', *rows]))
    with tempfile.NamedTemporaryFile("w", suffix=".dat") as file:
        file.write("\n\n\n".join(blocks) + "\n")
        file.flush()
        settings = f"data='{file.name}'; picture='{_PICTURE}'; curves={len(curves)}"
        subprocess.run(["gnuplot", "-e", settings, str(HERE / "growth.gp")], check=True)


def main() -> None:
    """Tells each curve on standard error when it is measured, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=Path, help="the folder it was built in")
    parser.add_argument("--curve", help="only those whose name has this in it", default="")
    parser.add_argument("--scale", type=float, default=1, help="enlarge all sizes so many times")
    parser.add_argument("--tsv", type=Path, help="also write all points into this file, in columns")
    parser.add_argument("--update", action="store_true", help="put table and picture into the README")
    options = parser.parse_args()
    curves: Curves = {}
    for name in _CURVES:
        if options.curve not in name:
            continue
        costs, exponent = _curve(options.build, name, options.scale)
        curves[name] = (costs, exponent)
        points = "  ".join(f"{size}: {cost.seconds:.3f}" for size, cost in costs.items())
        print(f"{name:36} {exponent:8.2f}   {points}", file=sys.stderr, flush=True)
    print(_table(curves))
    if options.tsv is not None:
        _write_points(options.tsv, curves)
    if options.update:
        _draw(curves)
        readme.replace("growth", _table(curves))


if __name__ == "__main__":
    main()
