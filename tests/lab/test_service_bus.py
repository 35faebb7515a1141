# SPDX-License-Identifier: GPL-2.0-or-later
"""The service as programs call it, and as those call it who mean harm."""
from __future__ import annotations

import errno
import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from lab import UPLINK, Lab, LabMaker
from labkit import users
from labkit.journal import Journal
from labkit.polkit import project_rule
from labkit.systemd import Systemd

RULES = {"60-nicfix-bind.rules": project_rule("60-nicfix-bind")}
CLIENT = Path(__file__).parent / "labkit" / "door_client.py"


@pytest.fixture
def lab(make_lab: LabMaker) -> Lab:
    return make_lab(polkit_rules=RULES, service=True)


def ask(lab: Lab, code: str, user: str | None = users.MEMBER) -> Any:
    """What CODE, run as USER, leaves in "result"."""
    outcome = lab.run("/usr/bin/python3", "-B", "-c", CLIENT.read_text(), user=user,
                      stdin=code.encode())
    assert outcome.code == 0, outcome
    return json.loads(outcome.stdout)


def test_documents_as_types(lab: Lab) -> None:
    """Each answer is the document of the command."""
    [check] = ask(lab, 'result = call("Check", "(as)", [])')
    assert [one["id"] for one in check["findings"]] == ["uplink-unbound"]
    assert check["summary"] == {"errors": 1, "warnings": 0, "infos": 0}
    assert "pending" not in check  # null
    [listed] = ask(lab, 'result = call("List", "(as)", ["cni0"])')
    assert [link["name"] for link in listed["links"]] == ["cni0"]
    [told] = ask(lab, """
to = {"in": GLib.Variant("s", "cni0"), "to": GLib.Variant("s", "192.168.150.131"),
      "port": GLib.Variant("u", 80)}
result = call("Explain", "(a{sv})", to)""")
    assert told["verdict"] == "reject"
    request = '{"zone": GLib.Variant("s", "public")}'
    [plan] = ask(lab, f'result = call("Preview", "(a{{sv}})", {request})')
    assert plan["dry_run"] and lab.tcp() == "filtered"
    [done] = ask(lab, f'result = call("Apply", "(a{{sv}})", {request})')
    assert done["verified"] and lab.tcp() == "connected"
    refused = ask(lab, 'result = call("Undo", "(a{sv})", {})')
    assert refused["error"] == "org.nicfix.Nicfix1.Error.NotAuthorised"
    assert "org.nicfix.undo" in refused["message"]


CRAFTED = {
    "a zone that is an option": """call("Apply", "(a{sv})", {"zone": GLib.Variant("s", "--force")})""",
    "an argument that is an option": """call("Check", "(as)", ["--caller=:1.0"])""",
    "a key that is an option": """call("Apply", "(a{sv})", {"caller": GLib.Variant("s", ":1.0")})""",
    "a key with a value": """call("Apply", "(a{sv})", {"zone=x --force": GLib.Variant("b", True)})""",
    "force": """call("Apply", "(a{sv})", {"force": GLib.Variant("b", True)})""",
    "a snapshot": """call("Apply", "(a{sv})", {"snapshot": GLib.Variant("s", "/etc/shadow")})""",
    "a number for a zone": """call("Apply", "(a{sv})", {"zone": GLib.Variant("u", 1)})""",
    "words for a truth": """call("Apply", "(a{sv})", {"move": GLib.Variant("s", "true")})""",
    "a wrong signature": """call("Apply", "(s)", "public")""",
    "no argument": """call("Apply")""",
    "1 MiB": """call("Apply", "(a{sv})", {"zone": GLib.Variant("s", "x" * (1 << 20))})""",
    "1 MiB of key": """call("Apply", "(a{sv})", {"x" * (1 << 20): GLib.Variant("b", True)})""",
    "100,000 interfaces": """call("Check", "(as)", ["eth0"] * 100000)""",
    "nothing": """call("Apply", "(a{sv})", {"zone": GLib.Variant("s", "")})""",
    "a right-to-left override": """call("Explain", "(a{sv})",
                                       {"from": GLib.Variant("s", "a\\u202eb")})""",
    "an escape": """call("Apply", "(a{sv})", {"zone": GLib.Variant("s", "a\\x1b[2J")})""",
    "a newline": """call("Confirm", "(s)", "a\\nb")""",
    "a C1 control character": """call("Confirm", "(s)", "a\\x9bb")""",
    "a path": """call("Apply", "(a{sv})", {"zone": GLib.Variant("s", "../../etc/passwd")})""",
    "a shell": """call("Apply", "(a{sv})", {"zone": GLib.Variant("s", "$(touch /tmp/x);`id`")})""",
    "zero seconds": """call("Apply", "(a{sv})", {"confirm-within": GLib.Variant("u", 0)})""",
    "a session": """call("Undo", "(a{sv}a{sv})", {}, {"session": GLib.Variant("s", "x y z")},
                         interface=COMMAND_LINE)""",
    "a look": """call("Snapshot", "(a{sv})", {"zone": GLib.Variant("s", "public")},
                      interface=COMMAND_LINE)""",
    "an unknown method": """call("Shell", "(s)", "id")""",
    "a property": """call("Set", "(ssv)", NAME, "Version", GLib.Variant("s", "9"),
                          interface="org.freedesktop.DBus.Properties")""",
}


@pytest.mark.parametrize("what", CRAFTED)
def test_crafted_arguments(lab: Lab, what: str) -> None:
    """Refused, and nothing is changed; the service lives."""
    before, pid = lab.firewall_now(), lab.door.service.pid
    answer = ask(lab, f"result = {CRAFTED[what]}")
    assert "error" in answer, answer
    assert "\x1b" not in answer["message"]
    assert lab.firewall_now() == before
    [check] = ask(lab, 'result = call("Check", "(as)", [])')
    assert check["summary"]["errors"] == 1 and lab.door.service.pid == pid


def test_bytes_that_are_no_utf8(lab: Lab) -> None:
    """The bus itself does not pass them on."""
    answer = ask(lab, """
import socket, struct
address = os.environ["DBUS_SYSTEM_BUS_ADDRESS"].removeprefix("unix:path=").split(",")[0]
raw = socket.socket(socket.AF_UNIX)
raw.connect(address)
raw.sendall(b"\\0AUTH EXTERNAL " + str(os.getuid()).encode().hex().encode() + b"\\r\\n")
raw.recv(999)
raw.sendall(b"BEGIN\\r\\n")
def send(serial, path, interface, member, destination, signature=b"", body=b""):
    fields = b""
    for code, kind, value in ((1, b"o", path), (2, b"s", interface), (3, b"s", member),
                              (6, b"s", destination)):
        fields += b"\\0" * (-len(fields) % 8)
        fields += bytes([code, 1]) + kind + b"\\0" + struct.pack("<I", len(value)) + value + b"\\0"
    if signature:
        fields += b"\\0" * (-len(fields) % 8)
        fields += bytes([8, 1]) + b"g\\0" + bytes([len(signature)]) + signature + b"\\0"
    head = b"l\\1\\0\\1" + struct.pack("<III", len(body), serial, len(fields)) + fields
    raw.sendall(head + b"\\0" * (-len(head) % 8) + body)
dbus = b"org.freedesktop.DBus"
send(1, b"/org/freedesktop/DBus", dbus, b"Hello", dbus)
time.sleep(0.2)
bad = b"a\\xff\\xfeb"
send(2, PATH.encode(), NAME.encode(), b"Confirm", NAME.encode(), b"s",
     struct.pack("<I", len(bad)) + bad + b"\\0")
raw.settimeout(5)
while raw.recv(4096):
    pass
result = call("Check", "(as)", [])""")
    assert answer[0]["summary"]["errors"] == 1


def test_limits(lab: Lab) -> None:
    """One user has four calls in flight; others are served meanwhile."""
    flood = threading.Thread(target=lambda: counts.update(ask(lab, """
from collections import Counter
counts = Counter()
loop = GLib.MainLoop()
def done(source, reply):
    try:
        source.call_finish(reply)
        counts["answered"] += 1
    except GLib.Error as error:
        counts[Gio.DBusError.get_remote_error(error)] += 1
    if sum(counts.values()) == 3000:
        loop.quit()
for _ in range(3000):
    bus.call(NAME, PATH, NAME, "Check", GLib.Variant("(as)", ([],)), None, 0, 60000, None, done)
loop.run()
result = counts""", users.STRANGER)))
    counts: dict[str, int] = {}
    flood.start()
    served = [lab.nicfix("check", user=users.MEMBER).code for _ in range(4)]
    flood.join()
    assert served == [1] * 4
    refused = counts.pop("org.freedesktop.DBus.Error.LimitsExceeded")
    [(_, answered)] = counts.items()
    assert answered >= 4 and answered + refused == 3000


def memory_of(pid: int) -> int:
    """The pages that a process has, in KiB."""
    [line] = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines()
              if line.startswith("VmRSS:")]
    return int(line.split()[1])


def test_ten_thousand_calls(lab: Lab) -> None:
    """Refused ones, and ones of callers who leave before the answer: memory is flat."""
    flood = """
for _ in range(%d):
    call("Apply", "(a{sv})", {"zone": GLib.Variant("u", 1)})
for _ in range(%d):
    other = connect()
    other.call(NAME, PATH, NAME, "Check", GLib.Variant("(as)", ([],)), None, 0, 1000, None, None)
    other.flush_sync()
    other.close_sync()
result = None"""
    ask(lab, flood % (5000, 20))
    pid = lab.door.main_pid()
    before = memory_of(pid)
    ask(lab, flood % (5000, 500))
    limit = time.monotonic() + 30
    while lab.door.workers() and time.monotonic() < limit:
        time.sleep(0.1)
    assert lab.door.workers() == []
    assert memory_of(pid) < before + 2048
    assert lab.nicfix("check", user=users.MEMBER).code == 1


def test_watching(lab: Lab) -> None:
    """A signal when findings change, to those who watch and may read."""
    told = ask(lab, """
loop = GLib.MainLoop()
events = []
def heard(_bus, _sender, _path, _interface, name, event):
    events.append(event.unpack()[0])
    if any(one.get("event") == "cleared" for one in events):
        loop.quit()
bus.signal_subscribe(NAME, NAME, "FindingsChanged", PATH, None, 0, heard)
began = call("Watch")
other = connect()
overheard = []
other.signal_subscribe(None, None, "FindingsChanged", None, None, 0,
                       lambda *event: overheard.append(event[4]))
GLib.timeout_add(1500, lambda: call(
    "Apply", "(a{sv})", {"zone": GLib.Variant("s", "public")}, on=other) and False)
GLib.timeout_add_seconds(20, loop.quit)
loop.run()
result = [began, events, call("Unwatch"), overheard]""")
    assert told[0] == [] and told[2] == []
    assert told[3] == [], "another caller was told, too"
    assert [one["event"] for one in told[1]][-1] == "cleared", told
    refused = ask(lab, 'result = call("Watch")', users.STRANGER)
    assert refused["error"] == "org.nicfix.Nicfix1.Error.NotAuthorised"
    limit = time.monotonic() + 10
    while lab.door.workers() and time.monotonic() < limit:
        time.sleep(0.1)
    assert lab.door.workers() == []


def test_a_user_watches_four_times(lab: Lab) -> None:
    """Each caller once, however often it asks; one that leaves makes room."""
    answers = ask(lab, """
callers = [connect() for _ in range(6)]
twice = [call("Watch", on=callers[0]) for _ in range(2)]
more = [call("Watch", on=caller) for caller in callers[1:5]]
callers[0].close_sync()
time.sleep(1)
result = twice + more + [call("Watch", on=callers[5])]""")
    assert answers[:5] == [[]] * 5 and answers[6] == [], answers
    assert answers[5]["error"] == "org.freedesktop.DBus.Error.LimitsExceeded"
    assert ask(lab, 'result = [call("Watch"), call("Unwatch"), call("Unwatch")]') == [[], [], []]


def test_a_long_request_is_in_the_journal(lab: Lab) -> None:
    """In part; and no word of it can be taken for two."""
    with Journal(lab.host, lab.folder) as journal:
        ask(lab, """
names = ["a --caller=:1.1"] + ["x" * 500] * 100
result = call("Apply", "(a{sv})", {"interface": GLib.Variant("as", names)})""")
        [entry] = journal.entries("SYSLOG_IDENTIFIER=nicfix")
    assert "'--interface=a --caller=:1.1'" in entry["NICFIX_REQUEST"]
    assert entry["NICFIX_REQUEST"].endswith("more words)")


def test_an_answer_is_nobodys_to_change(lab: Lab) -> None:
    """The file of an answer can neither be written nor made larger."""
    result = ask(lab, """
import fcntl
reply, files = bus.call_with_unix_fd_list_sync(
    NAME, PATH, COMMAND_LINE, "Snapshot", GLib.Variant("(a{sv})", ({},)), None, 0, 60000, None, None)
seals = fcntl.fcntl(files.peek_fds()[0], fcntl.F_GET_SEALS)
try:
    os.pwrite(files.peek_fds()[0], b"x", 0)
    result = None
except PermissionError as error:
    result = [seals, error.errno]""")
    assert result == [0b1111, errno.EPERM]


def test_every_request_is_in_the_journal(lab: Lab) -> None:
    """Who, what, how it ended, and the change itself in that user's name."""
    with Journal(lab.host, lab.folder) as journal:
        assert lab.nicfix("apply", "--zone", "public", user=users.MEMBER).code == 0
        assert lab.nicfix("check", user=users.STRANGER).code == 4
        entries = journal.entries("SYSLOG_IDENTIFIER=nicfix")
    asked = {one["NICFIX_USER"]: one for one in entries if "NICFIX_REQUEST" in one}
    member, stranger = asked[users.MEMBER], asked[users.STRANGER]
    assert member["NICFIX_DECISION"] == "done" and "--zone=public" in member["NICFIX_REQUEST"]
    assert (stranger["NICFIX_DECISION"], stranger["NICFIX_STATUS"]) == ("not authorised", "4")
    assert member["NICFIX_REQUEST"].startswith("apply --caller=")
    changes = [one for one in entries if one.get("NICFIX_INTERFACE") == UPLINK]
    assert {one["NICFIX_USER"] for one in changes} == {users.MEMBER}


# What the unit keeps from the service, and a lab below /tmp or /root cannot do without; and what the
# sanitizers need that a service does not. systemd is not on the lab's bus, so that it does not see the name.
_DROP_IN = """\
[Service]
Type=exec
ExecStart=
ExecStart={program} service
StateDirectory=
ReadWritePaths={folder}
PrivateTmp=no
PrivateDevices=no
ProtectHome=no
Environment=DBUS_SYSTEM_BUS_ADDRESS={bus} STATE_DIRECTORY={state} ASAN_OPTIONS=detect_leaks=0
"""


def test_the_unit(make_lab: LabMaker) -> None:
    """With all of its hardening a real systemd's service reads the kernel's rules, binds, and undoes."""
    lab = make_lab(polkit_rules=RULES)
    template = Path(__file__).parents[2] / "systemd" / "nicfix.service.in"
    program, *_ = lab.nicfix_command()
    lab.bus.state.mkdir(mode=0o700, exist_ok=True)
    systemd = Systemd(lab.host, lab.folder)
    systemd.start()
    try:
        units = Path(f"/proc/{systemd.pid}/root/run/systemd/system")
        unit = template.read_text().replace("@bindir@", "/usr/local/bin")
        (units / "nicfix.service").write_text(unit)
        (units / "nicfix.service.d").mkdir()
        (units / "nicfix.service.d" / "lab.conf").write_text(_DROP_IN.format(
            program=program, bus=lab.bus.address, folder=lab.folder, state=lab.bus.state))
        assert systemd.run("systemctl", "daemon-reload").code == 0
        started = systemd.run("systemctl", "start", "nicfix")
        status = systemd.run("systemctl", "status", "nicfix")
        assert started.code == 0, (started, status)
        lab.bus.service.wait_until(lambda: lab.bus.has_owner("org.nicfix.Nicfix1"), "name")
        direct = lab.nicfix("check", "--json")
        served = lab.nicfix("check", "--json", user=users.MEMBER)
        assert served.answer == direct.answer, served
        assert served.json["unread"] == []
        tried = lab.nicfix("apply", "--zone", "public", "--confirm-within", "6", user=users.MEMBER)
        assert tried.code == 0 and lab.tcp() == "connected", tried
        # Whoever would undo it does not end with the service.
        assert systemd.run("systemctl", "restart", "nicfix").code == 0
        record = lab.bus.state / "last-change"
        lab.bus.service.wait_until(lambda: not record.exists(), "undo")
        assert lab.tcp() == "filtered"
        lab.bus.service.wait_until(lambda: lab.bus.has_owner("org.nicfix.Nicfix1"), "name")
        assert lab.nicfix("apply", "--zone", "public", user=users.MEMBER).code == 0
        assert lab.tcp() == "connected"
        assert systemd.run("systemctl", "stop", "nicfix").code == 0
        told = systemd.run("systemctl", "show", "-P", "Result", "nicfix").stdout.strip()
        assert told == "success"
    finally:
        systemd.stop()
    assert lab.nicfix("undo").code == 0
