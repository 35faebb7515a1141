# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's own trace of real packets beside what was predicted of them."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest

from lab import DATABASE_PORT, Lab, OUTSIDE, POD, UPLINK, UPLINK_ADDRESS
from labkit import users
from labkit.namespaces import Namespace

LIMIT = 30.0  # seconds; a loaded machine needs about 3
TO_OUTSIDE = ("cni0", POD, "to", f"{OUTSIDE}:{DATABASE_PORT}")


def _tables(lab: Lab) -> list[str]:
    """The tables of nicfix in the kernel."""
    listed = lab.host.run("nft", "list", "tables").stdout.decode()
    return [line for line in listed.splitlines() if "nicfix" in line]


@contextlib.contextmanager
def _watching(lab: Lab, *args: str) -> Iterator[subprocess.Popen[str]]:
    """nicfix explain --watch, once the kernel traces."""
    with lab.nicfix_running("explain", *args) as process:
        deadline = time.monotonic() + LIMIT
        while not _tables(lab):
            assert time.monotonic() < deadline and process.poll() is None, process.communicate()
            time.sleep(0.02)
        yield process


def _connect(source: Namespace, address: str, port: int) -> None:
    """The first packet of a connection; what becomes of it is for others to say."""
    code = (
        "import socket, sys\n"
        "s = socket.socket(); s.settimeout(0.5)\n"
        "s.connect_ex((sys.argv[1], int(sys.argv[2])))"
    )
    source.run("/usr/bin/python3", "-c", code, address, str(port), check=False)


def _watched(lab: Lab, source: Namespace, address: str, port: int, *flow: str) -> tuple[int, Any]:
    """The exit status and the document of a watch during which one packet is sent."""
    with _watching(lab, *flow, "--watch", "20", "--json") as process:
        _connect(source, address, port)
        told, complaint = process.communicate(timeout=LIMIT)
    assert complaint == ""
    return process.returncode, json.loads(told)


def test_a_packet_that_firewalld_refuses_and_then_accepts(lab: Lab) -> None:
    """The kernel names the chain and the rule that were predicted."""
    code, told = _watched(lab, lab.pod, OUTSIDE, DATABASE_PORT, *TO_OUTSIDE)
    assert (code, told["verdict"]) == (1, "reject")
    assert (told["traced"]["verdict"], told["traced"]["agrees"]) == ("reject", True)
    predicted, traced = told["path"][-1], told["traced"]["path"][-1]
    assert (predicted["chain"], predicted["rule"]) == (traced["chain"], traced["rule"])
    assert [stage["chain"] for stage in told["path"]] == [
        stage["chain"] for stage in told["traced"]["path"]
    ]
    assert lab.nicfix("apply").code == 0
    code, told = _watched(lab, lab.pod, OUTSIDE, DATABASE_PORT, *TO_OUTSIDE)
    assert (code, told["verdict"]) == (0, "accept")
    assert (told["traced"]["verdict"], told["traced"]["agrees"]) == ("accept", True)
    assert not _tables(lab)


def test_a_packet_that_another_table_drops(lab: Lab) -> None:
    rules = "add table ip other; add chain ip other f { type filter hook forward priority 5; }; "
    rules += f"add rule ip other f tcp dport {DATABASE_PORT} drop"
    lab.host.run("nft", rules)
    assert lab.nicfix("apply").code == 0
    code, told = _watched(lab, lab.pod, OUTSIDE, DATABASE_PORT, *TO_OUTSIDE)
    assert (code, told["traced"]["verdict"], told["traced"]["agrees"]) == (1, "drop", True)
    assert told["traced"]["path"][-1]["table"] == "other"


def test_a_packet_that_is_translated(lab: Lab) -> None:
    """What is published is followed to the pod."""
    rules = "add table ip publish; add chain ip publish p "
    rules += "{ type nat hook prerouting priority -100; }; "
    rules += f"add rule ip publish p tcp dport 8088 dnat to {POD}:80"
    lab.host.run("nft", rules)
    code, told = _watched(
        lab, lab.ext, UPLINK_ADDRESS, 8088, UPLINK, OUTSIDE, "to", f"{UPLINK_ADDRESS}:8088"
    )
    assert told["translated"] == {"to": POD, "port": 80}
    assert told["traced"]["verdict"] == "accept", told
    assert told["traced"]["translated"] == {"to": POD, "port": 80}
    assert (code, told["verdict"], told["traced"]["verdict"]) == (0, "accept", "accept")
    assert told["traced"]["agrees"] is True


def test_a_packet_that_is_not_routed(lab: Lab) -> None:
    lab.host.ip("route add blackhole 203.0.113.0/24")
    code, told = _watched(lab, lab.pod, "203.0.113.7", 80, "cni0", POD, "to", "203.0.113.7:80")
    assert (code, told["verdict"]) == (1, "drop")
    assert (told["traced"]["verdict"], told["traced"]["agrees"]) == ("lost", True)


def test_what_this_host_sends(lab: Lab) -> None:
    code, told = _watched(lab, lab.host, OUTSIDE, DATABASE_PORT, "to", f"{OUTSIDE}:{DATABASE_PORT}")
    assert (code, told["traced"]["verdict"], told["traced"]["agrees"]) == (0, "accept", True)


def test_kernel_and_prediction_part(lab: Lab) -> None:
    """What firewalld's configuration says is held against the kernel; the packet decides."""
    rules = "insert rule inet firewalld filter_FORWARD tcp dport "
    lab.host.run("nft", f"{rules}{DATABASE_PORT} accept")
    with _watching(lab, *TO_OUTSIDE, "--watch", "20", "--firewalld-only") as process:
        _connect(lab.pod, OUTSIDE, DATABASE_PORT)
        told, _ = process.communicate(timeout=LIMIT)
    assert process.returncode == 0
    assert told.startswith("reject: ")
    assert "\nkernel: accept: " in told and "\ndiffers: " in told


def test_no_packet_comes(lab: Lab) -> None:
    """The prediction stays the answer, and nothing stays in the kernel."""
    asked = lab.nicfix("explain", *TO_OUTSIDE, "--watch", "1")
    assert asked.code == 1
    assert "no packet of this flow came in 1 s" in asked.stdout
    told = lab.nicfix("explain", *TO_OUTSIDE, "--watch", "1", "--json").json["traced"]
    assert told == {"verdict": None, "agrees": None, "path": [], "translated": None}
    assert lab.nicfix("explain", *TO_OUTSIDE, "--json").json["traced"] is None
    assert not _tables(lab)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_is_left_behind(lab: Lab, number: signal.Signals) -> None:
    """The kernel removes the table with its owner, and firewalld's rules are as before."""
    before = lab.host.run("nft", "-s", "list", "ruleset").stdout
    with _watching(lab, *TO_OUTSIDE, "--watch", "60") as process:
        process.send_signal(number)
        process.wait(LIMIT)
    deadline = time.monotonic() + LIMIT
    while _tables(lab):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert lab.host.run("nft", "-s", "list", "ruleset").stdout == before


@pytest.mark.only_asks
def test_it_needs_root(lab: Lab) -> None:
    asked = lab.nicfix("explain", *TO_OUTSIDE, "--watch", "1", user=users.STRANGER)
    assert (asked.code, asked.stdout) == (4, "")
    assert "root" in asked.stderr


@pytest.mark.only_asks
@pytest.mark.parametrize("args", [("--watch", "-1"), ("--watch", "1", "--flows", "-")])
def test_wrong_usage(lab: Lab, args: tuple[str, ...]) -> None:
    flow = () if "--flows" in args else TO_OUTSIDE
    assert lab.nicfix("explain", *flow, *args).code == 2
