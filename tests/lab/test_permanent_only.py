# SPDX-License-Identifier: GPL-2.0-or-later
"""`nicfix apply --permanent-only` changes the permanent configuration and nothing else."""
from __future__ import annotations

import pytest

from lab import OUTSIDE, UPLINK, UPLINK_ADDRESS, Lab, LabMaker
from labkit.client import Client
from labkit.networkmanager import ethernet_profile

APPLY = ("apply", "--zone", "public", "--permanent-only")


def test_it_counts_from_the_next_reload_on(lab: Lab) -> None:
    """Not before; and it predicts only what a reload brings."""
    client = Client(lab.bus)
    applied = lab.nicfix(*APPLY, "--json")
    assert applied.code == 0, applied
    assert [action["scope"] for action in applied.json["actions"]] == ["permanent"]
    assert applied.json["verified"] and applied.json["after"] == {"errors": 0, "warnings": 0}
    assert client.zone_of(UPLINK) is None
    assert client.lasting_zone_of(UPLINK) == "public"
    assert lab.ping() == "filtered"
    again = lab.nicfix(*APPLY, "--json")
    assert (again.code, again.json["changed"]) == (0, False)
    lab.firewall_cmd("--reload")
    assert lab.ping() == "reply"
    assert lab.nicfix("check").code == 0


def test_it_is_undone(lab: Lab) -> None:
    """With `nicfix undo`, like any change."""
    before = lab.firewall_now()
    assert lab.nicfix(*APPLY).code == 0
    assert lab.nicfix("undo").code == 0
    now = lab.firewall_now()
    for part in ("nft", "running", "permanent"):
        assert now[part] == before[part], part
    assert Client(lab.bus).lasting_zone_of(UPLINK) is None


def test_the_profile_of_networkmanager_is_saved_and_not_activated(make_lab: LabMaker) -> None:
    """Activation would change firewalld at once."""
    profile = ethernet_profile("uplink", UPLINK, f"{UPLINK_ADDRESS}/24", OUTSIDE, zone="work")
    lab = make_lab(profiles={"uplink": profile})
    client = Client(lab.bus)
    assert client.zone_of(UPLINK) == "work"
    applied = lab.nicfix(*APPLY, "--move")
    assert applied.code == 0, applied
    assert client.zone_of(UPLINK) == "work"
    assert lab.run("nmcli", "connection", "up", "uplink").code == 0
    lab.firewalld.service.wait_until(lambda: client.zone_of(UPLINK) == "public", "activation")
    assert lab.ping() == "reply"


def test_forward_that_was_on_for_good_is_not_switched_off_by_undoing(make_lab: LabMaker) -> None:
    """Only what was changed is put back."""
    lab = make_lab()
    lab.firewall_cmd("--zone=public", "--remove-forward")
    assert lab.nicfix("apply", "--zone", "public", "--enable-forward").code == 0
    assert lab.nicfix("undo").code == 0
    now = lab.run("firewall-cmd", "--zone=public", "--query-forward")
    assert now.stdout == "no\n"
    assert lab.firewall_cmd("--permanent", "--zone=public", "--query-forward") == "yes"


@pytest.mark.only_asks
def test_it_excludes_runtime_only(lab: Lab) -> None:
    """Nothing would be left to do."""
    refused = lab.nicfix(*APPLY, "--runtime-only")
    assert refused.code == 2
    assert "exclude each other" in refused.stderr
