# SPDX-License-Identifier: GPL-2.0-or-later
"""Who is around a host, the packets that they send, and whether nicfix is right about each."""
from __future__ import annotations

import ipaddress
import itertools
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab import OUTSIDE, POD, UPLINK, UPLINK_ADDRESS, Lab
from labkit.namespaces import Namespace
from labkit.probes import Fate, Probe, Prober

# Ports that the host listens on; a stranger on 80 shows what a port that is not open looks like.
HOST_TCP_PORTS = (22, 80, 8089)
HOST_UDP_PORTS = (9999,)


@dataclass(frozen=True)
class Party:
    """Someone with addresses of its own behind an interface of the host."""

    name: str
    link: str
    namespace: Namespace
    addresses: tuple[str, ...]
    mac: str

    @classmethod
    def find(cls, name: str, link: str, namespace: Namespace) -> Party:
        """A party with the addresses that its eth0 has."""
        shown = json.loads(namespace.run("ip", "--json", "address", "show", "eth0").stdout)[0]
        addresses = tuple(
            one["local"] for one in shown["addr_info"] if one.get("scope") == "global"
        )
        return cls(name, link, namespace, addresses, shown.get("address", ""))


@dataclass(frozen=True)
class Target:
    """Where packets are sent: a port of an address, or a ping."""

    address: str
    port: int = 0  # 0: a ping
    protocol: str = "tcp"
    answers: bool = False  # something on the host listens there, or is published there


class Scene:
    """The parties around a lab's host: the outside, the pod behind cni0 where there is one, and
    guests."""

    def __init__(self, lab: Lab, guests: Iterable[Party] = (), with_pod: bool = True,
                 uplink: str = UPLINK) -> None:
        self.lab = lab
        self.parties = [Party.find("ext", uplink, lab.ext)]
        if with_pod:
            self.parties.append(Party.find("pod", "cni0", lab.pod))
        self.parties += guests
        # Below the ports that the kernel chooses for others' connections.
        self._numbers = itertools.count(22000)
        self._routes: dict[str, dict[str, Any]] = {}
        # Nothing is lost for want of a reverse path, and every rejection is reported at once.
        links = json.loads(lab.host.run("ip", "--json", "address").stdout)
        self._macs = {one["ifname"]: one.get("address", "") for one in links}
        self._networks = [
            (ipaddress.ip_interface(f"{address['local']}/{address['prefixlen']}"), one["ifname"])
            for one in links
            for address in one["addr_info"]
        ]
        for name in ("icmp_msgs_per_sec", "icmp_msgs_burst"):
            lab.host.run("sh", "-c", f"echo 100000 > /proc/sys/net/ipv4/{name}", check=False)
        lab.host.sysctl({"net.ipv6.icmp.ratelimit": 0})
        self._prober = Prober(
            lab.host,
            {party.name: (party.namespace, self._macs[party.link]) for party in self.parties},
            HOST_TCP_PORTS,
            HOST_UDP_PORTS,
        )

    @property
    def pod(self) -> Party:
        """The one behind cni0."""
        return next(party for party in self.parties if party.name == "pod")

    def close(self) -> None:
        """Ends the sending and listening."""
        self._prober.close()

    def own_addresses(self, link: str) -> list[str]:
        """The host's addresses at one of its links."""
        return [
            str(network.ip)
            for network, name in self._networks
            if name == link and not network.ip.is_link_local
        ]

    def own_address(self, link: str, version: int = 4) -> str:
        """The first of them of an IP version."""
        return next(address for address in self.own_addresses(link)
                    if ipaddress.ip_address(address).version == version)

    def egress(self, address: str) -> str | None:
        """The link that leads to ADDRESS, None: it is the host's own."""
        if any(str(network.ip) == address for network, _ in self._networks):
            return None
        return str(self._route(address)["dev"])

    def _route(self, address: str) -> dict[str, Any]:
        """The kernel's route to ADDRESS."""
        if address not in self._routes:
            shown = self.lab.host.run("ip", "--json", "route", "get", address).stdout
            self._routes[address] = json.loads(shown)[0]
        return self._routes[address]

    def _probe(self, sender: Party | None, target: Target) -> Probe:
        version = ipaddress.ip_address(target.address).version
        egress = self.egress(target.address)
        protocol: Any = target.protocol if target.port else "icmp"
        number = next(self._numbers)
        if sender is None:
            source = target.address if egress is None else self._route(target.address)["prefsrc"]
            return Probe(number, None, egress or "lo", source, target.address, protocol,
                         target.port)
        source = next(a for a in sender.addresses if ipaddress.ip_address(a).version == version)
        to = [party for party in self.parties if target.address in party.addresses]
        bridged = to[0].mac if to and to[0].link == sender.link else None
        return Probe(number, sender.link, egress, source, target.address, protocol, target.port,
                     sender.mac or None, sender.name, bridged)

    def probes(self, targets: Iterable[Target], with_host: bool = True) -> Iterator[Probe]:
        """From everyone to all TARGETS but their own, and from the host itself."""
        for target in targets:
            version = ipaddress.ip_address(target.address).version
            for sender in self.parties:
                speaks = any(ipaddress.ip_address(a).version == version for a in sender.addresses)
                if speaks and target.address not in sender.addresses:
                    yield self._probe(sender, target)
            # The host's own refusal of a port that is closed looks like a firewall's.
            is_open = target.answers or target.port in (0, *HOST_TCP_PORTS, *HOST_UDP_PORTS)
            if with_host and (is_open or self.egress(target.address)):
                yield self._probe(None, target)

    def judge(self, targets: Iterable[Target], folder: Path, what: str) -> Verdicts:
        """Sends packets to TARGETS, and compares nicfix's answers with what became of them: those
        of the running host, and those from its snapshot."""
        probes = list(self.probes(targets))
        fates = self._prober.fates(probes)
        snapshot = folder / f"{what.replace(' ', '-')}.json"
        snapshot.write_text(self.lab.nicfix("snapshot").stdout)
        live = ask(self.lab, probes)
        recorded = ask(self.lab, probes, "--snapshot", str(snapshot))
        verdicts = Verdicts(what, probes, fates, live, recorded, snapshot)
        print(verdicts.summary())
        return verdicts


def ask(lab: Lab, probes: list[Probe], *options: str) -> list[dict[str, Any]]:
    """nicfix's explanations of PROBES; so many in a run that a sanitized one ends in time."""
    answers = []
    for begin in range(0, len(probes), 80):
        some = probes[begin : begin + 80]
        questions = "".join(json.dumps(probe.question()) + "\n" for probe in some)
        outcome = lab.nicfix("explain", "--json", "--flows", "-", *options, stdin=questions.encode())
        answers += [json.loads(line) for line in outcome.stdout.splitlines()]
        assert len(answers) == begin + len(some), outcome
    return answers


@dataclass
class Verdicts:
    """Packets, and nicfix's answers about them."""

    what: str
    probes: list[Probe]
    fates: dict[int, Fate]
    live: list[dict[str, Any]]
    recorded: list[dict[str, Any]]
    snapshot: Path

    def wrong(self) -> list[str]:
        """A line for each answer that is not what happened, or that nicfix did not give."""
        lines = []
        for probe, live, recorded in zip(self.probes, self.live, self.recorded):
            fate = self.fates[probe.number]
            said = live.get("verdict", json.dumps(live))
            if said != fate:
                lines.append(f"kernel {fate}, nicfix {said} ({where(live)}): {told(probe)}")
            if recorded.get("verdict") != live.get("verdict"):
                lines.append(f"live {said}, snapshot {recorded.get('verdict', recorded)} "
                             f"({where(recorded)}): {told(probe)}")
        return lines

    def fate(self, sender: str | None, to: str, port: int = 0) -> Fate:
        """What became of the packet from SENDER (None: the host) to TO."""
        found = [
            self.fates[probe.number]
            for probe in self.probes
            if (probe.sender, probe.destination, probe.port) == (sender, to, port)
        ]
        assert len(found) == 1, f"{len(found)} packets from {sender} to {to} {port}"
        return found[0]

    def summary(self) -> str:
        """How many were asked."""
        said = [one.get("verdict", "error") for one in self.live]
        counts = {word: said.count(word) for word in ("accept", "reject", "drop", "unknown")}
        return f"{self.what}: {len(said)} flows, {counts}, {len(self.wrong())} wrong"

    def check(self) -> None:
        """Fails unless every answer is certain and right."""
        wrong = self.wrong()
        assert not wrong, f"{self.summary()}, snapshot {self.snapshot}\n" + "\n".join(wrong)


def told(probe: Probe) -> str:
    """A probe in one line."""
    return (f"{probe.sender or 'host'} {probe.ingress} {probe.source} -> {probe.egress} "
            f"{probe.destination} {probe.protocol} {probe.port}")


def where(answer: dict[str, Any]) -> str:
    """The last stage of an explanation."""
    path = answer.get("path") or [{}]
    last = path[-1]
    return f"{last.get('hook')} {last.get('table')} {last.get('chain')}"


def everywhere(scene: Scene, *extra: Target) -> list[Target]:
    """The usual targets: each party by TCP, UDP and ping, the host by all of its addresses that
    parties use as their gateway, and EXTRA."""
    targets = []
    for party in scene.parties:
        for address in party.addresses:
            targets += [Target(address, 80), Target(address, 9999, "udp"), Target(address)]
    for link in dict.fromkeys(party.link for party in scene.parties):
        for own in scene.own_addresses(link)[:1]:
            targets += [Target(own, 22), Target(own, 80), Target(own, 9999, "udp"), Target(own)]
    return [*targets, *extra]


__all__ = ["OUTSIDE", "POD", "UPLINK_ADDRESS", "Party", "Scene", "Target", "everywhere"]
