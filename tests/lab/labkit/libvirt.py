# SPDX-License-Identifier: GPL-2.0-or-later
"""The real libvirtd in a lab, for its networks. In place of a virtual machine there is a namespace
on the bridge."""
from __future__ import annotations

from collections.abc import Mapping

from labkit.engines import EngineNamespace
from labkit.namespaces import Namespace
from labkit.services import Service

_NETWORK = """\
<network>
  <name>{bridge}</name>
  <forward mode="{mode}"/>
  <bridge name="{bridge}" stp="off"/>
  <ip address="{prefix}.1" netmask="255.255.255.0">
    <dhcp><range start="{prefix}.100" end="{prefix}.254"/></dhcp>
  </ip>
</network>
"""


def engines_for_libvirt(host: Namespace) -> EngineNamespace:
    """A namespace in which libvirt has the configuration that comes with it, and no state."""
    return EngineNamespace(host, ("/etc/libvirt", "/var/lib/libvirt", "/var/cache/libvirt"))


class Libvirt:
    """A libvirtd with networks."""

    def __init__(self, engines: EngineNamespace, env: Mapping[str, str]) -> None:
        self._engines = engines
        conf = engines.folder / "libvirtd.conf"
        conf.write_text('auth_unix_rw = "none"\nauth_unix_ro = "none"\n')
        self.service = Service(
            engines, "libvirtd", ["libvirtd", "-f", str(conf)], engines.folder, env
        )

    def start(self) -> None:
        """Starts the daemon."""
        self.service.spawn()
        self.service.wait_until(
            lambda: self._engines.run("virsh", "-c", "network:///system", "net-list", check=False)
            .returncode == 0,
            "answer to virsh",
        )

    def start_default_network(self) -> None:
        """Starts the network that comes with libvirt, unless it starts by itself."""
        virsh = ["virsh", "-c", "network:///system"]
        if b"default" not in self._engines.run(*virsh, "net-list", "--name").stdout:
            self._engines.run(*virsh, "net-start", "default")

    def create_network(self, bridge: str, prefix: str, mode: str = "nat") -> None:
        """A network of PREFIX, three numbers of an address, like the one that libvirt comes with."""
        path = self._engines.folder / f"{bridge}.xml"
        path.write_text(_NETWORK.format(bridge=bridge, prefix=prefix, mode=mode))
        self._engines.run("virsh", "-c", "network:///system", "net-create", str(path))


def attach(host: Namespace, guest: Namespace, bridge: str, address: str, gateway: str) -> None:
    """Puts GUEST on BRIDGE as a machine with an ADDRESS."""
    host.ip(
        f"link add v-{guest.name} type veth peer name eth0 netns {guest.pid}\n"
        f"link set v-{guest.name} master {bridge} up\n"
    )
    guest.ip(
        f"addr add {address}/24 dev eth0\nlink set eth0 up\nroute add default via {gateway}\n"
    )
    # With STP, a port says nothing for some seconds.
    host.run("sh", "-c", f"until grep -qx 3 /sys/class/net/v-{guest.name}/brport/state; do "
             "sleep 0.05; done")
