# SPDX-License-Identifier: GPL-2.0-or-later
"""What support has is a sosreport: nicfix says of it what it says on the host, or that it cannot."""
from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from lab import OUTSIDE, POD, UPLINK, Lab, LabMaker
from labkit import sosreport
from labkit.firewalld import FORWARD, FirewalldConfig, bound
from test_json import assert_valid

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = ROOT / "examples" / "sos" / "nicfix.py"
PLUGINS = "networking,firewalld,kernel,host,dpkg"
FLOW = ("cni0", POD, "to", f"{OUTSIDE}:8629/tcp")
TEXT = "From the text of a sosreport"


def told(findings: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What a finding says; the fix is left out, which a report does not say enough for."""
    keys = ("id", "severity", "interface", "zone", "message", "evidence")
    return [tuple(json.dumps(finding[key]) for key in keys) for finding in findings]


def unpack(archive: Path) -> Path:
    """The folder of the report in ARCHIVE."""
    folder = archive.parent / "unpacked"
    folder.mkdir()
    subprocess.run(["tar", "-xf", archive, "-C", folder], check=True)
    (report,) = folder.iterdir()
    return report


def test_a_report_says_what_the_host_says(lab: Lab) -> None:
    """The findings of the incident, the verdict and the list, from the archive and from its folder."""
    archive = sosreport.make(lab, PLUGINS, compression="xz")
    live = lab.nicfix("check", "--json").json
    for path in (archive, unpack(archive)):
        outcome = lab.nicfix("check", "--sosreport", str(path), "--json")
        assert_valid(outcome.stdout, "check")
        assert outcome.code == 1
        assert told(outcome.json["findings"]) == told(live["findings"])
        assert outcome.json["firewalld"] == live["firewalld"]
        assert outcome.json["links"] == live["links"]
        assert {finding["fix"] for finding in outcome.json["findings"]} == {None}
    text = lab.nicfix("check", "--sosreport", str(archive))
    assert text.stdout.startswith(TEXT) and "unread: " in text.stdout
    assert "the kernel's nf_tables rules" in text.stdout
    live_flow = lab.nicfix("explain", *FLOW, "--json", "--firewalld-only").json
    flow = lab.nicfix("explain", *FLOW, "--sosreport", str(archive), "--json")
    assert_valid(flow.stdout, "explain")
    assert (flow.code, flow.json["fix"], flow.json["by"]) == (1, None, "firewalld-model")
    for key in ("flow", "verdict", "reason", "steps"):
        assert flow.json[key] == live_flow[key], key
    links = lab.nicfix("list", "--sosreport", str(archive), "--json")
    assert_valid(links.stdout, "list")
    assert links.json["links"] == lab.nicfix("list", "--json").json["links"]


def test_a_report_that_finds_nothing_proves_nothing(make_lab: LabMaker) -> None:
    """It says so; a program that would take it for "all is well" gets an error."""
    lab = make_lab(firewalld=FirewalldConfig(zones={"public": FORWARD + bound(UPLINK)}))
    archive = str(sosreport.make(lab, PLUGINS))
    outcome = lab.nicfix("check", "--sosreport", archive)
    assert outcome.code == 0
    assert outcome.stdout.startswith(TEXT)
    assert "does not prove that traffic passes" in outcome.stdout
    for form, code in (("nagios", 3), ("npd", 2)):
        refused = lab.nicfix("check", "--sosreport", archive, "--format", form)
        assert refused.code == code and "does not say enough" in refused.stdout
    assert lab.nicfix("check", "--sosreport", archive, "--format", "junit").code == 2


def test_a_policy_of_which_nothing_is_known(lab: Lab) -> None:
    """sos does not collect policies. That there is one shows in the rules: it may accept the traffic."""
    for option in ("--new-policy=pods", "--policy=pods --add-ingress-zone=public",
                   "--policy=pods --add-egress-zone=public", "--policy=pods --set-target=ACCEPT"):
        lab.firewall_cmd("--permanent", *option.split())
    lab.firewall_cmd("--reload")
    lab.firewall_cmd("--zone=public", "--add-interface=cni0")
    archive = str(sosreport.make(lab, PLUGINS))
    flow = lab.nicfix("explain", *FLOW, "--sosreport", archive, "--json")
    assert flow.json["verdict"] == "unknown" and "pods" in flow.json["reason"]


def test_without_the_plugin_of_firewalld(lab: Lab) -> None:
    """The error names the file that is missing."""
    archive = str(sosreport.make(lab, "networking,host"))
    outcome = lab.nicfix("check", "--sosreport", archive)
    assert outcome.code == 2
    assert "firewall-cmd_--list-all-zones: the sosreport does not have it" in outcome.stderr


def test_firewalld_did_not_run(lab: Lab) -> None:
    """As on the host: exit status 3, or the missing answer is named."""
    lab.firewalld.service.stop()
    outcome = lab.nicfix("check", "--sosreport", str(sosreport.make(lab, PLUGINS)))
    assert outcome.code in (2, 3) and "firewall" in outcome.stderr.lower()


def test_the_options_exclude_each_other(lab: Lab) -> None:
    """One host at a time, and only where a snapshot may stand for a host."""
    both = lab.nicfix("check", "--sosreport", "/", "--snapshot", "-")
    assert (both.code, "--snapshot and --sosreport" in both.stderr) == (2, True)
    watch = lab.nicfix("watch", "--sosreport", "/")
    assert (watch.code, "does not take --sosreport" in watch.stderr) == (2, True)
    etc = lab.nicfix("check", "--sosreport", "/etc")
    assert (etc.code, "is not a sosreport" in etc.stderr) == (2, True)


def test_the_plugin_of_sos(lab: Lab) -> None:
    """With it a report says all that the host says, fixes included, and holds the last change."""
    sosreport.install_nicfix(lab)
    assert lab.nicfix("apply").code == 0
    assert lab.nicfix("undo").code == 0
    archive = sosreport.make(lab, "nicfix," + PLUGINS, PLUGIN)
    live = lab.nicfix("check", "--json").json
    outcome = lab.nicfix("check", "--sosreport", str(archive), "--json")
    assert outcome.json["taken_at"] < live["taken_at"]
    assert {**outcome.json, "taken_at": None} == {**live, "taken_at": None}
    assert lab.nicfix("check", "--sosreport", str(archive)).stdout.startswith(
        "From nicfix's own snapshot in the sosreport\n"
    )
    for command in (("apply", "--dry-run"), ("snapshot",), ("explain", *FLOW), ("list",)):
        assert lab.nicfix(*command, "--sosreport", str(archive), "--json").json["schema"]
    report = unpack(archive)
    collected = report / "sos_commands" / "nicfix"
    assert_valid((collected / "nicfix_snapshot").read_text(), "snapshot")
    assert "uplink-unbound" in (collected / "nicfix_check").read_text()
    assert UPLINK in (collected / "nicfix_list").read_text()


def test_only_the_plugin_of_sos(lab: Lab) -> None:
    """Its snapshot is enough. One that is cut off is told, and the text is read instead."""
    sosreport.install_nicfix(lab)
    archive = sosreport.make(lab, "nicfix," + PLUGINS, PLUGIN)
    report = unpack(archive)
    snapshot = report / "sos_commands" / "nicfix" / "nicfix_snapshot"
    whole = snapshot.read_text()
    snapshot.write_text(whole[: len(whole) // 2])
    outcome = lab.nicfix("check", "--sosreport", str(report))
    assert outcome.code == 1 and outcome.stdout.startswith(TEXT)
    assert "nicfix's own snapshot" in outcome.stdout
