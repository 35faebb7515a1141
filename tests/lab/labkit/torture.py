# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs of a program in which one call to the C library fails (see torture.c)."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from labkit import preload
from labkit.program import Outcome


@dataclass(frozen=True)
class Run:
    """What came of a run."""

    outcome: Outcome
    calls: list[str]  # the one that failed, and what it was about; all where none was to fail

    @property
    def failed(self) -> str:
        """The call that failed; the run may have been too short for that."""
        return self.calls[0] if self.calls else "nothing failed"


def run(
    program: Callable[[Mapping[str, str]], Outcome], folder: Path, number: int, error: int = 0
) -> Run:
    """Calls PROGRAM, which runs nicfix in the environment it is given, and makes its call
    NUMBER, from 1 on, fail (0: none) with errno ERROR (0: a fitting one)."""
    log = folder / "torture.log"
    log.unlink(missing_ok=True)
    outcome = program({
        "LD_PRELOAD": str(preload.library("torture")),
        "LAB_TORTURE_PROGRAM": "nicfix",
        "LAB_TORTURE": str(number),
        "LAB_TORTURE_ERROR": str(error),
        "LAB_TORTURE_LOG": str(log),
    })
    return Run(outcome, log.read_text().splitlines() if log.exists() else [])
