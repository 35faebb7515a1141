# SPDX-License-Identifier: GPL-2.0-or-later
"""How programs are started, and their outcome as a user sees it."""
from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import Any

# A process started with this ends with the test run, however that ends.
DIE_WITH_PARENT = ["setpriv", "--pdeathsig", "KILL", "--"]


@dataclass(frozen=True)
class Outcome:
    """Exit status and output of one run."""

    code: int
    raw_stdout: bytes
    raw_stderr: bytes
    seconds: float = 0.0

    @classmethod
    def of(cls, done: subprocess.CompletedProcess[bytes], seconds: float = 0.0) -> Outcome:
        """From a finished process."""
        return cls(done.returncode, done.stdout, done.stderr, seconds)

    @property
    def stdout(self) -> str:
        """Standard output as text; raises if it is not UTF-8."""
        return self.raw_stdout.decode()

    @property
    def stderr(self) -> str:
        """Standard error as text; raises if it is not UTF-8."""
        return self.raw_stderr.decode()

    @property
    def json(self) -> Any:
        """The one JSON document on standard output; raises if there is more, or none."""
        return json.loads(self.stdout)

    @property
    def answer(self) -> Any:
        """The same without the time at which it was read."""
        return {**self.json, "taken_at": None}

    def findings(self, *severities: str) -> list[dict[str, Any]]:
        """The findings of `check --json`, only those of SEVERITIES if given."""
        found = self.json["findings"]
        return [one for one in found if not severities or one["severity"] in severities]

    def finding(self, name: str, interface: str | None = None) -> dict[str, Any]:
        """The one finding NAME (of INTERFACE); raises unless there is exactly one."""
        found = [
            one
            for one in self.json["findings"]
            if one["id"] == name and interface in (None, one["interface"])
        ]
        ids = [(one["id"], one["severity"], one["interface"]) for one in self.json["findings"]]
        assert len(found) == 1, f"{len(found)} findings {name} of {interface} in {ids}"
        return found[0]

    def __str__(self) -> str:
        out = self.raw_stdout.decode(errors="replace")
        err = self.raw_stderr.decode(errors="replace")
        return f"exit {self.code}\n--- stdout\n{out}--- stderr\n{err}"
