# SPDX-License-Identifier: GPL-2.0-or-later
"""Where container engines run: the lab's host, with processes, mounts and control groups of its own.
Engines and containers leave daemons behind; here they all end with the namespace."""
from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from labkit.namespaces import Namespace

# Everything that engines keep is on these: /run is empty, /sys/fs/cgroup a tree of version 2 with
# whatever controllers the machine's other tree leaves.
_MOUNTS = "mount -t tmpfs tmpfs /run; mount -t cgroup2 cgroup2 /sys/fs/cgroup;"


class EngineNamespace(Namespace):
    """A process and mount namespace in the network namespace of HOST."""

    def __init__(self, host: Namespace, own: Iterable[str] = ()) -> None:
        """OWN: files and folders of the machine of which there is a copy in here. Of those below
        /var, only the folder is."""
        # pylint: disable=super-init-not-called
        self.name = f"engines of {host.name}"
        self.folder = Path(tempfile.mkdtemp(prefix="nicfix-engines-"))
        self.cgroup = f"/{self.folder.name}"
        script = _MOUNTS
        for target in own:
            script += f"mkdir -p {Path(target).parent}; [ -e {target} ] || mkdir {target};"
            script += f"mount --bind {self._copy(Path(target))} {target};"
        self._hold(
            host.command(
                ["unshare", "--pid", "--fork", "--kill-child", "--mount", "--mount-proc",
                 "sh", "-euc", script + "echo ready; exec sleep infinity"]
            )
        )

    def _copy(self, original: Path) -> Path:
        copy = self.folder / "own" / original.relative_to("/")
        copy.parent.mkdir(parents=True, exist_ok=True)
        if original.is_file():
            shutil.copy(original, copy)
        elif original.is_relative_to("/var"):
            copy.mkdir()
        else:
            shutil.copytree(original, copy, symlinks=True)
        return copy

    def _enter(self) -> list[str | bytes]:
        spaces = f"/proc/{self.pid}/ns"
        return [
            "nsenter", f"--net={spaces}/net", f"--mount={spaces}/mnt",
            f"--pid={spaces}/pid_for_children", "--",
        ]

    def guest(self, name: str, net: str) -> Guest:
        """The network namespace that the file NET of the engine stands for."""
        return Guest(name, f"/proc/{self.pid}/root{net}")

    def root_of_containers(self) -> Path:
        """A file system that has one program, busybox."""
        root = self.folder / "root"
        if not root.exists():
            (root / "bin").mkdir(parents=True)
            shutil.copy("/bin/busybox", root / "bin")
        return root

    def close(self) -> None:
        super().close()
        # Control groups outlive their processes.
        find = f"find /sys/fs/cgroup{self.cgroup} -depth -type d -exec rmdir {{}} +"
        subprocess.run(
            ["unshare", "--mount", "sh", "-c", f"mount -t cgroup2 none /sys/fs/cgroup && {find}"],
            capture_output=True, check=False,
        )
        shutil.rmtree(self.folder, ignore_errors=True)


class Guest(Namespace):
    """The network namespace of a container, which its engine has made and will remove."""

    def __init__(self, name: str, net: str) -> None:
        # pylint: disable=super-init-not-called
        self.name = name
        self._net = net

    @property
    def net(self) -> str:
        return self._net

    def _enter(self) -> list[str | bytes]:
        return ["nsenter", f"--net={self._net}", "--"]

    def close(self) -> None:
        """Nothing to do."""
