# SPDX-License-Identifier: GPL-2.0-or-later
"""The verdict of `nicfix explain` is the kernel's: random configurations and real packets. One
group of configurations is drawn from a fixed seed, the others from a new seed, which is printed and
can be set with $NICFIX_TRUTH_SEED. $NICFIX_FULL asks more of each release of firewalld."""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
import secrets
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from lab import FULL, Lab, LabMaker, OUTSIDE, POD, UPLINK, UPLINK_ADDRESS
from labkit import random_firewalls
from labkit.namespaces import Namespace
from labkit.probes import Probe, Prober, TCP_PORTS, UDP_PORTS
from labkit.random_firewalls import Version
from labkit.releases import RELEASES
from labkit.shrink import commands, shrink

Wrong = tuple[Probe, str, str]  # the packet, what became of it, what nicfix says

CONFIGURATIONS = 7  # of each group
WIDE_CONFIGURATIONS = 2  # of each group and release
DRAWS = 10  # for each configuration: releases refuse some
SHRINKING = 120  # seconds
MAY_BE_UNKNOWN = 0.01  # of the flows

# The peers behind each interface, with the addresses of both families; the host's come first.
SIDES = {
    "cni0": (("10.244.2.1", POD, "10.244.2.3"), ("fd00:1::1", "fd00:1::2", "fd00:1::3")),
    UPLINK: ((UPLINK_ADDRESS, OUTSIDE, "192.168.150.132"), ("fd00:2::1", "fd00:2::2", "fd00:2::3")),
}


@pytest.mark.parametrize("group", ["fixed", "fresh 1", "fresh 2", "fresh 3"])
def test_the_verdict_is_the_kernels(make_lab: LabMaker, tmp_path: Path, group: str) -> None:
    """No verdict is wrong, and hardly any is unknown."""
    truth = Truth(make_lab(), tmp_path, _seed(group), None)
    truth.run(CONFIGURATIONS)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("group", ["fixed", "fresh"] if FULL else ["fixed"])
def test_every_release(make_lab: LabMaker, tmp_path: Path, release: str, group: str) -> None:
    """The same with what users write less often, with what is changed at run time, and on every
    release."""
    lab = make_lab(release=release)
    version = tuple(int(part) for part in lab.firewall_cmd("--version").split("."))
    truth = Truth(lab, tmp_path, _seed(group), version)
    truth.run(WIDE_CONFIGURATIONS * (20 if FULL else 1))


def _seed(group: str) -> str:
    fresh = os.environ.get("NICFIX_TRUTH_SEED") or secrets.token_hex(4)
    seed = "fixed" if group == "fixed" else f"{fresh} {group}"
    print(f"seed {seed!r}: NICFIX_TRUTH_SEED={fresh}")
    return seed


class Truth:
    """Random configurations on one lab, and real packets through each."""

    def __init__(self, lab: Lab, folder: Path, seed: str, wide: Version | None) -> None:
        self._lab = lab
        self._folder = folder
        self._random = Random(seed)
        self._wide = wide
        self._macs = tuple(mac_of(namespace) for namespace in (lab.pod, lab.ext))
        # Some of the services are about source ports from 40000 to 40999 or 41999: hit, or missed.
        first = self._random.choice((40000, 40600, 41600, 43000))
        self._numbers = itertools.chain.from_iterable(
            range(first, 60000) for _ in itertools.count()
        )
        self.counts: Counter[str] = Counter()

    def run(self, configurations: int) -> None:
        """Fails if a verdict is wrong, or too many are unknown."""
        prober = prepare(self._lab)
        try:
            for _ in range(configurations * DRAWS):
                if self.counts["configurations"] < configurations:
                    self._try_one(prober)
            assert self.counts["configurations"] == configurations
        finally:
            prober.close()
            print(", ".join(f"{number} {name}" for name, number in self.counts.items()))
        assert self.counts["unknown"] <= self.counts["asked"] * MAY_BE_UNKNOWN

    def _try_one(self, prober: Prober) -> None:
        files = random_firewalls.draw(self._random, tuple(SIDES), self._macs, self._wide)
        if not self._configure(files):
            return
        moves = self._move() if self._wide else []
        probes = list(draw_probes(self._random, self._numbers, dict(zip(SIDES, self._macs))))
        wrong = self._judge(prober, probes, bool(moves))
        if wrong:
            told = save(self._lab, self._folder, files, wrong)
            if not moves:
                told += "\n" + self._shrink(prober, files, wrong)
            pytest.fail("\n".join([told, *moves]))

    def _configure(self, files: dict[str, str]) -> bool:
        """Whether firewalld takes FILES; each release refuses some."""
        try:
            configure(self._lab, files)
        except (RuntimeError, AssertionError):
            if not self._wide:
                raise
            self.counts["configurations refused"] += 1
            return False
        self.counts["configurations"] += 1
        return True

    def _move(self) -> list[str]:
        """Now and then, what somebody changes in the running firewall."""
        moves = []
        while self._random.random() < 0.3:
            zone, link = self._random.choice(random_firewalls.ZONES), self._random.choice([*SIDES])
            options = (f"--change-interface={link}", f"--remove-interface={link}",
                       "--add-source=10.244.2.0/24")
            option = self._random.choice(options)
            if self._lab.run("firewall-cmd", f"--zone={zone}", option).code == 0:
                moves.append(f"firewall-cmd --zone={zone} {option}")
        return moves

    def _judge(self, prober: Prober, probes: list[Probe], moved: bool) -> list[Wrong]:
        """The wrong verdicts on PROBES: by the kernel's rules, and by the model alone."""
        self._lab.host.run("conntrack", "-F")
        fates = prober.fates(probes)
        if self._wide and self._wide < (0, 9, 5):
            probes = self._answered(probes)
        judges = {"": ask(self._lab, probes)}
        # Where rules are read they decide; that the model of firewalld alone is wrong is counted.
        if self._wide:
            judges["model: "] = ask(self._lab, probes, "--firewalld-only")
        wrong = []
        for judge, answers in judges.items():
            self.counts[judge + "asked"] += len(probes)
            self.counts[judge + "unknown"] += answers.count("unknown")
            some = [
                (probe, fates[probe.number], judge + answer)
                for probe, answer in zip(probes, answers)
                if answer not in (fates[probe.number], "unknown")
                and not self._swallowed(answer, fates[probe.number])
            ]
            # What is moved at run time can leave rules of which only the kernel knows.
            self.counts[judge + ("wrong after a move" if moved else "wrong")] += len(some)
            if not judge or FULL and not moved:
                wrong += some
        return wrong

    def _swallowed(self, answer: str, fate: str) -> bool:
        """Whether it may be the rejection that was dropped. Before 0.9.5 firewalld's policies see
        that, too, and `reject` is what becomes of the packet, not of its answer."""
        is_old = self._wide is not None and self._wide < (0, 9, 5)
        swallowed = is_old and (answer, fate) == ("reject", "drop")
        self.counts["rejections swallowed"] += swallowed
        return swallowed

    def _answered(self, probes: list[Probe]) -> list[Probe]:
        """Those of PROBES whose answers are not refused. Before 0.9.5 firewalld's policies see what
        the host answers: a datagram arrives, then, and what nicfix tells of is its answer."""
        found = [
            probe for probe, told in zip(probes, explain(self._lab, probes))
            if not told.get("answer_path")
        ]
        self.counts["answers refused"] += len(probes) - len(found)
        return found

    def _shrink(self, prober: Prober, files: dict[str, str], wrong: list[Wrong]) -> str:
        """The smallest configuration for which one of WRONG is, as firewall-cmd lines."""
        limit = time.monotonic() + SHRINKING
        probe, _, said = wrong[0]

        def fails(smaller: dict[str, str]) -> bool:
            if time.monotonic() > limit or not self._configure(smaller):
                return False
            again = dataclasses.replace(probe, number=next(self._numbers))
            return any(one[2] == said for one in self._judge(prober, [again], False))

        small = shrink(files, fails)
        configure(self._lab, small)
        return commands(small, lambda owner: self._lab.firewall_cmd(
            "--permanent", owner, "--list-rich-rules"))


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


def ask(lab: Lab, probes: list[Probe], *options: str) -> list[str]:
    """nicfix's verdicts on PROBES."""
    return [told.get("verdict", str(told)) for told in explain(lab, probes, *options)]


def explain(lab: Lab, probes: list[Probe], *options: str) -> list[dict[str, Any]]:
    """What nicfix tells of PROBES."""
    questions = "".join(json.dumps(probe.question()) + "\n" for probe in probes)
    outcome = lab.nicfix("explain", "--json", "--flows", "-", *options, stdin=questions.encode())
    answers = [json.loads(line) for line in outcome.stdout.splitlines()]
    assert len(answers) == len(probes), outcome
    return answers


def save(
    lab: Lab, folder: Path, files: dict[str, str], wrong: list[Wrong]
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
