# SPDX-License-Identifier: GPL-2.0-or-later
"""Another client of firewalld besides nicfix. Faster than firewall-cmd, which takes a quarter of a
second to start."""
from __future__ import annotations

from typing import Any

from gi.repository import GLib

from labkit.bus import Bus
from labkit.firewalld import NAME

_PATH = "/org/fedoraproject/FirewallD1"
_CONFIG_PATH = f"{_PATH}/config"


class Client:
    """Speaks with firewalld on a lab's bus, as root."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def _zone(self, method: str, *arguments: str) -> Any:
        return self._bus.call(NAME, _PATH, f"{NAME}.zone", method, _strings(arguments))

    def _config(self, method: str, *arguments: str) -> Any:
        return self._bus.call(NAME, _CONFIG_PATH, f"{NAME}.config", method, _strings(arguments))

    def _config_zone(self, path: str, method: str, *arguments: str) -> Any:
        return self._bus.call(NAME, path, f"{NAME}.config.zone", method, _strings(arguments))

    def zone_of(self, interface: str) -> str | None:
        """The zone that INTERFACE is bound to in the running firewall."""
        return self._zone("getZoneOfInterface", interface) or None

    def lasting_zone_of(self, interface: str) -> str | None:
        """The zone that the permanent configuration binds INTERFACE to."""
        return self._config("getZoneOfInterface", interface) or None

    def bind(self, interface: str, zone: str | None) -> None:
        """Binds INTERFACE in the running firewall, wherever it was before; None unbinds it."""
        if zone:
            self._zone("changeZoneOfInterface", zone, interface)
        elif bound := self.zone_of(interface):
            self._zone("removeInterface", bound, interface)

    def bind_for_good(self, interface: str, zone: str | None) -> None:
        """The same in the permanent configuration only."""
        bound = self.lasting_zone_of(interface)
        if bound == zone:
            return
        if bound:
            self._config_zone(self._config("getZoneByName", bound), "removeInterface", interface)
        if zone:
            self._config_zone(self._config("getZoneByName", zone), "addInterface", interface)

    def zones(self) -> dict[str, Any]:
        """The settings of all zones in the running firewall, and which are active."""
        settings = {zone: self._zone("getZoneSettings2", zone) for zone in self._zone("getZones")}
        return {"settings": settings, "active": self._zone("getActiveZones")}

    def lasting_zones(self) -> dict[str, Any]:
        """The settings of all zones in the permanent configuration."""
        names = self._config("getZoneNames")
        paths = {name: self._config("getZoneByName", name) for name in names}
        return {name: self._config_zone(path, "getSettings2") for name, path in paths.items()}


    def permanent_fault(self) -> str | None:
        """What is wrong with the files of the permanent configuration, as firewalld says."""
        try:
            self._bus.call(NAME, _PATH, NAME, "checkPermanentConfig")
        except GLib.Error as error:
            return error.message
        return None


def _strings(arguments: tuple[str, ...]) -> GLib.Variant | None:
    if not arguments:
        return None
    return GLib.Variant(f"({'s' * len(arguments)})", arguments)
