# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugins of containernetworking-plugins, called as a container runtime calls them."""
from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from labkit.namespaces import Namespace

_FOLDER = "/usr/lib/cni"


def add(
    host: Namespace, guest: Namespace, plugins: list[dict[str, Any]], env: Mapping[str, str]
) -> None:
    """Attaches GUEST to the network that PLUGINS make, one after the other (CNI specification 0.4.0,
    ADD): each is given what the one before it has done."""
    result: Any = None
    for plugin in plugins:
        config = {"cniVersion": "0.4.0", "name": "lab", **plugin}
        if result:
            config["prevResult"] = result
        variables = {
            **env,
            "CNI_COMMAND": "ADD",
            "CNI_CONTAINERID": f"lab-{guest.name}",
            "CNI_NETNS": guest.net,
            "CNI_IFNAME": "eth0",
            "CNI_PATH": _FOLDER,
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        }
        done = host.run(f"{_FOLDER}/{plugin['type']}", env=variables, check=False,
                        stdin=json.dumps(config).encode())
        if done.returncode:
            raise RuntimeError(f"{plugin['type']}: {done.stdout.decode()} {done.stderr.decode()}")
        result = json.loads(done.stdout)
