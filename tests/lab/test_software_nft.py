# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables that an administrator has written by hand beside firewalld: one port for each expression,
every verdict against real packets, and switched frames with br_netfilter and without."""
from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import OUTSIDE, UPLINK, UPLINK_ADDRESS, Lab, Plan
from labkit.namespaces import Namespace
from labkit.scene import Party, Scene, Target, everywhere

# The tests of a module share what they have running, one after the other.
pytestmark = pytest.mark.xdist_group("test_software_nft")

RULESETS = Path(__file__).parent / "rulesets"
PORTS = [
    *range(7105, 7114), *range(7120, 7126), 7130, 7131, *range(7140, 7154), 7155, 7157, 7160,
    *range(7162, 7167), *range(7169, 7182), *range(7200, 7207), *range(7210, 7215), 7220, 7221,
    7230, *range(7240, 7243),
]
V6 = ("fd00:1::2", "fd00:2::2")


@pytest.fixture(scope="module")
def scene(nicfix: Path) -> Iterator[Scene]:
    """The pod has a neighbour on its bridge, and both families have addresses."""
    with contextlib.ExitStack() as cleanup:
        lab = cleanup.enter_context(Lab(nicfix, Plan()))
        near = Namespace("near")
        cleanup.callback(near.close)
        lab.host.sysctl({"net.ipv6.conf.all.forwarding": 1})
        lab.host.ip(
            f"link add vethnear type veth peer name eth0 netns {near.pid}\n"
            "link set vethnear master cni0 up\n"
            f"addr add fd00:1::1/64 dev cni0 nodad\naddr add fd00:2::1/64 dev {UPLINK} nodad\n"
            f"neigh replace fd00:1::2 lladdr {mac(lab.pod)} dev cni0 nud permanent\n"
            f"neigh replace fd00:2::2 lladdr {mac(lab.ext)} dev {UPLINK} nud permanent\n"
        )
        near.ip("addr add 10.244.2.3/24 dev eth0\nlink set eth0 up\n"
                "route add default via 10.244.2.1\n")
        lab.pod.ip("addr add fd00:1::2/64 dev eth0 nodad\nroute add default via fd00:1::1\n")
        lab.ext.ip("addr add fd00:2::2/64 dev eth0 nodad\nroute add default via fd00:2::1\n")
        assert lab.nicfix("apply", "--zone", "public", "--interface", UPLINK).code == 0
        lab.firewall_cmd("--zone=public", "--add-interface=cni0")
        lab.host.run("nft", "-f", str(RULESETS / "by-hand.nft"))
        made = Scene(lab, [Party.find("near", "cni0", near)])
        cleanup.callback(made.close)
        yield made


def mac(namespace: Namespace) -> str:
    """The MAC address of a namespace's eth0."""
    return namespace.run("cat", "/sys/class/net/eth0/address").stdout.decode().strip()


def test_every_expression(scene: Scene, tmp_path: Path) -> None:
    """To the outside, to the pod and its neighbour, and to ports that are translated."""
    addresses = (OUTSIDE, scene.pod.addresses[0], "10.244.2.3")
    targets = [Target(address, port) for port in PORTS for address in addresses]
    targets += [Target(address, port) for port in (7107, 7120, 7145, 7147, 7170) for address in V6]
    targets += [Target(UPLINK_ADDRESS, port) for port in range(7200, 7205)]
    targets += [Target(OUTSIDE, 7190, "udp"), Target(UPLINK_ADDRESS, 7231, "udp")]
    verdicts = scene.judge([*everywhere(scene), *targets], tmp_path, "by hand")
    verdicts.check()
    assert verdicts.fate("pod", OUTSIDE, 7100 + 21) == "reject"
    assert verdicts.fate("ext", UPLINK_ADDRESS, 7200) == "accept"


def test_frames_that_netfilter_does_not_see(scene: Scene, tmp_path: Path) -> None:
    """Without br_netfilter, only the chains of family bridge decide between two ports."""
    scene.lab.host.sysctl({"net.bridge.bridge-nf-call-iptables": 0})
    targets = [Target(address, port) for port in (80, 7120, 7140, 7165, 7200, 7240, 7241, 7242)
               for address in (scene.pod.addresses[0], "10.244.2.3", OUTSIDE)]
    verdicts = scene.judge(targets, tmp_path, "by hand, no br_netfilter")
    verdicts.check()
    assert verdicts.fate("pod", "10.244.2.3", 7120) == "accept"
    assert verdicts.fate("pod", "10.244.2.3", 7241) == "drop"


@pytest.mark.parametrize("with_br_netfilter", [0, 1])
def test_isolated_ports(scene: Scene, tmp_path: Path, with_br_netfilter: int) -> None:
    """The bridge passes nothing between isolated ports; everyone else is reached."""
    host = scene.lab.host
    host.sysctl({"net.bridge.bridge-nf-call-iptables": with_br_netfilter})
    targets = [Target(address, 7120) for address in (scene.pod.addresses[0], "10.244.2.3", OUTSIDE)]
    for one in ("vethpod", "vethnear"):
        host.run("ip", "link", "set", one, "type", "bridge_slave", "isolated", "on")
    try:
        verdicts = scene.judge(targets, tmp_path, f"isolated, br_netfilter {with_br_netfilter}")
    finally:
        for one in ("vethpod", "vethnear"):
            host.run("ip", "link", "set", one, "type", "bridge_slave", "isolated", "off")
    verdicts.check()
    assert verdicts.fate("pod", "10.244.2.3", 7120) == "drop"
    assert verdicts.fate("near", scene.pod.addresses[0], 7120) == "drop"
