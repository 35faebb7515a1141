# SPDX-License-Identifier: GPL-2.0-or-later
"""`nicfix watch` reports each finding that appears or clears, whatever comes and goes."""
from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab import UPLINK, Lab
from labkit.journal import Journal
from labkit.program import DIE_WITH_PARENT
from labkit.systemd import Systemd
from test_json import assert_valid

LIMIT = 30.0  # seconds for what takes a fraction of one
UNBOUND = ("appeared", "uplink-unbound", UPLINK)
BOUND = ("cleared", "uplink-unbound", UPLINK)
WATCHING = ("state", "watching", None)


def bind_away(lab: Lab) -> None:
    """Undoes bind()."""
    lab.firewall_cmd("--zone=public", f"--remove-interface={UPLINK}")


class Watch:
    """A running `nicfix watch --json`, and its output."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._text = b""
        assert process.stdout
        self._fd = process.stdout.fileno()

    def next(self, limit: float = LIMIT) -> tuple[str, str | None, str | None] | None:
        """The next event: its name, subject and interface; None if there is none."""
        deadline = time.monotonic() + limit
        while b"\n" not in self._text:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._fd], [], [], left)[0]:
                return None
            more = os.read(self._fd, 65536)
            assert more, self.process.communicate()
            self._text += more
        line, _, self._text = self._text.partition(b"\n")
        assert_valid(line.decode(), "watch")
        told = json.loads(line)
        return told["event"], told["finding"] or told["state"], told["interface"]

    def read_until(self, *wanted: tuple[str, str | None, str | None]) -> None:
        """Reads until each of WANTED was reported."""
        left = set(wanted)
        said = []
        while left:
            event = self.next()
            assert event, (left, said)
            said.append(event)
            left.discard(event)

    def is_silent(self, seconds: float = 1.0) -> bool:
        """Whether nothing more is reported."""
        return self.next(seconds) is None

    def cpu_ticks(self) -> int:
        """Its CPU time in ticks (proc(5))."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    def memory(self) -> int:
        """Its anonymous memory, in KiB."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1])
        raise AssertionError("no RssAnon")


@contextlib.contextmanager
def watching(lab: Lab, *args: str) -> Iterator[Watch]:
    """A started one."""
    with lab.nicfix_running("watch", "--json", *args) as process:
        watch = Watch(process)
        watch.read_until(WATCHING)
        yield watch


def bind(lab: Lab, *scope: str) -> None:
    """The fix of the incident."""
    lab.firewall_cmd(*scope, "--zone=public", f"--add-interface={UPLINK}")


def metrics_of(path: Path) -> dict[str, float]:
    """The series of the file at PATH; the file is as Prometheus wants it."""
    limit = time.monotonic() + LIMIT
    while not path.exists() and time.monotonic() < limit:
        time.sleep(0.01)
    text = path.read_text()
    promtool = shutil.which("promtool")
    assert promtool or not os.environ.get("CI"), "promtool is not installed"
    if promtool:
        done = subprocess.run(
            [promtool, "check", "metrics"], input=text, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


# ---- reports ----


def test_findings_appear_and_clear(lab: Lab) -> None:
    """Caused by firewalld and by the kernel; in order, and nothing else."""
    with watching(lab) as watch:
        watch.read_until(UNBOUND)
        bind(lab)
        watch.read_until(BOUND, ("appeared", "runtime-only-binding", UPLINK))
        bind(lab, "--permanent")
        watch.read_until(("cleared", "runtime-only-binding", UPLINK))
        lab.host.ip(
            "link add enp9s0 type veth peer name other\naddr add 203.0.113.5/24 dev enp9s0\n"
            "link set enp9s0 up\nlink set other up\nroute add default dev enp9s0 metric 500\n"
        )
        watch.read_until(("appeared", "uplink-unbound", "enp9s0"))
        lab.host.ip("link del enp9s0")
        watch.read_until(("cleared", "uplink-unbound", "enp9s0"))
        assert watch.is_silent()
        watch.process.send_signal(signal.SIGTERM)
        assert watch.process.wait(LIMIT) == 0


def test_other_rules_of_the_kernel(lab: Lab) -> None:
    """No signal tells of them but nf_tables' own."""
    bind(lab, "--permanent")
    lab.firewall_cmd("--reload")
    table = (
        "table inet lockdown { chain forward { type filter hook forward priority 5; "
        "iifname cni0 drop; }; }"
    )
    with watching(lab) as watch:
        lab.host.run("nft", table)
        watch.read_until(("appeared", "refused-elsewhere", UPLINK))
        lab.host.run("nft", "delete table inet lockdown")
        watch.read_until(("cleared", "refused-elsewhere", UPLINK))
        lab.host.run("nft", "insert rule inet firewalld filter_IN_public tcp dport 22 drop")
        watch.read_until(("appeared", "rules-differ", None))
        lab.firewall_cmd("--reload")
        watch.read_until(("cleared", "rules-differ", None))
        for _ in range(3):
            lab.firewall_cmd("--reload")
        assert watch.is_silent()


def test_firewalld_comes_and_goes(lab: Lab) -> None:
    """That is a state, not the end; changes in between are reported."""
    with watching(lab) as watch:
        watch.read_until(UNBOUND)
        bind(lab, "--permanent")
        watch.read_until(("appeared", "permanent-not-active", UPLINK))
        lab.firewalld.service.stop()
        watch.read_until(("state", "no-firewalld", None))
        lab.firewalld.start()
        watch.read_until(WATCHING, BOUND, ("cleared", "permanent-not-active", UPLINK))
        lab.firewalld.restart()
        # It may be back before watch looks.
        said = list(iter(lambda: watch.next(2.0), None))
        assert said in ([], [WATCHING], [("state", "no-firewalld", None), WATCHING]), said
        bind_away(lab)
        watch.read_until(UNBOUND)


def test_firewalld_freezes(lab: Lab) -> None:
    """Nothing announces that it answers again: nicfix polls."""
    with watching(lab, "--timeout", "1") as watch:
        watch.read_until(UNBOUND)
        lab.firewalld.service.send(signal.SIGSTOP)
        lab.host.ip(
            "link add enp9s0 type veth peer name other\naddr add 203.0.113.5/24 dev enp9s0\n"
            "link set enp9s0 up\nlink set other up\nroute add default dev enp9s0 metric 500\n"
        )
        watch.read_until(("state", "timeout", None))
        lab.firewalld.service.send(signal.SIGCONT)
        watch.read_until(WATCHING, ("appeared", "uplink-unbound", "enp9s0"))


def test_the_bus_comes_and_goes(lab: Lab) -> None:
    """As with firewalld, which goes with it."""
    with watching(lab) as watch:
        watch.read_until(UNBOUND)
        lab.firewalld.service.stop()
        lab.bus.service.stop()
        watch.read_until(("state", "no-bus", None))
        lab.bus.start()
        lab.firewalld.start()
        watch.read_until(WATCHING)
        bind(lab)
        watch.read_until(BOUND)


def test_firewalld_is_not_there_at_the_start(lab: Lab) -> None:
    """nicfix waits for it."""
    lab.firewalld.service.stop()
    with lab.nicfix_running("watch", "--json") as process:
        watch = Watch(process)
        assert watch.next() == ("state", "no-firewalld", None)
        lab.firewalld.start()
        watch.read_until(WATCHING, UNBOUND)


def test_reloads_by_the_dozen(lab: Lab) -> None:
    """Each sends hundreds of signals and loses the binding; the last state is reported
    correctly."""
    with watching(lab) as watch:
        for _ in range(12):
            bind(lab)
            lab.firewall_cmd("--reload")
        bind(lab)
        bound = False
        while (event := watch.next(2)) is not None:
            bound = {UNBOUND: False, BOUND: True}.get(event, bound)
        assert bound


# ---- bursts ----


def test_a_reload_that_changes_nothing(lab: Lab) -> None:
    """What is only so in the middle of it is not reported."""
    bind(lab, "--permanent")
    lab.firewall_cmd("--reload")
    with watching(lab) as watch:
        for _ in range(3):
            lab.firewall_cmd("--reload")
        assert watch.is_silent()


def make_veths(lab: Lab, count: int) -> None:
    """As on a node that starts that many pods."""
    lines = [f"link add v{i} type veth peer name w{i}\nlink set v{i} up\n" for i in range(count)]
    lab.host.ip("".join(lines))


def test_a_thousand_links_at_once(lab: Lab) -> None:
    """They are read in few passes, and other events are still reported."""
    metrics = lab.folder / "nicfix.prom"
    with watching(lab, "--metrics", str(metrics)) as watch:
        watch.read_until(UNBOUND)
        before = metrics_of(metrics)["nicfix_passes_total"]
        make_veths(lab, 1000)
        lab.host.ip("".join(f"link del v{i}\n" for i in range(1000)))
        bind(lab)
        watch.read_until(BOUND)
        while watch.next(1.0) is not None:
            pass
        after = metrics_of(metrics)
        assert after["nicfix_links"] == len(lab.nicfix("list", "--json").json["links"])
        # Those are more than 4,000 events.
        assert after["nicfix_passes_total"] - before <= 200


def test_a_storm_of_events(lab: Lab) -> None:
    """What else happens is reported while it goes on, in few passes."""
    metrics = lab.folder / "nicfix.prom"
    toggle = "echo link set cni0 mtu 1400; echo link set cni0 mtu 1500"
    toggles = f"while :; do {toggle}; done"
    command = lab.host.command(["sh", "-c", f"{toggles} | ip -batch -"])
    with watching(lab, "--metrics", str(metrics)) as watch:
        watch.read_until(UNBOUND)
        before = metrics_of(metrics)["nicfix_passes_total"]
        with subprocess.Popen(command, start_new_session=True) as storm:
            bind(lab)
            watch.read_until(BOUND)
            bind_away(lab)
            watch.read_until(UNBOUND)
            assert storm.poll() is None
            os.killpg(storm.pid, signal.SIGTERM)
        # Of tens of thousands of events.
        assert metrics_of(metrics)["nicfix_passes_total"] - before <= 200


def test_more_than_the_socket_holds(lab: Lab) -> None:
    """After lost events everything is read again."""
    with watching(lab) as watch:
        watch.read_until(UNBOUND)
        watch.process.send_signal(signal.SIGSTOP)
        toggles = "link set cni0 mtu 1400\nlink set cni0 mtu 1500\n" * 5000
        lab.host.ip(toggles)
        bind(lab)
        watch.process.send_signal(signal.SIGCONT)
        watch.read_until(BOUND)


def test_a_hundred_thousand_events_take_no_memory(lab: Lab) -> None:
    """The events of a busy day."""
    with watching(lab) as watch:
        watch.read_until(UNBOUND)
        toggles = "link set cni0 mtu 1400\nlink set cni0 mtu 1500\n" * 5000
        lab.host.ip(toggles)
        time.sleep(1)
        before = watch.memory()
        for _ in range(9):
            lab.host.ip(toggles)
        time.sleep(1)
        assert watch.memory() < before + 2048, before
        bind(lab)
        watch.read_until(BOUND)


def test_idle_it_uses_no_processor(lab: Lab) -> None:
    """Nothing is polled."""
    with watching(lab) as watch:
        watch.read_until(UNBOUND)
        assert watch.is_silent()
        before = watch.cpu_ticks()
        time.sleep(3)
        assert watch.cpu_ticks() == before


def test_the_interval_is_a_full_pass(lab: Lab) -> None:
    """With or without events."""
    metrics = lab.folder / "nicfix.prom"
    with watching(lab, "--metrics", str(metrics), "--interval", "1") as watch:
        watch.read_until(UNBOUND)
        before = metrics_of(metrics)["nicfix_passes_total"]
        time.sleep(3.5)
        assert 2 <= metrics_of(metrics)["nicfix_passes_total"] - before <= 5


# ---- monitoring ----


def test_metrics(lab: Lab) -> None:
    """Of a successful check and of a failed one; promtool accepts them."""
    path = lab.folder / "nicfix.prom"
    looked = lab.nicfix("watch", "--once", "--metrics", str(path))
    assert looked.code == 1
    metrics = metrics_of(path)
    assert metrics['nicfix_findings{id="uplink-unbound",severity="error"}'] == 1
    assert metrics['nicfix_findings{id="panic-mode",severity="error"}'] == 0
    assert (metrics["nicfix_up"], metrics["nicfix_uplinks"], metrics["nicfix_uplinks_covered"]) == (
        (1, 1, 0)
    )
    assert metrics["nicfix_last_success_timestamp_seconds"] == pytest.approx(time.time(), abs=60)
    assert path.stat().st_mode & 0o777 == 0o644
    bind(lab)
    bind(lab, "--permanent")
    assert lab.nicfix("watch", "--once", "--metrics", str(path)).code == 0
    assert metrics_of(path)["nicfix_uplinks_covered"] == 1
    lab.firewalld.service.stop()
    assert lab.nicfix("watch", "--once", "--metrics", str(path)).code == 3
    metrics = metrics_of(path)
    assert (metrics["nicfix_up"], metrics["nicfix_failures_total"]) == (0, 1)
    assert "nicfix_uplinks" not in metrics


def test_metrics_that_cannot_be_written(lab: Lab) -> None:
    """The error is reported at once."""
    failed = lab.nicfix("watch", "--metrics", "/nowhere/nicfix.prom")
    assert failed.code == 2 or failed.code == 1, failed
    assert "--metrics" in failed.stderr


def test_nagios(lab: Lab) -> None:
    """One line, and Nagios's own exit statuses."""
    for expected, word in ((2, "CRITICAL"), (1, "WARNING"), (0, "OK"), (3, "UNKNOWN")):
        outcome = lab.nicfix("check", "--format", "nagios")
        assert (outcome.code, outcome.stderr) == (expected, ""), outcome
        line, rest = outcome.stdout.split("\n", 1)
        assert rest == ""
        assert line.startswith(f"NICFIX {word} - ")
        message, _, data = line.partition(" | ")
        assert bool(data) == (expected != 3)
        if expected == 2:
            bind(lab)
        elif expected == 1:
            bind(lab, "--permanent")
        elif expected == 0:
            lab.firewalld.service.stop()
        assert message


@pytest.mark.only_asks
@pytest.mark.parametrize("args", [("--interval", "-1"), ("--snapshot", "x"), ("rubbish",)])
def test_bad_options(lab: Lab, args: tuple[str, ...]) -> None:
    """One line that says what is wrong."""
    outcome = lab.nicfix("watch", *args)
    assert outcome.code == 2
    assert outcome.stderr.count("\n") == 1


# ---- under systemd ----


def test_entries_of_the_journal(lab: Lab) -> None:
    """They have fields to search for, and an id that the catalog explains."""
    with Journal(lab.host, lab.folder) as journal:
        command = ["systemd-cat", *lab.nicfix_command("watch")]
        process = subprocess.Popen(
            [*DIE_WITH_PARENT, *lab.host.command(command)], env={**os.environ, **lab.bus.env}
        )
        try:
            found = f"NICFIX_INTERFACE={UPLINK}"
            journal.service.wait_until(lambda: bool(journal.entries(found)), "entry")
            (entry,) = journal.entries(found)
            assert entry["NICFIX_FINDING"] == "uplink-unbound"
            assert (entry["NICFIX_EVENT"], entry["NICFIX_ZONE"]) == ("appeared", "public")
            assert (entry["PRIORITY"], entry["SYSLOG_IDENTIFIER"]) == ("3", "nicfix")
            bind(lab)
            gone = ("NICFIX_EVENT=cleared",)
            journal.service.wait_until(lambda: bool(journal.entries(*gone)), "second entry")
            ids = {one["MESSAGE_ID"] for one in journal.entries("--identifier=nicfix")}
        finally:
            process.terminate()
            assert process.wait() == 0
    assert ids <= catalog(lab.folder)


# Fills the queue of the journal.
FILL_JOURNAL = """
import contextlib, socket
client = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
client.setblocking(False)
client.connect("/run/systemd/journal/socket")
with contextlib.suppress(BlockingIOError):
    while True:
        client.send(b"MESSAGE=x\\n")
"""


def test_the_journal_does_not_read(lab: Lab) -> None:
    """What cannot be written is lost, and nicfix goes on."""
    metrics = lab.folder / "metrics"
    with Journal(lab.host, lab.folder) as journal:
        command = ["systemd-cat", *lab.nicfix_command("watch", "--metrics", str(metrics))]
        process = subprocess.Popen(
            [*DIE_WITH_PARENT, *lab.host.command(command)], env={**os.environ, **lab.bus.env}
        )
        try:
            wanted = (f"NICFIX_INTERFACE={UPLINK}",)
            journal.service.wait_until(lambda: bool(journal.entries(*wanted)), "entry")
            journal.service.send(signal.SIGSTOP)
            lab.host.run("/usr/bin/python3", "-c", FILL_JOURNAL)
            before = metrics.read_text()
            bind(lab)
            journal.service.wait_until(lambda: metrics.read_text() != before, "pass")
        finally:
            process.terminate()
            journal.service.send(signal.SIGCONT)
            assert process.wait() == 0


def catalog(folder: Path) -> set[str]:
    """The ids in the catalog, as systemd reads it."""
    root = folder / "catalog"
    for name in ("usr/lib/systemd/catalog", "var/lib/systemd/catalog"):
        (root / name).mkdir(parents=True)
    source = Path(__file__).parents[2] / "systemd" / "nicfix.catalog"
    shutil.copy(source, root / "usr/lib/systemd/catalog")
    journalctl = ["journalctl", f"--root={root}"]
    subprocess.run([*journalctl, "--update-catalog"], check=True)
    listed = subprocess.run(
        [*journalctl, "--list-catalog"], check=True, capture_output=True, text=True
    )
    return {line.split()[0] for line in listed.stdout.splitlines()}


# What the unit keeps from the service, and a lab below /tmp or /root cannot do without; devices of its
# own, which a container may not make; and what the sanitizers need that a service does not.
_DROP_IN = """\
[Service]
ExecStart=
ExecStart={program} watch
PrivateTmp=no
PrivateDevices=no
ProtectHome=no
Environment=DBUS_SYSTEM_BUS_ADDRESS={bus} ASAN_OPTIONS=detect_leaks=0
"""


def test_the_unit(lab: Lab) -> None:
    """A real systemd starts it with all its hardening, and gets its readiness and status."""
    template = Path(__file__).parents[2] / "systemd" / "nicfix-watch.service.in"
    program, *_ = lab.nicfix_command()
    unit = template.read_text().replace("@bindir@", "/usr/local/bin")
    drop_in = _DROP_IN.format(program=program, bus=lab.bus.address)
    systemd = Systemd(lab.host, lab.folder)
    systemd.start()
    try:
        units = Path(f"/proc/{systemd.pid}/root/run/systemd/system")
        (units / "nicfix-watch.service").write_text(unit)
        (units / "nicfix-watch.service.d").mkdir()
        (units / "nicfix-watch.service.d" / "lab.conf").write_text(drop_in)
        assert systemd.run("systemctl", "daemon-reload").code == 0
        started = systemd.run("systemctl", "start", "nicfix-watch")
        assert started.code == 0, (started, systemd.run("systemctl", "status", "nicfix-watch"))

        def told(key: str) -> str:
            return systemd.run("systemctl", "show", "-P", key, "nicfix-watch").stdout.strip()

        assert (told("ActiveState"), told("SubState")) == ("active", "running")
        assert told("StatusText") == "watching: started"
        lab.firewalld.service.stop()
        lab.bus.service.wait_until(
            lambda: "firewalld is not running" in told("StatusText"), "news of firewalld"
        )
        assert told("ActiveState") == "active"
        assert systemd.run("systemctl", "stop", "nicfix-watch").code == 0
        assert (told("Result"), told("ExecMainStatus")) == ("success", "0")
    finally:
        systemd.stop()
