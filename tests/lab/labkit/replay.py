# SPDX-License-Identifier: GPL-2.0-or-later
"""Faults that people reported, replayed: what fails, what check finds, and what becomes of it when
the fix that it offers is applied, kept, and undone. Every step is judged by real packets, and the
difference between two steps by all packets that anybody here could send."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labkit.scene import Scene, Target, everywhere

# Who sends (None: the host), to which address, by which protocol, to which port.
Passage = tuple[str | None, str, str, int]


@dataclass
class Replay:
    """A host with a fault. NEEDS are the packets that fail and are to pass; TARGETS what else is
    sent to."""

    scene: Scene
    folder: Path
    needs: list[tuple[str | None, Target]]
    targets: list[Target] = field(default_factory=list)
    options: tuple[str, ...] = ()  # of each nicfix command
    _count: int = 0

    def passes(self, what: str) -> set[Passage]:
        """Everything that passes now; every answer of nicfix about it has to be right."""
        self._count += 1
        all_targets = everywhere(self.scene, *self.targets, *(target for _, target in self.needs))
        unique = list(dict.fromkeys(all_targets))
        verdicts = self.scene.judge(unique, self.folder, f"{self._count} {what}")
        verdicts.check()
        return {
            (probe.sender, probe.destination, probe.protocol, probe.port)
            for probe in verdicts.probes
            if verdicts.fates[probe.number] == "accept"
        }

    def needed(self) -> set[Passage]:
        """The passages that the host is there for."""
        return {
            (sender, target.address, target.protocol if target.port else "icmp", target.port)
            for sender, target in self.needs
        }

    def finding(self, finding_id: str, **members: object) -> dict[str, Any]:
        """The one finding of that id whose MEMBERS are these."""
        check = self.scene.lab.nicfix("check", "--json", *self.options)
        found = [
            one for one in check.json["findings"]
            if one["id"] == finding_id
            and all(one.get(name) == value for name, value in members.items())
        ]
        assert len(found) == 1, f"{len(found)} of {finding_id} {members}: {check}"
        return found[0]

    def reload(self) -> None:
        """firewall-cmd --reload."""
        self.scene.lab.firewall_cmd("--reload")

    def restart(self) -> None:
        """systemctl restart firewalld."""
        self.scene.lab.firewalld.restart()

    def cure(self, *words: str, may_close: Iterable[Passage] = (),
             again: Iterable[Callable[[], None]] = ()) -> dict[str, Any]:
        """Applies what check offers, and takes it back in the end. AGAIN: what else has to leave the
        cure in place, beside a reload and a restart of firewalld. Returns apply's document."""
        lab = self.scene.lab
        first = lab.firewall_now()
        before = self.passes("before")
        assert not before & self.needed(), f"it passes already: {before & self.needed()}"
        offered = self._offered()
        outcome = lab.nicfix("apply", "--json", *self.options, *words)
        assert outcome.code == 0, outcome
        document: dict[str, Any] = outcome.json
        assert document["verified"], outcome
        done = [command for one in document["actions"] for command in one["commands"]]
        assert sorted(offered) == sorted(done), "check offers something else than apply does"
        after = self.passes("applied")
        self._check_exposure(document, before, after, set(may_close))
        self._check_calm()
        for what, event in [("reloaded", self.reload), ("restarted", self.restart),
                            *((one.__name__, one) for one in again)]:
            event()
            assert self.passes(what) == after, what
        undone = lab.nicfix("undo", "--json")
        assert undone.code == 0, undone
        assert self.passes("undone") == before
        assert_same(first, lab.firewall_now())
        return document

    def _offered(self) -> list[list[str]]:
        """The commands that do what check offers, none twice."""
        findings = self.scene.lab.nicfix("check", "--json", *self.options).json["findings"]
        commands: list[list[str]] = []
        for finding in findings:
            if finding["fix"] and finding["severity"] != "info":
                commands += [one for one in finding["fix"]["firewall_cmd"] if one not in commands]
        return commands

    def _check_calm(self) -> None:
        check = self.scene.lab.nicfix("check", "--json", "--fail-on", "error", *self.options)
        assert check.code == 0, check

    def _check_exposure(self, document: dict[str, Any], before: set[Passage], after: set[Passage],
                        may_close: set[Passage]) -> None:
        """All that was needed passes, and of the rest only what the plan has said."""
        assert self.needed() <= after, f"not cured: {self.needed() - after}\n{document}"
        ways = {self._way(one) for one in self.needed() if self.scene.egress(one[1])}
        untold = [one for one in after - before - self.needed()
                  if self._way(one) not in ways and not self._is_told(one, document["opens"])]
        assert not untold, f"newly reachable and not told: {untold}\n{document['opens']}"
        lost = before - after - may_close
        assert not lost, f"no longer reachable: {lost}\n{document['closes']}"

    def _way(self, passage: Passage) -> tuple[str | None, str | None]:
        """The interfaces that PASSAGE comes in and goes out by; a need stands for all that goes this
        way."""
        link = next((one.link for one in self.scene.parties if one.name == passage[0]), None)
        return link, self.scene.egress(passage[1])

    def _is_told(self, passage: Passage, opens: list[dict[str, Any]]) -> bool:
        """Whether OPENS has the way of PASSAGE."""
        _, _, protocol, port = passage
        link, to = self._way(passage)
        for entry in opens:
            if entry["interface"] != link or entry["to"] != to:
                continue
            service = entry["service"]
            if to is not None or service in ("any other port", f"port {port}/{protocol}"):
                return True
            if protocol == "icmp" and service == "icmp":
                return True
            if service in NAMES.get((port, protocol), ()):
                return True
        return False


NAMES = {(22, "tcp"): ("ssh",), (53, "udp"): ("dns",), (53, "tcp"): ("dns",),
         (67, "udp"): ("dhcp",), (80, "tcp"): ("http",)}


def assert_same(first: dict[str, Any], last: dict[str, Any]) -> None:
    """Whether the firewall is as it was. Chains of zones that are no longer used stay in the kernel's
    list, a policy without zones in the running one, and a file of what a stock zone has anyway:
    none of these filters anything."""
    for part in ("running", "permanent"):
        assert last[part] == first[part], part
