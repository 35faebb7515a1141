# SPDX-License-Identifier: GPL-2.0-or-later
"""A snapshot replaces the machine it was taken from; hostile names are never printed raw."""
from __future__ import annotations

import json

import pytest

from lab import Lab, LabMaker

# Colours the terminal, is no UTF-8, and is a name that the kernel accepts.
HOSTILE_NAME = b"a\x1b[31m\xff\xc3b"


def test_check_finds_the_same_in_a_snapshot(make_lab: LabMaker) -> None:
    lab = make_lab()
    live = lab.nicfix("check", "--json")
    snapshot = lab.nicfix("snapshot")
    assert snapshot.code == 0, snapshot
    elsewhere = make_lab(firewalld=None)
    replay = elsewhere.nicfix("check", "--json", "--snapshot", "-", stdin=snapshot.raw_stdout)
    assert replay.code == live.code == 1
    assert replay.json["findings"] == live.json["findings"]
    assert replay.json["links"] == live.json["links"]
    file = elsewhere.folder / "snapshot.json"
    file.write_bytes(snapshot.raw_stdout)
    listed = elsewhere.nicfix("list", "--json", "--snapshot", str(file))
    assert listed.json["links"] == lab.nicfix("list", "--json").json["links"]


@pytest.mark.only_asks
def test_a_snapshot_of_a_snapshot_is_the_same(lab: Lab) -> None:
    first = lab.nicfix("snapshot").raw_stdout
    second = lab.nicfix("snapshot", "--snapshot", "-", stdin=first).raw_stdout
    assert second == first


def damaged(snapshot: bytes) -> dict[str, bytes]:
    """What can happen to a snapshot on its way through tickets and editors."""
    wrong_type = json.loads(snapshot)
    wrong_type["links"] = "enp2s0"
    other_schema = {**json.loads(snapshot), "schema": "nicfix.snapshot/99"}
    return {
        "empty": b"",
        "cut off": snapshot[: len(snapshot) // 2],
        "no JSON": b"eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>\n",
        "a list": b"[]",
        "of the wrong type": json.dumps(wrong_type).encode(),
        "of another schema": json.dumps(other_schema).encode(),
        "no UTF-8": snapshot.replace(b"public", b"pub\xffic"),
        "nested without end": b"[" * 100_000,
    }


@pytest.mark.only_asks
@pytest.mark.parametrize("what", damaged(b"{}"))
def test_a_damaged_snapshot_is_refused(lab: Lab, what: str) -> None:
    snapshot = damaged(lab.nicfix("snapshot").raw_stdout)[what]
    outcome = lab.nicfix("check", "--snapshot", "-", stdin=snapshot)
    assert outcome.code == 2, outcome
    assert outcome.stderr.startswith("nicfix: ")


def test_a_hostile_interface_name_never_reaches_the_terminal(lab: Lab) -> None:
    lab.host.run("ip", "link", "add", HOSTILE_NAME, "type", "bridge")
    lab.host.run("ip", "addr", "add", "203.0.113.1/24", "dev", HOSTILE_NAME)
    lab.host.run("ip", "link", "set", HOSTILE_NAME, "up")
    lab.host.run("ip", "route", "add", "default", "dev", HOSTILE_NAME, "metric", "50")
    assert lab.nicfix("check").code == 1
    for args in (["check"], ["list"], ["snapshot"], ["apply", "--dry-run"]):
        for json_too in ([], ["--json"]):
            outcome = lab.nicfix(*args, *json_too)
            for stream in (outcome.raw_stdout, outcome.raw_stderr):
                stream.decode()  # raises where it is no UTF-8
                assert b"\x1b" not in stream, outcome


@pytest.mark.only_asks
def test_a_hostile_argument_is_not_echoed_raw(lab: Lab) -> None:
    outcome = lab.nicfix("apply", "--interface", "evil\x1b[31m")
    assert outcome.code == 2
    assert "\x1b" not in outcome.stderr
