# SPDX-License-Identifier: GPL-2.0-or-later
"""A real systemd in a lab: PID 1 of a PID namespace on the lab's host. It has none of the machine's
units, because most services pull in others by default (sysinit.target, and with it
systemd-tmpfiles, which empties /tmp). What it starts sees the machine's files read-only, except for
the lab's own folder."""
from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from labkit.namespaces import Namespace
from labkit.program import Outcome
from labkit.services import Service

PROGRAM = "/usr/lib/systemd/systemd"
_UNITS = ("lab", "sysinit", "basic", "shutdown", "timers", "time-sync", "time-set")

# The PID namespace's own /proc shows systemd as process 1; the cgroup namespace's own hierarchy is
# what it may write to.
_SCRIPT = f"""
mount -t proc proc /proc
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount --bind "$1" "$1"
mount -o remount,bind,ro /
for folder in /usr/lib/systemd/system /usr/lib/systemd/system-generators /etc/systemd; do
    mount -t tmpfs tmpfs "$folder"
done
mkdir -p /run/systemd/system
for name in {' '.join(_UNITS)}; do
    printf '[Unit]\\nDefaultDependencies=no\\n' > "/run/systemd/system/$name.target"
done
exec env container=nicfix-lab {PROGRAM} --system --unit=lab.target --log-target=null
"""


class Systemd:
    """One systemd; what it starts is in the lab's network namespace."""

    def __init__(self, host: Namespace, folder: Path) -> None:
        unshare = ["unshare", "--pid", "--mount", "--cgroup", "--fork", "--kill-child"]
        argv = [*unshare, "sh", "-euc", _SCRIPT, "sh", str(folder)]
        self._service = Service(host, "systemd", argv, folder, {})

    @property
    def pid(self) -> int:
        """The pid of systemd as the machine sees it: the one child of unshare(1)."""
        parent = self._service.pid
        return int(Path(f"/proc/{parent}/task/{parent}/children").read_text().split()[0])

    def start(self) -> None:
        """Starts it and waits until it has started its units."""
        self._service.spawn()
        self._service.wait_until(self._is_up, "systemd")

    def _is_up(self) -> bool:
        with contextlib.suppress(OSError, IndexError):
            if Path(f"/proc/{self.pid}/exe").resolve().name == "systemd":
                state = self.run("systemctl", "is-system-running").stdout.strip()
                return state in ("running", "degraded")
        return False

    def run(self, *argv: str, env: Mapping[str, str] | None = None) -> Outcome:
        """Runs a program as a process of this systemd's system."""
        spaces = ("--net", "--mount", "--pid", "--cgroup")
        command = ["nsenter", f"--target={self.pid}", *spaces, "--", *argv]
        return Outcome.of(
            subprocess.run(
                command,
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=60,
                check=False,
            )
        )

    def stop(self) -> None:
        """Stops it, and every process of its system."""
        with contextlib.suppress(OSError, IndexError):
            os.kill(self.pid, signal.SIGKILL)
        self._service.stop()
