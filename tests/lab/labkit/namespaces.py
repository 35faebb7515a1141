# SPDX-License-Identifier: GPL-2.0-or-later
"""Network namespaces that belong to one test. They have no name on the machine: a sleeping process
holds each of them open. When that process ends, by close() or because the test run was killed, the
kernel removes the namespace with every link, route and firewall rule in it. Nothing needs to be
cleaned up."""
from __future__ import annotations

import ctypes
import os
import shlex
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from labkit import warm
from labkit.program import DIE_WITH_PARENT

Made = TypeVar("Made")

_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)

# /run is empty: no service finds the machine's own udev, systemd or bus. /sys shows the
# namespace's links and is read-only, which makes NetworkManager do without udev.
_MOUNTS_OF_ITS_OWN = (
    "mount -t tmpfs -o mode=755 tmpfs /run;"
    "mkdir -p /run/lock /run/NetworkManager;"
    "mount -t sysfs sysfs /sys; mount -o remount,bind,ro /sys;"
)


class Namespace:
    """A private network and mount namespace."""

    has_installed_firewalld = False  # which warm.py can start

    def __init__(self, name: str, binds: Mapping[Path, str] | None = None) -> None:
        """BINDS: files and folders that replace others inside the namespace. A target that does not
        exist on the machine is skipped: its service is not installed."""
        self.name = name
        script = _MOUNTS_OF_ITS_OWN
        for source, target in (binds or {}).items():
            if os.path.exists(target):
                script += f"mount --bind {shlex.quote(str(source))} {shlex.quote(target)};"
        script += "ip link set lo up; echo ready; exec sleep infinity"
        self._hold(["unshare", "--net", "--mount", "sh", "-euc", script])

    def _hold(self, argv: Sequence[str | bytes]) -> None:
        """Starts the process that holds the namespace open, and waits until it says "ready"."""
        self._holder = subprocess.Popen(
            [*DIE_WITH_PARENT, *argv],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._holder.stdout
        if self._holder.stdout.readline() != "ready\n":
            _, reason = self._holder.communicate()
            raise RuntimeError(f"cannot make the namespace {self.name}: {reason.strip()}")

    @property
    def pid(self) -> int:
        """The process that holds the namespace, as `ip link set ... netns PID` wants it."""
        return self._holder.pid

    @property
    def net(self) -> str:
        """The file that stands for the network namespace."""
        return f"/proc/{self.pid}/ns/net"

    def _enter(self) -> list[str | bytes]:
        return ["nsenter", f"--target={self.pid}", "--net", "--mount", "--"]

    def can_start_warm(self, argv: Sequence[str | bytes]) -> bool:
        """Whether ARGV is a program that warm.py starts faster."""
        return self.has_installed_firewalld and warm.can_start(argv)

    def command(self, argv: Sequence[str | bytes], user: str | None = None) -> list[str | bytes]:
        """The command line that runs ARGV in here, as USER if given."""
        enter = self._enter()
        if user:
            enter += ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--"]
        return [*enter, *argv]

    def run(
        self,
        *argv: str | bytes,
        user: str | None = None,
        env: Mapping[str, str] | None = None,
        timeout: float = 60,
        check: bool = True,
        stdin: bytes = b"",
    ) -> subprocess.CompletedProcess[bytes]:
        """Runs ARGV to its end; with CHECK it raises with the output if it fails. ENV replaces the
        environment of this process."""
        if self.can_start_warm(argv) and not user:
            done = warm.run(argv, self.pid, os.environ if env is None else env, timeout, stdin)
        else:
            done = subprocess.run(
                self.command(argv, user),
                input=stdin,
                capture_output=True,
                env=env,
                timeout=timeout,
                check=False,
            )
        if check and done.returncode:
            words = (done.stderr or done.stdout).decode(errors="replace").strip()
            raise RuntimeError(f"{self.name}: {argv!r} exits {done.returncode}: {words}")
        return done

    def ip(self, commands: str) -> None:
        """Runs ip(8) commands, one on each line; stops at the first that fails."""
        self.run("ip", "-batch", "-", stdin=commands.encode())

    def sysctl(self, settings: Mapping[str, object]) -> None:
        """Sets kernel parameters of this namespace, named as in sysctl(8)."""
        for key, value in settings.items():
            self.run("sh", "-c", f"echo {value} > /proc/sys/{key.replace('.', '/')}")

    def inside(self, work: Callable[[], Made]) -> Made:
        """What WORK makes in the network namespace. It runs in a thread of its own, because setns(2)
        applies to a thread, and that thread never leaves the namespace."""
        made: list[Made] = []
        failed: list[OSError] = []

        def make() -> None:
            try:
                with open(self.net, encoding="ascii") as handle:
                    if _libc.setns(handle.fileno(), _CLONE_NEWNET):
                        raise OSError(ctypes.get_errno(), "setns")
                made.append(work())
            except OSError as error:
                failed.append(error)

        thread = threading.Thread(target=make)
        thread.start()
        thread.join()
        if failed:
            raise failed[0]
        return made[0]

    def socket(
        self, family: int = socket.AF_INET, kind: int = socket.SOCK_STREAM, protocol: int = 0
    ) -> socket.socket:
        """A socket in this namespace."""
        return self.inside(lambda: socket.socket(family, kind, protocol))

    def close(self) -> None:
        """Releases the namespace."""
        self._holder.send_signal(signal.SIGKILL)
        self._holder.communicate()
