#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares `nicfix denied --file` with awk and grep on a log of which one line in twenty is of a
denial. They run in turn on the same file, which is in the page cache, and the processor time is
compared. Needs neither root nor firewalld.

    /usr/bin/python3 tests/bench/denied_log.py build/src/nicfix [--megabytes 300] [--format iso]
"""
from __future__ import annotations

import argparse
import random
import resource
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
_INCIDENT = HERE.parent / "unit" / "fixtures" / "incident.json"

_NOISE = (
    "sshd[{n}]: Accepted publickey for deploy from 10.0.{a}.{b} port {n} ssh2: ED25519 Zz{n}",
    "systemd[1]: Started session-{n}.scope - Session {n} of User deploy.",
    "kernel: [{n}.221898] cni0: port {a}(veth{n:08x}) entered forwarding state",
    'kubelet[812]: I0407 08:45:19.{n:06d}  812 scope.go:117] "RemoveContainer" ID="{n:064x}"',
    'containerd[655]: time="2026-04-07T08:45:19Z" level=info msg="StopPodSandbox for {n:032x}"',
    "CRON[{n}]: (root) CMD (test -x /usr/sbin/anacron || run-parts --report /etc/cron.hourly)",
)
_DENIAL = (
    'kernel: [{n}.221898] "filter_FWD_public_REJECT: "IN=cni0 OUT=enp2s0 PHYSIN=veth{n:08x} '
    "MAC=36:50:69:84:9b:2c:4e:65:15:1d:9d:92:08:00 SRC=10.244.2.{b} DST=192.168.150.{a} LEN=60 "
    "TOS=0x00 PREC=0x00 TTL=63 ID={n} DF PROTO=TCP SPT={n} DPT={port} WINDOW=64860 RES=0x00 SYN "
    "URGP=0 "
)
_TIMES: dict[str, Callable[[datetime], str]] = {
    "syslog": lambda time: time.strftime("%b %e %H:%M:%S"),
    "iso": lambda time: time.isoformat(timespec="microseconds") + "+02:00",
    "short-iso": lambda time: time.strftime("%Y-%m-%dT%H:%M:%S+0200"),
    "dmesg": lambda time: f"[{time.timestamp() % 1e6:12.6f}]",
}

# What awk is to do: find the lines, take the fields, and count by rule, links, protocol and port.
_AWK = """
/IN=.*OUT=/ && /(IN|FWD|FWDI|FWDO|OUT)_[^ ]*_(REJECT|DROP)|FINAL_REJECT|STATE_INVALID_DROP/ {
    prefix = link_in = link_out = protocol = port = ""
    for (i = 1; i <= NF; i++) {
        if ($i ~ /^"?(filter_)?(IN|FWD|FWDI|FWDO|OUT)_.*:/) prefix = $i
        else if ($i ~ /^"?IN=/) link_in = substr($i, index($i, "=") + 1)
        else if ($i ~ /^OUT=/) link_out = substr($i, 5)
        else if ($i ~ /^SRC=/) source = substr($i, 5)
        else if ($i ~ /^PROTO=/) protocol = substr($i, 7)
        else if ($i ~ /^DPT=/) port = substr($i, 5)
    }
    key = prefix " " link_in " " link_out " " protocol " " port
    count[key]++
    last[key] = $1 " " $2 " " $3
}
END { for (key in count) print count[key], key, last[key] }
"""


def lines(form: str, share: float) -> Iterator[str]:
    """Lines without an end; SHARE of them are of denials."""
    chance = random.Random(1)
    time = datetime(2026, 4, 7, 8, 45, 19)
    words = _TIMES[form]
    host = "" if form == "dmesg" else " worker"
    while True:
        time += timedelta(milliseconds=chance.randrange(40))
        n = chance.randrange(1024, 65536)
        line = _DENIAL if chance.random() < share else chance.choice(_NOISE)
        if form == "dmesg":
            line = line.removeprefix("kernel: [{n}.221898] ")
        text = line.format(n=n, a=n % 250, b=n % 251, port=chance.choice((53, 443, 8629, n)))
        yield f"{words(time)}{host} {text}\n"


def write_log(path: Path, form: str, size: int, share: float) -> None:
    """SIZE bytes: a piece of them is made, and repeated."""
    piece = bytearray()
    for line in lines(form, share):
        piece += line.encode()
        if len(piece) >= min(size, 20_000_000):
            break
    with path.open("wb") as file:
        for _ in range(max(1, size // len(piece))):
            file.write(piece)


def processor_time(argv: list[str]) -> float:
    """The seconds that one run takes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(argv, capture_output=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{argv[0]}: {done.stderr.decode()}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Prints a line for each program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("nicfix", type=Path, nargs="+", help="the first is the measure")
    parser.add_argument("--megabytes", type=int, default=300)
    parser.add_argument("--share", type=float, default=0.05, help="of lines that are of denials")
    parser.add_argument("--format", choices=_TIMES, default="syslog", help="of the times")
    parser.add_argument("--runs", type=int, default=3, help="of each program, in turn")
    parser.add_argument("--keep", type=Path, help="write the log here, and keep it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        log = options.keep or Path(folder) / "kern.log"
        write_log(log, options.format, options.megabytes * 1_000_000, options.share)
        rest = ["denied", "--snapshot", str(_INCIDENT), "--file", str(log)]
        programs = {str(nicfix): [str(nicfix.resolve()), *rest] for nicfix in options.nicfix}
        programs |= {awk: [awk, _AWK, str(log)] for awk in ("mawk", "gawk") if shutil.which(awk)}
        programs["grep"] = ["grep", "-c", "-E", "_(REJECT|DROP): ", str(log)]
        times: dict[str, list[float]] = {name: [] for name in programs}
        for _ in range(options.runs):
            for name, argv in programs.items():
                times[name].append(processor_time(argv))
        ours = times[str(options.nicfix[0])]
        for name, taken in times.items():
            ratio = statistics.median(other / own for other, own in zip(taken, ours))
            print(f"{name:24} {statistics.median(taken):7.2f} s   {ratio:6.2f} of the first")


if __name__ == "__main__":
    main()
