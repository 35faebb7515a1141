# SPDX-License-Identifier: GPL-2.0-or-later
"""The real Docker daemon in a lab, with containers from an image of one program."""
from __future__ import annotations

from collections.abc import Mapping

from labkit.engines import EngineNamespace, Guest
from labkit.services import Service

_SOCKET = "unix:///run/docker.sock"


class Docker:
    """A dockerd that has all its files in a folder of its own."""

    def __init__(self, engines: EngineNamespace, env: Mapping[str, str]) -> None:
        self._engines = engines
        argv = [
            "dockerd", "--data-root", f"{engines.folder}/docker", "--exec-root", "/run/docker",
            "--host", _SOCKET, "--pidfile", "/run/docker.pid", "--storage-driver", "vfs",
            "--cgroup-parent", engines.cgroup,
        ]
        self.service = Service(engines, "dockerd", argv, engines.folder, env)

    def start(self) -> None:
        """Starts the daemon and loads the image."""
        self.service.spawn()
        self.service.wait_until(lambda: b"API listen on" in self.service.log().encode(), "API")
        root = self._engines.root_of_containers()
        self._engines.run(
            "sh", "-c", f"tar -C {root} -c . | docker --host {_SOCKET} import - busybox"
        )

    def docker(self, *args: str) -> str:
        """The output of docker; raises if it fails."""
        return self._engines.run("docker", "--host", _SOCKET, *args).stdout.decode().strip()

    def create_network(self, bridge: str, subnet: str, *options: str) -> None:
        """A network of the user's, named like its BRIDGE."""
        all_options = (f"bridge.name={bridge}", *options)
        words = [f"--opt=com.docker.network.{option}" for option in all_options]
        self.docker("network", "create", "--subnet", subnet, *words, bridge)

    def run(self, name: str, network: str = "bridge", *options: str) -> Guest:
        """Starts a container that does nothing."""
        self.docker(
            "run", "--detach", "--name", name, "--network", network, *options, "busybox",
            "/bin/busybox", "sleep", "9999",
        )
        key = self.docker("inspect", "--format", "{{.NetworkSettings.SandboxKey}}", name)
        return self._engines.guest(name, key.replace("/var/run/", "/run/"))
