# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/runbook.md shows real output: the commands of its marked blocks are run, each scene on its
own host, and the output must match the page. With NICFIX_UPDATE_RUNBOOK=1 the page is updated
instead: put a command into a block, run this, and read the difference."""
from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from lab import DATABASE_PORT, OUTSIDE, POD, UPLINK, UPLINK_ADDRESS, Lab, LabMaker
from labkit import sosreport, users
from labkit.firewalld import FORWARD, FirewalldConfig, bound
from labkit.networkmanager import ethernet_profile
from test_kernel_rules import DOCKER, PODMAN

PAGE = Path(__file__).resolve().parents[2] / "docs" / "runbook.md"

_BLOCK = re.compile(r"<!-- scene: (?P<scene>.+?) -->\n```console\n(?P<text>.*?)```\n", re.DOTALL)
_COMMAND = re.compile(
    r"^(?P<prompt>worker#|user\$|pod#|laptop\$) (?P<command>.*)$", re.MULTILINE
)

# What differs from run to run, and what the page has instead.
_PASSING = (
    # Of a program that counts what is covered, as a user who cannot write the count.
    (re.compile(r"^profiling:.*\n", re.MULTILINE), ""),
    (re.compile(r"time=[0-9.]+ ms"), "time=0.05 ms"),
    (re.compile(r"time \d+ms"), "time 0ms"),
    (re.compile(r"rtt min/avg/max/mdev = \S+ ms"), "rtt min/avg/max/mdev = 0.05/0.05/0.05/0.00 ms"),
    (re.compile(r"\brule \d+\b"), "rule 101"),
    (re.compile(r"nicfix confirm [0-9a-f]{8}"), "nicfix confirm 5f0c3a91"),
    (re.compile(r" +$", re.MULTILINE), ""),
    (re.compile(r"\b(STALE|DELAY|PROBE)\b"), "REACHABLE"),
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "1d0b9236-0fb9-3ddd-b5d8-81a26b2af642"),
)


@dataclass(frozen=True)
class Scene:
    """A host, and its state before the commands of the page run."""

    plan: dict[str, Any] = field(default_factory=dict)
    prepare: Callable[[Lab], object] = lambda lab: None


def _bridge(name: str, address: str) -> str:
    return f"link add {name} type bridge\naddr add {address} dev {name}\nlink set {name} up\n"


def _veth(name: str) -> str:
    return f"link add {name} type veth peer name {name}-peer\nlink set {name} up\n"


_ALREADY_CURED = FirewalldConfig(zones={"public": FORWARD + bound(UPLINK)})
_POLICY = (
    '<policy target="ACCEPT"><ingress-zone name="{ingress}"/><egress-zone name="{egress}"/></policy>'
)
_RULE_OF_ITS_OWN = (
    '<policy priority="-10" target="CONTINUE"><ingress-zone name="ANY"/><egress-zone name="ANY"/>'
    f'<rule family="ipv4"><destination address="{OUTSIDE}/32"/>'
    '<reject type="icmp-admin-prohibited"/></rule></policy>'
)


def _rename_uplink(lab: Lab) -> None:
    lab.host.ip(
        f"link set {UPLINK} down\nlink set {UPLINK} name ens5\nlink set ens5 up\n"
        f"route add default via {OUTSIDE} dev ens5\n"
    )


def _add_second_uplink(lab: Lab) -> None:
    lab.host.ip(
        f"link add enp3s0 type veth peer name eth1 netns {lab.ext.pid}\n"
        "addr add 192.168.151.130/24 dev enp3s0\nlink set enp3s0 up\n"
        "route add default via 192.168.151.1 dev enp3s0 metric 200\n"
    )


def _show_bridged_frames(lab: Lab) -> None:
    """Two pods on one node, and br_netfilter: the second pod is in the namespace of the outside."""
    lab.host.ip(
        f"link add vethtwo type veth peer name eth1 netns {lab.ext.pid}\n"
        "link set vethtwo master cni0 up\n"
    )
    lab.ext.ip("addr add 10.244.2.7/24 dev eth1\nlink set eth1 up\n")
    lab.ext.ip(f"route del 10.244.2.0/24 via {UPLINK_ADDRESS}\n")
    lab.host.sysctl({"net.bridge.bridge-nf-call-iptables": 1})


def _add_ipv6(lab: Lab) -> None:
    """Addresses and routes of a second family, which the kernel does not forward."""
    lab.host.sysctl({"net.ipv6.conf.all.forwarding": 0})
    lab.host.ip(
        f"addr add fd00:244:2::1/64 dev cni0 nodad\naddr add fd00:150::130/64 dev {UPLINK} nodad\n"
        f"route add default via fd00:150::131 dev {UPLINK}\n"
    )
    lab.pod.ip("addr add fd00:244:2::2/64 dev eth0 nodad\nroute add default via fd00:244:2::1\n")
    lab.ext.ip(
        "addr add fd00:150::131/64 dev eth0 nodad\nroute add fd00:244:2::/64 via fd00:150::130\n"
    )


def _know_the_pod(lab: Lab) -> None:
    """A pod whose MAC address and index are always the same, and that the host has heard of."""
    lab.host.ip(
        "link del vethpod\nlink add vethpod index 57 type veth peer name eth0 "
        f"address 0a:58:0a:f4:02:02 netns {lab.pod.pid}\nlink set vethpod master cni0 up\n"
    )
    lab.pod.ip(f"addr add {POD}/24 dev eth0\nlink set eth0 up\nroute add default via 10.244.2.1\n")
    lab.ping("10.244.2.1")


def _profile(zone: str) -> dict[str, str]:
    address = f"{UPLINK_ADDRESS}/24"
    return {"uplink": ethernet_profile("uplink", UPLINK, address, OUTSIDE, zone=zone)}


def _run(*scripts: str) -> Callable[[Lab], object]:
    return lambda lab: lab.host.run("sh", "-ec", "\n".join(scripts))


SCENES = {
    "incident": Scene(),
    "by ssh": Scene(),
    "one destination": Scene(
        {
            "firewalld": FirewalldConfig(
                zones={"public": FORWARD + bound(UPLINK)},
                files={"policies/quarantine.xml": _RULE_OF_ITS_OWN},
            )
        }
    ),
    "no forward": Scene({"firewalld": FirewalldConfig(zones={"public": bound(UPLINK)})}),
    "drop": Scene({"firewalld": FirewalldConfig(default_zone="drop")}),
    "another zone": Scene(
        {"firewalld": FirewalldConfig(zones={"external": bound(UPLINK) + "<masquerade/>"})}
    ),
    "ipv6": Scene({"firewalld": _ALREADY_CURED}, _add_ipv6),
    "another program": Scene({"firewalld": _ALREADY_CURED}, _run(DOCKER)),
    "flushed": Scene({"firewalld": _ALREADY_CURED}),
    "firewalld is down": Scene(prepare=lambda lab: lab.firewalld.service.stop()),
    "reload harms": Scene({"firewalld": _ALREADY_CURED}, _run(PODMAN)),
    "until reload": Scene(),
    "until reboot": Scene(
        {"firewalld": FirewalldConfig(zones={"work": FORWARD + bound(UPLINK)})},
        lambda lab: lab.firewall_cmd("--zone=public", f"--change-interface={UPLINK}"),
    ),
    "another NIC": Scene({"firewalld": _ALREADY_CURED}, _add_second_uplink),
    "a new name": Scene({"firewalld": _ALREADY_CURED}, _rename_uplink),
    "pod to pod": Scene({"firewalld": _ALREADY_CURED}, _show_bridged_frames),
    "the interface of a pod": Scene(prepare=_know_the_pod),
    "docker": Scene(
        {
            "links": _bridge("docker0", "172.17.0.1/16"),
            "firewalld": FirewalldConfig(
                zones={"docker": bound("docker0")},
                zone_targets={"docker": "ACCEPT"},
                files={
                    "policies/docker-forwarding.xml": _POLICY.format(ingress="ANY", egress="docker")
                },
            ),
        }
    ),
    "podman": Scene(
        {
            "links": _bridge("podman0", "10.88.0.1/16"),
            "firewalld": FirewalldConfig(
                zones={"trusted": bound("cni0")}, zone_targets={"trusted": "ACCEPT"}
            ),
        },
        lambda lab: lab.firewall_cmd("--zone=trusted", "--add-source=10.88.0.0/16"),
    ),
    "libvirt": Scene(
        {
            "links": _bridge("virbr0", "192.168.122.1/24"),
            "firewalld": FirewalldConfig(
                zones={
                    "libvirt": bound("virbr0") + '<rule priority="32767"><reject/></rule>',
                    "public": FORWARD + bound(UPLINK),
                },
                zone_targets={"libvirt": "ACCEPT"},
            ),
        }
    ),
    "k3s": Scene(
        {
            "firewalld": FirewalldConfig(
                zones={"trusted": '<source address="10.42.0.0/16"/>'},
                zone_targets={"trusted": "ACCEPT"},
            )
        }
    ),
    # A tunnel to the other nodes; here a veth stands in for the VXLAN device.
    "flannel": Scene(
        {"firewalld": _ALREADY_CURED},
        lambda lab: lab.host.ip(
            _veth("flannel.1")
            + "addr add 10.244.2.0/32 dev flannel.1\nroute add 10.244.3.0/24 dev flannel.1\n"
        ),
    ),
    "calico": Scene({"links": _veth("cali7d1f") + "route add 10.244.9.2 dev cali7d1f\n"}),
    "networkmanager": Scene({"profiles": _profile("work")}),
    "networkmanager reasserts": Scene(
        {"profiles": _profile("work")},
        lambda lab: lab.nicfix(
            *("apply", "--zone", "public", "--interface", UPLINK, "--move", "--runtime-only")
        ),
    ),
    "without nicfix": Scene(),
    "a snapshot": Scene(),
    # Another user may not be able to reach the folder of the program under test.
    "exit statuses": Scene({"polkit_rules": {}}, sosreport.install_nicfix),
    "not authorised": Scene({"polkit_rules": {}, "service": True}, sosreport.install_nicfix),
    "undone": Scene({}, _run("mount -o remount,bind,ro /etc/firewalld")),
}


@contextlib.contextmanager
def _database(lab: Lab) -> Iterator[None]:
    """Something outside that accepts connections."""
    with lab.ext.socket() as listener:
        listener.bind((OUTSIDE, DATABASE_PORT))
        listener.listen()
        yield


def _output(lab: Lab, prompt: str, command: str) -> str:
    """The output of COMMAND, both streams in order, as on a terminal."""
    places = {"worker#": lab.host, "user$": lab.host, "pod#": lab.pod, "laptop$": lab.ext}
    user = users.STRANGER if prompt == "user$" else None
    environment = {**users.environment(lab.folder, user), **lab.bus.env}
    environment["PATH"] += f":{Path(lab.nicfix_command()[0]).parent}"
    script = f"cd {lab.folder}; exec 2>&1; {command}"
    done = places[prompt].run("sh", "-c", script, user=user, env=environment, check=False)
    text = done.stdout.decode()
    for pattern, instead in _PASSING:
        text = pattern.sub(instead, text)
    return text


def _played(lab: Lab, block: str) -> str:
    """BLOCK as it is now: its commands with their output."""
    return "".join(
        f"{found.group()}\n{_output(lab, found['prompt'], found['command'])}"
        for found in _COMMAND.finditer(block)
    )


def _blocks(scene: str) -> list[str]:
    """The texts of the page's blocks of SCENE, in order."""
    found = _BLOCK.finditer(PAGE.read_text())
    return [match["text"] for match in found if match["scene"] == scene]


def _write(scene: str, texts: list[str]) -> None:
    """Replaces the page's blocks of SCENE with TEXTS."""
    rest = iter(texts)

    def instead(match: re.Match[str]) -> str:
        if match["scene"] != scene:
            return match.group()
        return f"<!-- scene: {scene} -->\n```console\n{next(rest)}```\n"

    PAGE.write_text(_BLOCK.sub(instead, PAGE.read_text()))


@pytest.mark.parametrize("name", SCENES)
def test_the_page_shows_real_output(make_lab: LabMaker, name: str) -> None:
    """All blocks of a scene, in order, on one host."""
    scene = SCENES[name]
    lab = make_lab(**scene.plan)
    scene.prepare(lab)
    blocks = _blocks(name)
    assert blocks, f"the page has no block of the scene {name}"
    with _database(lab):
        now = [_played(lab, block) for block in blocks]
    if os.environ.get("NICFIX_UPDATE_RUNBOOK"):
        _write(name, now)
    else:
        assert now == blocks


def test_all_of_the_page_is_tested() -> None:
    """Every block has a scene, and every scene is known."""
    text = PAGE.read_text()
    assert {match["scene"] for match in _BLOCK.finditer(text)} == set(SCENES)
    assert len(_BLOCK.findall(text)) == text.count("```console")


def test_the_index_leads_to_every_section() -> None:
    """Each link leads to a heading, as GitHub names it, and the index has all but the frame."""
    text = PAGE.read_text()
    headings = re.findall(r"^##+ (.+)$", text, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors
    index = text[: text.index("## ")]
    assert set(re.findall(r"\]\(#([^)]+)\)", index)) == anchors - {"by-symptom"}
