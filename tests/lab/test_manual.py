# SPDX-License-Identifier: GPL-2.0-or-later
"""nicfix-json(5) agrees with the schemas, and its examples work. No lab is needed: the documents
are those of the unit tests, or nicfix makes them from a snapshot."""
from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from test_json import schemas

_ROOT = Path(__file__).resolve().parents[2]
_PAGE = _ROOT / "docs" / "nicfix-json.5.in"
_GOLDEN = _ROOT / "tests" / "unit" / "golden"
_FIXTURES = _ROOT / "tests" / "unit" / "fixtures"

# ---- members ----


@dataclass(frozen=True)
class Member:
    """A member as a schema or the page has it: its path is like "findings[].fix"."""

    types: frozenset[str]
    null_is_explained: bool


Members = dict[str, Member]


@dataclass(frozen=True)
class Schema:
    """A schema, and which of its definitions the page has in a part of their own."""

    root: dict[str, Any]
    parts: dict[str, Members]

    def members(self, what: dict[str, Any], prefix: str = "") -> Members:
        """The members of the object WHAT and of all that is in it."""
        found: Members = {}
        for one in what.get("oneOf", [what]):
            for name, value in one.get("properties", {}).items():
                found |= self._value(value, prefix + name)
        return found

    def _value(self, value: dict[str, Any], path: str) -> Members:
        listed = value.get("oneOf") or value.get("anyOf") or [value]
        choices = [self._resolved(one) for one in listed]
        types = frozenset(name for one in choices for name in _types(one))
        found: Members = {}
        for one in choices:
            if "items" in one:
                found |= self._value(one["items"], path + "[]")
            elif not self._is_part(one):
                found |= self.members(one, path + ".")
        return found if "array" in types else {path: Member(types, "null" in types), **found}

    def _resolved(self, value: dict[str, Any]) -> dict[str, Any]:
        if "$ref" not in value:
            return value
        resolved: dict[str, Any] = self.root["$defs"][value["$ref"].removeprefix("#/$defs/")]
        return resolved

    def _is_part(self, value: dict[str, Any]) -> bool:
        """Whether VALUE is a definition that the page describes once for all documents."""
        names = [name for name, one in self.root.get("$defs", {}).items() if one is value]
        return any(set(self.parts.get(name, {})) == set(self.members(value)) for name in names)


def _types(value: dict[str, Any]) -> list[str]:
    if "const" in value:
        return ["string"]
    if "enum" in value:
        return ["null" if one is None else "string" for one in value["enum"]]
    types: str | list[str] = value.get("type", "object")
    return [types] if isinstance(types, str) else types


_ITEM = re.compile(r"\.It Li (?P<path>\S+) Pq (?P<types>.+)")


def _described() -> dict[str, Members]:
    """What the page describes, by the title of the subsection."""
    found: dict[str, Members] = {}
    for section in re.split(r"^\.Ss ", _PAGE.read_text(), flags=re.MULTILINE)[1:]:
        title, _, text = re.split(r"^\.Sh ", section, flags=re.MULTILINE)[0].partition("\n")
        pieces = re.split(r"^(?=\.It Li .* Pq )", text, flags=re.MULTILINE)[1:]
        items = [(_ITEM.match(piece), piece) for piece in pieces]
        found[title] = {
            item["path"]: Member(frozenset(item["types"].split(" or ")), "null: " in piece)
            for item, piece in items
            if item
        }
        assert len(found[title]) == len(pieces), f"{title}: a member is described twice"
    return found


def _parts() -> dict[str, Members]:
    return {title: one for title, one in _described().items() if "/" not in title and one}


@pytest.mark.parametrize("name", schemas())
def test_every_member_is_described(name: str) -> None:
    """Exactly the members of the schema, each with its type and the meaning of null."""
    schema = Schema(schemas()[name], _parts())
    assert _described()[name] == schema.members(schema.root)


def test_every_part_is_of_some_schema() -> None:
    """Objects that the page describes once are like that in the schemas."""
    for title, part in _parts().items():
        with_it = [one for one in schemas().values() if title in one.get("$defs", {})]
        assert with_it, title
        others = {name: one for name, one in _parts().items() if name != title}
        of_schemas = [Schema(one, others).members(one["$defs"][title]) for one in with_it]
        assert part in of_schemas, title


def _enumerated(value: Any) -> Iterator[str]:
    """The words of the enumerations in a schema."""
    if isinstance(value, dict):
        yield from (word for word in value.get("enum", []) if isinstance(word, str))
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _enumerated(one)


def test_every_word_is_documented() -> None:
    """Each id, code, verdict and so on that a schema names."""
    documented = set(_PAGE.read_text().split())
    assert not set(_enumerated(list(schemas().values()))) - documented


def test_no_document_is_left_out() -> None:
    assert {title for title in _described() if "/" in title} == set(schemas())


# ---- examples ----


def _rendered_examples() -> list[str]:
    """The command lines of EXAMPLES as a reader sees and copies them."""
    page = subprocess.run(
        ["mandoc", "-T", "utf8", "-O", "width=300", str(_PAGE)], check=True, capture_output=True
    )
    text = re.sub(".\b", "", page.stdout.decode())
    examples = text.partition("\nEXAMPLES\n")[2].partition("\nSEE ALSO\n")[0]
    return [line.strip() for line in examples.splitlines() if line.strip().startswith("nicfix ")]


def _golden(name: str) -> str:
    return (_GOLDEN / name).read_text()


def _from_snapshot(program: Path, *args: str, stdin: str = "") -> str:
    """The output of nicfix for the host of the incident."""
    command = [program, *args, "--snapshot", _FIXTURES / "incident.json"]
    done = subprocess.run(command, input=stdin, text=True, stdout=subprocess.PIPE, check=False)
    assert done.returncode in (0, 1), done
    return done.stdout


_DENIED = (
    "filter_FWD_public_REJECT: IN=cni0 OUT=enp2s0 SRC=10.244.2.2 DST=192.168.150.131 LEN=60 "
    "TOS=0x00 PREC=0x00 TTL=63 ID=1 DF PROTO=TCP SPT=40000 DPT=8629 WINDOW=64240 SYN URGP=0\n"
)
_WATCHED = (
    {"event": "state", "state": "watching", "message": "watching"},
    {"event": "appeared", "finding": "uplink-unbound", "severity": "error", "message": "unbound"},
    {"event": "appeared", "finding": "stale-binding", "severity": "warning", "message": "stale"},
    {"event": "cleared", "finding": "uplink-unbound", "severity": "error", "message": "bound"},
)


def _watched() -> str:
    """Possible output of watch, one document on each line."""
    schema = schemas()["nicfix.watch/1"]
    nothing = dict.fromkeys(schema["required"])
    fixed = {**nothing, "schema": "nicfix.watch/1", "time": "2026-04-07T08:45:31+02:00"}
    documents = [{**fixed, **one} for one in _WATCHED]
    for one in documents:
        jsonschema.validate(one, schema)
    return "".join(json.dumps(one) + "\n" for one in documents)


def _pending() -> str:
    """A change that is waiting to be confirmed."""
    document = json.loads(_golden("apply-incident.json"))
    document["pending"] = {"id": "3f9a1c2e", "seconds": 60}
    jsonschema.validate(document, schemas()["nicfix.apply/1"])
    return json.dumps(document)


def _cases(program: Path) -> Iterator[tuple[str, str, str]]:
    """How an example begins, a document for it, and the output of the example."""
    check = "nicfix check --json | jq -r "
    incident = _golden("check-incident.json")
    message = "enp2s0 is in no zone, and new connections from cni0 out through enp2s0 are rejected"
    yield check + "'.findings[] |", incident, f"error\tuplink-unbound\tenp2s0\t{message}\n"
    cure = "'nicfix' 'apply' '--zone' 'public' '--interface' 'enp2s0'\n"
    yield check + "'.findings[].fix", incident, cure
    yield check + "'.findings[].fix", _golden("check-not-root.json"), ""
    yield check + "'.links[]", incident, "enp2s0\n"
    yield check + "'.links[]", _golden("check-incident-cured.json"), ""
    listed = "lo\t-\nenp2s0\tpublic\ncni0\tpublic\n"
    yield "nicfix list ", _golden("list-incident.json"), listed
    asked = ("explain", "--in", "cni0", "--out", "enp2s0", "--to", "192.168.150.131", "--json")
    yield "nicfix explain ", _from_snapshot(program, *asked), "target default\n"
    yield "nicfix apply --dry-run ", _golden("apply-incident.json"), "true\n"
    yield "nicfix apply --dry-run ", _golden("apply-wireguard-gateway-move.json"), "false\n"
    yield "nicfix apply --confirm-within ", _pending(), "3f9a1c2e\n"
    yield "nicfix apply --confirm-within ", _golden("apply-incident.json"), ""
    denied = _from_snapshot(program, "denied", "--file", "-", "--json", stdin=_DENIED)
    refused = "new tcp connections to port 8629 from cni0 out through enp2s0, rejected by zone public\n"
    yield "nicfix denied ", denied, refused
    yield "nicfix watch ", _watched(), "unbound\n"
    yield "nicfix report ", _golden("report-fleet.json"), "gw1\nworker\n"
    yield "nicfix report ", _golden("report-fine.json"), ""
    laptop = (_FIXTURES / "laptop.json").read_text()
    yield "nicfix snapshot ", laptop, "wlp3s0\tunset\n"
    failed = {"schema": "nicfix.error/1", "error": {"code": "no-bus", "message": "m", "hint": None}}
    yield check + "'select(.error)", json.dumps(failed), "no-bus\n"
    yield check + "'select(.error)", incident, ""


def test_the_examples_work(request: pytest.FixtureRequest) -> None:
    """Each on a document of its command; none is left out."""
    left = set(_rendered_examples())
    for start, document, expected in _cases(request.config.getoption("--nicfix")):
        (example,) = [one for one in _rendered_examples() if one.startswith(start)]
        jq = shlex.split(example.partition(" | ")[2])
        done = subprocess.run(jq, input=document, text=True, capture_output=True, check=False)
        assert (done.stdout, done.stderr) == (expected, ""), example
        left.discard(example)
    assert not left
