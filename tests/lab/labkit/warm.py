# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs of the installed firewalld, forked from a process that has imported already what they import, and
has compiled them: firewall-cmd spends nine tenths of its time on that, and firewalld more than half of its
start. They are the same in all else: their code, namespaces, environment and files."""
from __future__ import annotations

import functools
import json
import os
import select
import shutil
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from labkit.program import DIE_WITH_PARENT


class WarmProcess:
    """What is used of subprocess.Popen, for a process that is not a child of this one."""

    def __init__(self, argv: Sequence[str], target: int, env: Mapping[str, str], files: Sequence[int]) -> None:
        """Starts ARGV in the namespaces of the process TARGET, with FILES as its standard ones."""
        self.args = argv
        self.returncode: int | None = None
        program = _programs()[argv[0]]
        request = {"program": program, "argv": argv, "target": target, "env": dict(env)}
        self._pipe, theirs = os.pipe()
        try:
            socket.send_fds(_server(), [json.dumps(request).encode()], [*files, theirs])
        finally:
            os.close(theirs)
        self._words = os.fdopen(self._pipe, buffering=1)
        told = self._words.readline()
        if not told:
            raise RuntimeError(f"{argv[0]} cannot be forked: warm_server.py has ended")
        self.pid = int(told)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status, or minus the signal that ended it."""
        if self.returncode is None:
            if not select.select([self._pipe], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            self.returncode = int(self._words.readline())
            self._words.close()
        return self.returncode

    def poll(self) -> int | None:
        """The same, or None while it runs."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def send_signal(self, number: signal.Signals) -> None:
        """Sends it a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Ends it."""
        self.send_signal(signal.SIGKILL)


def can_start(argv: Sequence[str | bytes]) -> bool:
    """Whether ARGV is such a program."""
    return argv[0] in _programs()


def run(
    argv: Sequence[str], target: int, env: Mapping[str, str], timeout: float, stdin: bytes
) -> subprocess.CompletedProcess[bytes]:
    """Runs ARGV to its end, as subprocess.run() does with captured output."""
    files = [os.memfd_create(name) for name in ("stdin", "stdout", "stderr")]
    try:
        os.pwrite(files[0], stdin, 0)
        process = WarmProcess(argv, target, env, files)
        try:
            status = process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        out, err = (os.pread(file, os.fstat(file).st_size, 0) for file in files[1:])
        return subprocess.CompletedProcess(argv, status, out, err)
    finally:
        for file in files:
            os.close(file)


@functools.cache
def _programs() -> dict[str, str]:
    """Where they are."""
    found = {name: shutil.which(name) for name in ("firewalld", "firewall-cmd")}
    return {name: place for name, place in found.items() if place}


@functools.cache
def _server() -> socket.socket:
    """The socket of the process that forks them, which ends with this one."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        subprocess.Popen(
            [*DIE_WITH_PARENT, "/usr/bin/python3", "-BP",
             str(Path(__file__).with_name("warm_server.py")), *_programs().values()],
            stdin=theirs,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        )
    return ours
