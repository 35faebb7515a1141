# SPDX-License-Identifier: GPL-2.0-or-later
"""The model of firewalld is held against firewalld's rules in the kernel, as nicfix follows them,
for every class of flows that the rules tell apart, on every release; and mutants of rules are
noticed by such questions. More by hand: NICFIX_CLASSES_SEED, NICFIX_CLASSES (configurations),
NICFIX_MUTANTS (of so many). $NICFIX_FULL asks of every class."""
from __future__ import annotations

import contextlib
import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from lab import FULL, UPLINK, Lab, LabMaker
from labkit import random_firewalls
from labkit.classes import Mutant, Side, flows, mutants
from labkit.judge import QUICK_JUDGE, Verdict, judge_file
from labkit.releases import RELEASES
from test_packet_truth import DRAWS, SIDES, configure, mac_of, prepare
from test_random_rulesets import load

Answers = list[tuple[str, str]]

CONFIGURATIONS = 20 if FULL else 2  # of each release
QUESTIONS = None if FULL else 4000  # of each configuration; None: one of every class
MUTANTS = 200 if FULL else 16  # of each release
QUESTIONS_A_MUTANT = 20000 if FULL else 2000
MOST = 0.5  # of the rules that some question meets: what is accepted twice, say, changes no answer

NETWORKS = {
    "cni0": Side("cni0", ("10.244.2.0/24", "fd00:1::/64"), ("10.244.2.1", "fd00:1::1")),
    UPLINK: Side(UPLINK, ("192.168.150.0/24", "fd00:2::/64"), ("192.168.150.130", "fd00:2::1")),
}


class Drawer:
    """Draws configurations, and makes one lab's firewalld load them."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        self.seed = os.environ.get("NICFIX_CLASSES_SEED", "fixed")
        self.random = Random(self.seed)
        self.file = folder / "snapshot.json"
        self._lab = lab
        self._macs = tuple(mac_of(namespace) for namespace in (lab.pod, lab.ext))
        prepare(lab).close()
        self._version = tuple(map(int, lab.firewall_cmd("--version").split(".")))

    def draw(self) -> Any:
        """The next configuration that this release takes: the host's snapshot with it."""
        for _ in range(DRAWS):
            files = random_firewalls.draw(self.random, tuple(SIDES), self._macs, self._version)
            with contextlib.suppress(RuntimeError, AssertionError):
                configure(self._lab, files)
                return self.look()
        raise AssertionError("this release takes no configuration")

    def look(self) -> Any:
        """The host's snapshot as it is now, which is left in the file as well."""
        self.file.write_text(self._lab.nicfix("snapshot").stdout)
        return json.loads(self.file.read_text())

    def questions(self, snapshot: Any, most: int | None) -> list[str]:
        """One for each class of flows, or MOST of them."""
        return flows(snapshot, list(NETWORKS.values()), self.random, most)


@pytest.mark.parametrize("release", RELEASES)
def test_the_model_is_the_rules(make_lab: LabMaker, tmp_path: Path, release: str) -> None:
    """No question is answered differently by the model and by firewalld's own rules."""
    drawer = Drawer(make_lab(release=release), tmp_path)
    counts: Counter[str] = Counter()
    differing = []
    for number in range(int(os.environ.get("NICFIX_CLASSES", CONFIGURATIONS))):
        questions = drawer.questions(drawer.draw(), QUESTIONS)
        for question, verdict in zip(questions, judge_file(drawer.file, questions)):
            counts["asked"] += 1
            counts["unknown to the model"] += verdict.model == "unknown"
            counts["unknown to the rules"] += verdict.firewalld == "unknown"
            counts["lost by routing"] += verdict.firewalld == "lost"
            certain = not {"unknown", "lost"} & {verdict.model, verdict.firewalld}
            if certain and verdict.model != verdict.firewalld:
                differing.append(f"{number}: {verdict.model} {verdict.firewalld}: {question}")
                (tmp_path / f"{number}.json").write_text(drawer.file.read_text())
    print(release, ", ".join(f"{number} {name}" for name, number in counts.items()),
          len(differing), "differ")
    assert not differing, "\n".join(differing[:20])


@pytest.mark.parametrize("release", RELEASES)
def test_mutants_are_noticed(make_lab: LabMaker, tmp_path: Path, release: str) -> None:
    """Most of firewalld's rules that are deleted or altered change the answer to some question."""
    drawer = Drawer(make_lab(release=release), tmp_path)
    notice(drawer, drawer.draw())


def test_mutants_of_other_programs_are_noticed(make_lab: LabMaker, tmp_path: Path) -> None:
    """The same with rules of others around firewalld's."""
    lab = make_lab()
    drawer = Drawer(lab, tmp_path)
    drawer.draw()
    load(lab, drawer.random)
    notice(drawer, drawer.look())


def notice(drawer: Drawer, snapshot: Any) -> None:
    """Fails if too few mutants of the rules in SNAPSHOT are noticed; says why the others are not.
    One that no question meets, whatever it does, is of a zone where nothing comes from, say."""
    questions = drawer.questions(snapshot, QUESTIONS_A_MUTANT)

    def answers(changed: Any) -> Answers:
        drawer.file.write_text(json.dumps(changed))
        return [_outcome(each) for each in judge_file(drawer.file, questions, QUICK_JUDGE)]

    before = answers(snapshot)
    number = int(os.environ.get("NICFIX_MUTANTS", MUTANTS))
    drawn = list(mutants(snapshot, tuple(SIDES)))
    drawn = drawer.random.sample(drawn, number) if len(drawn) > number else drawn
    ends: Counter[str] = Counter()
    for mutant in drawn:
        end = _end_of(mutant, answers, before)
        ends[end] += 1
        if end != "noticed":
            print(f"  {mutant[0]}: {mutant[1]}: {end}")
    print(f"{len(drawn)} mutants:", ", ".join(f"{count} {end}" for end, count in ends.items()))
    assert ends["noticed"] >= MOST * (len(drawn) - ends["met by no question"])
    assert ends["noticed"]


def _end_of(mutant: Mutant, answers: Callable[[Any], Answers], before: Answers) -> str:
    """What the questions make of MUTANT."""
    rule, _, expressions = mutant
    if answers(rule.replaced(expressions)) != before:
        return "noticed"
    if any(answers(rule.ending_in(word)) != before for word in ("accept", "drop")):
        return "decided alike by what follows"
    return "met by no question"


def _outcome(verdict: Verdict) -> tuple[str, str]:
    return verdict.firewalld, verdict.all
