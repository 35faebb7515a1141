# SPDX-License-Identifier: GPL-2.0-or-later
"""The role and the playbooks of examples/ansible, and the task of the README, run by a real
ansible-playbook on real hosts over SSH."""
from __future__ import annotations

import contextlib
import json
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab import OUTSIDE, UPLINK, UPLINK_ADDRESS, Lab, LabMaker
from labkit.ansible import Controller
from labkit.firewalld import FORWARD, FirewalldConfig, bound
from labkit.namespaces import Namespace
from labkit.networkmanager import ethernet_profile
from labkit.ssh import Sshd

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples" / "ansible"
PROFILE = ethernet_profile("uplink", UPLINK, f"{UPLINK_ADDRESS}/24", OUTSIDE, zone="work")
SSH_OPEN = '<service name="ssh"/>'

# The hosts of a fleet. "unreachable" is one more, which does not exist.
PLANS: dict[str, dict[str, Any]] = {
    "healthy": {"firewalld": FirewalldConfig(zones={"public": SSH_OPEN + FORWARD + bound(UPLINK)})},
    "incident": {},
    "networkmanager": {"profiles": {"uplink": PROFILE}},
    "no-firewalld": {"firewalld": None},
}


class Fleet:
    """Labs that a controller reaches over SSH."""

    def __init__(
        self, folder: Path, nicfix: Path, make_lab: LabMaker, cleanup: contextlib.ExitStack
    ) -> None:
        self.folder = folder
        self.controller = Controller(folder, nicfix.resolve().parent)
        self.labs: dict[str, Lab] = {}
        self._make_lab = make_lab
        self._cleanup = cleanup

    def add(self, name: str, **variables: Any) -> Lab:
        """Starts one of PLANS; VARIABLES are the host's in the inventory."""
        lab = self.labs[name] = self._make_lab(**PLANS[name])
        program = Path(lab.nicfix_command()[0])
        path = f"{program.parent}:/usr/sbin:/usr/bin:/sbin:/bin"
        sshd = Sshd(lab.host, lab.folder, UPLINK_ADDRESS, {**lab.bus.env, "PATH": path})
        self._cleanup.callback(sshd.service.stop)
        sshd.start()
        self.controller.add(name, lab.ext, UPLINK_ADDRESS, sshd.user_key, variables)
        return lab

    def add_unreachable(self) -> None:
        """A host that does not exist."""
        nowhere = Namespace("nowhere")
        self._cleanup.callback(nowhere.close)
        self.controller.add("unreachable", nowhere, UPLINK_ADDRESS, self.folder / "no-key")

    def kept(self, host: str) -> str:
        """The document of HOST that the fleet playbook wrote."""
        return (self.folder / "kept" / "hosts" / f"{host}.json").read_text()

    def document(self, host: str) -> Any:
        """The same, parsed."""
        return json.loads(self.kept(host))


@pytest.fixture
def fleet(nicfix: Path, make_lab: LabMaker, tmp_path: Path) -> Iterator[Fleet]:
    """A fleet without hosts."""
    with contextlib.ExitStack() as cleanup:
        yield Fleet(tmp_path, nicfix, make_lab, cleanup)


def play_fleet(fleet: Fleet, *options: str, **extra: Any) -> Any:
    """Runs the playbook of the fleet, two hosts at a time."""
    kept = str(fleet.folder / "kept")
    extra = {"nicfix_serial": 2, "nicfix_max_fail_percentage": 50, **extra}
    return fleet.controller.play(EXAMPLES / "fleet.yml", *options, nicfix_fleet_dir=kept, **extra)


def shown_diff(output: str) -> list[str]:
    """The lines of the role's own diff."""
    return re.findall(r'"([-+](?:runtime|permanent|networkmanager): [^"]*)"', output)


def test_the_fleet(fleet: Fleet) -> None:
    """Every curable host is cured; a failed host and an unreachable one do not stop the others."""
    fleet.add("healthy")
    incident = fleet.add("incident")
    managed = fleet.add("networkmanager", nicfix_zone="public", nicfix_move=True)
    fleet.add("no-firewalld")
    fleet.add_unreachable()
    before = {lab: lab.firewall_now() for lab in (incident, managed)}

    preview = play_fleet(fleet, "--check", "--diff")
    assert preview.code == 4, preview.output
    changes = {"healthy": 0, "incident": 1, "networkmanager": 1, "no-firewalld": 0}
    failures = {"healthy": 0, "incident": 0, "networkmanager": 0, "no-firewalld": 1}
    assert preview.of_all("changed") == changes | {"unreachable": 0}, preview.output
    assert preview.of_all("failed") == failures | {"unreachable": 0}, preview.output
    assert preview.of_all("unreachable")["unreachable"] == 1
    assert {lab: lab.firewall_now() for lab in before} == before
    assert shown_diff(preview.output) == [
        f"-runtime: {UPLINK} in no zone",
        f"+runtime: {UPLINK} in zone public",
        f"-permanent: {UPLINK} in no zone",
        f"+permanent: {UPLINK} in zone public",
        f"-runtime: {UPLINK} in zone work",
        f"+runtime: {UPLINK} in zone public",
        f"-networkmanager: {UPLINK} in zone work",
        f"+networkmanager: {UPLINK} in zone public",
    ], preview.output

    real = play_fleet(fleet)
    assert real.code == 4, real.output
    assert real.of_all("changed") == changes | {"unreachable": 0}, real.output
    assert real.of_all("failed") == failures | {"unreachable": 0}, real.output
    assert not shown_diff(real.output)
    assert (incident.tcp(), managed.tcp()) == ("connected", "connected")
    for host in ("healthy", "incident", "networkmanager"):
        assert fleet.document(host)["summary"]["errors"] == 0
    assert fleet.document("no-firewalld")["schema"] == "nicfix.error/1"
    assert "firewalld" in real.output.partition("fatal: [no-firewalld]")[2]

    again = play_fleet(fleet)
    assert set(again.of_all("changed").values()) == {0}, again.output


def test_a_fleet_in_order(fleet: Fleet) -> None:
    """Exit status 0 and no failures."""
    fleet.add("healthy")
    fleet.add("incident")
    done = play_fleet(fleet)
    assert (done.code, done.of_all("changed")) == (0, {"healthy": 0, "incident": 1}), done.output
    for host, lab in fleet.labs.items():
        kept = {**fleet.document(host), "taken_at": None}
        assert kept == lab.nicfix("check", "--json").answer


def test_the_report_of_a_fleet(fleet: Fleet) -> None:
    """Unreadable hosts are in it; remaining findings do not fail the playbook."""
    fleet.add("incident")
    fleet.add("no-firewalld")
    preview = play_fleet(fleet, "--check", nicfix_fleet_report=True)
    assert (preview.code, preview.of_all("failed")["no-firewalld"]) == (2, 1), preview.output
    report = json.loads((fleet.folder / "kept" / "fleet.json").read_text())
    assert report["schema"] == "nicfix.report/1"
    assert {host["host"] for host in report["hosts"]} == {"incident", "no-firewalld"}
    assert report["summary"]["hosts_with_errors"] == 1
    page = (fleet.folder / "kept" / "fleet.html").read_text()
    assert page.lstrip().lower().startswith("<!doctype html>")
    assert "no-firewalld" in page and "uplink-unbound" in page


def test_too_many_of_a_batch_fail(fleet: Fleet) -> None:
    """The roll-out stops before the next batch and shows why."""
    fleet.add("networkmanager", nicfix_zone="public")  # without nicfix_move
    incident = fleet.add("incident")
    stopped = play_fleet(fleet, nicfix_serial=1)
    assert stopped.code == 2, stopped.output
    assert stopped.of_all("failed") == {"networkmanager": 1, "incident": 0}
    assert "--move" in stopped.output
    assert incident.tcp() == "filtered"
    assert fleet.document("incident")["summary"]["errors"] == 1


def test_one_host(fleet: Fleet) -> None:
    """Checked, previewed, cured, checked again."""
    lab = fleet.add("incident")
    preview = fleet.controller.play(EXAMPLES / "one.yml", "--check")
    assert (preview.code, preview.of_all("changed")) == (0, {"incident": 1}), preview.output
    assert lab.tcp() == "filtered"
    done = fleet.controller.play(EXAMPLES / "one.yml")
    assert (done.code, done.of_all("changed")) == (0, {"incident": 1}), done.output
    assert lab.tcp() == "connected"
    again = fleet.controller.play(EXAMPLES / "one.yml")
    assert (again.code, again.of_all("changed")) == (0, {"incident": 0}), again.output


def test_an_error_that_is_left_fails(fleet: Fleet) -> None:
    """An error that the change does not cure fails the play."""
    lab = fleet.add("incident")
    lab.host.ip(
        "link add enp3s0 type veth peer name nowhere\naddr add 192.168.151.130/24 dev enp3s0\n"
        "link set enp3s0 up\nlink set nowhere up\n"
        "route add default via 192.168.151.1 dev enp3s0 metric 100\n"
    )
    done = fleet.controller.play(EXAMPLES / "one.yml", nicfix_interfaces=[UPLINK])
    assert (done.code, done.of_all("changed")) == (2, {"incident": 1}), done.output
    assert "1 left: see the findings above" in done.output


def test_a_new_login_confirms(fleet: Fleet) -> None:
    """With nicfix_confirm_within the change becomes permanent after a new login of the role."""
    lab = fleet.add("incident")
    done = fleet.controller.play(EXAMPLES / "one.yml", nicfix_confirm_within=60)
    assert (done.code, done.of_all("changed")) == (0, {"incident": 1}), done.output
    assert "Confirm the change by a new one" in done.output
    lab.firewalld.restart()
    assert lab.tcp() == "connected"


def test_runtime_only(fleet: Fleet) -> None:
    """Options reach nicfix, and wrong types are rejected first."""
    lab = fleet.add("incident")
    wrong = fleet.controller.play(EXAMPLES / "one.yml", nicfix_confirm_within="soon")
    assert (wrong.code, lab.tcp()) == (2, "filtered"), wrong.output
    assert "nicfix_confirm_within" in wrong.output
    done = fleet.controller.play(
        EXAMPLES / "one.yml",
        nicfix_runtime_only=True,
        nicfix_uplinks=[UPLINK],
        nicfix_interfaces=[UPLINK],
        nicfix_timeout=20,
    )
    assert (done.code, lab.tcp()) == (0, "connected"), done.output
    lab.firewalld.restart()
    assert lab.tcp() == "filtered"


def test_nicfix_is_not_there(fleet: Fleet) -> None:
    """A wrong path is a failure that names it."""
    fleet.add("incident")
    done = fleet.controller.play(EXAMPLES / "one.yml", nicfix_path="/nowhere/nicfix")
    assert done.code == 2, done.output
    assert "No such file or directory" in done.output and "/nowhere/nicfix" in done.output


def readme_task() -> str:
    """The task that the README shows."""
    _, _, section = (ROOT / "README.md").read_text().partition("\n## From Ansible\n")
    block = re.search(r"(?:^    .*\n|^\n)+", section, re.MULTILINE)
    assert block
    return textwrap.dedent(block.group())


def test_the_task_of_the_readme(fleet: Fleet) -> None:
    """Its exact lines: in check mode, for real, again, and when it fails."""
    lab = fleet.add("incident")
    playbook = fleet.folder / "readme.yml"
    tasks = textwrap.indent(readme_task().strip("\n"), "    ")
    playbook.write_text(f"- hosts: all\n  gather_facts: false\n  tasks:\n{tasks}\n")
    before = lab.firewall_now()
    preview = fleet.controller.play(playbook, "--check")
    assert (preview.code, preview.of_all("changed")) == (0, {"incident": 1}), preview.output
    assert lab.firewall_now() == before
    done = fleet.controller.play(playbook)
    assert (done.code, done.of_all("changed")) == (0, {"incident": 1}), done.output
    assert lab.tcp() == "connected"
    again = fleet.controller.play(playbook)
    assert (again.code, again.of_all("changed")) == (0, {"incident": 0}), again.output
    lab.firewalld.service.stop()
    failed = fleet.controller.play(playbook)
    assert (failed.code, failed.of_all("failed")) == (2, {"incident": 1}), failed.output
    assert "firewalld" in failed.output


def test_nothing_is_written_elsewhere(fleet: Fleet) -> None:
    """The home of the user and the examples stay unchanged."""
    places = (EXAMPLES, Path.home() / ".ansible", Path.home() / ".ssh")

    def now() -> list[tuple[Path, float]]:
        files = (file for place in places for file in (place, *place.rglob("*")) if file.exists())
        return sorted((file, file.stat().st_mtime) for file in files)

    fleet.add("incident")
    before = now()
    assert play_fleet(fleet).code == 0
    assert now() == before
