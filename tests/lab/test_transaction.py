# SPDX-License-Identifier: GPL-2.0-or-later
"""A change that cannot be completed leaves the host as it was, and says so."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable

import pytest

from lab import FULL, Lab, UPLINK
from labkit.client import Client

Record = Callable[[str, object], None]

INCIDENT_FIX = ("apply", "--zone", "public", "--json")

# Sends a signal that is held back to itself, then becomes the program it is given: the signal is
# pending from the first instruction on.
WITH_PENDING_SIGNAL = """
import os, signal, sys
number = int(sys.argv[1])
signal.pthread_sigmask(signal.SIG_BLOCK, [number])
os.kill(os.getpid(), number)
os.execv(sys.argv[2], sys.argv[2:])
"""

# Keeps nicfix's lock for as long as its input is open.
WITH_LOCK = """
import fcntl, os, pathlib, subprocess, sys
state = pathlib.Path(os.environ["STATE_DIRECTORY"])
state.mkdir(mode=0o700, exist_ok=True)
lock = (state / "lock").open("w")
fcntl.flock(lock, fcntl.LOCK_EX)
start = pathlib.Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19]
print(os.getpid(), start, file=lock, flush=True)
sys.exit(subprocess.call(sys.argv[1:]))
"""


def test_a_read_only_configuration(lab: Lab) -> None:
    """The running binding works, the permanent one cannot be written: neither remains."""
    before = lab.firewall_now()
    lab.run("mount", "--bind", "/etc/firewalld", "/etc/firewalld")
    assert lab.run("mount", "-o", "remount,ro,bind", "/etc/firewalld").code == 0
    failed = lab.nicfix(*INCIDENT_FIX)
    assert lab.run("umount", "/etc/firewalld").code == 0
    assert failed.code == 5, failed
    assert "everything was put back" in failed.stderr
    assert failed.json["rolled_back"] is True
    assert failed.json["changed"] is False
    assert [a["state"] for a in failed.json["actions"]] == ["undone", "failed"]
    assert failed.json["error"]["code"] == "undone"
    assert lab.firewall_now() == before
    assert lab.nicfix(*INCIDENT_FIX).code == 0


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_ends_it_before_anything_is_changed(lab: Lab, name: str) -> None:
    """After a signal before the first step nothing is changed."""
    before = lab.firewall_now()
    number = str(int(signal.Signals[name]))
    python = ("/usr/bin/python3", "-c", WITH_PENDING_SIGNAL, number)
    ended = lab.run(*python, *lab.nicfix_command(*INCIDENT_FIX))
    assert ended.code == 5, ended
    assert f"interrupted by {name}; nothing was changed" in ended.stderr
    assert lab.firewall_now() == before


def test_one_at_a_time(lab: Lab) -> None:
    """While another nicfix changes the host, this one waits and then says which one."""
    before = lab.firewall_now()
    python = ("/usr/bin/python3", "-c", WITH_LOCK)
    command = lab.nicfix_command(*INCIDENT_FIX, "--timeout", "1")
    refused = lab.run(*python, *command)
    assert refused.code == 2, refused
    assert "another nicfix (process " in refused.stderr
    assert lab.firewall_now() == before
    assert lab.nicfix(*INCIDENT_FIX).code == 0


def test_somebody_else_has_already_made_the_change(lab: Lab) -> None:
    """There is nothing left to change."""
    for permanent in ((), ("--permanent",)):
        lab.firewall_cmd(*permanent, "--zone=public", f"--add-interface={UPLINK}")
    done = lab.nicfix(*INCIDENT_FIX)
    assert (done.code, done.json["changed"], done.json["actions"]) == (0, False, [])


MOMENTS = 16  # at which each fault is tried, spread over the time that a whole run takes
STRIDE = 1 if FULL else 4  # one in so many, the first and the last


def start(lab: Lab) -> subprocess.Popen[bytes]:
    """The fix of the incident, running."""
    return subprocess.Popen(
        lab.host.command(lab.nicfix_command(*INCIDENT_FIX)),
        env={**os.environ, **lab.bus.env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def moments(lab: Lab, record: Record, what: str, begin_at: int) -> list[float]:
    """Seconds after the start of a run, from its beginning to past its end: all moments, or a
    sample that has number BEGIN_AT, which the summary says of WHAT."""
    begin = time.monotonic()
    assert start(lab).wait() == 0
    whole = time.monotonic() - begin
    unbind(lab)
    numbers = sorted({0, *range(begin_at % STRIDE, MOMENTS, STRIDE), MOMENTS - 1})
    if STRIDE > 1:
        record("sweep", f"{what}: moments {numbers} of {MOMENTS}")
    return [whole * 1.1 * number / MOMENTS for number in numbers]


def unbind(lab: Lab) -> None:
    """Restores the incident."""
    client = Client(lab.bus)
    client.bind(UPLINK, None)
    client.bind_for_good(UPLINK, None)


def bindings(lab: Lab) -> tuple[bool, bool]:
    """Whether the uplink is bound in the running firewall, and whether permanently."""
    client = Client(lab.bus)
    return client.zone_of(UPLINK) == "public", client.lasting_zone_of(UPLINK) == "public"


def test_sigterm_at_any_moment_leaves_all_or_nothing(lab: Lab, record_property: Record) -> None:
    """The exit status says which: 0 is the new state; 5, or death before the first step, the old
    one."""
    old, new = (False, False), (True, True)
    for moment in moments(lab, record_property, "SIGTERM at any moment", 1):
        run = start(lab)
        time.sleep(moment)
        run.send_signal(signal.SIGTERM)
        code = run.wait()
        assert code in (0, 5, -signal.SIGTERM), (code, run.communicate())
        assert bindings(lab) == (new if code == 0 else old), (code, moment)
        unbind(lab)


def test_after_sigkill_at_any_moment_a_second_run_finishes(
    lab: Lab, record_property: Record
) -> None:
    """A killed process cannot undo anything; the next run does the rest."""
    for moment in moments(lab, record_property, "SIGKILL at any moment", 2):
        run = start(lab)
        time.sleep(moment)
        run.send_signal(signal.SIGKILL)
        run.communicate()
        again = lab.nicfix(*INCIDENT_FIX)
        assert (again.code, bindings(lab)) == (0, (True, True)), (again, moment)
        unbind(lab)


def test_firewalld_stopped_at_any_moment(lab: Lab, record_property: Record) -> None:
    """The permanent state is the new one if the run succeeded and the old one if it says so; if it
    could not know, it says what may be left. (SIGKILL would test firewalld: 1.3.3 killed while
    writing a zone leaves an empty file, and comes back FAILED.) firewalld 1.3.3 that is stopped
    within a call may leave its rules behind and adds to them at its next start: the reload makes
    each moment begin with the incident."""
    for moment in moments(lab, record_property, "firewalld stopped at any moment", 3):
        run = start(lab)
        time.sleep(moment)
        lab.firewalld.service.send(signal.SIGTERM)
        out, err = run.communicate()
        lab.firewalld.restart()
        lab.firewall_cmd("--reload")
        running, lasting = bindings(lab)
        assert running == lasting
        assert run.returncode in (0, 3, 5, 6), (out, err)
        if run.returncode == 6:
            assert b"run: firewall-cmd" in err
        else:
            assert lasting == (run.returncode == 0), (run.returncode, moment, err)
        unbind(lab)
