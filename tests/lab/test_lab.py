# SPDX-License-Identifier: GPL-2.0-or-later
"""The lab itself: its hosts are what the other tests expect, and nothing is left of them. These
tests do not use nicfix."""
from __future__ import annotations

import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from lab import OUTSIDE, UPLINK, UPLINK_ADDRESS, Lab, LabMaker, Plan
from labkit.firewalld import FirewalldConfig
from labkit.networkmanager import ethernet_profile
from labkit.probes import Probe, Prober


def processes_that_name(text: str) -> list[str]:
    """Command lines of processes of this machine that contain TEXT."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = file.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if text in line:
            found.append(line)
    return found


def links_of_the_machine() -> str:
    """The links outside all labs, without what changes by itself."""
    return subprocess.check_output(["ip", "-brief", "link"], text=True)


def test_labs_side_by_side_know_nothing_of_each_other(make_lab: LabMaker) -> None:
    one, other = make_lab(), make_lab()
    one.firewall_cmd("--zone=public", f"--add-interface={UPLINK}")
    assert (one.ping(), other.ping()) == ("reply", "filtered")


def test_a_lab_leaves_nothing_behind() -> None:
    links = links_of_the_machine()
    with Lab(None, Plan(polkit_rules={})) as lab:
        folder = lab.folder
        assert processes_that_name(str(folder))
        assert links_of_the_machine() == links
    assert not folder.exists()
    assert not processes_that_name(str(folder))
    assert links_of_the_machine() == links


def test_a_killed_test_run_leaves_no_process_behind() -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from lab import Lab, Plan\n"
        "import time\n"
        "with Lab(None, Plan(polkit_rules={})) as lab:\n"
        "    pids = [lab.host.pid, lab.bus.service.pid, lab.firewalld.service.pid,\n"
        "            lab.polkit.service.pid]\n"
        "    print(lab.folder, *pids, flush=True)\n"
        "    time.sleep(60)\n"
    )
    run = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert run.stdout
    folder, *pids = run.stdout.readline().split()
    run.send_signal(signal.SIGKILL)
    run.communicate()
    limit = time.monotonic() + 10
    while any(Path("/proc", pid, "exe").exists() for pid in pids):
        assert time.monotonic() < limit, [Path("/proc", pid, "cmdline").read_text() for pid in pids]
        time.sleep(0.05)
    subprocess.run(["rm", "-r", "--", folder], check=True)


@pytest.mark.parametrize(
    "args",
    [
        ["--get-zones"], ["--zone=work", "--list-all"], ["--zone=nowhere", "--list-all"],
        ["--zone=public", "--query-interface=eth7"], ["--nonsense"], ["--add-rich-rule=\u2603"],
        ["--permanent", "--zone=public", "--set-description=a b\nc \udcff"],
    ],
    ids=str,
)
def test_a_forked_program_is_the_program(lab: Lab, args: list[str]) -> None:
    """What labkit.warm starts says what an execution says, which env(1) makes of it."""
    forked, executed = lab.run("firewall-cmd", *args), lab.run("env", "firewall-cmd", *args)
    assert replace(forked, seconds=0) == replace(executed, seconds=0)


def test_the_forked_firewalld_is_where_it_should_be(lab: Lab) -> None:
    """It is in the namespaces of the host, and has none of the files of the process that forked it."""
    process = Path("/proc", str(lab.firewalld.service.pid))
    assert (process / "comm").read_text() == "firewalld\n"
    for space in ("net", "mnt"):
        ours = Path("/proc", str(lab.host.pid), "ns", space)
        assert (process / "ns" / space).readlink() == ours.readlink()
    environment = (process / "environ").read_bytes()
    assert b"NICFIX" not in environment and b"PYTEST" not in environment
    assert len(list((process / "fd").iterdir())) < 12


def test_networkmanager_binds_an_uplink_whose_profile_names_no_zone(make_lab: LabMaker) -> None:
    profile = ethernet_profile("uplink", UPLINK, f"{UPLINK_ADDRESS}/24", OUTSIDE)
    lab = make_lab(profiles={"uplink": profile})
    assert UPLINK in lab.firewall_cmd("--zone=public", "--list-interfaces")
    assert (lab.ping(), lab.tcp()) == ("reply", "connected")


def test_networkmanager_binds_nothing_it_did_not_bring_up(make_lab: LabMaker) -> None:
    lab = make_lab(profiles={})
    assert "connected (externally)" in lab.run("nmcli", "device").stdout
    assert lab.ping() == "filtered"


def test_a_broken_configuration_leaves_firewalld_failed(make_lab: LabMaker) -> None:
    broken = {"zones/public.xml": '<zone><source ipset="nosuch"/></zone>\n'}
    lab = make_lab(firewalld=FirewalldConfig(files=broken), firewalld_state="FAILED")
    assert lab.firewalld.state() == "FAILED"


def test_the_lab_has_configurations_of_its_own(make_lab: LabMaker) -> None:
    lab = make_lab(firewalld=FirewalldConfig(default_zone="work"))
    assert lab.firewall_cmd("--get-default-zone") == "work"
    lab.firewall_cmd("--permanent", "--zone=work", f"--add-interface={UPLINK}")
    assert "enp2s0" in (lab.folder / "firewalld" / "zones" / "work.xml").read_text()
    assert not list(Path("/etc/firewalld/zones").glob("work.xml"))


def test_another_connection_is_no_answer_to_a_probe(make_lab: LabMaker) -> None:
    """Even where the port of its client is the number of the probe."""
    lab = make_lab()
    lab.firewall_cmd("--zone=public", f"--add-interface={UPLINK}")
    mac = lab.host.run("cat", f"/sys/class/net/{UPLINK}/address").stdout.decode().strip()
    prober = Prober(lab.host, {UPLINK: (lab.ext, mac)}, tcp_ports=(22,))
    probe = Probe(22000, UPLINK, None, OUTSIDE, UPLINK_ADDRESS, "tcp", 80)
    try:
        with lab.ext.socket() as client:
            client.bind((OUTSIDE, probe.number))
            client.connect((UPLINK_ADDRESS, 22))
        assert prober.fates([probe]) == {probe.number: "reject"}
    finally:
        prober.close()
