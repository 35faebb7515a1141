# SPDX-License-Identifier: GPL-2.0-or-later
"""A private system bus with the policies that the services themselves ship."""
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gi.repository import Gio, GLib

from labkit.namespaces import Namespace
from labkit.services import Service

_OURS = Path(__file__).parents[3] / "dbus"  # who may be our service
# The default policy is that of the stock system.conf: without send_requested_reply every call
# would end in NoReply. Nothing is activated: a service runs when the test starts it.
_CONFIG = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <deny own="*"/>
    <deny send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
    <allow send_destination="org.freedesktop.DBus"/>
  </policy>
  <includedir>/usr/share/dbus-1/system.d</includedir>
  <includedir>{ours}</includedir>
</busconfig>
"""


class Bus:
    """A dbus-daemon of type system, and a connection to it for the tests."""

    def __init__(self, host: Namespace, folder: Path) -> None:
        config = folder / "bus.conf"
        self._socket = folder / "bus"
        self.state = folder / "state"
        config.write_text(_CONFIG.format(socket=self._socket, ours=_OURS))
        self.service = Service(
            host,
            "dbus-daemon",
            ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile"],
            folder,
            {},
        )
        self._connection: Gio.DBusConnection | None = None

    @property
    def address(self) -> str:
        """The address of the bus, as D-Bus writes it."""
        return f"unix:path={self._socket}"

    @property
    def env(self) -> Mapping[str, str]:
        """Environment that makes a program use this bus as the system bus, and keep its state
        beside it."""
        return {"DBUS_SYSTEM_BUS_ADDRESS": self.address, "STATE_DIRECTORY": str(self.state)}

    def start(self) -> None:
        """Starts the bus and connects to it."""
        self.service.spawn()
        self.service.wait_until(self._connects, "connection")

    def _connects(self) -> bool:
        flags = (
            Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        )
        try:
            self._connection = Gio.DBusConnection.new_for_address_sync(self.address, flags)
        except GLib.Error:
            return False
        self._connection.set_exit_on_close(False)
        return True

    def call(
        self,
        name: str,
        path: str,
        interface: str,
        method: str,
        arguments: GLib.Variant | None = None,
        timeout: float = 10,
    ) -> Any:
        """Calls METHOD as root; returns its single result, or the tuple of them."""
        assert self._connection
        reply = self._connection.call_sync(
            name,
            path,
            interface,
            method,
            arguments,
            None,
            Gio.DBusCallFlags.NO_AUTO_START,
            int(timeout * 1000),
        ).unpack()
        return reply[0] if len(reply) == 1 else reply

    def get_property(self, name: str, path: str, interface: str, key: str) -> Any:
        """Reads one property."""
        arguments = GLib.Variant("(ss)", (interface, key))
        return self.call(name, path, "org.freedesktop.DBus.Properties", "Get", arguments)

    def has_owner(self, name: str) -> bool:
        """Whether somebody owns NAME now."""
        dbus = "org.freedesktop.DBus"
        arguments = GLib.Variant("(s)", (name,))
        return self.call(dbus, "/org/freedesktop/DBus", dbus, "NameHasOwner", arguments)

    def stop(self) -> None:
        """Stops the bus."""
        if self._connection:
            self._connection.close_sync()
            self._connection = None
        self.service.stop()
