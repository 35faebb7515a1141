# SPDX-License-Identifier: GPL-2.0-or-later
"""`nicfix denied` reads what firewalld denied from the kernel log, and explains it."""
from __future__ import annotations

import contextlib
import json
import random
import select
import signal
import socket
import struct
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab import DATABASE_PORT, OUTSIDE, POD, UPLINK, UPLINK_ADDRESS, Lab
from labkit.journal import Journal
from test_json import assert_valid

# By default the kernel only logs packets of the initial network namespace.
_ALL_NAMESPACES = Path("/proc/sys/net/netfilter/nf_log_all_netns")

# Denials of a lab. The kernel log belongs to the machine, and has those of other labs as well.
WAY = {"chain": "filter_FWD_public_REJECT", "in": "cni0", "out": UPLINK}

# The incident's own line.
INCIDENT = (
    'Apr 7 08:45:19 worker kernel: [12868.221898] "filter_FWD_public_REJECT: "IN=cni0 OUT=enp2s0 '
    "PHYSIN=vethe05661cb MAC=36:50:69:84:9b:2c:4e:65:15:1d:9d:92:08:00 SRC=10.244.2.2 "
    "DST=192.168.150.131 LEN=60 TOS=0x00 PREC=0x00 TTL=63 ID=28423 DF PROTO=TCP SPT=51670 DPT=8629 "
    "WINDOW=64860 RES=0x00 SYN URGP=0\n"
)


@pytest.fixture(scope="module", autouse=True)
def logging_of_all_namespaces() -> Iterator[None]:
    """Makes the kernel log denials in labs. The first process to switch it on could switch it off
    too early for another, so it stays on."""
    with contextlib.suppress(OSError):
        _ALL_NAMESPACES.write_text("1")
    yield


def denied(lab: Lab, *args: str) -> dict[str, Any]:
    """The document of a successful run."""
    outcome = lab.nicfix("denied", "--json", *args)
    assert outcome.code == 0, outcome
    assert_valid(outcome.stdout, "denied")
    return outcome.json


def group_of(document: dict[str, Any], **wanted: object) -> dict[str, Any]:
    """The one group with WANTED."""
    found = [one for one in document["groups"] if wanted.items() <= one.items()]
    assert len(found) == 1, (wanted, document)
    return found[0]


def write_log(lab: Lab, text: str | bytes) -> str:
    """A file that only LAB has."""
    path = lab.folder / "kern.log"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def test_the_line_of_the_incident(lab: Lab) -> None:
    """The answer has what was denied, why, that it still is, and the fix."""
    path = write_log(lab, INCIDENT)
    group = group_of(denied(lab, "--file", path), chain="filter_FWD_public_REJECT")
    assert (group["in"], group["out"], group["port"]) == ("cni0", UPLINK, 8629)
    assert (group["zone"], group["action"], group["count"]) == ("public", "reject", 1)
    assert group["sources"] == ["10.244.2.2"]
    assert (group["verdict"], group["finding"]) == ("reject", "uplink-unbound")
    assert f"{UPLINK} is bound to no zone" in group["reason"]
    assert lab.nicfix(*group["fix"]["command"][1:]).code == 0
    cured = group_of(denied(lab, "--file", path), chain="filter_FWD_public_REJECT")
    assert (cured["verdict"], cured["finding"], cured["fix"]) == ("accept", None, None)
    shown = lab.nicfix("denied", "--file", path).stdout
    assert "now    no longer: accept" in shown


def test_without_firewalld_the_log_is_still_shown(lab: Lab) -> None:
    """The verdict is unknown then, with the reason."""
    lab.firewalld.service.stop()
    group = denied(lab, "--file", write_log(lab, INCIDENT))["groups"][0]
    assert (group["verdict"], group["finding"]) == ("unknown", None)
    assert "firewalld" in group["reason"]


def test_real_denials(lab: Lab) -> None:
    """Real packets, from the real kernel log."""
    with recording(lab, 6) as process:
        assert lab.tcp() == "filtered"
        assert lab.ping() == "filtered"
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=30)
    assert process.returncode == 0, stderr
    assert_valid(stdout, "denied")
    document = json.loads(stdout)
    for wanted in ({"protocol": "tcp", "port": DATABASE_PORT}, {"protocol": "icmp"}):
        group = group_of(document, **WAY, **wanted)
        assert POD in group["sources"]
        assert (group["verdict"], group["finding"]) == ("reject", "uplink-unbound")
        assert group["first"] <= group["last"]
    assert lab.firewall_cmd("--get-log-denied") == "off"
    since = denied(lab, "--since", "1m")
    assert group_of(since, **WAY, protocol="tcp", port=DATABASE_PORT)
    assert denied(lab, "--since", "now")["groups"] == []


@contextlib.contextmanager
def recording(lab: Lab, seconds: int, *args: str) -> Iterator[subprocess.Popen[str]]:
    """A running `denied --record`."""
    with lab.nicfix_running("denied", "--record", str(seconds), "--json", *args) as process:
        lab.firewalld.service.wait_until(
            lambda: lab.firewall_cmd("--get-log-denied") == "all", "logging of denials"
        )
        yield process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_and_puts_the_old_value_back(lab: Lab, number: signal.Signals) -> None:
    """However it ends, logging is off again and no binding is lost."""
    before = lab.firewall_now()
    with recording(lab, 60) as process:
        process.send_signal(number)
        assert process.wait(30) == 0
    after = lab.firewall_now()
    assert lab.firewall_cmd("--get-log-denied") == "off"
    assert (after["running"], after["permanent"]) == (before["running"], before["permanent"])


def test_the_fix_can_be_made_while_it_records(lab: Lab) -> None:
    """The fix survives the end of the recording."""
    with recording(lab, 60) as process:
        assert lab.nicfix("apply", "--zone", "public").code == 0
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    assert lab.firewall_cmd("--get-log-denied") == "off"
    assert lab.tcp() == "connected"


def test_firewalld_restarts_while_it_records(lab: Lab) -> None:
    """What firewalld loads as switched on from its file is still switched off."""
    with recording(lab, 60) as process:
        lab.firewalld.restart()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert lab.firewall_cmd("--get-log-denied") == "off"


def test_what_cannot_be_undone_is_reported(lab: Lab) -> None:
    """With the command to do it, also in the document."""
    with recording(lab, 60, "--timeout", "1") as process:
        lab.firewalld.service.stop()
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 6
    assert "firewall-cmd --set-log-denied=off" in stderr
    assert_valid(stdout, "error")


def test_it_is_refused_if_the_reload_would_lose_anything(lab: Lab) -> None:
    """For example the fix of the incident, made only in the running firewall."""
    lab.firewall_cmd("--zone=public", f"--add-interface={UPLINK}")
    refused = lab.nicfix("denied", "--record", "1")
    assert refused.code == 2
    assert f"closes connections from cni0 out through {UPLINK}" in refused.stderr
    assert lab.firewall_cmd("--get-log-denied") == "off"
    assert lab.tcp() == "connected"
    forced = lab.nicfix("denied", "--record", "1", "--force")
    assert forced.code == 0, forced
    assert f"closes connections from cni0 out through {UPLINK}" in forced.stdout
    assert lab.tcp() == "filtered"


def test_check_names_the_trap_at_the_end_of_the_recipe(lab: Lab) -> None:
    """Switching the logging off by hand undoes a fix that is only in the running firewall."""
    lab.firewall_cmd("--set-log-denied=all")
    assert lab.nicfix("apply", "--zone", "public", "--runtime-only").code == 0
    assert not any("--set-log-denied" in text for text in evidence(lab))
    lab.firewall_cmd("--set-log-denied=off")
    assert any("--set-log-denied" in text for text in evidence(lab))


def evidence(lab: Lab) -> list[str]:
    """The evidence of all findings of check."""
    return [text for one in lab.nicfix("check", "--json").json["findings"] for text in one["evidence"]]


def test_what_is_on_already_needs_no_reload(lab: Lab) -> None:
    """Then nothing is switched on or off."""
    lab.firewall_cmd("--set-log-denied=unicast")
    lab.firewall_cmd("--zone=public", f"--add-interface={UPLINK}")
    assert lab.nicfix("denied", "--record", "1").code == 0
    assert lab.firewall_cmd("--get-log-denied") == "unicast"
    assert lab.tcp() == "connected"


def test_follow_a_file(lab: Lab) -> None:
    """One document on each line, as lines are written to the file."""
    path = Path(write_log(lab, INCIDENT))
    with lab.nicfix_running("denied", "--file", str(path), "--follow", "--json") as process:
        assert process.stdout
        first = json.loads(process.stdout.readline())
        assert [one["count"] for one in first["groups"]] == [1]
        with path.open("a") as log:
            log.write(INCIDENT.replace("DPT=8629", "DPT=443"))
        second = json.loads(process.stdout.readline())
        assert [(one["port"], one["count"]) for one in second["groups"]] == [(443, 1)]
        time.sleep(1.1)  # a group is reported once a second at most
        with path.open("a") as log:
            log.write(INCIDENT * 5)
        third = json.loads(process.stdout.readline())
        assert [(one["port"], one["count"]) for one in third["groups"]] == [(8629, 6)]


def test_follow_the_kernel(lab: Lab) -> None:
    """Lines from /dev/kmsg."""
    lab.firewall_cmd("--set-log-denied=all")
    with lab.nicfix_running("denied", "--since", "now", "--follow", "--json") as process:
        document = first_news(lab, process)
        assert document["log"] == "/dev/kmsg"
        assert document["groups"][0]["chain"].startswith("filter_")


def first_news(lab: Lab, process: subprocess.Popen[str]) -> dict[str, Any]:
    """Its first group while packets are denied all the time: it starts when it is ready."""
    assert process.stdout
    limit = time.monotonic() + 30
    while time.monotonic() < limit:
        assert lab.tcp() == "filtered"
        if select.select([process.stdout], [], [], 0.5)[0]:
            return json.loads(process.stdout.readline())
    raise AssertionError("nothing was reported")


def test_the_journal(lab: Lab) -> None:
    """If there is a journal, it is read and followed."""
    lab.firewall_cmd("--set-log-denied=all")
    with Journal(lab.host, lab.folder) as journal:
        assert lab.tcp() == "filtered"
        wanted = ("_TRANSPORT=kernel", "--grep=OUT=enp2s0")
        journal.service.wait_until(lambda: bool(journal.entries(*wanted)), "line of the kernel's")
        document = denied(lab)
        assert document["log"] == "the journal"
        assert group_of(document, **WAY, protocol="tcp", port=DATABASE_PORT)
        with lab.nicfix_running("denied", "--since", "now", "--follow", "--json") as process:
            assert first_news(lab, process)["log"] == "the journal"


def test_a_log_of_any_size_takes_the_same_memory(lab: Lab) -> None:
    """A hundred times the lines in the same memory."""
    lines = "".join(
        INCIDENT.replace("DPT=8629", f"DPT={port}").replace("10.244.2.2", f"10.{port % 250}.0.1")
        for port in range(1, 2001)
    )
    small = peak_of(lab, write_log(lab, lines))
    large = peak_of(lab, write_log(lab, lines * 100))
    assert large < small * 1.2 + 1024, (small, large)


def peak_of(lab: Lab, path: str) -> int:
    """The peak of the resident memory of a run over the log at PATH, in KiB."""
    script = (
        "import resource, subprocess, sys\n"
        "code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode\n"
        "print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    )
    command = lab.nicfix_command("denied", "--file", path)
    # A sanitizer keeps freed memory for a while, to find uses after free.
    env = {"ASAN_OPTIONS": "quarantine_size_mb=0:thread_local_quarantine_size_kb=0"}
    told = lab.run("/usr/bin/python3", "-c", script, *command, env=env)
    code, peak = told.stdout.split()
    assert code == "0", told
    return int(peak)


def test_hostile_lines_are_harmless(lab: Lab) -> None:
    """Cut lines, escapes and bytes of all kinds: no crash, and nothing raw on the terminal."""
    hostile = b"".join(
        [
            INCIDENT.encode()[:200] + b"\n",
            INCIDENT.replace("cni0", "\033[31mcni0").encode(),
            INCIDENT.encode().replace(b"Apr 7", b"\033]0;x\007 7"),
            bytes(range(256)) * 40 + b"OUT=\n",
            INCIDENT.replace("public", "p\u202eublic").encode(),
            INCIDENT.encode(),
        ]
    )
    outcome = lab.nicfix("denied", "--file", write_log(lab, hostile))
    assert outcome.code == 0
    assert "\033" not in outcome.stdout and "\u202e" not in outcome.stdout
    assert "port 8629 from cni0 out through enp2s0" in outcome.stdout


@pytest.mark.parametrize(
    "args",
    [
        ("--file", "/nowhere"),
        ("--since", "breakfast"),
        ("--record", "-1"),
        ("--record", "5", "--file", "x"),
        ("--force",),
    ],
)
def test_bad_options(lab: Lab, args: tuple[str, ...]) -> None:
    """One line that says what is wrong."""
    outcome = lab.nicfix("denied", *args)
    assert outcome.code == 2, outcome
    assert outcome.stderr.count("\n") == 1


def test_a_broadcast_is_for_this_host(lab: Lab) -> None:
    """Although no interface has its address."""
    line = (
        f"filter_IN_public_REJECT: IN={UPLINK} OUT= MAC= SRC={OUTSIDE} DST=255.255.255.255 "
        "PROTO=UDP SPT=68 DPT=67 LEN=1\n"
    )
    group = denied(lab, "--file", write_log(lab, line))["groups"][0]
    assert (group["verdict"], group["finding"]) == ("reject", None)

def send_reset(lab: Lab, number: int) -> None:
    """An RST from outside that belongs to no connection, with NUMBER as its source port."""
    source, destination = (bytes(map(int, address.split("."))) for address in (OUTSIDE, UPLINK_ADDRESS))
    head = struct.pack("!HHIIBBHHH", number, 22, 1, 1, 5 << 4, 4, 0, 0, 0)
    pseudo = source + destination + struct.pack("!BBH", 0, 6, len(head))
    total = sum(struct.unpack(f"!{len(pseudo + head) // 2}H", pseudo + head))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    packet = head[:16] + struct.pack("!H", ~total & 0xFFFF) + head[18:]
    with lab.ext.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP) as raw:
        raw.sendto(packet, (UPLINK_ADDRESS, 0))


def kernel_line(wanted: str) -> str:
    """The line of the kernel log with WANTED, once it is there."""
    limit = time.monotonic() + 10
    while time.monotonic() < limit:
        lines = subprocess.run(["dmesg"], capture_output=True, text=True, check=True).stdout
        for line in reversed(lines.splitlines()):
            if wanted in line:
                return line
        time.sleep(0.1)
    raise AssertionError(f"no line with {wanted}")


def test_a_packet_of_no_connection(lab: Lab) -> None:
    """The line of a real packet, from the kernel to both commands: what is usual, and where to look."""
    lab.firewall_cmd("--set-log-denied=all")
    number = random.randint(20000, 60000)
    send_reset(lab, number)
    line = kernel_line(f"SPT={number} DPT=22")
    assert "STATE_INVALID_DROP" in line
    asked = lab.nicfix("explain", line)
    assert asked.code == 1 and asked.stdout.startswith("drop: "), asked
    words = " ".join(asked.stdout.split())
    assert "no connection" in words and "asymmetric routing" in words
    assert f"ip route get {OUTSIDE}" in words
    group = denied(lab, "--file", write_log(lab, line + "\n"))["groups"][0]
    assert (group["chain"], group["verdict"]) == ("STATE_INVALID_DROP", "drop")
    assert "asymmetric routing" in group["reason"]
    assert group["fix"] is None and group["finding"] is None
