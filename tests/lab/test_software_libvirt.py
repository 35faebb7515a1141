# SPDX-License-Identifier: GPL-2.0-or-later
"""libvirt's networks beside firewalld: every verdict against real packets."""
from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import OUTSIDE, UPLINK, Lab, Plan
from labkit.libvirt import Libvirt, attach, engines_for_libvirt
from labkit.namespaces import Namespace
from labkit.scene import Party, Scene, everywhere

# The tests of a module share what they have running, one after the other.
pytestmark = pytest.mark.xdist_group("test_software_libvirt")


@pytest.fixture(scope="module")
def scene(nicfix: Path) -> Iterator[Scene]:
    """Two machines in the network that libvirt comes with, one in a network that is routed and not
    translated, and one in a network that is isolated."""
    with contextlib.ExitStack() as cleanup:
        lab = cleanup.enter_context(Lab(nicfix, Plan()))
        engines = engines_for_libvirt(lab.host)
        cleanup.callback(engines.close)
        libvirt = Libvirt(engines, lab.bus.env)
        libvirt.start()
        libvirt.start_default_network()
        libvirt.create_network("virbr1", "192.168.123", "route")
        guests = []
        for name, bridge, network, number in (
            ("vm1", "virbr0", 122, 2), ("vm2", "virbr0", 122, 3), ("vm3", "virbr1", 123, 2),
        ):
            guest = Namespace(name)
            cleanup.callback(guest.close)
            prefix = f"192.168.{network}"
            attach(lab.host, guest, bridge, f"{prefix}.{number}", f"{prefix}.1")
            guests.append(Party.find(name, bridge, guest))
        made = Scene(lab, guests)
        cleanup.callback(made.close)
        yield made


def test_beside_firewalld(scene: Scene, tmp_path: Path) -> None:
    """Machines reach the outside; nobody reaches them where they are translated."""
    verdicts = scene.judge(everywhere(scene), tmp_path, "libvirt, nothing bound")
    verdicts.check()
    assert verdicts.fate("vm1", OUTSIDE, 80) == "accept"
    assert verdicts.fate("vm1", "192.168.122.3", 80) == "accept"
    assert verdicts.fate("ext", "192.168.122.2", 80) == "reject"
    outcome = scene.lab.nicfix("check", "--json")
    finding = outcome.finding("uplink-unbound", UPLINK)
    assert finding["severity"] == "error"
    assert "virbr0" not in " ".join(finding["evidence"])


def test_apply_lets_the_pod_out(scene: Scene, tmp_path: Path) -> None:
    """The fix for the pod cures it and changes nothing of libvirt's."""
    assert scene.lab.nicfix("apply").code == 0
    verdicts = scene.judge(everywhere(scene), tmp_path, "libvirt, applied")
    verdicts.check()
    assert verdicts.fate("pod", OUTSIDE, 80) == "accept"
    assert verdicts.fate("vm1", OUTSIDE, 80) == "accept"
    outcome = scene.lab.nicfix("check", "--json")
    assert outcome.findings("error") == [], outcome
