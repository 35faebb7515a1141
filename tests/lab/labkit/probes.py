# SPDX-License-Identifier: GPL-2.0-or-later
"""Single packets, each with its own number, and what happened to them."""
from __future__ import annotations

import contextlib
import ipaddress
import select
import socket
import struct
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from labkit.namespaces import Namespace

Fate = Literal["accept", "reject", "drop"]

_ETHERNET = {4: 0x0800, 6: 0x86DD}
_ECHO = {4: (8, 0), 6: (128, 129)}
_ERRORS = {4: (3, 11, 12), 6: (1, 2, 3, 4)}
_OUTGOING = 4  # PACKET_OUTGOING of packet(7): our own
_PROTOCOLS = {"tcp": 6, "udp": 17}
TCP_PORTS = (22, 80, 8080)
UDP_PORTS = (53, 9999)


@dataclass(frozen=True)
class Probe:
    """A packet. NUMBER is its source port or echo identifier."""

    number: int
    ingress: str | None  # None: the host sends it
    egress: str | None  # None: it is for the host
    source: str
    destination: str
    protocol: Literal["tcp", "udp", "icmp"]
    port: int = 0
    mac: str | None = None  # of the sender
    sender: str | None = None  # the peer that sends it; None: the one behind INGRESS
    next_hop: str | None = None  # its MAC; None: the host's

    @property
    def version(self) -> int:
        """4 or 6."""
        return ipaddress.ip_address(self.source).version

    def question(self) -> dict[str, Any]:
        """The same flow as a line for `nicfix explain --flows`."""
        ports = {"port": self.port, "source_port": self.number}
        return {
            "in": self.ingress,
            "out": self.egress,
            "from": self.source,
            "to": self.destination,
            "from_mac": self.mac,
            "protocol": self.protocol,
            **(ports if self.protocol != "icmp" else {"icmp_type": _ECHO[self.version][0]}),
        }

    def packet(self) -> bytes:
        """The packet, from its IP header on."""
        source = ipaddress.ip_address(self.source).packed
        destination = ipaddress.ip_address(self.destination).packed
        number = _PROTOCOLS.get(self.protocol) or (1 if self.version == 4 else 58)
        payload = self._payload(source + destination, number)
        if self.version == 6:
            head = struct.pack("!IHBB", 6 << 28, len(payload), number, 64)
            return head + source + destination + payload
        head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0, 64, number, 0)
        checksum = _checksum(head + source + destination)
        return head[:10] + struct.pack("!H", checksum) + source + destination + payload

    def _payload(self, addresses: bytes, protocol: int) -> bytes:
        if self.protocol == "tcp":
            parts = struct.pack("!HHIIBB", self.number, self.port, self.number, 0, 5 << 4, 2)
            raw, offset = parts + struct.pack("!HHH", 64000, 0, 0), 16
        elif self.protocol == "udp":
            raw, offset = struct.pack("!HHHHH", self.number, self.port, 10, 0, self.number), 6
        else:
            raw, offset = struct.pack("!BBHHH", _ECHO[self.version][0], 0, 0, self.number, 1), 2
        pseudo = addresses + struct.pack("!II", len(raw), protocol)
        if self.version == 4 and self.protocol == "icmp":
            pseudo = b""
        checksum = _checksum(pseudo + raw)
        return raw[:offset] + struct.pack("!H", checksum) + raw[offset + 2 :]


def _checksum(data: bytes) -> int:
    words = struct.unpack(f"!{len(data) // 2}H", data)
    total = sum(words)
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return (~total & 0xFFFF) or 0xFFFF


def _identify(packet: bytes) -> tuple[str, int] | None:
    """What happened to a probe according to a packet: "arrived", "answered" or "refused", and the
    number of the probe."""
    version = packet[0] >> 4
    protocol, payload = (
        (packet[9], packet[(packet[0] & 15) * 4 :]) if version == 4 else (packet[6], packet[40:])
    )
    if protocol == 6 and len(payload) >= 14:
        source, destination = struct.unpack("!HH", payload[:4])
        flags = payload[13] & 0x16
        if flags == 2:
            # The source port may have been translated; the sequence number has not.
            return "arrived", struct.unpack("!I", payload[4:8])[0]
        return ("answered" if flags == 0x12 else "refused"), destination
    if protocol == 17 and len(payload) >= 10:
        return "arrived", struct.unpack("!H", payload[8:10])[0]
    if protocol == 17 and len(payload) >= 8:
        return "arrived", struct.unpack("!H", payload[:2])[0]
    if protocol in (1, 58) and len(payload) >= 8:
        kind = payload[0]
        if kind in _ECHO[version]:
            word = "arrived" if kind == _ECHO[version][0] else "answered"
            return word, struct.unpack("!H", payload[4:6])[0]
        if kind in _ERRORS[version] and len(payload) >= 36:
            inner = _identify(payload[8:])
            return ("refused", inner[1]) if inner else None
    return None


class Prober:
    """Sends probes from the peers of a host and from the host itself, and watches them all."""

    def __init__(
        self,
        host: Namespace,
        peers: dict[str, tuple[Namespace, str]],
        tcp_ports: tuple[int, ...] = TCP_PORTS,
        udp_ports: tuple[int, ...] = UDP_PORTS,
    ) -> None:
        """PEERS: the host's interfaces, with who is behind each and the MAC the host has there;
        where several are behind one interface, any names, which probes have as their senders. The
        host listens on the ports."""
        self._exit = contextlib.ExitStack()
        self._sniffers: dict[str, socket.socket] = {}
        self._macs = {name: bytes.fromhex(mac.replace(":", "")) for name, (_, mac) in peers.items()}
        for name, (namespace, _) in peers.items():
            self._sniffers[name] = self._sniff(namespace, "eth0")
        self._sniffers["lo"] = self._sniff(host, "lo")
        raw = {4: socket.AF_INET, 6: socket.AF_INET6}
        self._raw = {
            version: self._keep(host.socket(family, socket.SOCK_RAW, socket.IPPROTO_RAW))
            for version, family in raw.items()
        }
        self._receivers = [self._listen(host, family, port) for family in raw.values()
                           for port in udp_ports]
        for family in raw.values():
            for port in tcp_ports:
                self._listen_tcp(host, family, port)

    def close(self) -> None:
        """Closes all sockets."""
        self._exit.close()

    def _keep(self, made: socket.socket) -> socket.socket:
        return self._exit.enter_context(made)

    def _sniff(self, namespace: Namespace, link: str) -> socket.socket:
        sniffer = self._keep(namespace.socket(socket.AF_PACKET, socket.SOCK_DGRAM))
        sniffer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        sniffer.bind((link, 3))  # ETH_P_ALL
        sniffer.setblocking(False)
        return sniffer

    def _bind(self, listener: socket.socket, family: int, port: int) -> socket.socket:
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.setblocking(False)
        listener.bind(("", port))
        return self._keep(listener)

    def _listen(self, host: Namespace, family: int, port: int) -> socket.socket:
        return self._bind(host.socket(family, socket.SOCK_DGRAM), family, port)

    def _listen_tcp(self, host: Namespace, family: int, port: int) -> None:
        self._bind(host.socket(family, socket.SOCK_STREAM), family, port).listen(4096)

    def _send(self, probe: Probe) -> None:
        packet = probe.packet()
        sender = probe.sender or probe.ingress
        if sender:
            mac = self._macs[sender]
            if probe.next_hop:
                mac = bytes.fromhex(probe.next_hop.replace(":", ""))
            target = ("eth0", _ETHERNET[probe.version], 0, 0, mac)
            self._sniffers[sender].sendto(packet, target)
            return
        # A packet that is dropped in OUTPUT is refused to its sender as well (EPERM).
        with contextlib.suppress(PermissionError):
            self._raw[probe.version].sendto(packet, (probe.destination, 0))

    def _watch(self, seconds: float) -> set[tuple[str, int]]:
        found: set[tuple[str, int]] = set()
        watched = [*self._sniffers.values(), *self._receivers]
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            ready, _, _ = select.select(watched, [], [], left)
            for sock in ready:
                packet, address = sock.recvfrom(2048)
                if sock in self._receivers:
                    found.add(("arrived", struct.unpack("!H", packet[:2])[0]))
                elif address[2] != _OUTGOING and (told := _identify(packet)):
                    # What the host sends itself is on "lo" before INPUT has seen it.
                    if told[0] != "arrived" or sock is not self._sniffers["lo"]:
                        found.add(told)
        return found

    def fates(self, probes: Iterable[Probe]) -> dict[int, Fate]:
        """Sends PROBES and returns what happened to each, by number."""
        # What came since the last time may have a number of theirs as its port: not theirs.
        self._watch(0.05)
        found: set[tuple[str, int]] = set()
        numbers = []
        for probe in probes:
            self._send(probe)
            numbers.append(probe.number)
            found |= self._watch(0.0005)
        found |= self._watch(0.3)

        def fate(number: int) -> Fate:
            if ("arrived", number) in found or ("answered", number) in found:
                return "accept"
            return "reject" if ("refused", number) in found else "drop"

        return {number: fate(number) for number in numbers}
