# SPDX-License-Identifier: GPL-2.0-or-later
"""The demonstration behind scripts/demo: the incident in a lab, found, fixed and checked."""
from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from lab import DATABASE_PORT, FAR_OUTSIDE, OUTSIDE, Lab
from labkit import users
from labkit.namespaces import Namespace


class Unexpected(Exception):
    """A command did not do what the demonstration shows."""


@contextlib.contextmanager
def database(lab: Lab) -> Iterator[None]:
    """Something outside that accepts connections."""
    with lab.ext.socket() as listener:
        listener.bind((OUTSIDE, DATABASE_PORT))
        listener.listen()
        yield


class Show:
    """Runs commands in a lab as if typed at a prompt, and checks their exit status."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._env = {**users.environment(lab.folder, None), **lab.bus.env}
        # nicfix writes to the terminal directly.
        self._env["TERM"] = os.environ.get("TERM", "dumb")

    def say(self, text: str) -> None:
        """A heading."""
        print(f"\n=== {text}\n", flush=True)

    def _run(self, where: Namespace, typed: str, argv: list[str], expected: int) -> None:
        print(f"[root@{where.name}]# {typed}", flush=True)
        code = subprocess.run(where.command(argv), env=self._env, check=False).returncode
        print(f"(exit {code})\n", flush=True)
        if code != expected:
            raise Unexpected(f"`{typed}` on {where.name} exits {code}, expected {expected}")

    def nicfix(self, *args: str, expected: int = 0) -> None:
        """A nicfix command on the host."""
        argv = self._lab.nicfix_command(*args)
        self._run(self._lab.host, " ".join(["nicfix", *args]), argv, expected)

    def host(self, *argv: str) -> None:
        """Any other command on the host."""
        self._run(self._lab.host, " ".join(argv), list(argv), 0)

    def pod(self, expected: int) -> None:
        """What the pod tries: a ping to the far outside, and a connection to the database."""
        ping = ["ping", "-n", "-c1", "-W1", FAR_OUTSIDE]
        self._run(self._lab.pod, " ".join(ping), ping, expected)
        connect = f"timeout 2 bash -c '>/dev/tcp/{OUTSIDE}/{DATABASE_PORT}'"
        self._run(self._lab.pod, connect, ["bash", "-c", connect], expected)


def incident(lab: Lab) -> None:
    """From the first lost packet to the lasting cure."""
    show = Show(lab)
    show.say("A worker node: pods behind cni0, the outside behind enp2s0, stock firewalld")
    show.nicfix("list")
    show.say("The pod cannot reach the outside: a firewall rejects its packets")
    show.pod(expected=1)
    show.say("Why, and what is the fix?")
    show.nicfix("check", expected=1)
    show.say("Preview the fix")
    show.nicfix("apply", "--zone", "public", "--dry-run")
    show.say("Nothing has changed: the pod is still rejected")
    show.pod(expected=1)
    show.say("Make the fix")
    show.nicfix("apply", "--zone", "public")
    show.nicfix("check")
    show.say("The pod reaches the outside")
    show.pod(expected=0)
    show.say("It survives a reload")
    show.host("firewall-cmd", "--reload")
    show.pod(expected=0)
    show.nicfix("check")


def main(nicfix: str) -> int:
    """Returns the exit status of the demonstration."""
    # SIGTERM unwinds like Ctrl-C, which takes the lab down.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with Lab(Path(nicfix)) as lab, database(lab):
            incident(lab)
    except (Unexpected, RuntimeError) as error:
        print(f"\nDEMO FAILED: {error}", file=sys.stderr)
        return 1
    print("\nDEMO PASSED: pods reach the outside, nicfix check exits 0, and the lab is gone.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
