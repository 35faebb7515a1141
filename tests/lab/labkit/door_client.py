# SPDX-License-Identifier: GPL-2.0-or-later
"""A program that calls the service, to be run as any user: it reads Python from standard input, which
has call() and bus, and prints what that leaves in "result" as JSON."""
import json
import os
import sys
import time

from gi.repository import Gio, GLib

NAME = "org.nicfix.Nicfix1"
PATH = "/org/nicfix/Nicfix1"
COMMAND_LINE = f"{NAME}.CommandLine"


def connect():
    flags = (Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
             | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION)
    address = os.environ["DBUS_SYSTEM_BUS_ADDRESS"]
    return Gio.DBusConnection.new_for_address_sync(address, flags)


bus = connect()


def call(method, signature="()", *arguments, interface=NAME, on=None):
    """The answer, or the name and the words of the error."""
    try:
        reply = (on or bus).call_sync(
            NAME, PATH, interface, method, GLib.Variant(signature, arguments), None,
            Gio.DBusCallFlags.NONE, 60000)
    except GLib.Error as error:
        name = Gio.DBusError.get_remote_error(error) or error.domain
        Gio.DBusError.strip_remote_error(error)
        return {"error": name, "message": error.message}
    return list(reply.unpack())


names = dict(globals())
exec(sys.stdin.read(), names)  # the test's own
json.dump(names["result"], sys.stdout)
