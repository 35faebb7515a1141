# SPDX-License-Identifier: GPL-2.0-or-later
"""nicfix's own service, which a lab's bus does not start by itself."""
from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

from gi.repository import GLib

from labkit.bus import Bus
from labkit.namespaces import Namespace
from labkit.services import Service

NAME = "org.nicfix.Nicfix1"
PATH = "/org/nicfix/Nicfix1"


class Door:
    """A running service; what it keeps and reads is in a folder of the lab."""

    def __init__(self, host: Namespace, bus: Bus, folder: Path, argv: Sequence[str],
                 env: Mapping[str, str]) -> None:
        self._bus = bus
        self.configuration = folder / "nicfix"
        self.configuration.mkdir(exist_ok=True)
        all_env = {**bus.env, **env, "CONFIGURATION_DIRECTORY": str(self.configuration)}
        self.service = Service(host, "nicfix-service", argv, folder, all_env)

    def start(self) -> None:
        """Starts it and waits until it is on the bus."""
        self.service.spawn()
        self.service.wait_until(lambda: self._bus.has_owner(NAME), "name on the bus")

    def configure(self, text: str) -> None:
        """Writes its nicfix.conf, which each request reads."""
        (self.configuration / "nicfix.conf").write_text(text)

    def main_pid(self) -> int:
        """The process that has the name on the bus; that of the service began it."""
        dbus = "org.freedesktop.DBus"
        return self._bus.call(dbus, "/org/freedesktop/DBus", dbus, "GetConnectionUnixProcessID",
                              GLib.Variant("(s)", (NAME,)))

    def workers(self) -> list[int]:
        """The processes that answer requests now."""
        pid = self.main_pid()
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def kill(self) -> None:
        """Ends it and its workers at once, as systemd does with a service that does not stop."""
        pids = [self.main_pid(), *self.workers()]
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.service.stop()
