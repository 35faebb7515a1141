# SPDX-License-Identifier: GPL-2.0-or-later
"""podman beside firewalld, with netavark and with CNI plugins at once: every verdict against real
packets. Both put their containers' addresses into the zone trusted."""
from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import OUTSIDE, UPLINK, UPLINK_ADDRESS, Lab, Plan
from labkit.engines import EngineNamespace
from labkit.podman import Podman
from labkit.scene import Party, Scene, Target, Verdicts, everywhere

# The tests of a module share what they have running, one after the other.
pytestmark = pytest.mark.xdist_group("test_software_podman")

NETAVARK_PORT = 8090
CNI_PORT = 8091


@pytest.fixture(scope="module")
def scene(nicfix: Path) -> Iterator[Scene]:
    """A container of each backend that has published a port, and two in networks that netavark
    isolates."""
    with contextlib.ExitStack() as cleanup:
        lab = cleanup.enter_context(Lab(nicfix, Plan()))
        # Where CNI's plugins note the addresses that they have given away.
        engines = EngineNamespace(lab.host, ("/var/lib/cni",))
        cleanup.callback(engines.close)
        netavark = Podman(engines, "netavark", lab.bus.env)
        cni = Podman(engines, "cni", lab.bus.env)
        for name, net in (("apart1", 91), ("apart2", 92)):
            netavark.podman("network", "create", "--disable-dns", f"--subnet=10.{net}.0.0/24",
                            "--opt=isolate=true", name)
        cni.podman("network", "create", "--disable-dns", "--subnet=10.90.0.0/24", "mine")
        web = netavark.run("web", "podman", f"--publish={NETAVARK_PORT}:80")
        db1 = netavark.run("db1", "apart1")
        db2 = netavark.run("db2", "apart2")
        old = cni.run("old", "mine", f"--publish={CNI_PORT}:80")
        guests = [Party.find("web", "podman0", web), Party.find("db1", "podman1", db1),
                  Party.find("db2", "podman2", db2), Party.find("old", "cni-podman1", old)]
        made = Scene(lab, guests)
        cleanup.callback(made.close)
        yield made


def judge(scene: Scene, folder: Path, what: str) -> Verdicts:
    """Everyone to everyone, and to the published ports."""
    own = [scene.own_address(link) for link in (UPLINK, "podman0", "cni-podman1", "cni0")]
    ports = [Target(address, port, answers=True) for address in own for port in (NETAVARK_PORT, CNI_PORT)]
    return scene.judge(everywhere(scene, *ports), folder, what)


def test_beside_firewalld(scene: Scene, tmp_path: Path) -> None:
    """Containers reach everything, and published ports work; only the pod is refused."""
    verdicts = judge(scene, tmp_path, "podman, nothing bound")
    verdicts.check()
    assert verdicts.fate("ext", UPLINK_ADDRESS, NETAVARK_PORT) == "accept"
    assert verdicts.fate("ext", UPLINK_ADDRESS, CNI_PORT) == "accept"
    assert verdicts.fate("web", OUTSIDE, 80) == "accept"
    assert verdicts.fate("old", OUTSIDE, 80) == "accept"
    assert verdicts.fate("db1", "10.92.0.2", 80) == "drop"
    assert verdicts.fate("pod", OUTSIDE, 80) == "reject"
    outcome = scene.lab.nicfix("check", "--json")
    assert [one["id"] for one in outcome.findings("error")] == ["uplink-unbound"], outcome
    evidence = " ".join(outcome.finding("uplink-unbound")["evidence"])
    assert "cni0" in evidence and "podman" not in evidence


def test_apply_lets_the_pod_out(scene: Scene, tmp_path: Path) -> None:
    """The fix for the pod cures it and changes nothing of podman's."""
    assert scene.lab.nicfix("apply").code == 0
    verdicts = judge(scene, tmp_path, "podman, applied")
    verdicts.check()
    assert verdicts.fate("pod", OUTSIDE, 80) == "accept"
    assert verdicts.fate("ext", UPLINK_ADDRESS, NETAVARK_PORT) == "accept"
    outcome = scene.lab.nicfix("check", "--json")
    assert outcome.findings("error") == [], outcome
