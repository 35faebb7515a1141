# SPDX-License-Identifier: GPL-2.0-or-later
"""A service in a namespace: started, watched, frozen and ended by its own pid."""
from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from labkit.namespaces import Namespace
from labkit.program import DIE_WITH_PARENT
from labkit.warm import WarmProcess

START_LIMIT = 30.0  # seconds; a loaded machine with two labs at once needs about 2


class ServiceError(RuntimeError):
    """A service did not do what a test relies on; has what it wrote."""


class Service:
    """One process in a namespace, and the log it writes."""

    def __init__(
        self, host: Namespace, name: str, argv: Sequence[str], folder: Path, env: Mapping[str, str]
    ) -> None:
        self._host = host
        self.name = name
        self._argv = list(argv)
        self._env = {**os.environ, **env}
        self.log_file = folder / f"{name}.log"
        self._process: subprocess.Popen[bytes] | WarmProcess | None = None

    @property
    def pid(self) -> int:
        """The pid of the running service."""
        if not self._process:
            raise ServiceError(f"{self.name} is not running")
        return self._process.pid

    def spawn(self) -> None:
        """Starts the process without waiting."""
        with open(self.log_file, "ab") as log, open("/dev/null", "rb") as nothing:
            if self._host.can_start_warm(self._argv):
                files = [nothing.fileno(), log.fileno(), log.fileno()]
                self._process = WarmProcess(self._argv, self._host.pid, self._env, files)
                return
            self._process = subprocess.Popen(
                [*DIE_WITH_PARENT, *self._host.command(self._argv)],
                stdin=nothing,
                stdout=log,
                stderr=log,
                env=self._env,
            )

    def wait_until(self, ready: Callable[[], bool], what: str) -> None:
        """Polls READY; raises with the log if the process ends or WHAT does not come true."""
        limit = time.monotonic() + START_LIMIT
        while not ready():
            if self._process and self._process.poll() is not None:
                raise ServiceError(f"{self.name} ended by itself:\n{self.log()}")
            if time.monotonic() > limit:
                raise ServiceError(f"{self.name}: no {what} in {START_LIMIT:.0f} s:\n{self.log()}")
            time.sleep(0.01)

    def log(self) -> str:
        """What the service has written."""
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def send(self, number: signal.Signals) -> None:
        """Sends a signal to the service."""
        os.kill(self.pid, number)

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """The service exists and owns its name, but does not answer meanwhile."""
        self.send(signal.SIGSTOP)
        try:
            yield
        finally:
            with contextlib.suppress(ServiceError, ProcessLookupError):
                self.send(signal.SIGCONT)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Stops the service and waits for its end; does nothing if it is not running."""
        if not self._process:
            return
        process, self._process = self._process, None
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(number)
            process.send_signal(signal.SIGCONT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
