# SPDX-License-Identifier: GPL-2.0-or-later
"""A program that calls a method of the service, and is the agent that polkit asks meanwhile: its
arguments are the method and the request as JSON. It prints each question as a line of JSON and
dismisses it once it reads a line, unless that was answered; last of all it prints the answer."""
import json
import os
import sys

from gi.repository import Gio, GLib

NAME = "org.nicfix.Nicfix1"
POLKIT = "org.freedesktop.PolicyKit1"
AUTHORITY = f"/{POLKIT.replace('.', '/')}/Authority"
AGENT = Gio.DBusNodeInfo.new_for_xml(f"""<node><interface name="{POLKIT}.AuthenticationAgent">
  <method name="BeginAuthentication">
    <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
    <arg type="a{{ss}}" direction="in"/><arg type="s" direction="in"/>
    <arg type="a(sa{{sv}})" direction="in"/>
  </method>
  <method name="CancelAuthentication"><arg type="s" direction="in"/></method>
</interface></node>""")

bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
loop = GLib.MainLoop()


def tell(what):
    print(json.dumps(what), flush=True)


def question(_bus, _sender, _path, _interface, method, arguments, invocation):
    if method == "BeginAuthentication":
        action, message, _icon, details, cookie, identities = arguments.unpack()
        tell({"action": action, "message": message, "details": details, "cookie": cookie,
              "identities": identities, "uid": os.getuid()})
        sys.stdin.readline()
    invocation.return_value(None)


def begin_time():
    with open("/proc/self/stat") as stat:
        return int(stat.read().rpartition(")")[2].split()[19])


def answered(_bus, result):
    try:
        [answer] = bus.call_finish(result).unpack()
    except GLib.Error as error:
        name = Gio.DBusError.get_remote_error(error)
        Gio.DBusError.strip_remote_error(error)
        answer = {"error": name, "message": error.message}
    tell({"answer": answer})
    loop.quit()


bus.register_object("/agent", AGENT.interfaces[0], question, None, None)
process = {"pid": GLib.Variant("u", os.getpid()), "start-time": GLib.Variant("t", begin_time())}
bus.call_sync(POLKIT, AUTHORITY, f"{POLKIT}.Authority", "RegisterAuthenticationAgent",
              GLib.Variant("((sa{sv})ss)", (("unix-process", process), "C", "/agent")),
              None, Gio.DBusCallFlags.NONE, -1)
request = {key: GLib.Variant(kind, value) for key, (kind, value) in json.loads(sys.argv[2]).items()}
bus.call(NAME, "/org/nicfix/Nicfix1", NAME, sys.argv[1], GLib.Variant("(a{sv})", (request,)), None,
         Gio.DBusCallFlags.ALLOW_INTERACTIVE_AUTHORIZATION, 60000, None, answered)
loop.run()
