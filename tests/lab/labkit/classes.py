# SPDX-License-Identifier: GPL-2.0-or-later
"""Questions that the rules of a snapshot can tell apart: flows with every address, port, protocol and
interface that a rule names, those just beside them, and those that no rule names."""
from __future__ import annotations

import copy
import ipaddress
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

Json = dict[str, Any]

# (base, offset, length) of payload expressions: which field of a packet that is
_PAYLOADS = {
    (1, 12, 4): "address", (1, 16, 4): "address", (1, 8, 16): "address", (1, 24, 16): "address",
    (1, 12, 3): "address", (1, 16, 3): "address", (1, 12, 2): "address", (1, 16, 2): "address",
    (1, 8, 8): "address", (1, 24, 8): "address", (1, 8, 4): "address", (1, 24, 4): "address",
    (2, 0, 2): "port", (2, 2, 2): "port",
}
_META_L4PROTO = 16
_PROTOCOLS = {6: "tcp", 17: "udp", 132: "sctp", 33: "dccp"}


@dataclass
class Named:
    """What the rules of a snapshot name."""

    addresses: set[str] = field(default_factory=set)
    ports: set[int] = field(default_factory=set)
    protocols: set[str] = field(default_factory=lambda: {"tcp", "udp", "icmp"})

    def add(self, what: str, data: bytes) -> None:
        """A value, and its neighbours, of the field WHAT."""
        if what == "port":
            port = int.from_bytes(data[:2], "big")
            self.ports |= {each for each in (port - 1, port, port + 1) if 0 < each < 65536}
        elif what == "protocol" and data and data[0] in _PROTOCOLS:
            self.protocols.add(_PROTOCOLS[data[0]])
        elif what == "address" and data:
            self._add_address(data)

    def _add_address(self, data: bytes) -> None:
        size = 4 if len(data) <= 4 and data[0] not in (0xFD, 0xFE, 0xFF) else 16
        number = int.from_bytes(data.ljust(size, b"\0"), "big")
        for each in (number - 1, number, number + 1):
            if 0 < each < 1 << (8 * size):
                self.addresses.add(str(ipaddress.ip_address(each.to_bytes(size, "big"))))


def _registers(named: Named, rule: Json, sets: dict[str, Json]) -> None:
    """Follows what is loaded into registers to what it is compared with."""
    loaded: dict[int, str] = {}
    for expression in rule["expressions"]:
        kind = expression["op"]
        if kind == "payload":
            place = (expression["key"], expression["offset"], expression["length"])
            loaded[expression["destination"]] = _PAYLOADS.get(place, "")
        elif kind == "meta":
            is_protocol = expression["key"] == _META_L4PROTO
            loaded[expression["destination"]] = "protocol" if is_protocol else ""
        elif kind in ("cmp", "range"):
            for key in ("data", "data_end"):
                if data := expression.get(key):
                    named.add(loaded.get(expression["source"], ""), bytes.fromhex(data))
        elif kind == "lookup" and (found := sets.get(expression["name"])):
            _elements(named, found, loaded, expression["source"])
        elif kind == "match" and expression["name"] in ("tcp", "udp", "multiport"):
            data = bytes.fromhex(expression["data"] or "")
            first = 2 if expression["name"] == "multiport" else 0
            for at in range(first, min(first + 8, len(data) - 1), 2):
                named.add("port", data[at : at + 2][::-1])


def _elements(named: Named, found: Json, loaded: dict[int, str], at: int) -> None:
    fields = found["fields"] or [found["key_length"]]
    for element in found["elements"][:50]:
        for key in ("key", "key_end"):
            if not (text := element.get(key)):
                continue
            offset = 0
            for length in fields:
                part = bytes.fromhex(text)[offset : offset + length]
                named.add(loaded.get(at + offset, ""), part)
                offset += (length + 3) // 4 * 4


def named_by(snapshot: Json) -> Named:
    """What all rules of SNAPSHOT name."""
    named = Named()
    for table in snapshot["ruleset"]:
        sets = {each["name"]: each for each in table["sets"]}
        for chain in table["chains"]:
            for rule in chain["rules"]:
                _registers(named, rule, sets)
    return named


@dataclass(frozen=True)
class Side:
    """A link of the host: its networks, its own addresses."""

    name: str
    networks: tuple[str, ...]
    own: tuple[str, ...]


def flows(snapshot: Json, sides: list[Side], random: Random, most: int) -> list[str]:
    """Lines for the judge: at most MOST, drawn from all combinations."""
    drawn = list(_combinations(named_by(snapshot), sides))
    return random.sample(drawn, most) if len(drawn) > most else drawn


def _home(address: str, sides: list[Side]) -> Side | None:
    at = ipaddress.ip_address(address)
    for side in sides:
        if any(at in ipaddress.ip_network(network) for network in side.networks):
            return side
    return sides[-1] if at.version == 4 else None  # the default route


def _contents(named: Named, version: int) -> list[str]:
    found = []
    for protocol in sorted(named.protocols - {"icmp"}):
        found += [f"{protocol} {port}" for port in sorted(named.ports | {4444})]
    icmp = {8} if version == 4 else {128, 134, 135}
    return found + [f"icmp {kind}" for kind in sorted(icmp)]


def _combinations(named: Named, sides: list[Side]) -> Iterator[str]:
    own = {address for side in sides for address in side.own}
    for version, elsewhere in ((4, "198.51.100.77"), (6, "fd00:77::77")):
        addresses = sorted(
            address for address in named.addresses | own | {elsewhere}
            if ipaddress.ip_address(address).version == version
            and not ipaddress.ip_address(address).is_multicast
        )
        contents = _contents(named, version)
        for source, destination in itertools.permutations(addresses, 2):
            out = _home(destination, sides)
            home = _home(source, sides)
            if out is None or home is None and source in own:
                continue
            for side in sides:
                word = "back-by-it" if home == side else "no-way-back" if home is None else \
                    "back-by-another"
                ends = f"in {side.name} from {source} to {destination}"
                if source in own:
                    if out != side:
                        continue
                    exit_ = "lo" if destination in own else side.name
                    line = f"output out {exit_} from {source} to {destination}"
                elif destination in own:
                    line = f"input {ends} {word}"
                elif out != side:
                    line = f"forward out {out.name} {ends} {word}"
                else:
                    continue
                for content in contents:
                    yield f"{line} source-port 40000 {content}"
                yield f"{line} source-port 40000 tcp 4444 established"


_OTHER = {"accept": "drop", "drop": "accept"}


_EFFECTS = {"reject", "nat", "masquerade", "redirect", "meta-set", "ct-set", "notrack", "target",
            "queue", "payload-set"}


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


def mutants(snapshot: Json) -> Iterator[tuple[str, Json]]:
    """Each rule that does something deleted, and each verdict turned round: a name, and the snapshot
    with it."""
    for t, table in enumerate(snapshot["ruleset"]):
        idle = _idle_chains(table)
        for c, chain in enumerate(table["chains"]):
            for r, rule in enumerate(chain["rules"]):
                if chain["name"] in idle or _is_idle(rule, idle, ("jump",)):
                    continue
                name = f"{table['family']} {table['name']} {chain['name']} handle {rule['handle']}"
                changed = copy.deepcopy(snapshot["ruleset"])
                del changed[t]["chains"][c]["rules"][r]
                yield f"{name} deleted", {**snapshot, "ruleset": changed}
                for e, expression in enumerate(rule["expressions"]):
                    if other := _OTHER.get(expression.get("verdict") or ""):
                        changed = copy.deepcopy(snapshot["ruleset"])
                        changed[t]["chains"][c]["rules"][r]["expressions"][e]["verdict"] = other
                        yield f"{name} turned round", {**snapshot, "ruleset": changed}
