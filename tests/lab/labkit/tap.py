# SPDX-License-Identifier: GPL-2.0-or-later
"""A tap on the line between one program and the bus. It counts the program's calls and does
something at a chosen one: a fault occurs at a step, not at a time. The tap authenticates to the bus
as the user who runs the tests, root."""
from __future__ import annotations

import concurrent.futures
import contextlib
import enum
import os
import signal
import socket
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from typing import Literal, TypeVar

from gi.repository import Gio, GLib

from labkit import firewalld, networkmanager
from labkit.bus import Bus

Moment = Literal["before", "after"]
Result = TypeVar("Result")

_HEADER = 16  # bytes of a message that contain its length (D-Bus specification, message format)
_LIMIT = 120.0  # seconds of silence: then something hangs


_LAST_SERIAL = 0xFFFFFFFF  # far above those of a short connection
_WORDS = "COMMAND_FAILED: the tap says so"
_ERRORS = {  # by service: an error's name and text
    firewalld.NAME: (f"{firewalld.NAME}.Exception", _WORDS),
    networkmanager.NAME: (f"{networkmanager.NAME}.Settings.Connection.Failed", _WORDS),
}
_REFUSAL = ("org.freedesktop.DBus.Error.LimitsExceeded", _WORDS)


class Instead(enum.Enum):
    """What the program gets for its answer if a fault returns this. Before the call, nothing is
    passed on then."""

    ERROR = enum.auto()  # of the service that was called
    REFUSAL = enum.auto()  # by the bus
    NOTHING = enum.auto()


@dataclass(frozen=True)
class Fault:
    """Something that happens at one call of the program: before the call is passed on, or after its
    answer and before the program gets it."""

    act: Callable[[], Instead | object]
    number: int  # of the call, from 0 on
    moment: Moment = "before"


@dataclass
class _Line:
    """A connection of the program's, and the tap's own to the bus for it."""

    program: socket.socket
    bus: socket.socket
    is_up: bool = True
    talks: bool = False  # authentication is over: messages follow
    from_program: bytes = b""  # not passed on yet: less than a line or a message
    from_bus: bytes = b""
    # By their serials: the numbers of calls, and the service that each is to.
    awaited: dict[int, tuple[int, str]] = field(default_factory=dict)

class Tap:
    """A socket that a program uses as the bus. Use it in a with statement."""

    def __init__(self, bus: Bus, folder: Path) -> None:
        self._bus_path = bus.address.removeprefix("unix:path=")
        self._path = folder / "tap"
        self._listener = socket.socket(socket.AF_UNIX)
        self._selector = DefaultSelector()
        self._lines: list[_Line] = []
        self._faults: list[Fault] = []  # of this run, and still to come
        self.calls: list[str] = []  # the methods that the program called in the last run

    def __enter__(self) -> Tap:
        self._listener.bind(str(self._path))
        self._listener.listen()
        self._selector.register(self._listener, EVENT_READ, self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.hang_up()
        self._selector.close()
        self._listener.close()
        self._path.unlink()

    @property
    def env(self) -> Mapping[str, str]:
        """Environment that makes a program use the tap as the system bus."""
        return {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self._path}"}

    def signal_program(self, number: signal.Signals) -> None:
        """Sends a signal to the program. Whatever it sends after SIGKILL is dropped: it was killed
        before that."""
        size = struct.calcsize("3i")  # struct ucred, unix(7)
        told = self._lines[-1].program.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
        pid, _, _ = struct.unpack("3i", told)
        os.kill(pid, number)
        if number == signal.SIGKILL:
            self.hang_up()

    def run(self, program: Callable[[], Result], *faults: Fault) -> Result:
        """Calls PROGRAM, which runs the program to its end, in a thread, and passes on the traffic
        meanwhile. FAULTS happen in the thread of the caller, and traffic waits for them. A service
        that a fault starts lives as long as that thread."""
        self._faults, self.calls = list(faults), []
        waker, wakened = socket.socketpair()
        with waker, wakened, concurrent.futures.ThreadPoolExecutor(1) as thread:
            self._selector.register(wakened, EVENT_READ, lambda: None)
            ending = thread.submit(program)
            ending.add_done_callback(lambda _: waker.send(b"."))
            while not ending.done():
                self._pass_on()
            self._selector.unregister(wakened)
            self.hang_up()
            return ending.result()

    def happened(self, fault: Fault) -> bool:
        """Whether the last run reached FAULT."""
        return fault not in self._faults

    def _pass_on(self) -> None:
        ready = self._selector.select(_LIMIT)
        if not ready:
            raise TimeoutError(f"no word for {_LIMIT:.0f} s after {self.calls}")
        for key, _ in ready:
            key.data()

    def _accept(self) -> None:
        program, _ = self._listener.accept()
        bus = socket.socket(socket.AF_UNIX)
        bus.connect(self._bus_path)
        line = _Line(program, bus)
        self._lines.append(line)
        self._selector.register(program, EVENT_READ, lambda: self._hear_program(line))
        self._selector.register(bus, EVENT_READ, lambda: self._hear_bus(line))

    def hang_up(self) -> None:
        """Ends the program's connections to the bus."""
        while self._lines:
            self._end(self._lines[0])

    def _end(self, line: _Line) -> None:
        line.is_up = False
        self._lines.remove(line)
        for peer in (line.program, line.bus):
            self._selector.unregister(peer)
            peer.close()

    def _hear_program(self, line: _Line) -> None:
        heard = _receive(line.program) if line.is_up else b""
        line.from_program += heard
        while not line.talks and b"\n" in line.from_program:
            word, _, line.from_program = line.from_program.partition(b"\n")
            _send(line.bus, word + b"\n")
            line.talks = word.endswith(b"BEGIN\r")
        if line.talks:
            messages, line.from_program = _split(line.from_program)
            for message in messages:
                self._call(line, message)
        if not heard and line.is_up:
            self._end(line)

    def _hear_bus(self, line: _Line) -> None:
        heard = _receive(line.bus) if line.is_up else b""
        line.from_bus += heard
        if line.talks:
            messages, line.from_bus = _split(line.from_bus)
            for message in messages:
                self._answer(line, message)
        elif heard:
            _send(line.program, heard)
            line.from_bus = b""
        if not heard and line.is_up:
            self._end(line)

    def _call(self, line: _Line, message: bytes) -> None:
        parsed = Gio.DBusMessage.new_from_blob(message, Gio.DBusCapabilityFlags.NONE)
        if line.is_up and parsed.get_message_type() == Gio.DBusMessageType.METHOD_CALL:
            number = len(self.calls)
            self.calls.append(parsed.get_member())
            line.awaited[parsed.get_serial()] = number, parsed.get_destination()
            instead = self._let_happen(number, "before")
            if instead is not None:
                self._mislead(line, instead, parsed.get_serial(), parsed.get_destination())
                return
        if line.is_up:
            _send(line.bus, message)

    def _answer(self, line: _Line, message: bytes) -> None:
        parsed = Gio.DBusMessage.new_from_blob(message, Gio.DBusCapabilityFlags.NONE)
        call = line.awaited.pop(parsed.get_reply_serial(), None)
        if call is not None:
            number, service = call
            instead = self._let_happen(number, "after")
            if instead is not None:
                self._mislead(line, instead, parsed.get_reply_serial(), service)
                return
        if line.is_up:
            _send(line.program, message)

    def _let_happen(self, number: int, moment: Moment) -> Instead | None:
        instead = None
        for fault in list(self._faults):
            if (fault.number, fault.moment) == (number, moment):
                self._faults.remove(fault)
                result = fault.act()
                instead = result if isinstance(result, Instead) else instead
        return instead

    @staticmethod
    def _mislead(line: _Line, instead: Instead, serial: int, service: str) -> None:
        """Answers the call SERIAL of SERVICE in its place."""
        if instead is Instead.NOTHING or not line.is_up:
            return
        name, text = _ERRORS.get(service, _REFUSAL) if instead is Instead.ERROR else _REFUSAL
        answer = Gio.DBusMessage()
        answer.set_message_type(Gio.DBusMessageType.ERROR)
        answer.set_error_name(name)
        answer.set_reply_serial(serial)
        answer.set_serial(_LAST_SERIAL)
        answer.set_signature("s")
        answer.set_body(GLib.Variant("(s)", (text,)))
        _send(line.program, bytes(answer.to_blob(Gio.DBusCapabilityFlags.NONE)))


def _split(stream: bytes) -> tuple[list[bytes], bytes]:
    """The complete messages at the start of STREAM, and the rest."""
    messages = []
    while len(stream) >= _HEADER:
        length = Gio.DBusMessage.bytes_needed(stream[:_HEADER])
        if len(stream) < length:
            break
        messages.append(stream[:length])
        stream = stream[length:]
    return messages, stream


def _receive(peer: socket.socket) -> bytes:
    """What PEER sends next; nothing if it has hung up."""
    with contextlib.suppress(ConnectionError):
        return peer.recv(1 << 16)
    return b""


def _send(peer: socket.socket, data: bytes) -> None:
    """Sends DATA to PEER. If PEER has hung up, that shows when it is read."""
    with contextlib.suppress(ConnectionError):
        peer.sendall(data)
