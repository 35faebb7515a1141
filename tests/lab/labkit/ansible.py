# SPDX-License-Identifier: GPL-2.0-or-later
"""A real ansible-playbook that reaches labs over SSH and writes only to its own folder."""
from __future__ import annotations

import json
import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labkit.namespaces import Namespace
from labkit.ssh import CLIENT_OPTIONS

_PATIENCE = 180  # seconds; a run over five hosts takes about 15

# Only the module itself is copied, through standard input of the session.
_SETTINGS = {
    "ANSIBLE_PIPELINING": "True",
    "ANSIBLE_SSH_TRANSFER_METHOD": "piped",
    "ANSIBLE_HOST_KEY_CHECKING": "False",
    "ANSIBLE_SSH_TIMEOUT": "20",
    "ANSIBLE_SSH_ARGS": "-o ControlMaster=auto -o ControlPersist=5s",  # connections end soon
    "ANSIBLE_NOCOLOR": "1",
    "ANSIBLE_DEPRECATION_WARNINGS": "False",
    "ANSIBLE_RETRY_FILES_ENABLED": "False",
}


@dataclass(frozen=True)
class Play:
    """How a run of ansible-playbook ended, with the recap's line of each host."""

    code: int
    output: str
    hosts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, code: int, output: str) -> Play:
        """Parses the output."""
        hosts: dict[str, dict[str, int]] = {}
        _, _, recap = output.partition("PLAY RECAP")
        for line in recap.splitlines()[1:]:
            name, colon, counts = line.partition(":")
            if colon and "=" in counts and name.strip() != "localhost":
                pairs = (word.split("=") for word in counts.split())
                hosts[name.strip()] = {key: int(value) for key, value in pairs}
        return cls(code, output, hosts)

    def of_all(self, what: str) -> dict[str, int]:
        """One count of each host."""
        return {name: counts[what] for name, counts in self.hosts.items()}


class Controller:
    """Where ansible-playbook runs: HOME, caches and inventory are below FOLDER, and the programs in
    PROGRAMS are installed."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder = folder
        self._programs = programs
        self._inventory: dict[str, Any] = {}
        self._collections = folder / "collections"
        # The path of a socket is short (unix(7)), and that of a test's folder is not.
        self._sockets = tempfile.TemporaryDirectory(prefix="nicfix-")

    def add(
        self, name: str, way: Namespace, address: str, key: Path, variables: Mapping[str, Any] = {}
    ) -> None:
        """Adds a host that is reached from the namespace WAY: the ssh client runs there."""
        enter = self.folder / f"ssh-by-way-of-{name}"
        command = " ".join(str(word) for word in way.command(["ssh"]))
        enter.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        enter.chmod(0o755)
        self._inventory[name] = {
            "ansible_host": address,
            "ansible_user": "root",
            "ansible_become": False,  # root logs in
            "ansible_ssh_executable": str(enter),
            # Hosts with the same address would share a connection.
            "ansible_control_path": f"{self._sockets.name}/{name}",
            "ansible_ssh_private_key_file": str(key),
            "ansible_ssh_common_args": "-F none "
            + shlex.join(word for option in CLIENT_OPTIONS for word in ("-o", option)),
            "ansible_python_interpreter": "/usr/bin/python3",
            **variables,
        }

    def install_collection(self, source: Path) -> Path:
        """Builds the collection at SOURCE, and installs what was built. Returns where it is."""
        built = self.folder / "built"
        self.run("ansible-galaxy", "collection", "build", str(source), "--output-path", str(built))
        (archive,) = built.glob("*.tar.gz")
        self.run("ansible-galaxy", "collection", "install", str(archive), "-p", str(self._collections))
        (manifest,) = self._collections.rglob("MANIFEST.json")
        return manifest.parent

    def run(self, *argv: str, cwd: Path | None = None) -> str:
        """The output of one of Ansible's programs; raises if it fails."""
        done = subprocess.run(
            argv,
            env=self._environment(),
            cwd=cwd or self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_PATIENCE,
            check=False,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"{argv}: {done.stdout}")
        return done.stdout

    def play(self, playbook: Path, *options: str, **extra: Any) -> Play:
        """Runs PLAYBOOK on all hosts with EXTRA as its extra variables."""
        inventory = self.folder / "inventory.json"
        inventory.write_text(json.dumps({"all": {"hosts": self._inventory}}))
        argv = ["ansible-playbook", "-i", str(inventory), *options]
        argv += ["-e", json.dumps(extra), str(playbook)]
        done = subprocess.run(
            argv,
            env=self._environment(),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_PATIENCE,
            check=False,
            text=True,
        )
        return Play.of(done.returncode, done.stdout)

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": f"{self._programs}:{os.environ['PATH']}",
            "LC_ALL": "C.UTF-8",
            "HOME": str(self.folder),
            "ANSIBLE_COLLECTIONS_PATH": str(self._collections),
            "ANSIBLE_HOME": str(self.folder / "ansible"),
            "ANSIBLE_LOCAL_TEMP": str(self.folder / "local"),
            "ANSIBLE_REMOTE_TEMP": str(self.folder / "remote"),
            **_SETTINGS,
        }
