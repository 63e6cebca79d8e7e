"""The words before the end of a conference, and before the end of a call without company."""

from __future__ import annotations

import pytest
from rigs import core as rig
from rigs.core import EMPTY, NOW, T0, asks, with_settings

from conference.core import commands as c
from conference.core.client_state import Role
from conference.core.events import DeadlinePassed, SnapshotWanted
from conference.core.limits.time_limits import ALONE_SOON, CONFERENCE_ENDS, ENDS_SOON, HOST_LATE
from conference.core.room import Room
from conference.core.room_settings import RoleSettings
from conference.core.snapshot import Seen, Snapshot

ROOM = with_settings(announce_ends=True)
HOURS = 3600.0


def spoken(room: Room) -> list[tuple[str, list[str]]]:
    """The announcements that wait: their words, and the calls that hear them."""
    waiting = rig.pending(room, rig.requests("K"))
    said = [x for x in waiting if isinstance(x, c.PassThrough) and x.name == "speak"]
    return [(x.body["payload"], x.body["call_control_ids"]) for x in said]


def until(room: Room, end: float) -> tuple[Room, list[tuple[float, str, list[str]]]]:
    """Let the deadlines up to this time pass. Return the room and the announcements with times."""
    said: list[tuple[float, str, list[str]]] = []
    while (due := room.next_deadline) is not None and due <= end:
        room = rig.after(room, DeadlinePassed(due))
        said += [(due, *each) for each in spoken(room)]
        room = rig.well(room, due)
    return room, said


def two(room: Room = ROOM) -> Room:
    return rig.inside(rig.inside(room), "B", T0 + 60)


# The end of the conference


@pytest.mark.parametrize(
    ("minutes", "due"), [(0, T0 + 4 * HOURS - 300), (90, T0 + 85 * 60), (6, T0 + 60)]
)
def test_five_minutes_before_the_end_everyone_inside_hears_so(minutes: int, due: float) -> None:
    room = two(with_settings(ROOM, duration_minutes=minutes))
    room = rig.well(rig.after(room, asks("hold", "B", at=due - 1)), due - 1)
    _, said = until(room, T0 + 4 * HOURS)
    assert said == [(due, CONFERENCE_ENDS, ["A", "B"])], "once, also to one on hold"


@pytest.mark.parametrize("minutes", [1, 5])
def test_a_conference_that_is_shorter_ends_without_it(minutes: int) -> None:
    assert until(two(with_settings(ROOM, duration_minutes=minutes)), T0 + 4 * HOURS)[1] == []


def test_without_a_rooms_file_nothing_is_announced() -> None:
    room = two(EMPTY)
    assert ENDS_SOON not in room.deadlines
    assert until(room, T0 + 4 * HOURS)[1] == []


def test_the_next_conference_has_its_own_time() -> None:
    over = rig.after(two(), rig.hangup("A", T0 + 100), rig.hangup("B", T0 + 100))
    assert ENDS_SOON not in over.deadlines
    again = rig.inside(over, "C", T0 + 200)
    assert again.deadlines[ENDS_SOON] == T0 + 200 + 4 * HOURS - 300


@pytest.mark.parametrize(
    ("opened_at", "due"),
    [
        (NOW - HOURS, NOW + 3 * HOURS - 300),
        (None, NOW + 4 * HOURS - 300),
        (NOW - 4 * HOURS + 60, None),  # it was announced before the restart
    ],
)
def test_after_a_restart_the_time_is_that_of_the_list(
    opened_at: float | None, due: float | None
) -> None:
    room = rig.after(ROOM, SnapshotWanted(NOW))
    calls = {call: rig.state(call) for call in "AB"}
    seen = Snapshot("K", dict.fromkeys("AB", Seen(False, False)), calls, opened_at=opened_at)
    room = rig.after(room, rig.answer(room, c.SNAPSHOT, data=seen))
    assert room.joined == {"A", "B"}
    assert room.deadlines.get(ENDS_SOON) == due


def test_a_list_that_corrects_the_time_takes_no_announcement_back() -> None:
    late = T0 + 3 * HOURS
    room = rig.after(two(), SnapshotWanted(late))
    calls = {call: rig.state(call) for call in "AB"}
    opened_at = late - 4 * HOURS + 290  # ten seconds too late for it
    seen = Snapshot("K", dict.fromkeys("AB", Seen(False, False)), calls, opened_at=opened_at)
    room = rig.after(room, rig.answer(room, c.SNAPSHOT, data=seen, at=late))
    assert room.deadlines[ENDS_SOON] == late


# Nobody else is there


ALONE = with_settings(ROOM, alone_minutes=10)


def test_a_minute_before_the_end_of_a_call_alone_it_is_announced() -> None:
    room, said = until(rig.inside(ALONE), T0 + 599)
    assert said == [(T0 + 540, ALONE_SOON, ["A"])]
    room, _ = until(room, T0 + 600)
    assert rig.status(room) == {"A": "refused"}


def test_also_to_those_whom_a_hold_leaves_alone() -> None:
    room = rig.well(rig.after(two(ALONE), asks("hold", "B", at=T0 + 90)), T0 + 90)
    room, said = until(room, T0 + 689)
    assert said == [(T0 + 630, ALONE_SOON, ["A"]), (T0 + 630, ALONE_SOON, ["B"])]
    assert rig.status(until(room, T0 + 690)[0]) == {"A": "refused", "B": "refused"}


def test_company_takes_the_announcement_back() -> None:
    room, said = until(two(ALONE), T0 + HOURS)
    assert (said, rig.status(room)) == ([], {"A": "joined", "B": "joined"})
    back = rig.well(rig.after(room, rig.hangup("B", T0 + HOURS)), T0 + HOURS)
    assert until(back, T0 + HOURS + 599)[1] == [(T0 + HOURS + 540, ALONE_SOON, ["A"])]


def test_with_company_on_the_way_both_are_put_off() -> None:
    room = rig.inside(ALONE)
    room = rig.greeting(room, "B", T0 + 539)
    room = rig.after(room, DeadlinePassed(T0 + 540))
    assert spoken(room) == []
    gone = rig.well(rig.after(room, rig.hangup("B", T0 + 541)), T0 + 541)
    gone, said = until(gone, T0 + 659)
    assert said == [(T0 + 600, ALONE_SOON, ["A"])]
    assert rig.status(until(gone, T0 + 660)[0]) == {"A": "refused"}


@pytest.mark.parametrize("minutes", [0, 0.5, 1])
def test_a_limit_of_a_minute_has_no_announcement(minutes: float) -> None:
    assert until(rig.inside(with_settings(ROOM, alone_minutes=minutes)), T0 + HOURS)[1] == []


def test_without_a_rooms_file_a_call_alone_ends_as_ever() -> None:
    room, said = until(rig.inside(with_settings(alone_minutes=10)), T0 + 600)
    assert (said, rig.status(room)) == ([], {"A": "refused"})


def test_one_who_waits_for_the_host_hears_of_the_host() -> None:
    roles: dict[Role, RoleSettings] = {"participant": RoleSettings(starts=False)}
    _, said = until(rig.inside(with_settings(ALONE, roles=roles)), T0 + 599)
    assert said == [(T0 + 540, HOST_LATE, ["A"])]
