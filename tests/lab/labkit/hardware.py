# SPDX-License-Identifier: GPL-2.0-or-later
"""Network cards, of which a namespace has none: veths that one program takes for hardware."""
from __future__ import annotations

from collections.abc import Mapping, Sequence

from labkit import preload


def environment(links: Sequence[str]) -> Mapping[str, str]:
    """The environment in which a program takes LINKS for hardware."""
    if not links:
        return {}
    return {"LD_PRELOAD": str(preload.library("hardware")), "LAB_HARDWARE": ",".join(links)}
