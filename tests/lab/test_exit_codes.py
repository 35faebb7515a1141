# SPDX-License-Identifier: GPL-2.0-or-later
"""Every exit status, from its real cause, with a message that says what to do."""
from __future__ import annotations

import json
import signal
import threading

import pytest

from lab import UPLINK, Lab, LabMaker
from labkit import users
from labkit.client import Client
from labkit.firewalld import FORWARD, FirewalldConfig, bound
from labkit.program import Outcome


def assert_error(outcome: Outcome, code: int, *words: str) -> None:
    """OUTCOME is an error as specified: one sentence that names the problem."""
    assert outcome.code == code, outcome
    first = outcome.stderr.splitlines()[0]
    assert first.startswith("nicfix: "), outcome
    for word in words:
        assert word.lower() in outcome.stderr.lower(), outcome


def test_0_nothing_is_wrong(make_lab: LabMaker) -> None:
    lab = make_lab(firewalld=FirewalldConfig(zones={"public": FORWARD + bound(UPLINK)}))
    assert lab.nicfix("check").code == 0
    assert lab.nicfix("list").code == 0
    assert lab.nicfix("snapshot").code == 0
    assert lab.nicfix("apply").code == 0


@pytest.mark.only_asks
def test_1_there_are_findings(lab: Lab) -> None:
    assert lab.nicfix("check").code == 1
    assert lab.nicfix("check", "--fail-on", "error").code == 1
    quiet = lab.nicfix("check", "--quiet")
    assert quiet.code == 1


WRONG_USAGE = {
    "no command": [],
    "a command that is none": ["frobnicate"],
    "an option that is none": ["check", "--frobnicate"],
    "an abbreviated option": ["check", "--js"],
    "an argument too many": ["undo", "enp2s0"],
    "a severity that is none": ["check", "--fail-on", "sometimes"],
    "a timeout that is no number": ["check", "--timeout", "soon"],
    "a timeout below zero": ["check", "--timeout", "-1"],
    "a colour that is none": ["check", "--color", "blue"],
    "a snapshot that is not there": ["check", "--snapshot", "/nonexistent/file"],
    "a snapshot that is a folder": ["check", "--snapshot", "/"],
}


@pytest.mark.parametrize("what", WRONG_USAGE)
def test_2_wrong_usage(make_lab: LabMaker, what: str) -> None:
    lab = make_lab(firewalld=None)
    assert_error(lab.nicfix(*WRONG_USAGE[what]), 2)


SECONDS = {
    "--timeout": ["check"],
    "--confirm-within": ["apply", "--zone", "public"],
    "--interval": ["watch"],
    "--record": ["denied"],
    "--watch": ["explain", "to", "192.0.2.7:443/tcp"],
}


@pytest.mark.only_asks
@pytest.mark.parametrize("option", SECONDS)
def test_2_no_seconds_at_all(lab: Lab, option: str) -> None:
    """0 does not mean "without this": a trial of no seconds would be a change for good."""
    before = lab.firewall_now()
    for seconds in ("0", "-1", "-2147483648", "2147483647", "99999999999"):
        refused = lab.nicfix(*SECONDS[option], option, seconds)
        assert_error(refused, 2, option, seconds)
    assert lab.firewall_now() == before


def test_3_there_is_no_bus(make_lab: LabMaker) -> None:
    lab = make_lab(firewalld=None)
    nowhere = {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={lab.folder}/nowhere"}
    assert_error(lab.nicfix("check", env=nowhere), 3, "bus")


def test_3_there_is_no_firewalld(make_lab: LabMaker) -> None:
    lab = make_lab(firewalld=None)
    for command in ("check", "apply"):
        assert_error(lab.nicfix(command), 3, "firewalld")


def test_3_the_error_in_json_is_the_one_document(make_lab: LabMaker) -> None:
    lab = make_lab(firewalld=None)
    outcome = lab.nicfix("check", "--json")
    assert outcome.code == 3
    assert outcome.json["schema"] == "nicfix.error/1"
    assert set(outcome.json["error"]) == {"code", "message", "hint"}


def test_3_firewalld_does_not_answer_in_time(lab: Lab) -> None:
    with lab.firewalld.service.frozen():
        outcome = lab.nicfix("check", "--timeout", "1")
    assert_error(outcome, 3, "firewalld")
    assert 0.9 < outcome.seconds < 3


def test_3_firewalld_ends_while_it_is_asked(lab: Lab) -> None:
    with lab.firewalld.service.frozen():
        end = threading.Timer(0.5, lab.firewalld.service.stop, [signal.SIGKILL])
        end.start()
        outcome = lab.nicfix("check", "--timeout", "10")
        end.join()
    assert_error(outcome, 3, "firewalld")
    assert outcome.seconds < 5, "an end is noticed, not waited out"


def test_3_firewalld_stopped_after_it_ran(lab: Lab) -> None:
    assert lab.nicfix("check").code == 1
    lab.firewalld.service.stop()
    assert_error(lab.nicfix("check"), 3, "firewalld")


def test_3_firewalld_could_not_load_its_configuration(make_lab: LabMaker) -> None:
    """It filters by the stock configuration then: the user's configuration says nothing."""
    broken = {"zones/public.xml": '<zone><source ipset="nosuch"/></zone>\n'}
    lab = make_lab(firewalld=FirewalldConfig(files=broken), firewalld_state="FAILED")
    for command in ("check", "apply"):
        assert_error(lab.nicfix(command), 3, "failed")


def test_a_starting_firewalld_is_waited_for(lab: Lab) -> None:
    """It owns its name for a while before it answers its first call."""
    lab.firewalld.service.stop()
    lab.firewalld.spawn_until_named()
    lab.firewalld.service.send(signal.SIGSTOP)
    going_on = threading.Timer(1, lab.firewalld.service.send, [signal.SIGCONT])
    going_on.start()
    outcome = lab.nicfix("check", "--timeout", "10")
    going_on.join()
    assert outcome.code == 1, outcome
    assert outcome.seconds > 0.9


@pytest.mark.only_asks
def test_4_a_user_without_polkitd(lab: Lab) -> None:
    """Without polkitd on the bus firewalld only answers root."""
    assert_error(lab.nicfix("check", user=users.STRANGER), 4, "root")


def test_4_a_user_may_not_apply(make_lab: LabMaker) -> None:
    lab = make_lab(polkit_rules={})
    before = lab.firewall_now()
    assert_error(lab.nicfix("apply", "--zone", "public", user=users.STRANGER), 4)
    assert lab.firewall_now() == before


@pytest.mark.only_asks
def test_4_in_json(lab: Lab) -> None:
    outcome = lab.nicfix("check", "--json", user=users.STRANGER)
    assert outcome.code == 4, outcome
    assert json.loads(outcome.stdout)["error"]["code"] == "not-authorised"


@pytest.mark.only_asks
def test_2_the_plan_cannot_be_written(lab: Lab) -> None:
    """Nothing is changed then."""
    before = lab.firewall_now()
    for words in ((), ("--confirm-within", "60")):
        shell = ("sh", "-c", 'exec "$@" > /dev/full', "sh")
        refused = lab.run(*shell, *lab.nicfix_command("apply", "--zone", "public", *words))
        assert_error(refused, 2, "No space left", "nothing was changed")
    assert lab.firewall_now() == before


def test_7_the_change_is_made_and_its_report_is_lost(lab: Lab) -> None:
    """In every command that changes something; nobody may think that nothing was changed."""
    shell = ("sh", "-c", 'exec "$@" > /dev/full', "sh")
    pending = lab.nicfix("apply", "--zone", "public", "--confirm-within", "60", "--json").json
    commands = (("confirm", pending["pending"]["id"]), ("undo",), ("apply", "--zone", "public"))
    for words in commands:
        done = lab.run(*shell, *lab.nicfix_command(*words, "--json"))
        assert_error(done, 7, "the change was made", "No space left")
        assert Client(lab.bus).zone_of(UPLINK) == (None if words == ("undo",) else "public"), words
