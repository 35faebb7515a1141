# SPDX-License-Identifier: GPL-2.0-or-later
"""A bare `nicfix apply` does what `nicfix check` offers, and on a terminal it asks first."""
from __future__ import annotations

from typing import Any

import pytest

from lab import UPLINK, Lab, LabMaker
from labkit.client import Client
from labkit.firewalld import FORWARD, FirewalldConfig, bound
from labkit.terminal import LIMIT, Terminal


def offered(lab: Lab) -> list[list[str]]:
    """The commands of all fixes that check shows."""
    findings: list[dict[str, Any]] = lab.nicfix("check", "--json").json["findings"]
    return [
        line
        for finding in findings
        if finding["fix"] and finding["severity"] != "info"
        for line in finding["fix"]["firewall_cmd"]
    ]


def done(document: dict[str, Any]) -> list[list[str]]:
    """The commands of all actions of a document of apply."""
    return [action["firewall_cmd"] for action in document["actions"]]


def test_it_does_what_check_offers(make_lab: LabMaker) -> None:
    """Also where that takes more than binding."""
    lab = make_lab(firewalld=FirewalldConfig(zones={"public": ""}))
    fix = offered(lab)
    apply = lab.nicfix("apply", "--json")
    assert apply.code == 0, apply
    assert sorted(done(apply.json)) == sorted(fix)
    assert lab.tcp() == "connected"
    assert lab.nicfix("check").code == 0


def test_nothing_is_offered(lab: Lab) -> None:
    """An error that nicfix does not cure is named, with what cures it; nothing is changed."""
    assert lab.nicfix("apply").code == 0
    lab.firewall_cmd("--panic-on")
    for args in ((), ("--finding", "panic-mode")):
        refused = lab.nicfix("apply", *args)
        assert (refused.code, refused.stdout) == (2, ""), refused
        assert "no fix is offered, and nothing was changed" in refused.stderr
        assert "firewall-cmd --panic-off" in refused.stderr
    assert lab.nicfix("apply", "--json").json["error"]["code"] == "refused"


def test_narrowed(lab: Lab) -> None:
    """Other findings, and findings about other interfaces, are left alone."""
    for args in (("--interface", "cni0"), ("--finding", "forward-blocked")):
        outcome = lab.nicfix("apply", *args)
        assert outcome.code == 0, outcome
        assert "nothing was changed (1 error and 0 warnings are left: nicfix check)" in (
            outcome.stdout
        )
    assert lab.nicfix("apply", "--finding", "uplink-unbound", "--interface", UPLINK).code == 0
    assert lab.tcp() == "connected"


WRONG = {
    "a finding that is none": (("--finding", "uplink"), "uplink-unbound, uplink-in-rejecting"),
    "a finding and a zone": (("--finding", "uplink-unbound", "--zone", "public"), "omit --finding"),
    "an interface that is not there": (("--interface", "nosuch0"), "nosuch0"),
}


@pytest.mark.only_asks
@pytest.mark.parametrize("what", WRONG)
def test_wrong_usage(lab: Lab, what: str) -> None:
    """The message says what is right."""
    args, words = WRONG[what]
    refused = lab.nicfix("apply", *args)
    assert (refused.code, words in refused.stderr) == (2, True), refused


def is_bound(lab: Lab) -> bool:
    """Whether the uplink is."""
    return Client(lab.bus).zone_of(UPLINK) == "public"


ANSWERS = {"y": 0, "Yes": 0, "n": 1, "": 1, "yup": 1, "\x04": 1}


@pytest.mark.parametrize("answer", ANSWERS)
def test_the_answer(lab: Lab, answer: str) -> None:
    """Only yes is yes. Ctrl-D ends the input."""
    terminal = Terminal(lab, "apply")
    terminal.read_until(r"predicted[^$]*Apply this\? \[y/N\] ")
    assert not is_bound(lab)
    terminal.type(answer if answer == "\x04" else f"{answer}\n")
    yes = ANSWERS[answer] == 0
    terminal.read_until("done and verified" if yes else "declined; nothing was changed")
    assert terminal.process.wait(LIMIT) == ANSWERS[answer]
    assert is_bound(lab) == yes
    assert terminal.text.count("predicted") == 1
    terminal.hang_up()


def test_ctrl_c_instead_of_an_answer(lab: Lab) -> None:
    """Nothing is changed, and the exit status is that of any interruption."""
    before = lab.firewall_now()
    terminal = Terminal(lab, "apply")
    terminal.read_until(r"y/N")
    terminal.type("\x03")
    terminal.read_until("interrupted by SIGINT; nothing was changed")
    assert terminal.process.wait(LIMIT) == 5
    assert lab.firewall_now() == before
    terminal.hang_up()


def test_others_may_change_the_host_meanwhile(lab: Lab) -> None:
    """The question does not keep the lock, and the answer is about the host as it was shown."""
    terminal = Terminal(lab, "apply")
    terminal.read_until(r"y/N")
    assert lab.nicfix("apply").code == 0
    before = lab.firewall_now()
    terminal.type("y\n")
    terminal.read_until("this host has changed since the plan was made")
    assert terminal.process.wait(LIMIT) == 2
    assert lab.firewall_now() == before
    terminal.hang_up()


def test_a_trial_begun_meanwhile(lab: Lab) -> None:
    """It goes on."""
    terminal = Terminal(lab, "apply")
    terminal.read_until(r"y/N")
    assert lab.nicfix("apply", "--confirm-within", "60").code == 0
    terminal.type("y\n")
    terminal.read_until("is waiting for confirmation")
    assert terminal.process.wait(LIMIT) == 2
    assert lab.nicfix("undo").code == 0
    terminal.hang_up()


@pytest.mark.parametrize("args", [("--yes",), ("--dry-run",), ("--json",)])
def test_nobody_is_asked(lab: Lab, args: tuple[str, ...]) -> None:
    """With --yes, where nothing is changed, and where a program reads."""
    terminal = Terminal(lab, "apply", *args)
    assert terminal.process.wait(LIMIT) == 0
    terminal.read_until(r"verified|dry run")
    assert "y/N" not in terminal.text
    assert is_bound(lab) == (args != ("--dry-run",))
    terminal.hang_up()


def test_nothing_to_ask_about(make_lab: LabMaker) -> None:
    """No plan, no question."""
    lab = make_lab(firewalld=FirewalldConfig(zones={"public": FORWARD + bound(UPLINK)}))
    terminal = Terminal(lab, "apply")
    terminal.read_until("nothing to change")
    assert terminal.process.wait(LIMIT) == 0
    terminal.hang_up()
