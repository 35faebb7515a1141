# SPDX-License-Identifier: GPL-2.0-or-later
"""`nicfix apply --confirm-within`: an unconfirmed change is undone, whatever happens to the session
that made it."""
from __future__ import annotations

import contextlib
import fcntl
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from lab import OUTSIDE, UPLINK, UPLINK_ADDRESS, Lab, LabMaker
from labkit.client import Client
from labkit.networkmanager import ethernet_profile
from labkit.program import Outcome
from labkit.systemd import Systemd
from labkit.tap import Fault, Tap
from labkit.terminal import LIMIT, Terminal

TRY = ("apply", "--zone", "public", "--confirm-within")
TRY_NOW = ("apply", "--yes", "--zone", "public", "--confirm-within")
PROFILE = ethernet_profile("uplink", UPLINK, f"{UPLINK_ADDRESS}/24", OUTSIDE, zone="work")


def wait_until(ready: Callable[[], bool]) -> None:
    """Polls READY; fails if it does not come true."""
    limit = time.monotonic() + LIMIT
    while not ready():
        assert time.monotonic() < limit
        time.sleep(0.05)


def bound(lab: Lab) -> tuple[bool, bool]:
    """Whether the uplink is bound to public in the running firewall, and whether permanently."""
    client = Client(lab.bus)
    return client.zone_of(UPLINK) == "public", client.lasting_zone_of(UPLINK) == "public"


def test_confirmed(lab: Lab) -> None:
    """The running firewall changes at once, the permanent configuration on confirmation, and
    nothing is undone after that."""
    tried = lab.nicfix(*TRY, "10", "--json")
    assert (tried.code, bound(lab)) == (0, (True, False)), tried
    pending = tried.json["pending"]
    assert 1 <= pending["seconds"] <= 10
    assert [one["state"] for one in tried.json["actions"]] == ["done", "planned"]
    assert lab.tcp() == "connected"
    kept = lab.nicfix("confirm", pending["id"], "--json")
    assert (kept.code, kept.json["verified"], bound(lab)) == (0, True, (True, True)), kept
    time.sleep(11)
    assert bound(lab) == (True, True)
    assert lab.nicfix("check").code == 0
    again = lab.nicfix("confirm", pending["id"])
    assert (again.code, "no change is waiting" in again.stderr) == (2, True)
    assert lab.nicfix("undo").code == 0
    assert bound(lab) == (False, False)


def test_a_trial_is_shown_while_it_waits(lab: Lab) -> None:
    """By those who look at the host meanwhile, and nothing else is offered until it ends."""
    waiting = lab.nicfix(*TRY, "600", "--json").json["pending"]["id"]
    for command in ("check", "list"):
        document = lab.nicfix(command, "--json").json
        assert document["pending"]["id"] == waiting, document
        assert 500 < document["pending"]["seconds"] <= 600
        shown = lab.nicfix(command).stdout
        assert shown.startswith(f"on trial: change {waiting} is undone in ")
        assert f"nicfix confirm {waiting}" in shown
    findings = lab.nicfix("check", "--json").json["findings"]
    assert findings and all(one["fix"] is None for one in findings)
    bare = lab.nicfix("confirm")
    assert bare.code == 2
    assert f"run nicfix confirm {waiting}" in bare.stderr and "s left" in bare.stderr
    assert lab.nicfix("undo").code == 0
    assert lab.nicfix("check", "--json").json["pending"] is None
    assert "no change is waiting" in lab.nicfix("confirm").stderr


def test_not_confirmed(lab: Lab) -> None:
    """The host is restored in time, without any action."""
    before = lab.firewall_now()
    assert lab.nicfix(*TRY, "1").code == 0
    wait_until(lambda: not (lab.bus.state / "last-change").exists())
    assert lab.firewall_now() == before
    assert "nothing to undo" in lab.nicfix("undo").stdout


def test_the_device_of_networkmanager(make_lab: LabMaker) -> None:
    """The profile is written when the change is confirmed, not before."""
    lab = make_lab(profiles={"uplink": PROFILE})

    def zone() -> str:
        devices = lab.nicfix("snapshot").json["networkmanager"]["devices"]
        return next(one["zone"] for one in devices if one["interface"] == UPLINK)

    tried = lab.nicfix(*TRY, "60", "--move", "--json")
    assert (tried.code, zone(), bound(lab)[0]) == (0, "work", True), tried
    assert lab.nicfix("confirm", tried.json["pending"]["id"]).code == 0
    assert (zone(), bound(lab)[0]) == ("public", True)
    assert lab.nicfix("undo").code == 0
    tried = lab.nicfix(*TRY, "1", "--move", "--json")
    assert tried.code == 0
    wait_until(lambda: not (lab.bus.state / "last-change").exists())
    assert (zone(), bound(lab)[0]) == ("work", False)


def test_one_at_a_time(lab: Lab) -> None:
    """A second change is refused and names the first; undo ends the first at once."""
    pending = lab.nicfix(*TRY, "60", "--json").json["pending"]
    for second in (TRY + ("60",), ("apply", "--zone", "work", "--move")):
        refused = lab.nicfix(*second)
        assert refused.code == 2, refused
        assert f"change {pending['id']} is waiting for confirmation" in refused.stderr
    wrong = lab.nicfix("confirm", "00000000")
    assert (wrong.code, pending["id"] in wrong.stderr) == (2, True)
    assert lab.nicfix("undo").code == 0
    assert bound(lab) == (False, False)
    assert lab.nicfix(*TRY, "60").code == 0


def test_a_reload_in_between(lab: Lab) -> None:
    """A change that a reload undid cannot be confirmed, and there is nothing left to undo."""
    pending = lab.nicfix(*TRY, "10", "--json").json["pending"]
    lab.firewall_cmd("--reload")
    gone = lab.nicfix("confirm", pending["id"])
    assert (gone.code, "no longer in effect" in gone.stderr) == (2, True)
    wait_until(lambda: not (lab.bus.state / "last-change").exists())
    assert bound(lab) == (False, False)


def test_firewalld_is_away_when_the_time_is_over(lab: Lab) -> None:
    """nicfix waits for it, and reads what it comes back with."""
    lab.nicfix(*TRY, "1")
    lab.firewalld.service.stop()
    time.sleep(2)
    assert (lab.bus.state / "last-change").exists()
    lab.firewalld.restart()
    wait_until(lambda: not (lab.bus.state / "last-change").exists())
    assert bound(lab) == (False, False)


def test_what_lasts_cannot_be_written(lab: Lab) -> None:
    """Confirming fails, says so, and the change is undone when its time is over."""
    pending = lab.nicfix(*TRY, "4", "--json").json["pending"]
    lab.run("mount", "--bind", "/etc/firewalld", "/etc/firewalld")
    lab.run("mount", "-o", "remount,ro,bind", "/etc/firewalld")
    failed = lab.nicfix("confirm", pending["id"])
    lab.run("umount", "/etc/firewalld")
    assert failed.code == 5, failed
    assert f"change {pending['id']} is undone in" in failed.stderr
    wait_until(lambda: not (lab.bus.state / "last-change").exists())
    assert bound(lab) == (False, False)


def test_no_record_no_trial(lab: Lab) -> None:
    """If the state folder cannot be written, no trial is made. A plain change is made, with a note
    that nicfix cannot undo it."""
    lab.bus.state.write_text("in the way")
    refused = lab.nicfix(*TRY, "60")
    assert (refused.code, bound(lab)) == (2, (False, False)), refused
    done = lab.nicfix("apply", "--zone", "public", "--json")
    assert (done.code, bound(lab)) == (0, (True, True)), done
    assert any("nicfix undo cannot revert this" in note for note in done.json["notes"])


def test_bad_numbers_of_seconds(lab: Lab) -> None:
    """Values out of range are wrong usage."""
    for seconds in ("-1", "86401", "ten"):
        assert lab.nicfix(*TRY, seconds).code == 2
    assert bound(lab) == (False, False)


def test_the_countdown_ends_with_the_confirmation(lab: Lab) -> None:
    """The seconds count down until somebody confirms from elsewhere."""
    terminal = Terminal(lab, *TRY_NOW, "60")
    name = terminal.read_until(r"nicfix confirm ([0-9a-f]{8})").group(1)
    terminal.read_until(r"5\d s left")
    assert lab.nicfix("confirm", name).code == 0
    assert terminal.process.wait(LIMIT) == 0
    assert bound(lab) == (True, True)
    terminal.hang_up()


def test_the_countdown_ends_with_ctrl_c(lab: Lab) -> None:
    """The change is undone at once."""
    terminal = Terminal(lab, *TRY_NOW, "60")
    terminal.read_until(r"s left")
    terminal.type("\x03")
    terminal.read_until("interrupted by SIGINT; everything was put back")
    assert terminal.process.wait(LIMIT) == 5
    assert bound(lab) == (False, False)
    terminal.hang_up()


def test_the_countdown_ends_by_itself(lab: Lab) -> None:
    """The exit status says that the change was undone."""
    terminal = Terminal(lab, *TRY_NOW, "2")
    terminal.read_until("the change was not confirmed in time; everything was put back")
    assert terminal.process.wait(LIMIT) == 5
    assert bound(lab) == (False, False)
    terminal.hang_up()


def test_the_terminal_is_lost(lab: Lab) -> None:
    """The change is still undone in time."""
    terminal = Terminal(lab, *TRY_NOW, "3")
    terminal.read_until(r"s left")
    terminal.hang_up()
    terminal.process.wait(LIMIT)
    assert bound(lab)[0]
    wait_until(lambda: not (lab.bus.state / "last-change").exists())
    assert bound(lab) == (False, False)


def test_by_a_timer_of_systemds(lab: Lab) -> None:
    """If systemd runs the host, systemd undoes the change, even if every process of the session is
    gone; a confirmation removes the timer."""
    systemd = Systemd(lab.host, lab.folder)
    systemd.start()
    try:
        env = dict(lab.bus.env)
        command = lab.nicfix_command(*TRY)

        def timers() -> str:
            return systemd.run("systemctl", "list-units", "--all", "nicfix-undo-*").stdout

        pending = systemd.run(*command, "60", "--json", env=env).json["pending"]
        assert f"nicfix-undo-{pending['id']}.timer" in timers()
        assert systemd.run(*lab.nicfix_command("confirm", pending["id"]), env=env).code == 0
        assert pending["id"] not in timers()
        assert bound(lab) == (True, True)
        assert systemd.run(*lab.nicfix_command("undo"), env=env).code == 0

        assert systemd.run(*command, "2", env=env).code == 0
        processes = systemd.run("ps", "-e", "-o", "args=").stdout
        assert "--unconfirmed" not in processes, "systemd's timer was to be used"
        wait_until(lambda: not (lab.bus.state / "last-change").exists())
        assert bound(lab) == (False, False)
        wait_until(lambda: "nicfix-undo" not in timers())
    finally:
        systemd.stop()


def test_the_boot_has_another_name_elsewhere(lab: Lab) -> None:
    """In a container, and in a unit with a /proc of its own. Whoever waits is of the same boot."""
    assert lab.nicfix(*TRY, "3").code == 0
    record = lab.bus.state / "last-change"
    text = record.read_text()
    [boot] = [line for line in text.splitlines() if line.startswith("boot=")]
    record.write_text(text.replace(boot, "boot=00000000-0000-0000-0000-000000000000"))
    wait_until(lambda: not record.exists())
    assert bound(lab) == (False, False)


def test_no_process_waits_within_a_unit(lab: Lab) -> None:
    """It would end with the unit (systemd.kill(5)): without a timer nothing is tried."""
    unit = {"INVOCATION_ID": "0123456789abcdef0123456789abcdef"}
    refused = lab.nicfix(*TRY, "2", env=unit)
    assert refused.code == 2
    assert "would end with the unit" in " ".join(refused.stderr.split())
    assert bound(lab) == (False, False)


def test_the_waiting_process_is_in_no_session(lab: Lab) -> None:
    """It survives a session that is killed with all its processes."""
    command = lab.nicfix_command(*TRY, "2")
    session = subprocess.Popen(
        lab.host.command(["sh", "-c", '"$@"; sleep 60', "sh", *command]),
        env={**os.environ, **lab.bus.env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert session.stdout
    # The plan, which is shown before the change, names the command without the change's id.
    while not re.search(rb"nicfix confirm [0-9a-f]{8}", session.stdout.readline()):
        pass
    os.killpg(session.pid, signal.SIGKILL)
    session.wait()
    session.stdout.close()
    assert bound(lab)[0]
    wait_until(lambda: not (lab.bus.state / "last-change").exists())
    assert bound(lab) == (False, False)


# ---- nothing keeps a trial from ending ----


def ended(lab: Lab) -> bool:
    """Whether the trial has ended."""
    return not (lab.bus.state / "last-change").exists()


# Keeps the lock of another nicfix until it is killed.
HOLD_LOCK = """
import fcntl, os, pathlib, signal
state = pathlib.Path(os.environ["STATE_DIRECTORY"])
lock = (state / "lock").open("w")
fcntl.flock(lock, fcntl.LOCK_EX)
start = pathlib.Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19]
print(os.getpid(), start, file=lock, flush=True)
print("held", flush=True)
signal.pause()
"""


@contextlib.contextmanager
def lock_held(lab: Lab) -> Iterator[subprocess.Popen[bytes]]:
    """Another nicfix has the lock."""
    holder = subprocess.Popen(
        lab.host.command(["/usr/bin/python3", "-c", HOLD_LOCK]),
        env={**os.environ, **lab.bus.env},
        stdout=subprocess.PIPE,
    )
    with holder:
        try:
            assert holder.stdout and holder.stdout.readline()
            yield holder
        finally:
            holder.kill()


def test_another_nicfix_has_the_lock_for_long(lab: Lab) -> None:
    """The change is undone as soon as the lock is free."""
    assert lab.nicfix(*TRY, "5", "--timeout", "1").code == 0
    with lock_held(lab):
        time.sleep(7)
        assert bound(lab) == (True, False)
    wait_until(lambda: ended(lab))
    assert bound(lab) == (False, False)


def test_another_nicfix_is_stopped(lab: Lab) -> None:
    """Ctrl-Z does not keep the change from being undone."""
    assert lab.nicfix(*TRY, "5", "--timeout", "1").code == 0
    with lock_held(lab) as holder:
        holder.send_signal(signal.SIGSTOP)
        wait_until(lambda: ended(lab))
    assert bound(lab) == (False, False)


@contextlib.contextmanager
def reading_nothing(lab: Lab, room: bool, *args: str) -> Iterator[subprocess.Popen[bytes]]:
    """nicfix with ARGS, whose reader reads nothing: it can write once if there is ROOM."""
    reader, writer = os.pipe2(os.O_DIRECT)  # nothing is joined
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    if not room:
        os.write(writer, b".")
    command = lab.host.command(["stdbuf", "-o0", *lab.nicfix_command(*args)])
    env = {**os.environ, **lab.bus.env, **lab.nicfix_env()}
    with subprocess.Popen(command, env=env, stdout=writer) as process:
        os.close(writer)
        try:
            yield process
        finally:
            os.close(reader)


def test_nobody_reads_what_confirm_shows(lab: Lab) -> None:
    """The change is undone, and nothing is confirmed afterwards."""
    pending = lab.nicfix(*TRY, "5", "--timeout", "1", "--json").json["pending"]
    with reading_nothing(lab, False, "confirm", pending["id"]):
        wait_until(lambda: ended(lab))
        assert bound(lab) == (False, False)
    assert bound(lab) == (False, False)


def holds_signals(pid: int) -> bool:
    """Whether SIGTERM does not end the process PID (proc(5))."""
    held = re.search(r"SigBlk:\s*(\w+)", Path(f"/proc/{pid}/status").read_text("ascii"))
    return held is not None and bool(int(held[1], 16) >> (signal.SIGTERM - 1) & 1)


def test_confirm_is_interrupted_while_nobody_reads(lab: Lab) -> None:
    """It ends, and the change stays on trial."""
    pending = lab.nicfix(*TRY, "60", "--json").json["pending"]
    with reading_nothing(lab, False, "confirm", pending["id"]) as process:
        wait_until(lambda: holds_signals(process.pid))
        process.terminate()
        assert process.wait(LIMIT) == 5
    assert not ended(lab)


def test_nobody_reads_the_report(lab: Lab) -> None:
    """The change is undone in time although its report is still to be written."""
    with reading_nothing(lab, True, *TRY, "5", "--timeout", "1") as process:
        wait_until(lambda: bound(lab) == (True, False))
        wait_until(lambda: ended(lab))
        assert process.poll() is None
    assert bound(lab) == (False, False)


def test_anybody_takes_a_name(lab: Lab) -> None:
    """No other user can keep a change from being made or undone."""
    name = "import socket; s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET);"
    script = f"{name} s.bind(chr(0) + 'nicfix-change'); print(flush=True); input()"
    with subprocess.Popen(
        lab.host.command(["/usr/bin/python3", "-c", script]),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as taker:
        assert taker.stdin and taker.stdout and taker.stdout.readline()
        assert lab.nicfix(*TRY, "1", "--timeout", "1").code == 0
        wait_until(lambda: ended(lab))
        taker.stdin.close()
    assert bound(lab) == (False, False)


def test_the_record_cannot_be_read_for_a_while(lab: Lab) -> None:
    """It is neither undone before its time nor forgotten."""
    assert lab.nicfix(*TRY, "5", "--timeout", "1").code == 0
    record, aside = lab.bus.state / "last-change", lab.bus.state / "aside"
    record.rename(aside)
    record.mkdir()
    time.sleep(7)
    assert bound(lab) == (True, False)
    record.rmdir()
    aside.rename(record)
    wait_until(lambda: ended(lab))
    assert bound(lab) == (False, False)


def test_firewalld_hangs_while_the_trial_ends(lab: Lab) -> None:
    """What firewalld carries out late is not the change again."""

    def end_of_trial(tap: Tap, *faults: Fault) -> Outcome:
        pending = lab.nicfix(*TRY, "60", "--json").json["pending"]
        undo = ("undo", "--timeout", "1", "--unconfirmed", pending["id"])
        return tap.run(lambda: lab.nicfix(*undo, env=tap.env), *faults)

    wakening = threading.Timer(4, lab.firewalld.service.send, [signal.SIGCONT])

    def freeze() -> None:
        lab.firewalld.service.send(signal.SIGSTOP)
        wakening.start()

    with Tap(lab.bus, lab.folder) as tap:
        assert end_of_trial(tap).code == 0
        done = end_of_trial(tap, Fault(freeze, tap.calls.index("removeInterface"), "before"))
    wakening.join()
    assert (done.code, ended(lab), bound(lab)) == (0, True, (False, False)), done


def test_somebody_else_moves_the_interface(lab: Lab) -> None:
    """Nothing was put back then, and the message leads back."""
    terminal = Terminal(lab, *TRY_NOW, "3")
    terminal.read_until(r"s left")
    lab.firewall_cmd("--zone=dmz", f"--change-interface={UPLINK}")
    terminal.read_until("not everything was put back")
    terminal.read_until(f"firewall-cmd --zone=dmz --remove-interface={UPLINK}")
    assert terminal.process.wait(LIMIT) == 6
    assert lab.firewall_cmd(f"--get-zone-of-interface={UPLINK}") == "dmz"
    terminal.hang_up()


# ---- nothing makes a change wait without a limit ----

# A journal that does not read, with its queue full.
FULL_JOURNAL = """
import os, signal, socket
os.makedirs("/run/systemd/journal", exist_ok=True)
journal = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
journal.bind("/run/systemd/journal/socket")
client = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
client.connect("/run/systemd/journal/socket")
client.setblocking(False)
try:
    while True:
        client.send(b"MESSAGE=full\\n")
except BlockingIOError:
    print("full", flush=True)
signal.pause()
"""


def test_the_journal_does_not_read(lab: Lab) -> None:
    """The change is made all the same."""
    with subprocess.Popen(
        lab.host.command(["/usr/bin/python3", "-c", FULL_JOURNAL]), stdout=subprocess.PIPE
    ) as journal:
        try:
            assert journal.stdout and journal.stdout.readline() == b"full\n"
            done = lab.nicfix("apply", "--zone", "public", "--timeout", "2")
        finally:
            journal.kill()
    assert (done.code, bound(lab)) == (0, (True, True)), done


def test_a_fifo_in_place_of_the_record(lab: Lab) -> None:
    """It is refused: opening it would wait for a writer."""
    lab.bus.state.mkdir(mode=0o700)
    os.mkfifo(lab.bus.state / "last-change", 0o600)
    for words in (("apply", "--zone", "public"), ("undo",), ("confirm", "01234567")):
        refused = lab.nicfix(*words)
        assert (refused.code, "was not written by nicfix" in refused.stderr) == (2, True), refused
    assert bound(lab) == (False, False)


def test_systemd_run_hangs(lab: Lab) -> None:
    """A process of nicfix's own undoes the change instead."""
    programs = lab.folder / "programs"
    programs.mkdir()
    (programs / "systemd-run").write_text("#!/bin/sh\nexec sleep 3600\n")
    (programs / "systemd-run").chmod(0o755)
    systemd = Systemd(lab.host, lab.folder)
    systemd.start()
    try:
        env = {**lab.bus.env, "PATH": f"{programs}:{os.environ['PATH']}"}
        tried = systemd.run(*lab.nicfix_command(*TRY, "2", "--timeout", "1"), env=env)
        assert tried.code == 0, tried
        wait_until(lambda: ended(lab))
    finally:
        systemd.stop()
    assert bound(lab) == (False, False)
