# SPDX-License-Identifier: GPL-2.0-or-later
"""The service: what users who are not root can have done, and what not."""
from __future__ import annotations

import pytest

from lab import UPLINK, Lab, LabMaker
from labkit import users
from labkit.firewalld import FirewalldConfig
from labkit.polkit import project_rule

RULES = {"60-nicfix-bind.rules": project_rule("60-nicfix-bind")}


def make(make_lab: LabMaker, rules: dict[str, str] = RULES, **plan: object) -> Lab:
    """A lab whose service obeys RULES."""
    return make_lab(polkit_rules=rules, service=True, **plan)


def test_a_stranger_is_told_the_action(make_lab: LabMaker) -> None:
    lab = make(make_lab, {})
    before = lab.firewall_now()
    for command in ("check", "list", "apply"):
        outcome = lab.nicfix(command, user=users.STRANGER)
        assert outcome.code == 4 and "org.nicfix.read" in outcome.stderr, outcome
    assert lab.firewall_now() == before


@pytest.mark.parametrize("line", (
    "check", "check --json", "check --after reload", "list", "list --json --verbose",
    "explain --in cni0 --to 192.168.150.131", "check --format nagios", "check enp9",
))
def test_reading_is_the_same_both_ways(make_lab: LabMaker, line: str) -> None:
    """By a member of the group, and by root himself."""
    lab = make(make_lab)
    direct = lab.nicfix(*line.split())
    served = lab.nicfix(*line.split(), user=users.MEMBER)
    assert served.code == direct.code, (direct, served)
    assert served.stderr == direct.stderr
    if "--json" in line:
        assert served.answer == direct.answer
    else:
        assert served.stdout == direct.stdout


@pytest.mark.parametrize("line", (
    "apply --zone public", "apply --zone public --json", "apply --dry-run", "apply --zone nowhere",
    "apply --zone public --verbose --color always", "apply --runtime-only --json --zone public",
))
def test_changing_is_the_same_both_ways(make_lab: LabMaker, line: str) -> None:
    """What is printed, the exit status, and what is left of it."""
    lab, other = make(make_lab), make(make_lab)
    direct = other.nicfix(*line.split())
    served = lab.nicfix(*line.split(), user=users.MEMBER)
    assert served.code == direct.code, (direct, served)
    assert (served.stdout, served.stderr) == (direct.stdout, direct.stderr)
    assert lab.firewall_now() == other.firewall_now()


def test_a_member_may_not_bind_to_another_zone(make_lab: LabMaker) -> None:
    lab = make(make_lab, firewalld=FirewalldConfig(default_zone="work"))
    before = lab.firewall_now()
    outcome = lab.nicfix("apply", "--zone", "work", user=users.MEMBER)
    assert outcome.code == 4 and "org.nicfix.bind" in outcome.stderr, outcome
    assert lab.firewall_now() == before
    assert lab.nicfix("apply", "--zone", "work").code == 0


@pytest.mark.parametrize("line, action", (
    (f"apply --zone internal --interface {UPLINK} --move", "org.nicfix.move"),
    ("undo", "org.nicfix.undo"),
))
def test_a_member_may_do_nothing_else(make_lab: LabMaker, line: str, action: str) -> None:
    """A move, an undo: refused with the action that would allow it."""
    lab = make(make_lab)
    assert lab.nicfix("apply", "--zone", "public", user=users.MEMBER).code == 0
    before = lab.firewall_now()
    outcome = lab.nicfix(*line.split(), user=users.MEMBER)
    assert outcome.code == 4 and action in outcome.stderr, outcome
    assert lab.firewall_now() == before
    assert lab.nicfix("undo", "--dry-run", user=users.MEMBER).code == 0


@pytest.mark.parametrize("line, word", (
    ("apply --zone trusted", "trusted"),
    ("apply --zone public --force", "for root only"),
    ("undo --force", "for root only"),
))
def test_nobody_overrides_the_safety_checks(make_lab: LabMaker, line: str, word: str) -> None:
    lab = make(make_lab)
    before = lab.firewall_now()
    outcome = lab.nicfix(*line.split(), user=users.MEMBER)
    assert outcome.code == 2 and word in outcome.stderr, outcome
    assert lab.firewall_now() == before


@pytest.mark.parametrize("text, code, word", (
    ("[service]\nzones=work;home\n", 4, "zone public"),
    ("[service]\ninterfaces=ens*\n", 4, "enp2s0"),
    ("[service]\nzones=public\ninterfaces=en*;wl*\n", 0, ""),
    ("[service]\n\nzone=public\n", 2, "line 3: unknown key 'zone'"),
    ("[services]\nzones=public\n", 2, "line 1: unknown group 'services'"),
    ("[service]\nzones=a/b\n", 2, "line 2: zones: invalid name 'a/b'"),
    ("[service]\nnonsense\n", 2, "line 2: neither"),
    ("[service]\nzones=\n", 2, "line 2: zones names nothing"),
))
def test_the_configuration_binds_it(make_lab: LabMaker, text: str, code: int, word: str) -> None:
    """Whatever polkit allows; and a file that is wrong allows nothing."""
    lab = make(make_lab)
    lab.door.configure(text)
    before = lab.firewall_now()
    outcome = lab.nicfix("apply", "--zone", "public", user=users.MEMBER)
    assert outcome.code == code and word in outcome.stderr, outcome
    assert (lab.firewall_now() == before) == (code != 0)


def test_direct_and_via_service(make_lab: LabMaker) -> None:
    """Each says which way it is, and takes no other."""
    lab = make(make_lab)
    assert lab.nicfix("check", "--direct", user=users.MEMBER).code != 0
    assert lab.nicfix("apply", "--zone", "public", "--direct", user=users.MEMBER).code == 4
    assert lab.nicfix("check", "--via-service").stdout == lab.nicfix("check").stdout
    lab.door.service.stop()
    gone = lab.nicfix("check", "--via-service", user=users.MEMBER)
    assert gone.code == 3 and "is not there" in gone.stderr, gone
    assert "Not root" in lab.nicfix("check", user=users.MEMBER).stdout


def test_confirm_and_undo_by_administrators(make_lab: LabMaker) -> None:
    """Where a rule lets them."""
    rule = "polkit.addRule(function(a, s) { if (a.id.indexOf('org.nicfix.') === 0) return 'yes'; });"
    lab = make(make_lab, {"10-all.rules": rule})
    before = lab.firewall_cmd("--permanent", "--list-all-zones")
    tried = lab.nicfix("apply", "--zone", "public", "--confirm-within", "60", "--json",
                       user=users.STRANGER)
    assert tried.code == 0 and lab.tcp() == "connected", tried
    kept = lab.nicfix("confirm", tried.json["pending"]["id"], user=users.STRANGER)
    assert kept.code == 0, kept
    undone = lab.nicfix("undo", user=users.STRANGER)
    assert undone.code == 0 and lab.tcp() == "filtered", undone
    assert lab.firewall_cmd("--permanent", "--list-all-zones") == before
