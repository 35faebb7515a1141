# SPDX-License-Identifier: GPL-2.0-or-later
"""No false alarm and no false calm: on firewalls as people have them, check must find an error
exactly if packets fail, and its fix must make them pass. Hosts with devices that a kernel may lack
are snapshots, see tests/unit/model/diagnosis/test-diagnosis.c."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from lab import FAR_OUTSIDE, Lab, LabMaker, UPLINK
from labkit.firewalld import FirewalldConfig


def _policy(ingress: str, egress: str, target: str, body: str = "") -> str:
    return (
        f'<policy target="{target}"><ingress-zone name="{ingress}"/>'
        f'<egress-zone name="{egress}"/>{body}</policy>\n'
    )


def _interfaces(*names: str) -> str:
    return "".join(f'<interface name="{name}"/>' for name in names)


@dataclass(frozen=True)
class Host:
    """A firewall, and whether traffic from the pod passes it."""

    passes: bool
    config: FirewalldConfig = field(default_factory=FirewalldConfig)
    links: str = ""
    curable: bool = True  # whether check offers a fix if it does not pass


HOSTS = {
    "nothing is bound": Host(passes=False),
    "both are bound to one zone": Host(
        True, FirewalldConfig(zones={"public": _interfaces("cni0", UPLINK) + "<forward/>"})
    ),
    "the uplink is bound, the pods are not": Host(
        True, FirewalldConfig(zones={"public": _interfaces(UPLINK) + "<forward/>"})
    ),
    "the uplink is bound to a zone without forward": Host(
        False, FirewalldConfig(zones={"public": _interfaces(UPLINK)})
    ),
    "the uplink is bound to another zone": Host(
        False, FirewalldConfig(zones={"external": _interfaces(UPLINK) + "<masquerade/>"})
    ),
    "the uplink is bound by a wildcard": Host(
        True, FirewalldConfig(zones={"public": _interfaces("enp+") + "<forward/>"})
    ),
    "k3s: the pods' bridge is in trusted": Host(
        True,
        FirewalldConfig(zones={"trusted": _interfaces("cni0")}, zone_targets={"trusted": "ACCEPT"}),
    ),
    "k3s: the pods' network is a source of trusted": Host(
        True,
        FirewalldConfig(
            zones={"trusted": '<source address="10.244.0.0/16"/>'},
            zone_targets={"trusted": "ACCEPT"},
        ),
    ),
    "only another network is a source of trusted": Host(
        False,
        FirewalldConfig(
            zones={"trusted": '<source address="10.42.0.0/16"/>'},
            zone_targets={"trusted": "ACCEPT"},
        ),
    ),
    "the uplink is in trusted": Host(
        False,
        FirewalldConfig(zones={"trusted": _interfaces(UPLINK)}, zone_targets={"trusted": "ACCEPT"}),
    ),
    "Docker: its zone accepts, its policy lets others in": Host(
        True,
        FirewalldConfig(
            zones={"docker": _interfaces("cni0")},
            zone_targets={"docker": "ACCEPT"},
            files={"policies/docker-forwarding.xml": _policy("ANY", "docker", "ACCEPT")},
        ),
    ),
    "libvirt: a NAT network with its policy": Host(
        True,
        FirewalldConfig(
            zones={"libvirt": _interfaces("cni0") + '<rule priority="32767"><reject/></rule>'},
            zone_targets={"libvirt": "ACCEPT"},
        ),
    ),
    "a router: the policy from home to the outside": Host(
        True,
        FirewalldConfig(
            zones={"home": _interfaces("cni0"), "external": _interfaces(UPLINK)},
            files={"policies/out.xml": _policy("home", "external", "ACCEPT")},
        ),
    ),
    "a router: the policy names the default zone, which nothing is bound to": Host(
        False,
        FirewalldConfig(
            zones={"home": _interfaces("cni0")},
            files={"policies/out.xml": _policy("home", "public", "ACCEPT")},
        ),
    ),
    "a policy from anywhere to anywhere": Host(
        True, FirewalldConfig(files={"policies/all.xml": _policy("ANY", "ANY", "ACCEPT")})
    ),
    "the default zone is drop": Host(False, FirewalldConfig(default_zone="drop")),
    "the pods are in drop": Host(
        False,
        FirewalldConfig(zones={"drop": _interfaces("cni0")}, zone_targets={"drop": "DROP"}),
    ),
    "two ways out": Host(
        False,
        FirewalldConfig(zones={"public": _interfaces(UPLINK) + "<forward/>"}),
        # The second nexthop is a dead end; packets take the first.
        links="link add enp3s0 type veth peer name nowhere\n"
        "addr add 192.168.151.130/24 dev enp3s0\nlink set enp3s0 up\nlink set nowhere up\n"
        "route add default via 192.168.151.1 dev enp3s0 table 100\nrule add table 100\n",
    ),
}


@pytest.mark.parametrize("name", HOSTS)
def test_check_finds_errors_exactly_if_packets_fail(make_lab: LabMaker, name: str) -> None:
    """An error if the pod's new connections are rejected, none if they pass; and the offered fix
    makes them pass."""
    host = HOSTS[name]
    lab = make_lab(firewalld=host.config, links=host.links)
    if name != "two ways out":
        assert passes(lab) == host.passes
    check = lab.nicfix("check", "--json")
    errors = [f for f in check.json["findings"] if f["severity"] == "error"]
    assert bool(errors) != host.passes, check
    if host.passes:
        return
    for finding in errors:
        assert finding["fix"], finding
        assert lab.nicfix(*finding["fix"]["command"][1:]).code == 0
    if name != "two ways out":
        assert passes(lab)
    after = lab.nicfix("check", "--json", "--fail-on", "error")
    assert after.code == 0, after


def passes(lab: Lab) -> bool:
    """Whether the pod reaches the outside, by TCP and by ICMP."""
    ways = {lab.tcp() == "connected", lab.ping(FAR_OUTSIDE) == "reply"}
    assert len(ways) == 1, ways
    return ways.pop()


def test_pods_of_one_node_with_br_netfilter(make_lab: LabMaker) -> None:
    """Bridged packets are rejected like forwarded ones, and binding the bridge cures it."""
    lab = make_lab()
    lab.host.ip(
        f"link add vethtwo type veth peer name eth1 netns {lab.ext.pid}\n"
        "link set vethtwo master cni0 up\n"
    )
    lab.ext.ip("addr add 10.244.2.7/24 dev eth1\nlink set eth1 up\n")
    lab.ext.ip("route del 10.244.2.0/24 via 192.168.150.130\n")
    lab.host.sysctl({"net.bridge.bridge-nf-call-iptables": 0})
    assert lab.ping("10.244.2.7") == "reply"
    assert not bridge_findings(lab)
    lab.host.sysctl({"net.bridge.bridge-nf-call-iptables": 1})
    assert lab.ping("10.244.2.7") == "filtered"
    (finding,) = bridge_findings(lab)
    assert lab.nicfix(*finding["fix"]["command"][1:]).code == 0
    assert lab.ping("10.244.2.7") == "reply"
    assert not bridge_findings(lab)


def bridge_findings(lab: Lab) -> list[dict[str, object]]:
    """The errors about the bridge itself."""
    findings = lab.nicfix("check", "--json").json["findings"]
    return [f for f in findings if f["id"] == "forward-blocked" and f["interface"] == "cni0"]
