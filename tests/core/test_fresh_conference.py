"""Before a conference is 4 hours old, everyone inside moves to a fresh one, and nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rigs import core as rig
from rigs.core import EMPTY, NOW, T0, asks, with_settings
from rigs.telnyx_model import Telnyx

from conference.core import commands as c
from conference.core.announcements.recording_notice import RECORDED
from conference.core.decide import decide
from conference.core.entering import PATIENCE
from conference.core.events import DeadlinePassed, Event, SnapshotWanted
from conference.core.host import ENDS
from conference.core.keys.presets import PRESETS
from conference.core.limits.time_limits import (
    CALL_ENDS,
    CONFERENCE_ENDS,
    ENDS_SOON,
    LEAVE,
    MOVE,
    MOVE_BEFORE,
    SHORT_PAUSE,
)
from conference.core.meeting import goes_on
from conference.core.news import news
from conference.core.room import Deadline, Room, in_flight
from conference.core.room_settings import Known, RoleSettings, RoomSettings
from conference.core.room_states import state_of
from conference.core.snapshot import Seen, Snapshot
from conference.core.transitions import change

HOURS = 3600.0
NUMBER = "+1312555010"
END = T0 + 4 * HOURS
MOVED = END - MOVE_BEFORE
LASTS = with_settings(EMPTY, fresh_conference=True)
FULL = with_settings(
    LASTS,
    announce_ends=True,
    chimes=True,
    announce_count=True,
    announce_recording=True,
    record="record-from-start",
    keys=PRESETS["zoom"],
    host_grace_seconds=60,
    roster={f"{NUMBER}1": Known("Ann", "moderator"), f"{NUMBER}5": Known("Eve", "listener")},
    roles={"participant": RoleSettings(starts=False), "moderator": RoleSettings(ends=True)},
)


class Line:
    """A room beside a small Telnyx. `sent`: the commands since `forget`, in order."""

    def __init__(self, room: Room, at: float = T0) -> None:
        self.room, self.telnyx, self.now = room, Telnyx(), at
        self.sent: list[c.Command] = []
        self.news: list[str] = []

    def event(self, event: Event) -> None:
        changed = decide(self.room, replace(event, at=self.now))
        self.room = changed.after
        self.sent += changed.commands
        self.news += [each.kind for each in news(changed)]

    def settle(self) -> None:
        """Let Telnyx carry out all commands and report all events, in order."""
        while True:
            if flying := [*in_flight(self.room).values()]:
                self.event(self.telnyx.carry_out(flying[0], self.now))
            elif self.telnyx.webhooks:
                self.event(self.telnyx.webhooks.pop(0))
            else:
                return

    def until(self, at: float) -> None:
        """Let the deadlines up to this time pass."""
        while (due := self.room.next_deadline) is not None and due <= at:
            self.now = due
            self.event(DeadlinePassed(due))
            self.settle()
        self.now = at

    def comes(self, *calls: str) -> None:
        for call in calls:
            self.telnyx.dial_in(call)
            webhook = self.telnyx.webhooks.pop()
            self.event(replace(webhook, from_=f"{NUMBER}{rig.member_of(call)}"))
            self.settle()

    def asks(self, verb: str, *calls: str, **values: Any) -> None:
        self.event(asks(verb, *calls, **values))
        self.settle()

    def inside(self) -> dict[str, Seen]:
        """Return who is in Telnyx's conference; AssertionError for more than one."""
        ((_, parts),) = self.telnyx.inside.items()
        return parts

    def spoken(self) -> list[tuple[str, list[str]]]:
        said = [x for x in self.sent if isinstance(x, c.PassThrough) and x.name == "speak"]
        return [(x.body["payload"], x.body["call_control_ids"]) for x in said]

    def of(self, *kinds: type[Any]) -> list[Any]:
        return [x for x in self.sent if isinstance(x, kinds)]

    def forget(self) -> None:
        self.sent, self.news = [], []


def met(room: Room = LASTS, *calls: str) -> Line:
    """Let callers come into the room."""
    line = Line(room)
    line.comes(*(calls or "ABC"))
    line.forget()
    return line


def test_before_the_end_everyone_leaves_and_enters_a_fresh_conference() -> None:
    line = met()
    line.until(MOVED - 1)
    assert line.of(c.Leave, c.Create, c.Join) == []
    line.until(MOVED)
    leaves = line.of(c.Leave)
    assert {x.call for x in leaves} == {"A", "B", "C"}
    assert {(x.conference, x.to, x.beep) for x in leaves} == {("K1", "", "never")}
    assert line.of(c.Hangup) == []
    assert line.room.conference == "K2"
    assert line.room.joined == {"A", "B", "C"} == line.inside().keys()
    assert line.room.pending == {}
    assert line.room.deadlines[MOVE] == MOVED + 4 * HOURS - MOVE_BEFORE, "and once more"
    line.until(MOVED + 4 * HOURS)
    assert line.room.conference == "K3"
    assert line.room.joined == {"A", "B", "C"} == line.inside().keys()


def test_everyone_keeps_what_the_room_knows_of_them() -> None:
    line = met(FULL, *"ABCDE")
    line.asks("mute", "C")
    line.asks("hold", "D")
    line.asks("rename", "B", label="Bob")
    line.asks("lock")
    line.asks("mode", mode="questions")
    line.asks("raise-hand", "B")
    line.asks("raise-hand", "C")
    before, seen = line.room, dict(line.inside())
    assert before.begun and before.locked and before.hands == ("B", "C")
    assert [call for call, state in seen.items() if state.muted] == ["B", "C", "D", "E"]
    line.until(MOVED - 1)
    line.forget()
    line.until(MOVED)
    after = line.room
    assert after.conference == "K2"
    for name in ("locked", "begun", "mode", "hands", "called", "members", "banned", "host_left"):
        assert getattr(after, name) == getattr(before, name), name
    assert after.holding.asked == before.holding.asked
    kept = ("member", "role", "label", "number", "status", "stages", "join_options", "returns")
    for call, was in before.participants.items():
        now = after.participants[call]
        assert [getattr(now, each) for each in kept] == [getattr(was, each) for each in kept]
    assert line.inside() == seen, "held and muted as before"
    assert state_of(after) == state_of(before)
    assert goes_on(after, line.now)


def test_nobody_hears_of_the_move_as_of_a_leave_or_a_join() -> None:
    line = met(FULL, *"ABC")
    line.asks("mute", "C")
    line.until(MOVED - 1)
    line.forget()
    line.until(MOVED + 200)
    assert line.spoken() == [(RECORDED, ["A"]), (RECORDED, ["B"]), (RECORDED, ["C"])]
    assert line.of(c.Speak, c.Hangup) == []
    begun = [x for x in line.of(c.PassThrough) if x.name == "record_start"]
    assert [x.about for x in begun] == ["K2"]
    assert line.news == [
        *["participant-leave"] * 3,
        "conference-end",
        "conference-start",
        *["participant-join"] * 3,
    ]


def test_nobody_hears_the_muted_ones_on_their_way() -> None:
    """They join as muted. Whether that has had effect is unknown, so the mute follows."""
    line = met()
    line.asks("mute", "C")
    line.forget()
    line.until(MOVED)
    muted = {x.call: x.options.get("mute") for x in line.of(c.Join)}
    assert muted == {"B": None, "C": True}
    assert [x.calls for x in line.of(c.Mute, c.Unmute)] == [("C",)]
    line.asks("unmute", "C")
    assert not line.inside()["C"].muted
    line.forget()
    line.until(MOVED + 4 * HOURS)
    assert {x.options.get("mute") for x in line.of(c.Join)} == {None}


@pytest.mark.parametrize(
    ("room", "own", "joins"),
    [
        ("always", "", "on_exit"),
        ("on_enter", "", "never"),
        ("on_exit", "", None),
        ("never", "", None),
        ("never", "always", "on_exit"),
        ("always", "never", "never"),
    ],
)
def test_no_beep_announces_those_who_move(room: str, own: str, joins: str | None) -> None:
    line = met(with_settings(LASTS, beep=room))
    if own:
        line.asks("adjust", "B", beep_enabled=own)
        line.asks("adjust", "C", beep_enabled=own)
        line.asks("adjust", "A", beep_enabled=own)
    line.until(MOVED)
    assert {x.options.get("beep_enabled") for x in line.of(c.Join)} == {joins}
    assert [x.beep for x in line.of(c.Create)] == [room]
    assert {p.join_options.get("beep_enabled", "") for p in line.room.participants.values()} == {
        own
    }


def test_the_name_is_taken_until_the_last_one_has_left() -> None:
    """One who has left tries at once, and again as soon as Telnyx reports the end."""
    line = met()
    line.now = MOVED
    line.event(DeadlinePassed(MOVED))
    first, *others = line.of(c.Leave)
    line.event(line.telnyx.carry_out(first, MOVED))
    for kind in (c.Create, c.Find):
        (sent,) = line.of(kind)
        line.event(line.telnyx.carry_out(sent, MOVED))
    assert line.room.conference == "", "nobody joins the old one, though it is found"
    assert len(line.of(c.Create)) == 1
    for leave in others:
        line.event(line.telnyx.carry_out(leave, MOVED))
    while line.telnyx.webhooks:
        line.event(line.telnyx.webhooks.pop(0))
    assert len(line.of(c.Create)) == 2, "at once"
    line.settle()
    assert line.room.joined == {"A", "B", "C"} == line.inside().keys()


@pytest.mark.parametrize("heard", [True, False], ids=["reported", "not reported"])
def test_a_call_of_others_keeps_the_old_conference_until_its_end(heard: bool) -> None:
    line = met()
    line.telnyx.inside["K1"]["X"] = Seen(False, False)  # of another program
    line.until(END - 0.01)
    assert line.room.conference == ""
    assert rig.status(line.room) == dict.fromkeys("ABC", "waiting")
    line.telnyx.over.add("X")
    line.telnyx.leave("X", cause="time_exceeded")
    if heard:
        line.settle()
    else:
        line.telnyx.webhooks.clear()
        line.until(END + 6)
    assert line.room.joined == {"A", "B", "C"} == line.inside().keys()
    assert line.of(c.Speak) == []


def test_one_who_is_just_joining_moves_too() -> None:
    line = met(LASTS, "A", "B")
    line.until(MOVED - 1)
    line.telnyx.dial_in("C")
    while line.room.status_of("C") != "waiting":
        if line.telnyx.webhooks:
            line.event(line.telnyx.webhooks.pop(0))
        for command in [*in_flight(line.room).values()]:
            if not isinstance(command, c.Join):
                line.event(line.telnyx.carry_out(command, line.now))
    line.until(MOVED)
    assert line.room.joined == {"A", "B", "C"} == line.inside().keys()
    moves = [x for x in line.of(c.Join, c.Leave, c.Create) if x.call == "C"]
    assert [x.name for x in moves][:2] == ["join", "leave"]
    assert {x.conference for x in moves[:2]} == {"K1"}
    assert moves[2].name == "create" or moves[2].conference == "K2"


def test_one_who_is_just_joining_has_fresh_patience_for_the_fresh_conference() -> None:
    line = met(LASTS, "A", "B")
    line.until(MOVED - 18)
    line.room = rig.waiting(line.room, "C", at=line.now)
    assert line.room.participants["C"].patience == line.now + PATIENCE < END
    line.now = MOVED
    line.event(DeadlinePassed(MOVED))
    assert line.room.participants["C"].patience is None
    assert Deadline("call", "C") not in line.room.deadlines


def test_nobody_moves_out_of_a_conference_that_the_line_ends() -> None:
    line = met()
    line.now = MOVED - 1
    line.event(asks("end"))
    line.now = MOVED
    line.event(DeadlinePassed(MOVED))
    assert line.room.ending == "K1"
    assert line.of(c.Leave, c.Create) == []


def test_calls_whose_leave_would_end_the_conference_are_disarmed_first() -> None:
    line = met()
    line.asks("adjust", "B", end_conference_on_exit=True)
    line.forget()
    line.until(MOVED)
    (patch,) = line.of(c.PassThrough)
    assert (patch.name, patch.body["call_control_id"]) == ("participants", "B")
    assert patch.body["end_conference_on_exit"] is False
    assert line.of(c.Leave) == []
    assert line.room.joined == {"A", "B", "C"}
    line.until(MOVED + 5)
    assert line.room.conference == "K2"
    assert line.room.joined == {"A", "B", "C"} == line.inside().keys()
    assert line.room.participants["B"].join_options == {"end_conference_on_exit": True}
    (joins,) = [x for x in line.of(c.Join) if x.call == "B"] or [line.of(c.PassThrough)[-1]]
    options = joins.options if isinstance(joins, c.Join) else joins.body
    assert options["end_conference_on_exit"] is True, "as before"


def test_a_leave_that_telnyx_does_not_carry_out_is_over_with_the_conference() -> None:
    """Telnyx is overloaded, and responds so to the leave of one caller until the end."""
    line = met()
    line.until(MOVED - 1)

    def settle() -> None:
        while line.telnyx.webhooks or in_flight(line.room):
            if line.telnyx.webhooks:
                line.event(line.telnyx.webhooks.pop(0))
                continue
            command = next(iter(in_flight(line.room).values()))
            if isinstance(command, c.Leave) and command.call == "B":
                line.event(rig.Outcome(command, line.now, 503))
            else:
                line.event(line.telnyx.carry_out(command, line.now))

    line.settle = settle  # type: ignore[method-assign]
    line.until(END - 0.01)
    assert line.inside().keys() == {"B"}
    line.telnyx.leave("B", cause="time_exceeded")
    line.settle()
    line.until(END + 4)
    assert line.room.joined == {"A", "B", "C"} == line.inside().keys()


def test_a_grace_period_that_ends_in_the_move_ends_the_fresh_conference() -> None:
    """Everyone hears the goodbye."""
    line = met(FULL, *"ABC")
    line.until(END - 60 - 7)
    line.telnyx.hang_up("A")
    line.settle()
    line.telnyx.inside["K1"]["X"] = Seen(False, False)  # keeps the old conference until its end
    line.forget()
    line.until(END - 0.01)
    assert line.of(c.Hangup) == []
    line.telnyx.over.add("X")
    line.telnyx.leave("X", cause="time_exceeded")
    line.settle()
    line.until(END + 30)
    assert line.spoken()[-1] == (ENDS, ["B", "C"])
    assert line.telnyx.over >= {"B", "C"}


def test_a_corrected_time_does_not_begin_the_move_again() -> None:
    line = met()
    line.asks("adjust", "B", end_conference_on_exit=True)
    line.until(MOVED)
    due = line.room.deadlines[LEAVE]
    corrected = change_opened(line, T0 - 3)
    assert corrected.deadlines[LEAVE] == due
    assert MOVE not in corrected.deadlines


def change_opened(line: Line, opened_at: float) -> Room:
    """Return the room after a snapshot that lists an earlier start of the conference."""
    room = rig.after(line.room, SnapshotWanted(line.now))
    calls = {call: rig.state(call) for call in "ABC"}
    seen = Snapshot("K1", dict(line.inside()), calls, opened_at=opened_at)
    room = rig.after(room, rig.answer(room, c.SNAPSHOT, data=seen, at=line.now))
    assert room.opened_at == opened_at
    return room


def test_after_a_restart_just_before_the_end_the_move_follows_at_once() -> None:
    room = rig.after(LASTS, SnapshotWanted(NOW))
    calls = {call: rig.state(call) for call in "AB"}
    opened = NOW - 4 * HOURS + 10
    seen = Snapshot("K", dict.fromkeys("AB", Seen(False, False)), calls, opened_at=opened)
    room = rig.after(room, rig.answer(room, c.SNAPSHOT, data=seen))
    assert room.deadlines[MOVE] == NOW
    room = rig.after(room, DeadlinePassed(NOW))
    assert [type(rig.head(room, call)) for call in "AB"] == [c.Leave, c.Leave]


def test_a_restart_between_leave_and_return_heals_itself() -> None:
    """Telnyx's lists show the calls in no conference: they are let in, muted as before."""
    line = met()
    line.asks("mute", "C")
    line.now = MOVED
    line.event(DeadlinePassed(MOVED))
    for leave in line.of(c.Leave):
        line.telnyx.carry_out(leave, MOVED)
    line.telnyx.webhooks.clear()
    line.room = Room("demo", line.room.settings)
    line.event(SnapshotWanted(MOVED))
    line.settle()
    assert line.inside() == {
        "A": Seen(False, False),
        "B": Seen(False, False),
        "C": Seen(False, True),
    }
    assert line.of(c.Speak) == []


@pytest.mark.parametrize("order", ["ended first", "ended last", "no left"])
def test_calls_that_telnyx_leaves_up_at_its_end_are_let_in_again(order: str) -> None:
    """Also when nobody moved before: the line was down, or Telnyx ended the conference early."""
    line = met()
    line.asks("mute", "C")
    line.now = T0 + HOURS
    line.telnyx.time_out()
    webhooks = line.telnyx.webhooks
    if order != "ended last":
        webhooks.reverse()
    if order == "no left":
        del webhooks[1:]
    line.settle()
    line.until(T0 + HOURS + 30)
    assert line.of(c.Hangup, c.Speak) == []
    assert {x.options.get("beep_enabled") for x in line.of(c.Join)} == {"on_exit"}, "no beep"
    assert line.room.conference == "K2"
    assert line.inside() == {
        "A": Seen(False, False),
        "B": Seen(False, False),
        "C": Seen(False, True),
    }
    assert line.room.joined == {"A", "B", "C"}


def test_they_come_in_where_a_newcomer_has_opened_the_next_one() -> None:
    """Telnyx reports the end of the old one last."""
    line = met()
    line.now = T0 + HOURS
    line.telnyx.time_out()
    (over,) = [x for x in line.telnyx.webhooks if x.type == "conference.ended"]
    line.telnyx.webhooks.remove(over)
    line.comes("D")
    assert [call for call, is_ in rig.status(line.room).items() if is_ == "leaving"] == ["A", "B"]
    assert "D" in line.room.joined
    line.event(over)
    line.settle()
    assert line.room.joined == {*"ABCD"} == line.inside().keys()


def test_the_patience_of_the_first_entry_is_over_for_nobody() -> None:
    late = T0 + 30
    room = rig.after(rig.let_in(LASTS), rig.left("A", late, occurred_at="2026-5"))
    over = rig.hook("conference.ended", "A", late, cause="time_exceeded")
    room, commands = rig.decide(room, over)
    assert rig.status(room) == {"A": "waiting"}
    assert [x.name for x in commands] == ["create"]


def test_calls_that_end_with_the_conference_let_the_others_go_on() -> None:
    line = met()
    line.now = END
    line.telnyx.time_out()
    line.telnyx.webhooks.reverse()
    line.telnyx.hang_up("A")  # reported last
    line.settle()
    assert line.room.joined == {"B", "C"} == line.inside().keys()


def test_an_end_for_another_reason_ends_the_calls() -> None:
    line = met()
    for call in "ABC":
        line.telnyx.leave(call, cause="ended_via_api")
    line.telnyx.webhooks.reverse()
    line.settle()
    line.until(line.now + 60)
    assert {x.call for x in line.of(c.Speak)} == {"A", "B", "C"}


# Without a move


@pytest.mark.parametrize(
    "settings",
    [{"duration_minutes": 30}, {"duration_minutes": 239}, {"fresh_conference": False}],
    ids=["half an hour", "just under 4 hours", "not wanted"],
)
def test_a_meeting_that_is_to_end_is_not_moved(settings: dict[str, Any]) -> None:
    line = met(with_settings(LASTS, announce_ends=True, **settings))
    assert MOVE not in line.room.deadlines
    line.until(END - 1)
    assert line.of(c.Leave) == []
    assert line.spoken() == [(CONFERENCE_ENDS, ["A", "B", "C"])]
    line.telnyx.time_out()
    line.telnyx.webhooks.reverse()
    line.settle()
    line.until(line.now + 60)
    assert {x.call for x in line.of(c.Speak)} == {"A", "B", "C"}, "they hear a goodbye"


def test_a_duration_of_4_hours_and_more_is_no_shorter_one() -> None:
    for minutes in (240, 600):
        line = met(with_settings(LASTS, duration_minutes=minutes))
        assert line.room.deadlines[MOVE] == MOVED


def test_without_a_rooms_file_there_is_no_move() -> None:
    assert RoomSettings().fresh_conference is False
    line = met(EMPTY)
    assert MOVE not in line.room.deadlines
    line.until(END + 60)
    assert line.sent == []


def test_when_the_conference_is_over_nothing_is_left_of_the_move() -> None:
    line = met()
    line.asks("adjust", "B", end_conference_on_exit=True)
    line.until(MOVED)
    assert LEAVE in line.room.deadlines
    for call in "ABC":
        line.telnyx.hang_up(call)
    line.settle()
    assert {MOVE, LEAVE, ENDS_SOON}.isdisjoint(line.room.deadlines)


# The words


def test_those_who_go_on_hear_of_a_pause_and_those_whose_calls_end_of_that() -> None:
    line = met(with_settings(LASTS, announce_ends=True))
    line.room = change(line.room, "C", since=T0 + 61)
    line.until(END - 300)
    assert line.spoken() == [(CALL_ENDS, ["A", "B"]), (SHORT_PAUSE, ["C"])]


def test_everyone_may_go_on() -> None:
    line = met(with_settings(LASTS, announce_ends=True))
    for call in "ABC":
        line.room = change(line.room, call, since=T0 + HOURS)
    line.until(END - 300)
    assert line.spoken() == [(SHORT_PAUSE, ["A", "B", "C"])]
