# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin for Kubernetes' node-problem-detector, run as its plugin.go runs one: from the
configuration of examples/node-problem-detector."""
from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from lab import UPLINK, Lab, LabMaker
from labkit import users
from labkit.firewalld import FORWARD, FirewalldConfig, bound

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "node-problem-detector" / "nicfix-monitor.json"
CONFIG = json.loads(EXAMPLE.read_text())
(RULE,) = CONFIG["rules"]
COVERED = FirewalldConfig(zones={"public": FORWARD + bound(UPLINK)})


def seconds(duration: str) -> int:
    """One of Go's durations, in seconds."""
    match = re.fullmatch(r"(\d+)s", duration)
    assert match, duration
    return int(match[1])


def plugin(lab: Lab, *more: str, fail_on: str = "error", **options: Any) -> tuple[str, str]:
    """The status and the message that node-problem-detector takes from a run of the rule."""
    args = [fail_on if word == "error" else word for word in RULE["args"]]
    outcome = lab.nicfix(*args, *more, **options)
    assert outcome.seconds < seconds(RULE["timeout"]), outcome
    message = outcome.stdout.encode().strip()
    # plugin.go cuts bytes, not characters: nothing may be left to cut.
    assert len(message) <= CONFIG["pluginConfig"]["max_output_length"], outcome
    # A program that counts what is covered may say there that this user cannot write the count.
    assert outcome.stdout.count("\n") == 1 and "nicfix:" not in outcome.stderr, outcome
    return {0: "OK", 1: "NonOK"}.get(outcome.code, "Unknown"), message.decode()


def test_the_configuration_is_one_that_it_takes() -> None:
    """What its CustomPluginConfig.Validate() looks at, and what it knows how to read."""
    assert CONFIG["plugin"] == "custom"
    assert RULE["type"] == "permanent"
    assert RULE["condition"] in {condition["type"] for condition in CONFIG["conditions"]}
    assert all(set(one) == {"type", "reason", "message"} for one in CONFIG["conditions"])
    assert seconds(RULE["timeout"]) <= seconds(CONFIG["pluginConfig"]["timeout"])
    assert seconds(CONFIG["pluginConfig"]["invoke_interval"]) >= seconds(RULE["timeout"])
    assert Path(RULE["path"]).is_absolute()


def test_a_problem_and_its_end(lab: Lab) -> None:
    """The condition is true until the uplink is bound, unknown once firewalld is gone."""
    status, message = plugin(lab)
    assert (status, message.partition(":")[0]) == ("NonOK", "uplink-unbound")
    assert lab.nicfix("apply").code == 0
    assert plugin(lab) == ("OK", "every uplink is covered (1 uplink, 1 downstream)")
    lab.firewalld.service.stop()
    status, message = plugin(lab)
    assert status == "Unknown" and "firewalld" in message


def test_a_warning_is_a_problem_where_it_is_asked_for(make_lab: LabMaker) -> None:
    """--fail-on decides."""
    lab = make_lab(firewalld=COVERED)
    lab.firewall_cmd("--permanent", "--zone=public", f"--remove-interface={UPLINK}")
    assert plugin(lab)[0] == "OK"
    status, message = plugin(lab, fail_on="warning")
    assert (status, message.partition(":")[0]) == ("NonOK", "runtime-only-binding")


def test_what_cannot_be_read_is_unknown(make_lab: LabMaker) -> None:
    """Each way to exit with 2, 3 or 4 without this format."""
    lab = make_lab(firewalld=COVERED)
    (lab.folder / "rubbish.json").write_text("rubbish")
    nowhere = {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={lab.folder}/nowhere"}
    ways: list[tuple[int, tuple[str, ...], dict[str, Any]]] = [
        (2, ("--snapshot", str(lab.folder / "rubbish.json")), {}),
        (2, ("--uplink", "nowhere0"), {}),
        (3, (), {"env": nowhere}),
        (4, (), {"user": users.STRANGER}),
    ]
    for code, words, options in ways:
        assert lab.nicfix("check", *words, **options).code == code
        status, message = plugin(lab, *words, **options)
        assert status == "Unknown" and message


def test_not_after_a_reload(lab: Lab) -> None:
    """A plugin tells of what is."""
    outcome = lab.nicfix(*RULE["args"], "--after", "reload")
    assert (outcome.code, outcome.stdout) == (2, "")
    assert "--format npd is only for the current state" in outcome.stderr
