# SPDX-License-Identifier: GPL-2.0-or-later
"""Fixtures of the lab tests. In CI nothing is skipped."""
from __future__ import annotations

import collections
import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from lab import Lab, LabMaker, Plan, default_nicfix
from labkit import releases

# Whoever runs the tests may be a unit of systemd; nicfix, which looks at this (act/revert.h), is not.
os.environ.pop("INVOCATION_ID", None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--nicfix", type=Path, default=default_nicfix(), help="the program to test [$NICFIX]"
    )


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Prints how the injected faults of all tests ended (see fault_loop.py and test_torture.py),
    and which points were sampled (see test_faults.py and test_transaction.py)."""
    ends: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    sweeps: list[str] = []
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, counts in report.user_properties:
                if name == "sweep":
                    sweeps.append(counts)
                elif name in ("fault points", "failed calls"):
                    for kind, end, number in counts:
                        ends[name][end] += number
                        ends[f"  {kind}"][end] += number
    for name, counts in ends.items():
        told = ", ".join(f"{count} {end}" for end, count in sorted(counts.items()))
        terminalreporter.write_line(f"{name}: {sum(counts.values())} tried, ended {told}")
    for sweep in sorted(sweeps):
        terminalreporter.write_line(f"sampled: {sweep}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests begin first, so that none of them runs alone at the end. The others keep their
    order."""
    long = ("transaction", "faults", "ansible", "ruleset_classes", "bench", "torture", "watch")
    items.sort(key=lambda item: item.path.stem.removeprefix("test_") not in long)


def _obstacle(nicfix: Path) -> str | None:
    """Why labs cannot run here, or None."""
    if os.geteuid() != 0:
        return "labs need root: they make network namespaces and start system services"
    for program in ("firewalld", "dbus-daemon", "nft", "ip", "ping", "nsenter", "setpriv"):
        if not shutil.which(program):
            return f"{program} is not installed: scripts/install-dependencies basic-tests does it"
    if subprocess.run(["unshare", "--net", "--mount", "true"], check=False).returncode:
        return "namespaces cannot be made here: in a container, it has to be a privileged one"
    if not nicfix.exists():
        return f"{nicfix} is not built"
    return None


@pytest.fixture(scope="session")
def nicfix(request: pytest.FixtureRequest) -> Path:
    """The program under test. Where labs cannot run, tests are skipped; in CI they fail."""
    path: Path = request.config.getoption("--nicfix")
    if obstacle := _obstacle(path):
        _do_without(obstacle)
    return path


def _do_without(reason: str) -> NoReturn:
    """Skips a test that cannot run here; in CI it fails."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def make_lab(nicfix: Path) -> Iterator[LabMaker]:
    """Makes labs from the fields of a Plan; all of them end with the test."""
    with contextlib.ExitStack() as labs:

        def make(**plan: Any) -> Lab:
            try:
                return labs.enter_context(Lab(nicfix, Plan(**plan)))
            except releases.Unavailable as reason:
                _do_without(str(reason))

        yield make


@pytest.fixture(scope="session")
def shared_lab(nicfix: Path) -> Iterator[tuple[Lab, Any]]:
    """A lab, and what it is like."""
    with Lab(nicfix) as one:
        yield one, _state(one)


@pytest.fixture
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """The node of the incident: nothing is bound, and the pod is rejected. Tests marked "only_asks"
    share it, because it takes two seconds to make, and fail if they change it."""
    if not request.node.get_closest_marker("only_asks"):
        yield request.getfixturevalue("make_lab")()
        return
    shared, state = request.getfixturevalue("shared_lab")
    yield shared
    assert _state(shared) == state, "the test has changed the lab that it shares"


def _state(lab: Lab) -> Any:
    """What can be observed of its firewall, and the addresses of its links."""
    links = json.loads(lab.host.run("ip", "-4", "-json", "address").stdout)
    addresses = {link["ifname"]: link["addr_info"] for link in links}
    return {**lab.firewall_now(), "addresses": addresses}
