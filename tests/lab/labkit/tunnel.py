# SPDX-License-Identifier: GPL-2.0-or-later
"""A tunnel as a VPN in user space makes it: a tun device at either end, and a program in between."""
from __future__ import annotations

import contextlib
import fcntl
import os
import select
import struct
import threading

from labkit.namespaces import Namespace

_TUNSETIFF = 0x400454CA
_IFF_TUN_NO_PI = 0x1001
_MTU = 65536


class Tunnel:
    """Two tun devices with packets carried from one to the other. Use close() at the end."""

    def __init__(self, one: Namespace, name: str, other: Namespace, other_name: str) -> None:
        self._ends = (_open(one, name), _open(other, other_name))
        self._stop, self._stopped = os.pipe()
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()

    def _carry(self) -> None:
        across = {self._ends[0]: self._ends[1], self._ends[1]: self._ends[0]}
        while True:
            ready, _, _ = select.select([*self._ends, self._stop], [], [])
            if self._stop in ready:
                return
            for end in ready:
                with contextlib.suppress(OSError):  # the device at the other end is down
                    os.write(across[end], os.read(end, _MTU))

    def close(self) -> None:
        """Ends the program; both devices are gone with it."""
        os.write(self._stopped, b".")
        self._thread.join()
        for descriptor in (*self._ends, self._stop, self._stopped):
            os.close(descriptor)


def _open(namespace: Namespace, name: str) -> int:
    """The file of a new tun device in NAMESPACE."""

    def make() -> int:
        descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_CLOEXEC)
        fcntl.ioctl(descriptor, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _IFF_TUN_NO_PI))
        return descriptor

    return namespace.inside(make)
