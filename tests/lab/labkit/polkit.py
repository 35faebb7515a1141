# SPDX-License-Identifier: GPL-2.0-or-later
"""The real polkitd, with rules of the lab's own."""
from __future__ import annotations

import os
import shutil
from pathlib import Path

from labkit import users
from labkit.bus import Bus
from labkit.namespaces import Namespace
from labkit.services import Service, ServiceError

NAME = "org.freedesktop.PolicyKit1"
# Where distributions put it: Debian 12 and Fedora, Debian 13.
_PROGRAMS = ("/usr/lib/polkit-1/polkitd", "/usr/libexec/polkit-1/polkitd", "/usr/libexec/polkitd")
_POLKIT = Path(__file__).parents[3] / "polkit"


def project_rule(name: str = "50-nicfix-read") -> str:
    """A rule that nicfix offers, for the lab's group."""
    return (_POLKIT / f"{name}.rules.in").read_text().replace("@polkit_group@", users.GROUP)


def write_actions(folder: Path) -> None:
    """Writes all actions that polkitd is to know into FOLDER: those installed, and ours."""
    shutil.copytree("/usr/share/polkit-1/actions", folder)
    shutil.copy(_POLKIT / "org.nicfix.policy", folder)


class Polkit:
    """A polkitd on the lab's bus."""

    def __init__(self, host: Namespace, bus: Bus, folder: Path) -> None:
        program = next((path for path in _PROGRAMS if os.path.exists(path)), None)
        if not program:
            raise ServiceError("polkitd is not installed")
        self._bus = bus
        self.service = Service(host, "polkitd", [program, "--no-debug"], folder, bus.env)

    def start(self) -> None:
        """Starts polkitd and waits until it answers."""
        self.service.spawn()
        self.service.wait_until(lambda: self._bus.has_owner(NAME), "name on the bus")
