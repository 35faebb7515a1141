# SPDX-License-Identifier: GPL-2.0-or-later
"""Run as a program: forks firewalld and firewall-cmd; see warm.py. Each request comes on standard input, a
socket, as one JSON message with four files: the program's standard ones, and a pipe that is told its pid and,
at its end, its exit status."""
from __future__ import annotations

import atexit
import ctypes
import gc
import json
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

# What they import; most of it is of firewalld's own.
import dbus.mainloop.glib  # noqa: F401
import firewall.client  # noqa: F401
import firewall.command  # noqa: F401
import firewall.server.server  # noqa: F401

_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
_CLONE_NEWNS = 0x00020000
_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


def _call(function: Callable[..., int], *arguments: Any) -> None:
    if function(*arguments):
        raise OSError(ctypes.get_errno(), function.__name__)


def _become(request: dict[str, Any], files: list[int]) -> None:
    """Makes this process what the program would be, had it been executed where the request says."""
    _call(_libc.prctl, _PR_SET_PDEATHSIG, signal.SIGKILL)
    _call(_libc.prctl, _PR_SET_NAME, request["argv"][0].encode())
    namespaces = [os.open(f"/proc/{request['target']}/ns/{name}", os.O_RDONLY) for name in ("net", "mnt")]
    for handle, kind in zip(namespaces, (_CLONE_NEWNET, _CLONE_NEWNS)):
        _call(_libc.setns, handle, kind)
    os.chdir("/")
    for number, file in enumerate(files[:3]):
        os.dup2(file, number)
    os.closerange(3, 1024)
    os.environ.clear()
    os.environ.update(request["env"])
    sys.stdin = open(0, closefd=False)
    sys.stdout = open(1, "w", errors=sys.__stdout__.errors, closefd=False)
    sys.stderr = open(2, "w", buffering=1, errors="backslashreplace", closefd=False)
    gc.enable()


def _run(program: str, code: CodeType, argv: list[str]) -> int:
    """Runs the code as the interpreter runs a script; returns its exit status."""
    sys.argv = [program, *argv[1:]]
    sys.path.insert(0, os.path.dirname(program))
    main = sys.modules["__main__"] = ModuleType("__main__")
    main.__file__ = program
    try:
        exec(code, main.__dict__)  # pylint: disable=exec-used
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
            return 1
        return end.code or 0
    finally:
        atexit._run_exitfuncs()
        sys.stdout.flush()
    return 0


def _child(request: dict[str, Any], code: CodeType, files: list[int]) -> None:
    status = 1
    try:
        _become(request, files)
        status = _run(request["program"], code, request["argv"])
    except BaseException:  # pylint: disable=broad-except
        traceback.print_exc()
    finally:
        os._exit(status)


def main() -> None:
    """Serves until the other end of the socket is closed."""
    codes = {program: compile(Path(program).read_bytes(), program, "exec") for program in sys.argv[1:]}
    requests = socket.socket(fileno=os.dup(0))
    gc.disable()
    gc.freeze()
    running: dict[int, tuple[int, int]] = {}  # the pid and the pipe of the process that a descriptor stands for
    poll = select.poll()
    poll.register(requests, select.POLLIN)
    while True:
        for descriptor, _ in poll.poll():
            if descriptor in running:
                pid, pipe = running.pop(descriptor)
                os.write(pipe, f"{os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}\n".encode())
                poll.unregister(descriptor)
                os.close(pipe)
                os.close(descriptor)
                continue
            message, files, _, _ = socket.recv_fds(requests, 1 << 20, 4)
            if not message:
                return
            request = json.loads(message)
            pid = os.fork()
            if pid == 0:
                _child(request, codes[request["program"]], files)
            os.write(files[3], f"{pid}\n".encode())
            for file in files[:3]:
                os.close(file)
            handle = os.pidfd_open(pid)
            running[handle] = (pid, files[3])
            poll.register(handle, select.POLLIN)


main()
