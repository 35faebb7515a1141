# SPDX-License-Identifier: GPL-2.0-or-later
"""nicfix started without some of its standard streams: no file that it opens takes their place."""
from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from lab import default_nicfix


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_stay_taken(tmp_path: Path, closed: str) -> None:
    fifo = tmp_path / "snapshot"
    os.mkfifo(fifo)
    command = f'exec "$0" list --snapshot "$1" {closed}'
    with subprocess.Popen(["sh", "-c", command, str(default_nicfix()), str(fifo)]) as nicfix:
        try:
            with fifo.open("w", encoding="utf-8"):  # waits until nicfix has opened it, too
                folder = Path(f"/proc/{nicfix.pid}/fd")
                taken = [os.readlink(folder / str(fd)) for fd in range(3)]
                assert str(fifo) not in taken
                assert taken.count("/dev/null") >= closed.count("&-")
        finally:
            nicfix.kill()
