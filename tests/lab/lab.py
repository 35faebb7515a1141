# SPDX-License-Identifier: GPL-2.0-or-later
"""A lab: a worker node in private namespaces, with the real kernel, bus, firewalld, polkitd and
NetworkManager, and with a pod on one side of it and the outside on the other.

    pod 10.244.2.2
     |
    vethpod, a port of cni0 10.244.2.1   host   enp2s0 192.168.150.130
                                                 |
                                                ext 192.168.150.131

Several labs run side by side, and none of them touches the machine's own network, bus or
configuration.
"""
from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from labkit import hardware, networkmanager, packets, polkit, releases, users
from labkit.bus import Bus
from labkit.client import Client
from labkit.door import Door
from labkit.firewalld import Firewalld, FirewalldConfig
from labkit.namespaces import Namespace
from labkit.networkmanager import NetworkManager
from labkit.polkit import Polkit
from labkit.program import Outcome

# A finding of the sanitizers must not look like an exit status of nicfix.
_SANITIZER_EXIT = 86
_SANITIZERS = {
    # What was freed is kept for a while, which looks like growth.
    # The library that makes hardware of veths may be loaded before the sanitizer's.
    "ASAN_OPTIONS": f"exitcode={_SANITIZER_EXIT}:quarantine_size_mb=2:verify_asan_link_order=0",
    "LSAN_OPTIONS": f"exitcode={_SANITIZER_EXIT}",
    "UBSAN_OPTIONS": f"exitcode={_SANITIZER_EXIT}:halt_on_error=1:print_stacktrace=1",
    # What is covered is counted in files beside the program, which not every process may write.
    "GCOV_ERROR_FILE": "/dev/null",
}
FULL = bool(os.environ.get("NICFIX_FULL"))  # all of everything; else samples
# To look for what was leaked takes as long as a short run: of those that end by themselves one in
# four does.
_WITHOUT_LEAKS = {"ASAN_OPTIONS": f"{_SANITIZERS['ASAN_OPTIONS']}:detect_leaks=0"}
_leak_options = itertools.cycle([{}] if FULL else [{}, *3 * [_WITHOUT_LEAKS]])

POD = "10.244.2.2"
UPLINK = "enp2s0"
UPLINK_ADDRESS = "192.168.150.130"
OUTSIDE = "192.168.150.131"
FAR_OUTSIDE = "198.51.100.1"  # behind OUTSIDE: only the default route leads there
DATABASE_PORT = 8629

_HOST_LINKS = f"""\
link add cni0 type bridge
addr add 10.244.2.1/24 dev cni0
link add vethpod type veth peer name eth0 netns {{pod}}
link set vethpod master cni0 up
link add {UPLINK} type veth peer name eth0 netns {{ext}}
link set cni0 up
"""
# NetworkManager does this itself if it has a profile for the uplink.
_UPLINK = f"""\
addr add {UPLINK_ADDRESS}/24 dev {UPLINK}
link set {UPLINK} up
route add default via {OUTSIDE} dev {UPLINK}
"""
_POD_LINKS = f"""\
addr add {POD}/24 dev eth0
link set eth0 up
route add default via 10.244.2.1
"""
_EXT_LINKS = f"""\
addr add {OUTSIDE}/24 dev eth0
addr add {FAR_OUTSIDE}/32 dev lo
link set eth0 up
route add 10.244.2.0/24 via {UPLINK_ADDRESS}
"""


@dataclass(frozen=True)
class Plan:
    """What a lab is like. The default is the node of the incident."""

    firewalld: FirewalldConfig | None = field(default_factory=FirewalldConfig)  # None: not started
    release: str | None = None  # the suite of Debian that firewalld is of; None: the installed one
    firewalld_state: str = "RUNNING"  # what firewalld comes to with that configuration
    polkit_rules: Mapping[str, str] | None = None  # None: no polkitd; {}: the stock policy
    service: bool = False  # nicfix.service runs; needs polkit_rules
    profiles: Mapping[str, str] | None = None  # of NetworkManager; None: it does not run
    links: str = ""  # further ip(8) commands for the host
    hardware: tuple[str, ...] = ()  # links that nicfix takes for network cards
    forwarding: bool = True  # net.ipv4.ip_forward


class Lab:
    """A running lab. Use it in a with statement: it leaves nothing behind."""

    def __init__(self, nicfix: Path | None, plan: Plan = Plan()) -> None:
        self._nicfix = nicfix.resolve() if nicfix else None
        self.plan = plan
        self._exit = contextlib.ExitStack()

    def __enter__(self) -> Lab:
        with contextlib.ExitStack() as cleanup:
            self._exit = cleanup
            self._make_folders(cleanup)
            self._make_namespaces(cleanup)
            self._start_services(cleanup)
            self._exit = cleanup.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._exit.close()

    def _make_folders(self, cleanup: contextlib.ExitStack) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="nicfix-lab-"))
        cleanup.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.folder.chmod(0o755)  # users other than root reach the bus in here
        for name in ("firewalld", "rules.d", "NetworkManager", "NetworkManager-state"):
            (self.folder / name).mkdir()
        if self.plan.firewalld:
            self.plan.firewalld.write(self.folder / "firewalld")
        self.write_polkit_rules(self.plan.polkit_rules or {})
        if self.plan.polkit_rules is not None:
            polkit.write_actions(self.folder / "actions")
        networkmanager.write(self.folder / "NetworkManager", self.plan.profiles or {})

    def _make_namespaces(self, cleanup: contextlib.ExitStack) -> None:
        binds = {
            self.folder / "firewalld": "/etc/firewalld",
            self.folder / "rules.d": "/etc/polkit-1/rules.d",
            self.folder / "NetworkManager": "/etc/NetworkManager",
            self.folder / "NetworkManager-state": "/var/lib/NetworkManager",
            **users.write(self.folder),
            **self._polkit_actions(),
        }
        release = releases.binds(self.plan.release)
        self.host = Namespace("host", {**binds, **release})
        self.host.has_installed_firewalld = not release
        cleanup.callback(self.host.close)
        self.pod = Namespace("pod")
        cleanup.callback(self.pod.close)
        self.ext = Namespace("ext")
        cleanup.callback(self.ext.close)
        # The sender gets an ICMP error for every rejection, not only one a second as by default;
        # an IPv6 address is usable at once.
        self.host.sysctl(
            {
                "net.ipv4.ip_forward": int(self.plan.forwarding),
                "net.ipv4.icmp_ratelimit": 0,
                "net.ipv6.conf.default.accept_dad": 0,
            }
        )
        self.host.ip(_HOST_LINKS.format(pod=self.pod.pid, ext=self.ext.pid))
        self.pod.ip(_POD_LINKS)
        self.ext.ip(_EXT_LINKS)
        if not self.plan.profiles:
            self.host.ip(_UPLINK)
        if self.plan.links:
            self.host.ip(self.plan.links)

    def _polkit_actions(self) -> dict[Path, str]:
        folder = self.folder / "actions"
        return {folder: "/usr/share/polkit-1/actions"} if folder.exists() else {}

    def _start_services(self, cleanup: contextlib.ExitStack) -> None:
        self.bus = Bus(self.host, self.folder)
        cleanup.callback(self.bus.stop)
        self.bus.start()
        if self.plan.polkit_rules is not None:
            self.polkit = Polkit(self.host, self.bus, self.folder)
            cleanup.callback(self.polkit.service.stop)
            self.polkit.start()
        self.firewalld = Firewalld(self.host, self.bus, self.folder, self.plan.release)
        # Its rules end with the namespace: it need not take them away one by one.
        cleanup.callback(self.firewalld.service.stop, signal.SIGKILL)
        if self.plan.firewalld:
            self.firewalld.start(self.plan.firewalld_state)
        if self.plan.profiles is not None:
            self.networkmanager = NetworkManager(self.host, self.bus, self.folder)
            cleanup.callback(self.networkmanager.service.stop)
            self.networkmanager.start(UPLINK)
        if self.plan.service:
            self.door = Door(self.host, self.bus, self.folder, self.nicfix_command("service"),
                             self.nicfix_env())
            cleanup.callback(self.door.service.stop)
            self.door.start()

    def write_polkit_rules(self, rules: Mapping[str, str]) -> None:
        """Writes RULES in place of those before, for a polkitd that starts afterwards."""
        folder = self.folder / "rules.d"
        for file in folder.iterdir():
            file.unlink()
        for name, text in rules.items():
            (folder / name).write_text(text)

    def nicfix_command(self, *args: str) -> list[str]:
        """The command line of the program under test."""
        if not self._nicfix:
            raise RuntimeError("this lab was made without a nicfix")
        return [str(self._nicfix), *args]

    def nicfix_env(self, user: str | None = None) -> dict[str, str]:
        """The environment that the program under test needs beside that of the bus. Where it counts
        what is covered, USER's counts are not of interest, but have to be written somewhere."""
        counts = {"GCOV_PREFIX": str(self.folder / user)} if user else {}
        return {**_SANITIZERS, **hardware.environment(self.plan.hardware), **counts}

    def nicfix(
        self,
        *args: str,
        user: str | None = None,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
    ) -> Outcome:
        """Runs nicfix on the host, as root or as USER; raises where it crashes."""
        all_env = {**self.nicfix_env(user), **next(_leak_options), **(env or {})}
        outcome = self.run(*self.nicfix_command(*args), user=user, stdin=stdin, env=all_env)
        if outcome.code < 0 or outcome.code == _SANITIZER_EXIT:
            raise AssertionError(f"nicfix {args} crashed: {outcome}")
        return outcome

    @contextlib.contextmanager
    def nicfix_running(
        self, *args: str, by: tuple[str, ...] = ()
    ) -> Iterator[subprocess.Popen[str]]:
        """Starts nicfix on the host, by the command BY, and ends it afterwards if it is still
        running."""
        process = subprocess.Popen(
            self.host.command([*by, *self.nicfix_command(*args)]),
            env={**os.environ, **self.bus.env, **self.nicfix_env()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        with process:
            try:
                yield process
            finally:
                process.kill()

    def run(
        self,
        *argv: str,
        user: str | None = None,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
    ) -> Outcome:
        """Runs any program on the host, with the lab's bus as its system bus."""
        all_env = {**users.environment(self.folder, user), **self.bus.env, **(env or {})}
        begin = time.monotonic()
        done = self.host.run(*argv, user=user, env=all_env, check=False, stdin=stdin)
        return Outcome.of(done, time.monotonic() - begin)

    def firewall_cmd(self, *args: str) -> str:
        """The output of firewall-cmd; raises if it fails."""
        outcome = self.run("firewall-cmd", *args)
        if outcome.code:
            raise RuntimeError(f"firewall-cmd {args}: {outcome}")
        return outcome.stdout.strip()

    def ping(self, address: str = FAR_OUTSIDE) -> packets.PingOutcome:
        """An echo request from the pod."""
        return packets.ping(self.pod, address)

    def tcp(self, address: str = OUTSIDE, port: int = DATABASE_PORT) -> packets.TcpOutcome:
        """A connection from the pod to a server outside."""
        return packets.tcp(self.pod, self.ext, address, port)

    def firewall_now(self) -> dict[str, Any]:
        """Everything that can be observed of the firewall: the kernel's rules, firewalld's running
        and permanent configuration, and the files."""
        nft = self.host.run("nft", "--stateless", "list", "ruleset").stdout.decode()
        etc = self.folder / "firewalld"
        client = Client(self.bus)
        return {
            "nft": nft,
            "running": _without_order(client.zones()),
            "permanent": _without_order(client.lasting_zones()),
            "files": {str(p.relative_to(etc)): p.read_text() for p in etc.rglob("*.*ml")},
        }


def _without_order(settings: Any) -> Any:
    """SETTINGS with their lists sorted: firewalld has them in the order in which things came."""
    if isinstance(settings, dict):
        return {key: _without_order(value) for key, value in settings.items()}
    return sorted(settings, key=repr) if isinstance(settings, list) else settings


LabMaker = Callable[..., Lab]  # from the fields of a Plan; the test's fixture ends the lab


def default_nicfix() -> Path:
    """The program to test: $NICFIX, or what meson built in build/."""
    root = Path(__file__).resolve().parents[2]
    return Path(os.environ.get("NICFIX") or root / "build" / "src" / "nicfix")
