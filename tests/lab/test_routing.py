# SPDX-License-Identifier: GPL-2.0-or-later
"""A snapshot routes as the kernel does: random routes and rules, asked live and of the snapshot. One
group of configurations is drawn from a fixed seed, the other from a new seed, which is printed and can
be set with $NICFIX_ROUTING_SEED."""

from __future__ import annotations

import json
import os
import secrets
from random import Random
from typing import Any

import pytest

from lab import Lab, LabMaker
from labkit.namespaces import Namespace

CONFIGURATIONS = int(os.environ.get("NICFIX_ROUTING_CONFIGURATIONS", "6"))  # of each group
FLOWS = 60  # of each configuration and family
MAY_BE_UNKNOWN = 0.15  # of the flows: the kernel chooses among several links by a hash

LINKS = ("r0", "r1", "r2", "r3")
TABLES = ("main", "100", "101", "200")
NETWORKS = {
    4: ("10.1.0.0/16", "10.1.2.0/24", "10.1.2.128/25", "10.2.0.0/16", "10.0.0.0/8",
        "203.0.113.0/24", "203.0.113.7/32", "0.0.0.0/1", "128.0.0.0/1", "default"),
    6: ("2001:db8:1::/48", "2001:db8:1:2::/64", "2001:db8::/32", "2001:db8:9::7/128", "2000::/3",
        "default"),
}
HOSTS = {
    4: ("10.1.0.9", "10.1.2.3", "10.1.2.200", "10.2.9.9", "10.77.0.1", "203.0.113.7",
        "203.0.113.8", "8.8.8.8", "192.0.2.77", "172.20.0.9", "172.20.1.9", "172.20.2.9"),
    6: ("2001:db8:1::9", "2001:db8:1:2::9", "2001:db8:7::9", "2001:db8:9::7", "2a00::1",
        "fd00:0::9", "fd00:1::9", "fd00:2::9"),
}
OWN = {4: "172.20.{}.1", 6: "fd00:{}::1"}
GATEWAY = {4: "172.20.{}.254", 6: "fd00:{}::fe"}


def links(random: Random) -> str:
    """Links with an address of each family; one may have no carrier, one may be down."""
    text = ""
    for number, name in enumerate(LINKS):
        text += (
            f"link add {name} type veth peer name p{number}\n"
            f"addr add {OWN[4].format(number)}/24 dev {name}\n"
            f"addr add {OWN[6].format(number)}/64 dev {name} nodad\n"
            f"link set {name} up\n"
        )
        if number != 3 or random.random() < 0.5:
            text += f"link set p{number} up\n"
        if random.random() < 0.3:
            text += f"addr add 172.30.{number}.5/26 dev {name}\n"
    return text


def way(random: Random, family: int) -> str:
    """Where a route leads."""
    number = random.randrange(len(LINKS))
    choice = random.random()
    if choice < 0.5:
        return f"via {GATEWAY[family].format(number)} dev {LINKS[number]}"
    if choice < 0.75:
        return f"dev {LINKS[number]}"
    others = random.sample(range(len(LINKS)), 2)
    hops = " ".join(
        f"nexthop via {GATEWAY[family].format(each)} dev {LINKS[each]} weight {random.randint(1, 4)}"
        for each in others
    )
    return hops


def route(random: Random, family: int) -> str:
    network = random.choice(NETWORKS[family])
    table = random.choice(TABLES)
    metric = random.choice(("", "", "metric 50", "metric 700"))
    kind = random.random()
    if kind < 0.2:
        special = random.choice(("blackhole", "prohibit", "unreachable", "throw"))
        return f"route add {special} {network} table {table} {metric}"
    if kind < 0.25:
        return f"route add local {network} dev lo table {table} {metric}"
    tos = random.choice(("", "", "", "tos 0x10")) if family == 4 else ""
    source = ""
    if family == 6 and random.random() < 0.15:
        source = "from " + random.choice(("2001:db8:1::/48", "fd00:1::/64", "fd00::/16"))
    if family == 4 and random.random() < 0.15:
        number = random.randrange(len(LINKS))
        source = f"src {OWN[4].format(number)}"
    return f"route add {network} {tos} {source} table {table} {metric} {way(random, family)}"


def rule(random: Random, family: int) -> str:
    words = [f"rule add priority {random.randint(1, 33000)}"]
    if random.random() < 0.15:
        words.append("not")
    if random.random() < 0.35:
        words.append("from " + random.choice(NETWORKS[family][:-1]))
    if random.random() < 0.25:
        words.append("to " + random.choice(NETWORKS[family][:-1]))
    if random.random() < 0.25:
        words.append("iif " + random.choice((*LINKS, "lo", "missing")))
    if random.random() < 0.1:
        words.append("oif " + random.choice(LINKS))
    if random.random() < 0.15:
        words.append(random.choice(("fwmark 7", "fwmark 0/0xff", "fwmark 0x10/0x10")))
    if random.random() < 0.1:
        words.append("tos 0x10")
    if random.random() < 0.2:
        words.append("ipproto " + random.choice(("tcp", "udp")))
        if random.random() < 0.5:
            words.append("dport " + random.choice(("80", "1000-2000")))
    last = random.random()
    if last < 0.1:
        words.append(random.choice(("blackhole", "prohibit", "unreachable", "nop")))
    elif last < 0.2:
        words.append(f"goto {random.choice((32766, 32767))}")
    else:
        words.append("table " + random.choice((*TABLES, "local", "default")))
        if random.random() < 0.25:
            words.append("suppress_prefixlength " + random.choice(("0", "8", "16", "32")))
    return " ".join(words)


def configure(host: Namespace, random: Random) -> None:
    """Commands that contradict what is there, or that the kernel does not take, are passed over."""
    host.sysctl(
        {
            "net.ipv4.ip_forward": 1,
            "net.ipv6.conf.all.forwarding": random.randint(0, 1),
            "net.ipv4.conf.all.rp_filter": random.choice((0, 0, 1, 2)),
        }
    )
    host.ip(links(random))
    if random.random() < 0.3:
        host.sysctl({"net.ipv4.conf.r3.ignore_routes_with_linkdown": 1})
    if random.random() < 0.3:
        host.sysctl({"net.ipv6.conf.r3.ignore_routes_with_linkdown": 1})
    commands = []
    for family in (4, 6):
        prefix = "-6 " if family == 6 else ""
        rules = random.choice((0, 2, 6))
        commands += [prefix + route(random, family) for _ in range(random.randint(3, 18))]
        commands += [prefix + rule(random, family) for _ in range(rules)]
    if random.random() < 0.3:
        commands += ["link set r2 down"]
    text = "".join(f"{command}\n" for command in commands)
    host.run("ip", "-force", "-batch", "-", stdin=text.encode(), check=False)


def flow(random: Random, family: int) -> dict[str, Any]:
    asked: dict[str, Any] = {"to": random.choice(HOSTS[family])}
    inside = random.random() < 0.6
    if inside:
        asked["in"] = random.choice(LINKS)
    if inside or random.random() < 0.3:
        own = random.random() < 0.1 or not inside
        number = random.randrange(len(LINKS))
        asked["from"] = (
            OWN[family].format(number) if own else random.choice(HOSTS[family])
        )
    asked["protocol"] = random.choice(("tcp", "udp", "icmp"))
    if asked["protocol"] != "icmp":
        asked["port"] = random.choice((80, 1500, 8629))
        asked["source_port"] = 40000
    return asked


def told(line: str) -> Any:
    """What an answer says about routing: where to and why, or the error of a question."""
    answer = json.loads(line)
    if "error" in answer:
        return answer["error"]["message"]
    flow_told = answer["flow"]
    return flow_told["out"], flow_told["from"], answer["route"], answer["verdict"], answer["reason"]


def ask(lab: Lab, host: Namespace, flows: bytes, *args: str) -> list[str]:
    asked = host.run(
        *lab.nicfix_command("explain", "--flows", "-", *args),
        stdin=flows, env={**os.environ, **lab.bus.env}, check=False,
    )
    return asked.stdout.decode().splitlines()


@pytest.mark.parametrize("group", ["fixed", "fresh"])
def test_a_snapshot_routes_as_the_kernel_does(make_lab: LabMaker, group: str) -> None:
    """Nothing that a snapshot answers differs from what the kernel answered."""
    fresh = os.environ.get("NICFIX_ROUTING_SEED") or secrets.token_hex(4)
    seed = "fixed" if group == "fixed" else fresh
    print(f"seed {seed!r}: NICFIX_ROUTING_SEED={fresh}")
    lab = make_lab()
    asked = unknown = refused = 0
    different = []
    for number in range(CONFIGURATIONS):
        random = Random(f"{seed} {number}")
        host = Namespace("routing")
        try:
            configure(host, random)
            flows = [flow(random, family) for family in (4, 6) for _ in range(FLOWS)]
            lines = "".join(json.dumps(each) + "\n" for each in flows).encode()
            live = ask(lab, host, lines)
            taken = host.run(
                *lab.nicfix_command("snapshot"), env={**os.environ, **lab.bus.env}
            ).stdout
            file = lab.folder / "snapshot.json"
            file.write_bytes(taken)
            replayed = ask(lab, host, lines, "--snapshot", str(file))
            assert len(live) == len(replayed) == len(flows)
            for question, one, other in zip(flows, live, replayed):
                asked += 1
                if "the snapshot does not tell" in other:
                    unknown += 1
                    continue
                refused += json.loads(one).get("route") is None
                if told(one) != told(other):
                    different.append((number, question, told(one), told(other)))
        finally:
            host.close()
    print(f"asked {asked}, refused by the kernel {refused}, unknown {unknown}")
    for each in different[:20]:
        print(*each, sep="\n  ")
    assert not different
    assert unknown <= asked * MAY_BE_UNKNOWN
    assert 0 < refused < asked
