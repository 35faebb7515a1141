# SPDX-License-Identifier: GPL-2.0-or-later
"""A full disk under /etc/firewalld: firewalld fails to write a zone, and leaves a file that it cannot load
when it starts next. What is broken is said, with commands that mend it."""
from __future__ import annotations

import re

from lab import UPLINK, Lab

ZONES = "/etc/firewalld/zones"


def fill_the_disk(lab: Lab) -> None:
    lab.run("mkdir", "-p", ZONES)
    assert lab.run("mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", ZONES).code == 0
    lab.run("sh", "-c", f"head -c 100000 /dev/zero > {ZONES}/filler")


def is_sound(lab: Lab) -> bool:
    return lab.run("firewall-cmd", "--check-config").code == 0


def test_apply_says_what_is_broken_and_how_to_mend_it(lab: Lab) -> None:
    fill_the_disk(lab)
    outcome = lab.nicfix("apply", "--zone", "public")
    assert outcome.code == 6, outcome
    assert "No space left on device" in outcome.stderr
    assert "the permanent configuration is broken now" in outcome.stderr
    assert lab.firewall_cmd("--get-active-zones") == ""  # the running firewall is as it was
    assert not is_sound(lab)
    lab.run("rm", f"{ZONES}/filler")
    commands = re.search(r"then run: (.*); then see", " ".join(outcome.stderr.split()))
    assert commands is not None, outcome
    lab.run("sh", "-ec", commands[1])
    assert is_sound(lab)
    text = lab.run("cat", f"{ZONES}/public.xml").stdout
    assert "<zone>" in text and UPLINK not in text


def test_a_first_change_that_fails_is_told_the_same_way(lab: Lab) -> None:
    fill_the_disk(lab)
    outcome = lab.nicfix("apply", "--zone", "public", "--permanent-only")
    assert outcome.code == 6, outcome
    assert "the permanent configuration is broken now" in outcome.stderr


def test_check_finds_a_configuration_that_would_not_load(lab: Lab) -> None:
    assert lab.nicfix("apply", "--zone", "public").code == 0
    lab.run("sh", "-c", f"mkdir -p {ZONES}; : > {ZONES}/dmz.xml")
    outcome = lab.nicfix("check")
    assert outcome.code == 1, outcome
    assert "zone-conflict: the permanent configuration is broken" in outcome.stdout
    nagios = lab.nicfix("check", "--format", "nagios")
    assert nagios.code == 2 and "zone-conflict" in nagios.stdout, nagios
