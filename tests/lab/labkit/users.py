# SPDX-License-Identifier: GPL-2.0-or-later
"""Users that exist in the lab only: its own passwd and group files."""
from __future__ import annotations

from pathlib import Path

GROUP = "nicfix"  # the default of the build option polkit_group
MEMBER = "lab-member"  # in GROUP
STRANGER = "lab-stranger"  # in no group but its own

_FIRST_ID = 61000  # above what adduser(8) gives out, below the ranges systemd claims


def write(folder: Path) -> dict[Path, str]:
    """Writes both files into FOLDER; returns what they take the place of."""
    accounts = {MEMBER: _FIRST_ID, STRANGER: _FIRST_ID + 1}
    passwd = "".join(f"{name}:x:{uid}:{uid}::/:/bin/sh\n" for name, uid in accounts.items())
    group = "".join(f"{name}:x:{uid}:\n" for name, uid in accounts.items())
    group += f"{GROUP}:x:{_FIRST_ID + 2}:{MEMBER}\n"
    binds = {}
    for name, ours in {"passwd": passwd, "group": group}.items():
        file = folder / name
        file.write_text(ours + Path("/etc", name).read_text())
        binds[file] = f"/etc/{name}"
    return binds
