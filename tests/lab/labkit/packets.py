# SPDX-License-Identifier: GPL-2.0-or-later
"""Real packets between namespaces, and what happened to them."""
from __future__ import annotations

import errno
from typing import Literal

from labkit.namespaces import Namespace

PingOutcome = Literal["reply", "filtered", "lost"]
TcpOutcome = Literal["connected", "filtered", "refused", "lost"]

_PATIENCE = 1  # seconds; inside one machine an answer takes less than a millisecond


def ping(source: Namespace, address: str) -> PingOutcome:
    """Sends one echo request. "filtered": an ICMP error says that a firewall rejected it."""
    done = source.run("ping", "-n", "-c1", f"-W{_PATIENCE}", address, check=False)
    if done.returncode == 0:
        return "reply"
    return "filtered" if b"Packet filtered" in done.stdout else "lost"


def tcp(source: Namespace, target: Namespace, address: str, port: int) -> TcpOutcome:
    """Connects from SOURCE to a listener that runs in TARGET meanwhile."""
    with target.socket() as listener, source.socket() as client:
        listener.bind((address, port))
        listener.listen()
        client.settimeout(_PATIENCE)
        try:
            client.connect((address, port))
        except TimeoutError:
            return "lost"
        except ConnectionRefusedError:
            return "refused"
        except OSError as error:
            # ICMP "administratively prohibited" becomes this error of connect(2), see icmp(7).
            if error.errno == errno.EHOSTUNREACH:
                return "filtered"
            raise
    return "connected"
