# SPDX-License-Identifier: GPL-2.0-or-later
"""The collection of examples/ansible: built, installed, and its module used by a real
ansible-playbook on a real host over SSH."""
from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from lab import UPLINK
from labkit.ansible import Play
from test_ansible import EXAMPLES, Fleet
from test_ansible import fleet as fleet  # the fixture

# Those of Ansible's own tests that need nothing from the Internet.
SANITY = (
    "action-plugin-docs", "compile", "empty-init", "future-import-boilerplate", "line-endings",
    "metaclass-boilerplate", "no-basestring", "no-get-exception", "no-illegal-filenames",
    "no-main-display", "no-smart-quotes", "no-unicode-literals", "replace-urlopen", "shebang",
    "symlinks", "use-argspec-type-path", "use-compat-six",
)
PLAYBOOK = """\
- hosts: all
  gather_facts: false
  collections: [nicfix.firewalld]
  tasks:
    - nicfix: "{{ task }}"
      register: told
    - ansible.builtin.copy:
        content: "{{ told | to_json }}"
        dest: "{{ told_file }}"
      delegate_to: localhost
      check_mode: false
"""


class Module:
    """The installed module, and a host to use it on."""

    def __init__(self, fleet: Fleet) -> None:
        self.lab = fleet.add("incident")
        self._controller = fleet.controller
        self.place = fleet.controller.install_collection(EXAMPLES)
        self._playbook = fleet.folder / "module.yml"
        self._playbook.write_text(PLAYBOOK)
        self._told = fleet.folder / "told.json"

    def run(self, *options: str, **task: Any) -> Play:
        """Runs a playbook whose one task is `nicfix: TASK`."""
        self._told.unlink(missing_ok=True)
        task = {"zone": "public", **task}
        return self._controller.play(self._playbook, *options, task=task, told_file=str(self._told))

    def told(self) -> Any:
        """What the module returned."""
        return json.loads(self._told.read_text())

    def ansible(self, *argv: str) -> str:
        """One of Ansible's programs, in the collection's folder."""
        return self._controller.run(*argv, cwd=self.place)


@pytest.fixture
def module(fleet: Fleet) -> Iterator[Module]:
    """The module of a collection that was built and installed."""
    yield Module(fleet)


def changed(play: Play) -> bool:
    """Whether the task has changed the host; it has not failed."""
    assert play.code == 0, play.output
    assert "DEPRECATED" not in play.output and "ERROR" not in play.output, play.output
    # The file with what was told is the other change.
    return "changed: [incident]" in play.output.partition("TASK [ansible.builtin.copy]")[0]


def failure(play: Play) -> dict[str, Any]:
    """What the module said when it failed."""
    assert (play.code, play.of_all("failed")) == (2, {"incident": 1}), play.output
    match = re.search(r"^fatal: \[incident\]: FAILED! => (\{.*\})$", play.output, re.MULTILINE)
    assert match, play.output
    return dict(json.loads(match[1]))


def test_ansibles_own_tests(module: Module) -> None:
    """Nothing to complain about, and documentation that Ansible can show."""
    tests = [word for name in SANITY for word in ("--test", name)]
    python = ".".join(str(number) for number in sys.version_info[:2])
    module.ansible("ansible-test", "sanity", "--python", python, *tests)
    shown = module.ansible("ansible-doc", "-t", "module", "nicfix.firewalld.nicfix")
    for word in ("zone", "interfaces", "enable_forward", "executable", "EXAMPLES", "RETURN VALUES"):
        assert word in shown


def test_a_preview_a_change_and_nothing_more(module: Module) -> None:
    """Check mode says what would change and changes nothing; a second run has nothing to do."""
    lab = module.lab
    before = lab.firewall_now()
    preview = module.run("--check", "--diff")
    assert changed(preview), preview.output
    lines = re.findall(r"^[-+](?:runtime|permanent): .*", preview.output, re.MULTILINE)
    assert lines == [
        f"-runtime: {UPLINK} in no zone",
        f"-permanent: {UPLINK} in no zone",
        f"+runtime: {UPLINK} in zone public",
        f"+permanent: {UPLINK} in zone public",
    ], preview.output
    assert (lab.firewall_now(), lab.tcp()) == (before, "filtered")
    done = module.run()
    assert changed(done) and "+runtime" not in done.output, done.output
    assert lab.tcp() == "connected"
    told = module.told()
    assert (told["rc"], told["changed"], told["document"]["verified"]) == (0, True, True)
    assert told["document"]["schema"] == "nicfix.apply/1"
    assert told["cmd"][1:] == ["apply", "--json", "--timeout", "10", "--zone", "public"]
    again = module.run("--diff")
    assert not changed(again) and "+runtime" not in again.output, again.output


def test_all_options_reach_nicfix(module: Module) -> None:
    """Those of the command line, by their names; a wrong type is refused first."""
    wrong = module.run(move="perhaps")
    assert wrong.code == 2 and "move" in wrong.output
    options = {"uplinks": [UPLINK], "downstreams": ["cni0"], "interfaces": [UPLINK], "timeout": 20}
    flags = {"move": True, "enable_forward": True, "bind_downstream": True, "runtime_only": True}
    assert changed(module.run(**options, **flags))
    assert module.told()["cmd"][1:] == [
        "apply", "--json", "--timeout", "20", "--zone", "public", "--interface", UPLINK,
        "--uplink", UPLINK, "--downstream", "cni0", "--move", "--enable-forward",
        "--bind-downstream", "--runtime-only",
    ]
    module.lab.firewalld.restart()
    assert module.lab.tcp() == "filtered"


def test_what_fails_says_why(module: Module) -> None:
    """With nicfix's own message and hint, and without a change that was not made."""
    lab = module.lab
    missing = failure(module.run(zone="nowhere"))
    assert (missing["rc"], missing["changed"]) == (2, False)
    assert "nowhere" in missing["msg"] and missing["hint"] in missing["msg"]
    absent = failure(module.run(executable="/nowhere/nicfix"))
    assert "/nowhere/nicfix" in absent["msg"]
    lab.run("mount", "--bind", "/etc/firewalld", "/etc/firewalld")
    assert lab.run("mount", "-o", "remount,ro,bind", "/etc/firewalld").code == 0
    undone = failure(module.run())
    assert lab.run("umount", "/etc/firewalld").code == 0
    assert (undone["rc"], undone["changed"]) == (5, False)
    assert undone["document"]["rolled_back"] and "everything was put back" in undone["msg"]
    lab.firewalld.service.stop()
    unread = failure(module.run())
    assert (unread["rc"], unread["changed"]) == (3, False)
    assert "firewalld" in unread["msg"] and unread["document"]["schema"] == "nicfix.error/1"


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("echo 'nicfix: it is said; do it' >&2; exit 7", (7, True, "nicfix: it is said; do it")),
        ("echo rubbish", (0, False, "nicfix ended with exit status 0 and no message")),
        ("kill -9 $$", (-9, False, "nicfix ended with exit status -9 and no message")),
    ],
)
def test_a_program_that_ends_otherwise(
    module: Module, script: str, expected: tuple[int, bool, str]
) -> None:
    """A report that was lost after the change, rubbish, and a program that was killed."""
    program = module.lab.folder / "other"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    told = failure(module.run(executable=str(program)))
    assert (told["rc"], told["changed"], told["msg"]) == expected
