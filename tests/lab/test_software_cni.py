# SPDX-License-Identifier: GPL-2.0-or-later
"""The CNI plugins bridge, portmap and firewall beside firewalld, as on a small Kubernetes: every
verdict against real packets."""
from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import OUTSIDE, UPLINK, UPLINK_ADDRESS, Lab, Plan
from labkit import cni
from labkit.namespaces import Namespace
from labkit.scene import Party, Scene, Target, Verdicts, everywhere

# The tests of a module share what they have running, one after the other.
pytestmark = pytest.mark.xdist_group("test_software_cni")

HOST_PORT = 8092
UDP_HOST_PORT = 8093


def bridge_of(name: str, subnet: str) -> dict[str, object]:
    """The plugin that makes a bridge."""
    return {
        "type": "bridge", "bridge": name, "isGateway": True, "ipMasq": True,
        "ipam": {"type": "host-local", "dataDir": f"/run/cni-{name}",
                 "ranges": [[{"subnet": subnet}]], "routes": [{"dst": "0.0.0.0/0"}]},
    }


def ports(*mappings: tuple[int, int, str]) -> dict[str, object]:
    """The plugin that publishes ports of the host."""
    keys = ("hostPort", "containerPort", "protocol")
    return {"type": "portmap", "capabilities": {"portMappings": True},
            "runtimeConfig": {"portMappings": [dict(zip(keys, one)) for one in mappings]}}


@pytest.fixture(scope="module")
def scene(nicfix: Path) -> Iterator[Scene]:
    """One pod with published ports whose firewall plugin talks to firewalld, and one whose plugin
    writes rules of iptables."""
    with contextlib.ExitStack() as cleanup:
        lab = cleanup.enter_context(Lab(nicfix, Plan()))
        web, db = Namespace("web"), Namespace("db")
        for guest in (web, db):
            cleanup.callback(guest.close)
        cni.add(lab.host, web, [
            bridge_of("cni1", "10.85.0.0/24"),
            ports((HOST_PORT, 80, "tcp"), (UDP_HOST_PORT, 9999, "udp")),
            {"type": "firewall"},
        ], lab.bus.env)
        cni.add(lab.host, db, [
            bridge_of("cni2", "10.86.0.0/24"), {"type": "firewall", "backend": "iptables"},
        ], lab.bus.env)
        made = Scene(lab, [Party.find("web", "cni1", web), Party.find("db", "cni2", db)])
        cleanup.callback(made.close)
        yield made


def judge(scene: Scene, folder: Path, what: str) -> Verdicts:
    """Everyone to everyone, and to the published ports."""
    own = [scene.own_address(link) for link in (UPLINK, "cni0", "cni1", "cni2")]
    extra = [Target(address, HOST_PORT, answers=True) for address in own]
    extra += [Target(address, UDP_HOST_PORT, "udp", True) for address in own]
    return scene.judge(everywhere(scene, *extra), folder, what)


def test_beside_firewalld(scene: Scene, tmp_path: Path) -> None:
    """The pod that firewalld trusts reaches everything; what iptables' rules accept, firewalld still
    refuses."""
    verdicts = judge(scene, tmp_path, "cni, nothing bound")
    verdicts.check()
    assert verdicts.fate("ext", UPLINK_ADDRESS, HOST_PORT) == "accept"
    assert verdicts.fate("ext", UPLINK_ADDRESS, UDP_HOST_PORT) == "accept"
    assert verdicts.fate("web", OUTSIDE, 80) == "accept"
    assert verdicts.fate("db", OUTSIDE, 80) == "reject"
    finding = scene.lab.nicfix("check", "--json").finding("uplink-unbound", UPLINK)
    evidence = " ".join(finding["evidence"])
    assert finding["severity"] == "error"
    assert "cni0" in evidence and "cni2" in evidence and "cni1" not in evidence


def test_apply_lets_them_out(scene: Scene, tmp_path: Path) -> None:
    """One binding cures both, and hurts nobody."""
    assert scene.lab.nicfix("apply").code == 0
    verdicts = judge(scene, tmp_path, "cni, applied")
    verdicts.check()
    assert verdicts.fate("db", OUTSIDE, 80) == "accept"
    assert verdicts.fate("pod", OUTSIDE, 80) == "accept"
    assert verdicts.fate("ext", UPLINK_ADDRESS, HOST_PORT) == "accept"
    outcome = scene.lab.nicfix("check", "--json")
    assert outcome.findings("error") == [], outcome
