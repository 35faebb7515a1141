# SPDX-License-Identifier: GPL-2.0-or-later
"""Users who logged in over SSH are warned before a change locks them out: over a real session to a
real sshd."""
from __future__ import annotations

import contextlib
import shlex
from collections.abc import Iterator

import pytest

from lab import UPLINK, UPLINK_ADDRESS, Lab, LabMaker
from labkit.firewalld import FORWARD, FirewalldConfig
from labkit.program import Outcome
from labkit.ssh import Session, Sshd

# The zone "closed" has no ssh. Its target rejects instead of dropping: the tests need not wait.
CLOSED = FirewalldConfig(zones={"closed": FORWARD})
BIND = ("apply", "--zone", "closed", "--interface", UPLINK, "--bind-downstream", "--json")


class Remote:
    """A lab whose administrator sits outside, logged in by SSH."""

    def __init__(self, lab: Lab, sshd: Sshd, session: Session) -> None:
        self.lab = lab
        self.sshd = sshd
        self.session = session

    def nicfix(self, *args: str, before: tuple[str, ...] = ()) -> Outcome:
        """Runs nicfix in the session through the command BEFORE."""
        env = [f"{name}={value}" for name, value in self.lab.bus.env.items()]
        return self.session.run(*before, "env", *env, *self.lab.nicfix_command(*args))

    def can_come_back(self) -> bool:
        """Whether a new connection is accepted."""
        return self.sshd.lets_in(self.lab.ext)


@pytest.fixture
def remote(make_lab: LabMaker) -> Iterator[Remote]:
    """The node of the incident, with somebody logged in through the uplink."""
    lab = make_lab(firewalld=CLOSED)
    with contextlib.ExitStack() as cleanup:
        sshd = Sshd(lab.host, lab.folder, UPLINK_ADDRESS)
        cleanup.callback(sshd.service.stop)
        sshd.start()
        yield Remote(lab, sshd, cleanup.enter_context(sshd.login(lab.ext)))


# Commands between the login and nicfix that hide SSH_CONNECTION from it.
WAYS = {
    "directly": (),
    "with an empty environment, as by sudo": ("env", "-i"),
    "from a shell in a shell": ("sh", "-c", 'env -i sh -c \'"$@"; exit $?\' sh "$@"; exit $?', "sh"),
    "in a session of its own": ("setsid", "--wait", "env", "-i"),
}


@pytest.mark.parametrize("way", WAYS)
def test_it_is_refused(remote: Remote, way: str) -> None:
    """nicfix finds its own connection, however it was started."""
    before = remote.lab.firewall_now()
    refused = remote.nicfix(*BIND, before=WAYS[way])
    assert refused.code == 2, refused
    message = refused.json["error"]["message"]
    assert "this would lock you out" in message
    assert f"port 22 on {UPLINK}" in message
    assert remote.lab.firewall_now() == before
    assert remote.can_come_back()


def test_it_is_done_with_force(remote: Remote) -> None:
    """The session stays open, and the warning was right: no new one is possible."""
    assert remote.can_come_back()
    forced = remote.nicfix(*BIND, "--force")
    assert forced.code == 0, forced
    assert not remote.can_come_back()
    assert remote.session.run("echo", "still here").stdout == "still here\n"
    assert remote.nicfix("undo").code == 0
    assert remote.can_come_back()


def test_it_is_undone_when_the_session_is_gone(remote: Remote) -> None:
    """With --confirm-within, a locked-out user without a session gets in again."""
    before = remote.lab.firewall_now()
    tried = remote.nicfix(*BIND, "--force", "--confirm-within", "4")
    assert tried.code == 0, tried
    remote.session.cut()
    assert not remote.can_come_back()
    remote.sshd.service.wait_until(remote.can_come_back, "way back")
    record = remote.lab.bus.state / "last-change"
    remote.sshd.service.wait_until(lambda: not record.exists(), "end of the change")
    now = remote.lab.firewall_now()
    assert (now["running"], now["permanent"]) == (before["running"], before["permanent"])


def test_the_hint_works(remote: Remote) -> None:
    """The hint has the command, and what else it is needed for."""
    hint = remote.nicfix(*BIND).json["error"]["hint"]
    command, found, _ = hint.removeprefix("first run ").partition(", and again with --permanent")
    assert found, hint
    firewall_cmd, *options = shlex.split(command)
    for scope in ([], ["--permanent"]):
        assert remote.lab.run(firewall_cmd, *scope, *options).code == 0
    done = remote.nicfix(*BIND)
    assert done.code == 0, done
    assert remote.can_come_back()
    remote.lab.firewalld.restart()
    assert remote.can_come_back()


def test_a_change_that_keeps_ssh_open_is_allowed(remote: Remote) -> None:
    """The incident's own fix: zone public has ssh."""
    done = remote.nicfix("apply", "--zone", "public")
    assert done.code == 0, done
    assert remote.can_come_back()


def test_a_session_with_another_host_does_not_matter(remote: Remote) -> None:
    """Its address is not an address of this host: it went to another machine."""
    elsewhere = {"SSH_CONNECTION": "203.0.113.5 50000 203.0.113.6 22"}
    refused = remote.lab.nicfix(*BIND, env=elsewhere)
    assert refused.code == 2, refused
    assert "lock you out" not in refused.stderr
    assert "a service listens there" in refused.stderr
