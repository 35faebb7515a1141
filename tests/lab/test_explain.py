# SPDX-License-Identifier: GPL-2.0-or-later
"""What happens to one flow, in all the ways to describe it."""

from __future__ import annotations

import json

import pytest

from lab import Lab, OUTSIDE, POD, UPLINK, UPLINK_ADDRESS

INCIDENT = (
    *("explain", "--in", "cni0", "--from", POD, "--to", OUTSIDE),
    *("--protocol", "tcp", "--port", "8629"),
)
LOG_LINE = (
    "Apr 7 08:45:19 worker kernel: [12868.221898] \"filter_FWD_public_REJECT: \"IN=cni0 "
    f"OUT={UPLINK} PHYSIN=vethpod MAC=36:50:69:84:9b:2c:4e:65:15:1d:9d:92:08:00 SRC={POD} "
    f"DST={OUTSIDE} LEN=60 TOS=0x00 PREC=0x00 TTL=63 ID=28423 DF PROTO=TCP SPT=51670 DPT=8629 "
    "WINDOW=64860 RES=0x00 SYN URGP=0"
)


def test_the_incident_before_and_after_its_fix(lab: Lab) -> None:
    """The flow of the incident is rejected for the reason it was, and its fix lets it through."""
    before = lab.nicfix(*INCIDENT, "--json")
    assert (before.code, before.json["verdict"]) == (1, "reject")
    assert f"{UPLINK} is bound to no zone" in before.json["reason"]
    assert before.json["flow"]["out"] == UPLINK
    assert before.json["steps"][-1]["result"] == "reject"
    fix = before.json["fix"]["command"]
    assert fix == ["nicfix", "apply", "--zone", "public", "--interface", UPLINK]
    assert lab.nicfix(*fix[1:]).code == 0
    after = lab.nicfix(*INCIDENT, "--json")
    assert (after.code, after.json["verdict"], after.json["fix"]) == (0, "accept", None)
    assert (after.json["by"], after.json["assumptions"]) == ("kernel", [])
    alone = lab.nicfix(*INCIDENT, "--firewalld-only", "--json")
    assert (alone.json["verdict"], alone.json["by"]) == ("accept", "firewalld-model")
    assert "other-nft-tables" in alone.json["assumptions"]


@pytest.mark.only_asks
def test_a_line_of_the_kernel_log(lab: Lab) -> None:
    """Pasted as it is in kern.log."""
    asked, pasted = lab.nicfix(*INCIDENT, "--json"), lab.nicfix("explain", LOG_LINE, "--json")
    assert pasted.code == 1
    for member in ("verdict", "reason", "steps", "fix"):
        assert pasted.json[member] == asked.json[member]


@pytest.mark.only_asks
@pytest.mark.parametrize(
    "words",
    [
        ("cni0", POD, "->", f"{OUTSIDE}:8629/tcp"),
        ("cni0", POD, "to", f"{OUTSIDE}:8629"),
        (f"cni0 {POD} -> {OUTSIDE}:8629/TCP",),
        ("--in", "cni0", POD, f"->{OUTSIDE}", "--port", "8629"),
    ],
)
def test_the_natural_order(lab: Lab, words: tuple[str, ...]) -> None:
    """It is the same question as with options."""
    asked, said = lab.nicfix(*INCIDENT, "--json"), lab.nicfix("explain", *words, "--json")
    assert said.code == 1 and said.json == asked.json


@pytest.mark.only_asks
def test_the_natural_order_of_what_this_host_sends(lab: Lab) -> None:
    said = lab.nicfix("explain", "->", f"{OUTSIDE}:ssh", "--json")
    assert said.json["flow"]["direction"] == "output"
    assert (said.json["flow"]["protocol"], said.json["flow"]["port"]) == ("tcp", 22)


def test_the_kernel_routes_by_rule(lab: Lab) -> None:
    """Policy routing is respected: table and gateway are the kernel's own answer."""
    lab.host.ip(
        "link add enp3s0 type veth peer name nowhere\n"
        "addr add 203.0.113.1/24 dev enp3s0\nlink set enp3s0 up\nlink set nowhere up\n"
        "route add default via 203.0.113.254 dev enp3s0 table 100\n"
        f"rule add from {POD} table 100\n"
    )
    asked = lab.nicfix("explain", "--in", "cni0", "--from", POD, "--to", "198.51.100.9", "--json")
    assert asked.json["flow"]["out"] == "enp3s0"
    assert asked.json["route"]["gateway"] == "203.0.113.254"
    assert asked.json["route"]["table"] == "100"


@pytest.mark.only_asks
def test_a_port_stands_for_its_master(lab: Lab) -> None:
    """The firewall sees the bridge, whichever port the frame came in on."""
    asked = lab.nicfix("explain", "--in", "vethpod", *INCIDENT[3:], "--json")
    assert asked.json["flow"]["in"] == "cni0"
    assert "vethpod is a port of it" in lab.nicfix("explain", "--in", "vethpod", *INCIDENT[3:]).stdout


@pytest.mark.only_asks
@pytest.mark.parametrize(
    ("direction", "args", "verdict"),
    [
        ("input", ("--in", UPLINK, "--to", UPLINK_ADDRESS, "--protocol", "tcp", "--port", "22"),
         "accept"),
        ("input", ("--from", OUTSIDE, "--to", UPLINK_ADDRESS, "--protocol", "tcp", "--port", "23"),
         "reject"),
        ("input", ("--from", OUTSIDE, "--to", UPLINK_ADDRESS, "--protocol", "icmp"), "accept"),
        ("output", ("--to", OUTSIDE, "--protocol", "tcp", "--port", "80"), "accept"),
        ("forward", ("--in", "cni0", "--to", OUTSIDE, "--state", "established"), "accept"),
    ],
)
def test_other_directions(lab: Lab, direction: str, args: tuple[str, ...], verdict: str) -> None:
    """To the host, from the host, and established connections."""
    asked = lab.nicfix("explain", *args, "--json")
    assert (asked.json["flow"]["direction"], asked.json["verdict"]) == (direction, verdict)
    assert asked.code == (0 if verdict == "accept" else 1)


FORWARDED = ("explain", "--in", "cni0", "--from", POD, "--to")


def _sysctl(lab: Lab, name: str, value: int) -> None:
    lab.host.run("sh", "-c", f"echo {value} >/proc/sys/{name.replace('.', '/')}")


def test_forwarding_off_is_not_a_missing_route(lab: Lab) -> None:
    """Each is said as what it is, and both are the packet's verdict."""
    lab.host.ip("route del default")
    lost = lab.nicfix(*FORWARDED, "203.0.113.7", "--json")
    assert (lost.code, lost.json["verdict"]) == (1, "reject")
    assert "no route" in lost.json["reason"]
    assert lost.json["path"][-1]["hook"] == "route"
    _sysctl(lab, "net.ipv4.conf.cni0.forwarding", 0)
    for address in (OUTSIDE, "203.0.113.7"):
        stays = lab.nicfix(*FORWARDED, address, "--json")
        assert (stays.code, stays.json["verdict"]) == (1, "drop")
        assert "net.ipv4.conf.cni0.forwarding is 0" in stays.json["reason"]


def test_routes_that_refuse(lab: Lab) -> None:
    lab.host.ip(
        "route add prohibit 198.51.100.0/24\nroute add blackhole 203.0.113.0/24\n"
        "route add unreachable 192.0.2.0/24\n"
    )
    for address, verdict, word in (
        ("198.51.100.9", "reject", "prohibit"),
        ("203.0.113.9", "drop", "blackhole"),
        ("192.0.2.9", "reject", "unreachable"),
    ):
        for flow in (FORWARDED, ("explain", "--to")):
            asked = lab.nicfix(*flow, address, "--json")
            assert (asked.code, asked.json["verdict"]) == (1, verdict), asked
            assert word in asked.json["reason"]


def test_the_reverse_path_filter(lab: Lab) -> None:
    """A source that is routed elsewhere does not come in where the filter is strict."""
    asked = ("explain", "--in", "cni0", "--from", "192.168.150.77", "--to", OUTSIDE, "--json")
    _sysctl(lab, "net.ipv4.conf.cni0.rp_filter", 1)
    lost = lab.nicfix(*asked)
    assert (lost.code, lost.json["verdict"]) == (1, "drop")
    assert "rp_filter" in lost.json["reason"]


@pytest.mark.only_asks
@pytest.mark.parametrize(
    "to", ["255.255.255.255:67/udp", "224.0.0.251:5353/udp", "10.244.2.255:67/udp",
           "[ff02::fb]:5353/udp --from fe80::7"]
)
def test_what_comes_in_for_many(lab: Lab, to: str) -> None:
    """Broadcast and multicast are for this host: its firewall is asked."""
    asked = lab.nicfix("explain", "cni0", "to", *to.split(), "--json")
    assert asked.json["flow"]["direction"] == "input"
    assert (asked.code, asked.json["verdict"]) == (1, "reject")


@pytest.mark.only_asks
def test_what_goes_out_to_many(lab: Lab) -> None:
    asked = lab.nicfix("explain", "to", "192.168.150.255:9/udp", "--json")
    assert (asked.json["flow"]["direction"], asked.json["flow"]["out"]) == ("output", UPLINK)
    assert (asked.code, asked.json["verdict"]) == (0, "accept")


@pytest.mark.only_asks
def test_a_line_on_what_belongs_to_no_connection(lab: Lab) -> None:
    """It is not asked again as if it were a new connection, which may well be accepted."""
    line = (
        f"STATE_INVALID_DROP: IN={UPLINK} OUT= SRC={OUTSIDE} DST={UPLINK_ADDRESS} LEN=40 "
        "TTL=63 PROTO=TCP SPT=443 DPT=22 WINDOW=0 RST"
    )
    asked = lab.nicfix("explain", line, "--json")
    assert (asked.code, asked.json["verdict"]) == (1, "drop")
    assert "no connection" in asked.json["reason"] and "asymmetric" in asked.json["reason"]
    told = lab.nicfix("denied", "--file", "-", "--json", stdin=line.encode())
    assert told.json["groups"][0]["verdict"] == "drop"
    assert told.json["groups"][0]["reason"] == asked.json["reason"]


@pytest.mark.only_asks
def test_many_flows_and_a_bad_one(lab: Lab) -> None:
    """Each line gets one line; a bad one does not stop the others."""
    flow = {"in": "cni0", "from": POD, "to": OUTSIDE, "protocol": "tcp", "port": 8629}
    lines = [json.dumps(flow), "{", json.dumps({"to": "x"}), json.dumps(flow | {"port": 80})]
    asked = lab.nicfix("explain", "--flows", "-", stdin="\n".join(lines).encode())
    answers = [json.loads(line) for line in asked.stdout.splitlines()]
    assert [answer["schema"] for answer in answers] == [
        "nicfix.explain/1", "nicfix.error/1", "nicfix.error/1", "nicfix.explain/1",
    ]
    assert asked.code == 1


@pytest.mark.only_asks
@pytest.mark.parametrize(
    "args",
    [
        (),
        ("--to", "database.example"),
        ("--in", "nosuch0", "--to", OUTSIDE),
        ("--in", "cni0", "--from", "fd00::1", "--to", OUTSIDE),
        ("--in", "cni0", "--to", OUTSIDE, "--port", "carrier-pigeon"),
        ("--in", "cni0", "--to", OUTSIDE, "--protocol", "tcp", "--port", "65536"),
        ("--in", "cni0", "--to", OUTSIDE, "--protocol", "carrier-pigeon"),
        ("no line of the kernel log",),
        (LOG_LINE, "--to", OUTSIDE),
        ("cni0", "->"),
        ("cni0", POD, OUTSIDE, "->", OUTSIDE),
        ("cni0", "->", "database.example:5432"),
        ("cni0", "->", f"{OUTSIDE}/24"),
        ("cni0", "->", OUTSIDE, "--to", OUTSIDE),
        ("--flows", "-", "->", OUTSIDE),
        ("cni0", POD, "-"),  # what is left of an arrow that the shell took
    ],
)
def test_bad_questions(lab: Lab, args: tuple[str, ...]) -> None:
    """Exit status 2 and one line that says what to do."""
    asked = lab.nicfix("explain", *args)
    assert asked.code == 2, asked
    assert asked.stdout == ""
    assert asked.stderr.startswith("nicfix: ") and asked.stderr.count("\n") == 1


@pytest.mark.only_asks
def test_a_snapshot_routes_as_the_host_did(lab: Lab) -> None:
    """The answer from the file is the one from the host."""
    live = lab.nicfix(*INCIDENT, "--json")
    snapshot = lab.nicfix("snapshot").raw_stdout
    asked = lab.nicfix(*INCIDENT, "--snapshot", "-", "--json", stdin=snapshot)
    assert asked.code == live.code == 1
    for member in ("flow", "verdict", "reason", "path", "translated", "fix"):
        assert asked.json[member] == live.json[member], member
