# SPDX-License-Identifier: GPL-2.0-or-later
"""`nicfix undo` puts back what the last change changed, and nothing that is somebody else's."""
from __future__ import annotations

import pytest

from lab import OUTSIDE, UPLINK, UPLINK_ADDRESS, Lab, LabMaker
from labkit.networkmanager import ethernet_profile

APPLY = ("apply", "--zone", "public")
PROFILE = ethernet_profile("uplink", UPLINK, f"{UPLINK_ADDRESS}/24", OUTSIDE, zone="work")


def test_undo_is_the_way_back(lab: Lab) -> None:
    """Running and permanent firewall are what they were, and a second undo finds nothing to do."""
    before = lab.firewall_now()
    assert lab.nicfix(*APPLY).code == 0
    assert lab.tcp() == "connected"
    shown = lab.nicfix("undo", "--dry-run", "--json")
    assert (shown.code, shown.json["changed"], shown.json["dry_run"]) == (0, True, True)
    assert lab.tcp() == "connected"
    undone = lab.nicfix("undo", "--json")
    assert (undone.code, undone.json["changed"], undone.json["verified"]) == (0, True, True)
    assert [one["id"] for one in undone.json["causes"]] == ["uplink-unbound"]
    now = lab.firewall_now()
    for part in ("nft", "running", "permanent"):
        assert now[part] == before[part], part
    again = lab.nicfix("undo", "--json")
    assert (again.code, again.json["changed"], again.json["actions"]) == (0, False, [])


def test_undo_of_what_was_never_done(lab: Lab) -> None:
    """There is nothing to change, and that is no error."""
    outcome = lab.nicfix("undo")
    assert (outcome.code, outcome.stderr) == (0, "")
    assert "nothing to change" in outcome.stdout


def test_undo_of_a_move(lab: Lab) -> None:
    """The interface is back in the zone it was taken from, in both."""
    for permanent in ((), ("--permanent",)):
        lab.firewall_cmd(*permanent, "--zone=work", f"--add-interface={UPLINK}")
    before = lab.firewall_now()
    assert lab.nicfix(*APPLY, "--move").code == 0
    assert lab.nicfix("undo").code == 0
    now = lab.firewall_now()
    assert (now["running"], now["permanent"]) == (before["running"], before["permanent"])


def test_undo_in_networkmanagers_profile(make_lab: LabMaker) -> None:
    """The profile names the zone it named before."""
    lab = make_lab(profiles={"uplink": PROFILE})
    assert lab.nicfix(*APPLY, "--move").code == 0
    assert lab.nicfix("undo").code == 0
    device = lab.nicfix("snapshot").json["networkmanager"]["devices"]
    assert [one["zone"] for one in device if one["interface"] == UPLINK] == ["work"]
    assert lab.firewall_cmd(f"--get-zone-of-interface={UPLINK}") == "work"


def test_what_somebody_else_has_changed_since_is_theirs(lab: Lab) -> None:
    """Nothing is left to put back, it is told so, and the record is gone."""
    assert lab.nicfix(*APPLY).code == 0
    for permanent in ((), ("--permanent",)):
        lab.firewall_cmd(*permanent, "--zone=home", f"--change-interface={UPLINK}")
    before = lab.firewall_now()
    refused = lab.nicfix("undo")
    assert refused.code == 2, refused
    assert "somebody else has changed it since" in refused.stderr
    assert lab.firewall_now() == before
    assert "nothing to change" in lab.nicfix("undo").stdout


def test_what_a_reload_took_needs_no_undoing(lab: Lab) -> None:
    """After --runtime-only and a reload the host is as it was."""
    assert lab.nicfix(*APPLY, "--runtime-only").code == 0
    lab.firewall_cmd("--reload")
    outcome = lab.nicfix("undo", "--json")
    assert (outcome.code, outcome.json["changed"]) == (0, False)


def test_undo_tells_of_a_record_that_is_not_its_own(lab: Lab) -> None:
    """Nothing is done in the name of a file that anybody could have written."""
    assert lab.nicfix(*APPLY).code == 0
    record = lab.bus.state / "last-change"
    record.chmod(0o666)
    for command in (("undo",), APPLY, ("confirm", "0")):
        refused = lab.nicfix(*command)
        assert refused.code == 2, refused
        assert "was not written by nicfix" in refused.stderr


@pytest.mark.parametrize("uses", ["undo", "confirm"])
def test_a_snapshot_cannot_be_changed(lab: Lab, uses: str) -> None:
    """Neither command reads one."""
    arguments = ("0",) if uses == "confirm" else ()
    assert lab.nicfix(uses, *arguments, "--snapshot", "-").code == 2
