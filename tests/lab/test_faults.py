# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever fails at any step of `nicfix apply`, the host is left in the old state or in the new
one, and the exit status says which; or the message lists how to restore the old one."""
from __future__ import annotations

import contextlib
import itertools
import signal
import zlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest

from fault_loop import (
    BIND,
    CONFIRM,
    MOVE,
    MOVE_PROFILE,
    PUBLIC,
    RENAMED,
    UNDO,
    UNDO_PROFILE,
    Bound,
    End,
    FaultLoop,
    Job,
    NotReached,
    Point,
    counted,
    points_of,
    without_repetitions,
)
from lab import FULL, OUTSIDE, UPLINK, UPLINK_ADDRESS, LabMaker
from labkit.program import Outcome
from labkit.tap import Fault, Instead

Act = Callable[[FaultLoop], object]
Record = Callable[[str, object], None]
STRIDE = 1 if FULL else 8  # of the points of a sweep
LABS = 8 if FULL else 3  # at most at once


def all_or_nothing(job: Job, end: End, _: Outcome) -> Bound:
    """What may be left if nobody else interferes."""
    return job.new if end == "new" else job.old


@dataclass(frozen=True)
class Trouble:
    """A fault, how it ends, and what may be left."""

    begin: Act
    end: Act = lambda loop: None  # after the run, so that there is something to look at
    lasts_one_call: bool = False  # it ends before the next call
    every_call: bool = False  # else without repetitions
    spares: tuple[str, ...] = ()  # methods before which it is not tried
    args: tuple[str, ...] = ()
    labs: int = 1  # at once, where a run mostly waits
    polkit_rules: Mapping[str, str] | None = None  # as in Plan
    left: Callable[[Job, End, Outcome], Bound] = all_or_nothing
    or_left: Callable[[Job, End, Outcome], Bound] | None = None  # as well
    worlds: tuple[Bound, ...] = ()  # that may be left, beside the old and the new


# ---- faults ----


def to_nicfix(number: signal.Signals) -> Act:
    """A signal."""
    return lambda loop: loop.tap.signal_program(number)


def to_firewalld(number: signal.Signals) -> Act:
    """A signal."""
    return lambda loop: loop.lab.firewalld.service.send(number)


def to_polkitd(number: signal.Signals) -> Act:
    """A signal."""
    return lambda loop: loop.lab.polkit.service.send(number)


def to_networkmanager(number: signal.Signals) -> Act:
    """A signal."""
    return lambda loop: loop.lab.networkmanager.service.send(number)


def bus_hangs_up(loop: FaultLoop) -> None:
    """As it does when it is restarted."""
    loop.tap.hang_up()


def files_are_read_only(loop: FaultLoop) -> None:
    """firewalld can write none of its own."""
    loop.doubts_files = True
    loop.lab.host.run("mount", "-o", "remount,bind,ro", "/etc/firewalld")


def files_are_writable(loop: FaultLoop) -> None:
    """Again."""
    loop.lab.host.run("mount", "-o", "remount,bind,rw", "/etc/firewalld")


def disk_is_full(loop: FaultLoop) -> None:
    """firewalld's files have a disk of their own from the first time on, which has room for no
    more. A backup of firewalld's that it can make shorter would give it some."""
    loop.doubts_files = True
    loop.lab.host.run("sh", "-euc", """
        if ! findmnt -n -t tmpfs /etc/firewalld >/dev/null; then
            mkdir -p /run/disk; mount -t tmpfs -o size=256k tmpfs /run/disk
            cp -a /etc/firewalld/. /run/disk; mount --bind /run/disk /etc/firewalld
        fi
        rm -f /etc/firewalld/zones/*.old
        dd if=/dev/zero of=/etc/firewalld/filler bs=4k 2>/dev/null || true""")


def disk_has_room(loop: FaultLoop) -> None:
    """Again."""
    loop.lab.host.run("rm", "-f", "/etc/firewalld/filler")


def firewalld_is_killed(loop: FaultLoop) -> None:
    """It leaves its rules in the kernel. They are removed here, because firewalld 1.3.3 keeps them
    when it starts, and adds all of its own again."""
    loop.lab.firewalld.service.stop(signal.SIGKILL)
    loop.lab.host.run("nft", "flush", "ruleset")


def networkmanager_restarts(loop: FaultLoop) -> None:
    """The link stays as it is."""
    loop.lab.networkmanager.service.stop()
    loop.lab.networkmanager.start(UPLINK)


def networkmanager_is_killed(loop: FaultLoop) -> None:
    """The link stays as it is."""
    loop.lab.networkmanager.service.stop(signal.SIGKILL)


def networkmanager_starts(loop: FaultLoop) -> None:
    """Again."""
    loop.lab.networkmanager.start(UPLINK)


def link_goes(loop: FaultLoop) -> None:
    """The uplink is unplugged."""
    loop.lab.host.ip(f"link del {UPLINK}")


def link_comes(loop: FaultLoop) -> None:
    """It is plugged in again."""
    loop.lab.host.ip(
        f"link add {UPLINK} type veth peer name eth0 netns {loop.lab.ext.pid}\n"
        f"addr add {UPLINK_ADDRESS}/24 dev {UPLINK}\n"
        f"link set {UPLINK} up\n"
        f"route add default via {OUTSIDE} dev {UPLINK}\n"
    )
    loop.lab.ext.ip(f"addr add {OUTSIDE}/24 dev eth0\nlink set eth0 up\n")


def rename(old: str, new: str) -> Act:
    """The uplink is renamed; before Linux 6.2 it has to be down for that."""
    return lambda loop: loop.lab.host.ip(
        f"link set {old} down\nlink set {old} name {new}\nlink set {new} up\n"
        f"route add default via {OUTSIDE} dev {new}\n"
    )


def whatever_it_is_called(job: Job, end: End, outcome: Outcome) -> Bound:
    """A run that begins after the renaming binds the new name."""
    interface = outcome.json["actions"][0]["interface"] if end == "new" else UPLINK
    return all_or_nothing(job, end, outcome)._replace(interface=interface)


def other_client_binds(loop: FaultLoop) -> None:
    """Another client moves the uplink in the running firewall."""
    loop.client.bind(UPLINK, "dmz")


def other_client_binds_for_good(loop: FaultLoop) -> None:
    """Another client moves the uplink in both configurations."""
    loop.client.bind(UPLINK, "dmz")
    loop.bind_for_good("dmz")


def what_lasts(job: Job, end: End, outcome: Outcome) -> Bound:
    """firewalld has started anew: the running firewall is as the permanent configuration says. If
    that was undone afterwards, it is as before, and the trial goes on."""
    left = all_or_nothing(job, end, outcome)
    return left._replace(now=left.lasting)


def is_planned(end: End, outcome: Outcome) -> bool:
    """Whether the run moved what the other client had bound: its rules changed while nicfix read
    the host, which then looked again, and --move is what the user asked for."""
    actions = outcome.json["actions"] if end == "new" else []
    return any(one["from"] == "dmz" for one in actions[:1])


def what_the_other_client_did(job: Job, end: End, outcome: Outcome) -> Bound:
    """Its binding is there, whatever happened to ours."""
    assert end != "listed", outcome
    left = all_or_nothing(job, end, outcome)
    return left if is_planned(end, outcome) else left._replace(now="dmz")


def what_the_other_client_did_for_good(job: Job, end: End, outcome: Outcome) -> Bound:
    """Its bindings are there."""
    return job.new if is_planned(end, outcome) else Bound("dmz", "dmz")


SOON = ("--timeout", "1")
SIGTERM = Trouble(to_nicfix(signal.SIGTERM), every_call=True)
FIREWALLD_RESTARTS = Trouble(lambda loop: loop.lab.firewalld.restart())
OTHER_CLIENT = Trouble(
    other_client_binds,
    left=what_the_other_client_did,
    worlds=(Bound("dmz"), Bound("dmz", "work"), Bound("dmz", "public")),
)
OTHER_CLIENT_FOR_GOOD = Trouble(
    other_client_binds_for_good,
    left=what_the_other_client_did_for_good,
    worlds=(Bound("dmz", "dmz"),),
)
TROUBLES = {
    "SIGTERM": SIGTERM,
    "firewalld restarts": FIREWALLD_RESTARTS,
    "firewalld is killed": Trouble(
        firewalld_is_killed, lambda loop: loop.lab.firewalld.start(), args=SOON, labs=6
    ),
    "firewalld freezes": Trouble(
        to_firewalld(signal.SIGSTOP), to_firewalld(signal.SIGCONT), args=SOON, labs=8
    ),
    "polkitd freezes": Trouble(
        to_polkitd(signal.SIGSTOP), to_polkitd(signal.SIGCONT), args=SOON, labs=8, polkit_rules={}
    ),
    "firewalld is too slow": Trouble(
        to_firewalld(signal.SIGSTOP), to_firewalld(signal.SIGCONT), lasts_one_call=True, args=SOON
    ),
    "the link goes": Trouble(link_goes, link_comes),
    "the link is renamed": Trouble(
        rename(UPLINK, RENAMED),
        rename(RENAMED, UPLINK),
        left=whatever_it_is_called,
        worlds=(PUBLIC._replace(interface=RENAMED),),
    ),
    "another client binds it": OTHER_CLIENT,
    "another client binds it for good": OTHER_CLIENT_FOR_GOOD,
}
OTHER_CLIENTS = {name: TROUBLES[name] for name in TROUBLES if name.startswith("another client")}
STARTS = ("firewalld restarts", "firewalld is killed")
STOPS = (*STARTS, "firewalld freezes", "firewalld is too slow")
ANSWER_TROUBLES = {
    "a call fails": Trouble(lambda loop: Instead.ERROR),
    "the bus refuses a call": Trouble(lambda loop: Instead.REFUSAL),
    "a call is never answered": Trouble(lambda loop: Instead.NOTHING, args=SOON, labs=3),
    "the bus hangs up": Trouble(bus_hangs_up),
}
FILE_TROUBLES = {
    "files are read-only": Trouble(files_are_read_only, files_are_writable),
    "the disk is full": Trouble(disk_is_full, disk_has_room),
}
# firewalld has no call that compares and moves: a change between nicfix's check and its call
# goes unnoticed.
NO_COMPARING = ("changeZoneOfInterface",)
MOVE_TROUBLES = {
    "SIGTERM": SIGTERM,
    "firewalld restarts": FIREWALLD_RESTARTS,
    "another client binds it": replace(OTHER_CLIENT, spares=NO_COMPARING),
    "another client binds it for good": replace(OTHER_CLIENT_FOR_GOOD, spares=NO_COMPARING),
}
NM_TROUBLES = {
    "NetworkManager restarts": Trouble(networkmanager_restarts),
    "NetworkManager is killed": Trouble(networkmanager_is_killed, networkmanager_starts, args=SOON),
    "NetworkManager freezes": Trouble(
        to_networkmanager(signal.SIGSTOP), to_networkmanager(signal.SIGCONT), args=SOON, labs=3
    ),
    "NetworkManager is too slow": Trouble(
        to_networkmanager(signal.SIGSTOP),
        to_networkmanager(signal.SIGCONT),
        lasts_one_call=True,
        args=SOON,
    ),
}
# What somebody changes in the running firewall alone, NetworkManager changes back of its own
# accord; and it takes a profile without comparing it with what it has.
PROFILE_TROUBLES = {
    "SIGTERM": SIGTERM,
    "firewalld restarts": FIREWALLD_RESTARTS,
    "another client binds it for good": replace(
        OTHER_CLIENT_FOR_GOOD, spares=(*NO_COMPARING, "Update2")
    ),
    **{name: NM_TROUBLES[name] for name in ("NetworkManager restarts", "NetworkManager freezes")},
}


# ---- the loops ----


def select(trouble: Trouble, points: Sequence[Point]) -> list[Point]:
    """Those of POINTS at which TROUBLE is tried."""
    if trouble.lasts_one_call:  # a late answer only matters if nicfix waits for it
        return [one for one in points if one.moment == "before" and one.method in ALONE]
    points = [
        one for one in points if one.moment == "after" or one.method not in trouble.spares
    ]
    return list(points) if trouble.every_call else without_repetitions(points)


def sampled(record: Record, kind: str, points: Sequence[Point]) -> list[Point]:
    """One of STRIDE of POINTS, the first, the last, and those after a change was carried out. Where
    it begins depends on KIND alone: each kind meets the same points in every run, and not all kinds
    the same. The summary says which."""
    begin = zlib.crc32(kind.encode()) % STRIDE
    chosen = [
        point
        for number, point in enumerate(points)
        if number % STRIDE == begin or point.moment == "after" or number in (0, len(points) - 1)
    ]
    if STRIDE > 1:
        told = f"{len(chosen)} of {len(points)} points, 1 of {STRIDE} from number {begin} on"
        record("sweep", f"{kind}: {told}")
    return chosen


# Calls that are made one at a time, not in a batch: the steps of a change.
ALONE = (
    "checkPermanentConfig",
    "getZoneByName",
    "addInterface",
    "removeInterface",
    "changeZoneOfInterface",
    "GetConnectionByUuid",
    "Update2",
)


def try_at(loop: FaultLoop, trouble: Trouble, point: Point, spoil: Sequence[Fault] = ()) -> None:
    """One run with one fault, and with SPOIL before, which takes the link away."""
    faults = [Fault(lambda: trouble.begin(loop), point.number, point.moment)]
    if trouble.lasts_one_call:
        faults.append(Fault(lambda: trouble.end(loop), point.number + 1))
    outcome = loop.run(*trouble.args, faults=[*faults, *spoil])
    trouble.end(loop)
    if spoil:
        link_comes(loop)
    end = loop.end_of(outcome)
    lefts = [left(loop.job, end, outcome) for left in (trouble.left, trouble.or_left) if left]
    loop.count(end, lefts[0], f"{point}\n{outcome}", *lefts[1:])
    loop.restore()


def try_if_reached(loop: FaultLoop, trouble: Trouble, point: Point) -> None:
    """The same; a run may look at the host once less than the one whose calls were counted."""
    try:
        try_at(loop, trouble, point)
    except NotReached:
        loop.ends[loop.kind, "not reached"] += 1
        trouble.end(loop)
        loop.restore()


Choose = Callable[[Sequence[str]], Sequence[tuple[str, Trouble, Point]]]


def try_chosen(
    make_lab: LabMaker, record: Record, job: Job, troubles: Mapping[str, Trouble], choose: Choose
) -> None:
    """What CHOOSE makes of a run's calls, shared out among labs. What a lab's services start
    meanwhile lives as long as its thread."""
    plans = [one.polkit_rules for one in troubles.values()]
    worlds = {world: None for one in troubles.values() for world in one.worlds}
    count = min(LABS, max(one.labs for one in troubles.values()))
    with contextlib.ExitStack() as stack:
        labs = [make_lab(**job.plan, polkit_rules=plans[0]) for _ in range(count)]
        loops = [stack.enter_context(FaultLoop(lab, job, *worlds)) for lab in labs]
        chosen = choose(loops[0].calls())
        stack.enter_context(counted(record, loops))

        def work(number: int) -> None:
            for kind, trouble, point in chosen[number :: len(loops)]:
                loops[number].kind = kind
                try_if_reached(loops[number], trouble, point)

        with ThreadPoolExecutor(len(loops)) as threads:
            for done in [threads.submit(work, number) for number in range(len(loops))]:
                done.result()


def try_each(
    make_lab: LabMaker,
    record: Record,
    sweep: str,
    job: Job,
    name: str,
    trouble: Trouble,
    points: Callable[[Sequence[str]], Sequence[Point]],
) -> None:
    """One trouble at the POINTS of a run's calls, or a sample of them."""

    def choose(calls: Sequence[str]) -> Sequence[tuple[str, Trouble, Point]]:
        selected = select(trouble, points(calls))
        return [(name, trouble, point) for point in sampled(record, sweep, selected)]

    try_chosen(make_lab, record, job, {name: trouble}, choose)


@pytest.mark.parametrize("name", TROUBLES)
def test_at_each_call(make_lab: LabMaker, record_property: Record, name: str) -> None:
    """Once for each call of `nicfix apply --zone public`, or for a sample of them."""
    try_each(make_lab, record_property, name, BIND, name, TROUBLES[name], points_of)


JOBS = {
    f"{job_name}: {name}": (job, name, trouble)
    for job_name, job, troubles in (
        ("bind", BIND, {**ANSWER_TROUBLES, **FILE_TROUBLES}),
        ("move", MOVE, {**MOVE_TROUBLES, **FILE_TROUBLES}),
        ("confirm", CONFIRM, FILE_TROUBLES),
        ("move by profile", MOVE_PROFILE, PROFILE_TROUBLES),
    )
    for name, trouble in troubles.items()
}


def steps(calls: Sequence[str]) -> list[Point]:
    """Before and after each call that is made alone, and after the last of all."""
    points = points_of(calls)
    return [one for one in points if one.method in ALONE] + points[-1:]


@pytest.mark.parametrize("name", JOBS)
def test_at_each_step(make_lab: LabMaker, record_property: Record, name: str) -> None:
    """Once for each step of a move, which reads what a binding reads, or for a sample of them."""
    try_each(make_lab, record_property, name, *JOBS[name], steps)


# Every kind of fault for each job, beside those of which each point is tried.
SERVICE_STOPS = {name: TROUBLES[name] for name in ("SIGTERM", *STOPS)}
AFTER_START = {
    name: replace(TROUBLES[name], left=what_lasts, or_left=all_or_nothing, worlds=(Bound(),))
    for name in STARTS
}
ALL = {
    "bind": (BIND, ANSWER_TROUBLES),
    "move": (MOVE, {**ANSWER_TROUBLES, **FILE_TROUBLES, **SERVICE_STOPS}),
    "move by profile": (MOVE_PROFILE, {**ANSWER_TROUBLES, **NM_TROUBLES}),
    "undo": (UNDO, {**ANSWER_TROUBLES, **FILE_TROUBLES, **SERVICE_STOPS, **OTHER_CLIENTS}),
    "undo by profile": (UNDO_PROFILE, {**ANSWER_TROUBLES, **NM_TROUBLES, "SIGTERM": SIGTERM}),
    "confirm": (
        CONFIRM,
        {**ANSWER_TROUBLES, **FILE_TROUBLES, **SERVICE_STOPS, **AFTER_START},
    ),
}


def one_of_each(
    every: Sequence[tuple[str, Trouble, Point]]
) -> list[tuple[str, Trouble, Point]]:
    """Each kind of EVERY once, each later in a run than the kind before."""
    kinds = [list(row) for _, row in itertools.groupby(every, lambda one: one[0])]
    return [points[number * len(points) // len(kinds)] for number, points in enumerate(kinds)]


@pytest.mark.timeout(7200 if FULL else 600)
@pytest.mark.parametrize("name", ALL if FULL else [name for name in ALL if name != "bind"])
def test_every_kind(make_lab: LabMaker, record_property: Record, name: str) -> None:
    """Each kind of fault once in a job, at a call of its own; with NICFIX_FULL at all calls, those
    that take a while at each step."""
    job, troubles = ALL[name]
    labs = 6 if FULL else 1

    def choose(calls: Sequence[str]) -> Sequence[tuple[str, Trouble, Point]]:
        every = [
            (f"{name}: {kind}", trouble, point)
            for kind, trouble in troubles.items()
            for point in select(trouble, (steps if trouble.args else points_of)(calls))
        ]
        if FULL:
            return every
        chosen = one_of_each(every)
        told = ", ".join(f"{kind.partition(': ')[2]} {point}" for kind, _, point in chosen)
        record_property("sweep", f"{name}: {told}")
        return chosen

    same = {kind: replace(trouble, labs=labs) for kind, trouble in troubles.items()}
    try_chosen(make_lab, record_property, job, same, choose)


# ---- undoing ----


def spoiling(loop: FaultLoop) -> Fault:
    """The link disappears at the end, and everything is undone."""
    calls = loop.calls()
    last = max(number for number, method in enumerate(calls) if method == "addInterface")
    return Fault(lambda: link_goes(loop), last, "after")


def steps_of_undoing(loop: FaultLoop, spoil: Fault) -> list[Point]:
    """The steps after the missing link was noticed."""
    points = steps(loop.calls(spoil))
    link_comes(loop)
    return [one for one in points if one.number > spoil.number]


@pytest.mark.parametrize("name", [name for name in TROUBLES if "link" not in name])
def test_at_each_step_of_undoing(make_lab: LabMaker, record_property: Record, name: str) -> None:
    """Once for each step with which a failed run undoes everything, or for a sample of them."""
    trouble = TROUBLES[name]
    lab = make_lab(polkit_rules=trouble.polkit_rules)
    with FaultLoop(lab, BIND, *trouble.worlds) as loop, counted(record_property, [loop]):
        loop.kind = f"undoing: {name}"
        spoil = spoiling(loop)
        points = select(trouble, steps_of_undoing(loop, spoil))
        for point in sampled(record_property, loop.kind, points):
            try_at(loop, trouble, point, [spoil])


# ---- death ----


def kill_at(loop: FaultLoop, point: Point) -> Fault:
    """A killed process cannot undo anything."""
    return Fault(lambda: loop.tap.signal_program(signal.SIGKILL), point.number, point.moment)


def finish(loop: FaultLoop, point: Point) -> None:
    """The next run does the rest."""
    again = loop.run()
    assert again.code == 0, f"{point}\n{again}"
    loop.count("new", loop.job.new, f"{point}\n{again}")
    loop.restore()


def take_back(loop: FaultLoop, point: Point) -> None:
    """`nicfix undo` undoes what was done."""
    undone = loop.lab.nicfix("undo")
    assert undone.code == 0, f"{point}\n{undone}"
    loop.count("old", loop.job.old, f"{point}\n{undone}")
    loop.restore()


AFTER_DEATH = {
    "the next run finishes": (BIND, points_of, finish),
    "undo takes it back": (BIND, steps, take_back),
    "the next run finishes a move": (MOVE, steps, finish),
    "undo takes a move back": (MOVE, steps, take_back),
    "the next run finishes a move by profile": (MOVE_PROFILE, steps, finish),
    "undo takes a move by profile back": (MOVE_PROFILE, steps, take_back),
}


@pytest.mark.parametrize("name", AFTER_DEATH)
def test_after_sigkill(make_lab: LabMaker, record_property: Record, name: str) -> None:
    """At each call, or step, of a change, or at a sample of them."""
    job, points, go_on = AFTER_DEATH[name]
    with FaultLoop(make_lab(**job.plan), job) as loop, counted(record_property, [loop]):
        loop.kind = f"SIGKILL: {name}"
        for point in sampled(record_property, loop.kind, points(loop.calls())):
            loop.run_to_death([kill_at(loop, point)])
            go_on(loop, point)


@pytest.mark.parametrize("go_on", [finish, take_back])
def test_after_sigkill_while_undoing(
    make_lab: LabMaker, record_property: Record, go_on: Callable[[FaultLoop, Point], None]
) -> None:
    """The same for a run that was killed while undoing."""
    with FaultLoop(make_lab(), BIND) as loop, counted(record_property, [loop]):
        loop.kind = f"SIGKILL while undoing: {go_on.__name__}"
        spoil = spoiling(loop)
        for point in sampled(record_property, loop.kind, steps_of_undoing(loop, spoil)):
            loop.run_to_death([kill_at(loop, point), spoil])
            link_comes(loop)
            go_on(loop, point)
