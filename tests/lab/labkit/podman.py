# SPDX-License-Identifier: GPL-2.0-or-later
"""The real podman in a lab, with either of its network backends."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from labkit.engines import EngineNamespace, Guest

Backend = Literal["netavark", "cni"]

# Without an init system there is nobody to ask for a control group; and nobody reads the logs.
_CONF = """\
[network]
network_backend = "{backend}"
network_config_dir = "{folder}/networks"
cni_plugin_dirs = ["/usr/lib/cni"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
runtime = "runc"
[containers]
log_driver = "none"
pids_limit = 0
"""


class Podman:
    """A podman that has all its files in a folder of its own."""

    def __init__(
        self, engines: EngineNamespace, backend: Backend, env: Mapping[str, str]
    ) -> None:
        self._engines = engines
        folder = engines.folder / backend
        folder.mkdir()
        conf = folder / "containers.conf"
        conf.write_text(_CONF.format(backend=backend, folder=folder))
        self._env = {**env, "CONTAINERS_CONF": str(conf), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
        # The runroot's path may not be long: sockets are made below it.
        run = f"/run/{backend}"
        self._options = ["--root", f"{folder}/root", "--runroot", run, "--tmpdir", f"{run}/tmp",
                         "--storage-driver", "vfs"]
        engines.run("mkdir", "-p", f"{run}/tmp")
        root = engines.root_of_containers()
        archive = folder / "image.tar"
        engines.run("tar", "-C", str(root), "-cf", str(archive), ".")
        self.podman("import", str(archive), "busybox")

    def podman(self, *args: str) -> str:
        """The output of podman; raises if it fails."""
        done = self._engines.run("podman", *self._options, *args, env=self._env)
        return done.stdout.decode().strip()

    def run(self, name: str, network: str, *options: str) -> Guest:
        """Starts a container that does nothing."""
        self.podman(
            "run", "--detach", "--name", name, "--network", network, "--cgroup-parent",
            self._engines.cgroup, *options, "busybox", "/bin/busybox", "sleep", "9999",
        )
        key = self.podman("inspect", "--format", "{{.NetworkSettings.SandboxKey}}", name)
        return self._engines.guest(name, key)
