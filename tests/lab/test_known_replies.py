# SPDX-License-Identifier: GPL-2.0-or-later
"""What check keeps of firewalld's replies for the next check: it saves calls, and never an answer that is
no longer true."""
from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab import UPLINK, Lab, Plan
from labkit import monitor, torture
from labkit.firewalld import FORWARD, FirewalldConfig, bound

# firewalld's files must have rested for so long, in seconds (SETTLED_AFTER_S, READ_AFTER_S).
_SETTLED, _READ = 3, 10

_RUNNING_CHANGES = {
    "a service": (["--add-service=http"], ["--remove-service=http"]),
    "forwarding": (["--remove-forward"], ["--add-forward"]),
    "a rich rule": (
        ["--add-rich-rule=rule family=ipv4 source address=192.0.2.99 drop"],
        ["--remove-rich-rule=rule family=ipv4 source address=192.0.2.99 drop"],
    ),
    "a source": (["--zone=drop", "--add-source=10.244.2.0/24"],)
    + (["--zone=drop", "--remove-source=10.244.2.0/24"],),
    "the uplink's zone": (
        ["--zone=drop", f"--change-interface={UPLINK}"],
        ["--zone=public", f"--change-interface={UPLINK}"],
    ),
    "the default zone": (["--set-default-zone=work"], ["--set-default-zone=public"]),
    "panic": (["--panic-on"], ["--panic-off"]),
    "denials logged": (["--set-log-denied=all"], ["--set-log-denied=off"]),
    "a direct rule": (
        ["--direct", "--add-rule", "ipv4", "filter", "FORWARD", "0", "-j", "DROP"],
        ["--direct", "--remove-rule", "ipv4", "filter", "FORWARD", "0", "-j", "DROP"],
    ),
}


@pytest.fixture(name="healthy", scope="module")
def _healthy(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A host where all is well, and whose files have rested."""
    plan = Plan(firewalld=FirewalldConfig(zones={"public": FORWARD + bound(UPLINK)}))
    with Lab(pytestconfig.getoption("--nicfix"), plan) as lab:
        lab.state = tmp_path_factory.mktemp("state")  # type: ignore[attr-defined]
        time.sleep(_READ + 2)
        yield lab


def _check(lab: Lab, tmp_path: Path | None = None) -> Any:
    """What check says, whenever that is, with what it has kept; or with nothing known, in TMP_PATH."""
    state = tmp_path or lab.state  # type: ignore[attr-defined]
    return lab.nicfix("check", "--json", env={"STATE_DIRECTORY": str(state)}).answer


# What may change without the kernel's rules.
_LEAST = ["GetAll", "GetAll", "getActiveZones", "getDefaultZone", "getZoneOfInterface"]


def _members(calls: list[str]) -> list[str]:
    return sorted(call.rpartition("member=")[2] for call in calls)


def test_an_unchanged_host_takes_five_calls(healthy: Lab) -> None:
    first = monitor.calls(healthy, lambda: _check(healthy))
    assert sum("checkPermanentConfig" in call for call in first) == 1
    again = monitor.calls(healthy, lambda: _check(healthy))
    assert _members(again) == _LEAST


def test_a_fault_takes_one_look(healthy: Lab) -> None:
    """Nothing is asked twice: what is asked for a fix, too, are zones and policies, which may have
    changed without the rules."""
    healthy.firewall_cmd("--zone=public", f"--remove-interface={UPLINK}")
    try:
        assert _check(healthy)["findings"] != []
        members = _members(monitor.calls(healthy, lambda: _check(healthy)))
        asked = Counter(members)
        assert asked["getZoneSettings2"] > 5 and asked["getPolicySettings"] > 0
        rest = [member for member in members if not member.endswith(("Settings2", "Settings"))]
        assert rest == _LEAST
    finally:
        healthy.firewall_cmd("--zone=public", f"--add-interface={UPLINK}")


@pytest.mark.parametrize("what", _RUNNING_CHANGES)
def test_a_change_at_run_time_is_seen(healthy: Lab, tmp_path: Path, what: str) -> None:
    before = _check(healthy)
    for command in _RUNNING_CHANGES[what]:
        healthy.firewall_cmd(*command)
        assert _check(healthy) == _check(healthy, tmp_path)
        (tmp_path / "known-replies").unlink()
        assert _check(healthy) == _check(healthy, tmp_path)
    assert _check(healthy) == before


@pytest.mark.parametrize("chain", ["filter_INPUT", "filter_FORWARD"])
def test_rules_that_are_gone_are_seen(healthy: Lab, tmp_path: Path, chain: str) -> None:
    _check(healthy)
    healthy.run("nft", "flush", "chain", "inet", "firewalld", chain)
    found = _check(healthy)
    assert found == _check(healthy, tmp_path)
    assert "rules-differ" in str(found)
    healthy.firewall_cmd("--reload")
    assert "rules-differ" not in str(_check(healthy))


def test_a_broken_file_is_seen_at_once(healthy: Lab) -> None:
    good = "".join(["<zone>", FORWARD, bound(UPLINK), "</zone>"])
    file = healthy.folder / "firewalld" / "zones" / "public.xml"
    whole = file.read_text()
    assert "zone-conflict" not in str(_check(healthy))
    for broken in ("<zone><service/></zone>", "<zone"):
        file.write_text(broken)
        assert "zone-conflict" in str(_check(healthy))
        time.sleep(_SETTLED + 2)  # what is said now may be kept
        assert "zone-conflict" in str(_check(healthy))
        assert "zone-conflict" in str(_check(healthy))
    file.write_text(whole or good)
    assert "zone-conflict" not in str(_check(healthy))


def test_another_firewalld_is_asked(healthy: Lab) -> None:
    _check(healthy)
    healthy.firewalld.service.stop()
    healthy.firewalld.start()
    asked = monitor.calls(healthy, lambda: _check(healthy))
    assert sum("getPolicies" in call for call in asked) == 1


def test_a_fault_is_planned_with_what_is_true_of_zones_not_in_force(
    healthy: Lab, tmp_path: Path
) -> None:
    """Their settings change without the rules."""
    healthy.firewall_cmd("--zone=public", f"--remove-interface={UPLINK}")
    try:
        for command in ("--add-service=http", "--remove-service=http"):
            assert _check(healthy) == _check(healthy, tmp_path)
            healthy.firewall_cmd("--zone=trusted", command)
            (tmp_path / "known-replies").unlink()
        assert _check(healthy) == _check(healthy, tmp_path)
    finally:
        healthy.firewall_cmd("--zone=public", f"--add-interface={UPLINK}")


def test_a_fix_is_verified_without_asking_for_settings_again(healthy: Lab, tmp_path: Path) -> None:
    """The first look asks for all settings, the two after it for what is in the zones."""
    healthy.firewall_cmd("--zone=public", f"--remove-interface={UPLINK}")
    env = {"STATE_DIRECTORY": str(tmp_path)}
    applied = []
    asked = monitor.calls(
        healthy, lambda: applied.append(healthy.nicfix("apply", "--zone", "public", env=env))
    )
    assert applied[0].code == 0, applied
    members = Counter(call.rpartition("member=")[2] for call in asked)
    assert members["getActiveZones"] == 3
    assert members["getZoneSettings2"] == members["getPolicies"] == 1
    assert members.total() - members["getPolicySettings"] - members["getServiceSettings2"] <= 27
    assert _check(healthy)["findings"] == []


def _messages(lab: Lab, folder: Path) -> int:
    """How many messages check sends, on netlink and on the bus."""
    env = {"STATE_DIRECTORY": str(lab.state)}  # type: ignore[attr-defined]
    run = torture.run(
        lambda preloaded: lab.nicfix("check", "--json", env={**preloaded, **env}), folder, number=0
    )
    assert run.outcome.code == 0, run.outcome
    return sum(call.startswith(("send ", "sendto ", "sendmsg ")) for call in run.calls)


def test_more_links_take_no_more_messages(healthy: Lab, tmp_path: Path) -> None:
    """What the kernel has is listed: nothing is asked link by link."""
    _check(healthy)
    before = _messages(healthy, tmp_path)
    assert before > 20
    healthy.host.ip(
        "".join(f"link add b{i} type bridge\nlink set b{i} up\n" for i in range(100))
    )
    assert _messages(healthy, tmp_path) == before
