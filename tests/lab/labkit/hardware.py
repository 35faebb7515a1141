# SPDX-License-Identifier: GPL-2.0-or-later
"""Network cards, of which a namespace has none: veths that one program takes for hardware."""
from __future__ import annotations

import functools
import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path


@functools.cache
def _library() -> tuple[tempfile.TemporaryDirectory[str], Path]:
    """The library to preload, built from hardware.c; it goes with the process."""
    folder = tempfile.TemporaryDirectory(prefix="nicfix-lab-hardware-")
    Path(folder.name).chmod(0o755)  # other users run programs with it
    library = Path(folder.name) / "hardware.so"
    source = Path(__file__).with_name("hardware.c")
    compiler = shlex.split(os.environ.get("CC", "cc"))
    subprocess.run([*compiler, "-Wall", "-Wextra", "-Werror", "-O1", "-shared", "-fPIC",
                    "-o", library, source, "-ldl"], check=True)
    return folder, library


def environment(links: Sequence[str]) -> Mapping[str, str]:
    """The environment in which a program takes LINKS for hardware."""
    if not links:
        return {}
    _, library = _library()
    return {"LD_PRELOAD": str(library), "LAB_HARDWARE": ",".join(links)}
