# SPDX-License-Identifier: GPL-2.0-or-later
"""The incident that nicfix was written for, from the first lost packet to the permanent cure."""
from __future__ import annotations

from lab import OUTSIDE, UPLINK, Lab, LabMaker


def test_the_recipe_of_the_incident_does_not_last(lab: Lab) -> None:
    """What happened before nicfix existed; proves that the lab behaves like the real host."""
    assert (lab.ping(), lab.tcp()) == ("filtered", "filtered")
    lab.firewall_cmd("--zone=public", f"--add-interface={UPLINK}")
    assert (lab.ping(), lab.tcp()) == ("reply", "connected")
    lab.firewall_cmd("--set-log-denied=all")
    lab.firewall_cmd("--set-log-denied=off")
    assert (lab.ping(), lab.tcp()) == ("filtered", "filtered")


def test_an_operator_finds_previews_and_cures_it(lab: Lab) -> None:
    assert (lab.ping(), lab.ping(OUTSIDE), lab.tcp()) == ("filtered", "filtered", "filtered")

    check = lab.nicfix("check", "--json")
    assert check.code == 1, check
    finding = check.finding("uplink-unbound", UPLINK)
    assert finding["severity"] == "error"
    assert finding["fix"]["command"][:2] == ["nicfix", "apply"]

    before = lab.firewall_now()
    dry_run = lab.nicfix("apply", "--zone", "public", "--dry-run")
    assert dry_run.code == 0, dry_run
    assert lab.firewall_now() == before
    assert lab.ping() == "filtered"

    apply = lab.nicfix("apply", "--zone", "public")
    assert apply.code == 0, apply
    assert (lab.ping(), lab.ping(OUTSIDE), lab.tcp()) == ("reply", "reply", "connected")
    assert lab.nicfix("check").code == 0

    lab.firewall_cmd("--reload")
    assert (lab.ping(), lab.tcp()) == ("reply", "connected")
    lab.firewalld.restart()
    assert (lab.ping(), lab.tcp()) == ("reply", "connected")
    assert lab.nicfix("check").code == 0

    settled = lab.firewall_now()
    again = lab.nicfix("apply", "--zone", "public", "--json")
    assert again.code == 0, again
    assert again.json["changed"] is False
    assert lab.firewall_now() == settled


def test_the_fix_from_check_cures(lab: Lab) -> None:
    """The fix from `check` works as it is, without choosing a zone."""
    fix = lab.nicfix("check", "--json").finding("uplink-unbound", UPLINK)["fix"]
    apply = lab.nicfix(*fix["command"][1:])
    assert apply.code == 0, apply
    assert (lab.ping(), lab.tcp()) == ("reply", "connected")
    lab.firewalld.restart()
    assert (lab.ping(), lab.tcp()) == ("reply", "connected")


def test_the_firewall_cmd_lines_cure_as_well(lab: Lab) -> None:
    """For those who do not want a tool to change their firewall."""
    fix = lab.nicfix("check", "--json").finding("uplink-unbound", UPLINK)["fix"]
    for command in fix["firewall_cmd"]:
        assert command[0] == "firewall-cmd"
        lab.firewall_cmd(*command[1:])
    assert (lab.ping(), lab.tcp()) == ("reply", "connected")
    lab.firewalld.restart()
    assert (lab.ping(), lab.tcp()) == ("reply", "connected")
    assert lab.nicfix("check").code == 0


def test_a_host_with_two_uplinks_is_cured_on_both(make_lab: LabMaker) -> None:
    lab = make_lab(
        links="link add wan1 type veth peer name wan1peer\n"
        "addr add 203.0.113.2/24 dev wan1\n"
        "link set wan1 up\nlink set wan1peer up\n"
        "route add default via 203.0.113.1 dev wan1 metric 100\n"
    )
    check = lab.nicfix("check", "--json")
    for name in (UPLINK, "wan1"):
        assert check.finding("uplink-unbound", name)["severity"] == "error"
    assert lab.nicfix("apply").code == 0
    assert lab.nicfix("check").code == 0
    assert lab.ping() == "reply"
    bound = lab.firewall_cmd("--permanent", "--zone=public", "--list-interfaces").split()
    assert sorted(bound) == [UPLINK, "wan1"]
