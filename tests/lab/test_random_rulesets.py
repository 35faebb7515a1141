# SPDX-License-Identifier: GPL-2.0-or-later
"""Random rules of other programs over random configurations of firewalld, judged three ways: by the
kernel's rules as nicfix follows them, by the model of firewalld (of firewalld's own rules) and by real
packets, of which it is seen where they get, not whether an answer comes back. Seeds
to be tried by hand: NICFIX_RULESETS_SEED, with NICFIX_RULESETS the number of configurations."""
from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from random import Random

from lab import UPLINK, Lab, LabMaker
from labkit import random_firewalls, random_rulesets
from labkit.judge import flow_of, judge
from labkit.probes import TCP_PORTS, UDP_PORTS, Fate, Probe
from test_packet_truth import SIDES, configure, draw_probes, mac_of, prepare, save

CONFIGURATIONS = 8
EVERY_OTHER = 4  # one in so many is firewalld alone
MAY_BE_UNKNOWN = 0.05  # of the flows

HOST = random_rulesets.Host(
    interfaces=tuple(SIDES),
    bridge="cni0",
    addresses={4: [*SIDES["cni0"][0], *SIDES[UPLINK][0]], 6: [*SIDES["cni0"][1], *SIDES[UPLINK][1]]},
    tcp=TCP_PORTS,
    udp=UDP_PORTS,
)


def test_the_verdict_is_the_packets(make_lab: LabMaker, tmp_path: Path) -> None:
    """No verdict is wrong, and few are unknown."""
    seed = os.environ.get("NICFIX_RULESETS_SEED", "fixed")
    print(f"seed {seed!r}")
    random = Random(seed)
    lab = make_lab()
    prober = prepare(lab)
    # Both addresses of a side are one host: a bridge would send nothing back to it that it translates.
    for name in ("iptables", "ip6tables"):
        path = f"/proc/sys/net/bridge/bridge-nf-call-{name}"
        lab.host.run("sh", "-c", f"if [ -e {path} ]; then echo 0 > {path}; fi")
    macs = tuple(mac_of(namespace) for namespace in (lab.pod, lab.ext))
    numbers = iter(range(random.choice((40000, 40600, 41600, 43000)), 60000))
    counts: Counter[str] = Counter()
    failures = []
    try:
        for number in range(int(os.environ.get("NICFIX_RULESETS", CONFIGURATIONS))):
            files = random_firewalls.draw(random, tuple(SIDES), macs)
            configure(lab, files)
            alone = number % EVERY_OTHER == 0
            rules = None if alone else load(lab, random)
            probes = list(draw_probes(random, numbers, dict(zip(SIDES, macs))))
            if len(probes) > 200:  # ports of one number are not used twice
                probes = random.sample(probes, 200)
            lab.host.run("conntrack", "-F")
            verdicts = judge(lab, tmp_path / "snapshot.json", [flow_of(probe, home(probe)) for probe in probes])
            answers = [verdict.all for verdict in verdicts]
            fates = prober.fates(probes)
            counts["asked"] += len(probes)
            counts["unknown"] += answers.count("unknown")
            wrong = differing(probes, answers, fates)
            counts["wrong"] += len(wrong)
            counts["differ"] += sum(
                verdict.model != verdict.firewalld
                and "unknown" not in (verdict.model, verdict.firewalld)
                for verdict in verdicts
            )
            if wrong:
                folder = tmp_path / str(number)
                folder.mkdir()
                (folder / "rules").write_text(rules.text() if rules else "")
                (folder / "ruleset").write_bytes(lab.host.run("nft", "-a", "list", "ruleset").stdout)
                failures.append(save(lab, folder, files, wrong))
            if rules:
                lab.host.run("nft", "-f", "-", stdin=random_rulesets.removal(rules).encode())
    finally:
        prober.close()
    print(", ".join(f"{counts[name]} {name}" for name in ("asked", "wrong", "unknown", "differ")))
    assert counts["differ"] == 0, "firewalld's own rules are not what the model says"
    assert not failures, "\n".join(failures)
    assert counts["unknown"] <= counts["asked"] * MAY_BE_UNKNOWN


def home(probe: Probe) -> str | None:
    """The interface that leads back to the source of PROBE."""
    for link, families in SIDES.items():
        if any(probe.source in addresses[1:] for addresses in families):
            return link
    return None


def differing(
    probes: list[Probe], answers: list[str], fates: dict[int, Fate]
) -> list[tuple[Probe, str, str]]:
    """The probes whose answer is not what happened to them."""
    return [
        (probe, fates[probe.number], answer)
        for probe, answer in zip(probes, answers)
        if answer not in (fates[probe.number], "unknown")
    ]


def load(lab: Lab, random: Random) -> random_rulesets.Ruleset:
    """Draws rules until the kernel takes them: not all combinations make sense."""
    for _ in range(100):
        rules = random_rulesets.draw(random, HOST)
        done = lab.host.run("nft", "-f", "-", stdin=rules.nft.encode(), check=False)
        for program, text in rules.iptables.items():
            if done.returncode == 0:
                done = lab.host.run(program, "--noflush", stdin=text.encode(), check=False)
        if done.returncode == 0:
            return rules
        print("not taken:", done.stderr.decode().splitlines()[:3])
        lab.host.run("nft", "-f", "-", check=False,
                     stdin=random_rulesets.removal(rules).encode())
    raise AssertionError("the kernel takes no rules")
