# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs one nicfix change again and again on one lab, each time with a fault at another step, and
compares what is left on the host according to firewalld, NetworkManager and the kernel."""
from __future__ import annotations

import contextlib
import itertools
import json
import re
import shlex
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

from lab import OUTSIDE, UPLINK, UPLINK_ADDRESS, Lab
from labkit import rules
from labkit.client import Client
from labkit.firewalld import FORWARD, FirewalldConfig, bound
from labkit.networkmanager import ethernet_profile
from labkit.program import Outcome
from labkit.tap import Fault, Moment, Tap

RENAMED = "uplink9"  # another name for UPLINK

End = Literal["old", "new", "listed"]

# The calls that change something: a fault can occur before them, and after they were carried out.
_CHANGES = ("addInterface", "removeInterface", "changeZoneOfInterface", "Update2")


class Bound(NamedTuple):
    """The zones that an interface is bound to: running and permanent."""

    now: str | None = None
    lasting: str | None = None
    interface: str = UPLINK


PUBLIC = Bound("public", "public")


@dataclass(frozen=True)
class Job:
    """What nicfix is to do."""

    args: tuple[str, ...]  # "ID" stands for the change's of which there is a record
    old: Bound
    new: Bound = PUBLIC
    record: tuple[str, ...] = ()  # the command that leaves the record it needs
    plan: Mapping[str, Any] = field(default_factory=dict)  # fields of the lab's Plan


BIND = Job(("apply", "--zone", "public"), Bound())
MOVE = Job(
    ("apply", "--zone", "public", "--move"),
    Bound("work", "work"),
    plan={"firewalld": FirewalldConfig(zones={"work": FORWARD + bound(UPLINK)})},
)
TRIAL = ("apply", "--zone", "public", "--confirm-within", "3000")
UNDO = Job(("undo",), PUBLIC, Bound(), BIND.args)
CONFIRM = Job(("confirm", "ID"), Bound("public"), PUBLIC, TRIAL)  # a trial is not permanent
# The same where NetworkManager manages the uplink.
_PROFILE = ethernet_profile("uplink", UPLINK, f"{UPLINK_ADDRESS}/24", OUTSIDE, "work")
MOVE_PROFILE = Job(MOVE.args, MOVE.old, plan={"profiles": {"uplink": _PROFILE}})
UNDO_PROFILE = Job(("undo",), PUBLIC, MOVE.old, MOVE.args, MOVE_PROFILE.plan)


@dataclass(frozen=True)
class Point:
    """Where in a run a fault occurs."""

    number: int  # of the call
    moment: Moment
    method: str

    def __str__(self) -> str:
        return f"{self.moment} call {self.number} ({self.method})"


def points_of(calls: Sequence[str]) -> list[Point]:
    """Before each of CALLS, after the answer to each that changes something, and after the last."""
    points = []
    for number, method in enumerate(calls):
        points.append(Point(number, "before", method))
        if method in _CHANGES or number == len(calls) - 1:
            points.append(Point(number, "after", method))
    return points


def without_repetitions(points: Sequence[Point]) -> list[Point]:
    """Of equal calls in a row, which read one thing after the other, only the first and the
    last."""
    rows = [list(row) for _, row in itertools.groupby(points, lambda one: one.method)]
    return [point for row in rows for point in (row if len(row) < 3 else (row[0], row[-1]))]


class NotReached(AssertionError):
    """A run made fewer calls than the one before."""


class FaultLoop:
    """One lab with a tap. Use it in a with statement."""

    def __init__(self, lab: Lab, job: Job, *worlds: Bound) -> None:
        """WORLDS: what may be left after a run, besides the old and the new state."""
        self.lab = lab
        self.job = job
        self.client = Client(lab.bus)
        self.tap = Tap(lab.bus, lab.folder)
        self.kind = ""  # of the faults that are tried
        self.ends: Counter[tuple[str, str]] = Counter()  # by kind
        self.wrong: list[str] = []
        self.doubts_files = False  # firewalld's; to check them takes firewalld a while
        self._id = ""
        self._fill_a_page()
        self._record = self._make_record()
        self._worlds = {one: self.world_with(one) for one in (job.old, job.new, *worlds)}
        self.restore()

    @property
    def _record_file(self) -> Path:
        return self.lab.bus.state / "last-change"

    def _fill_a_page(self) -> None:
        """The file of zone public takes one page of memory as it is, and two with the uplink: on a
        full disk, what firewalld frees first is not enough for what it writes then."""
        page, reserve = 4096, 5
        self._describe("x")
        size = self.lab.run("stat", "-c", "%s", "/etc/firewalld/zones/public.xml").stdout
        self._describe("x" * (page - reserve - int(size)))
        self.lab.firewall_cmd("--reload")  # the running firewall has it from its next start on

    def _describe(self, text: str) -> None:
        self.lab.firewall_cmd("--permanent", "--zone=public", f"--set-description={text}")

    def _make_record(self) -> bytes:
        if not self.job.record:
            return b""
        done = self.lab.nicfix(*self.job.record, "--json")
        assert done.code == 0, done
        self._id = (done.json["pending"] or {}).get("id", "")
        return self._record_file.read_bytes()

    def __enter__(self) -> FaultLoop:
        self.tap.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.tap.__exit__()

    # ---- observing ----

    def _is_managed(self) -> bool:
        return "profiles" in self.job.plan

    def _lasting_zone_of(self, interface: str) -> str | None:
        if not self._is_managed():
            return self.client.lasting_zone_of(interface)
        if interface == RENAMED:
            return None
        told = self.lab.run("nmcli", "-g", "connection.zone", "connection", "show", "uplink")
        return told.stdout.strip() or None

    def bound(self) -> list[Bound]:
        """The interface's bindings, under either of its names."""
        found = [
            Bound(self.client.zone_of(name), self._lasting_zone_of(name), name)
            for name in (UPLINK, RENAMED)
        ]
        return [one for one in found if one.now or one.lasting]

    def world(self) -> Any:
        """Everything that can be observed."""
        self.settle()
        return {
            "running": self.client.zones(),
            "permanent": self.client.lasting_zones(),
            "files": self.client.permanent_fault() if self.doubts_files else None,
            "profile": self._lasting_zone_of(UPLINK) if self._is_managed() else None,
            "rules": rules.in_force(self.lab.host),
        }

    def settle(self) -> None:
        """Waits for NetworkManager, which asks firewalld before it answers later callers."""
        if self._is_managed():
            assert self.lab.run("nmcli", "device", "show", UPLINK).code == 0
            self.client.zone_of(UPLINK)

    def world_with(self, wanted: Bound) -> Any:
        self.bind(wanted)
        return self.world()

    # ---- changing ----

    def bind(self, wanted: Bound) -> None:
        """Makes the bindings WANTED, and no others."""
        for name in (UPLINK, RENAMED):
            now, lasting = wanted[:2] if name == wanted.interface else (None, None)
            self.bind_for_good(lasting, name)
            self.client.bind(name, now)

    def bind_for_good(self, zone: str | None, interface: str = UPLINK) -> None:
        """Changes the permanent binding."""
        if not self._is_managed():
            self.client.bind_for_good(interface, zone)
        elif interface == UPLINK and self._lasting_zone_of(UPLINK) != zone:
            words = ("connection", "modify", "uplink", "connection.zone", zone or "")
            assert self.lab.run("nmcli", *words).code == 0
            self.settle()

    def restore(self) -> None:
        """Restores the state before the first run."""
        self.settle()
        if self.bound() != [one for one in [self.job.old] if one.now]:
            self.bind(self.job.old)
        self.lab.bus.state.mkdir(exist_ok=True)
        for file in self.lab.bus.state.iterdir():
            file.unlink()
        if self._record:
            self._record_file.write_bytes(self._record)
            self._record_file.chmod(0o600)

    # ---- runs ----

    def run(self, *args: str, faults: Sequence[Fault] = ()) -> Outcome:
        """Does the job through the tap, with ARGS added. It must reach the first of FAULTS."""
        words = self.words(*args)
        return self._run(lambda: self.lab.nicfix(*words, env=self.tap.env), faults)

    def words(self, *args: str) -> list[str]:
        """The arguments of nicfix that do the job, and ARGS."""
        words = (*self.job.args, "--json", *args)
        return [self._id if word == "ID" else word for word in words]

    def run_to_death(self, faults: Sequence[Fault]) -> None:
        """Does the job until one of FAULTS kills it."""
        command = self.lab.nicfix_command(*self.job.args)
        self._run(lambda: self.lab.run(*command, env=self.tap.env), faults)

    def _run(self, program: Callable[[], Outcome], faults: Sequence[Fault]) -> Outcome:
        outcome = self.tap.run(program, *faults)
        for fault in faults[:1]:
            if not self.tap.happened(fault):
                raise NotReached(f"the run did not come to {fault}: {self.tap.calls}")
        return outcome

    def calls(self, *faults: Fault) -> list[str]:
        """The calls of a run with FAULTS."""
        self.run(faults=faults)
        self.restore()
        return self.tap.calls

    # ---- judgement ----

    def end_of(self, outcome: Outcome) -> End:
        """Which state the outcome reports. The commands it lists are run, which leads to the old
        state."""
        if outcome.code == 0:
            return "new" if outcome.json["changed"] else "old"
        if outcome.code != 6:
            assert outcome.code in (2, 3, 4, 5), outcome
            return "old"
        for command in listed_commands(outcome):
            self.lab.run(*command)
        return "listed"

    def count(self, end: End, left: Bound, why: str, *others: Bound) -> None:
        """A run ended with END: the world must be exactly what it is with the bindings LEFT, or one
        of OTHERS. WHY is printed if it is not."""
        different = self.differences(left)
        is_wrong = bool(different) and all(self.differences(other) for other in others)
        self.ends[self.kind, "wrong" if is_wrong else end] += 1
        if is_wrong:
            fault = f"{different} not as with {left}, but {self.bound()}"
            self.wrong.append(f"{self.kind}: {why}\n{fault}")

    def differences(self, left: Bound) -> list[str]:
        """The parts of the world that are not as they are with the bindings LEFT."""
        now, known = self.world(), self._worlds[left]
        return [part for part in known if now[part] != known[part]]


def listed_commands(outcome: Outcome) -> list[list[str]]:
    """The commands that nicfix lists for what it could not undo."""
    hint = json.loads(outcome.stdout)["error"]["hint"]
    listed = re.search(r"\brun: (.*?)(; then see .*)?$", hint)
    assert listed is not None, outcome
    return [shlex.split(command) for command in listed[1].split("; ")]


@contextlib.contextmanager
def counted(record: Callable[[str, object], None], loops: Sequence[FaultLoop]) -> Iterator[None]:
    """Fails if any fault left something wrong, after all have been tried. Adds the number of faults
    by kind and outcome to the summary of the test run (see conftest.py)."""
    try:
        yield
    finally:
        ends: Counter[tuple[str, str]] = sum((loop.ends for loop in loops), Counter())
        record("fault points", [(*end, number) for end, number in ends.items()])
    missed = sum(number for (_, end), number in ends.items() if end == "not reached")
    # On a busy machine a run with a short timeout may end before it comes to a late call.
    assert missed <= 1 + ends.total() // 10, f"{missed} of {ends.total()} faults were not reached"
    wrong = [text for loop in loops for text in loop.wrong]
    assert not wrong, f"{len(wrong)} faults left something wrong:\n" + "\n\n".join(wrong)
