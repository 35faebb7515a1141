# SPDX-License-Identifier: GPL-2.0-or-later
"""Questions that the rules of a snapshot can tell apart: one flow for each combination of the
values that some rule treats differently, of addresses, ports, types of ICMP, senders and links."""
from __future__ import annotations

import ipaddress
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

Json = dict[str, Any]

# (base, offset) of what payload expressions load, and how many bits of it there are
_PAYLOADS = {
    (0, 6): ("mac", 48),
    (1, 12): ("from 4", 32), (1, 16): ("to 4", 32), (1, 8): ("from 6", 128), (1, 24): ("to 6", 128),
    (2, 0): ("source-port", 16), (2, 2): ("port", 16),
}
_META_L4PROTO = 16
_PROTOCOLS = {6: "tcp", 17: "udp", 132: "sctp", 33: "dccp"}
_ICMP = {1: 4, 58: 6}
_LOWER, _GREATER = (2, 3), (4, 5)  # operations of cmp: less and less or equal; greater
_UNNAMED_MAC = "02:00:00:00:00:99"
_MULTICAST = {4: "224.0.0.251", 6: "ff02::fb"}
_ELSEWHERE = {4: "198.51.100.77", 6: "fd00:77::77"}

Test = frozenset[tuple[int, int]]  # the values that a rule matches, from and to


@dataclass
class Named:
    """What the rules of a snapshot test: for each field of a packet, such as "from 4", "tcp port"
    or "icmp 6", the values that each test is about."""

    tests: dict[str, set[Test]] = field(default_factory=dict)
    protocols: set[str] = field(default_factory=lambda: {"tcp", "udp"})

    def add(self, place: str, test: Test) -> None:
        """Packets are told apart by whether TEST matches the field PLACE."""
        self.tests.setdefault(place, set()).add(test)

    def classes(self, place: str, known: Iterable[int], bits: int) -> Iterator[tuple[Any, int]]:
        """Values of a field of BITS bits that some test tells apart: those that are KNOWN, what
        each test begins and ends with, and what is beside that. Each with the tests that match."""
        tests = sorted(self.tests.get(place, ()), key=sorted)
        edges = [end for test in tests for ends in test for end in ends]
        for value in [*known, *(edge + step for edge in edges for step in (-1, 0, 1))]:
            if 0 <= value < 1 << bits:
                yield tuple(
                    any(low <= value <= high for low, high in test) for test in tests
                ), value

    def one_of_each(self, place: str, known: Iterable[int], bits: int) -> list[int]:
        """One value of each class."""
        found: dict[Any, int] = {}
        for key, value in self.classes(place, known, bits):
            found.setdefault(key, value)
        return sorted(found.values())


class _Reader:
    """Follows what one rule loads into registers to what it is compared with."""

    def __init__(self, named: Named, sets: dict[str, Json]) -> None:
        self._named = named
        self._sets = sets
        self._loaded: dict[int, tuple[str, int, int]] = {}  # place, its bits, how many were loaded
        self._mask: dict[int, int] = {}  # how many of them count
        self._protocol = 0

    def read(self, expression: Json) -> None:
        """The next expression of the rule."""
        kind = expression["op"]
        if kind in ("payload", "meta"):
            self._load(expression)
        elif kind == "bitwise" and (mask := expression.get("data")):
            ones = bin(int(mask, 16)).count("1")
            self._mask[expression["destination"]] = ones
        elif kind in ("cmp", "range") and expression.get("data"):
            self._compare(expression)
        elif kind == "lookup" and (found := self._sets.get(expression["name"])):
            self._look_up(found, expression["source"])
        elif kind == "match" and expression["name"] in ("tcp", "udp", "multiport"):
            self._match(expression)

    def _load(self, expression: Json) -> None:
        place, bits, length = "", 0, expression.get("length") or 1
        if expression["op"] == "meta":
            place, bits = ("protocol", 8) if expression["key"] == _META_L4PROTO else ("", 0)
        elif expression["key"] == 2 and self._protocol in _ICMP:
            if expression["offset"] == 0:
                place, bits = f"icmp {_ICMP[self._protocol]}", 16  # type and code
        else:
            place, bits = _PAYLOADS.get((expression["key"], expression["offset"]), ("", 0))
        if "port" in place and self._protocol in _PROTOCOLS:
            place = f"{_PROTOCOLS[self._protocol]} {place}"
        self._loaded[expression["destination"]] = (place, bits, 8 * length)
        self._mask.pop(expression["destination"], None)

    def _add(self, register: int, ends: Iterable[tuple[bytes, bytes]]) -> None:
        """A test of REGISTER for the values from and to ENDS."""
        place, bits, loaded = self._loaded.get(register, ("", 0, 0))
        if not place:
            return
        test = set()
        for low, high in ends:
            first, last = (int.from_bytes(each[: loaded // 8], "big") for each in (low, high))
            if loaded < bits:
                first, last = first << bits - loaded, (last + 1 << bits - loaded) - 1
            if (ones := self._mask.get(register)) is not None:
                last |= (1 << bits - ones) - 1
            test.add((first, last))
        for name in self._places(place):
            self._named.add(name, frozenset(test))
        if place == "protocol":
            self._named.protocols |= {
                _PROTOCOLS[each] for first, last in test for each in range(first, last + 1)
                if each in _PROTOCOLS
            }

    @staticmethod
    def _places(place: str) -> list[str]:
        if place in ("port", "source-port"):
            return [f"{protocol} {place}" for protocol in _PROTOCOLS.values()]
        return [place]

    def _compare(self, expression: Json) -> None:
        data = bytes.fromhex(expression["data"])
        end = bytes.fromhex(expression.get("data_end") or expression["data"])
        if expression["op"] == "cmp" and expression["operation"] in _LOWER:
            data = bytes(len(data))
        elif expression["op"] == "cmp" and expression["operation"] in _GREATER:
            end = b"\xff" * len(data)
        if self._loaded.get(expression["source"], ("",))[0] == "protocol":
            self._protocol = data[0]
        self._add(expression["source"], [(data, end)])

    def _look_up(self, found: Json, register: int) -> None:
        offset = 0
        for length in found["fields"] or [found["key_length"]]:
            ends = []
            for element in found["elements"][:50]:
                key = bytes.fromhex(element["key"] or "")
                end = bytes.fromhex(element.get("key_end") or element["key"] or "")
                ends.append((key[offset : offset + length], end[offset : offset + length]))
            self._add(register + offset, ends)
            offset += (length + 3) // 4 * 4

    def _match(self, expression: Json) -> None:
        data = bytes.fromhex(expression["data"] or "")
        first = 2 if expression["name"] == "multiport" else 0
        ports = [data[at : at + 2][::-1] for at in range(first, min(first + 8, len(data) - 1), 2)]
        for place in self._places("port") + self._places("source-port"):
            for port in ports:
                number = int.from_bytes(port, "big")
                self._named.add(place, frozenset([(number, number)]))


def named_by(snapshot: Json) -> Named:
    """What all rules of SNAPSHOT test."""
    named = Named()
    for table in snapshot["ruleset"]:
        sets = {each["name"]: each for each in table["sets"]}
        for chain in table["chains"]:
            for rule in chain["rules"]:
                reader = _Reader(named, sets)
                for expression in rule["expressions"]:
                    reader.read(expression)
    return named


@dataclass(frozen=True)
class Side:
    """A link of the host: its networks, its own addresses."""

    name: str
    networks: tuple[str, ...]
    own: tuple[str, ...]


def flows(snapshot: Json, sides: list[Side], random: Random, most: int | None) -> list[str]:
    """Lines for the judge: one for each class, or MOST of them."""
    drawn = list(_combinations(named_by(snapshot), sides))
    return random.sample(drawn, most) if most is not None and len(drawn) > most else drawn


def _home(address: str, sides: list[Side]) -> Side | None:
    """The side that ADDRESS is at; None: behind the default route, if there is one."""
    at = ipaddress.ip_address(address)
    for side in sides:
        if any(at in ipaddress.ip_network(network) for network in side.networks):
            return side
    return sides[-1] if at.version == 4 else None


def _addresses(named: Named, word: str, version: int, sides: list[Side]) -> list[str]:
    """An address of each class, as the rules and the routes tell them apart."""
    own = [address for side in sides for address in side.own]
    known = [*own, _ELSEWHERE[version]]
    known += [str(ipaddress.ip_network(each)[7]) for side in sides for each in side.networks]
    numbers = [int(each) for each in map(ipaddress.ip_address, known) if each.version == version]
    bits = 32 if version == 4 else 128
    found: dict[Any, str] = {}
    for key, value in named.classes(f"{word} {version}", numbers, bits):
        at = ipaddress.ip_address(value.to_bytes(bits // 8, "big"))
        if at.is_multicast or at.is_loopback or at.is_unspecified or value == (1 << bits) - 1:
            continue
        home = _home(str(at), sides)
        owner = str(at) if str(at) in own else home.name if home else ""
        found.setdefault((key, owner), str(at))
    return sorted(found.values())


def _contents(named: Named, version: int) -> list[str]:
    """Ports of each class for each protocol, and types of ICMP; each in each state."""
    found = []
    for protocol in sorted(named.protocols):
        sources = named.one_of_each(f"{protocol} source-port", [45000], 16)
        ports = named.one_of_each(f"{protocol} port", [4444], 16)
        found += [
            f"source-port {source} {protocol} {port}"
            for source, port in itertools.product(sources, ports) if source and port
        ]
    echo = {4: 8, 6: 128}[version] << 8
    for each in named.one_of_each(f"icmp {version}", [echo], 16):
        found.append(f"icmp {each >> 8} code {each & 255}")
    return [f"{each}{state}" for each in found for state in ("", " established", " invalid")]


def _ways(sides: list[Side], source: str, destination: str) -> Iterator[str]:
    """How a packet can go: through this host, to it, or from it."""
    own = {address for side in sides for address in side.own}
    out = _home(destination, sides) or sides[-1]
    home = _home(source, sides)
    multicast = ipaddress.ip_address(destination).is_multicast
    if source in own:
        for side in sides if multicast else [out]:
            exit_ = "lo" if destination in own else side.name
            yield f"output out {exit_} from {source} to {destination}"
        return
    for side in sides:
        back = {side: "back-by-it", None: "no-way-back"}.get(home, "back-by-another")
        ends = f"in {side.name} from {source} to {destination}"
        if destination in own or multicast:
            yield f"input {ends} {back}"
        else:
            yield f"forward out {out.name} {ends} {back}"


def _combinations(named: Named, sides: list[Side]) -> Iterator[str]:
    macs = [
        value.to_bytes(6, "big").hex(":")
        for value in named.one_of_each("mac", [int(_UNNAMED_MAC.replace(":", ""), 16)], 48)
    ]
    for version in (4, 6):
        contents = _contents(named, version)
        sources = _addresses(named, "from", version, sides)
        destinations = [*_addresses(named, "to", version, sides), _MULTICAST[version]]
        for source, destination in itertools.product(sources, destinations):
            if source == destination:
                continue
            for line in _ways(sides, source, destination):
                senders = [f" mac {mac}" for mac in macs] if " in " in line else [""]
                for sender, content in itertools.product(senders, contents):
                    yield f"{line}{sender} {content}"


_POSTROUTING = 4
_OTHER = {"accept": "drop", "drop": "accept"}
_EFFECTS = {"reject", "nat", "masquerade", "redirect", "meta-set", "ct-set", "notrack", "target",
            "queue", "payload-set"}
_WHAT = {
    ("payload", 0): "sender", ("payload", 1): "address", ("payload", 2): "port or type",
    ("meta", 6): "interface", ("meta", 7): "interface", ("meta", 16): "protocol",
}


def _idle_chains(table: Json) -> set[str]:
    """The chains that do nothing: their rules only count, log, and jump to such chains."""
    idle = {chain["name"] for chain in table["chains"]}
    while True:
        busy = {
            chain["name"] for chain in table["chains"] if chain["name"] in idle
            and not all(_is_idle(rule, idle, ("jump", "goto")) for rule in chain["rules"])
        }
        if not busy:
            return idle
        idle -= busy


def _is_idle(rule: Json, idle: set[str], ways: tuple[str, ...]) -> bool:
    """Whether RULE does nothing but go to IDLE chains, in one of WAYS."""

    def does_nothing(each: Json) -> bool:
        if each["op"] == "verdict":
            returns = "goto" in ways and each["verdict"] == "return"
            return returns or each["verdict"] in ways and each["name"] in idle
        return each["op"] not in _EFFECTS and not each.get("verdict_map")

    return all(does_nothing(each) for each in rule["expressions"])


def _reached(table: Json, base: Json) -> set[str]:
    """The chains that packets get to from the chain BASE."""
    chains = {chain["name"]: chain for chain in table["chains"]}
    found: set[str] = set()
    todo = [base["name"]]
    while todo:
        name = todo.pop()
        if name in found or name not in chains:
            continue
        found.add(name)
        todo += [each["name"] for rule in chains[name]["rules"] for each in rule["expressions"]
                 if each["op"] == "verdict" and each["name"]]
        # Verdict maps lead on, too; where to is not followed.
        if any(each.get("verdict_map") for rule in chains[name]["rules"]
               for each in rule["expressions"]):
            todo += chains
    return found


def _deciding_chains(table: Json) -> set[str]:
    """The chains on whose rules a verdict can depend: some refusal or translation can be reached
    where they are, other than that of a source."""
    deciding: set[str] = set()
    for base in table["chains"]:
        if not base["is_base"] or (base["type"], base["hook"]) == ("nat", _POSTROUTING):
            continue
        reached = _reached(table, base)
        if base["policy_drop"] or any(
            each["op"] in _EFFECTS or each.get("verdict_map") or each.get("verdict") == "drop"
            for chain in table["chains"] if chain["name"] in reached
            for rule in chain["rules"] for each in rule["expressions"]
        ):
            deciding |= reached
    return deciding - _idle_chains(table)


@dataclass(frozen=True)
class Rule:
    """A rule of a snapshot, by its place."""

    snapshot: Json
    table: int
    chain: int
    number: int

    @property
    def expressions(self) -> list[Json]:
        """What the rule is made of."""
        chain = self.snapshot["ruleset"][self.table]["chains"][self.chain]
        found: list[Json] = chain["rules"][self.number]["expressions"]
        return found

    def __str__(self) -> str:
        table = self.snapshot["ruleset"][self.table]
        chain = table["chains"][self.chain]
        handle = chain["rules"][self.number]["handle"]
        return f"{table['family']} {table['name']} {chain['name']} handle {handle}"

    def replaced(self, expressions: list[Json] | None) -> Json:
        """The snapshot with EXPRESSIONS for those of the rule; None: without the rule."""
        ruleset = [*self.snapshot["ruleset"]]
        table = ruleset[self.table] = dict(ruleset[self.table])
        chains = table["chains"] = [*table["chains"]]
        chain = chains[self.chain] = dict(chains[self.chain])
        rules = chain["rules"] = [*chain["rules"]]
        if expressions is None:
            del rules[self.number]
        else:
            rules[self.number] = {**rules[self.number], "expressions": expressions}
        return {**self.snapshot, "ruleset": ruleset}

    def ending_in(self, verdict: str) -> Json:
        """The snapshot where what the rule matches ends in VERDICT."""
        conditions = [
            each for each in self.expressions
            if each["op"] not in {"verdict", *_EFFECTS} and not each.get("verdict_map")
        ]
        return self.replaced([*conditions, _verdict(verdict)])


Mutant = tuple[Rule, str, list[Json] | None]  # the rule, what is done to it, and what it is then


def mutants(snapshot: Json, links: tuple[str, ...]) -> Iterator[Mutant]:
    """Each rule that can decide something: deleted; with another verdict, with the opposite of a
    condition, and with another interface of LINKS, address, port, protocol or type."""
    for t, table in enumerate(snapshot["ruleset"]):
        idle = _idle_chains(table)
        deciding = _deciding_chains(table)
        for c, chain in enumerate(table["chains"]):
            for r, rule in enumerate(chain["rules"]):
                if chain["name"] not in deciding or _is_idle(rule, idle, ("jump",)):
                    continue
                place = Rule(snapshot, t, c, r)
                yield place, "deleted", None
                for kind, expressions in _altered(rule["expressions"], links):
                    yield place, kind, expressions


def _verdict(word: str) -> Json:
    return {"op": "verdict", "verdict": word, "name": None}


def _altered(rule: list[Json], links: tuple[str, ...]) -> Iterator[tuple[str, list[Json]]]:
    """RULE with one expression that is another, and what is."""
    what = ""
    for at, each in enumerate(rule):
        if each["op"] in ("payload", "meta"):
            what = _WHAT.get((each["op"], each["key"]), "")
        elif each["op"] == "reject":
            yield "accepts", [*rule[:at], _verdict("accept")]
        elif each["op"] == "verdict" and each["verdict"] in _OTHER:
            yield "turned round", [*rule[:at], _verdict(_OTHER[each["verdict"]])]
        elif each["op"] == "cmp" and what and each["operation"] < 2:
            yield f"not {what}", [*rule[:at], {**each, "operation": 1 - each["operation"]},
                                  *rule[at + 1 :]]
            is_link = what == "interface"
            data = _another_link(each["data"], links) if is_link else _beside(each["data"])
            yield f"another {what}", [*rule[:at], {**each, "data": data}, *rule[at + 1 :]]
        elif each["op"] == "lookup" and not each["verdict_map"]:
            yield "not of the set", [*rule[:at], {**each, "flags": each["flags"] ^ 1},
                                     *rule[at + 1 :]]


def _another_link(data: str, links: tuple[str, ...]) -> str:
    name = bytes.fromhex(data).rstrip(b"\0").decode()
    other = next(link for link in links if not link.startswith(name))
    return other.encode().ljust(16, b"\0").hex()


def _beside(data: str) -> str:
    return f"{int(data, 16) ^ 1:0{len(data)}x}"
