# SPDX-License-Identifier: GPL-2.0-or-later
"""The service: what users who are not root can have done, and what not."""
from __future__ import annotations

import os
import signal
import subprocess
import time

import pytest

from lab import UPLINK, Lab, LabMaker
from labkit import users
from labkit.firewalld import FirewalldConfig
from labkit.polkit import project_rule
from labkit.terminal import LIMIT, Terminal

RULES = {"60-nicfix-bind.rules": project_rule("60-nicfix-bind")}

ALL = {
    "10-all.rules": "polkit.addRule(function(a, s) "
                    "{ if (a.id.indexOf('org.nicfix.') === 0) return 'yes'; });"
}
READERS = {
    "10-read.rules": "polkit.addRule(function(a, s) { if (a.id === 'org.nicfix.read') return 'yes'; });"
}


def make(make_lab: LabMaker, rules: dict[str, str] = RULES, **plan: object) -> Lab:
    """A lab whose service obeys RULES."""
    return make_lab(polkit_rules=rules, service=True, **plan)


def test_a_stranger_is_told_the_action(make_lab: LabMaker) -> None:
    lab = make(make_lab, {})
    before = lab.firewall_now()
    for command in ("check", "list", "apply"):
        outcome = lab.nicfix(command, user=users.STRANGER)
        assert outcome.code == 4 and "org.nicfix.read" in outcome.stderr, outcome
    assert lab.firewall_now() == before


@pytest.mark.parametrize("line", (
    "check", "check --json", "check --after reload", "list", "list --json --verbose",
    "explain --in cni0 --to 192.168.150.131", "check --format nagios", "check enp9",
))
def test_reading_is_the_same_both_ways(make_lab: LabMaker, line: str) -> None:
    """By a member of the group, and by root himself."""
    lab = make(make_lab)
    direct = lab.nicfix(*line.split())
    served = lab.nicfix(*line.split(), user=users.MEMBER)
    assert served.code == direct.code, (direct, served)
    assert served.stderr == direct.stderr
    if "--json" in line:
        assert served.answer == direct.answer
    else:
        assert served.stdout == direct.stdout


@pytest.mark.parametrize("line", (
    "apply --zone public", "apply --zone public --json", "apply --dry-run", "apply --zone nowhere",
    "apply --zone public --verbose --color always", "apply --runtime-only --json --zone public",
))
def test_changing_is_the_same_both_ways(make_lab: LabMaker, line: str) -> None:
    """What is printed, the exit status, and what is left of it."""
    lab, other = make(make_lab), make(make_lab)
    direct = other.nicfix(*line.split())
    served = lab.nicfix(*line.split(), user=users.MEMBER)
    assert served.code == direct.code, (direct, served)
    assert (served.stdout, served.stderr) == (direct.stdout, direct.stderr)
    assert lab.firewall_now() == other.firewall_now()


def test_a_member_may_not_bind_to_another_zone(make_lab: LabMaker) -> None:
    lab = make(make_lab, firewalld=FirewalldConfig(default_zone="work"))
    before = lab.firewall_now()
    outcome = lab.nicfix("apply", "--zone", "work", user=users.MEMBER)
    assert outcome.code == 4 and "org.nicfix.bind" in outcome.stderr, outcome
    assert lab.firewall_now() == before
    assert lab.nicfix("apply", "--zone", "work").code == 0


DROPPED = {"drop": f'<interface name="{UPLINK}"/>'}
BOUND_ELSEWHERE = {
    "by name": (DROPPED, (), ("--move",)),
    "by a wildcard": ({"drop": '<interface name="enp+"/>'}, (), ("--move",)),
    "at run time": ({}, ("--zone=drop", f"--add-interface={UPLINK}"), ("--permanent-only",)),
    "permanently": ({}, ("--permanent", "--zone=drop", f"--add-interface={UPLINK}"),
                    ("--runtime-only",)),
}


@pytest.mark.parametrize("how", BOUND_ELSEWHERE)
def test_a_member_may_not_move(make_lab: LabMaker, how: str) -> None:
    """Even where that is the cure, and to the zone that he may bind to."""
    zones, command, options = BOUND_ELSEWHERE[how]
    lab = make(make_lab, firewalld=FirewalldConfig(zones=zones))
    if command:
        lab.firewall_cmd(*command)
    before = lab.firewall_now()
    line = ("apply", "--zone", "public", "--interface", UPLINK, *options)
    outcome = lab.nicfix(*line, user=users.MEMBER)
    assert outcome.code == 4 and "org.nicfix.move" in outcome.stderr, outcome
    assert lab.firewall_now() == before
    assert lab.nicfix(*line).code == 0
    assert lab.firewall_now() != before


def test_a_member_may_not_undo(make_lab: LabMaker) -> None:
    """Not even his own change; he may see what it would be."""
    lab = make(make_lab)
    assert lab.nicfix("apply", "--zone", "public", user=users.MEMBER).code == 0
    before = lab.firewall_now()
    outcome = lab.nicfix("undo", user=users.MEMBER)
    assert outcome.code == 4 and "org.nicfix.undo" in outcome.stderr, outcome
    assert lab.nicfix("undo", "--dry-run", user=users.MEMBER).code == 0
    assert lab.firewall_now() == before
    assert lab.nicfix("undo").code == 0


@pytest.mark.parametrize("line, word", (
    ("apply --zone trusted", "trusted"),
    ("apply --zone public --force", "for root only"),
    ("undo --force", "for root only"),
))
def test_nobody_overrides_the_safety_checks(make_lab: LabMaker, line: str, word: str) -> None:
    lab = make(make_lab)
    before = lab.firewall_now()
    outcome = lab.nicfix(*line.split(), user=users.MEMBER)
    assert outcome.code == 2 and word in outcome.stderr, outcome
    assert lab.firewall_now() == before


@pytest.mark.parametrize("text, code, word", (
    ("[service]\nzones=work;home\n", 4, "zone public"),
    ("[service]\ninterfaces=ens*\n", 4, "enp2s0"),
    ("[service]\nzones=public\ninterfaces=en*;wl*\n", 0, ""),
    ("[service]\n\nzone=public\n", 2, "line 3: unknown key 'zone'"),
    ("[services]\nzones=public\n", 2, "line 1: unknown group 'services'"),
    ("[service]\nzones=a/b\n", 2, "line 2: zones: invalid name 'a/b'"),
    ("[service]\nnonsense\n", 2, "line 2: neither"),
    ("[service]\nzones=\n", 2, "line 2: zones names nothing"),
))
def test_the_configuration_binds_it(make_lab: LabMaker, text: str, code: int, word: str) -> None:
    """Whatever polkit allows; and a file that is wrong allows nothing."""
    lab = make(make_lab)
    lab.door.configure(text)
    before = lab.firewall_now()
    outcome = lab.nicfix("apply", "--zone", "public", user=users.MEMBER)
    assert outcome.code == code and word in outcome.stderr, outcome
    assert (lab.firewall_now() == before) == (code != 0)


def test_direct_and_via_service(make_lab: LabMaker) -> None:
    """Each says which way it is, and takes no other."""
    lab = make(make_lab)
    assert lab.nicfix("check", "--direct", user=users.MEMBER).code != 0
    assert lab.nicfix("apply", "--zone", "public", "--direct", user=users.MEMBER).code == 4
    assert lab.nicfix("check", "--via-service").stdout == lab.nicfix("check").stdout
    lab.door.service.stop()
    gone = lab.nicfix("check", "--via-service", user=users.MEMBER)
    assert gone.code == 3 and "is not there" in gone.stderr, gone
    assert "Not root" in lab.nicfix("check", user=users.MEMBER).stdout


def test_confirm_and_undo_by_administrators(make_lab: LabMaker) -> None:
    """Where a rule lets them."""
    lab = make(make_lab, ALL)
    before = lab.firewall_cmd("--permanent", "--list-all-zones")
    tried = lab.nicfix("apply", "--zone", "public", "--confirm-within", "60", "--json",
                       user=users.STRANGER)
    assert tried.code == 0 and lab.tcp() == "connected", tried
    kept = lab.nicfix("confirm", tried.json["pending"]["id"], user=users.STRANGER)
    assert kept.code == 0, kept
    undone = lab.nicfix("undo", user=users.STRANGER)
    assert undone.code == 0 and lab.tcp() == "filtered", undone
    assert lab.firewall_cmd("--permanent", "--list-all-zones") == before


def test_a_trial_is_seen_both_ways(make_lab: LabMaker) -> None:
    """By a user who may not read its record: it is shown, and nothing else is offered meanwhile."""
    lab = make(make_lab)
    tried = lab.nicfix("apply", "--zone", "public", "--confirm-within", "600", "--json")
    change = tried.json["pending"]["id"]
    for command in ("check", "list"):
        served = lab.nicfix(command, "--json", user=users.MEMBER).json
        assert served["pending"]["id"] == change, served
        assert change in lab.nicfix(command, user=users.MEMBER).stdout
    named = lab.nicfix("confirm", user=users.MEMBER)
    assert named.code == 2 and f"nicfix confirm {change}" in named.stderr, named
    assert lab.nicfix("confirm", change).code == 0
    none = lab.nicfix("confirm", user=users.MEMBER)
    assert (none.code, none.stderr) == (2, lab.nicfix("confirm").stderr)


def test_a_binding_that_was_lost_is_explained_both_ways(make_lab: LabMaker) -> None:
    """From the record of the last change, which only root may read."""
    lab = make(make_lab)
    assert lab.nicfix("apply", "--zone", "public", "--runtime-only").code == 0
    lab.firewall_cmd("--reload")
    direct = lab.nicfix("check")
    assert direct.code == 1
    assert lab.nicfix("check", user=users.MEMBER).stdout == direct.stdout


@pytest.mark.parametrize("text", (
    b"# the pods reach the outside\ncni0 to 192.168.150.131:443/tcp accept\n",
    b"cni0 to 192.168.150.131:443/tcp refuse\n", b"a line that is no flow\n", b"\xff\n",
))
def test_expectations_are_read_both_ways(make_lab: LabMaker, text: bytes) -> None:
    """Those of a file that only root may read."""
    lab = make(make_lab)
    file = lab.door.configuration / "expect.d" / "pods.flows"
    file.parent.mkdir(mode=0o700)
    file.write_bytes(text)
    env = {"CONFIGURATION_DIRECTORY": str(lab.door.configuration)}
    direct = lab.nicfix("check", env=env)
    served = lab.nicfix("check", user=users.MEMBER)
    assert (served.code, served.stdout, served.stderr) == (
        direct.code, direct.stdout, direct.stderr)
    assert lab.nicfix("check", "--json", env=env).answer == \
        lab.nicfix("check", "--json", user=users.MEMBER).answer


def test_confirming_needs_what_changing_needed(make_lab: LabMaker) -> None:
    """The change stays on trial, and nothing of it becomes permanent."""
    lab = make(make_lab)
    tried = lab.nicfix("apply", "--zone", "public", "--confirm-within", "600", "--json",
                       user=users.MEMBER)
    before = lab.firewall_now()
    lab.polkit.service.stop()
    lab.write_polkit_rules(READERS)
    lab.polkit.start()
    outcome = lab.nicfix("confirm", tried.json["pending"]["id"], user=users.MEMBER)
    assert outcome.code == 4 and "org.nicfix.bind" in outcome.stderr, outcome
    assert lab.firewall_now() == before


def test_confirming_a_move_is_a_move(make_lab: LabMaker) -> None:
    """Also where the zone that the interface was taken from has it no longer, and had it at run time only."""
    lab = make(make_lab, ALL)
    lab.firewall_cmd("--zone=drop", "--add-interface=enp+")
    tried = lab.nicfix("apply", "--zone", "public", "--interface", UPLINK, "--move", "--json",
                       "--confirm-within", "600", user=users.MEMBER)
    assert tried.code == 0, tried
    lab.polkit.service.stop()
    lab.write_polkit_rules(RULES)
    lab.polkit.start()
    outcome = lab.nicfix("confirm", tried.json["pending"]["id"], user=users.MEMBER)
    assert outcome.code == 4 and "org.nicfix.move" in outcome.stderr, outcome


def test_a_broken_configuration_hides_no_binding(make_lab: LabMaker) -> None:
    """What firewalld cannot load may bind the interface."""
    lab = make(make_lab)
    zones = lab.folder / "firewalld" / "zones"
    zones.mkdir()
    (zones / "broken.xml").write_text("<zone><port port='no' protocol='tcp'/></zone>")
    line = ("apply", "--zone", "public", "--runtime-only")
    outcome = lab.nicfix(*line, user=users.MEMBER)
    assert outcome.code == 2 and "is broken" in " ".join(outcome.stderr.split()), outcome
    assert lab.tcp() == "filtered"
    assert lab.nicfix(*line).code == 0


def test_a_trial_of_an_earlier_boot_is_over(make_lab: LabMaker) -> None:
    """Nobody has to end it before another changes anything."""
    lab = make(make_lab)
    assert lab.nicfix("apply", "--zone", "public", "--confirm-within", "600").code == 0
    lab.firewall_cmd("--reload")
    record = lab.bus.state / "last-change"
    text = record.read_text()
    [boot] = [line for line in text.splitlines() if line.startswith("boot=")]
    record.write_text(text.replace(boot, "boot=00000000-0000-0000-0000-000000000000"))
    assert lab.nicfix("apply", "--zone", "public", user=users.MEMBER).code == 0
    assert lab.tcp() == "connected"


def test_nobody_goes_on_with_the_change_of_another(make_lab: LabMaker) -> None:
    """What root has on trial, perhaps with --force, and what he was killed in."""
    lab = make(make_lab, ALL)
    tried = lab.nicfix("apply", "--zone", "public", "--confirm-within", "600", "--json")
    change = tried.json["pending"]["id"]
    before = lab.firewall_now()
    outcome = lab.nicfix("confirm", change, user=users.MEMBER)
    assert outcome.code == 2 and f"{change} was made by root" in outcome.stderr, outcome
    assert lab.firewall_now() == before
    assert lab.nicfix("confirm", change).code == 0
    record = lab.bus.state / "last-change"
    record.write_text(record.read_text().replace("state=done", "state=begun"))
    lab.firewall_cmd("--zone=public", f"--remove-interface={UPLINK}")
    before = lab.firewall_now()
    outcome = lab.nicfix("apply", "--zone", "public", user=users.MEMBER)
    assert outcome.code == 2 and f"{change} was made by root" in outcome.stderr, outcome
    assert lab.firewall_now() == before
    assert lab.nicfix("undo", user=users.MEMBER).code == 0


def test_only_bindings_are_changed(make_lab: LabMaker) -> None:
    """A plan that would do more is refused, whatever polkit allows."""
    bound = {"public": f'<interface name="{UPLINK}"/><interface name="cni0"/>'}
    lab = make(make_lab, ALL, firewalld=FirewalldConfig(zones=bound))
    line = ("apply", "--enable-forward")
    planned = lab.nicfix(*line, "--dry-run")
    before = lab.firewall_now()
    outcome = lab.nicfix(*line, user=users.STRANGER)
    assert outcome.code == 2 and "only binds and moves interfaces" in outcome.stderr, (
        planned, outcome)
    assert lab.firewall_now() == before
    assert lab.nicfix(*line).code == 0


def test_without_polkit_nobody_is_authorised(make_lab: LabMaker) -> None:
    """Not even a member, while polkitd is not there."""
    lab = make(make_lab)
    lab.polkit.service.stop()
    before = lab.firewall_now()
    for line in (("check",), ("apply", "--zone", "public")):
        outcome = lab.nicfix(*line, user=users.MEMBER)
        assert outcome.code == 4 and "org.nicfix.read" in outcome.stderr, outcome
    assert lab.firewall_now() == before


def test_a_polkit_that_hangs_is_given_up(make_lab: LabMaker) -> None:
    lab = make(make_lab)
    os.kill(lab.polkit.service.pid, signal.SIGSTOP)
    try:
        outcome = lab.nicfix("check", "--timeout", "2", user=users.MEMBER)
    finally:
        os.kill(lab.polkit.service.pid, signal.SIGCONT)
    assert outcome.code in (3, 4) and "polkit" in outcome.stderr, outcome
    assert lab.nicfix("check", user=users.MEMBER).code == 1


@pytest.mark.parametrize("answer, code", (("y", 0), ("n", 1)))
def test_asking_on_a_terminal(make_lab: LabMaker, answer: str, code: int) -> None:
    """The plan is shown once, and made where the user says yes."""
    lab = make(make_lab)
    terminal = Terminal(lab, "apply", user=users.MEMBER)
    terminal.read_until(r"predicted[^$]*Apply this\? \[y/N\] ")
    assert lab.tcp() == "filtered"
    terminal.type(f"{answer}\n")
    terminal.read_until("declined; nothing was changed" if code else "done and verified")
    assert terminal.process.wait(LIMIT) == code
    assert terminal.text.count("predicted") == 1
    assert lab.tcp() == ("filtered" if code else "connected")
    terminal.hang_up()


@pytest.mark.parametrize("user", (users.MEMBER, None))
def test_only_the_plan_that_was_shown_is_made(make_lab: LabMaker, user: str | None) -> None:
    """Another program changes the host while the user thinks; root's own nicfix looks again, too."""
    lab = make(make_lab)
    terminal = Terminal(lab, "apply", user=user)
    terminal.read_until(r"y/N")
    lab.firewall_cmd("--zone=public", "--add-port=8080/tcp")
    lab.firewall_cmd("--permanent", f"--zone=public", f"--add-interface={UPLINK}")
    before = lab.firewall_now()
    terminal.type("y\n")
    terminal.read_until("this host has changed since the plan was made")
    assert terminal.process.wait(LIMIT) == 2
    assert lab.firewall_now() == before
    terminal.hang_up()


MOMENTS = 8


def test_the_service_killed_at_any_moment(make_lab: LabMaker) -> None:
    """As systemd kills it, with all of its processes: the state is the old one, the new one, or what
    the next run finishes."""
    lab = make(make_lab)
    apply = lab.nicfix_command("apply", "--zone", "public")
    ends = set()
    begin = time.monotonic()
    assert lab.nicfix("apply", "--zone", "public", user=users.MEMBER).code == 0
    whole = time.monotonic() - begin
    for number in range(MOMENTS):
        assert lab.nicfix("undo").code == 0
        caller = subprocess.Popen(
            lab.host.command(apply, users.MEMBER),
            env={**os.environ, **lab.bus.env, **lab.nicfix_env()},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        time.sleep(whole * number / MOMENTS)
        lab.door.kill()
        _, messages = caller.communicate(timeout=LIMIT)
        ends.add((caller.returncode, lab.tcp()))
        if caller.returncode == 6:
            assert "see the host as it is" in messages, messages
        lab.door.start()
        assert lab.nicfix("apply", "--zone", "public", user=users.MEMBER).code == 0
        assert lab.tcp() == "connected"
    print(ends)
    # 2, 4: there is no service before it was asked, and nobody starts one here.
    assert {code for code, _ in ends} <= {0, 2, 4, 6} and 6 in {code for code, _ in ends}
