# SPDX-License-Identifier: GPL-2.0-or-later
"""The real ufw in a lab."""
from __future__ import annotations

from labkit.engines import EngineNamespace
from labkit.namespaces import Namespace


class Ufw:
    """An ufw with the configuration that its package installs, in a copy."""

    def __init__(self, host: Namespace) -> None:
        self.engines = EngineNamespace(host, ("/etc/ufw", "/etc/default/ufw"))
        self.engines.run("mkdir", "-p", "/run/lock")

    def ufw(self, *args: str) -> str:
        """The output of ufw; raises if it fails."""
        return self.engines.run("ufw", *args).stdout.decode().strip()


