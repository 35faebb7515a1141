# SPDX-License-Identifier: GPL-2.0-or-later
"""A zone file says one zone, NetworkManager's profile another: which one wins, and what cures it. With
the real NetworkManager and firewalld."""
from __future__ import annotations

import time

import pytest

from lab import OUTSIDE, UPLINK, UPLINK_ADDRESS, Lab, LabMaker
from labkit.firewalld import FORWARD, FirewalldConfig, bound
from labkit.networkmanager import ethernet_profile

FILE_ZONE = "work"


def contradiction(make_lab: LabMaker, profile_zone: str | None) -> Lab:
    profile = ethernet_profile(
        "uplink", UPLINK, f"{UPLINK_ADDRESS}/24", OUTSIDE, zone=profile_zone
    )
    return make_lab(
        profiles={"uplink": profile},
        forwarding=False,
        firewalld=FirewalldConfig(
            zones={FILE_ZONE: FORWARD + bound(UPLINK), "dmz": FORWARD, "public": FORWARD}
        ),
    )


def running_zone(lab: Lab) -> str:
    return lab.firewall_cmd(f"--get-zone-of-interface={UPLINK}")


def file_zones(lab: Lab) -> list[str]:
    folder = lab.folder / "firewalld" / "zones"
    return sorted(file.stem for file in folder.glob("*.xml") if bound(UPLINK) in file.read_text())


def profile_zone_of(lab: Lab) -> str:
    fields = ("-g", "connection.zone", "connection", "show", "uplink")
    return lab.run("nmcli", *fields).stdout.strip()


def reactivate(lab: Lab) -> None:
    lab.run("nmcli", "connection", "up", "uplink")


def settle(lab: Lab, zone: str) -> None:
    """Waits until NetworkManager has told firewalld the zone, as it does a moment after a start."""
    end = time.monotonic() + 10
    while running_zone(lab) != zone and time.monotonic() < end:
        time.sleep(0.1)
    assert running_zone(lab) == zone


@pytest.mark.parametrize("profile_zone, winner", [("dmz", "dmz"), (None, "public")])
def test_the_profile_wins_and_check_says_so(
    make_lab: LabMaker, profile_zone: str | None, winner: str
) -> None:
    lab = contradiction(make_lab, profile_zone)
    settle(lab, winner)
    for event in (
        lambda: lab.firewall_cmd("--reload"), lab.firewalld.restart, lambda: reactivate(lab)
    ):
        event()
        settle(lab, winner)
    check = lab.nicfix("check", "--json")
    finding = check.finding("profile-overrides-zone", UPLINK)
    assert (finding["severity"], finding["zone"]) == ("warning", FILE_ZONE)
    assert f"zone {winner}, which wins" in finding["message"]


def test_the_fix_takes_it_out_of_the_zone_file(make_lab: LabMaker) -> None:
    """What is in force stays; the commands by hand do the same; undo leads back."""
    lab = contradiction(make_lab, "dmz")
    settle(lab, "dmz")
    before = lab.firewall_now()
    fix = lab.nicfix("check", "--json").finding("profile-overrides-zone", UPLINK)["fix"]
    assert fix["command"][:2] == ["nicfix", "apply"]
    assert fix["firewall_cmd"] == [
        ["firewall-offline-cmd", f"--zone={FILE_ZONE}", f"--remove-interface={UPLINK}"]
    ]
    applied = lab.nicfix(*fix["command"][1:], "--json")
    assert (applied.code, applied.json["verified"]) == (0, True), applied
    assert (running_zone(lab), profile_zone_of(lab), file_zones(lab)) == ("dmz", "dmz", [])
    assert "profile-overrides-zone" not in lab.nicfix("check", "--json").stdout
    lab.firewall_cmd("--reload")
    settle(lab, "dmz")
    assert file_zones(lab) == []
    undone = lab.nicfix("undo", "--json")
    assert undone.code == 0, undone
    assert file_zones(lab) == [FILE_ZONE]
    assert lab.firewall_now()["running"] == before["running"]


def test_the_zone_that_is_named_is_in_both(make_lab: LabMaker) -> None:
    """The zone file's zone is wanted: the profile is written, and the file stays."""
    lab = contradiction(make_lab, None)
    settle(lab, "public")
    applied = lab.nicfix(
        "apply", "--zone", FILE_ZONE, "--interface", UPLINK, "--move", "--force", "--json"
    )
    assert applied.code == 0, applied
    assert (running_zone(lab), profile_zone_of(lab)) == (FILE_ZONE, FILE_ZONE)
    assert file_zones(lab) == [FILE_ZONE]
    assert "profile-overrides-zone" not in lab.nicfix("check", "--json").stdout
    reactivate(lab)
    settle(lab, FILE_ZONE)
