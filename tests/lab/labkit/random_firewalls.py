# SPDX-License-Identifier: GPL-2.0-or-later
"""Random firewalld configurations, as the files of /etc/firewalld. Wide ones have what users
write and only some releases take; a release may refuse one of them."""
from __future__ import annotations

import re
from random import Random

Version = tuple[int, ...]

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


# What more there is in wide ones.
_WIDE_SOURCES = ("ipset:nets", "ipset:hosts6", "ipset:macs", "10.244.2.3", "fd00:1::3")
_WIDE_FORWARD_PORTS = (
    '<forward-port port="80" protocol="tcp" to-port="22" to-addr="192.168.150.132"/>',
    '<forward-port port="9999" protocol="udp" to-port="53"/>',
    '<forward-port port="22" protocol="tcp" to-port="80" to-addr="fd00:2::3"/>',
    '<forward-port port="8000-8100" protocol="tcp" to-addr="192.168.150.132" to-port="22"/>',
)
_WIDE_FILES = {
    "ipsets/nets.xml": '<ipset type="hash:net"><entry>10.244.2.0/30</entry>'
    "<entry>192.168.150.128/30</entry></ipset>\n",
    "ipsets/hosts6.xml": '<ipset type="hash:ip"><option name="family" value="inet6"/>'
    "<entry>fd00:1::2</entry><entry>fd00:2::3</entry></ipset>\n",
}


def draw(
    random: Random, interfaces: tuple[str, ...], macs: tuple[str, ...], wide: Version | None = None
) -> dict[str, str]:
    """The files of one configuration that binds some of INTERFACES, and hosts by some of MACS.
    WIDE: the version of firewalld that a wide one is for."""
    zones = random.sample(ZONES, random.randint(3, 6))
    default = random.choice(zones)
    bindings = {name: random.choice([*zones, None]) for name in interfaces}
    if random.random() < 0.2:
        bindings[interfaces[0][:2] + "+"] = random.choice(zones)
    known = [*_SOURCES, *macs, *(_WIDE_SOURCES if wide else ())]
    sources = random.sample(known, random.choice((0, 0, 1, 2, 3)))
    owners = {source: random.choice(zones) for source in sources}
    files = dict(_FILES)
    if wide:
        entries = "".join(f"<entry>{mac}</entry>" for mac in macs[:1])
        files |= {**_WIDE_FILES, "ipsets/macs.xml": f'<ipset type="hash:mac">{entries}</ipset>\n'}
        if random.random() < 0.1:
            bindings[interfaces[1][:3] + "+"] = random.choice(zones)
    log_denied = random.choice(("off", "off", "off", "all"))
    files["firewalld.conf"] = (
        f"DefaultZone={default}\nFirewallBackend=nftables\nLogDenied={log_denied}\n"
        + (_wide_options(random, wide) if wide else "")
    )
    for zone in zones:
        bound = [name for name, owner in bindings.items() if owner == zone]
        listed = [source for source, owner in owners.items() if owner == zone]
        files[f"zones/{zone}.xml"] = _zone(random, zone, bound, listed, wide)
    priorities = random.sample((-100, -10, -1, 1, 5, 10), 3)
    if wide and random.random() < 0.2:
        priorities[1] = priorities[0]
    for number, priority in enumerate(priorities[: random.choice((0, 1, 1, 2, 3))]):
        files[f"policies/policy{number}.xml"] = _policy(random, zones, priority, wide)
    return _without_ipsets(files) if wide and wide < (1, 0) else files


def _without_ipsets(files: dict[str, str]) -> dict[str, str]:
    """FILES without sets. Before 1.0 firewalld makes them with ipset(8) whatever the backend, and a
    kernel may lack that."""
    rule = re.compile(r"<rule\b(?:(?!</rule>).)*ipset=.*?</rule>")
    return {
        name: re.sub(r"<source ipset=[^>]*/>", "", rule.sub("", text))
        for name, text in files.items()
        if not name.startswith("ipsets/")
    }


def _wide_options(random: Random, version: Version) -> str:
    """Further lines of firewalld.conf."""
    filters = ["yes", "no"]
    if version >= (2, 2):
        filters += ["strict", "loose", "strict-forward", "loose-forward"]
    lines = [f"IPv6_rpfilter={random.choice(filters)}"]
    if random.random() < 0.3:
        lines.append("RFC3964_IPv4=yes")
    if version < (1, 0) and random.random() < 0.3:
        lines.append("AllowZoneDrifting=yes")
    return "".join(f"{line}\n" for line in lines)


def _zone(
    random: Random, name: str, interfaces: list[str], sources: list[str], wide: Version | None
) -> str:
    targets = ("default", "default", "default", "ACCEPT", "DROP", "%%REJECT%%")
    target = _FIXED_TARGETS.get(name) or random.choice(targets)
    body = "".join(f'<interface name="{interface}"/>' for interface in interfaces)
    body += "".join(_source(source) for source in sources)
    body += "<forward/>" if random.random() < 0.6 else ""
    body += "<icmp-block-inversion/>" if random.random() < 0.1 else ""
    # Of policies firewalld takes these only where the zones they name fit.
    body += "<masquerade/>" if random.random() < 0.1 else ""
    body += _forward_port(random, wide) if random.random() < 0.2 else ""
    attribute = "" if target == "default" else f' target="{target}"'
    if wide and wide >= (2, 0) and random.random() < 0.1:
        sides = random.choice((-10, 10))
        attribute += f' ingress-priority="{sides}" egress-priority="{sides}"'
    return f"<zone{attribute}>{body}{_filter(random, wide)}</zone>\n"


def _forward_port(random: Random, wide: Version | None) -> str:
    return random.choice((*_FORWARD_PORTS, *(_WIDE_FORWARD_PORTS if wide else ())))


def _policy(random: Random, zones: list[str], priority: int, wide: Version | None) -> str:
    def side() -> list[str]:
        return ["ANY"] if random.random() < 0.4 else random.sample(zones, random.randint(1, 2))

    kind = random.choice(("forward", "forward", "forward", "input", "output"))
    ingress = ["HOST"] if kind == "output" else side()
    egress = ["HOST"] if kind == "input" else side()
    target = random.choice(("CONTINUE", "CONTINUE", "ACCEPT", "REJECT", "DROP"))
    body = "".join(f'<ingress-zone name="{zone}"/>' for zone in ingress)
    body += "".join(f'<egress-zone name="{zone}"/>' for zone in egress)
    attribute = ""
    if wide:
        body += _forward_port(random, wide) if random.random() < 0.2 and kind != "output" else ""
        body += "<masquerade/>" if random.random() < 0.1 and kind == "forward" else ""
        attribute = ' disable="yes"' if wide >= (2, 4) and random.random() < 0.1 else ""
    body += _filter(random, wide)
    return f'<policy target="{target}" priority="{priority}"{attribute}>{body}</policy>\n'


def _source(source: str) -> str:
    if source.startswith("ipset:"):
        return f'<source ipset="{source.removeprefix("ipset:")}"/>'
    return f'<source address="{source}"/>'  # a MAC, too


def _filter(random: Random, wide: Version | None) -> str:
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
        is_wide = wide is not None and random.random() < 0.6
        body += (_wide_rich_rule if is_wide else _rich_rule)(random, priority)
    return body


def _wide_rich_rule(random: Random, priority: int) -> str:
    """A rule with what is written less often."""
    invert = ' invert="True"' if random.random() < 0.4 else ""
    family = random.choice(("ipv4", "ipv6"))
    kind = {"ipv4": "icmp", "ipv6": "icmp6"}[family]
    source = random.choice((
        "", f'<source ipset="{random.choice(("hosts", "nets", "hosts6", "macs"))}"{invert}/>',
        f'<source address="{random.choice(_ADDRESSES[family])}"{invert}/>',
    ))
    named = f' family="{family}"' if "address" in source or random.random() < 0.4 else ""
    port, protocol = random.choice(_PORTS)
    reject = "<reject/>" if not named else (
        f'<reject type="{kind}-{random.choice(("port-unreachable", "adm-prohibited"))}"/>'
    )
    action = random.choice(("<accept/>", reject, "<drop/>"))
    log = random.choice(("", "", '<log prefix="seen"/>'))
    elements = [
        f'<port port="{port}" protocol="{protocol}"/>{log}{action}',
        f'<source-port port="40000-41999" protocol="{protocol}"/>{log}{action}',
        f'<service name="{random.choice(_SERVICES)}"/>{log}{action}',
        f'<protocol value="{random.choice(("tcp", "udp", "icmp", "ipv6-icmp"))}"/>{log}{action}',
        f'<icmp-type name="{random.choice(("echo-request", "echo-reply"))}"/>{log}{action}',
    ]
    if priority == 0:
        elements.append('<icmp-block name="echo-request"/>')
    if "address" in source and not invert:
        elements.append("<masquerade/>")
    if source and random.random() < 0.3:
        elements = [f"{log}{action}"]
    return f'<rule{named} priority="{priority}">{source}{random.choice(elements)}</rule>'


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
