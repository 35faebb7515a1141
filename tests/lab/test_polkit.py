# SPDX-License-Identifier: GPL-2.0-or-later
"""What users without root see, and what the rule in polkit/ grants to its group."""
from __future__ import annotations

from typing import Any

import pytest

from lab import UPLINK, Lab, LabMaker
from labkit import users
from labkit.firewalld import FORWARD, FirewalldConfig, bound
from labkit.polkit import project_rule


@pytest.fixture
def open_lab(make_lab: LabMaker) -> Lab:
    """The node of the incident, with the project's rule in force."""
    return make_lab(polkit_rules={"50-nicfix-read.rules": project_rule()})


def listed_zone(lab: Lab, name: str, user: str) -> dict[str, Any]:
    """What USER sees of a zone in the list."""
    zones = lab.nicfix("list", "--json", user=user).json["zones"]
    return next(zone for zone in zones if zone["name"] == name)


def test_a_member_of_the_group_checks_without_root(open_lab: Lab) -> None:
    check = open_lab.nicfix("check", "--json", user=users.MEMBER)
    assert check.code == 1, check
    assert check.finding("uplink-unbound", UPLINK)["severity"] == "error"
    as_root = open_lab.nicfix("check", "--json")
    assert as_root.finding("uplink-unbound")["severity"] == "error"


def test_a_member_sees_that_all_is_well(make_lab: LabMaker) -> None:
    lab = make_lab(
        firewalld=FirewalldConfig(zones={"public": FORWARD + bound(UPLINK)}),
        polkit_rules={"50-nicfix-read.rules": project_rule()},
    )
    check = lab.nicfix("check", "--json", user=users.MEMBER)
    assert check.code == 0, check
    assert check.findings("error", "warning") == []


def test_a_member_sees_what_stays_hidden(open_lab: Lab) -> None:
    """Version, state and the permanent configuration need the action "config", which would allow
    every change. The rule does not grant it, and nicfix lists what it could not read."""
    snapshot = open_lab.nicfix("snapshot", user=users.MEMBER).json
    assert snapshot["firewalld"]["version"] is None
    assert snapshot["firewalld"]["state"] is None
    text = open_lab.nicfix("check", user=users.MEMBER)
    assert "permanent" in text.stdout + text.stderr
    public = listed_zone(open_lab, "public", users.MEMBER)
    assert (public["target"], public["forward"]) == ("default", True)


def test_a_member_may_change_nothing(open_lab: Lab) -> None:
    before = open_lab.firewall_now()
    assert open_lab.nicfix("apply", user=users.MEMBER).code == 4
    assert open_lab.run("firewall-cmd", "--panic-on", user=users.MEMBER).code != 0
    assert open_lab.firewall_now() == before


def test_a_stranger_gets_nothing_from_the_rule(open_lab: Lab) -> None:
    public = listed_zone(open_lab, "public", users.STRANGER)
    assert (public["target"], public["forward"]) == (None, None)


def test_a_stranger_sees_bindings_only(make_lab: LabMaker) -> None:
    """The stock policy of a server: bindings are visible, settings are not."""
    lab = make_lab(polkit_rules={})
    check = lab.nicfix("check", "--json", user=users.STRANGER)
    links = {link["name"]: link for link in check.json["links"]}
    assert links[UPLINK]["role"] == "uplink"
    assert links[UPLINK]["bound_by"] == "catch-all"
    text = lab.nicfix("check", user=users.STRANGER)
    assert "settings of zone public" in text.stdout + text.stderr


def test_a_frozen_polkitd_does_not_hang_us(make_lab: LabMaker) -> None:
    """It blocks firewalld for every caller; only nicfix's own timeout ends the wait."""
    lab = make_lab(polkit_rules={})
    with lab.polkit.service.frozen():
        outcome = lab.nicfix("check", "--timeout", "1", user=users.STRANGER)
    assert outcome.code == 3, outcome
    assert outcome.seconds < 3
