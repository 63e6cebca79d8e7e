"""The limit of a room's call minutes on a day."""

from __future__ import annotations

import pytest
from rigs import core as rig
from rigs.core import T0, with_settings

from conference.clock import iso
from conference.core import commands as c
from conference.core.entering import MINUTES_USED_UP
from conference.core.events import DeadlinePassed
from conference.core.limits.day_minutes import DAY
from conference.core.limits.minutes_limit import NEARLY, USED_UP
from conference.core.room import Room
from conference.reporting import public_view

LIMITED = with_settings(minutes_per_day=20)  # 1,200 s
TWO = rig.inside(rig.inside(LIMITED, "A", T0), "B", T0 + 100)

Heard = list[tuple[float, str]]


def until(room: Room, end: float) -> tuple[Room, Heard]:
    """Let the deadlines up to this time pass. Return the room, and the words with their times."""
    heard: Heard = []
    while (due := room.next_deadline) is not None and due <= end:
        room = rig.after(room, DeadlinePassed(due))
        for each in rig.pending(room, rig.requests("K")):
            if isinstance(each, c.PassThrough):
                heard.append((due, str(each.body.get("payload", each.name))))
        room = rig.well(room, due)
    return room, heard


def test_the_minutes_of_all_calls_count_together() -> None:
    """A alone for 100 s, then two at once: 90 % after 490 s more, all after another 60 s."""
    room, heard = until(TWO, T0 + 800)
    assert heard == [
        (pytest.approx(T0 + 590), NEARLY),
        (pytest.approx(T0 + 650), USED_UP),
        (pytest.approx(T0 + 710), "end"),
        (pytest.approx(T0 + 770), "end"),
    ], "until Telnyx has ended it"
    assert room.minutes.used(T0 + 770) == pytest.approx(1440)
    for call in "AB":
        room = rig.well(rig.after(room, rig.hangup(call, T0 + 800)), T0 + 800)
    assert room.next_deadline is None


def test_a_call_that_leaves_counts_no_more() -> None:
    one = rig.well(rig.after(TWO, rig.hangup("B", T0 + 200)), T0 + 200)
    assert one.minutes.used(T0 + 200) == 300
    _, heard = until(one, T0 + 10_000)
    assert heard[0] == (pytest.approx(T0 + 200 + 780), NEARLY)


def test_a_later_meeting_of_the_day_has_what_is_left() -> None:
    over = rig.after(TWO, rig.hangup("A", T0 + 300), rig.hangup("B", T0 + 300))
    over = rig.well(over, T0 + 300)
    assert over.minutes.used(T0 + 5000) == 500
    assert not over.over(T0 + 5000), "the room is kept"
    assert over.over(DAY + 1)
    _, heard = until(rig.inside(over, "C", T0 + 5000), T0 + 20_000)
    assert heard[0] == (pytest.approx(T0 + 5000 + 580), NEARLY)


def test_new_callers_hear_why_they_are_refused() -> None:
    room, _ = until(TWO, T0 + 660)
    ringing = rig.ringing(room, "C", T0 + 661)
    ringing, commands = rig.decide(ringing, rig.hook("call.answered", "C", T0 + 662))
    assert [x.text for x in commands if isinstance(x, c.Speak)] == [MINUTES_USED_UP]
    assert rig.status(ringing)["C"] == "refused"


def test_at_midnight_the_minutes_begin_anew() -> None:
    room = rig.inside(LIMITED, "A", DAY - 600)
    room, heard = until(room, DAY + 1000)
    assert heard == []
    assert room.minutes.used(DAY + 1000) == pytest.approx(1000)
    assert until(room, DAY + 1300)[1] == [
        (pytest.approx(DAY + 1080), NEARLY),
        (pytest.approx(DAY + 1200), USED_UP),
        (pytest.approx(DAY + 1260), "end"),
    ]


@pytest.mark.parametrize(
    ("used_up", "heard"), [(61, [NEARLY, USED_UP, "end"]), (60, [NEARLY]), (1, [NEARLY])]
)
def test_what_is_announced_before_midnight_follows(used_up: float, heard: list[str]) -> None:
    """Seconds before midnight at which the minutes are used up."""
    room = rig.inside(LIMITED, "A", DAY - used_up - 1200)
    room, words = until(room, DAY + 1000)
    assert [each for _, each in words] == heard
    assert rig.status(room) == {"A": "joined"}
    assert not room.minutes.used_up(DAY + 1000)
    assert room.minutes.used(DAY + 1000) == pytest.approx(1000)


def test_without_a_limit_nothing_is_counted() -> None:
    room = rig.inside(rig.inside(), "B", T0 + 100)
    assert until(room, T0 + 100_000)[1] == []
    assert room.minutes.used(T0 + 500) == 0


def test_the_view_shows_when_callers_are_let_in_again() -> None:
    def shown(room: Room) -> object:
        return public_view.about(room)["minutes_used_up_until"]

    assert shown(until(TWO, T0 + 600)[0]) is None, "nearly used up"
    assert shown(until(TWO, T0 + 700)[0]) == iso((T0 // DAY + 1) * DAY)


def test_a_call_costs_minutes_from_its_answer_on() -> None:
    rings = rig.ringing(TWO, "C", T0 + 100)
    assert rings.minutes.calls == 2
    answered = rig.after(rings, rig.hook("call.answered", "C", T0 + 130))
    assert (answered.minutes.calls, answered.minutes.since) == (3, T0 + 130)
