# SPDX-License-Identifier: GPL-2.0-or-later
"""What nicfix can change beside bindings: sources, services, ports and policies, with the real
firewalld. Each change is made as the undoing of its opposite, and undone again."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from lab import POD, UPLINK, Lab, LabMaker
from labkit.firewalld import FORWARD, FirewalldConfig, bound

Action = Mapping[str, str]

ROUTER = FirewalldConfig(
    zones={
        "internal": FORWARD + bound("cni0"),
        "external": FORWARD + bound(UPLINK),
        "work": FORWARD,
    }
)
POLICY = {"value": "nicfix-int-ext", "from": "internal", "to": "external"}
ADDS: Mapping[str, Action] = {
    "source": {"value": "10.244.0.0/16", "to": "work"},
    "service": {"value": "dhcp", "to": "internal"},
    "port": {"value": "8053/udp", "to": "internal"},
    "policy": POLICY,
}
# Policies are permanent before they are in force.
ORDER = {"policy": ("permanent", "runtime")}


def write_record(lab: Lab, actions: Sequence[Action]) -> None:
    """Makes nicfix believe that it has done ACTIONS."""
    lines = [
        "[change]\nformat=1\nid=01234567\nstate=done\nboot=b\ndeadline=0\nuplinks=\n"
        f"actions={len(actions)}\n"
    ]
    for number, action in enumerate(actions):
        lines.append(f"[action {number}]\n")
        lines += [f"{key}={value}\n" for key, value in action.items()]
    lab.bus.state.mkdir(mode=0o700, exist_ok=True)
    record = lab.bus.state / "last-change"
    record.write_text("".join(lines))
    record.chmod(0o600)


def actions_of(what: str, verb: str) -> list[Action]:
    """Both halves of a change, in the order they are done."""
    scopes = ORDER.get(what, ("runtime", "permanent"))
    if verb == "remove":
        scopes = ("runtime", "permanent")
    return [{"op": f"{verb}-{what}", "scope": scope, **ADDS[what]} for scope in scopes]


def make(lab: Lab, what: str, verb: str) -> dict[str, Any]:
    """Does the change of WHAT that VERB says: it undoes the opposite."""
    opposite = "remove" if verb == "add" else "add"
    write_record(lab, list(reversed([{**a, "op": f"{opposite}-{what}"} for a in actions_of(what, verb)])))
    outcome = lab.nicfix("undo", "--json", "--force")
    assert outcome.code == 0, outcome
    document: dict[str, Any] = outcome.json
    assert {action["state"] for action in document["actions"]} == {"done"}
    assert [action["op"] for action in document["actions"]] == [f"{verb}-{what}"] * 2
    return document


def listing(lab: Lab, *scope: str) -> str:
    """All that firewalld has."""
    policies = lab.firewall_cmd(*scope, "--list-all-policies")
    return lab.firewall_cmd(*scope, "--list-all-zones") + policies


@pytest.mark.parametrize("what", ADDS)
def test_there_and_back(make_lab: LabMaker, what: str) -> None:
    """It is in force and lasts over a reload and a restart; then the first state is back."""
    lab = make_lab(firewalld=ROUTER)
    before = {scope: listing(lab, *scope) for scope in ((), ("--permanent",))}
    document = make(lab, what, "add")
    assert document["verified"] is True
    value = ADDS[what]["value"]
    for _ in ("now", "after a reload", "after a restart"):
        for scope in before:
            listed = listing(lab, *scope)
            assert value in listed and listed != before[scope], scope
        lab.firewall_cmd("--reload")
    lab.firewalld.restart()
    assert value in listing(lab)
    make(lab, what, "remove")
    assert listing(lab, "--permanent") == before["--permanent",]
    if what == "policy":  # it stays there without zones, and without effect, until the next reload
        assert value not in lab.run("nft", "list", "ruleset").stdout
        lab.firewall_cmd("--reload")
    assert listing(lab) == before[()]


def test_a_policy_lets_the_pods_out(make_lab: LabMaker) -> None:
    """As soon as it is made, and no longer when it is taken back; no reload is needed for that."""
    lab = make_lab(firewalld=ROUTER)
    assert lab.tcp() == "filtered"
    document = make(lab, "policy", "add")
    assert any("firewalld is reloaded" in note for note in document["notes"])
    assert lab.tcp() == "connected"
    runtime_only = ("--zone=public", "--add-port=7777/tcp")
    lab.firewall_cmd(*runtime_only)
    make(lab, "policy", "remove")
    assert lab.tcp() == "filtered"
    assert "7777/tcp" in lab.firewall_cmd("--zone=public", "--list-ports")
    # It is still known without zones: giving it back its zones takes no reload either.
    make(lab, "policy", "add")
    assert lab.tcp() == "connected"
    assert "7777/tcp" in lab.firewall_cmd("--zone=public", "--list-ports")


def test_a_source_lets_the_pods_out(make_lab: LabMaker) -> None:
    """The pod network in the zone of the uplink."""
    lab = make_lab(firewalld=FirewalldConfig(zones={"work": FORWARD + bound(UPLINK)}))
    assert lab.tcp() == "filtered"
    make(lab, "source", "add")
    assert POD.startswith("10.244.")
    assert lab.tcp() == "connected"

ROUTER = FirewalldConfig(
    zones={
        "internal": FORWARD + bound("cni0"),
        "external": "<masquerade/>" + FORWARD + bound(UPLINK),
    }
)


def test_a_policy_on_trial(make_lab: LabMaker) -> None:
    """It is made and undone as a whole; confirmed, it stays."""
    lab = make_lab(firewalld=ROUTER)
    before = lab.firewall_cmd("--permanent", "--list-all-policies")
    assert lab.tcp() == "filtered"
    tried = lab.nicfix("apply", "--confirm-within", "600", "--json")
    assert (tried.code, tried.json["verified"]) == (0, True), tried
    assert {action["op"] for action in tried.json["actions"]} == {"add-policy"}
    assert {action["state"] for action in tried.json["actions"]} == {"done"}
    assert lab.tcp() == "connected"
    assert lab.nicfix("undo").code == 0
    assert lab.tcp() == "filtered"
    assert lab.firewall_cmd("--permanent", "--list-all-policies") == before
    again = lab.nicfix("apply", "--confirm-within", "600", "--json").json["pending"]["id"]
    kept = lab.nicfix("confirm", again)
    assert (kept.code, "kept" in kept.stdout) == (0, True), kept
    lab.firewall_cmd("--reload")
    assert lab.tcp() == "connected"
    assert lab.nicfix("check").code == 0
