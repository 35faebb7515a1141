# SPDX-License-Identifier: GPL-2.0-or-later
"""ufw beside firewalld: two firewalls on one host, of which each refuses what the other accepts.
The tests of this file run in order: each goes on where the last one left off."""
from __future__ import annotations

import contextlib
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab import OUTSIDE, UPLINK, UPLINK_ADDRESS, Lab, Plan
from labkit.scene import Scene, everywhere
from labkit.ufw import Ufw

# The tests of a module share what they have running, one after the other.
pytestmark = pytest.mark.xdist_group("test_software_ufw")


@dataclass
class UfwHost:
    """A host with ufw."""

    ufw: Ufw
    scene: Scene


@pytest.fixture(scope="module")
def host(nicfix: Path) -> Iterator[UfwHost]:
    """ufw with its defaults: it denies what comes in and what is routed."""
    with contextlib.ExitStack() as cleanup:
        lab = cleanup.enter_context(Lab(nicfix, Plan()))
        ufw = Ufw(lab.host)
        cleanup.callback(ufw.engines.close)
        ufw.ufw("--force", "enable")
        scene = Scene(lab)
        cleanup.callback(scene.close)
        yield UfwHost(ufw, scene)


def test_both_refuse(host: UfwHost, tmp_path: Path) -> None:
    """What firewalld accepts, such as SSH, ufw drops."""
    verdicts = host.scene.judge(everywhere(host.scene), tmp_path, "ufw, nothing bound")
    verdicts.check()
    assert verdicts.fate("ext", UPLINK_ADDRESS, 22) == "drop"
    assert verdicts.fate("pod", OUTSIDE, 80) != "accept"


def test_apply_alone_is_no_cure(host: UfwHost, tmp_path: Path) -> None:
    """After the fix for firewalld, check says that ufw still refuses."""
    host.scene.lab.nicfix("apply", "--force")
    host.ufw.ufw("allow", "22/tcp")
    verdicts = host.scene.judge(everywhere(host.scene), tmp_path, "ufw, applied")
    verdicts.check()
    assert verdicts.fate("ext", UPLINK_ADDRESS, 22) == "accept"
    assert verdicts.fate("pod", OUTSIDE, 80) == "drop"
    outcome = host.scene.lab.nicfix("check", "--json")
    assert [one["id"] for one in outcome.findings("error")] == ["refused-elsewhere"], outcome


def test_route_allow_is_the_cure(host: UfwHost, tmp_path: Path) -> None:
    """The command that the finding names cures it."""
    finding = host.scene.lab.nicfix("check", "--json").finding("refused-elsewhere", UPLINK)
    commands = [line.removeprefix("run ") for line in finding["evidence"] if "ufw route" in line]
    assert len(commands) == 1, finding
    host.ufw.ufw(*shlex.split(commands[0])[1:])
    assert host.scene.lab.tcp() == "connected"
    verdicts = host.scene.judge(everywhere(host.scene), tmp_path, "ufw, cured")
    verdicts.check()
    assert verdicts.fate("pod", OUTSIDE, 80) == "accept"
    assert verdicts.fate("ext", host.scene.pod.addresses[0], 80) != "accept"
    outcome = host.scene.lab.nicfix("check", "--json")
    assert outcome.findings("error") == [], outcome
