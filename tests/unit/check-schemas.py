# SPDX-License-Identifier: GPL-2.0-or-later
"""The schemas are strict, and the documents that tests read and expect keep to theirs.

Usage: check-schemas.py FOLDER-OF-SCHEMAS FOLDER-OF-DOCUMENTS...
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


def file_name(schema: str) -> str:
    return schema.replace("/", "-") + ".schema.json"


def load(path: Path) -> dict[str, Any]:
    schema = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    found = list(objects(schema))
    assert found, path
    for one in found:
        assert list(one["properties"]) == one["required"], f"{path}: {STRICT}"
        assert one["additionalProperties"] is False, f"{path}: {STRICT}"
    name = schema["properties"]["schema"]["const"]
    assert path.name == file_name(name), path
    return schema


def main(folder: str, *folders: str) -> None:
    schemas = {path.name: load(path) for path in Path(folder).glob("*.json")}
    documents = [path for one in folders for path in sorted(Path(one).rglob("*.json"))]
    assert schemas and documents
    for path in documents:
        document = json.loads(path.read_text(encoding="utf-8"))
        schema = schemas[file_name(document["schema"])]
        jsonschema.Draft202012Validator(schema).validate(document)


if __name__ == "__main__":
    main(*sys.argv[1:])
