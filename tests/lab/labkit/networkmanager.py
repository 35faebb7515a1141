# SPDX-License-Identifier: GPL-2.0-or-later
"""The real NetworkManager, with profiles of the lab's own."""
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gi.repository import GLib

from labkit.bus import Bus
from labkit.namespaces import Namespace
from labkit.services import Service

NAME = "org.freedesktop.NetworkManager"
_PATH = "/org/freedesktop/NetworkManager"
_ACTIVATED = 100  # NM_DEVICE_STATE_ACTIVATED

# The pod's side belongs to the container runtime, as it does on a real node.
_CONFIG = """\
[main]
plugins=keyfile
dns=none
rc-manager=unmanaged
no-auto-default=*
auth-polkit=root-only
[keyfile]
unmanaged-devices=interface-name:cni0;interface-name:vethpod
"""


def write(folder: Path, profiles: Mapping[str, str]) -> None:
    """Writes /etc/NetworkManager into FOLDER; PROFILES are keyfiles by name."""
    (folder / "system-connections").mkdir()
    (folder / "NetworkManager.conf").write_text(_CONFIG)
    for name, text in profiles.items():
        file = folder / "system-connections" / f"{name}.nmconnection"
        file.write_text(text)
        file.chmod(0o600)


def ethernet_profile(
    name: str, interface: str, address: str, gateway: str, zone: str | None = None
) -> str:
    """A keyfile with a static address; ZONE None leaves connection.zone unset."""
    zone_line = f"zone={zone}\n" if zone else ""
    return (
        f"[connection]\nid={name}\ntype=ethernet\ninterface-name={interface}\n{zone_line}"
        f"[ipv4]\nmethod=manual\naddress1={address},{gateway}\n"
        "[ipv6]\nmethod=disabled\n"
    )


class NetworkManager:
    """A NetworkManager on the lab's bus."""

    def __init__(self, host: Namespace, bus: Bus, folder: Path) -> None:
        self._bus = bus
        self.service = Service(
            host, "NetworkManager", ["NetworkManager", "--no-daemon"], folder, bus.env
        )

    def _is_active(self, interface: str) -> bool:
        if not self._bus.has_owner(NAME):
            return False
        try:
            arguments = GLib.Variant("(s)", (interface,))
            device = self._bus.call(NAME, _PATH, NAME, "GetDeviceByIpIface", arguments)
            state = self._bus.get_property(NAME, device, f"{NAME}.Device", "State")
        except GLib.Error:
            return False
        return state == _ACTIVATED

    def start(self, *interfaces: str) -> None:
        """Starts it and waits until a profile is active on each of INTERFACES."""
        self.service.spawn()
        self.service.wait_until(
            lambda: all(self._is_active(name) for name in interfaces),
            f"active profile on {', '.join(interfaces)}",
        )
