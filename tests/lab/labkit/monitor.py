# SPDX-License-Identifier: GPL-2.0-or-later
"""Which calls a program makes on the lab's bus."""
from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from labkit.services import Service

if TYPE_CHECKING:
    from lab import Lab

_CALL = re.compile(r"^method call .* destination=(org\.\S*) .*(path=.*)$", re.MULTILINE)


def calls(lab: Lab, act: Callable[[], object]) -> list[str]:
    """The calls to services while ACT runs, those to the bus itself left out, sorted."""
    monitor = Service(
        lab.host,
        "monitor",
        ["stdbuf", "-oL", "dbus-monitor", "--address", lab.bus.address],
        lab.folder,
        {},
    )
    monitor.log_file.unlink(missing_ok=True)
    monitor.spawn()
    monitor.wait_until(lambda: "NameLost" in monitor.log(), "first line")
    act()
    time.sleep(0.5)  # what it has heard of it writes at once
    monitor.stop()
    texts = (" ".join(match.groups()) for match in _CALL.finditer(monitor.log()))
    return sorted(text for text in texts if not text.startswith("org.freedesktop.DBus "))
