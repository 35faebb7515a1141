# SPDX-License-Identifier: GPL-2.0-or-later
"""The model of firewalld is held against firewalld's rules in the kernel, as nicfix follows them, for
every class of flows that the rules tell apart; and mutants of rules are noticed by such questions.
More by hand: NICFIX_CLASSES_SEED, NICFIX_CLASSES (configurations), NICFIX_MUTANTS (of so many)."""
from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from random import Random

from lab import UPLINK, LabMaker
from labkit import random_firewalls
from labkit.classes import Side, flows, mutants
from labkit.judge import judge_file
from test_packet_truth import SIDES, configure, mac_of, prepare
from test_random_rulesets import load

CONFIGURATIONS = 4
QUESTIONS = 6000
QUESTIONS_A_MUTANT = 3000
ENOUGH = 0.4  # of the mutants: what is dropped as invalid, or accepted twice, changes no answer

NETWORKS = {
    "cni0": Side("cni0", ("10.244.2.0/24", "fd00:1::/64"), ("10.244.2.1", "fd00:1::1")),
    UPLINK: Side(UPLINK, ("192.168.150.0/24", "fd00:2::/64"), ("192.168.150.130", "fd00:2::1")),
}


def test_the_model_is_the_rules(make_lab: LabMaker, tmp_path: Path) -> None:
    """No question is answered differently by the model and by firewalld's own rules."""
    random = Random(os.environ.get("NICFIX_CLASSES_SEED", "fixed"))
    lab = make_lab()
    prepare(lab).close()
    macs = tuple(mac_of(namespace) for namespace in (lab.pod, lab.ext))
    counts: Counter[str] = Counter()
    differing = []
    file = tmp_path / "snapshot.json"
    for _ in range(int(os.environ.get("NICFIX_CLASSES", CONFIGURATIONS))):
        configure(lab, random_firewalls.draw(random, tuple(SIDES), macs))
        file.write_text(lab.nicfix("snapshot").stdout)
        questions = flows(json.loads(file.read_text()), list(NETWORKS.values()), random, QUESTIONS)
        for question, verdict in zip(questions, judge_file(file, questions)):
            counts["asked"] += 1
            counts["unknown to the model"] += verdict.model == "unknown"
            counts["unknown to the rules"] += verdict.firewalld == "unknown"
            counts["lost by routing"] += verdict.firewalld == "lost"
            certain = not {"unknown", "lost"} & {verdict.model, verdict.firewalld}
            if certain and verdict.model != verdict.firewalld:
                differing.append(f"{verdict.model} {verdict.firewalld}: {question}")
    print(", ".join(f"{number} {name}" for name, number in counts.items()), len(differing), "differ")
    assert not differing, "\n".join(differing[:20])


def test_mutants_are_noticed(make_lab: LabMaker, tmp_path: Path) -> None:
    """Most rules that are deleted or turned round change the answer to some question."""
    random = Random(os.environ.get("NICFIX_CLASSES_SEED", "fixed"))
    lab = make_lab()
    prepare(lab).close()
    macs = tuple(mac_of(namespace) for namespace in (lab.pod, lab.ext))
    configure(lab, random_firewalls.draw(random, tuple(SIDES), macs))
    load(lab, random)
    file = tmp_path / "snapshot.json"
    snapshot = json.loads(lab.nicfix("snapshot").stdout)
    file.write_text(json.dumps(snapshot))
    questions = flows(snapshot, list(NETWORKS.values()), random, QUESTIONS_A_MUTANT)
    before = judge_file(file, questions)
    number = int(os.environ.get("NICFIX_MUTANTS", 60))
    drawn = list(mutants(snapshot))
    drawn = random.sample(drawn, number) if len(drawn) > number else drawn
    missed = []
    for name, changed in drawn:
        file.write_text(json.dumps(changed))
        if judge_file(file, questions) == before:
            missed.append(name)
    print(f"{len(drawn) - len(missed)} of {len(drawn)} mutants noticed; not:", *missed, sep="\n  ")
    assert len(missed) <= len(drawn) * (1 - ENOUGH)
