# SPDX-License-Identifier: GPL-2.0-or-later
"""What decides on packets beside nf_tables is told: legacy iptables, and filters of tc. A snapshot keeps
it."""

from __future__ import annotations

from typing import Any

from lab import Lab, OUTSIDE, POD, UPLINK, UPLINK_ADDRESS

FORWARDED = ("--in", "cni0", "--from", POD, "--to", OUTSIDE, "--protocol", "tcp", "--port", "8629")
TO_HOST = ("--in", UPLINK, "--from", OUTSIDE, "--to", UPLINK_ADDRESS, "--protocol", "tcp",
           "--port", "22")


def explain(lab: Lab, flow: tuple[str, ...]) -> Any:
    """The answer on the host, which is that of its snapshot as well."""
    live = lab.nicfix("explain", *flow, "--json").json
    file = lab.folder / "snapshot.json"
    file.write_bytes(lab.nicfix("snapshot").raw_stdout)
    assert lab.nicfix("explain", *flow, "--json", "--snapshot", str(file)).json == live
    return live


def test_rules_of_legacy_iptables_leave_an_accept_open(lab: Lab) -> None:
    assert lab.nicfix("apply", "--zone", "public", "--interface", UPLINK).code == 0
    lab.host.run("iptables-legacy", "--list")  # makes the table, which is trivial
    assert explain(lab, FORWARDED)["verdict"] == "accept"
    lab.host.run("iptables-legacy", "-A", "FORWARD", "-p", "udp", "-j", "ACCEPT")
    asked = explain(lab, FORWARDED)
    assert asked["verdict"] == "unknown"
    assert "legacy iptables table ip filter has rules" in asked["reason"]
    assert explain(lab, TO_HOST)["verdict"] == "accept"  # it does not pass FORWARD
    lab.host.run("ip6tables-legacy", "-P", "INPUT", "DROP")
    assert explain(lab, TO_HOST)["verdict"] == "accept"  # of IPv4
    lab.host.run("iptables-legacy", "-P", "INPUT", "DROP")
    assert explain(lab, TO_HOST)["verdict"] == "unknown"


def test_what_is_refused_stays_refused(lab: Lab) -> None:
    lab.host.run("iptables-legacy", "-A", "FORWARD", "-j", "ACCEPT")
    assert explain(lab, FORWARDED)["verdict"] == "reject"
    lab.host.run("iptables-legacy", "-t", "nat", "-A", "PREROUTING", "-p", "tcp", "--dport", "8629",
                 "-j", "DNAT", "--to-destination", "192.168.150.7")
    assert explain(lab, FORWARDED)["verdict"] == "unknown"  # firewalld accepts what is translated


def test_filters_of_tc_are_assumptions(lab: Lab) -> None:
    lab.host.run("tc", "qdisc", "add", "dev", UPLINK, "clsact")
    assert "tc-filter" not in explain(lab, FORWARDED)["assumptions"]
    lab.host.run(
        "tc", "filter", "add", "dev", UPLINK, "egress", "protocol", "ip", "u32", "match", "u32",
        "0", "0", "action", "mirred", "egress", "mirror", "dev", "cni0",
    )
    assert "tc-filter" in explain(lab, FORWARDED)["assumptions"]
    assert "tc-filter" not in explain(lab, TO_HOST)["assumptions"]  # what goes out is not asked
