# SPDX-License-Identifier: GPL-2.0-or-later
"""Users that exist in the lab only: its own passwd and group files."""
from __future__ import annotations

import os
from pathlib import Path

GROUP = "nicfix"  # the default of the build option polkit_group
MEMBER = "lab-member"  # in GROUP
STRANGER = "lab-stranger"  # in no group but its own

_FIRST_ID = 61000  # above what adduser(8) gives out, below the ranges systemd claims


def write(folder: Path) -> dict[Path, str]:
    """Writes both files and the users' homes into FOLDER; returns which files they replace."""
    passwd = group = ""
    for uid, name in enumerate((MEMBER, STRANGER), start=_FIRST_ID):
        home = folder / name
        home.mkdir(mode=0o700)
        os.chown(home, uid, uid)
        passwd += f"{name}:x:{uid}:{uid}::{home}:/bin/sh\n"
        group += f"{name}:x:{uid}:\n"
    group += f"{GROUP}:x:{_FIRST_ID + 2}:{MEMBER}\n"
    binds = {}
    for name, ours in {"passwd": passwd, "group": group}.items():
        file = folder / name
        file.write_text(ours + Path("/etc", name).read_text())
        binds[file] = f"/etc/{name}"
    return binds


def environment(folder: Path, user: str | None) -> dict[str, str]:
    """The environment of a login of USER (None: root), with nothing from the test run."""
    home = folder / user if user else Path("/root")
    name = user or "root"
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return {"HOME": str(home), "USER": name, "LOGNAME": name, "PATH": path, "LC_ALL": "C.UTF-8"}
