# SPDX-License-Identifier: GPL-2.0-or-later
"""What the program `judge` (tests/judge) says of many flows on one snapshot."""
from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lab import Lab, default_nicfix
from labkit.probes import Probe

JUDGE = default_nicfix().resolve().parents[1] / "tests" / "judge" / "judge"
# Of a build without sanitizers, for many thousands of questions: three times as fast.
QUICK_JUDGE = Path(os.environ.get("NICFIX_QUICK_JUDGE") or JUDGE)


@dataclass(frozen=True)
class Verdict:
    """What three judges say: each "accept", "reject", "drop" or "unknown"; the second one also
    "lost", where routing decides."""

    model: str  # of firewalld
    firewalld: str  # firewalld's rules in the kernel
    all: str  # all rules in the kernel
    ways: str  # of the last one: what may happen, and where that is decided


def flow_of(probe: Probe, home: str | None) -> str:
    """PROBE as a line for the judge; the way back to its source leads by the interface HOME."""
    words = ["forward" if probe.ingress and probe.egress else "input" if probe.ingress else "output"]
    if probe.ingress:
        words += ["in", probe.ingress]
    if probe.egress:
        words += ["out", probe.egress]
    words += ["from", probe.source, "to", probe.destination, "source-port", str(probe.number)]
    if probe.protocol == "icmp":
        words += ["icmp", str(probe.question()["icmp_type"])]
    else:
        words += [probe.protocol, str(probe.port)]
    words += ["mac", probe.mac] if probe.mac else []
    return " ".join([*words, "back-by-it" if home == probe.ingress else "back-by-another"])


def judge_file(snapshot: Path, flows: Sequence[str], program: Path = JUDGE) -> list[Verdict]:
    """The verdicts of PROGRAM on FLOWS."""
    done = subprocess.run(
        [str(program), str(snapshot)], input="\n".join(flows) + "\n", text=True,
        capture_output=True, timeout=120, check=True,
    )
    verdicts = [Verdict(*line.split(" ", 3)) for line in done.stdout.splitlines()]
    assert len(verdicts) == len(flows), done
    return verdicts


def judge(lab: Lab, file: Path, flows: Sequence[str]) -> list[Verdict]:
    """The verdicts on FLOWS as the host is now; its snapshot is left in FILE."""
    file.write_text(lab.nicfix("snapshot").stdout)
    return judge_file(file, flows)
