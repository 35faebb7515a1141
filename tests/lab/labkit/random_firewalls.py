# SPDX-License-Identifier: GPL-2.0-or-later
"""Random firewalld configurations, as the files of /etc/firewalld."""
from __future__ import annotations

from random import Random

ZONES = ("block", "dmz", "drop", "home", "internal", "public", "trusted", "work")
_FIXED_TARGETS = {"block": "%%REJECT%%", "drop": "DROP", "trusted": "ACCEPT"}
_SOURCES = (
    "10.244.2.2",
    "10.244.2.0/24",
    "192.168.150.0/24",
    "192.168.150.131",
    "fd00:1::/64",
    "fd00:2::2",
    "ipset:hosts",
)
_PORTS = (("22", "tcp"), ("80", "tcp"), ("8000-8500", "tcp"), ("53", "udp"), ("9999", "udp"))
_SERVICES = ("ssh", "http", "dns", "bound", "including", "odd")
# To this host, and to one beyond it. Each leads elsewhere than the packet was sent: what is sent there
# anyway is not translated, and nicfix does not say what becomes of it.
_FORWARD_PORTS = (
    '<forward-port port="80" protocol="tcp" to-port="8080"/>',
    '<forward-port port="53" protocol="udp" to-port="9999"/>',
    '<forward-port port="22" protocol="tcp" to-addr="192.168.150.131"/>',
    '<forward-port port="8080" protocol="tcp" to-port="80" to-addr="192.168.150.132"/>',
)
_ADDRESSES = {
    "ipv4": ("10.244.2.0/24", "10.244.2.2", "192.168.0.0/16"),
    "ipv6": ("fd00:1::/64", "fd00:1::2", "fd00:2::/64"),
}
_FILES = {
    "services/bound.xml": '<service><port protocol="tcp" port="8080"/>'
    '<destination ipv4="192.168.150.0/24"/></service>\n',
    "services/including.xml": '<service><port protocol="udp" port="9999"/>'
    '<include service="http"/></service>\n',
    "services/odd.xml": '<service><protocol value="icmp"/>'
    '<source-port protocol="tcp" port="40000-40999"/></service>\n',
    "ipsets/hosts.xml": '<ipset type="hash:ip"><entry>10.244.2.3</entry>'
    "<entry>192.168.150.132</entry></ipset>\n",
}


def draw(random: Random, interfaces: tuple[str, ...], macs: tuple[str, ...]) -> dict[str, str]:
    """The files of one configuration that binds some of INTERFACES, and hosts by some of MACS."""
    zones = random.sample(ZONES, random.randint(3, 6))
    default = random.choice(zones)
    bindings = {name: random.choice([*zones, None]) for name in interfaces}
    if random.random() < 0.2:
        bindings[interfaces[0][:2] + "+"] = random.choice(zones)
    sources = random.sample([*_SOURCES, *macs], random.choice((0, 0, 1, 2, 3)))
    owners = {source: random.choice(zones) for source in sources}
    files = dict(_FILES)
    log_denied = random.choice(("off", "off", "off", "all"))
    files["firewalld.conf"] = (
        f"DefaultZone={default}\nFirewallBackend=nftables\nLogDenied={log_denied}\n"
    )
    for zone in zones:
        bound = [name for name, owner in bindings.items() if owner == zone]
        listed = [source for source, owner in owners.items() if owner == zone]
        files[f"zones/{zone}.xml"] = _zone(random, zone, bound, listed)
    priorities = random.sample((-100, -10, -1, 1, 5, 10), 3)
    for number, priority in enumerate(priorities[: random.choice((0, 1, 1, 2, 3))]):
        files[f"policies/policy{number}.xml"] = _policy(random, zones, priority)
    return files


def _zone(random: Random, name: str, interfaces: list[str], sources: list[str]) -> str:
    targets = ("default", "default", "default", "ACCEPT", "DROP", "%%REJECT%%")
    target = _FIXED_TARGETS.get(name) or random.choice(targets)
    body = "".join(f'<interface name="{interface}"/>' for interface in interfaces)
    body += "".join(_source(source) for source in sources)
    body += "<forward/>" if random.random() < 0.6 else ""
    body += "<icmp-block-inversion/>" if random.random() < 0.1 else ""
    # Of policies firewalld takes these only where the zones they name fit.
    body += "<masquerade/>" if random.random() < 0.1 else ""
    body += random.choice(_FORWARD_PORTS) if random.random() < 0.2 else ""
    attribute = "" if target == "default" else f' target="{target}"'
    return f"<zone{attribute}>{body}{_filter(random)}</zone>\n"


def _policy(random: Random, zones: list[str], priority: int) -> str:
    def side() -> list[str]:
        return ["ANY"] if random.random() < 0.4 else random.sample(zones, random.randint(1, 2))

    kind = random.choice(("forward", "forward", "forward", "input", "output"))
    ingress = ["HOST"] if kind == "output" else side()
    egress = ["HOST"] if kind == "input" else side()
    target = random.choice(("CONTINUE", "CONTINUE", "ACCEPT", "REJECT", "DROP"))
    body = "".join(f'<ingress-zone name="{zone}"/>' for zone in ingress)
    body += "".join(f'<egress-zone name="{zone}"/>' for zone in egress)
    return f'<policy target="{target}" priority="{priority}">{body}{_filter(random)}</policy>\n'


def _source(source: str) -> str:
    if source.startswith("ipset:"):
        return f'<source ipset="{source.removeprefix("ipset:")}"/>'
    return f'<source {"mac" if source.count(":") == 5 else "address"}="{source}"/>'


def _filter(random: Random) -> str:
    """What a zone or a policy accepts and rejects."""
    body = ""
    for service in random.sample(_SERVICES, random.choice((0, 0, 1, 2))):
        body += f'<service name="{service}"/>'
    if random.random() < 0.3:
        port, protocol = random.choice(_PORTS)
        body += f'<port port="{port}" protocol="{protocol}"/>'
    if random.random() < 0.1:
        body += f'<protocol value="{random.choice(("tcp", "udp", "icmp"))}"/>'
    if random.random() < 0.1:
        body += '<source-port port="40000-41999" protocol="udp"/>'
    if random.random() < 0.2:
        body += '<icmp-block name="echo-request"/>'
    priorities = random.sample((0, -7, -2, 3, 8), 2)
    for priority in priorities[: random.choice((0, 0, 1, 2))]:
        body += _rich_rule(random, priority)
    return body


def _rich_rule(random: Random, priority: int) -> str:
    family = random.choice(("ipv4", "ipv4", "ipv6"))
    address = random.choice(_ADDRESSES[family])
    invert = ' invert="True"' if random.random() < 0.25 else ""
    port, protocol = random.choice(_PORTS)
    ends = (
        "",
        f'<source address="{address}"{invert}/>',
        f'<destination address="{address}"{invert}/>',
        '<source ipset="hosts"/>',
    )
    elements = (
        f'<port port="{port}" protocol="{protocol}"/>',
        f'<service name="{random.choice(("ssh", "http", "dns"))}"/>',
        f'<protocol value="{random.choice(("tcp", "udp", "icmp"))}"/>',
        '<icmp-type name="echo-request"/>',
    )
    end = random.choice(ends)
    if "ipset" in end:
        family = "ipv4"
    named = f' family="{family}"' if end or random.random() < 0.3 else ""
    # With no element a rule is about all that comes from its source.
    element = "" if "<source" in end and random.random() < 0.2 else random.choice(elements)
    action = random.choice(("<accept/>", "<accept/>", _reject(random, named, element), "<drop/>"))
    return f'<rule{named} priority="{priority}">{end}{element}{action}</rule>'


def _reject(random: Random, family: str, element: str) -> str:
    """A reject with an answer that fits what is rejected."""
    if 'protocol="tcp"' in element and "ipv4" in family and random.random() < 0.3:
        return '<reject type="tcp-reset"/>'
    if "ipv4" in family and random.random() < 0.3:
        return '<reject type="icmp-host-prohibited"/>'
    return "<reject/>"
