# SPDX-License-Identifier: GPL-2.0-or-later
"""kube-proxy's rules beside firewalld, in both of its modes: every verdict against real packets.
kube-proxy itself is in no distribution; its rules are loaded as it writes them."""
from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import OUTSIDE, UPLINK_ADDRESS, Lab, Plan
from labkit import cni
from labkit.namespaces import Namespace
from labkit.scene import Party, Scene, Target, Verdicts, everywhere

# The tests of a module share what they have running, one after the other.
pytestmark = pytest.mark.xdist_group("test_software_kube")

RULESETS = Path(__file__).parent / "rulesets"
NODE_PORT = 30080
HIDDEN_PORT = 30099
SERVICES = {"web": "10.96.0.10", "sticky": "10.96.0.11", "gone": "10.96.0.99",
            "unallocated": "10.96.7.7"}


@pytest.fixture(scope="module")
def scene(nicfix: Path) -> Iterator[Scene]:
    """The pod is an endpoint of all services, and a pod on another bridge is one of web. Their ports
    are in hairpin mode, as kubelet has it."""
    with contextlib.ExitStack() as cleanup:
        lab = cleanup.enter_context(Lab(nicfix, Plan()))
        web = Namespace("web")
        cleanup.callback(web.close)
        cni.add(lab.host, web, [{
            "type": "bridge", "bridge": "cni1", "isGateway": True, "hairpinMode": True,
            "ipam": {"type": "host-local", "dataDir": "/run/cni-lab",
                     "ranges": [[{"subnet": "10.85.0.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]},
        }], lab.bus.env)
        lab.host.run("ip", "link", "set", "vethpod", "type", "bridge_slave", "hairpin", "on")
        made = Scene(lab, [Party.find("web", "cni1", web)])
        cleanup.callback(made.close)
        yield made


def judge(scene: Scene, folder: Path, what: str) -> Verdicts:
    """Everyone to everyone, and to the services."""
    services = [Target(address, port) for address in SERVICES.values() for port in (80, 81)]
    ports = [Target(UPLINK_ADDRESS, NODE_PORT, answers=True), Target(UPLINK_ADDRESS, HIDDEN_PORT)]
    return scene.judge(everywhere(scene, *services, *ports), folder, what)


def check(scene: Scene, folder: Path, what: str) -> Verdicts:
    """With and without the fix for the pods, everything is as nicfix says."""
    verdicts = judge(scene, folder, what)
    verdicts.check()
    for sender in ("pod", "web", "ext", None):
        assert verdicts.fate(sender, SERVICES["web"], 80) == "accept"
        assert verdicts.fate(sender, SERVICES["gone"], 80) == "reject"
    assert verdicts.fate("ext", UPLINK_ADDRESS, NODE_PORT) == "accept"
    return verdicts


def test_mode_iptables(scene: Scene, tmp_path: Path) -> None:
    """Services work although firewalld refuses the pods the way out; node ports as well."""
    rules = (RULESETS / "kube-proxy.iptables").read_bytes()
    scene.lab.host.run("iptables-nft-restore", "--noflush", stdin=rules)
    verdicts = check(scene, tmp_path, "kube-proxy in mode iptables")
    assert verdicts.fate("pod", OUTSIDE, 80) == "reject"
    assert scene.lab.nicfix("apply").code == 0
    verdicts = check(scene, tmp_path, "kube-proxy in mode iptables, applied")
    assert verdicts.fate("pod", OUTSIDE, 80) == "accept"
    outcome = scene.lab.nicfix("check", "--json")
    assert outcome.findings("error") == [], outcome


def test_mode_nftables(scene: Scene, tmp_path: Path) -> None:
    """The same with verdict maps in a table of its own, whatever test ran before."""
    assert scene.lab.nicfix("apply").code == 0
    for table in ("filter", "nat"):
        scene.lab.host.run("nft", "delete", "table", "ip", table, check=False)
    scene.lab.host.run("nft", "-f", str(RULESETS / "kube-proxy.nft"))
    verdicts = check(scene, tmp_path, "kube-proxy in mode nftables")
    assert verdicts.fate("ext", UPLINK_ADDRESS, HIDDEN_PORT) == "drop"
    assert verdicts.fate("pod", SERVICES["unallocated"], 80) == "drop"
    outcome = scene.lab.nicfix("check", "--json")
    assert outcome.findings("error") == [], outcome
