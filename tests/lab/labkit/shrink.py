# SPDX-License-Identifier: GPL-2.0-or-later
"""The smallest firewalld configuration that still shows a fault, told as firewall-cmd lines."""
from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree

Files = dict[str, str]
Part = tuple[str, int | None]  # a file, and which of its lines or elements; None: all of it

# What is added to a zone or a policy, with the attributes that say what.
_ADDED = {
    "interface": ("name",), "source": ("address", "ipset"), "service": ("name",),
    "port": ("port", "protocol"), "source-port": ("port", "protocol"), "protocol": ("value",),
    "icmp-block": ("name",), "icmp-block-inversion": (), "masquerade": (), "forward": (),
    "ingress-zone": ("name",), "egress-zone": ("name",),
}


def shrink(files: Files, fails: Callable[[Files], bool]) -> Files:
    """FILES with everything left out without which it FAILS as well; large pieces first."""
    size = 64
    while size:
        begin = 0
        while begin < len(parts := _parts(files)):
            smaller = _without(files, set(parts[begin : begin + size]))
            if fails(smaller):
                files = smaller
            else:
                begin += size
        size //= 2
    return files


def _parts(files: Files) -> list[Part]:
    """What can be left out of FILES."""
    parts: list[Part] = []
    for name, text in files.items():
        if name == "firewalld.conf":
            parts += [(name, number) for number in range(2, len(text.splitlines()))]
        elif name.startswith("policies/"):
            parts.append((name, None))
        if name.startswith(("zones/", "policies/")):
            parts += [(name, number) for number in range(len(ElementTree.fromstring(text)))]
    return parts


def _without(files: Files, parts: set[Part]) -> Files:
    """FILES but for PARTS."""
    kept = {}
    for name, text in files.items():
        if (name, None) in parts:
            continue
        if name == "firewalld.conf":
            lines = text.splitlines(keepends=True)
            text = "".join(line for at, line in enumerate(lines) if (name, at) not in parts)
        elif name.startswith(("zones/", "policies/")):
            root = ElementTree.fromstring(text)
            root[:] = [child for at, child in enumerate(root) if (name, at) not in parts]
            text = ElementTree.tostring(root, "unicode")
        kept[name] = text
    return kept


def commands(files: Files, rich_rules: Callable[[str], str]) -> str:
    """What makes FILES of a firewalld that has nothing but its stock zones. RICH_RULES: what
    firewall-cmd lists of those of "--zone=NAME" or "--policy=NAME"."""
    lines = files["firewalld.conf"].splitlines()
    for name, text in files.items():
        kind = {"zones": "zone", "policies": "policy"}.get(name.partition("/")[0])
        if kind is None:
            continue
        root = ElementTree.fromstring(text)
        owner = name.partition("/")[2].removesuffix(".xml")
        if kind == "policy":
            lines.append(f"firewall-cmd --permanent --new-policy={owner}")
        options = [f"--set-{key}={value}" for key, value in root.attrib.items()]
        for child in root:
            options += _option(child)
        options += [f"--add-rich-rule='{one}'"
                    for one in rich_rules(f"--{kind}={owner}").splitlines() if one]
        lines += [f"firewall-cmd --permanent --{kind}={owner} {option}" for option in options]
    return "\n".join(lines)


def _option(child: ElementTree.Element) -> list[str]:
    """The option that adds CHILD; none for a rich rule."""
    if child.tag == "forward-port":
        ends = (f"{key.replace('-', '').replace('protocol', 'proto')}={value}"
                for key, value in child.attrib.items())
        return [f"--add-forward-port={':'.join(ends)}"]
    if child.tag not in _ADDED:
        return []
    said = "/".join(child.attrib[key] for key in _ADDED[child.tag] if key in child.attrib)
    said = f"ipset:{said}" if "ipset" in child.attrib else said
    return [f"--add-{child.tag}" + (f"={said}" if said else "")]
