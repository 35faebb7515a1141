# SPDX-License-Identifier: GPL-2.0-or-later
"""The real firewalld, with a configuration of the lab's own."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gi.repository import GLib

from labkit import releases
from labkit.bus import Bus
from labkit.namespaces import Namespace
from labkit.services import Service, ServiceError

NAME = "org.fedoraproject.FirewallD1"
_PATH = "/org/fedoraproject/FirewallD1"

# What the stock zones have from 1.0 on: traffic passes between the interfaces of the zone.
FORWARD = "<forward/>"


def bound(name: str) -> str:
    """The line of a zone file that binds an interface."""
    return f'<interface name="{name}"/>'


@dataclass(frozen=True)
class FirewalldConfig:
    """The contents of /etc/firewalld. Bodies are what stands inside <zone> or <policy>."""

    default_zone: str = "public"
    zones: Mapping[str, str] = field(default_factory=dict)
    zone_targets: Mapping[str, str] = field(default_factory=dict)
    policies: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)  # further lines of firewalld.conf

    def write(self, folder: Path) -> None:
        """Writes it all below FOLDER."""
        # Distributions differ in their default backend.
        lines = {
            "DefaultZone": self.default_zone,
            "FirewallBackend": "nftables",
            "CleanupOnExit": "yes",
            **self.options,
        }
        texts = {"firewalld.conf": "".join(f"{key}={value}\n" for key, value in lines.items())}
        for name, body in self.zones.items():
            target = self.zone_targets.get(name)
            attribute = f' target="{target}"' if target else ""
            texts[f"zones/{name}.xml"] = f"<zone{attribute}>{body}</zone>\n"
        for name, body in self.policies.items():
            texts[f"policies/{name}.xml"] = f'<policy target="CONTINUE">{body}</policy>\n'
        for name, text in {**texts, **self.files}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)


class Firewalld:
    """A firewalld on the lab's bus that filters the lab's host."""

    def __init__(self, host: Namespace, bus: Bus, folder: Path, release: str | None) -> None:
        self._bus = bus
        log = releases.log_options(release, folder / "firewalld.log")
        argv = ["firewalld", "--nofork", "--nopid", *log]
        self.service = Service(host, "firewalld", argv, folder, bus.env)

    def state(self) -> str | None:
        """RUNNING, FAILED, ..., or None while it does not answer."""
        if not self._bus.has_owner(NAME):
            return None
        try:
            return self._bus.get_property(NAME, _PATH, NAME, "state")
        except GLib.Error:
            return None

    def start(self, until: str = "RUNNING") -> None:
        """Starts firewalld; raises if it reaches another state than UNTIL."""
        self.service.spawn()
        self.service.wait_until(lambda: self.state() in ("RUNNING", "FAILED"), "final state")
        if self.state() != until:
            raise ServiceError(f"firewalld is {self.state()}, not {until}:\n{self.service.log()}")

    def spawn_until_named(self) -> None:
        """Starts firewalld and returns when it owns its name, before it serves any call."""
        self.service.spawn()
        self.service.wait_until(lambda: self._bus.has_owner(NAME), "name on the bus")

    def restart(self) -> None:
        """What `systemctl restart firewalld` does."""
        self.service.stop()
        self.start()
