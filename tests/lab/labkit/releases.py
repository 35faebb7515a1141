# SPDX-License-Identifier: GPL-2.0-or-later
"""The firewalld of another suite of Debian, beside the one that is installed. Its packages are
fetched by apt, which checks their signatures, and unpacked into $NICFIX_LAB_CACHE or the user's
cache folder; nothing is installed. In a lab, its files stand in the place of the installed ones.

    bullseye 0.9.3    bookworm 1.3.3    trixie 2.3.1    sid 2.5.2 in November 2026

The kernel, nft and Python are the machine's own. What a release loads only with the nft of its
suite cannot be shown: StrictForwardPorts needs a newer one than 1.0.6."""
from __future__ import annotations

import compileall
import fcntl
import os
import shutil
import site
import subprocess
import tempfile
from pathlib import Path

RELEASES = ("bullseye", "bookworm", "trixie", "sid")

_PACKAGES = {
    "bullseye": (
        "firewalld", "python3-firewall", "python3-slip", "python3-slip-dbus", "python3-decorator",
        "python3-six",
    ),
}
_USUAL_PACKAGES = ("firewalld", "python3-firewall")
_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
_APT_CONFIG = """\
Dir::Etc::sourcelist "{folder}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "{folder}/state";
Dir::State::status "/dev/null";
Dir::Cache "{folder}/cache";
Acquire::Languages "none";
Acquire::Retries "3";
APT::Sandbox::User "root";
"""

# The first of these folders is searched before that of the distribution.
_PYTHON = Path(site.getsitepackages()[0])
_PLACES = {
    "usr/sbin/firewalld": Path("/usr/sbin/firewalld"),
    "usr/bin/firewall-cmd": Path("/usr/bin/firewall-cmd"),
    "usr/bin/firewall-offline-cmd": Path("/usr/bin/firewall-offline-cmd"),
    "usr/lib/firewalld": Path("/usr/lib/firewalld"),
    "usr/lib/python3/dist-packages": _PYTHON,
    "usr/share/dbus-1/system.d/FirewallD.conf": Path("/usr/share/dbus-1/system.d/FirewallD.conf"),
    "usr/share/polkit-1/actions": Path("/usr/share/polkit-1/actions"),
}


class Unavailable(RuntimeError):
    """This machine cannot run the release; says why."""


def binds(release: str | None) -> dict[Path, str]:
    """What stands in the place of what in a namespace where RELEASE is the firewalld. None, or the
    suite that this machine is of: nothing."""
    if release is None or release == _suite_of_this_machine():
        return {}
    root = _unpacked(release)
    return {root / name: str(place) for name, place in _PLACES.items()}


def log_options(release: str | None, file: Path) -> list[str]:
    """The options that make firewalld of RELEASE write its messages to FILE, which is its standard
    error as well."""
    return ["--log-file", str(file)] if release == "bullseye" else ["--log-target", "console"]


def _suite_of_this_machine() -> str | None:
    for line in Path("/etc/os-release").read_text(encoding="utf-8").splitlines():
        if line.startswith("VERSION_CODENAME="):
            return line.partition("=")[2].strip('"')
    return None


def _cache() -> Path:
    if chosen := os.environ.get("NICFIX_LAB_CACHE"):
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "nicfix-lab"


def _unpacked(release: str) -> Path:
    """The folder that the packages of RELEASE are unpacked in; made where there is none yet."""
    if release not in RELEASES:
        raise ValueError(f"unknown release {release!r} {RELEASES}")
    cache = _cache()
    root = cache / release
    if not root.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with open(cache / "lock", "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not root.exists():
                _unpack(release, cache, root)
    return root


def _unpack(release: str, cache: Path, root: Path) -> None:
    """Fetches the packages of RELEASE and unpacks them into ROOT, all or nothing."""
    if not shutil.which("apt-get"):
        raise Unavailable(f"firewalld of {release} comes by apt-get, which is not here")
    with tempfile.TemporaryDirectory(prefix=f".{release}-", dir=cache) as name:
        folder = Path(name)
        for part in ("state/lists/partial", "cache/archives/partial", "packages"):
            (folder / part).mkdir(parents=True)
        (folder / "sources.list").write_text(
            f"deb [signed-by={_KEYRING}] http://deb.debian.org/debian {release} main\n"
        )
        (folder / "apt.conf").write_text(_APT_CONFIG.format(folder=folder))
        environment = {**os.environ, "APT_CONFIG": f"{folder}/apt.conf", "LC_ALL": "C"}
        packages = _PACKAGES.get(release, _USUAL_PACKAGES)
        for argv in (
            ["apt-get", "-q", "--error-on=any", "update"],
            ["apt-get", "-q", "download", *packages],
        ):
            done = subprocess.run(argv, cwd=folder / "packages", env=environment, text=True,
                                  capture_output=True, timeout=300, check=False)
            if done.returncode:
                raise Unavailable(f"firewalld of {release}: {argv[-1]}: {done.stderr.strip()}")
        made = folder / "root"
        made.mkdir(mode=0o755)
        for package in (folder / "packages").glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", package, made], check=True)
        _arrange_polkit(made)
        _renew_python(made)
        compileall.compile_dir(made / "usr/lib/python3", quiet=2)
        made.chmod(0o755)
        made.rename(root)


def _renew_python(root: Path) -> None:
    """Python 3.10 took away the name that python3-slip 0.6.5 has for a thing to call."""
    for file in (root / "usr/lib/python3/dist-packages").glob("slip/**/*.py"):
        file.write_text(file.read_text().replace("collections.Callable", "collections.abc.Callable")
                        .replace("import collections\n", "import collections.abc\n"))


def _arrange_polkit(root: Path) -> None:
    """Makes the server's actions those that hold, as Debian's alternatives do, beside those of the
    other programs of this machine."""
    actions = root / "usr/share/polkit-1/actions"
    for name in ("FirewallD1.server", "FirewallD1.desktop"):
        if (choice := actions / f"org.fedoraproject.{name}.policy.choice").exists():
            if "server" in name:
                shutil.copy(choice, actions / "org.fedoraproject.FirewallD1.policy")
            choice.unlink()
    for other in Path("/usr/share/polkit-1/actions").glob("*.policy"):
        if not (actions / other.name).exists():
            shutil.copy(other, actions)
