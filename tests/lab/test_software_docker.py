# SPDX-License-Identifier: GPL-2.0-or-later
"""Docker beside firewalld: every verdict against real packets, the findings, and the cures. The
tests of this file share one daemon and run in order: each goes on where the last one left off."""
from __future__ import annotations

import contextlib
import shlex
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab import Lab, OUTSIDE, Plan, UPLINK, UPLINK_ADDRESS
from labkit.docker import Docker
from labkit.engines import EngineNamespace
from labkit.scene import Party, Scene, Target, Verdicts, everywhere

# The tests of a module share what they have running, one after the other.
pytestmark = pytest.mark.xdist_group("test_software_docker")

PUBLISHED = 8088
CLOSED = 8089  # the host listens there, and no zone that is for strangers accepts it


@dataclass
class DockerHost:
    """A host with two containers in Docker's own network, of which one has published a port, one in
    a network of the user's, and two in a network whose containers may not talk to each other."""

    docker: Docker
    scene: Scene

    @property
    def lab(self) -> Lab:
        """The lab that it is in."""
        return self.scene.lab

    def judge(self, folder: Path, what: str) -> Verdicts:
        """Everyone to everyone, and to the published port by each of the host's addresses."""
        own = [self.scene.own_address(link) for link in (UPLINK, "docker0", "br-back", "cni0")]
        published = [Target(address, PUBLISHED, answers=True) for address in own]
        return self.scene.judge(
            everywhere(self.scene, Target(UPLINK_ADDRESS, CLOSED), *published), folder, what
        )


@pytest.fixture(scope="module")
def host(nicfix: Path) -> Iterator[DockerHost]:
    """Docker finds that forwarding is on, and leaves the policy of FORWARD as it is: ACCEPT."""
    with contextlib.ExitStack() as cleanup:
        lab = cleanup.enter_context(Lab(nicfix, Plan()))
        engines = EngineNamespace(lab.host)
        cleanup.callback(engines.close)
        docker = Docker(engines, lab.bus.env)
        docker.start()
        docker.create_network("br-back", "172.30.0.0/24")
        docker.create_network("br-quiet", "172.31.0.0/24", "bridge.enable_icc=false")
        guests = [
            Party.find("web", "docker0", docker.run("web", "bridge", f"--publish={PUBLISHED}:80")),
            Party.find("cache", "docker0", docker.run("cache")),
            Party.find("db", "br-back", docker.run("db", "br-back")),
            Party.find("one", "br-quiet", docker.run("one", "br-quiet")),
            Party.find("two", "br-quiet", docker.run("two", "br-quiet")),
        ]
        scene = Scene(lab, guests)
        cleanup.callback(scene.close)
        yield DockerHost(docker, scene)


def address_of(host: DockerHost, name: str) -> str:
    """The address of a container."""
    return next(party for party in host.scene.parties if party.name == name).addresses[0]


def test_beside_firewalld(host: DockerHost, tmp_path: Path) -> None:
    """Docker has put its bridges into a zone that accepts; only the pod is refused."""
    verdicts = host.judge(tmp_path, "docker, nothing bound")
    verdicts.check()
    assert verdicts.fate("ext", UPLINK_ADDRESS, PUBLISHED) == "accept"
    assert verdicts.fate("ext", UPLINK_ADDRESS, CLOSED) == "reject"
    assert verdicts.fate("web", OUTSIDE, 80) == "accept"
    assert verdicts.fate("web", address_of(host, "cache"), 80) == "accept"
    assert verdicts.fate("one", address_of(host, "two"), 80) == "drop"
    assert verdicts.fate("db", address_of(host, "web"), 80) == "drop"
    assert verdicts.fate("pod", OUTSIDE, 80) == "reject"
    outcome = host.lab.nicfix("check", "--json")
    assert [one["id"] for one in outcome.findings("error", "warning")] == ["uplink-unbound"]
    evidence = " ".join(outcome.finding("uplink-unbound")["evidence"])
    assert "cni0" in evidence and "docker0" not in evidence


def test_apply_lets_the_pod_out(host: DockerHost, tmp_path: Path) -> None:
    """The fix for the pod cures it and changes nothing of Docker's."""
    assert host.lab.nicfix("apply").code == 0
    verdicts = host.judge(tmp_path, "docker, applied")
    verdicts.check()
    assert verdicts.fate("pod", OUTSIDE, 80) == "accept"
    assert verdicts.fate("ext", UPLINK_ADDRESS, PUBLISHED) == "accept"
    outcome = host.lab.nicfix("check", "--json")
    assert outcome.findings("error", "warning") == [], outcome


def test_a_policy_that_drops(host: DockerHost, tmp_path: Path) -> None:
    """Where Docker is the first to turn forwarding on, it lets nothing through but its own."""
    host.lab.host.run("iptables", "--policy", "FORWARD", "DROP")
    verdicts = host.judge(tmp_path, "docker, policy drop")
    verdicts.check()
    assert verdicts.fate("pod", OUTSIDE, 80) == "drop"
    assert verdicts.fate("web", OUTSIDE, 80) == "accept"
    assert verdicts.fate("ext", UPLINK_ADDRESS, PUBLISHED) == "accept"
    outcome = host.lab.nicfix("check", "--json")
    assert [one["id"] for one in outcome.findings("error", "warning")] == ["refused-elsewhere"]


def test_docker_user_is_the_cure(host: DockerHost, tmp_path: Path) -> None:
    """The commands that the finding names let the pod's connections through, and nothing else."""
    finding = host.lab.nicfix("check", "--json").finding("refused-elsewhere", UPLINK)
    commands = [line.removeprefix("run ") for line in finding["evidence"] if "-I DOCKER" in line]
    assert commands, finding
    for command in commands:
        host.lab.host.run(*shlex.split(command))
    assert host.lab.tcp() == "connected"
    verdicts = host.judge(tmp_path, "docker, cured")
    verdicts.check()
    assert verdicts.fate("pod", OUTSIDE, 80) == "accept"
    assert verdicts.fate("pod", address_of(host, "web"), 80) != "accept"
    outcome = host.lab.nicfix("check", "--json")
    assert outcome.findings("error") == [], outcome
    # The next reload takes the cure away: Docker brings back nothing but its own.
    assert [one["id"] for one in outcome.findings("warning")] == ["reload-harms"]


def wait_for_rules(host: DockerHost) -> None:
    """Waits until Docker has brought back the rules of its networks, one after the other."""
    before, since = b"", time.monotonic()

    def is_quiet() -> bool:
        nonlocal before, since
        now = b"".join(host.lab.host.run("iptables", "-t", table, "-S").stdout
                       for table in ("filter", "nat"))
        if now != before:
            before, since = now, time.monotonic()
        return now.count(b"br-quiet") > 4 and time.monotonic() - since > 2

    host.docker.service.wait_until(is_quiet, "rules")


def test_a_reload(host: DockerHost, tmp_path: Path) -> None:
    """firewalld 1.3 takes all rules of iptables away. Docker brings back its own, and not what others
    have put into DOCKER-USER."""
    host.lab.firewall_cmd("--reload")
    wait_for_rules(host)
    verdicts = host.judge(tmp_path, "docker, reloaded")
    verdicts.check()
    assert verdicts.fate("ext", UPLINK_ADDRESS, PUBLISHED) == "accept"
    assert verdicts.fate("web", OUTSIDE, 80) == "accept"
    users = host.lab.host.run("iptables", "-S", "DOCKER-USER").stdout.decode()
    assert UPLINK not in users
