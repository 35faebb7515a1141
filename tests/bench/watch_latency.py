# SPDX-License-Identifier: GPL-2.0-or-later
"""Measures the time from a kernel event to the report of nicfix watch: again and again an uplink
appears that is in no zone, with a second between. With --storm the MTU of a link changes a hundred
times a second.

    /usr/bin/python3 tests/bench/watch_latency.py build/src/nicfix [--times 100] [--storm]

Both are time stamps of the same clock: the first is from `ip -tshort monitor`, for the route that
makes the link an uplink, and the second is in the document that nicfix writes.
"""
from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

sys.path.insert(0, str(Path(__file__).parents[1] / "lab"))

from lab import Lab, Plan  # noqa: E402  (the lab is not a package)

UPLINK = "enp9s0"
APPEAR = (
    f"link add {UPLINK} type veth peer name other\naddr add 203.0.113.5/24 dev {UPLINK}\n"
    f"link set {UPLINK} up\nlink set other up\nroute add default dev {UPLINK} metric 500\n"
)


def time_of_event(monitor: IO[str]) -> datetime:
    """When the kernel told of the default route by the uplink."""
    for line in monitor:
        found = re.match(rf"\[(\S+)\] default .*dev {UPLINK}\b", line)
        if found and "Deleted" not in line:
            return datetime.fromisoformat(found[1]).astimezone()
    raise EOFError("ip monitor has ended")


def time_of_news(news: IO[str], event: str) -> datetime:
    """When nicfix told of it."""
    for line in news:
        told = json.loads(line)
        if (told["event"], told["interface"]) == (event, UPLINK):
            return datetime.fromisoformat(told["time"])
    raise EOFError("nicfix has ended")


@contextlib.contextmanager
def storm(lab: Lab) -> Iterator[None]:
    """An event every 10 ms."""
    over = threading.Event()

    def blow() -> None:
        command = lab.host.command(["ip", "-batch", "-"])
        with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as process:
            assert process.stdin
            for mtu in itertools.cycle((1400, 1500)):
                if over.wait(0.01):
                    break
                print(f"link set cni0 mtu {mtu}", file=process.stdin, flush=True)

    thread = threading.Thread(target=blow)
    thread.start()
    yield
    over.set()
    thread.join()


def measure(lab: Lab, times: int) -> list[float]:
    """The milliseconds of each time."""
    latencies = []
    monitor_command = lab.host.command(["ip", "-tshort", "-oneline", "monitor", "route"])
    with lab.nicfix_running("watch", "--json") as watch, subprocess.Popen(
        monitor_command, stdout=subprocess.PIPE, text=True
    ) as monitor:
        assert watch.stdout and monitor.stdout
        watch.stdout.readline()
        for _ in range(times):
            time.sleep(1)
            lab.host.ip(APPEAR)
            begin = time_of_event(monitor.stdout)
            end = time_of_news(watch.stdout, "appeared")
            latencies.append((end - begin).total_seconds() * 1000)
            lab.host.ip(f"link del {UPLINK}\n")
            time_of_news(watch.stdout, "cleared")
        monitor.terminate()
    return latencies


def main() -> None:
    """Prints the median and the worst."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("nicfix", type=Path)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--storm", action="store_true")
    options = parser.parse_args()
    with Lab(options.nicfix.resolve(), Plan()) as lab:
        with storm(lab) if options.storm else contextlib.nullcontext():
            latencies = measure(lab, options.times)
    print(
        f"{len(latencies)} events: median {statistics.median(latencies):.0f} ms, "
        f"worst {max(latencies):.0f} ms"
    )


if __name__ == "__main__":
    main()
