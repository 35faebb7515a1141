# SPDX-License-Identifier: GPL-2.0-or-later
"""IPv6_rpfilter of a host with two ways to the rest of the Internet, asked of nicfix and of packets."""
from __future__ import annotations

import socket

from lab import UPLINK, Lab, LabMaker
from labkit.firewalld import FirewalldConfig

SECOND = "wan1"
FAR = "2001:db8::7"  # behind both uplinks
NEAR = {UPLINK: "fd00:1::2", SECOND: "fd00:2::2"}
HOST = {UPLINK: "fd00:1::1", SECOND: "fd00:2::1"}
FIREWALL = '<service name="ssh"/>'


def with_two_uplinks(make_lab: LabMaker, option: str) -> Lab:
    """The first default route has the better metric."""
    lab = make_lab(
        firewalld=FirewalldConfig(
            zones={"public": FIREWALL}, options={"IPv6_rpfilter": option}
        )
    )
    lab.ext.sysctl({"net.ipv6.conf.default.accept_dad": 0, "net.ipv6.conf.eth0.accept_dad": 0})
    lab.host.ip(
        f"link add {SECOND} type veth peer name {SECOND} netns {lab.ext.pid}\n"
        f"addr add {HOST[UPLINK]}/64 dev {UPLINK} nodad\n"
        f"addr add {HOST[SECOND]}/64 dev {SECOND} nodad\n"
        f"link set {SECOND} up\n"
    )
    lab.ext.ip(
        f"addr add {NEAR[UPLINK]}/64 dev eth0 nodad\n"
        f"addr add {NEAR[SECOND]}/64 dev {SECOND} nodad\n"
        f"addr add {FAR}/128 dev lo nodad\n"
        f"link set {SECOND} up\n"
    )
    lab.host.ip(
        f"route add default via {NEAR[UPLINK]} dev {UPLINK} metric 100\n"
        f"route add default via {NEAR[SECOND]} dev {SECOND} metric 200\n"
    )
    return lab


def arrives(lab: Lab, source: str, uplink: str, patience: float) -> bool:
    """Whether a connection to a port that is open in the firewall, and that nobody listens on, is
    answered within PATIENCE seconds. Its packets come in on UPLINK, in whose network the
    destination is."""
    with lab.ext.socket(socket.AF_INET6) as client:
        client.bind((source, 0))
        client.settimeout(patience)
        try:
            client.connect((HOST[uplink], 22))
        except ConnectionRefusedError:
            return True
        except TimeoutError:
            return False
    raise AssertionError("nobody listens there")


def assert_as_told(lab: Lab, source: str, uplink: str, arrived: bool) -> None:
    # A first packet can be lost to the discovery of neighbours: it is sent again after 1, 3, 7 seconds.
    assert arrives(lab, source, uplink, patience=10 if arrived else 1.5) == arrived
    flow = ("explain", uplink, source, "to", f"[{HOST[uplink]}]:22/tcp", "--json")
    snapshot = lab.nicfix("snapshot").raw_stdout
    for asked in (
        lab.nicfix(*flow),
        lab.nicfix(*flow, "--firewalld-only"),
        lab.nicfix(*flow, "--snapshot", "-", stdin=snapshot),
    ):
        assert asked.json["verdict"] == ("accept" if arrived else "drop"), asked
        if not arrived:
            assert "IPv6_rpfilter=no in /etc/firewalld/firewalld.conf" in asked.json["reason"]


def test_only_the_best_of_two_default_routes_lets_strangers_in(make_lab: LabMaker) -> None:
    lab = with_two_uplinks(make_lab, "yes")
    assert_as_told(lab, FAR, UPLINK, True)
    assert_as_told(lab, FAR, SECOND, False)
    assert_as_told(lab, NEAR[UPLINK], UPLINK, True)
    assert_as_told(lab, NEAR[SECOND], SECOND, True)


def test_a_network_that_is_routed_by_the_second_uplink(make_lab: LabMaker) -> None:
    """As by a VPN: the default route is not the way back then."""
    lab = with_two_uplinks(make_lab, "yes")
    lab.host.ip(f"route add 2001:db8::/32 via {NEAR[SECOND]} dev {SECOND}")
    assert_as_told(lab, FAR, SECOND, True)
    assert_as_told(lab, FAR, UPLINK, False)


def test_without_the_filter(make_lab: LabMaker) -> None:
    lab = with_two_uplinks(make_lab, "no")
    assert_as_told(lab, FAR, SECOND, True)
    assert_as_told(lab, FAR, UPLINK, True)


def test_a_way_back_that_a_hash_chooses_is_not_told(make_lab: LabMaker) -> None:
    lab = with_two_uplinks(make_lab, "yes")
    lab.host.ip(
        f"route add 2001:db8::/32 nexthop via {NEAR[UPLINK]} dev {UPLINK} "
        f"nexthop via {NEAR[SECOND]} dev {SECOND}"
    )
    asked = lab.nicfix("explain", SECOND, FAR, "to", f"[{HOST[SECOND]}]:22/tcp", "--json")
    assert asked.json["verdict"] == "unknown", asked
