# SPDX-License-Identifier: GPL-2.0-or-later
"""Every finding of `nicfix check`, on a host that really has the fault, and none on hosts that do
not."""
from __future__ import annotations

from typing import Any

import pytest

from lab import OUTSIDE, UPLINK, UPLINK_ADDRESS, Lab, LabMaker
from labkit import users
from labkit.firewalld import FORWARD, FirewalldConfig, bound
from labkit.networkmanager import ethernet_profile

@pytest.mark.only_asks
def test_an_unbound_uplink_of_a_node_is_an_error(lab: Lab) -> None:
    check = lab.nicfix("check", "--json")
    assert check.code == 1, check
    finding = check.finding("uplink-unbound", UPLINK)
    assert finding["severity"] == "error"
    assert finding["zone"] == "public"  # the default zone filters it
    assert finding["evidence"]
    assert check.json["summary"]["errors"] >= 1


def test_an_unbound_uplink_of_a_host_that_forwards_nothing_is_a_warning(
    make_lab: LabMaker,
) -> None:
    lab = make_lab(forwarding=False)
    check = lab.nicfix("check", "--json")
    assert check.code == 1, check
    assert check.finding("uplink-unbound", UPLINK)["severity"] == "warning"
    assert check.findings("error") == []
    assert lab.nicfix("check", "--fail-on", "error").code == 0


def test_an_unbound_uplink_whose_pods_pass_by_a_trusted_bridge_is_only_told(
    make_lab: LabMaker,
) -> None:
    lab = make_lab(
        firewalld=FirewalldConfig(
            zones={"trusted": FORWARD + bound("cni0")}, zone_targets={"trusted": "ACCEPT"}
        )
    )
    assert (lab.ping(), lab.tcp()) == ("reply", "connected")
    check = lab.nicfix("check", "--json")
    assert check.code == 0, check
    assert check.finding("uplink-unbound", UPLINK)["severity"] == "info"
    assert check.findings("error", "warning") == []


@pytest.mark.parametrize("zone", ["drop", "block"])
def test_an_uplink_in_a_zone_that_refuses_is_an_error(make_lab: LabMaker, zone: str) -> None:
    target = {"drop": "DROP", "block": "%%REJECT%%"}[zone]
    lab = make_lab(
        firewalld=FirewalldConfig(zones={zone: bound(UPLINK)}, zone_targets={zone: target})
    )
    assert lab.tcp() != "connected"
    check = lab.nicfix("check", "--json")
    assert check.code == 1, check
    finding = check.finding("uplink-in-rejecting-zone", UPLINK)
    assert (finding["severity"], finding["zone"]) == ("error", zone)


def test_an_uplink_bound_to_another_zone_than_the_pods_is_an_error(make_lab: LabMaker) -> None:
    lab = make_lab(firewalld=FirewalldConfig(zones={"work": FORWARD + bound(UPLINK)}))
    assert lab.tcp() == "filtered"
    check = lab.nicfix("check", "--json")
    assert check.code == 1, check
    finding = check.finding("forward-blocked", UPLINK)
    assert (finding["severity"], finding["zone"]) == ("error", "work")


def test_a_bound_uplink_in_a_zone_without_forward_is_an_error(make_lab: LabMaker) -> None:
    lab = make_lab(firewalld=FirewalldConfig(zones={"public": bound(UPLINK)}))
    assert lab.tcp() == "filtered"
    check = lab.nicfix("check", "--json")
    assert check.code == 1, check
    finding = check.finding("forward-blocked", UPLINK)
    assert (finding["severity"], finding["zone"]) == ("error", "public")


def test_some_interfaces_only(make_lab: LabMaker) -> None:
    """What is about others is not shown, and is not in the exit status; what is about the host is."""
    lab = make_lab(firewalld=FirewalldConfig(zones={"public": FORWARD + bound("gone0")}))

    def found(*words: str) -> list[tuple[str, str | None]]:
        outcome = lab.nicfix("check", "--json", *words)
        findings = outcome.json["findings"]
        assert outcome.code == int(any(one["severity"] != "info" for one in findings)), outcome
        return [(one["id"], one["interface"]) for one in findings]

    unbound, stale = ("uplink-unbound", UPLINK), ("stale-binding", "gone0")
    assert found() == [unbound, stale]
    assert found(UPLINK) == [unbound]
    whole, some = (lab.nicfix("check", "--json", *words).json for words in ((), (UPLINK,)))
    assert some["findings"][0]["fix"] == whole["findings"][0]["fix"] is not None
    assert (whole["interfaces"], some["interfaces"]) == ([], [UPLINK])
    assert found("lo") == []
    fine = lab.nicfix("check", "lo")
    assert (fine.code, fine.stdout.startswith("OK: 0 errors")) == (0, True), fine
    lab.run("firewall-cmd", "--panic-on")
    assert ("panic-mode", None) in found("lo")
    lab.run("firewall-cmd", "--panic-off")
    assert lab.nicfix("check", "lo", "--format", "nagios").code == 0
    assert "did you mean cni0?" in lab.nicfix("check", "cnio").stderr
    assert lab.nicfix("check", "lo", "--after", "reload").code == 2


def test_a_binding_of_a_name_that_no_link_has_is_a_warning(make_lab: LabMaker) -> None:
    zones = {"public": FORWARD + bound(UPLINK) + bound("enp9s9")}
    lab = make_lab(firewalld=FirewalldConfig(zones=zones))
    check = lab.nicfix("check", "--json")
    assert check.code == 1, check
    finding = check.finding("stale-binding", "enp9s9")
    assert (finding["severity"], finding["zone"]) == ("warning", "public")


def test_a_binding_by_an_alternative_name(make_lab: LabMaker) -> None:
    """The kernel only matches the primary name: the binding does nothing."""
    lab = make_lab(
        firewalld=FirewalldConfig(zones={"public": FORWARD + bound("ens192")}),
        links=f"link property add dev {UPLINK} altname ens192\n",
    )
    assert lab.tcp() == "filtered"
    check = lab.nicfix("check", "--json")
    assert UPLINK in check.finding("stale-binding", "ens192")["message"]
    assert check.finding("uplink-unbound", UPLINK)["severity"] == "error"


def test_a_runtime_binding_is_a_warning_and_the_warning_is_right(lab: Lab) -> None:
    lab.firewall_cmd("--zone=public", f"--add-interface={UPLINK}")
    assert lab.ping() == "reply"
    check = lab.nicfix("check", "--json")
    assert check.code == 1, check
    finding = check.finding("runtime-only-binding", UPLINK)
    assert (finding["severity"], finding["zone"]) == ("warning", "public")
    assert check.findings("error") == []
    lab.firewall_cmd("--reload")
    assert lab.ping() == "filtered"
    assert lab.nicfix("check", "--json").finding("uplink-unbound", UPLINK)["severity"] == "error"


def test_a_permanent_zone_that_is_not_in_force_is_a_warning(make_lab: LabMaker) -> None:
    lab = make_lab(firewalld=FirewalldConfig(zones={"public": FORWARD + bound(UPLINK)}))
    lab.firewall_cmd("--permanent", "--zone=public", f"--remove-interface={UPLINK}")
    lab.firewall_cmd("--permanent", "--zone=work", f"--add-interface={UPLINK}")
    check = lab.nicfix("check", "--json")
    finding = check.finding("permanent-not-active", UPLINK)
    assert finding["severity"] == "warning"
    assert "work" in finding["message"]


def test_a_permanent_binding_of_an_uplink_unbound_today_is_told_too(lab: Lab) -> None:
    lab.firewall_cmd("--permanent", "--zone=public", f"--add-interface={UPLINK}")
    check = lab.nicfix("check", "--json")
    assert check.finding("permanent-not-active", UPLINK)["severity"] == "warning"
    assert check.finding("uplink-unbound", UPLINK)["severity"] == "error"


def test_panic_mode_is_an_error(lab: Lab) -> None:
    lab.firewall_cmd("--panic-on")
    assert lab.ping() == "lost"
    check = lab.nicfix("check", "--json")
    assert check.code == 1, check
    assert check.finding("panic-mode")["severity"] == "error"
    assert check.json["firewalld"]["panic"] is True


def test_an_ordinary_user_gets_an_unknown_verdict(
    make_lab: LabMaker,
) -> None:
    """The stock policy shows everybody the bindings, but neither target nor forward."""
    lab = make_lab(polkit_rules={})
    check = lab.nicfix("check", "--json", user=users.STRANGER)
    assert check.finding("verdict-unknown", UPLINK)["severity"] == "info", check
    assert check.findings("error") == []


def quiet_hosts() -> dict[str, dict[str, Any]]:
    """Hosts on which nothing is wrong."""
    nm = {"uplink": ethernet_profile("uplink", UPLINK, f"{UPLINK_ADDRESS}/24", OUTSIDE)}
    public = FORWARD + bound(UPLINK)
    return {
        "laptop on NetworkManager": {"profiles": nm, "forwarding": False},
        "node on NetworkManager": {"profiles": nm},
        "everything bound": {
            "firewalld": FirewalldConfig(zones={"public": public + bound("cni0")})
        },
        "uplink bound, pods by the catch-all": {
            "firewalld": FirewalldConfig(zones={"public": public})
        },
        "pod network trusted as a source": {
            "firewalld": FirewalldConfig(
                zones={"trusted": '<source address="10.244.0.0/16"/>'},
                zone_targets={"trusted": "ACCEPT"},
            )
        },
    }


@pytest.mark.parametrize("name", quiet_hosts())
def test_nothing_above_info_is_found_on(make_lab: LabMaker, name: str) -> None:
    plan = quiet_hosts()[name]
    lab = make_lab(**plan)
    if plan.get("forwarding", True):
        assert (lab.ping(), lab.tcp()) == ("reply", "connected")
    check = lab.nicfix("check", "--json")
    assert check.findings("error", "warning") == [], check
    assert check.code == 0, check


def test_the_summary_says_that_all_uplinks_are_covered(make_lab: LabMaker) -> None:
    lab = make_lab(firewalld=FirewalldConfig(zones={"public": FORWARD + bound(UPLINK)}))
    check = lab.nicfix("check")
    assert check.code == 0, check
    assert "uplink" in check.stdout.strip().splitlines()[-1]


def test_a_named_uplink(lab: Lab) -> None:
    """`--uplink` names an uplink that has no route."""
    lab.host.ip("link add wan9 type bridge\naddr add 203.0.113.9/24 dev wan9\nlink set wan9 up\n")
    ids = [one["interface"] for one in lab.nicfix("check", "--json").findings()]
    assert "wan9" not in ids
    check = lab.nicfix("check", "--json", "--uplink", "wan9")
    assert check.finding("uplink-unbound", "wan9")["severity"] == "error"
    assert lab.nicfix("check", "--uplink", "nosuch0").code == 2
