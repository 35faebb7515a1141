# SPDX-License-Identifier: GPL-2.0-or-later
"""The verdict of `nicfix explain` is the kernel's: random configurations and real packets. One
group of configurations is drawn from a fixed seed, the others from a new seed, which is printed and
can be set with $NICFIX_TRUTH_SEED."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from lab import Lab, LabMaker, OUTSIDE, POD, UPLINK, UPLINK_ADDRESS
from labkit import random_firewalls
from labkit.namespaces import Namespace
from labkit.probes import Probe, Prober, TCP_PORTS, UDP_PORTS

CONFIGURATIONS = 7  # of each group
MAY_BE_UNKNOWN = 0.01  # of the flows

# The peers behind each interface, with the addresses of both families; the host's come first.
SIDES = {
    "cni0": (("10.244.2.1", POD, "10.244.2.3"), ("fd00:1::1", "fd00:1::2", "fd00:1::3")),
    UPLINK: ((UPLINK_ADDRESS, OUTSIDE, "192.168.150.132"), ("fd00:2::1", "fd00:2::2", "fd00:2::3")),
}


@pytest.mark.parametrize("group", ["fixed", "fresh 1", "fresh 2", "fresh 3"])
def test_the_verdict_is_the_kernels(make_lab: LabMaker, tmp_path: Path, group: str) -> None:
    """No verdict is wrong, and hardly any is unknown."""
    fresh = os.environ.get("NICFIX_TRUTH_SEED") or secrets.token_hex(4)
    seed = "fixed" if group == "fixed" else f"{fresh} {group}"
    print(f"seed {seed!r}: NICFIX_TRUTH_SEED={fresh}")
    random = Random(seed)
    lab = make_lab()
    prober = prepare(lab)
    asked = unknown = 0
    # Some of the services are about source ports from 40000 to 40999 or 41999: hit, or missed.
    first = random.choice((40000, 40600, 41600, 43000))
    numbers = iter(range(first, 60000))
    macs = tuple(mac_of(namespace) for namespace in (lab.pod, lab.ext))
    try:
        for _ in range(CONFIGURATIONS):
            files = random_firewalls.draw(random, tuple(SIDES), macs)
            configure(lab, files)
            probes = list(draw_probes(random, numbers, dict(zip(SIDES, macs))))
            fates = prober.fates(probes)
            answers = ask(lab, probes)
            asked += len(probes)
            unknown += answers.count("unknown")
            wrong = [
                (probe, fates[probe.number], answer)
                for probe, answer in zip(probes, answers)
                if answer not in (fates[probe.number], "unknown")
            ]
            if wrong:
                pytest.fail(save(lab, tmp_path, files, wrong))
    finally:
        prober.close()
    print(f"{asked} flows, {unknown} unknown")
    assert unknown <= asked * MAY_BE_UNKNOWN


def prepare(lab: Lab) -> Prober:
    """Gives both sides more addresses, and makes the host report every rejection."""
    for family in ("net.ipv4.conf.all.rp_filter", "net.ipv4.conf.cni0.rp_filter",
                   f"net.ipv4.conf.{UPLINK}.rp_filter", "net.ipv6.icmp.ratelimit"):
        lab.host.sysctl({family: 0})
    lab.host.sysctl({"net.ipv6.conf.all.forwarding": 1})
    for name in ("icmp_msgs_per_sec", "icmp_msgs_burst"):
        # Older kernels have these for the whole machine and hide them in a namespace.
        lab.host.run("sh", "-c", f"echo 100000 > /proc/sys/net/ipv4/{name}", check=False)
    lab.host.ip(f"addr add fd00:1::1/64 dev cni0 nodad\naddr add fd00:2::1/64 dev {UPLINK} nodad\n")
    for namespace, v4, v6 in ((lab.pod, "10.244.2.3/24", 1), (lab.ext, "192.168.150.132/24", 2)):
        namespace.ip(
            f"addr add {v4} dev eth0\n"
            f"addr add fd00:{v6}::2/64 dev eth0 nodad\naddr add fd00:{v6}::3/64 dev eth0 nodad\n"
            f"route add default via fd00:{v6}::1\n"
        )
    # Policies that block neighbour discovery are not the subject here.
    for link, peer in (("cni0", lab.pod), (UPLINK, lab.ext)):
        for addresses in SIDES[link]:
            for address in addresses[1:]:
                lab.host.ip(f"neigh replace {address} lladdr {mac_of(peer)} dev {link} "
                            "nud permanent\n")
    return Prober(
        lab.host,
        {"cni0": (lab.pod, link_mac(lab, "cni0")), UPLINK: (lab.ext, link_mac(lab, UPLINK))},
    )


def link_mac(lab: Lab, link: str) -> str:
    """The MAC address of a link of the host."""
    return lab.host.run("cat", f"/sys/class/net/{link}/address").stdout.decode().strip()


def mac_of(namespace: Namespace) -> str:
    """The MAC address of a peer."""
    return namespace.run("cat", "/sys/class/net/eth0/address").stdout.decode().strip()


def configure(lab: Lab, files: dict[str, str]) -> None:
    """Replaces /etc/firewalld with FILES and makes firewalld load them."""
    folder = lab.folder / "firewalld"
    for name in ("zones", "policies", "services", "ipsets"):
        shutil.rmtree(folder / name, ignore_errors=True)
        (folder / name).mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    lab.firewall_cmd("--reload")
    assert lab.firewall_cmd("--state") == "running", lab.firewalld.service.log()


def draw_probes(
    random: Random, numbers: Iterator[int], macs: dict[str, str]
) -> Iterator[Probe]:
    """Flows through, to and from the host, of both families, some with a false source."""
    contents = [("icmp", 0), *(("tcp", port) for port in TCP_PORTS)]
    contents += [("udp", port) for port in UDP_PORTS]
    for near, far in (tuple(SIDES), tuple(SIDES)[::-1]):
        for version in (0, 1):
            own, here = SIDES[near][version][0], SIDES[near][version][1:]
            beyond, there = SIDES[far][version][0], SIDES[far][version][1:]
            for protocol, port in contents:
                mac = macs[near]
                ends = [
                    (near, far, here[0], random.choice(there)),
                    (near, far, here[1], random.choice(there)),
                    (near, None, random.choice(here), own),
                    (near, None, random.choice(here), beyond),
                    (None, near, own, random.choice(here)),
                ]
                if version == 0:
                    ends.append((near, far, there[0], there[1]))
                for ingress, egress, source, destination in ends:
                    yield Probe(
                        next(numbers), ingress, egress, source, destination, protocol, port,
                        mac if ingress else None,
                    )


def ask(lab: Lab, probes: list[Probe]) -> list[str]:
    """nicfix's verdicts on PROBES."""
    questions = "".join(json.dumps(probe.question()) + "\n" for probe in probes)
    outcome = lab.nicfix("explain", "--json", "--flows", "-", stdin=questions.encode())
    answers = [json.loads(line) for line in outcome.stdout.splitlines()]
    assert len(answers) == len(probes), outcome
    return [answer.get("verdict", str(answer)) for answer in answers]


def save(
    lab: Lab, folder: Path, files: dict[str, str], wrong: list[tuple[Probe, str, str]]
) -> str:
    """Keeps what is needed to repeat it without the lab, and prints how."""
    snapshot = folder / "snapshot.json"
    snapshot.write_text(lab.nicfix("snapshot").stdout)
    flow = folder / "flows.jsonl"
    flow.write_text("".join(json.dumps(probe.question()) + "\n" for probe, _, _ in wrong))
    (folder / "firewalld.json").write_text(json.dumps(files, indent=2))
    lines = [f"the kernel: {real}, nicfix: {said}: {probe}" for probe, real, said in wrong[:10]]
    lines.append(f"replay: nicfix explain --snapshot {snapshot} --flows {flow}")
    return f"{len(wrong)} wrong\n" + "\n".join(lines)
