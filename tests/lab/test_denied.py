# SPDX-License-Identifier: GPL-2.0-or-later
"""`nicfix denied` reads what was denied from the kernel's log or its trace, and explains it."""
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
from labkit.namespaces import Namespace
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


# Root that may not use nf_tables: then firewalld has to log denials.
UNTRACED = ("setpriv", "--bounding-set=-net_admin")


def tables(lab: Lab) -> list[str]:
    """The tables of nicfix in the kernel."""
    listed = lab.host.run("nft", "list", "tables").stdout.decode()
    return [line for line in listed.splitlines() if "nicfix" in line]


@contextlib.contextmanager
def recording(lab: Lab, *args: str, seconds: int = 60) -> Iterator[subprocess.Popen[str]]:
    """A running `denied --record`, once the kernel traces."""
    with lab.nicfix_running("denied", "--record", str(seconds), "--json", *args) as process:
        lab.firewalld.service.wait_until(lambda: bool(tables(lab)), "the kernel to trace")
        yield process


@contextlib.contextmanager
def logging(lab: Lab, *args: str) -> Iterator[subprocess.Popen[str]]:
    """A running `denied --record` that cannot trace, once firewalld logs."""
    words = ("denied", "--record", "60", "--json", "--force", *args)
    with lab.nicfix_running(*words, by=UNTRACED) as process:
        lab.firewalld.service.wait_until(
            lambda: lab.firewall_cmd("--get-log-denied") == "all", "logging of denials"
        )
        yield process


def result_of(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The document of a recording that is ended now."""
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=30)
    assert process.returncode == 0, stderr
    assert_valid(stdout, "denied")
    return json.loads(stdout)


def test_real_denials(lab: Lab) -> None:
    """Real packets, as the kernel traces them; firewalld is not touched."""
    before = lab.host.run("nft", "-s", "list", "ruleset").stdout
    with recording(lab) as process:
        assert lab.tcp() == "filtered"
        assert lab.ping() == "filtered"
        assert lab.firewall_cmd("--get-log-denied") == "off"
        document = result_of(process)
    for wanted in ({"protocol": "tcp", "port": DATABASE_PORT}, {"protocol": "icmp"}):
        group = group_of(document, **WAY, **wanted)
        assert group["sources"] == [POD]
        assert (group["zone"], group["action"]) == ("public", "reject")
        assert (group["table"], group["owner"]) == ("inet firewalld", "firewalld")
        assert (group["verdict"], group["finding"]) == ("reject", "uplink-unbound")
        assert group["first"] <= group["last"]
    assert (document["log"], document["notes"]) == ("the kernel's trace", [])
    assert lab.host.run("nft", "-s", "list", "ruleset").stdout == before


def test_what_passes_is_no_denial(lab: Lab) -> None:
    """And neither are packets of connections that are known."""
    assert lab.nicfix("apply", "--zone", "public").code == 0
    with recording(lab) as process:
        assert lab.tcp() == "connected"
        assert lab.ping() == "reply"
        document = result_of(process)
    assert (document["groups"], document["notes"]) == ([], [])


def test_denials_by_other_programs(lab: Lab) -> None:
    """A table of somebody's, Docker's chain for users, and what is not yet routed."""
    assert lab.nicfix("apply", "--zone", "public").code == 0
    lab.host.run(
        "nft",
        "add table ip other; add chain ip other f { type filter hook forward priority 5; }; "
        "add rule ip other f tcp dport 81 reject; "
        "add chain ip other p { type filter hook prerouting priority -150; }; "
        "add rule ip other p tcp dport 82 drop; "
        "add table ip filter; add chain ip filter DOCKER-USER; "
        "add chain ip filter FORWARD { type filter hook forward priority 0; }; "
        "add rule ip filter FORWARD jump DOCKER-USER; "
        "add rule ip filter DOCKER-USER tcp dport 83 drop",
    )
    with recording(lab) as process:
        for port in (81, 82, 83):
            assert lab.tcp(port=port) != "connected"
        document = result_of(process)
    rejected = group_of(document, port=81)
    assert (rejected["table"], rejected["chain"], rejected["action"]) == ("ip other", "f", "reject")
    early = group_of(document, port=82)
    assert (early["chain"], early["action"], early["out"]) == ("p", "drop", None)
    assert "to this host" not in early["message"]
    docker = group_of(document, port=83)
    assert (docker["table"], docker["chain"]) == ("ip filter", "DOCKER-USER")
    assert (docker["owner"], docker["verdict"]) == ("Docker", "drop")
    assert docker["finding"] in (None, "refused-elsewhere")
    handle = docker["rule"]
    listed = lab.host.run("nft", "-a", "list", "chain", "ip", "filter", "DOCKER-USER").stdout
    assert f"tcp dport 83 drop # handle {handle}" in listed.decode()


def test_denials_by_a_rich_rule_and_by_nothing(lab: Lab) -> None:
    """What firewalld never logs, and what belongs to no connection."""
    rule = f"rule family=ipv4 source address={OUTSIDE} port port=99 protocol=tcp drop"
    lab.firewall_cmd("--zone=public", f"--add-rich-rule={rule}")
    with recording(lab) as process:
        send_reset(lab, 22222)
        send(lab, lab.ext, UPLINK_ADDRESS, 99, 1)
        send(lab, lab.ext, UPLINK_ADDRESS, 99, 1, kind="SOCK_STREAM")
        document = result_of(process)
    group = group_of(document, chain="filter_IN_public_deny", protocol="tcp", port=99)
    assert (group["zone"], group["action"]) == ("public", "drop")
    assert "rich rule" in group["message"]
    assert group_of(document, chain="filter_IN_public_REJECT", protocol="udp", port=99)
    assert group_of(document, chain="STATE_INVALID_DROP", port=22)["action"] == "drop"


def send(
    lab: Lab, source: Namespace, address: str, port: int, count: int, kind: str = "SOCK_DGRAM"
) -> None:
    """COUNT packets from SOURCE; what becomes of them is for others to say."""
    code = (
        "import socket, sys\n"
        "address, port, count, kind = sys.argv[1:]\n"
        "family = socket.AF_INET6 if ':' in address else socket.AF_INET\n"
        "for _ in range(int(count)):\n"
        "    s = socket.socket(family, getattr(socket, kind)); s.settimeout(0.3)\n"
        "    s.connect_ex((address, int(port)))\n"
        "    if kind == 'SOCK_DGRAM': s.send(b'x')\n"
        "    s.close()\n"
    )
    source.run("/usr/bin/python3", "-c", code, address, str(port), str(count), kind)


def test_denials_of_ipv6(lab: Lab) -> None:
    lab.host.ip(f"address add fd01::1/64 dev {UPLINK} nodad")
    lab.ext.ip("address add fd01::2/64 dev eth0 nodad")
    with recording(lab) as process:
        send(lab, lab.ext, "fd01::1", 5000, 1, kind="SOCK_STREAM")
        document = result_of(process)
    group = group_of(document, port=5000)
    assert (group["chain"], group["sources"]) == ("filter_IN_public_REJECT", ["fd01::2"])
    assert (group["in"], group["out"], group["protocol"]) == (UPLINK, None, "tcp")


def test_a_flood_hides_no_other_denial(lab: Lab) -> None:
    """It is counted where it is not traced, and its way is one of many."""
    with recording(lab) as process:
        send(lab, lab.ext, UPLINK_ADDRESS, 5000, 4000)
        # So many rejections are not all sent: the kernel limits them, icmp(7).
        assert lab.tcp() in ("filtered", "lost")
        send(lab, lab.ext, UPLINK_ADDRESS, 5000, 1000)
        document = result_of(process)
    assert group_of(document, **WAY, protocol="tcp", port=DATABASE_PORT)
    flood = group_of(document, protocol="udp", port=5000)
    assert 5 <= flood["count"] < 1000
    (note,) = document["notes"]
    assert note.startswith(f"{5000 - flood['count']} packets"), (note, flood)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_nothing_is_left_behind(lab: Lab, number: signal.Signals) -> None:
    """However it ends, the kernel's rules and firewalld are as before."""
    rules = lab.host.run("nft", "-s", "list", "ruleset").stdout
    before = lab.firewall_now()
    with recording(lab) as process:
        process.send_signal(number)
        process.wait(30)
        assert process.returncode == (0 if number != signal.SIGKILL else -number)
    lab.firewalld.service.wait_until(lambda: not tables(lab), "the kernel to forget it")
    assert lab.host.run("nft", "-s", "list", "ruleset").stdout == rules
    assert lab.firewall_cmd("--get-log-denied") == "off"
    after = lab.firewall_now()
    assert (after["running"], after["permanent"]) == (before["running"], before["permanent"])


def test_the_fix_can_be_made_while_it_records(lab: Lab) -> None:
    """No lock is held, and the rules are read again."""
    with recording(lab) as process:
        assert lab.tcp() == "filtered"
        assert lab.nicfix("apply", "--zone", "public").code == 0
        assert lab.tcp() == "connected"
        document = result_of(process)
    group = group_of(document, **WAY, protocol="tcp", port=DATABASE_PORT)
    assert group["fix"] is not None or group["verdict"] == "accept"
    assert lab.tcp() == "connected"


def test_firewalld_restarts_while_it_records(lab: Lab) -> None:
    """Its rules have other handles then."""
    with recording(lab) as process:
        lab.firewalld.restart()
        time.sleep(0.5)  # until the rules are read again
        assert lab.tcp() == "filtered"
        time.sleep(0.5)
        assert lab.tcp() == "filtered"
        document = result_of(process)
    assert group_of(document, **WAY, protocol="tcp", port=DATABASE_PORT)["action"] == "reject"


def test_it_loses_nothing_where_a_reload_would(lab: Lab) -> None:
    """For example the fix of the incident, made only in the running firewall."""
    lab.firewall_cmd("--zone=public", f"--add-interface={UPLINK}")
    assert lab.nicfix("denied", "--record", "1").stdout == "no denials in the kernel's trace\n"
    assert lab.tcp() == "connected"


# ---- where the kernel cannot trace ----


def test_logged_denials(lab: Lab) -> None:
    """Real packets, from the real kernel log."""
    with logging(lab) as process:
        assert lab.tcp() == "filtered"
        assert lab.ping() == "filtered"
        document = result_of(process)
    for wanted in ({"protocol": "tcp", "port": DATABASE_PORT}, {"protocol": "icmp"}):
        group = group_of(document, **WAY, **wanted)
        assert POD in group["sources"]
        assert group["first"] <= group["last"]
        assert (group["table"], group["rule"], group["owner"]) == (None, None, None)
    assert any("only what firewalld logs" in note for note in document["notes"])
    assert lab.firewall_cmd("--get-log-denied") == "off"
    since = denied(lab, "--since", "1m")
    assert group_of(since, **WAY, protocol="tcp", port=DATABASE_PORT)
    assert denied(lab, "--since", "now")["groups"] == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_puts_the_old_value_back(lab: Lab, number: signal.Signals) -> None:
    """However it ends, logging is off again and no binding is lost."""
    before = lab.firewall_now()
    with logging(lab) as process:
        process.send_signal(number)
        assert process.wait(30) == 0
    after = lab.firewall_now()
    assert lab.firewall_cmd("--get-log-denied") == "off"
    assert (after["running"], after["permanent"]) == (before["running"], before["permanent"])


def test_the_fix_survives_the_end_of_logging(lab: Lab) -> None:
    with logging(lab) as process:
        assert lab.nicfix("apply", "--zone", "public").code == 0
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    assert lab.firewall_cmd("--get-log-denied") == "off"
    assert lab.tcp() == "connected"


def test_firewalld_restarts_while_it_logs(lab: Lab) -> None:
    """What firewalld loads as switched on from its file is still switched off."""
    with logging(lab) as process:
        lab.firewalld.restart()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert lab.firewall_cmd("--get-log-denied") == "off"


def test_what_cannot_be_undone_is_reported(lab: Lab) -> None:
    """With the command to do it, also in the document."""
    with logging(lab, "--timeout", "3") as process:
        lab.firewalld.service.stop()
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 6
    assert "firewall-cmd --set-log-denied=off" in stderr
    assert_valid(stdout, "error")


def test_what_is_killed_is_seen_and_undone(lab: Lab) -> None:
    """By check, by the next recording, and by undo; while one runs, all is as it is to be."""
    assert lab.nicfix("apply", "--zone", "public").code == 0
    with logging(lab) as process:
        assert lab.nicfix("check", "--json").json["findings"] == []
        process.kill()
        process.wait(30)
    assert lab.firewall_cmd("--get-log-denied") == "all"
    left = lab.nicfix("check", "--json")
    finding = left.finding("logging-left")
    assert (left.code, finding["severity"]) == (1, "warning")
    assert_valid(left.stdout, "check")
    assert lab.nicfix("check", "--format", "nagios").code == 1
    assert "run:  nicfix undo" in lab.nicfix("check").stdout
    assert "nicfix undo" in lab.nicfix("denied", "--record", "1").stdout
    shown = lab.nicfix("undo", "--dry-run")
    assert shown.code == 0 and "would set LogDenied" in shown.stdout
    assert lab.firewall_cmd("--get-log-denied") == "all"
    undone = lab.nicfix("undo", "--json")
    assert undone.code == 0 and undone.json["changed"]
    assert_valid(undone.stdout, "apply")
    assert lab.firewall_cmd("--get-log-denied") == "off"
    assert lab.nicfix("check", "--json").json["findings"] == []
    assert lab.tcp() == "connected"


def test_logging_is_refused_if_the_reload_would_lose_anything(lab: Lab) -> None:
    """For example the fix of the incident, made only in the running firewall."""
    words = ("denied", "--record", "1")
    lab.firewall_cmd("--zone=public", f"--add-interface={UPLINK}")
    refused = lab.run(*UNTRACED, *lab.nicfix_command(*words))
    assert refused.code == 2
    assert f"closes connections from cni0 out through {UPLINK}" in refused.stderr
    assert lab.firewall_cmd("--get-log-denied") == "off"
    assert lab.tcp() == "connected"
    lab.firewall_cmd("--permanent", "--zone=public", f"--add-interface={UPLINK}")
    unread = lab.run(*UNTRACED, *lab.nicfix_command(*words))
    assert unread.code == 2 and "rules of other programs" in unread.stderr
    lab.firewall_cmd("--permanent", "--zone=public", f"--remove-interface={UPLINK}")
    forced = lab.run(*UNTRACED, *lab.nicfix_command(*words, "--force"))
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
    assert lab.run(*UNTRACED, *lab.nicfix_command("denied", "--record", "1")).code == 0
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


@pytest.mark.only_asks
@pytest.mark.parametrize(
    "args",
    [
        ("--file", "/nowhere"),
        ("--since", "breakfast"),
        ("--record", "-1"),
        ("--record", "0"),
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
