# SPDX-License-Identifier: GPL-2.0-or-later
"""Random rules of other programs than firewalld, as input for nft -f and iptables-restore: all hooks
and families, policies, sets, maps, marks, translations, and every test that an address, a port, an
interface or a connection allows.

A probe to the host is known by its answer, which is not what is asked about: chains that answers pass
accept them first. For the same reason nothing is translated to a port where nobody listens."""
from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

_PRIORITIES = (-300, -150, -100, 0, 0, 5, 10, 20, 100)
_HOOKS = ("prerouting", "input", "forward", "output", "postrouting")
_ANSWERS = "    ct direction reply accept\n"


@dataclass
class Ruleset:
    """What was drawn."""

    nft: str
    iptables: dict[str, str] = field(default_factory=dict)  # restore program: its input

    def text(self) -> str:
        """All of it, to be read."""
        parts = (f"# {program}\n{text}" for program, text in self.iptables.items())
        return "\n".join([self.nft, *parts])


@dataclass(frozen=True)
class Host:
    """What there is to be named: addresses of each family (4, 6), interfaces, ports that listen."""

    interfaces: Sequence[str]
    bridge: str
    addresses: dict[int, Sequence[str]]
    tcp: Sequence[int]
    udp: Sequence[int]


def draw(random: Random, host: Host) -> Ruleset:
    """One to three tables of nft, and sometimes rules of iptables."""
    tables = [
        _Table(random, host, number).draw() for number in range(random.randint(1, 3))
    ]
    if random.random() < 0.3:
        tables.append(_ingress(random, host))
    if random.random() < 0.15:
        tables.append(_bridge(random, host))
    drawn = Ruleset("\n".join(tables))
    if random.random() < 0.5:
        version = random.choice((4, 4, 6))
        program = {4: "iptables-nft-restore", 6: "ip6tables-nft-restore"}[version]
        drawn.iptables[program] = _iptables(random, host, version)
    return drawn


def removal(ruleset: Ruleset) -> str:
    """Input for nft -f that removes what was loaded."""
    lines = []
    for line in ruleset.nft.splitlines():
        if line.startswith("table "):
            lines.append("delete " + line.removesuffix(" {"))
    for program in ruleset.iptables:
        family = "ip6" if program.startswith("ip6") else "ip"
        lines += [f"add table {family} {name}\ndelete table {family} {name}"
                  for name in ("filter", "nat", "mangle", "raw")]
    return "\n".join(lines) + "\n"


def _network(random: Random, address: str) -> str:
    """ADDRESS or a network that has it."""
    whole = ipaddress.ip_address(address).max_prefixlen
    length = random.choice((whole, whole, whole - 1, 24, 16) if whole == 32 else
                           (whole, whole, whole - 1, 64, 32))
    return str(ipaddress.ip_network(f"{address}/{length}", strict=False)).removesuffix(f"/{whole}")


class _Table:
    """Draws one table of nft."""

    def __init__(self, random: Random, host: Host, number: int) -> None:
        self._random = random
        self._host = host
        self._number = number
        self._family = random.choice(("inet", "inet", "ip", "ip", "ip6"))
        version = {"ip": 4, "ip6": 6}.get(self._family) or random.choice((4, 4, 6))
        self._version = version
        self._ip = {4: "ip", 6: "ip6"}[version]
        self._addresses = host.addresses[version]

    def _address(self) -> str:
        return self._random.choice(self._addresses)

    def _some_network(self) -> str:
        return _network(self._random, self._address())

    def _port_set(self, ports: Sequence[int]) -> str:
        random = self._random
        drawn = random.sample(ports, random.randint(1, len(ports)))
        if random.random() < 0.3:
            return f"{{ {min(drawn)}-{min(drawn) + 30}, {max(ports) + 100} }}"
        return "{ " + ", ".join(map(str, drawn)) + " }"

    def _address_tests(self) -> list[str]:
        random, ip = self._random, self._ip
        end = random.choice(("saddr", "daddr"))
        negation = random.choice(("", "", "!= "))
        first, second = self._address(), self._address()
        tcp = self._host.tcp
        fields = f"{ip} daddr . tcp dport"
        low, high = sorted((first, second), key=ipaddress.ip_address)
        return [
            f"{ip} {end} {negation}{self._some_network()}",
            f"{ip} {end} {negation}{{ {self._some_network()} }}",
            f"{ip} {end} {negation}{low}-{high}",
            f"{ip} {end} {random.choice(('', '!= '))}@nets",
            f"{fields} {{ {first} . {random.choice(tcp)}, {second} . {random.choice(tcp)} }}",
            f"{fields} {{ {self._some_network()} . {min(tcp)}-{max(tcp)} }}",
            f"iifname . {ip} saddr {{ {self._host.interfaces[0]} . {first}, "
            f"{self._host.interfaces[1]} . {second} }}",
            f"ct original {ip} daddr {self._some_network()}",
            f"fib daddr type {random.choice(('local', '!= local', 'unicast'))}",
            f"fib saddr . iif oif {random.choice(('exists', 'missing'))}",
        ]

    def _tests(self, hook: str) -> list[str]:
        random = self._random
        tcp, udp = self._host.tcp, self._host.udp
        icmp = {4: "icmp type echo-request", 6: "icmpv6 type echo-request"}[self._version]
        tests = [
            *self._address_tests(),
            f"tcp dport {random.choice(('', '!= '))}{self._port_set(tcp)}",
            f"udp dport {random.choice(udp)}",
            f"tcp dport {random.choice(('<', '>=', '<=', '>'))} {random.choice(tcp)}",
            f"udp sport {random.choice(('40000-41000', '!= 40000-41000', '41500-60000'))}",
            f"meta l4proto {random.choice(('tcp', 'udp', 'icmp', '{ tcp, udp }', 'ipv6-icmp'))}",
            icmp,
            f"ct state {random.choice(('new', 'established,related', 'invalid', '!= new'))}",
            "ct status dnat",
            "ct state vmap { new : continue, established : accept, invalid : drop }",
            f"meta mark {random.choice(('0x1', '0x2', '!= 0x1', '& 0x1 == 0x1', '0x0', '< 0x2'))}",
            f"ct mark {random.choice(('0x1', '0x0'))}",
            "tcp flags & (fin|syn|rst|ack) == syn",
            "meta pkttype host",
            f"meta nfproto {random.choice(('ipv4', 'ipv6'))}" if self._family == "inet" else icmp,
            "@th,16,16 & 0x10 == 0",
        ]
        if hook in ("prerouting", "input", "forward"):
            name = random.choice(self._host.interfaces)
            tests += [f'iifname "{name}"', f'iifname != "{name}"', f'iifname "{name[:2]}*"',
                      f'iif "{name}"', f'iifname {{ "{name}", "nope0" }}', "iifname @ifs"]
        if hook == "postrouting":
            tests += [f'iifname "{random.choice(self._host.interfaces)}"']
        if hook in ("forward", "output", "postrouting"):
            name = random.choice(self._host.interfaces)
            tests += [f'oifname "{name}"', f'oifname != "{name}"', f'oif "{name}"']
        return tests

    def _translation(self, hook: str) -> str:
        random, ip = self._random, self._ip
        address, port = self._address(), random.choice(self._host.tcp)
        end = f"[{address}]" if self._version == 6 else address
        first, second = random.sample(self._addresses, 2)
        if hook in ("prerouting", "output"):
            return random.choice((
                f"meta l4proto tcp dnat {ip} to {end}:{port}",
                f"meta l4proto tcp redirect to :{port}",
                f"dnat {ip} to {address}",
                f"dnat {ip} to {ip} daddr map {{ {first} : {address}, {second} : {address} }}",
                f"dnat {ip} to numgen inc mod 2 map {{ 0 : {first}, 1 : {first} }}",
                "accept", "counter", "return",
            ))
        return random.choice(("masquerade", "accept", "counter", f"snat {ip} to {address}"))

    def _statement(self, hook: str, chains: list[str], kind: str) -> str:
        random, ip = self._random, self._ip
        if kind == "nat":
            return self._translation(hook)
        first, second = random.sample(self._addresses, 2)
        choices = ["accept", "drop", "reject", "return", "counter", "counter drop",
                   "meta mark set 0x1", "meta mark set meta mark | 0x2", 'log prefix "x" ',
                   "tcp dport vmap { 22 : accept, 80 : drop }",
                   "meta mark set tcp dport map { 22 : 0x1, 80 : 0x2 }",
                   f"{ip} saddr vmap {{ {first} : accept, {second} : drop }}"]
        if self._version == 4:
            choices.append("reject with icmp type host-prohibited")
        if hook in ("postrouting", "prerouting"):
            choices = [choice for choice in choices if "reject" not in choice] + ["accept"] * 2
        if kind == "early":
            choices.append("meta l4proto udp notrack")
        else:
            choices += ["ct mark set 0x1", "ct mark set meta mark", "meta mark set ct mark"]
        if chains:
            target = random.choice(chains)
            port = random.choice(self._host.tcp)
            choices += [f"jump {target}", f"jump {target}", f"goto {target}",
                        f"tcp dport vmap {{ {port} : jump {target} }}"]
        return random.choice(choices)

    def _rules(self, hook: str, chains: list[str], kind: str, most: int) -> str:
        random = self._random
        lines = []
        for _ in range(random.randint(0, most)):
            least = 1 if kind == "nat" else 0
            tests = [random.choice(self._tests(hook)) for _ in range(random.randint(least, 2))]
            lines.append("    " + " ".join([*tests, self._statement(hook, chains, kind)]))
        return "\n".join(lines)

    def _base(self, number: int, hook: str, kind: str, chains: list[str]) -> str:
        random = self._random
        if kind == "nat":
            early = hook in ("prerouting", "output")
            priority = random.choice((-100, -90)) if early else 100
        else:
            priority = random.choice(_PRIORITIES)
        policy = "drop" if random.random() < 0.15 and kind == "filter" else "accept"
        if kind == "filter" and priority == -300 and hook in ("prerouting", "output"):
            kind = "early"
        body = self._rules(hook, chains, kind, 6)
        if hook in ("output", "postrouting") and kind != "nat":
            body = _ANSWERS + body
        kind = "nat" if kind == "nat" else "filter"
        return (f"  chain base{number} {{\n    type {kind} hook {hook} priority {priority}; "
                f"policy {policy};\n{body}\n  }}")

    def draw(self) -> str:
        """The table."""
        random = self._random
        some, other = self._address(), self._some_network()
        kind_of_address = {4: "ipv4_addr", 6: "ipv6_addr"}[self._version]
        intervals = random.random() < 0.5
        flags, elements = (" flags interval;", other) if intervals else ("", some)
        parts = [
            f"table {self._family} foreign{self._number} {{",
            f"  set nets {{ type {kind_of_address};{flags} elements = {{ {elements} }} }}",
            f'  set ifs {{ type ifname; elements = {{ "{random.choice(self._host.interfaces)}" }} }}',
        ]
        hook = random.choice(_HOOKS)
        kind = "nat" if random.random() < 0.35 and hook != "forward" else "filter"
        chains: list[str] = []
        for index in range(random.randint(0, 3) if kind == "filter" else 0):
            body = self._rules(hook, list(chains), kind, 4)
            parts.append(f"  chain sub{index} {{\n{body}\n  }}")
            chains.append(f"sub{index}")
        parts += [self._base(number, hook, kind, chains) for number in range(random.randint(1, 2))]
        return "\n".join([*parts, "}"])


def _ingress(random: Random, host: Host) -> str:
    """A table of family netdev."""
    name = random.choice(host.interfaces)
    address, port = random.choice(host.addresses[4]), random.choice(host.tcp)
    rules = random.sample([
        f"ip saddr {_network(random, address)} drop",
        f"ip6 daddr {random.choice(host.addresses[6])} drop",
        f"tcp dport {port} drop",
        f"meta l4proto udp udp dport {random.choice(host.udp)} drop",
        "meta mark set 0x1",
        "meta protocol ip6 counter",
    ], random.randint(1, 2))
    body = "\n".join(f"    {rule}" for rule in rules)
    return (f"table netdev foreign8 {{\n  chain in {{\n    type filter hook ingress device {name} "
            f"priority 0; policy accept;\n{body}\n  }}\n}}")


def _bridge(random: Random, host: Host) -> str:
    """A table of family bridge."""
    hook = random.choice(("prerouting", "input", "output"))
    address = random.choice(host.addresses[4])
    return (f"table bridge foreign9 {{\n  chain br {{\n    type filter hook {hook} priority 0; "
            f"policy accept;\n    ip daddr {address} drop\n"
            f"    meta mark set 0x2\n  }}\n}}")


def _iptables(random: Random, host: Host, version: int) -> str:
    """Rules as other programs add them: tables filter, mangle and, of IPv4, nat."""
    addresses, (a, b) = host.addresses[version], random.sample(list(host.interfaces), 2)
    port, other = random.choice(host.tcp), random.choice(host.tcp)
    icmp = {4: "-p icmp -m icmp --icmp-type echo-request",
            6: "-p ipv6-icmp -m icmp6 --icmpv6-type echo-request"}[version]

    def test() -> str:
        return random.choice((
            f"-s {_network(random, random.choice(addresses))}",
            f"! -d {_network(random, random.choice(addresses))}",
            f"-d {random.choice(addresses)}",
            f"-p tcp -m tcp --dport {port}", f"-p tcp -m tcp ! --dport {min(port, other)}:{max(port, other)}",
            "-p tcp -m tcp --tcp-flags SYN,ACK SYN", "-p udp -m udp --sport 40000:41000",
            f"-p tcp -m multiport --dports {port},{other},7000:7010",
            f"-p udp -m multiport ! --ports {random.choice(host.udp)}", icmp,
            "-m conntrack --ctstate NEW", "-m conntrack --ctstate ESTABLISHED,RELATED",
            "-m conntrack ! --ctstate DNAT", f"-m conntrack --ctorigdstport {port} --ctproto tcp",
            f"-m conntrack --ctorigdst {random.choice(addresses)}",
            "-m conntrack --ctstatus NONE", "-m state --state NEW",
            "-m mark --mark 0x1/0x1", "-m mark ! --mark 0x2", "-m connmark --mark 0x1",
            "-m addrtype --dst-type LOCAL", "-m addrtype ! --dst-type LOCAL",
            "-m addrtype --src-type UNICAST", "-m comment --comment x", "-m pkttype --pkt-type unicast",
        ))

    def rule(chain: str, targets: Sequence[str]) -> str:
        tests = " ".join(test() for _ in range(random.randint(0, 1)))
        link = {"FORWARD": random.choice((f"-i {a}", f"-o {b}", f"! -i {b}", "")),
                "INPUT": random.choice((f"-i {a}", ""))}.get(chain, "")
        return f"-A {chain} {link} {tests} -j {random.choice(targets)}"

    verdicts = ("ACCEPT", "DROP", "REJECT", "RETURN", "sub", "MARK --set-xmark 0x1/0x1")
    lines = ["*filter", ":INPUT ACCEPT [0:0]", f":FORWARD {random.choice(('ACCEPT', 'DROP'))} [0:0]",
             ":OUTPUT ACCEPT [0:0]", ":sub - [0:0]",
             "-A OUTPUT -m conntrack --ctdir REPLY -j ACCEPT"]
    for chain in ("FORWARD", "FORWARD", "INPUT", "OUTPUT", "sub"):
        lines += [rule(chain, [name for name in verdicts if name != chain])
                  for _ in range(random.randint(0, 2))]
    marks = ("MARK --set-xmark 0x2/0xffffffff", "CONNMARK --save-mark", "CONNMARK --restore-mark",
             "CONNMARK --set-xmark 0x1/0x1", "MARK --or-mark 0x1")
    lines += ["COMMIT", "*mangle", ":PREROUTING ACCEPT [0:0]", ":FORWARD ACCEPT [0:0]"]
    lines += [rule(chain, marks) for chain in ("PREROUTING", "FORWARD")]
    lines.append("COMMIT")
    if version == 4 and random.random() < 0.5:
        ends = (f"DNAT --to-destination {random.choice(addresses)}:{port}",
                f"REDIRECT --to-ports {port}", f"NETMAP --to {random.choice(addresses)}/32")
        lines += ["*nat", ":PREROUTING ACCEPT [0:0]", ":POSTROUTING ACCEPT [0:0]",
                  f"-A PREROUTING -p tcp -m tcp --dport {other} -i {a} -j {random.choice(ends)}",
                  f"-A POSTROUTING -o {b} -j MASQUERADE", "COMMIT"]
    return "\n".join(lines) + "\n"
