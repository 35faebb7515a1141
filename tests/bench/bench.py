# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares the cost of `nicfix check` with that of a script and with the least that any program could
take, see scripts/bench. They run in turn in the same lab. The result is the median of the ratios of
pairs, on which a busy machine has little influence."""
from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "lab"), str(HERE)]

import readme  # noqa: E402
from lab import UPLINK, Lab, Plan  # noqa: E402
from labkit import monitor  # noqa: E402
from labkit.firewalld import FORWARD, FirewalldConfig, bound  # noqa: E402

_WARM_UP = 3  # runs that do not count: caches fill, and firewalld imports modules
_REST = 11  # seconds: nicfix asks again for what firewalld read of younger files

_FAULT = "finds the fault"
_HOSTS = {
    _FAULT: Plan(),
    "all is well": Plan(firewalld=FirewalldConfig(zones={"public": FORWARD + bound(UPLINK)})),
}


@dataclass(frozen=True)
class Cost:
    """What one run took: times in milliseconds, the client's peak memory in MB."""

    wall: float
    cpu: float  # of the client and all it started
    firewalld: float  # processor time of firewalld meanwhile
    memory: float


@dataclass(frozen=True)
class Pair:
    """What nicfix took, and what the other program took just before or after."""

    ours: Cost
    other: Cost


@dataclass(frozen=True)
class Bench:
    """The programs that are measured."""

    nicfix: str
    floor: str
    measure: str

    def command(self, name: str) -> list[str]:
        """The command line of one of them."""
        return {
            "nicfix": [self.nicfix, "check"],
            "script": [str(HERE / "by-hand.sh")],
            "floor": [self.floor, UPLINK],
        }[name]

    def run(self, lab: Lab, name: str) -> Cost:
        """One run."""
        argv = self.command(name)
        # check finds nothing if the uplink is bound.
        right = 1 if name == "nicfix" and lab.plan == _HOSTS["finds the fault"] else 0
        before = _processor_time(lab.firewalld.service.pid)
        done = lab.run(self.measure, *argv)
        taken = _processor_time(lab.firewalld.service.pid) - before
        report = done.json
        if report["code"] != right:
            raise RuntimeError(f"{name} exits {report['code']}: {done}")
        return Cost(report["wall"] / 1e3, report["cpu"] / 1e3, taken, report["memory"] / 1e3)

    def pairs(self, lab: Lab, other: str, count: int) -> list[Pair]:
        """COUNT pairs; which of the two begins alternates."""
        found = []
        for i in range(-_WARM_UP, count):
            if i % 2:
                ours, theirs = self.run(lab, "nicfix"), self.run(lab, other)
            else:
                theirs, ours = self.run(lab, other), self.run(lab, "nicfix")
            if i >= 0:
                found.append(Pair(ours, theirs))
        return found

    def calls(self, lab: Lab, name: str) -> list[str]:
        """The calls that a program makes to services, sorted."""
        return monitor.calls(lab, lambda: self.run(lab, name))


def _processor_time(pid: int) -> float:
    """What all threads of PID have taken so far, in milliseconds (schedstat: nanoseconds)."""
    files = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(file.read_text().split()[0]) for file in files) / 1e6


def _add_links(lab: Lab, count: int) -> None:
    """Adds veths as many pods have them, up to COUNT links. Their other ends stay down: else each
    pair sends IPv6's greetings to and fro, which is what would be measured."""
    missing = count - _count_links(lab)
    for first in range(0, missing, 1000):
        lab.host.ip(
            "".join(
                f"link add veth{i} type veth peer name eth{i} netns {lab.pod.pid}\n"
                f"link set veth{i} up\n"
                for i in range(first + 1, min(first + 1000, missing) + 1)
            )
        )


def _count_links(lab: Lab) -> int:
    return len(lab.run("ip", "-brief", "link").stdout.splitlines())


def _ratio(pairs: list[Pair], what: str, invert: bool) -> float:
    """The median of the pairs: how often ours goes into the other's, or the other way round."""
    ratios = [getattr(pair.ours, what) / getattr(pair.other, what) for pair in pairs]
    return statistics.median(1 / ratio if invert else ratio for ratio in ratios)


def _median(costs: list[Cost], what: str) -> float:
    return statistics.median(getattr(cost, what) for cost in costs)


_COLUMNS = {
    "wall": "wall time",
    "cpu": "its CPU time",
    "firewalld": "firewalld's CPU time",
    "memory": "peak memory",
}


def _row(title: str, cells: list[str]) -> str:
    return "| " + " | ".join([title, *cells]) + " |"


def _table(results: dict[str, dict[str, list[Pair]]]) -> str:
    lines = [_row("", list(_COLUMNS.values())), _row("---", ["---:"] * len(_COLUMNS))]
    for title, others in results.items():
        ours = [pair.ours for pairs in others.values() for pair in pairs]
        units = {name: "MB" if name == "memory" else "ms" for name in _COLUMNS}
        cells = [f"{_median(ours, name):.1f} {units[name]}" for name in _COLUMNS]
        lines.append(_row(f"**`nicfix check`, {title}**", cells))
        cells = [f"{_ratio(others['script'], name, True):.1f} ×" for name in _COLUMNS]
        lines.append(_row("the script takes", cells))
        cells = [f"{_ratio(others['floor'], name, False):.2f} ×" for name in _COLUMNS]
        lines.append(_row("nicfix takes, of the floor", cells))
    return "\n".join(lines)


def _measure(
    bench: Bench, plan: Plan, links: int, pairs: int, script_pairs: int
) -> dict[str, list[Pair]]:
    """The pairs with each other program, on a host of its own."""
    with Lab(Path(bench.nicfix), plan) as lab:
        _add_links(lab, links)
        time.sleep(_REST)
        bench.run(lab, "nicfix")  # the first check of a host asks for everything
        floor = Counter(bench.calls(lab, "floor"))
        asked = Counter(bench.calls(lab, "nicfix"))
        # Where it finds a fault, it asks for all that a fix may be about, too.
        asks_more = plan == _HOSTS[_FAULT] and not floor - asked
        if not floor or (asked != floor and not asks_more):
            raise RuntimeError("nicfix check does not ask what floor.c asks: mend floor.c")
        return {
            "script": bench.pairs(lab, "script", script_pairs),
            "floor": bench.pairs(lab, "floor", pairs),
        }


def main() -> int:
    """Prints the table, as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=Path, help="folder that meson built in")
    parser.add_argument("--pairs", type=int, default=40, help="with the floor [40]")
    parser.add_argument("--script-pairs", type=int, default=10, help="with the script [10]")
    parser.add_argument("--links", type=int, nargs="+", default=[10, 10000])
    parser.add_argument("--update", action="store_true", help="put the table into the README")
    options = parser.parse_args()
    build = options.build.resolve()
    bench = Bench(
        str(build / "src" / "nicfix"),
        str(build / "tests" / "bench" / "floor"),
        str(build / "tests" / "bench" / "measure"),
    )
    results = {
        f"{links:,} links, {name}": _measure(
            bench, plan, links, options.pairs, options.script_pairs
        )
        for links in options.links
        for name, plan in _HOSTS.items()
    }
    print(_table(results))
    if options.update:
        readme.replace("check", _table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
