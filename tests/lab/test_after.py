# SPDX-License-Identifier: GPL-2.0-or-later
"""`nicfix check --after` predicts the findings that a plain check has after a real reload, complete
reload or restart."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lab import OUTSIDE, POD, UPLINK, UPLINK_ADDRESS, Lab, LabMaker
from labkit import packets, users
from labkit.firewalld import FirewalldConfig, bound
from labkit.networkmanager import ethernet_profile

Prepare = Callable[[Lab], object]


def _profile(zone: str | None) -> dict[str, str]:
    return {
        "uplink": ethernet_profile(
            "uplink", UPLINK, f"{UPLINK_ADDRESS}/24", OUTSIDE, zone=zone
        )
    }


def _nothing(lab: Lab) -> None:
    del lab


def _cure_for_good(lab: Lab) -> None:
    lab.nicfix("apply", "--zone", "public")


def _cure_until_reload(lab: Lab) -> None:
    lab.nicfix("apply", "--zone", "public", "--runtime-only")


def _cure_by_permanent_configuration_only(lab: Lab) -> None:
    lab.firewall_cmd("--permanent", "--zone=public", f"--add-interface={UPLINK}")


def _another_zone_permanently(lab: Lab) -> None:
    _cure_until_reload(lab)
    lab.firewall_cmd("--permanent", "--zone=work", f"--add-interface={UPLINK}")


def _forward_off_permanently(lab: Lab) -> None:
    _cure_for_good(lab)
    lab.firewall_cmd("--permanent", "--zone=public", "--remove-forward")


def _target_drop_permanently(lab: Lab) -> None:
    _cure_for_good(lab)
    lab.firewall_cmd("--permanent", "--zone=public", "--set-target=DROP")


def _panic(lab: Lab) -> None:
    _cure_for_good(lab)
    lab.firewall_cmd("--panic-on")


def _policy_at_run_time_only(lab: Lab) -> None:
    """Forwarding depends on a target that is only in the running firewall."""
    for permanent in ((), ("--permanent",)):
        lab.firewall_cmd(*permanent, "--zone=trusted", "--add-interface=cni0")


def _default_zone(lab: Lab) -> None:
    lab.firewall_cmd("--permanent", "--zone=home", "--add-service=https")
    _cure_for_good(lab)
    lab.firewall_cmd("--set-default-zone=home")
    config = ("org.fedoraproject.FirewallD1", "/org/fedoraproject/FirewallD1/config")
    key = (f"{config[0]}.config", "DefaultZone")
    lab.firewalld.service.wait_until(  # it looks at its files again after five seconds
        lambda: lab.bus.get_property(*config, *key) == "home", "notice of the new default zone"
    )


def _ipset_source(lab: Lab) -> None:
    lab.firewall_cmd("--permanent", "--new-ipset=pods", "--type=hash:net")
    lab.firewall_cmd("--permanent", "--ipset=pods", "--add-entry=10.244.0.0/16")
    lab.firewall_cmd("--permanent", "--zone=trusted", "--add-source=ipset:pods")


def _downstream_permanently(lab: Lab) -> None:
    lab.firewall_cmd("--permanent", "--zone=trusted", "--add-interface=cni0")


def _stale_permanently(lab: Lab) -> None:
    _cure_for_good(lab)
    lab.firewall_cmd("--permanent", "--zone=public", "--add-interface=eth99")


def _new_policy(lab: Lab) -> None:
    """Forwards by a policy that only the permanent configuration has."""
    lab.firewall_cmd("--permanent", "--zone=internal", "--add-interface=cni0")
    lab.firewall_cmd("--permanent", "--zone=external", f"--add-interface={UPLINK}")
    lab.firewall_cmd("--permanent", "--new-policy=out")
    for setting in ("--add-ingress-zone=internal", "--add-egress-zone=external"):
        lab.firewall_cmd("--permanent", "--policy=out", setting)
    lab.firewall_cmd("--permanent", "--policy=out", "--set-target=ACCEPT")


def write_zone(lab: Lab, name: str) -> None:
    """A file that binds the uplink permanently, as an editor would write it."""
    path = lab.folder / "firewalld" / "zones" / f"{name}.xml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"<zone>{bound(UPLINK)}</zone>")


HOSTS: dict[str, tuple[dict[str, Any], Prepare]] = {
    "nothing is bound": ({}, _nothing),
    "cured for good": ({}, _cure_for_good),
    "cured until the next reload": ({}, _cure_until_reload),
    "bound permanently only": ({}, _cure_by_permanent_configuration_only),
    "bound elsewhere permanently": ({}, _another_zone_permanently),
    "forward off permanently": ({}, _forward_off_permanently),
    "target DROP permanently": ({}, _target_drop_permanently),
    "panic": ({}, _panic),
    "the downstream is trusted": ({}, _policy_at_run_time_only),
    "the downstream is trusted permanently only": ({}, _downstream_permanently),
    "another default zone": ({}, _default_zone),
    "a source by a set": ({}, _ipset_source),
    "a stale name permanently": ({}, _stale_permanently),
    "a policy permanently only": ({}, _new_policy),
    "a reload that keeps bindings": (
        {"firewalld": FirewalldConfig(options={"FlushAllOnReload": "no"})},
        _cure_until_reload,
    ),
    "NetworkManager, no zone": ({"profiles": _profile(None)}, _nothing),
    "NetworkManager, another zone": ({"profiles": _profile("work")}, _cure_until_reload),
    "NetworkManager, moved at run time": (
        {"profiles": _profile("public")},
        lambda lab: lab.firewall_cmd("--zone=work", f"--change-interface={UPLINK}"),
    ),
    "NetworkManager against the permanent configuration": (
        {
            "profiles": _profile("public"),
            "firewalld": FirewalldConfig(zones={"work": bound(UPLINK)}),
        },
        _nothing,
    ),
    "NetworkManager, a zone that is not there": ({"profiles": _profile("nowhere")}, _nothing),
}


def findings(lab: Lab, *args: str) -> set[tuple[str, ...]]:
    """The findings of check that should not differ."""
    outcome = lab.nicfix("check", "--json", *args)
    assert outcome.code in (0, 1), outcome
    keys = ("id", "severity", "interface", "zone")
    return {tuple(str(one[key]) for key in keys) for one in outcome.json["findings"]}


def reload(lab: Lab) -> None:
    """firewall-cmd --reload."""
    lab.firewall_cmd("--reload")


def complete_reload(lab: Lab) -> None:
    """firewall-cmd --complete-reload."""
    lab.firewall_cmd("--complete-reload")


def restart(lab: Lab) -> None:
    """Restarts firewalld, and NetworkManager if it is running, as a reboot does."""
    lab.firewalld.restart()
    if lab.plan.profiles is not None:
        lab.networkmanager.service.stop()
        lab.networkmanager.start(UPLINK)


@pytest.mark.parametrize("name", HOSTS)
def test_the_prediction_comes_true(make_lab: LabMaker, name: str) -> None:
    """After a reload, a complete reload and a reboot."""
    plan, prepare = HOSTS[name]
    lab = make_lab(**plan)
    prepare(lab)
    now = findings(lab)
    for event, happen in (("reload", reload), ("reload", complete_reload), ("reboot", restart)):
        foretold = lab.nicfix("check", "--after", event, "--json")
        then = findings(lab, "--after", event)
        happen(lab)
        assert findings(lab) == then, (event, happen.__name__)
        worse = {one for one in then if one not in now and one[1] != "info"}
        assert foretold.json["after"]["event"] == event
        harm = foretold.json["after"]["closes"] + foretold.json["after"]["loses"]
        assert foretold.json["after"]["worse"] == bool(worse or harm), (now, then, harm)
        now = findings(lab)


def test_the_answer_comes_first(lab: Lab) -> None:
    """The text begins with whether a reload breaks something."""
    _cure_until_reload(lab)
    broken = lab.nicfix("check", "--after", "reload")
    assert (broken.code, broken.stdout.split(":")[0]) == (1, "A reload breaks something"), broken
    _cure_for_good(lab)
    fine = lab.nicfix("check", "--after", "reload")
    assert (fine.code, fine.stdout.split(":")[0]) == (0, "A reload changes nothing"), fine


def test_a_broken_permanent_configuration(lab: Lab) -> None:
    """firewalld refuses the reload and keeps running; a restart would leave it FAILED."""
    _cure_for_good(lab)
    write_zone(lab, "work")
    for event in ("reload", "reboot"):
        outcome = lab.nicfix("check", "--after", event, "--json")
        assert outcome.code == 1
        assert ("zone-conflict", "error") in {
            (one["id"], one["severity"]) for one in outcome.findings()
        }
        assert outcome.json["after"]["worse"] is True
    before = lab.host.run("nft", "--stateless", "list", "ruleset").stdout
    assert lab.run("firewall-cmd", "--reload").code != 0
    assert lab.host.run("nft", "--stateless", "list", "ruleset").stdout == before


def test_of_a_snapshot(lab: Lab) -> None:
    """The same answer, from the document alone."""
    _cure_until_reload(lab)
    document = lab.nicfix("snapshot").raw_stdout
    args = ("check", "--after", "reload", "--json")
    here = lab.nicfix(*args).json
    there = lab.nicfix(*args, "--snapshot", "-", stdin=document).json
    assert here["findings"] == there["findings"]
    assert here["after"] == there["after"]


def test_without_permission_nothing_is_guessed(make_lab: LabMaker) -> None:
    """An ordinary user gets an error that says why."""
    lab = make_lab(polkit_rules={})
    refused = lab.nicfix("check", "--after", "reload", user=users.MEMBER)
    assert refused.code == 4, refused
    assert "permanent configuration was not read" in refused.stderr
    assert lab.nicfix("check", "--after", "tomorrow").code == 2


# ---- what passes now and not then ----


def _closes(outcome: Any) -> list[str]:
    return [one["text"] for one in outcome.json["after"]["closes"]]


def _reaches(lab: Lab, port: int) -> bool:
    """Whether the firewall lets a connection from outside through to a port."""
    return packets.tcp(lab.ext, lab.host, UPLINK_ADDRESS, port) == "connected"


@pytest.mark.parametrize(
    "opens, closes",
    [
        (("--zone=public", "--add-port=8080/tcp"), f"8080/tcp on {UPLINK}"),
        (("--zone=public", "--add-rich-rule=rule port port=8080 protocol=tcp accept"), None),
        (("--zone=trusted", f"--add-source={OUTSIDE}"), f"from {OUTSIDE}"),
    ],
)
def test_what_is_open_at_run_time_only(
    lab: Lab, opens: tuple[str, ...], closes: str | None
) -> None:
    """A reload closes it, as is said before."""
    assert lab.nicfix("apply", "--zone", "public").code == 0
    fine = lab.nicfix("check", "--after", "reload", "--json")
    assert (fine.code, fine.json["after"]["worse"]) == (0, False), fine
    lab.firewall_cmd(*opens)
    assert _reaches(lab, 8080)
    harm = lab.nicfix("check", "--after", "reload", "--json")
    assert (harm.code, harm.json["after"]["worse"]) == (1, True), harm
    assert _closes(harm) or harm.json["after"]["loses"]
    if closes:
        assert any(closes in one for one in _closes(harm)), harm
    text = lab.nicfix("check", "--after", "reload").stdout
    assert text.startswith("A reload breaks something")
    assert lab.nicfix("denied", "--record", "1").code == 0  # it needs no reload
    assert _reaches(lab, 8080)
    lab.firewall_cmd("--reload")
    assert not _reaches(lab, 8080)


def test_a_forward_port_at_run_time_only(lab: Lab) -> None:
    """As podman's: no flow stands for what it translates."""
    assert lab.nicfix("apply", "--zone", "public").code == 0
    lab.firewall_cmd("--zone=public", f"--add-forward-port=port=8080:proto=tcp:toport=80:toaddr={POD}")
    harm = lab.nicfix("check", "--after", "reload", "--json")
    assert harm.code == 1
    assert any("loses forward-port" in one for one in harm.json["after"]["loses"])


def test_what_a_reload_opens_breaks_nothing(lab: Lab) -> None:
    assert lab.nicfix("apply", "--zone", "public").code == 0
    lab.firewall_cmd("--permanent", "--zone=public", "--add-port=8080/tcp")
    check = lab.nicfix("check", "--after", "reload", "--json")
    assert (check.code, check.json["after"]["worse"]) == (0, False), check
