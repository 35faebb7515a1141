# SPDX-License-Identifier: GPL-2.0-or-later
"""Libraries that change what one program sees of the system. They are preloaded (ld.so(8))."""
from __future__ import annotations

import functools
import os
import shlex
import subprocess
import tempfile
from pathlib import Path


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Goes with the process."""
    folder = tempfile.TemporaryDirectory(prefix="nicfix-lab-preload-")
    Path(folder.name).chmod(0o755)  # other users run programs with what is in it
    return folder


@functools.cache
def library(name: str) -> Path:
    """The library that is built from NAME.c beside this file."""
    built = Path(_folder().name) / f"{name}.so"
    compiler = shlex.split(os.environ.get("CC", "cc"))
    subprocess.run([*compiler, "-Wall", "-Wextra", "-Werror", "-O1", "-shared", "-fPIC",
                    "-o", built, Path(__file__).with_name(f"{name}.c"), "-ldl"], check=True)
    return built
