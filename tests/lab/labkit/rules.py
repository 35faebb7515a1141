# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's rules, normalized: two that no packet can tell apart are equal."""
from __future__ import annotations

import re

from labkit.namespaces import Namespace

_BASE = re.compile(r"type \w+ hook ")  # a chain that the kernel itself enters
_NEXT = re.compile(r"\b(?:jump|goto) (\S+)")


def in_force(host: Namespace) -> dict[str, list[str]]:
    """The rules of each chain that a packet can reach, by "TABLE CHAIN". firewalld leaves the
    chains of unused zones in place, and creates chains in the order of first use: neither
    matters."""
    chains = _chains(host.run("nft", "--stateless", "list", "ruleset").stdout.decode())
    found: dict[str, list[str]] = {}
    queue = [name for name, rules in chains.items() if any(map(_BASE.search, rules))]
    while queue:
        name = queue.pop()
        if name in found:
            continue
        found[name] = chains[name]
        table = name.rpartition(" ")[0]
        queue += [f"{table} {target}" for target in _NEXT.findall("\n".join(chains[name]))]
    return found


def _chains(ruleset: str) -> dict[str, list[str]]:
    """All chains of a listing, whose braces stand at the ends of lines."""
    chains: dict[str, list[str]] = {}
    table, rules = "", []
    for line in ruleset.splitlines():
        words = line.split()
        if words[:1] == ["table"]:
            table = " ".join(words[1:-1])
        elif words[:1] == ["chain"]:
            rules = chains.setdefault(f"{table} {words[1]}", [])
        elif words not in ([], ["}"]):
            rules.append(line.strip())
    return chains
