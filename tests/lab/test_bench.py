# SPDX-License-Identifier: GPL-2.0-or-later
"""The benchmark runs and compares like with like. Its numbers are not tested."""
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_benchmark(nicfix: Path) -> None:
    """It raises if the floor makes other calls to firewalld than nicfix does."""
    build = nicfix.resolve().parents[1]
    once = ("--links", "10", "--pairs", "1", "--script-pairs", "1")
    command = [sys.executable, "-B", str(ROOT / "tests/bench/bench.py"), str(build), *once]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = done.stdout.splitlines()
    assert rows[0].startswith("|  | wall time |")
    assert len(rows) == 2 + 2 * 3


def test_the_curves(nicfix: Path) -> None:
    """Each kind of question is asked: of a snapshot, of a log, of a folder."""
    build = nicfix.resolve().parents[1]
    command = [sys.executable, "-B", str(ROOT / "tests/bench/growth.py"), str(build)]
    for curve in ("check, sockets", "denied --file", "report, documents"):
        done = subprocess.run(
            [*command, "--curve", curve, "--scale", "0.01"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[-1].startswith(f"| {curve}")
