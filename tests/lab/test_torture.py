# SPDX-License-Identifier: GPL-2.0-or-later
"""Whichever call of nicfix to the C library fails (a file, a socket, netlink, the bus), the run
ends with a status of nicfix(8), and what it says is true. A sample of the calls is tried; with
NICFIX_TORTURE=all every one, with a number so many of each kind."""
from __future__ import annotations

import contextlib
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from fault_loop import (
    BIND,
    CONFIRM,
    PUBLIC,
    TRIAL,
    UNDO,
    Bound,
    FaultLoop,
    Job,
    listed_commands,
)
from lab import LabMaker
from labkit import torture
from labkit.program import Outcome
from test_denied import INCIDENT

Record = Callable[[str, object], None]

LIMIT = pytest.mark.timeout(7200 if "NICFIX_TORTURE" in os.environ else 600)

# ---- what a run leaves ----


CHANGES = {
    "apply": BIND,
    "apply on trial": Job(TRIAL, Bound(), Bound("public")),
    "confirm": CONFIRM,
    "undo": UNDO,
}


class Changes:
    """Does one job again and again on one lab."""

    def __init__(self, loop: FaultLoop) -> None:
        self.loop = loop
        self.ends: Counter[str] = Counter()
        self.wrong: list[str] = []

    def run(self, number: int) -> torture.Run:
        """Lets call NUMBER fail, or none."""
        self.loop.restore()
        lab, words = self.loop.lab, self.loop.words()
        run = torture.run(lambda env: lab.nicfix(*words, env=env), lab.folder, number)
        self._judge(run)
        return run

    def _judge(self, run: torture.Run) -> None:
        outcome = run.outcome
        if outcome.code == 6:
            for command in listed_commands(outcome):
                self.loop.lab.run(*command)
        job = self.loop.job
        expected = job.new if outcome.code in (0, 7) else job.old
        complaints = [
            f"{part} not as with {expected}" for part in self.loop.differences(expected)
        ]
        complaints += faults_of(outcome)
        self.ends["wrong" if complaints else f"status {outcome.code}"] += 1
        if complaints:
            self.wrong.append(f"{run.failed}\n{complaints}, but {self.loop.bound()}\n{outcome}")


def documents_of(outcome: Outcome) -> list[dict[str, Any]]:
    """The one document, or those of `watch`, one a line; none where they are not JSON."""
    with contextlib.suppress(ValueError):
        return [outcome.json]
    with contextlib.suppress(ValueError):
        return [json.loads(line) for line in outcome.stdout.splitlines()]
    return []


def faults_of(outcome: Outcome) -> list[str]:
    """What is wrong with an outcome, whatever has happened."""
    faults = []
    if outcome.code not in range(8):  # nicfix(8)
        faults.append(f"status {outcome.code}")
    if "CRITICAL **" in outcome.stderr or "WARNING **" in outcome.stderr:
        faults.append("a library complains")
    if outcome.code != 7 and not documents_of(outcome):
        faults.append("no document")
    return faults


# ---- what a run says ----


READERS = {
    "check": ("check",),
    "watch": ("watch", "--once"),
    "denied": ("denied", "--file", "FILE"),
}


class Readers:
    """Runs one command that reads again and again on one lab."""

    def __init__(self, loop: FaultLoop, args: tuple[str, ...], state: Bound) -> None:
        self.loop = loop
        self.ends: Counter[str] = Counter()
        self.wrong: list[str] = []
        log = loop.lab.folder / "kern.log"
        log.write_text(INCIDENT)
        self._args = [str(log) if word == "FILE" else word for word in args]
        loop.bind(state)
        self._truth = loop.lab.nicfix(*self._args, "--json")

    def run(self, number: int) -> torture.Run:
        """Lets call NUMBER fail, or none."""
        lab, words = self.loop.lab, (*self._args, "--json")
        run = torture.run(lambda env: lab.nicfix(*words, env=env), lab.folder, number)
        complaints = faults_of(run.outcome) + self._lies(run.outcome)
        self.ends["wrong" if complaints else f"status {run.outcome.code}"] += 1
        if complaints:
            self.wrong.append(f"{run.failed}\n{complaints}\n{run.outcome}")
        return run

    def _lies(self, outcome: Outcome) -> list[str]:
        """A run that answers says what is so, or that it does not know: a warning instead of an
        error."""
        if outcome.code not in (0, 1):
            return []
        told, truth = statements(outcome), statements(self._truth)
        lies = [f"false: {one}" for one, weight in told.items() if weight > truth.get(one, 0)]
        if outcome.code < self._truth.code:
            lies.append("all is well")
        return lies


def statements(outcome: Outcome) -> dict[tuple[str, ...], int]:
    """What an outcome says, a finding or a group of denials, and with how much weight."""
    weights = {"error": 2, "warning": 1}
    told: dict[tuple[str, ...], int] = {}
    for document in documents_of(outcome):
        for one in document.get("groups", []):
            told[one["chain"], one["in"], one["out"], str(one["count"])] = 1
        for one in document.get("findings", [document]):
            if one.get("severity") in weights:
                name = one.get("id") or one["finding"]
                told[name, one["interface"] or ""] = weights[one["severity"]]
    return told


# ---- the loops ----


def selected(calls: Sequence[str], turn: int) -> list[int]:
    """The numbers of the calls to let fail, from 1 on. Calls that differ in digits alone are of one
    kind. Commands begin with much the same calls: TURN says which kinds are this one's in a
    sample."""
    kinds: dict[str, list[int]] = {}
    for number, call in enumerate(calls, 1):
        kinds.setdefault(re.sub("[0-9]+", "N", call.split(".")[0]), []).append(number)
    wanted = os.environ.get("NICFIX_TORTURE", "sample")
    if wanted == "all":
        return list(range(1, len(calls) + 1))
    if wanted == "sample":
        return sorted(found[len(found) // 2] for found in list(kinds.values())[turn % 4 :: 4])
    chosen: list[int] = []
    for found in kinds.values():
        step = max(1, len(found) // int(wanted))
        chosen += found[step // 2 :: step]
    return sorted(chosen)


def torture_some(record: Record, runner: Changes | Readers, name: str, turn: int) -> None:
    """Lets calls of one command fail, each in a run of its own."""
    calls = runner.run(0).calls
    numbers = selected(calls, turn)
    try:
        for number in numbers:
            runner.run(number)
    finally:
        record("failed calls", [(name, end, count) for end, count in runner.ends.items()])
        print(f"{name}: {len(numbers)} of {len(calls)} calls, ended {dict(runner.ends)}")
    assert not runner.wrong, f"{len(runner.wrong)} runs are wrong:\n" + "\n\n".join(runner.wrong)


@LIMIT
@pytest.mark.parametrize("name", CHANGES)
def test_changes(make_lab: LabMaker, record_property: Record, name: str) -> None:
    """0 and 7: all is as planned. Else all is as before; with 6, after the commands it lists."""
    with FaultLoop(make_lab(), CHANGES[name]) as loop:
        torture_some(record_property, Changes(loop), name, list(CHANGES).index(name))


@LIMIT
@pytest.mark.parametrize("state", [Bound(), PUBLIC], ids=["broken", "healthy"])
@pytest.mark.parametrize("name", READERS)
def test_readers(make_lab: LabMaker, record_property: Record, name: str, state: Bound) -> None:
    """A run that answers says what a run without the failure says, or less."""
    with FaultLoop(make_lab(), BIND) as loop:
        readers = Readers(loop, READERS[name], state)
        torture_some(record_property, readers, name, list(READERS).index(name))
