# SPDX-License-Identifier: GPL-2.0-or-later
"""firewalld 2.3.1 keeps the rules between an interface that it loaded and its old zone when that is moved
at run time, and D-Bus does not show them."""
from __future__ import annotations

import pytest

from lab import FAR_OUTSIDE, UPLINK, Lab, LabMaker
from labkit.firewalld import FORWARD, FirewalldConfig, bound

LAN = "lan9"
LAN_HOST = "10.9.0.2"
POLICY = """\
<policy target="ACCEPT" priority="-1">
  <ingress-zone name="dmz"/>
  <egress-zone name="work"/>
</policy>
"""
MOVE = ("apply", "--zone", "work", "--interface", UPLINK, "--move", "--yes")
FROM_OUTSIDE = ("explain", UPLINK, FAR_OUTSIDE, "->", f"{LAN_HOST}:80/tcp")


def make_router(make_lab: LabMaker, **options: str) -> Lab:
    """Its uplink is in a zone with a LAN, its pods are in another."""
    config = FirewalldConfig(
        options=options,
        zones={
            "dmz": FORWARD + bound(UPLINK) + bound(LAN),
            "work": FORWARD + bound("cni0"),
        },
        files={"policies/dmz-to-work.xml": POLICY},
    )
    lab = make_lab(release="trixie", firewalld=config)
    lab.host.ip(
        f"link add {LAN} type veth peer name far9\naddress add 10.9.0.1/24 dev {LAN}\n"
        f"link set {LAN} up\nlink set far9 netns {lab.pod.pid}\n"
    )
    lab.pod.ip("link set far9 up\n")
    return lab


@pytest.fixture(name="router")
def _router(make_lab: LabMaker) -> Lab:
    return make_router(make_lab)


def test_a_move_at_run_time_is_refused(router: Lab) -> None:
    """It leaves open what the new zone closes; what lasts and a reload cure."""
    first = router.firewall_now()
    assert router.tcp() != "connected"
    refused = router.nicfix(*MOVE, "--json")
    assert (refused.code, refused.json["error"]["code"]) == (2, "refused"), refused
    assert "only a reload removes them" in refused.json["error"]["message"]
    assert router.firewall_now() == first
    assert router.nicfix(*MOVE, "--permanent-only").code == 0
    router.firewall_cmd("--reload")
    assert router.tcp() == "connected"
    assert router.nicfix(*FROM_OUTSIDE).code == 1
    assert router.nicfix("check").code == 0


def test_where_a_reload_keeps_bindings_only_a_start_cures(make_lab: LabMaker) -> None:
    """The reload puts the running binding back, which is the old one."""
    router = make_router(make_lab, FlushAllOnReload="no")
    refused = router.nicfix(*MOVE, "--json")
    assert (refused.code, refused.json["error"]["code"]) == (2, "refused"), refused
    assert "only a restart removes them" in refused.json["error"]["message"]
    assert router.nicfix(*MOVE, "--permanent-only").code == 0
    router.firewall_cmd("--reload")
    assert router.tcp() != "connected"
    router.firewalld.restart()
    assert router.tcp() == "connected"
    assert router.nicfix("check").code == 0


def test_a_move_that_leaves_rules_is_not_verified(router: Lab) -> None:
    """Whoever insists gets it undone, because the kernel's rules are not what was predicted."""
    first, before = router.firewall_now(), router.nicfix("check", "--json")
    forced = router.nicfix(*MOVE, "--force", "--json")
    assert forced.code == 5, forced
    last, after = router.firewall_now(), router.nicfix("check", "--json")
    assert (last["running"], last["permanent"]) == (first["running"], first["permanent"])
    assert [one["id"] for one in after.findings()] == [one["id"] for one in before.findings()]
    assert router.tcp() != "connected"


def test_a_move_by_hand_is_told(router: Lab) -> None:
    """What the kernel does is the answer, and check says that it is not what firewalld says."""
    router.firewall_cmd("--zone=work", f"--change-interface={UPLINK}")
    asked = router.nicfix(*FROM_OUTSIDE, "--json")
    assert (asked.json["verdict"], asked.json["by"]) == ("accept", "kernel")
    alone = router.nicfix(*FROM_OUTSIDE, "--firewalld-only", "--json")
    assert alone.json["verdict"] == "unknown", alone
    assert "keeps the rules" in alone.json["reason"]
    router.firewall_cmd("--permanent", "--zone=dmz", f"--remove-interface={UPLINK}")
    router.firewall_cmd("--permanent", "--zone=work", f"--add-interface={UPLINK}")
    assert router.nicfix("check", "--json").finding("rules-differ")
    router.firewall_cmd("--reload")
    assert router.nicfix("check").code == 0
