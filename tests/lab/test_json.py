# SPDX-License-Identifier: GPL-2.0-or-later
"""One document on standard output, as its schema says."""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from lab import OUTSIDE, UPLINK, UPLINK_ADDRESS, Lab, LabMaker
from labkit import users
from labkit.firewalld import FORWARD, FirewalldConfig, bound
from labkit.networkmanager import ethernet_profile

_SCHEMAS = Path(__file__).parents[2] / "docs" / "schema"


def schemas() -> dict[str, Any]:
    """The project's schemas by the name that documents carry in "schema"."""
    loaded = [json.loads(path.read_text()) for path in _SCHEMAS.glob("*.json")]
    return {one["properties"]["schema"]["const"]: one for one in loaded}


def assert_valid(text: str, name: str) -> None:
    """TEXT is one document of schema nicfix.NAME/1, with "schema" first and nothing empty."""
    document = json.loads(text)
    assert next(iter(document)) == "schema"
    assert document["schema"] == f"nicfix.{name}/1"
    schema = schemas()[document["schema"]]
    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    fault = jsonschema.exceptions.best_match(validator(schema).iter_errors(document))
    assert not fault, f"{name}: {fault.json_path}: {fault.message}"
    assert_no_empty_strings(document)


def assert_no_empty_strings(value: Any) -> None:
    """What is not there is null in every document, never an empty string."""
    assert value != ""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            assert_no_empty_strings(one)


HOSTS: dict[str, dict[str, Any]] = {
    "the incident": {},
    "nothing wrong": {
        "firewalld": FirewalldConfig(zones={"public": FORWARD + bound(UPLINK)})
    },
    "all kinds of settings": {
        "firewalld": FirewalldConfig(
            zones={
                "public": FORWARD + bound(UPLINK) + '<service name="ssh"/>'
                '<port port="8000-8500" protocol="tcp"/><source-port port="67" protocol="udp"/>'
                '<protocol value="gre"/><icmp-block name="echo-request"/><masquerade/>'
                '<forward-port port="80" protocol="tcp" to-port="8080" to-addr="10.244.2.2"/>'
                '<rule family="ipv4"><source address="198.51.100.0/24"/><drop/></rule>',
                "work": '<source address="10.9.0.0/16"/><source address="02:00:00:00:00:01"/>'
                '<source ipset="friends"/>',
            },
            policies={
                "pods-out": '<ingress-zone name="work"/><egress-zone name="public"/>'
                '<service name="https"/>'
            },
            files={
                "ipsets/friends.xml": '<ipset type="hash:ip"><entry>10.8.0.1</entry></ipset>\n'
            },
        )
    },
    "NetworkManager": {
        "profiles": {
            "uplink": ethernet_profile("uplink", UPLINK, f"{UPLINK_ADDRESS}/24", OUTSIDE, "work")
        }
    },
}


@pytest.mark.parametrize("host", HOSTS)
def test_every_command_keeps_to_its_schema(make_lab: LabMaker, host: str) -> None:
    lab = make_lab(**HOSTS[host])
    for args, name in (
        (["check"], "check"),
        (["list"], "list"),
        (["snapshot"], "snapshot"),
        (["apply", "--dry-run"], None),
        (["apply"], None),
        (["apply"], None),
    ):
        outcome = lab.nicfix(*args, "--json")
        # apply refuses on some of these hosts; that is a document as well.
        assert_valid(outcome.stdout, name or ("error" if outcome.code else "apply"))


@pytest.mark.only_asks
def test_snapshot_is_json_without_being_asked(lab: Lab) -> None:
    assert_valid(lab.nicfix("snapshot").stdout, "snapshot")


def test_errors_keep_to_their_schema(make_lab: LabMaker) -> None:
    lab = make_lab(firewalld=None)
    for args in (["check"], ["list"], ["apply"], ["check", "--frobnicate"]):
        outcome = lab.nicfix(*args, "--json")
        assert outcome.code in (2, 3), outcome
        assert_valid(outcome.stdout, "error")


def test_what_a_user_may_read_keeps_to_the_schemas(make_lab: LabMaker) -> None:
    lab = make_lab(polkit_rules={})
    for command in ("check", "list", "snapshot"):
        outcome = lab.nicfix(command, "--json", user=users.STRANGER)
        assert_valid(outcome.stdout, command)
