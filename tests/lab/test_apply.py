# SPDX-License-Identifier: GPL-2.0-or-later
"""What `nicfix apply` changes, what it leaves alone, and what it refuses."""
from __future__ import annotations

import re

import pytest

from lab import OUTSIDE, UPLINK, UPLINK_ADDRESS, Lab, LabMaker
from labkit.firewalld import FORWARD, FirewalldConfig, bound
from labkit.networkmanager import ethernet_profile


def test_a_dry_run_shows_the_plan_and_changes_nothing(lab: Lab) -> None:
    before = lab.firewall_now()
    plan = lab.nicfix("apply", "--dry-run", "--json")
    assert plan.code == 0, plan
    assert (plan.json["dry_run"], plan.json["changed"]) == (True, True)
    assert {action["state"] for action in plan.json["actions"]} == {"planned"}
    assert {action["scope"] for action in plan.json["actions"]} == {"runtime", "permanent"}
    assert plan.json["zone"] == "public"
    assert lab.firewall_now() == before


def test_a_dry_run_on_a_snapshot_needs_no_firewalld(make_lab: LabMaker) -> None:
    snapshot = make_lab().nicfix("snapshot").raw_stdout
    elsewhere = make_lab(firewalld=None)
    plan = elsewhere.nicfix("apply", "--dry-run", "--snapshot", "-", "--json", stdin=snapshot)
    assert plan.code == 0, plan
    assert plan.json["changed"] is True
    assert elsewhere.nicfix("apply", "--snapshot", "-", stdin=snapshot).code == 2


def test_apply_binds_now_and_for_good_and_says_so(lab: Lab) -> None:
    apply = lab.nicfix("apply", "--json")
    assert apply.code == 0, apply
    result = apply.json
    assert (result["changed"], result["dry_run"], result["verified"]) == (True, False, True)
    assert result["rolled_back"] is False
    assert {action["state"] for action in result["actions"]} == {"done"}
    assert result["before"]["errors"] >= 1
    assert result["after"]["errors"] == 0
    for scope in ([], ["--permanent"]):
        assert lab.firewall_cmd(*scope, "--zone=public", "--list-interfaces") == UPLINK
    assert lab.tcp() == "connected"


def test_a_healthy_interface_in_another_zone(make_lab: LabMaker) -> None:
    """Nobody is told "nothing to change" who asked for another zone, and it is moved on demand."""
    zones = {"public": FORWARD + bound(UPLINK), "work": '<port port="8080" protocol="tcp"/>'}
    lab = make_lab(firewalld=FirewalldConfig(zones=zones), forwarding=False)
    assert lab.nicfix("check").code == 0
    refused = lab.nicfix("apply", "--zone", "work")
    assert refused.code == 2, refused
    assert f"nothing is wrong with {UPLINK}, which zone public filters" in refused.stderr
    move = f"nicfix apply --zone work --interface {UPLINK} --move"
    assert move in refused.stderr
    assert lab.nicfix("apply", "--zone", "public").code == 0
    moved = lab.nicfix(*move.split()[1:])
    if re.match(r"2\.[0-4]\.", lab.firewall_cmd("--version")):  # see test_kept_rules.py
        assert moved.code == 2, moved
        assert "keeps the rules" in moved.stderr
        return
    assert moved.code == 0, moved
    assert f"opens port 8080/tcp on this host from {UPLINK}" in moved.stdout, moved
    for scope in ([], ["--permanent"]):
        assert lab.firewall_cmd(*scope, "--zone=work", "--list-interfaces") == UPLINK
    assert "nothing to change" in lab.nicfix("apply", "--zone", "work").stdout


def test_apply_changes_nothing_but_the_binding(lab: Lab) -> None:
    before = lab.firewall_cmd("--list-all-zones").replace(f"interfaces: {UPLINK}", "interfaces: ")
    assert lab.nicfix("apply").code == 0
    zone = lab.firewall_cmd("--zone=public", "--list-all")
    assert f"interfaces: {UPLINK}" in zone
    after = lab.firewall_cmd("--list-all-zones").replace(f"interfaces: {UPLINK}", "interfaces: ")
    # A zone with something bound is marked active in the listing.
    assert after.replace("public (active)", "public") == before


def test_a_second_apply_changes_nothing_and_says_so(lab: Lab) -> None:
    assert lab.nicfix("apply").code == 0
    settled = lab.firewall_now()
    again = lab.nicfix("apply", "--json")
    assert again.code == 0, again
    assert again.json["changed"] is False
    assert again.json["actions"] == []
    assert lab.firewall_now() == settled
    assert lab.nicfix("apply").stdout.strip()


def test_runtime_only_leaves_the_files_alone(lab: Lab) -> None:
    files = lab.firewall_now()["files"]
    apply = lab.nicfix("apply", "--runtime-only", "--json")
    assert apply.code == 0, apply
    assert {action["scope"] for action in apply.json["actions"]} == {"runtime"}
    assert lab.tcp() == "connected"
    assert lab.firewall_now()["files"] == files
    lab.firewall_cmd("--reload")
    assert lab.tcp() == "filtered"


def test_apply_makes_a_runtime_binding_last(lab: Lab) -> None:
    lab.firewall_cmd("--zone=public", f"--add-interface={UPLINK}")
    apply = lab.nicfix("apply")
    assert apply.code == 0, apply
    lab.firewall_cmd("--reload")
    assert lab.tcp() == "connected"
    assert lab.nicfix("check").code == 0


def test_an_uplink_of_another_zone_is_moved_only_when_asked(make_lab: LabMaker) -> None:
    lab = make_lab(firewalld=FirewalldConfig(zones={"work": FORWARD + bound(UPLINK)}))
    before = lab.firewall_now()
    refused = lab.nicfix("apply", "--zone", "public", "--interface", UPLINK)
    assert refused.code == 2, refused
    assert "--move" in refused.stderr
    assert lab.firewall_now() == before

    moved = lab.nicfix("apply", "--zone", "public", "--interface", UPLINK, "--move")
    assert moved.code == 0, moved
    assert lab.tcp() == "connected"
    lab.firewalld.restart()
    assert lab.tcp() == "connected"
    assert lab.firewall_cmd("--permanent", "--zone=work", "--list-interfaces") == ""


def test_a_zone_without_forward_is_not_pretended_to_cure(make_lab: LabMaker) -> None:
    lab = make_lab(firewalld=FirewalldConfig(zones={"public": ""}))
    before = lab.firewall_now()
    refused = lab.nicfix("apply", "--zone", "public")
    assert refused.code == 2, refused
    assert "--enable-forward" in refused.stderr
    assert lab.firewall_now() == before

    apply = lab.nicfix("apply", "--enable-forward")
    assert apply.code == 0, apply
    assert lab.tcp() == "connected"
    lab.firewalld.restart()
    assert lab.tcp() == "connected"


def test_another_zone_than_that_of_the_pods_is_not_pretended_to_cure(lab: Lab) -> None:
    before = lab.firewall_now()
    refused = lab.nicfix("apply", "--zone", "work")
    assert refused.code == 2, refused
    assert "this would: nicfix apply --zone public --interface enp2s0" in refused.stderr
    assert lab.firewall_now() == before

    apply = lab.nicfix("apply", "--zone", "work", "--bind-downstream")
    assert apply.code == 0, apply
    assert lab.tcp() == "connected"
    lab.firewalld.restart()
    assert lab.tcp() == "connected"


REFUSED = {
    "a zone that does not exist": (["--zone", "nosuch"], "nosuch"),
    "an interface that does not exist": (["--interface", "nosuch0"], "nosuch0"),
    "the loopback": (["--zone", "public", "--interface", "lo"], "lo"),
    "a zone that accepts everything, for an uplink": (["--zone", "trusted"], "trusted"),
    "an argument that is none": (["--zone"], "--zone"),
}


@pytest.mark.only_asks
@pytest.mark.parametrize("what", REFUSED)
def test_apply_refuses(lab: Lab, what: str) -> None:
    args, named = REFUSED[what]
    before = lab.firewall_now()
    refused = lab.nicfix("apply", *args)
    assert refused.code == 2, refused
    assert refused.stderr.startswith("nicfix: ")
    assert named in refused.stderr
    assert lab.firewall_now() == before


def test_a_device_of_networkmanager_is_bound_by_its_profile(make_lab: LabMaker) -> None:
    """NetworkManager restores its own zone at each reload, restart and activation. The permanent
    change is the zone of the profile; nothing else in the profile changes."""
    profile = ethernet_profile("uplink", UPLINK, f"{UPLINK_ADDRESS}/24", OUTSIDE, zone="work")
    lab = make_lab(profiles={"uplink": profile})
    assert lab.tcp() == "filtered"
    settings = profile_settings(lab)
    done = lab.nicfix("apply", "--zone", "public", "--interface", UPLINK, "--move", "--json")
    assert done.code == 0, done
    assert [(a["scope"], a["to"], a["state"]) for a in done.json["actions"]] == [
        ("runtime", "public", "done"),
        ("networkmanager", "public", "done"),
    ]
    assert lab.tcp() == "connected"
    assert profile_settings(lab) == settings | {"connection.zone": "public"}

    lab.firewall_cmd("--reload")
    lab.firewalld.service.wait_until(lambda: lab.tcp() == "connected", "binding after a reload")
    lab.firewalld.restart()
    lab.firewalld.service.wait_until(lambda: lab.tcp() == "connected", "binding after a restart")
    assert lab.run("nmcli", "connection", "up", "uplink").code == 0
    lab.firewalld.service.wait_until(lambda: lab.tcp() == "connected", "binding after activation")
    assert lab.nicfix("check").code == 0
    again = lab.nicfix("apply", "--zone", "public", "--interface", UPLINK, "--json")
    assert (again.code, again.json["changed"]) == (0, False)


def test_a_profile_with_another_zone_is_found_and_fixed(make_lab: LabMaker) -> None:
    """A binding that NetworkManager does not know lasts until its next activation."""
    profile = ethernet_profile("uplink", UPLINK, f"{UPLINK_ADDRESS}/24", OUTSIDE, zone="work")
    lab = make_lab(profiles={"uplink": profile})
    lab.firewall_cmd("--zone=public", f"--change-interface={UPLINK}")
    assert lab.run("nmcli", "connection", "modify", "uplink", "connection.zone", "work").code == 0
    lab.nicfix("apply", "--zone", "public", "--interface", UPLINK, "--move", "--runtime-only")
    found = lab.nicfix("check", "--json")
    finding = found.finding("manager-zone-mismatch")
    assert (finding["interface"], finding["zone"]) == (UPLINK, "public")
    assert lab.nicfix(*finding["fix"]["command"][1:]).code == 0
    assert lab.nicfix("check").code == 0
    assert profile_settings(lab)["connection.zone"] == "public"


def profile_settings(lab: Lab) -> dict[str, str]:
    """The settings of the profile "uplink" from nmcli."""
    told = lab.run("nmcli", "--terse", "connection", "show", "uplink").stdout
    pairs = (line.split(":", 1) for line in told.splitlines())
    # What is in capitals is the state of the device, and the time stamp is that of its activation.
    return {name: value for name, value in pairs if name.islower() and "timestamp" not in name}


def test_ssh_users_are_not_locked_out(make_lab: LabMaker) -> None:
    """Binding the uplink to a zone without ssh would leave no way back: established connections
    stay open, but new ones would be rejected."""
    no_ssh = FirewalldConfig(zones={"closed": "<forward/>"}, zone_targets={"closed": "DROP"})
    lab = make_lab(firewalld=no_ssh)
    came_by_ssh = {"SSH_CONNECTION": f"{OUTSIDE} 50000 {UPLINK_ADDRESS} 22"}
    args = ("apply", "--zone", "closed", "--interface", UPLINK, "--bind-downstream")
    before = lab.firewall_now()
    refused = lab.nicfix(*args, env=came_by_ssh)
    assert refused.code == 2, refused
    assert "this would lock you out" in refused.stderr
    assert "--zone=closed --add-port=22/tcp" in refused.stderr
    assert lab.firewall_now() == before
    assert lab.nicfix(*args, "--force", env=came_by_ssh).code == 0
    assert lab.tcp() == "connected"


def test_ssh_users_can_change_what_keeps_ssh_open(lab: Lab) -> None:
    """The incident's own fix changes nothing for ssh."""
    came_by_ssh = {"SSH_CONNECTION": f"{OUTSIDE} 50000 {UPLINK_ADDRESS} 22"}
    assert lab.nicfix("apply", "--zone", "public", env=came_by_ssh).code == 0
