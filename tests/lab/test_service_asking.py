# SPDX-License-Identifier: GPL-2.0-or-later
"""The service while polkit asks for a password: what the person sees, and what happens meanwhile."""
from __future__ import annotations

import contextlib
import fcntl
import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gi.repository import GLib

from lab import UPLINK, Lab, LabMaker
from labkit import users

READERS = {
    "10-read.rules": "polkit.addRule(function(a, s) { if (a.id === 'org.nicfix.read') return 'yes'; });"
}
AGENT = Path(__file__).parent / "labkit" / "polkit_agent.py"


@pytest.fixture
def lab(make_lab: LabMaker) -> Lab:
    return make_lab(polkit_rules=READERS, service=True)


class Person:
    """Somebody at a terminal, whose agent of polkit asks him: he says yes, or dismisses the question."""

    def __init__(self, lab: Lab, says: bool = True,
                 meanwhile: Callable[[Person], object] = lambda _: None) -> None:
        self._lab = lab
        self._says = says
        self._meanwhile = meanwhile  # happens while the first question waits
        self.asked: list[Any] = []  # action, message

    def call(self, method: str, **request: tuple[str, Any]) -> Any:
        """What METHOD of the service answers him, once polkit has asked whatever it asks."""
        env = {**users.environment(self._lab.folder, users.STRANGER), **self._lab.bus.env}
        keys = {key.replace("_", "-"): value for key, value in request.items()}
        argv = ["/usr/bin/python3", "-B", "-c", AGENT.read_text(), method, json.dumps(keys)]
        self.process = subprocess.Popen(
            self._lab.host.command(argv, users.STRANGER), env=env, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdin and self.process.stdout
        answer = None
        for line in self.process.stdout:
            told = json.loads(line)
            answer = told.get("answer")
            if not answer:
                self._answer(told)
                with contextlib.suppress(BrokenPipeError):
                    print(file=self.process.stdin, flush=True)
        self.process.wait()
        return answer

    def leave(self) -> None:
        """Closes his terminal."""
        self.process.kill()
        self.process.wait()
        self._says = False

    def _answer(self, told: dict[str, Any]) -> None:
        self.asked.append((told["action"], told["message"]))
        if len(self.asked) == 1:
            self._meanwhile(self)
        if self._says:  # what polkit-agent-helper-1(8) does, as root, once the password is right
            kind, members = told["identities"][0]
            identity = (kind, {name: GLib.Variant("u", number) for name, number in members.items()})
            self._lab.bus.call(
                "org.freedesktop.PolicyKit1", "/org/freedesktop/PolicyKit1/Authority",
                "org.freedesktop.PolicyKit1.Authority", "AuthenticationAgentResponse2",
                GLib.Variant("(us(sa{sv}))", (told["uid"], told["cookie"], identity)))


def test_what_is_asked(lab: Lab) -> None:
    """The very change: interface, zone and scope, once for each scope."""
    person = Person(lab)
    answer = person.call("Apply", zone=("s", "public"))
    assert answer["verified"] and lab.tcp() == "connected"
    assert [one[0] for one in person.asked] == ["org.nicfix.bind"] * 2
    for (_, message), scope in zip(person.asked, ("runtime", "permanent")):
        assert message == ("Authentication is required to bind interface "
                           f"{UPLINK} to zone public ({scope})")


def test_a_dismissed_question(lab: Lab) -> None:
    """Not authorised, and nothing is changed."""
    before = lab.firewall_now()
    answer = Person(lab, says=False).call("Apply", zone=("s", "public"))
    assert answer["error"] == "org.nicfix.Nicfix1.Error.NotAuthorised", answer
    assert "org.nicfix.bind" in answer["message"]
    assert lab.firewall_now() == before


def is_locked(lab: Lab) -> bool:
    """Whether some nicfix has the lock of this host."""
    with (lab.bus.state / "lock").open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@pytest.mark.parametrize("undone", (False, True))
def test_nobody_waits_for_a_question(lab: Lab, undone: bool) -> None:
    """The lock is not held meanwhile, also where nothing of the last change is left to undo."""
    assert lab.nicfix("apply", "--zone", "public").code == 0
    if undone:
        for scope in ((), ("--permanent",)):
            lab.firewall_cmd(*scope, "--zone=public", f"--remove-interface={UPLINK}")
    locked = []
    person = Person(lab, meanwhile=lambda _: locked.append(is_locked(lab)))
    answer = person.call("Undo")
    assert "error" not in answer and locked == [False]
    assert {one[0] for one in person.asked} == {"org.nicfix.undo"}
    assert lab.tcp() == "filtered"


def test_nothing_to_undo_is_not_asked(lab: Lab) -> None:
    person = Person(lab)
    assert "error" not in person.call("Undo") and not person.asked


def test_a_zone_that_is_opened_meanwhile(lab: Lab) -> None:
    """Nothing is in it yet, so that no rule of the kernel shows it: what was authorised is not what would be."""
    opens = ("--zone=work", "--add-service=telnet")
    person = Person(lab, meanwhile=lambda _: lab.firewall_cmd(*opens))
    answer = person.call("Apply", zone=("s", "work"), bind_downstream=("b", True))
    assert person.asked and "chang" in answer["message"], answer
    assert lab.firewall_cmd("--zone=work", "--list-interfaces").strip() == ""


def test_a_zone_that_takes_it_meanwhile(lab: Lab) -> None:
    """The plan says the same as before, but what was a binding would be a move."""
    opens = ("--permanent", "--zone=drop", "--add-interface=enp+")
    person = Person(lab, meanwhile=lambda _: lab.firewall_cmd(*opens))
    answer = person.call("Apply", zone=("s", "public"), runtime_only=("b", True))
    assert [action for action, _ in person.asked] == ["org.nicfix.bind"]
    assert "this host has changed" in answer["message"], answer
    assert lab.tcp() == "filtered"


def test_another_change_meanwhile(lab: Lab) -> None:
    """Another nicfix makes it first."""
    person = Person(lab, meanwhile=lambda _: lab.nicfix("apply", "--zone", "public"))
    answer = person.call("Apply", zone=("s", "public"))
    assert person.asked and "another nicfix changed this host" in answer["message"], answer
    assert lab.tcp() == "connected"


def test_who_leaves_meanwhile(lab: Lab) -> None:
    """A caller who is gone is not authorised any more."""
    before = lab.firewall_now()
    person = Person(lab, meanwhile=Person.leave)
    assert person.call("Apply", zone=("s", "public")) is None and person.asked
    limit = time.monotonic() + 20
    while lab.door.workers() and time.monotonic() < limit:
        time.sleep(0.1)
    assert lab.door.workers() == []
    assert lab.firewall_now() == before
    assert lab.nicfix("apply", "--zone", "public").code == 0
