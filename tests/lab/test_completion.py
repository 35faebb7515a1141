# SPDX-License-Identifier: GPL-2.0-or-later
"""Completion in real shells."""
from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lab import UPLINK, Lab

_FOLDER = Path(__file__).parents[2] / "completions"
_HOSTILE = "a$(id)b"  # a name that the kernel takes

_BASH = """
source {folder}/nicfix.bash
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_nicfix {nicfix} "${{COMP_WORDS[COMP_CWORD]}}" "${{COMP_WORDS[COMP_CWORD - 1]}}"
for word in "${{COMPREPLY[@]}}"; do eval "printf '%s\\n' $word"; done
"""
# In a completion widget compadd would add to the line; here it only prints.
_ZSH = """
compadd() {{ shift; print -rl -- "$@" }}
_files() {{ print FILES }}
compset() {{ }}
words=("$@"); CURRENT=$#
source {folder}/_nicfix
"""
_FISH = """
source {folder}/nicfix.fish
complete -C "$argv[1]"
"""


def in_bash(lab: Lab, *words: str) -> list[str]:
    """The words that bash offers for the last of WORDS."""
    script = _BASH.format(folder=_FOLDER, nicfix=lab.nicfix_command()[0])
    # As bash splits them.
    parts = [part for word in words for part in re.split("(=)", word) if part or "=" not in word]
    return ask(lab, ["bash", "--norc", "-c", script, "bash", "nicfix", *parts])


def in_zsh(lab: Lab, *words: str) -> list[str]:
    """The same for zsh."""
    script = _ZSH.format(folder=_FOLDER)
    return ask(lab, ["zsh", "-f", "-c", script, "zsh", lab.nicfix_command()[0], *words])


def fish_shows(lab: Lab, *words: str) -> list[str]:
    """What fish shows, which completes a program of this name only: a tab is before what a word means."""
    script = f"function nicfix; end; set -p PATH {Path(lab.nicfix_command()[0]).parent};"
    line = " ".join(["nicfix", *words])
    return ask(lab, ["fish", "--no-config", "-c", script + _FISH.format(folder=_FOLDER), line])


def in_fish(lab: Lab, *words: str) -> list[str]:
    """The same for fish."""
    return [word.partition("\t")[0] for word in fish_shows(lab, *words)]


def ask(lab: Lab, command: list[str]) -> list[str]:
    """The lines that COMMAND prints."""
    outcome = lab.run(*command)
    assert outcome.code in (0, 1), outcome
    return outcome.stdout.splitlines()


Shell = Callable[..., list[str]]
SHELLS = {"bash": in_bash, "zsh": in_zsh, "fish": in_fish}


@pytest.mark.only_asks
@pytest.mark.parametrize("shell", SHELLS)
def test_completion(lab: Lab, shell: str) -> None:
    """Commands, options, values, interfaces and zones; as the last word or after "="."""
    complete = SHELLS[shell]
    assert complete(lab, "app") == ["apply"]
    assert complete(lab, "--json", "und") == ["undo"]
    assert complete(lab, "apply", "--confirm") == ["--confirm-within"]
    assert sorted(complete(lab, "check", "--fail-on", "")) == ["error", "warning"]
    assert complete(lab, "apply", "--interface", "enp") == [UPLINK]
    assert complete(lab, "apply", "--zone", "publ") == ["public"]
    behind = complete(lab, "apply", "--zone=publ")
    assert behind in (["public"], ["--zone=public"])  # bash splits words at "="
    assert complete(lab, "undo", "x") == []
    assert complete(lab, "explain", "cni0", "t") == ["to"]
    assert complete(lab, "explain", "cn") == ["cni0"]


@pytest.mark.only_asks
def test_fish_shows_what_a_word_means(lab: Lab) -> None:
    assert fish_shows(lab, "conf") == ["confirm\tKeep a change that 'apply --confirm-within' made"]
    assert fish_shows(lab, "apply", "--ye") == ["--yes\tDo not ask on a terminal"]
    assert fish_shows(lab, "apply", "-i", "enp") == [UPLINK]


@pytest.mark.parametrize("shell", SHELLS)
def test_a_hostile_name_is_a_name(lab: Lab, shell: str) -> None:
    """It is quoted, and nothing in it is run."""
    lab.host.run("ip", "link", "add", _HOSTILE, "type", "bridge")
    # /sys shows the links of the namespace that it was mounted in.
    assert SHELLS[shell](lab, "apply", "--interface", "a") == [_HOSTILE]


@pytest.mark.only_asks
def test_the_shell_completes_files(lab: Lab) -> None:
    """The shell completes file names."""
    for words in (("check", "--snapshot", "x"), ("denied", "--file", ""), ("report", "y")):
        assert lab.nicfix("complete", "--", *words).stdout == "@files\n"
        assert in_zsh(lab, *words) == ["FILES"]


@pytest.mark.only_asks
def test_every_option_is_offered(lab: Lab) -> None:
    """The same as in --help, except single letters."""
    listed = lab.nicfix("--help").stdout.partition("\nCommands:\n")[2].partition("\n\n")[0]
    for name in [line.split()[0] for line in listed.splitlines()]:
        shown = lab.nicfix(name, "--help").stdout.partition("\nExample:\n")[0]
        options = re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", shown, re.MULTILINE)
        offered = lab.nicfix("complete", "--", name, "-").stdout.split()
        assert sorted(offered) == sorted(options), name


def test_zones_need_a_firewalld(lab: Lab) -> None:
    """Without firewalld there are none, and no delay."""
    begin = time.monotonic()
    assert "public" in lab.nicfix("complete", "--", "apply", "--zone", "").stdout.split()
    print(f"zones completed in {(time.monotonic() - begin) * 1000:.0f} ms")
    lab.firewalld.service.stop()
    offered = lab.nicfix("complete", "--", "apply", "--zone", "")
    assert (offered.code, offered.stdout, offered.stderr) == (0, "", "")


@pytest.mark.only_asks
@pytest.mark.parametrize("words", [(), ("",), ("--",), ("rubbish", ""), ("apply", "--zone=\033[31m")])
def test_odd_lines(lab: Lab, words: tuple[str, ...]) -> None:
    """Nothing goes wrong, and nothing hostile comes back."""
    offered = lab.nicfix("complete", "--", *words)
    assert (offered.code, offered.stderr) == (0, "")
    assert "\033" not in offered.stdout
