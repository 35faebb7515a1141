# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables of the README that benchmarks make: each stands between two comments with its name."""
from __future__ import annotations

import re
from pathlib import Path

_README = Path(__file__).resolve().parents[2] / "README.md"


def replace(name: str, table: str) -> None:
    """Puts TABLE where the table NAME stands."""
    text = _README.read_text()
    frame = re.compile(rf"(<!-- {name} -->\n\n).*?(\n\n<!-- end of {name} -->)", re.DOTALL)
    text, count = frame.subn(lambda match: match[1] + table + match[2], text)
    if count != 1:
        raise RuntimeError(f"the README has {count} places for the table {name}")
    _README.write_text(text)
