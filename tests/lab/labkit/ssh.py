# SPDX-License-Identifier: GPL-2.0-or-later
"""A real sshd in one namespace, and logins to it from another."""
from __future__ import annotations

import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from labkit.namespaces import Namespace
from labkit.program import Outcome
from labkit.services import Service, ServiceError

_PORT = 22
_PATIENCE = 5  # seconds for a connection that is not rejected

# Where Debian's sshd keeps its unprivileged part; Fedora's has a folder that is always there.
_EMPTY_FOLDER = "/run/sshd"

_CONFIG = """\
Port {port}
ListenAddress {address}
HostKey {folder}/host-key
AuthorizedKeysFile {folder}/user-key.pub
StrictModes no
PidFile none
UsePAM no
PermitRootLogin prohibit-password
"""

# Without PAM, sshd rejects locked accounts, and root is locked in some distributions.
_SHADOW = "root:*:19000:0:99999:7:::\n"

CLIENT_OPTIONS = (
    "StrictHostKeyChecking=no",
    "UserKnownHostsFile=/dev/null",
    "LogLevel=ERROR",
    "BatchMode=yes",
    "IdentitiesOnly=yes",
)


class Sshd:
    """An sshd on HOST that accepts root with the test's key. ENV is the environment of its
    sessions."""

    def __init__(
        self, host: Namespace, folder: Path, address: str, env: Mapping[str, str] | None = None
    ) -> None:
        program = shutil.which("sshd", path="/usr/sbin:/usr/bin:/usr/local/sbin")
        if not program:
            raise ServiceError("sshd is not installed")
        self._host = host
        self._address = address
        self.folder = folder / "ssh"
        config = self.folder / "sshd_config"
        # Called by its whole path, since it runs itself again for each connection.
        argv = [program, "-D", "-e", "-f", str(config)]
        self.service = Service(host, "sshd", argv, folder, {})
        self.folder.mkdir()
        text = _CONFIG.format(port=_PORT, address=address, folder=self.folder)
        if env:  # sshd only uses the first line of each kind
            text += "SetEnv " + " ".join(f'"{name}={value}"' for name, value in env.items()) + "\n"
        config.write_text(text)
        for name in ("host-key", "user-key"):
            command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.folder / name]
            subprocess.run(command, stdin=subprocess.DEVNULL, check=True)

    def start(self) -> None:
        """Starts sshd and waits until it listens."""
        shadow = self.folder / "shadow"
        shadow.write_text(_SHADOW)
        self._host.run("mount", "--bind", str(shadow), "/etc/shadow")
        self._host.run("mkdir", "-p", _EMPTY_FOLDER)
        self.service.spawn()
        self.service.wait_until(lambda: "Server listening" in self.service.log(), "listener")

    def stop(self) -> None:
        """Stops sshd, but does not wait for sessions."""
        self.service.stop()

    def lets_in(self, client: Namespace) -> bool:
        """Whether CLIENT gets a new connection and a greeting."""
        with client.socket() as connection:
            connection.settimeout(_PATIENCE)
            try:
                connection.connect((self._address, _PORT))
                return connection.recv(4) == b"SSH-"
            except OSError:
                return False

    @property
    def user_key(self) -> Path:
        """The private key that root logs in with."""
        return self.folder / "user-key"

    def login(self, client: Namespace) -> Session:
        """A new login from CLIENT."""
        return Session(client, self.folder, self._address)


class Session:
    """One connection, established until it is closed. Use it in a with statement."""

    def __init__(self, client: Namespace, folder: Path, address: str) -> None:
        self._client = client
        self._socket = folder / f"session-{time.monotonic_ns()}"
        options = [word for option in CLIENT_OPTIONS for word in ("-o", option)]
        options += ["-F", "none", "-p", str(_PORT), "-i", str(folder / "user-key")]
        self._command = ["ssh", "-S", str(self._socket), *options, f"root@{address}"]
        master = ["ssh", "-M", "-N", *self._command[1:]]
        self._master = Service(client, self._socket.name, master, folder, {})

    def __enter__(self) -> Session:
        self._master.spawn()
        self._master.wait_until(lambda: self._ask("check") == 0, "session")
        return self

    def __exit__(self, *_: object) -> None:
        self._master.stop()

    def cut(self) -> None:
        """Breaks the connection as a failing network does, without a goodbye."""
        self._master.stop(signal.SIGKILL)

    def _ask(self, what: str) -> int:
        return self._client.run(*self._command, "-O", what, check=False).returncode

    def run(self, *argv: str) -> Outcome:
        """Runs a program over this connection, never over a new one."""
        only_this = ("-o", "ControlMaster=no", "-o", "ProxyCommand=false")
        command = [*self._command[:-1], *only_this, self._command[-1], "--", shlex.join(argv)]
        return Outcome.of(self._client.run(*command, check=False))
