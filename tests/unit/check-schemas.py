# SPDX-License-Identifier: GPL-2.0-or-later
"""The schemas are strict, and the snapshots that tests read keep to theirs.

Usage: check-schemas.py FOLDER-OF-SCHEMAS SNAPSHOT...
"""
from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema

# What is not there is null, never absent: every object names all its members, and no others.
STRICT = "every member is required, and no other is allowed"


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Every description of an object in SCHEMA."""
    if isinstance(schema, dict):
        if "properties" in schema and schema.get("type") == "object":
            yield schema
        for one in schema.values():
            yield from objects(one)
    elif isinstance(schema, list):
        for one in schema:
            yield from objects(one)


def load(path: Path) -> dict[str, Any]:
    schema = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    found = list(objects(schema))
    assert found, path
    for one in found:
        assert list(one["properties"]) == one["required"], f"{path}: {STRICT}"
        assert one["additionalProperties"] is False, f"{path}: {STRICT}"
    name = schema["properties"]["schema"]["const"]
    assert path.name == name.replace("/", "-") + ".schema.json", path
    return schema


def main(folder: str, *snapshots: str) -> None:
    schemas = {path.name: load(path) for path in Path(folder).glob("*.json")}
    assert schemas and snapshots
    validator = jsonschema.Draft202012Validator(schemas["nicfix.snapshot-1.schema.json"])
    for snapshot in snapshots:
        validator.validate(json.loads(Path(snapshot).read_text(encoding="utf-8")))


if __name__ == "__main__":
    main(*sys.argv[1:])
