# SPDX-License-Identifier: GPL-2.0-or-later
"""What a host is there to let through, found by check exactly where packets fail: real sockets, real
routes, and veths that nicfix takes for network cards."""
from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from lab import Lab, LabMaker, POD, UPLINK
from labkit.firewalld import FirewalldConfig
from labkit.namespaces import Namespace
from labkit.program import Outcome

BRIDGE_ADDRESS = "10.244.2.1"
SO_BINDTODEVICE = 25


def needs(outcome: Outcome) -> list[tuple[str, str, str | None, str | None]]:
    """Severity, kind and links of what is refused."""
    return [
        (one["severity"], one["need"]["kind"], one["need"]["from"], one["need"]["to"])
        for one in outcome.json["findings"]
        if one["id"] == "need-refused"
    ]


@contextlib.contextmanager
def listening(
    where: Namespace, kind: socket.SocketKind, address: str, port: int, link: str | None = None
) -> Iterator[socket.socket]:
    """A server of the host's own, bound to LINK if one is named."""
    with where.socket(socket.AF_INET, kind) as server:
        if link:
            server.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, link.encode())
        server.bind((address, port))
        if kind == socket.SOCK_STREAM:
            server.listen()
        server.settimeout(2)
        yield server


def asks(pod: Namespace, server: socket.socket, port: int, target: str) -> bool:
    """Whether a datagram from the pod reaches SERVER."""
    with pod.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        client.sendto(b"?", (target, port))
        with contextlib.suppress(TimeoutError):
            return bool(server.recv(16))
    return False


def test_dns_and_dhcp_for_a_bridge(make_lab: LabMaker) -> None:
    lab = make_lab(
        firewalld=FirewalldConfig(zones={"public": f'<interface name="{UPLINK}"/><forward/>'})
    )
    with contextlib.ExitStack() as servers:
        dns = servers.enter_context(
            listening(lab.host, socket.SOCK_DGRAM, BRIDGE_ADDRESS, 53)
        )
        dhcp = servers.enter_context(
            listening(lab.host, socket.SOCK_DGRAM, "0.0.0.0", 67, "cni0")
        )
        assert not asks(lab.pod, dns, 53, BRIDGE_ADDRESS)
        assert not asks(lab.pod, dhcp, 67, "255.255.255.255")
        before = lab.nicfix("check", "--json")
        assert ("error", "host-service", "cni0", None) in needs(before)
        said = before.finding("need-refused", "cni0")
        assert "DNS" in said["message"] and "DHCP" in said["message"]
        lab.firewall_cmd("--zone=trusted", "--add-source=10.244.2.0/24")
        assert asks(lab.pod, dns, 53, BRIDGE_ADDRESS)
        after = lab.nicfix("check", "--json")
        assert "DNS" not in after.finding("need-refused", "cni0")["message"]
        lab.firewall_cmd("--zone=public", "--add-service=dhcp")
        assert asks(lab.pod, dhcp, 67, "255.255.255.255")
        assert needs(lab.nicfix("check", "--json")) == []


def test_servers_of_every_address_are_no_needs(make_lab: LabMaker) -> None:
    lab = make_lab(
        firewalld=FirewalldConfig(zones={"public": f'<interface name="{UPLINK}"/><forward/>'})
    )
    with contextlib.ExitStack() as servers:
        for address in (BRIDGE_ADDRESS, "192.168.150.130"):
            servers.enter_context(listening(lab.host, socket.SOCK_DGRAM, address, 123))
        servers.enter_context(listening(lab.host, socket.SOCK_STREAM, "0.0.0.0", 22))
        assert needs(lab.nicfix("check", "--json")) == []
