# SPDX-License-Identifier: GPL-2.0-or-later
"""The incident on every release of firewalld that Debian has: found, tried, cured, and undone."""
from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lab import OUTSIDE, UPLINK, UPLINK_ADDRESS, LabMaker
from labkit.releases import RELEASES
from labkit.scene import Scene, Target, everywhere
from labkit.terminal import LIMIT
from test_hosts import HOSTS

pytestmark = pytest.mark.parametrize("release", RELEASES)

# Of the catalogue of hosts; on the installed release test_hosts.py has them all.
CATALOGUE = (
    "the uplink is bound to a zone without forward",
    "Docker: its zone accepts, its policy lets others in",
    "a router: the policy names the default zone, which nothing is bound to",
)


def wait_until(ready: Callable[[], bool]) -> None:
    """Polls READY; fails if it does not come true."""
    limit = time.monotonic() + LIMIT
    while not ready():
        assert time.monotonic() < limit
        time.sleep(0.05)


def test_the_incident(make_lab: LabMaker, release: str, tmp_path: Path) -> None:
    """Every verdict is that of real packets, before the cure, with it, and after it; the cure
    outlives a reload and a restart; undone, the firewall is as it was."""
    lab = make_lab(release=release)
    scene = Scene(lab, [])
    try:
        first = lab.firewall_now()
        before = _judged(scene, tmp_path, "before")
        assert before["pod", OUTSIDE, 80] == "reject"
        finding = lab.nicfix("check", "--json").finding("uplink-unbound", UPLINK)
        assert lab.nicfix(*finding["fix"]["command"][1:]).code == 0
        after = _judged(scene, tmp_path, "applied")
        assert after["pod", OUTSIDE, 80] == "accept"
        assert lab.nicfix("check").code == 0
        lab.firewall_cmd("--reload")
        assert _judged(scene, tmp_path, "reloaded") == after
        lab.firewalld.restart()
        assert _judged(scene, tmp_path, "restarted") == after
        undone = lab.nicfix("undo", "--json")
        assert (undone.code, undone.json["verified"]) == (0, True), undone
        assert _judged(scene, tmp_path, "undone") == before
        last = lab.firewall_now()
        assert (last["running"], last["permanent"]) == (first["running"], first["permanent"])
    finally:
        scene.close()


def _judged(scene: Scene, folder: Path, what: str) -> dict[tuple[str | None, str, int], str]:
    """What becomes of each packet; every answer of nicfix about it is right."""
    targets = everywhere(scene, Target(UPLINK_ADDRESS, 8443))
    verdicts = scene.judge(targets, folder, what)
    verdicts.check()
    return {
        (probe.sender, probe.destination, probe.port): verdicts.fates[probe.number]
        for probe in verdicts.probes
    }


def test_a_trial(make_lab: LabMaker, release: str) -> None:
    """Not confirmed, it is undone in time; confirmed, it stays."""
    lab = make_lab(release=release)
    fix = lab.nicfix("check", "--json").finding("uplink-unbound", UPLINK)["fix"]["command"][1:]
    first = lab.firewall_now()
    assert lab.nicfix(*fix, "--confirm-within", "1").code == 0
    wait_until(lambda: not (lab.bus.state / "last-change").exists())
    last = lab.firewall_now()
    assert (last["running"], last["permanent"]) == (first["running"], first["permanent"])
    tried = lab.nicfix(*fix, "--confirm-within", "20", "--json")
    assert tried.code == 0, tried
    assert lab.tcp() == "connected"
    kept = lab.nicfix("confirm", tried.json["pending"]["id"], "--json")
    assert (kept.code, kept.json["verified"]) == (0, True), kept
    lab.firewall_cmd("--reload")
    assert (lab.tcp(), lab.nicfix("check").code) == ("connected", 0)


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_catalogue_of_hosts(make_lab: LabMaker, release: str, name: str) -> None:
    """An error exactly if packets fail, whatever this release makes of the configuration; the fix
    lets them pass, and undone, the firewall is as it was."""
    lab = make_lab(firewalld=HOSTS[name].config, release=release)
    passes = lab.tcp() == "connected"
    first = lab.firewall_now()
    check = lab.nicfix("check", "--json")
    errors = [f for f in check.json["findings"] if f["severity"] == "error"]
    assert bool(errors) != passes, check
    if passes:
        return
    applied = lab.nicfix("apply", "--json")
    assert (applied.code, applied.json["verified"]) == (0, True), applied
    assert lab.tcp() == "connected"
    assert lab.nicfix("check", "--fail-on", "error").code == 0
    undone = lab.nicfix("undo", "--json")
    assert (undone.code, undone.json["verified"]) == (0, True), undone
    assert lab.tcp() != "connected"
    last = lab.firewall_now()
    assert (last["running"], last["permanent"]) == (first["running"], first["permanent"])
