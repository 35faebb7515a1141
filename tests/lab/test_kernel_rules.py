# SPDX-License-Identifier: GPL-2.0-or-later
"""What is not firewalld's configuration decides, too: other programs' rules, its own rules in the
kernel, and the kernel's settings. Each verdict is held against packets."""
from __future__ import annotations

import threading

from lab import OUTSIDE, UPLINK, Lab, LabMaker
from labkit import users
from labkit.firewalld import FORWARD, FirewalldConfig, bound
from labkit.program import Outcome
from test_polkit import project_rule

FLOW = ("--in", "cni0", "--from", "10.244.2.2", "--to", OUTSIDE, "--protocol", "tcp", "--port", "8629")
OPEN = FirewalldConfig(zones={"public": FORWARD + bound(UPLINK)})

# As Docker sets them up: its policy refuses what none of its rules accepts.
DOCKER = """
iptables -N DOCKER
iptables -N DOCKER-USER
iptables -A DOCKER-USER -j RETURN
iptables -P FORWARD DROP
iptables -A FORWARD -j DOCKER-USER
iptables -A FORWARD -i docker0 ! -o docker0 -j ACCEPT
"""
# As podman does, which does not listen for reloads.
PODMAN = """
iptables -t nat -N NETAVARK-1D8721804F16F
iptables -t nat -A POSTROUTING -s 10.88.0.0/16 -j NETAVARK-1D8721804F16F
iptables -t nat -A NETAVARK-1D8721804F16F ! -d 224.0.0.0/4 -j MASQUERADE
"""


def shell(lab: Lab, script: str) -> None:
    lab.host.run("sh", "-ec", script)


def ids(check: Outcome) -> list[str]:
    return [finding["id"] for finding in check.findings()]


def verdict(lab: Lab) -> tuple[str, str]:
    told = lab.nicfix("explain", "--json", *FLOW).json
    return told["verdict"], told["by"]


def test_what_another_program_refuses_and_its_own_cure(make_lab: LabMaker) -> None:
    lab = make_lab(firewalld=OPEN)
    assert (lab.tcp(), verdict(lab)) == ("connected", ("accept", "kernel"))
    shell(lab, DOCKER)
    assert lab.tcp() == "lost"
    assert verdict(lab) == ("drop", "kernel")
    check = lab.nicfix("check", "--json")
    assert check.code == 1, check
    finding = check.finding("refused-elsewhere", UPLINK)
    assert finding["severity"] == "error" and "Docker" in finding["message"]
    assert finding["fix"] is None
    text = lab.nicfix("check").stdout
    assert "nft -a list chain ip filter FORWARD" in text
    there, back = (line for line in text.splitlines() if "iptables -I DOCKER-USER" in line)
    shell(lab, there[there.index("iptables") :])
    # The policy stops the answers, too.
    assert (lab.tcp(), verdict(lab)) == ("lost", ("drop", "kernel"))
    assert "refuses the answers" in lab.nicfix("check").stdout
    shell(lab, back[back.index("iptables") :])
    assert (lab.tcp(), verdict(lab)) == ("connected", ("accept", "kernel"))
    # What the administrator put into DOCKER-USER is lost in a reload.
    assert ids(lab.nicfix("check", "--json")) == ["reload-harms"]


def test_two_refuse_and_each_has_its_cure(lab: Lab) -> None:
    """The uplink is in no zone, and Docker's policy drops what its rules do not accept."""
    shell(lab, DOCKER)
    assert (lab.tcp(), verdict(lab)) == ("lost", ("drop", "kernel"))
    assert ids(lab.nicfix("check", "--json")) == ["uplink-unbound", "refused-elsewhere"]
    applied = lab.nicfix("apply", "--json")
    assert (applied.code, applied.json["verified"]) == (0, True), applied
    assert (lab.tcp(), verdict(lab)) == ("lost", ("drop", "kernel"))
    check = lab.nicfix("check")
    assert ids(lab.nicfix("check", "--json")) == ["refused-elsewhere"]
    for line in check.stdout.splitlines():
        if "iptables -I DOCKER-USER" in line:
            shell(lab, line[line.index("iptables") :])
    assert (lab.tcp(), verdict(lab)) == ("connected", ("accept", "kernel"))
    # What the administrator put into DOCKER-USER is lost in a reload.
    assert ids(lab.nicfix("check", "--json")) == ["reload-harms"]


def test_rules_that_were_flushed(make_lab: LabMaker) -> None:
    lab = make_lab()
    assert (lab.tcp(), verdict(lab)) == ("filtered", ("reject", "kernel"))
    shell(lab, "nft flush ruleset")
    assert (lab.tcp(), verdict(lab)) == ("connected", ("accept", "kernel"))
    check = lab.nicfix("check", "--json")
    assert check.finding("rules-differ")["severity"] == "error"
    assert check.code == 1
    assert "systemctl restart firewalld" in lab.nicfix("check").stdout
    for words in ((), ("--zone", "public")):
        refused = lab.nicfix("apply", *words)
        assert refused.code == 2, refused
        assert "rules are not in the kernel" in refused.stderr
    # firewalld 1.3.3 cannot reload now, and then drops everything: that is told, too.
    assert lab.run("firewall-cmd", "--reload").code != 0
    assert (lab.tcp(), verdict(lab)) == ("lost", ("drop", "kernel"))
    finding = lab.nicfix("check", "--json").finding("rules-differ")
    assert any("firewalld_policy_drop" in line for line in finding["evidence"])
    lab.firewalld.restart()
    assert (lab.tcp(), verdict(lab)) == ("filtered", ("reject", "kernel"))
    assert "rules-differ" not in ids(lab.nicfix("check", "--json"))


def test_a_check_in_the_middle_of_a_reload(make_lab: LabMaker) -> None:
    """firewalld answers when it is done; its rules are read while it is not."""
    lab = make_lab(firewalld=OPEN)
    done = threading.Event()

    def reload_all_the_time() -> None:
        while not done.is_set():
            lab.firewall_cmd("--reload")

    reloading = threading.Thread(target=reload_all_the_time)
    reloading.start()
    try:
        for _ in range(12):
            check = lab.nicfix("check", "--json", "--timeout", "60")
            assert check.json["findings"] == [], check
    finally:
        done.set()
        reloading.join()


def test_what_a_reload_does_to_other_programs(make_lab: LabMaker) -> None:
    lab = make_lab(firewalld=OPEN)
    shell(lab, PODMAN)
    check = lab.nicfix("check", "--json")
    finding = check.finding("reload-harms")
    assert finding["severity"] == "warning" and "podman" in finding["message"]
    assert any("2 rules of podman from table ip nat" in line for line in finding["evidence"])
    assert lab.nicfix("denied", "--record", "1").code == 0  # it needs no reload
    assert "NETAVARK" in lab.host.run("iptables-save").stdout.decode()
    lab.firewall_cmd("--reload")
    assert "NETAVARK" not in lab.host.run("iptables-save").stdout.decode()
    assert lab.nicfix("check").code == 0


def test_a_policy_of_another_program_survives_a_reload(make_lab: LabMaker) -> None:
    """The rule that lets the pods pass is lost, and the policy stays: that is foreseen."""
    lab = make_lab(firewalld=OPEN)
    shell(
        lab,
        "iptables -P FORWARD DROP\niptables -A FORWARD -i cni0 -j ACCEPT\n"
        "iptables -A FORWARD -o cni0 -j ACCEPT\n",
    )
    assert lab.tcp() == "connected"
    after = lab.nicfix("check", "--json", "--after", "reload")
    assert after.finding("refused-elsewhere", UPLINK)["severity"] == "error"
    lab.firewall_cmd("--reload")
    assert lab.tcp() == "lost"
    assert lab.nicfix("check", "--json").finding("refused-elsewhere", UPLINK)


def test_replies_that_are_not_forwarded(make_lab: LabMaker) -> None:
    lab = make_lab(firewalld=OPEN)
    setting = f"net.ipv4.conf.{UPLINK}.forwarding"
    shell(lab, f"sysctl -qw {setting}=0")
    assert lab.tcp() == "lost"
    check = lab.nicfix("check", "--json")
    assert check.finding("forwarding-off", UPLINK)["severity"] == "warning"
    assert f"sysctl -w {setting}=1" in lab.nicfix("check").stdout
    shell(lab, f"sysctl -qw {setting}=1")
    assert lab.tcp() == "connected"
    assert lab.nicfix("check").code == 0


def test_an_ordinary_user_is_told_what_was_not_judged(make_lab: LabMaker) -> None:
    lab = make_lab(firewalld=OPEN, polkit_rules={"50-nicfix-read.rules": project_rule()})
    shell(lab, DOCKER)
    told = lab.nicfix("explain", "--json", *FLOW, user=users.MEMBER).json
    assert told["by"] == "firewalld-model"
    assert "other-nft-tables" in told["assumptions"]
    check = lab.nicfix("check", user=users.MEMBER)
    assert check.stdout.count("the kernel's nf_tables rules") == 1
    assert "refused-elsewhere" not in ids(lab.nicfix("check", "--json", user=users.MEMBER))
