# SPDX-License-Identifier: GPL-2.0-or-later
"""A plugin of sos: what nicfix says of the host goes into each sosreport."""

from sos.report.plugins import DebianPlugin, Plugin, RedHatPlugin, SuSEPlugin, UbuntuPlugin


class Nicfix(Plugin, RedHatPlugin, DebianPlugin, UbuntuPlugin, SuSEPlugin):
    """nicfix only reads: no command here changes anything."""

    short_desc = "Interfaces, zones and rules as nicfix sees them"

    plugin_name = "nicfix"
    profiles = ("network", "security")
    packages = ("nicfix",)
    files = ("/usr/bin/nicfix", "/usr/sbin/nicfix", "/usr/local/bin/nicfix", "/usr/local/sbin/nicfix")

    def setup(self):
        # nicfix check --sosreport reads the snapshot.
        self.add_cmd_output([
            "nicfix snapshot",
            "nicfix check",
            "nicfix list",
            "nicfix version",
        ], timeout=60)
        # The record of the last change, and the files that say what is expected.
        self.add_copy_spec([
            "/var/lib/nicfix/",
            "/etc/nicfix/",
        ])
