# SPDX-License-Identifier: GPL-2.0-or-later
"""Graphviz draws what `nicfix list --format dot` writes."""
from __future__ import annotations

import re
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from lab import POD, UPLINK, Lab, LabMaker
from test_kernel_rules import DOCKER, OPEN, shell

_SVG = "{http://www.w3.org/2000/svg}"
_ROOT = Path(__file__).parents[2]
RED, GREEN, ORANGE = "#cf222e", "#1a7f37", "#bc4c00"


def draw(dot: str) -> ElementTree.Element:
    """The picture of DOT, drawn without complaints."""
    done = subprocess.run(
        ["dot", "-Tsvg"], input=dot, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stderr == ""
    return ElementTree.fromstring(done.stdout)


def words(picture: ElementTree.Element) -> str:
    """All text in it."""
    return " ".join(text.text or "" for text in picture.iter(f"{_SVG}text"))


def colors(picture: ElementTree.Element) -> set[str]:
    """The colours of its lines."""
    return {path.get("stroke", "") for path in picture.iter(f"{_SVG}path")}


def test_the_incident_before_and_after(lab: Lab) -> None:
    """Red, then green."""
    before = draw(lab.nicfix("list", "--format", "dot").stdout)
    assert "refused by public" in words(before)
    assert UPLINK in words(before) and "cni0" in words(before)
    assert RED in colors(before) and GREEN not in colors(before)
    assert lab.nicfix("apply", "--zone", "public").code == 0
    after = draw(lab.nicfix("list", "--format", "dot").stdout)
    assert "accepted" in words(after)
    assert GREEN in colors(after) and RED not in colors(after)


def test_what_firewalld_accepts_and_others_change_or_refuse(make_lab: LabMaker) -> None:
    """Masqueraded ways have a word of their own, and Docker's refusal is not firewalld's."""
    lab = make_lab(firewalld=OPEN)
    shell(lab, f"iptables -t nat -A POSTROUTING -o {UPLINK} -j MASQUERADE")
    masqueraded = draw(lab.nicfix("list", "--format", "dot").stdout)
    assert "accepted, masqueraded" in words(masqueraded)
    lab.firewall_cmd(
        *("--zone=public", f"--add-forward-port=port=8080:proto=tcp:toport=80:toaddr={POD}")
    )
    forwarded = draw(lab.nicfix("list", "--format", "dot").stdout)
    assert "forwarded port 8080/tcp accepted" in words(forwarded)
    lab.firewall_cmd(
        *("--zone=public", f"--remove-forward-port=port=8080:proto=tcp:toport=80:toaddr={POD}")
    )
    shell(lab, DOCKER)
    refused = draw(lab.nicfix("list", "--format", "dot").stdout)
    assert "accepted by firewalld, refused by Docker" in words(refused)
    assert ORANGE in colors(refused) and not {RED, GREEN} & colors(refused)


@pytest.mark.parametrize("name", ['a"b', "a\\N", "a<b>&c", "a&lt;b", "a;b", "a{b}|c"])
def test_names_are_only_text(lab: Lab, name: str) -> None:
    """Whatever names the kernel accepts."""
    lab.host.run("ip", "link", "add", name, "type", "bridge")
    shown = words(draw(lab.nicfix("list", "--format", "dot").stdout))
    assert name.replace("\\", "\\\\") in shown


@pytest.mark.only_asks
def test_json_is_a_format_and_others_are_refused(lab: Lab) -> None:
    """The same as with --json."""
    assert lab.nicfix("list", "--format", "json").stdout == lab.nicfix("list", "--json").stdout
    for args in (("--format", "json"), ("--format=json",), ("--json",)):
        error = lab.nicfix("list", *args, "--nonsense").json
        assert (error["schema"], error["error"]["code"]) == ("nicfix.error/1", "usage")
    for args in (("--format", "svg"), ("--format", "dot", "--json")):
        refused = lab.nicfix("list", *args)
        assert refused.code == 2, refused


@pytest.mark.parametrize(("name", "color"), [("before", RED), ("after", GREEN)])
def test_the_pictures_of_the_readme(name: str, color: str) -> None:
    """They exist and show what the README says."""
    readme = (_ROOT / "README.md").read_text()
    assert re.search(rf"!\[[^]]+\]\(docs/incident-{name}\.svg\)", readme)
    picture = ElementTree.fromstring((_ROOT / "docs" / f"incident-{name}.svg").read_text())
    assert color in colors(picture)
