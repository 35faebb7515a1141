# SPDX-License-Identifier: GPL-2.0-or-later
"""A real systemd-journald on a lab's host, which also hears the kernel."""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from labkit.namespaces import Namespace
from labkit.services import Service

PROGRAM = "/usr/lib/systemd/systemd-journald"


class Journal:
    """Its files are in the /run of the lab, and gone with it. Use it in a with statement."""

    def __init__(self, host: Namespace, folder: Path) -> None:
        self._host = host
        # A journal that finds no /var/log/journal keeps its files in /run; and without a hierarchy
        # of control groups there is none.
        script = (
            "mount -t tmpfs tmpfs /var/log; mount -t cgroup2 cgroup2 /sys/fs/cgroup;"
            f"mkdir -p /run/systemd/journal; exec {PROGRAM}"
        )
        self.service = Service(host, "journald", ["sh", "-euc", script], folder, {})

    def __enter__(self) -> Journal:
        self.service.spawn()
        self.service.wait_until(lambda: bool(self.entries("--lines=1")), "journal")
        return self

    def __exit__(self, *_: object) -> None:
        self.service.stop()

    def entries(self, *args: str) -> list[dict[str, Any]]:
        """The entries that journalctl shows with ARGS."""
        told = self._host.run("journalctl", "--no-pager", "-o", "json", *args, check=False)
        return [json.loads(line) for line in told.stdout.decode().splitlines()]
