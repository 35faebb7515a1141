# SPDX-License-Identifier: GPL-2.0-or-later
"""Reports from the field, replayed with real packets: the symptom, what check finds, the fix that it
offers, what that opens, and that it lasts and can be undone."""
from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import FAR_OUTSIDE, OUTSIDE, Lab, LabMaker, UPLINK, UPLINK_ADDRESS
from labkit.docker import Docker
from labkit.engines import EngineNamespace
from labkit.firewalld import FORWARD, FirewalldConfig, bound
from labkit.namespaces import Namespace
from labkit.replay import Replay
from labkit.scene import Party, Scene, Target
from labkit.services import Service
from labkit.tunnel import Tunnel

LAN = "enp1s0"
_STOCK_INTERNAL = '<service name="ssh"/><service name="dhcpv6-client"/>'


@pytest.fixture
def cleanup() -> Iterator[contextlib.ExitStack]:
    """What a test starts ends with it."""
    with contextlib.ExitStack() as stack:
        yield stack


def settle(namespace: Namespace, own: str, address: str) -> None:
    """Gives who is in NAMESPACE its ADDRESS, and the host's address OWN as the gateway."""
    gateway = own.partition("/")[0]
    namespace.ip(
        f"addr add {address} dev eth0\nlink set eth0 up\nroute add default via {gateway}\n"
    )


def guest(
    cleanup: contextlib.ExitStack, lab: Lab, name: str, link: str, own: str, address: str
) -> Party:
    """Someone at ADDRESS on a line of its own to LINK, where the host has the address OWN, both with
    the length of their network."""
    namespace = Namespace(name)
    cleanup.callback(namespace.close)
    lab.host.ip(
        f"link add {link} type veth peer name eth0 netns {namespace.pid}\n"
        f"addr add {own} dev {link}\nlink set {link} up\n"
    )
    settle(namespace, own, address)
    return Party.find(name, link, namespace)


def scene_of(
    cleanup: contextlib.ExitStack, lab: Lab, *guests: Party, with_pod: bool = False,
    uplink: str = UPLINK,
) -> Scene:
    """The scene with GUESTS; without the pod the host has no cni0 either."""
    if not with_pod:
        lab.host.ip("link del cni0\nlink del vethpod\n")
    scene = Scene(lab, guests, with_pod, uplink)
    cleanup.callback(scene.close)
    return scene


# ---- routers ----


def router(make_lab: LabMaker, cleanup: contextlib.ExitStack) -> Scene:
    """A LAN in zone internal, the Internet behind zone external, and nothing between the two."""
    lab = make_lab(
        firewalld=FirewalldConfig(zones={
            "internal": _STOCK_INTERNAL + bound(LAN) + FORWARD,
            "external": '<service name="ssh"/><masquerade/>' + bound(UPLINK) + FORWARD,
        }),
        hardware=(LAN, UPLINK),
    )
    lan = guest(cleanup, lab, "lan", LAN, "10.20.0.1/24", "10.20.0.2/24")
    return scene_of(cleanup, lab, lan)


def test_router(make_lab: LabMaker, cleanup: contextlib.ExitStack, tmp_path: Path) -> None:
    """The cure is a policy. The WAN stays out of internal, whose services are not for the Internet,
    and stays masqueraded."""
    scene = router(make_lab, cleanup)
    replay = Replay(scene, tmp_path, [("lan", Target(OUTSIDE, 80)), ("lan", Target(FAR_OUTSIDE))])
    finding = replay.finding("need-refused", interface=LAN)
    assert finding["severity"] == "error"
    assert finding["need"]["kind"] == "lan-to-wan"
    document = replay.cure()
    assert {one["op"] for one in document["actions"]} == {"add-policy"}
    assert [one for one in document["opens"] if one["to"] is None] == []
    assert document["closes"] == []


def test_router_is_asked_for_the_wrong_cure(
    make_lab: LabMaker, cleanup: contextlib.ExitStack
) -> None:
    """The WAN in internal would open the router to the Internet: refused, and the better one named."""
    lab = router(make_lab, cleanup).lab
    outcome = lab.nicfix("apply", "--zone", "internal", "--interface", UPLINK, "--move")
    assert outcome.code == 2, outcome
    assert "nicfix apply" in outcome.stderr
    assert UPLINK in lab.firewall_cmd("--zone=external", "--list-interfaces")


# ---- pods without a bridge ----


def calico_pod(cleanup: contextlib.ExitStack, lab: Lab, name: str, address: str) -> Party:
    """A pod as Calico attaches it: a host route to a link without an address."""
    namespace = Namespace(name)
    cleanup.callback(namespace.close)
    link = f"cali{name}"
    lab.host.ip(
        f"link add {link} type veth peer name eth0 netns {namespace.pid}\nlink set {link} up\n"
        f"route add {address} dev {link} scope link\n"
    )
    lab.host.sysctl({f"net.ipv4.conf.{link}.proxy_arp": 1, f"net.ipv4.neigh.{link}.proxy_delay": 0})
    namespace.ip(
        f"addr add {address}/32 dev eth0\nlink set eth0 up\n"
        "route add 169.254.1.1 dev eth0 scope link\nroute add default via 169.254.1.1 dev eth0\n"
    )
    return Party.find(name, link, namespace)


def test_calico(make_lab: LabMaker, cleanup: contextlib.ExitStack, tmp_path: Path) -> None:
    """Pod to pod, node to pod and pod to the outside are refused; one cure for all of them, which also
    holds for the next pod."""
    lab = make_lab(hardware=(UPLINK,))
    pods = [calico_pod(cleanup, lab, "one", "10.42.1.2"), calico_pod(cleanup, lab, "two", "10.42.1.3")]
    lab.host.ip(f"route add 10.42.2.0/24 via {OUTSIDE} dev {UPLINK} proto bird\n"
                "route add blackhole 10.42.1.0/24 proto bird\n")
    lab.ext.ip(f"route add 10.42.1.0/24 via {UPLINK_ADDRESS}\naddr add 10.42.2.2/32 dev lo\n")
    scene = scene_of(cleanup, lab, *pods)
    replay = Replay(scene, tmp_path, [
        ("one", Target("10.42.1.3", 80)), ("two", Target("10.42.1.2")),
        ("ext", Target("10.42.1.2", 80)), ("ext", Target("10.42.1.3", 80)),
        ("one", Target(OUTSIDE, 80)), ("two", Target(OUTSIDE, 80)), ("one", Target("10.42.2.2", 80)),
    ])
    finding = next(one for one in lab.nicfix("check", "--json").json["findings"]
                   if one["id"] == "need-refused" and one["need"]["kind"] == "pod-to-pod")
    assert finding["severity"] == "error"
    assert "between the pods on calione and calitwo" in finding["message"]
    replay.cure()


# ---- a NIC that is in drop on purpose ----


def test_public_nic_in_drop(
    make_lab: LabMaker, cleanup: contextlib.ExitStack, tmp_path: Path
) -> None:
    """It stays there: the pods' network becomes a source of a zone that accepts."""
    lab = make_lab(
        firewalld=FirewalldConfig(zones={"drop": bound(UPLINK) + FORWARD},
                                  zone_targets={"drop": "DROP"}),
        hardware=(UPLINK,),
    )
    scene = scene_of(cleanup, lab, with_pod=True)
    replay = Replay(scene, tmp_path, [("pod", Target(OUTSIDE, 80)), ("pod", Target(FAR_OUTSIDE))])
    replay.cure()
    assert UPLINK in lab.firewall_cmd("--zone=drop", "--list-interfaces")


# ---- a VPN that is not the default route ----


def test_split_tunnel(make_lab: LabMaker, cleanup: contextlib.ExitStack, tmp_path: Path) -> None:
    """Pods reach the Internet, but not the company's network behind tun0."""
    lab = make_lab(
        firewalld=FirewalldConfig(zones={"public": bound(UPLINK) + bound("cni0") + FORWARD}),
        hardware=(UPLINK,),
    )
    site = Namespace("site")
    cleanup.callback(site.close)
    tunnel = Tunnel(lab.host, "tun0", site, "eth0")
    cleanup.callback(tunnel.close)
    lab.host.ip("addr add 10.8.0.2/24 dev tun0\nlink set tun0 up\nroute add 10.99.0.0/16 dev tun0\n")
    site.ip("addr add 10.99.0.5/16 dev eth0\nlink set eth0 up\nroute add default dev eth0\n")
    scene = scene_of(cleanup, lab, Party.find("site", "tun0", site), with_pod=True)
    replay = Replay(scene, tmp_path, [("pod", Target("10.99.0.5", 80)), ("pod", Target("10.99.0.5"))])
    finding = replay.finding("need-refused", interface="cni0")
    assert finding["need"]["kind"] == "site-to-site"
    assert finding["severity"] == "error"
    replay.cure()


# ---- services of the host for what is behind a bridge ----


def bridged(cleanup: contextlib.ExitStack, lab: Lab, name: str, bridge: str, own: str,
            address: str) -> Party:
    """Someone at ADDRESS on a port of BRIDGE, which the host makes with the address OWN."""
    namespace = Namespace(name)
    cleanup.callback(namespace.close)
    lab.host.ip(
        f"link add {bridge} type bridge\naddr add {own} dev {bridge}\nlink set {bridge} up\n"
        f"link add port{name} type veth peer name eth0 netns {namespace.pid}\n"
        f"link set port{name} master {bridge} up\n"
    )
    settle(namespace, own, address)
    return Party.find(name, bridge, namespace)


def gets_a_lease(machine: Namespace) -> bool:
    """Whether a DHCP server answers MACHINE."""
    done = machine.run("busybox", "udhcpc", "-i", "eth0", "-n", "-q", "-f", "-t", "3", "-T", "1",
                       "-s", "/bin/true", check=False)
    return done.returncode == 0


def test_dhcp_and_dns_of_a_bridge(
    make_lab: LabMaker, cleanup: contextlib.ExitStack, tmp_path: Path
) -> None:
    """A virtual machine gets neither an address nor a name resolved: the bridge's own dnsmasq is not
    asked."""
    lab = make_lab(
        firewalld=FirewalldConfig(zones={"public": bound(UPLINK) + FORWARD}), hardware=(UPLINK,)
    )
    machine = bridged(cleanup, lab, "vm", "lxdbr0", "10.66.0.1/24", "10.66.0.2/24")
    dnsmasq = Service(lab.host, "dnsmasq", [
        "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--user=root", "--no-resolv",
        "--no-hosts", "--interface=lxdbr0", "--except-interface=lo", "--bind-interfaces",
        "--dhcp-range=10.66.0.100,10.66.0.200", "--no-ping", "--log-facility=-",
        f"--dhcp-leasefile={tmp_path}/leases", "--pid-file=", "--address=/lab/10.66.0.1",
    ], tmp_path, {})
    dnsmasq.spawn()
    cleanup.callback(dnsmasq.stop)
    dnsmasq.wait_until(lambda: "DHCP, sockets bound" in dnsmasq.log(), "DHCP server")
    assert not gets_a_lease(machine.namespace)
    scene = scene_of(cleanup, lab, machine)
    replay = Replay(scene, tmp_path, [("vm", Target("10.66.0.1", 53, answers=True))])
    finding = replay.finding("need-refused", interface="lxdbr0")
    assert finding["severity"] == "error"
    assert finding["need"]["kind"] == "host-service"
    leases = []

    def lease() -> None:
        leases.append(gets_a_lease(machine.namespace))

    document = replay.cure(again=[lease])
    assert leases == [True], document
    assert not gets_a_lease(machine.namespace)


def test_port_on_the_address_of_a_bridge(
    make_lab: LabMaker, cleanup: contextlib.ExitStack, tmp_path: Path
) -> None:
    """A program of the host listens for the pods, and they do not reach it."""
    lab = make_lab(
        firewalld=FirewalldConfig(zones={"public": bound(UPLINK) + FORWARD}), hardware=(UPLINK,)
    )
    listener = cleanup.enter_context(lab.host.socket())
    listener.bind(("10.244.2.1", 8095))
    listener.listen()
    scene = scene_of(cleanup, lab, with_pod=True)
    replay = Replay(scene, tmp_path, [("pod", Target("10.244.2.1", 8095, answers=True))])
    finding = replay.finding("need-refused", interface="cni0")
    assert finding["need"]["kind"] == "host-service"
    replay.cure()


# ---- a NIC by another name ----

_WORK = '<service name="ssh"/><service name="http"/>'


def test_renamed_nic(make_lab: LabMaker, cleanup: contextlib.ExitStack, tmp_path: Path) -> None:
    """The zone of the old name, which is an alternative name now, is the one to bind it to."""
    lab = make_lab(
        firewalld=FirewalldConfig(zones={"work": _WORK + bound("eth0") + FORWARD}),
        hardware=(UPLINK,), forwarding=False,
    )
    lab.host.ip(f"link property add dev {UPLINK} altname eth0\n")
    scene = scene_of(cleanup, lab)
    document = Replay(scene, tmp_path, [("ext", Target(UPLINK_ADDRESS, 80))]).cure()
    assert {one["to"] for one in document["actions"]} == {"work"}


def test_nic_that_became_the_port_of_a_bridge(
    make_lab: LabMaker, cleanup: contextlib.ExitStack, tmp_path: Path
) -> None:
    """The firewall sees the bridge now: it takes the place of its port."""
    lab = make_lab(
        firewalld=FirewalldConfig(zones={"work": _WORK + bound(UPLINK) + FORWARD}),
        hardware=(UPLINK,), forwarding=False,
    )
    lab.host.ip(
        f"link add br0 type bridge\nlink set {UPLINK} master br0\nlink set br0 up\n"
        f"addr del {UPLINK_ADDRESS}/24 dev {UPLINK}\naddr add {UPLINK_ADDRESS}/24 dev br0\n"
        f"route add default via {OUTSIDE} dev br0\n"
    )
    scene = scene_of(cleanup, lab, uplink="br0")
    document = Replay(scene, tmp_path, [("ext", Target(UPLINK_ADDRESS, 80))]).cure()
    assert {one["to"] for one in document["actions"]} == {"work"}
    assert {one["interface"] for one in document["actions"]} == {"br0"}


# ---- Docker's bridge in no zone ----


def test_docker_bridge_in_no_zone(
    make_lab: LabMaker, cleanup: contextlib.ExitStack, tmp_path: Path
) -> None:
    """It goes back to Docker's own zone: bound elsewhere, dockerd would fail to start."""
    lab = make_lab(
        firewalld=FirewalldConfig(zones={"work": bound(UPLINK) + FORWARD}), hardware=(UPLINK,)
    )
    engines = EngineNamespace(lab.host)
    cleanup.callback(engines.close)
    docker = Docker(engines, lab.bus.env)
    docker.start()
    cleanup.callback(docker.service.stop)
    web = Party.find("web", "docker0", docker.run("web"))
    lab.firewall_cmd("--zone=docker", "--remove-interface=docker0")
    lab.firewall_cmd("--permanent", "--zone=docker", "--remove-interface=docker0")
    scene = scene_of(cleanup, lab, web)
    replay = Replay(scene, tmp_path, [("web", Target(OUTSIDE, 80))])
    outcome = lab.nicfix("apply", "--json")
    assert outcome.code == 0, outcome
    assert {one["to"] for one in outcome.json["actions"]} == {"docker"}
    assert replay.needed() <= replay.passes("applied")
    docker.service.stop()
    docker.start()
    assert "ZONE_CONFLICT" not in docker.service.log()
