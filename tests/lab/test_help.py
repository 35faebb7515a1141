# SPDX-License-Identifier: GPL-2.0-or-later
"""The output of --help fits a terminal, and the example of each command works."""
from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab import UPLINK, Lab
from labkit import users
from labkit.program import Outcome

COLUMNS = 80
LIMIT = 30.0  # seconds; a loaded machine needs about 3


def _help(program: Path, *command: str) -> str:
    """The output of --help."""
    done = subprocess.run(
        [program, *command, "--help"], check=True, capture_output=True, text=True
    )
    assert not done.stderr
    return done.stdout


def _commands(program: Path) -> list[str]:
    """The commands that --help lists."""
    listed = _help(program).partition("\nCommands:\n")[2].partition("\n\n")[0]
    return [line.split()[0] for line in listed.splitlines()]


def _example(program: Path, command: str) -> str:
    """The command line that the help of COMMAND shows as an example."""
    return _help(program, command).partition("\nExample:\n")[2].strip()


@pytest.fixture(name="program")
def given_program(request: pytest.FixtureRequest) -> Path:
    """The program under test, which needs no lab to show its help."""
    path: Path = request.config.getoption("--nicfix")
    return path.resolve()


def test_it_fits_a_terminal(program: Path) -> None:
    for command in ([], *([name] for name in _commands(program))):
        shown = _help(program, *command)
        assert shown.startswith("Usage: nicfix "), command
        too_long = [line for line in shown.splitlines() if len(line) > COLUMNS]
        assert not too_long, command


# ---- examples ----


def _environment(lab: Lab) -> dict[str, str]:
    """With the program under test as nicfix, whichever is installed."""
    environment = {**users.environment(lab.folder, None), **lab.bus.env}
    folder = Path(lab.nicfix_command()[0]).parent
    return {**environment, "PATH": f"{folder}:{environment['PATH']}"}


def _shell(lab: Lab, line: str) -> Outcome:
    """Runs LINE on the host, in a folder that only LAB has."""
    argv = ("sh", "-c", f'cd "$0" && {line}', str(lab.folder))
    return Outcome.of(lab.host.run(*argv, env=_environment(lab), check=False))


@dataclass(frozen=True)
class Example:
    """How the example of a command ends, what it prints, and what it needs."""

    code: int
    says: str
    prepare: Callable[[Lab], object] = lambda lab: None
    instead: Callable[[Lab, str], str] = lambda lab, line: line


def _apply(lab: Lab) -> None:
    assert lab.nicfix("apply").code == 0


def _collect_fleet(lab: Lab) -> None:
    (lab.folder / "fleet").mkdir()
    (lab.folder / "fleet" / "worker1.json").write_text(lab.nicfix("check", "--json").stdout)


def _with_real_id(lab: Lab, line: str) -> str:
    """LINE with the id of a change that is waiting in LAB."""
    tried = lab.nicfix("apply", "--confirm-within", "600", "--json")
    given, count = re.subn(r"\b[0-9a-f]{8}\b", tried.json["pending"]["id"], line)
    assert count == 1, line
    return given


EXAMPLES = {
    "list": Example(0, f'"name": "{UPLINK}"'),
    "check": Example(1, "uplink-unbound"),
    "explain": Example(1, "reject: "),
    "denied": Example(0, "\n"),  # what the kernel's log of this machine has is not known
    "apply": Example(0, "bind enp2s0 to zone public"),
    "confirm": Example(0, "verified", instead=_with_real_id),
    "undo": Example(0, "unbind enp2s0", prepare=_apply),
    "snapshot": Example(1, "uplink-unbound"),
    "report": Example(1, "", prepare=_collect_fleet),
    "help": Example(0, "Usage: nicfix apply"),
    "version": Example(0, "nicfix 0."),
}
RUNS_ON = {"watch"}


def test_every_example_is_run(program: Path) -> None:
    assert set(_commands(program)) == set(EXAMPLES) | RUNS_ON


@pytest.mark.parametrize("command", EXAMPLES)
def test_example(lab: Lab, program: Path, command: str) -> None:
    expected = EXAMPLES[command]
    expected.prepare(lab)
    line = expected.instead(lab, _example(program, command))
    assert f"{line} ".startswith(f"nicfix {command} ")
    done = _shell(lab, line)
    assert (done.code, done.stderr) == (expected.code, ""), f"{line}: {done}"
    assert expected.says in done.stdout, f"{line}: {done}"


def test_the_page_of_the_example_of_report(lab: Lab, program: Path) -> None:
    _collect_fleet(lab)
    _shell(lab, _example(program, "report"))
    page = (lab.folder / "fleet.html").read_text()
    assert page.startswith("<!DOCTYPE html>") and "worker1" in page


def test_example_of_watch(lab: Lab, program: Path) -> None:
    """It writes its file, and runs until it is stopped. The folder is in the mount namespace of the
    lab."""
    line = _example(program, "watch")
    match = re.fullmatch(r"nicfix (watch --metrics (/var/lib/\S+)/\S+)", line)
    assert match, line
    lab.host.run("mount", "-t", "tmpfs", "nicfix-test", "/var/lib")
    lab.host.run("mkdir", match[2])
    args = match[1].split()
    with lab.nicfix_running(*args) as process:
        deadline = time.monotonic() + LIMIT
        while "nicfix_up 1" not in lab.host.run("cat", args[-1], check=False).stdout.decode():
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        told, complaint = process.communicate(timeout=LIMIT)
    assert (process.returncode, complaint) == (0, "")
    assert "uplink-unbound" in told
    assert not os.path.ismount("/var/lib")
