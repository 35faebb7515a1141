# SPDX-License-Identifier: GPL-2.0-or-later
"""`nicfix undo` undoes the last change, and nothing that somebody else changed."""
from __future__ import annotations

import pytest

from lab import OUTSIDE, UPLINK, UPLINK_ADDRESS, Lab, LabMaker
from labkit.networkmanager import ethernet_profile
from labkit.tap import Fault, Tap

APPLY = ("apply", "--zone", "public")
PROFILE = ethernet_profile("uplink", UPLINK, f"{UPLINK_ADDRESS}/24", OUTSIDE, zone="work")


def test_undo_restores_both(lab: Lab) -> None:
    """Running and permanent firewall are restored, and a second undo has nothing to do."""
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


def test_undo_without_a_change(lab: Lab) -> None:
    """There is nothing to undo, and that is not an error."""
    outcome = lab.nicfix("undo")
    assert (outcome.code, outcome.stderr) == (0, "")
    assert "nothing to undo" in outcome.stdout


def test_undo_of_a_move(lab: Lab) -> None:
    """The interface is back in its old zone, in both configurations."""
    for permanent in ((), ("--permanent",)):
        lab.firewall_cmd(*permanent, "--zone=work", f"--add-interface={UPLINK}")
    before = lab.firewall_now()
    assert lab.nicfix(*APPLY, "--move").code == 0
    assert lab.nicfix("undo").code == 0
    now = lab.firewall_now()
    assert (now["running"], now["permanent"]) == (before["running"], before["permanent"])


def test_undo_in_networkmanagers_profile(make_lab: LabMaker) -> None:
    """The profile has its old zone again."""
    lab = make_lab(profiles={"uplink": PROFILE})
    assert lab.nicfix(*APPLY, "--move").code == 0
    assert lab.nicfix("undo").code == 0
    device = lab.nicfix("snapshot").json["networkmanager"]["devices"]
    assert [one["zone"] for one in device if one["interface"] == UPLINK] == ["work"]
    assert lab.firewall_cmd(f"--get-zone-of-interface={UPLINK}") == "work"


def test_networkmanager_is_away(make_lab: LabMaker) -> None:
    """Nothing is undone by halves: the profile cannot be read, and the message says why. When
    NetworkManager is back, all of it is undone."""
    lab = make_lab(profiles={"uplink": PROFILE})
    assert lab.nicfix(*APPLY, "--move").code == 0
    lab.networkmanager.service.stop()
    failed = lab.nicfix("undo")
    assert (failed.code, "NetworkManager is not running" in failed.stderr) == (3, True), failed
    lab.networkmanager.start(UPLINK)
    assert lab.nicfix("undo").code == 0
    assert lab.firewall_cmd(f"--get-zone-of-interface={UPLINK}") == "work"


def test_the_profile_is_deleted_during_the_change(make_lab: LabMaker) -> None:
    """What is listed to restore the old state does not name what no longer exists."""
    lab = make_lab(profiles={"uplink": PROFILE})
    words = (*APPLY, "--move", "--timeout", "2")
    with Tap(lab.bus, lab.folder) as tap:
        assert tap.run(lambda: lab.nicfix(*words, env=tap.env)).code == 0
        update = tap.calls.index("Update2")
        assert lab.nicfix("undo").code == 0
        delete = Fault(
            lambda: lab.run("nmcli", "connection", "delete", "uplink"), update, "after"
        )
        failed = tap.run(lambda: lab.nicfix(*words, env=tap.env), delete)
    assert failed.code in (5, 6), failed
    assert "nmcli" not in failed.stderr, failed


def test_changes_by_others_are_kept(lab: Lab) -> None:
    """Nothing is left to undo, the message says so, and the record is gone."""
    assert lab.nicfix(*APPLY).code == 0
    for permanent in ((), ("--permanent",)):
        lab.firewall_cmd(*permanent, "--zone=home", f"--change-interface={UPLINK}")
    before = lab.firewall_now()
    refused = lab.nicfix("undo")
    assert refused.code == 2, refused
    assert "somebody else has changed it since" in refused.stderr
    assert lab.firewall_now() == before
    assert "nothing to undo" in lab.nicfix("undo").stdout


def test_after_a_reload_nothing_is_left_to_undo(lab: Lab) -> None:
    """After --runtime-only and a reload the host is already restored."""
    assert lab.nicfix(*APPLY, "--runtime-only").code == 0
    lab.firewall_cmd("--reload")
    outcome = lab.nicfix("undo", "--json")
    assert (outcome.code, outcome.json["changed"]) == (0, False)


def test_undo_refuses_a_foreign_record(lab: Lab) -> None:
    """A file that anybody could have written is not used."""
    assert lab.nicfix(*APPLY).code == 0
    record = lab.bus.state / "last-change"
    record.chmod(0o666)
    for command in (("undo",), APPLY, ("confirm", "0")):
        refused = lab.nicfix(*command)
        assert refused.code == 2, refused
        assert "was not written by nicfix" in refused.stderr


@pytest.mark.parametrize("uses", ["undo", "confirm"])
def test_a_snapshot_cannot_be_changed(lab: Lab, uses: str) -> None:
    """Neither command accepts one."""
    arguments = ("0",) if uses == "confirm" else ()
    assert lab.nicfix(uses, *arguments, "--snapshot", "-").code == 2
