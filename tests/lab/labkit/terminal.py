# SPDX-License-Identifier: GPL-2.0-or-later
"""nicfix as a person runs it: on a terminal."""
from __future__ import annotations

import os
import pty
import re
import subprocess
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab import Lab

LIMIT = 30.0  # seconds; a loaded machine needs about 3


class Terminal:
    """nicfix on a terminal of its own, which is its session."""

    def __init__(self, lab: Lab, *args: str, user: str | None = None) -> None:
        self._master, slave = pty.openpty()
        # setpriv begins nicfix itself: the user may not be able to reach its folder.
        self.process = subprocess.Popen(
            ["setsid", "--ctty", "--wait", *lab.host.command(lab.nicfix_command(*args), user)],
            env={**os.environ, **lab.bus.env, **lab.nicfix_env(user), "TERM": "xterm"},
            stdin=slave,
            stdout=slave,
            stderr=slave,
        )
        os.close(slave)
        self.text = ""

    def read_until(self, pattern: str) -> re.Match[str]:
        """Reads until PATTERN is there."""
        limit = time.monotonic() + LIMIT
        while not (found := re.search(pattern, self.text)):
            assert time.monotonic() < limit, self.text
            try:
                self.text += os.read(self._master, 4096).decode()
            except OSError as error:  # EIO: nobody has the terminal any more
                raise AssertionError(self.text) from error
        return found

    def type(self, text: str) -> None:
        """Types TEXT."""
        os.write(self._master, text.encode())

    def hang_up(self) -> None:
        """The terminal disappears, as when the connection is lost."""
        os.close(self._master)
