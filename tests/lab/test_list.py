# SPDX-License-Identifier: GPL-2.0-or-later
"""What `nicfix list` shows of a node."""
from __future__ import annotations

from typing import Any

import pytest

from lab import UPLINK, UPLINK_ADDRESS, Lab, LabMaker
from labkit.firewalld import FORWARD, FirewalldConfig, bound


def by_name(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Rows of the list by their name."""
    return {row["name"]: row for row in rows}


@pytest.mark.only_asks
def test_links_have_the_roles_an_operator_expects(lab: Lab) -> None:
    links = by_name(lab.nicfix("list", "--json").json["links"])
    roles = {name: link["role"] for name, link in links.items() if name != "sit0"}
    assert roles == {"lo": "loopback", "cni0": "downstream", "vethpod": "port", UPLINK: "uplink"}
    assert links[UPLINK]["bound_by"] == "catch-all"
    assert links[UPLINK]["zone"] == "public"


def test_a_wildcard_is_told_from_a_name(make_lab: LabMaker) -> None:
    zones = {"public": FORWARD + bound("enp+"), "work": bound("cni0")}
    lab = make_lab(firewalld=FirewalldConfig(zones=zones))
    links = by_name(lab.nicfix("list", "--json").json["links"])
    assert (links[UPLINK]["zone"], links[UPLINK]["bound_by"]) == ("public", "wildcard")
    assert (links["cni0"]["zone"], links["cni0"]["bound_by"]) == ("work", "interface")


def test_every_zone_is_listed_as_firewalld_has_it(make_lab: LabMaker) -> None:
    config = FirewalldConfig(zones={"public": FORWARD + bound(UPLINK), "work": "<masquerade/>"})
    lab = make_lab(firewalld=config)
    zones = by_name(lab.nicfix("list", "--json").json["zones"])
    assert sorted(zones) == sorted(lab.firewall_cmd("--get-zones").split())
    public, work, drop = zones["public"], zones["work"], zones["drop"]
    assert (public["default"], public["active"], public["forward"]) == (True, True, True)
    assert public["interfaces"] == [UPLINK]
    assert (work["masquerade"], work["active"], work["forward"]) == (True, False, False)
    assert (drop["target"], drop["default"]) == ("DROP", False)


def test_some_interfaces_and_their_zones(make_lab: LabMaker) -> None:
    zones = {"public": FORWARD + bound(UPLINK), "work": bound("cni0")}
    lab = make_lab(firewalld=FirewalldConfig(zones=zones))

    def listed(*words: str) -> tuple[list[str], list[str]]:
        document = lab.nicfix("list", "--json", *words).json
        return tuple([one["name"] for one in document[what]] for what in ("links", "zones"))

    assert listed("cni0") == (["cni0"], ["work"])
    assert listed("cni0", UPLINK) == (["cni0", UPLINK], ["public", "work"])
    assert listed("vethpod") == (["vethpod"], [])
    assert listed("--zone", "work") == (["cni0"], ["work"])
    assert listed("-z", "drop") == ([], ["drop"])
    assert listed(UPLINK, "-z", "work") == ([], ["work"])
    text = lab.nicfix("list", "cni0").stdout
    assert "cni0" in text and UPLINK not in text and "drop" not in text
    for words, hint in ((["cni1"], "did you mean cni0?"), (["-z", "Work"], "did you mean work?")):
        refused = lab.nicfix("list", *words)
        assert (refused.code, hint in refused.stderr) == (2, True), refused
    assert lab.nicfix("list", "--format", "dot", "cni0").code == 2


@pytest.mark.only_asks
def test_the_text_shows_what_matters(lab: Lab) -> None:
    text = lab.nicfix("list").stdout
    for word in (UPLINK, UPLINK_ADDRESS, "uplink", "cni0", "downstream", "public"):
        assert word in text
    assert "\x1b" not in text, "no colour but on a terminal"


@pytest.mark.only_asks
def test_nothing_is_cut_without_a_mark_on_a_narrow_terminal(lab: Lab) -> None:
    links = lab.nicfix("list", "--json").json["links"]
    text = lab.nicfix("list", env={"COLUMNS": "60"}).stdout
    for link in links:
        assert link["name"] in text
        for address in link["addresses"]:
            assert address in text or "…" in text, text
