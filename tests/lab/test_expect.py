# SPDX-License-Identifier: GPL-2.0-or-later
"""`nicfix check --expect` and expect.d: what is said of each flow is what packets do."""
from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from lab import DATABASE_PORT, OUTSIDE, POD, UPLINK, UPLINK_ADDRESS, Lab

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "expect" / "host.flows"
DATABASE = f"cni0 {POD} to {OUTSIDE}:{DATABASE_PORT}/tcp"


def write(lab: Lab, text: str, name: str = "host.flows") -> str:
    folder = lab.folder / "nicfix" / "expect.d"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return str(folder / name)


def configuration(lab: Lab) -> dict[str, str]:
    return {"CONFIGURATION_DIRECTORY": str(lab.folder / "nicfix")}


def test_what_packets_do_is_expected_or_not(lab: Lab) -> None:
    """The incident, its cure, and both expectations of it."""
    accept = write(lab, f"# pods reach the database\n{DATABASE} accept\n", "a")
    refuse = write(lab, f"{DATABASE} refuse\n", "b")
    for _ in range(2):
        passes = lab.tcp() == "connected"
        wanted = lab.nicfix("check", "--expect", accept, "--json")
        unwanted = lab.nicfix("check", "--expect", refuse, "--json")
        assert [one["met"] for one in wanted.json["expectations"]] == [passes]
        assert [one["met"] for one in unwanted.json["expectations"]] == [not passes]
        failed = unwanted if passes else wanted
        assert failed.code == 1
        finding = failed.finding("expectation-failed", "cni0")
        assert finding["severity"] == "error"
        if not passes:
            assert "pods reach the database" in finding["message"]
            assert f"{accept}:2" in finding["evidence"][0]
            assert lab.nicfix(*finding["fix"]["command"][1:]).code == 0
    assert passes


def test_the_files_of_this_host_are_read(lab: Lab) -> None:
    """Sorted by name, before those that are named; apply heeds them, too."""
    write(lab, f"{DATABASE} refuse\n", "20-b.flows")
    write(lab, f"to {OUTSIDE} accept\n", "10-a.flows")
    write(lab, "this is no flow\n", "README")
    named = write(lab, f"to {OUTSIDE}:22 accept\n", "c")
    check = lab.nicfix("check", "--expect", named, "--json", env=configuration(lab))
    files = [Path(one["file"]).name for one in check.json["expectations"]]
    assert files == ["10-a.flows", "20-b.flows", "c"]
    apply = lab.nicfix("apply", "--zone", "public", env=configuration(lab))
    assert apply.code == 2, apply
    assert lab.tcp() != "connected"


def test_a_file_that_is_wrong(lab: Lab) -> None:
    file = write(lab, f"{DATABASE} accept\n{DATABASE}\n")
    for args, env in ((("--expect", file), {}), ((), configuration(lab))):
        check = lab.nicfix("check", *args, env=env)
        assert check.code == 2 and check.stdout == "", check
        assert check.stderr.startswith(f"nicfix: {file}:2: ")
    missing = lab.nicfix("check", "--expect", str(lab.folder / "none"))
    assert missing.code == 2 and "No such file" in missing.stderr


def test_results_for_ci(lab: Lab) -> None:
    file = write(lab, f"# <pods> & the database\n{DATABASE} accept\ntun7 to {OUTSIDE} accept\n")
    check = lab.nicfix("check", "--expect", file, "--format", "junit")
    assert check.code == 1
    suites = ElementTree.fromstring(check.stdout)
    expectations, findings = suites.findall("testsuite")
    assert expectations.attrib["tests"] == "2"
    failed, unknown = expectations.findall("testcase")
    assert failed.find("failure") is not None and unknown.find("error") is not None
    assert failed.attrib["name"].startswith("<pods> & the database")
    names = {case.attrib["name"] for case in findings if case.find("failure") is not None}
    assert names == {"uplink-unbound"}


def test_a_snapshot_is_checked_like_its_host(lab: Lab) -> None:
    file = write(lab, f"{DATABASE} accept\n{UPLINK} {OUTSIDE} to {UPLINK_ADDRESS}:22/tcp refuse\n")
    live = lab.nicfix("check", "--expect", file, "--json")
    snapshot = lab.nicfix("snapshot").raw_stdout
    other = lab.nicfix("check", "--expect", file, "--json", "--snapshot", "-", stdin=snapshot)
    assert other.json["expectations"] == live.json["expectations"]


@pytest.mark.parametrize("event", ["reload", "reboot"])
def test_what_is_expected_of_a_state_to_come(lab: Lab, event: str) -> None:
    file = write(lab, f"{DATABASE} accept\n")
    assert lab.nicfix("apply", "--zone", "public", "--runtime-only").code == 0
    assert lab.nicfix("check", "--expect", file, "--json").json["expectations"][0]["met"]
    after = lab.nicfix("check", "--expect", file, "--after", event, "--json")
    assert (after.code, after.json["expectations"][0]["met"]) == (1, False)


@pytest.mark.only_asks
def test_the_example(lab: Lab) -> None:
    """Each of its flows is one of this host."""
    check = lab.nicfix("check", "--expect", str(EXAMPLE), "--json")
    assert len(check.json["expectations"]) == 5
    assert all(one["flow"] for one in check.json["expectations"])
