# SPDX-License-Identifier: GPL-2.0-or-later
"""The rules of Docker 28, which Debian does not have yet, beside firewalld: every verdict against real
packets. test_software_docker.py has a real daemon of an older release."""
from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import OUTSIDE, UPLINK_ADDRESS, Lab, Plan
from labkit import cni
from labkit.namespaces import Namespace
from labkit.scene import Party, Scene, Target, everywhere

# The tests of a module share what they have running, one after the other.
pytestmark = pytest.mark.xdist_group("test_software_docker28")

RULES = Path(__file__).parent / "rulesets" / "docker-28.iptables"
CONTAINER = "172.17.0.2"
PUBLISHED = 8088


@pytest.fixture(scope="module")
def scene(nicfix: Path) -> Iterator[Scene]:
    """A container on docker0, and the pods on their own bridge."""
    with contextlib.ExitStack() as cleanup:
        lab = cleanup.enter_context(Lab(nicfix, Plan()))
        web = Namespace("web")
        cleanup.callback(web.close)
        cni.add(lab.host, web, [{
            "type": "bridge", "bridge": "docker0", "isGateway": True,
            "ipam": {"type": "host-local", "dataDir": "/run/cni-lab",
                     "ranges": [[{"subnet": "172.17.0.0/16"}]], "routes": [{"dst": "0.0.0.0/0"}]},
        }], lab.bus.env)
        lab.host.run("iptables-nft-restore", "--noflush", stdin=RULES.read_bytes())
        made = Scene(lab, [Party.find("web", "docker0", web)])
        cleanup.callback(made.close)
        yield made


def test_docker_28(scene: Scene, tmp_path: Path) -> None:
    """Nothing is bound; then the fix; then Docker's own cure for the second bridge."""
    questions = everywhere(scene, Target(UPLINK_ADDRESS, PUBLISHED, answers=True),
                           Target(UPLINK_ADDRESS, PUBLISHED + 1))
    verdicts = scene.judge(questions, tmp_path, "Docker 28")
    verdicts.check()
    assert verdicts.fate("ext", UPLINK_ADDRESS, PUBLISHED) == "accept"
    assert verdicts.fate("web", OUTSIDE, 80) == "reject"
    assert verdicts.fate("pod", OUTSIDE, 80) == "drop"
    assert verdicts.fate("ext", CONTAINER, 80) == "drop"

    assert scene.lab.nicfix("apply").code == 0
    verdicts = scene.judge(questions, tmp_path, "Docker 28, applied")
    verdicts.check()
    assert verdicts.fate("web", OUTSIDE, 80) == "accept"
    assert verdicts.fate("pod", OUTSIDE, 80) == "drop"
    check = scene.lab.nicfix("check", "--json")
    assert [one["id"] for one in check.findings("error")] == ["refused-elsewhere"]

    cures = [line for line in scene.lab.nicfix("check").stdout.splitlines() if "DOCKER-USER" in line]
    for line in cures:
        scene.lab.host.run("sh", "-ec", line[line.index("iptables") :])
    verdicts = scene.judge(questions, tmp_path, "Docker 28, cured")
    verdicts.check()
    assert verdicts.fate("pod", OUTSIDE, 80) == "accept"
    # The administrator's rules in DOCKER-USER are what a reload would lose.
    check = scene.lab.nicfix("check", "--json")
    assert [one["id"] for one in check.findings("error", "warning")] == ["reload-harms"]
