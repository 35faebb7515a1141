# SPDX-License-Identifier: GPL-2.0-or-later
"""A real sosreport of a lab's host, made by the installed sos."""
from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from lab import Lab
from labkit.services import ServiceError

# sos runs commands from here only.
_PROGRAMS = "/usr/local/sbin"
_STATE = "/var/lib/nicfix"


def plugins_folder() -> Path:
    """Where the installed sos has its plugins; raises if it is not installed."""
    for folder in Path("/usr/lib").glob("python3*/**/sos/report/plugins"):
        return folder
    raise ServiceError("sos is not installed: the package is sosreport on Debian, sos on Fedora")


def _replace_plugins(lab: Lab, own: Path | None) -> None:
    """In this lab sos has the plugin OWN, too, and runs that of firewalld, which its Debian package
    has for Red Hat's distributions only."""
    installed = plugins_folder()
    plugins = lab.folder / "sos-plugins"
    shutil.copytree(installed, plugins, ignore=shutil.ignore_patterns("__pycache__"))
    firewalld = plugins / "firewalld.py"
    text = firewalld.read_text()
    firewalld.write_text(text.replace("RedHatPlugin", "DebianPlugin"))
    if own:
        shutil.copy(own, plugins / "nicfix.py")
    assert lab.run("mount", "--bind", str(plugins), str(installed)).code == 0


def install_nicfix(lab: Lab) -> None:
    """Puts the program under test where a plugin of sos finds it."""
    assert lab.run("mount", "-t", "tmpfs", "tmpfs", _PROGRAMS).code == 0
    assert lab.run("cp", lab.nicfix_command()[0], f"{_PROGRAMS}/nicfix").code == 0


def make(lab: Lab, plugins: str, own: Path | None = None, compression: str = "gzip") -> Path:
    """The archive of a new report by PLUGINS of sos, and the plugin OWN."""
    if not (lab.folder / "sos-plugins").exists():
        _replace_plugins(lab, own)
    folder = Path(tempfile.mkdtemp(dir=lab.folder))
    # Without the option sos looks for kernel modules, and nf_tables may be built in.
    options = ("--batch", "--quiet", "--allow-system-changes", "-z", compression)
    outcome = lab.run(
        "sos", "report", *options, "--only-plugins", plugins, "--tmp-dir", str(folder),
        env=lab.nicfix_env(),
    )
    assert outcome.code == 0, outcome
    (archive,) = folder.glob("*.tar.*[!5]")
    return archive
