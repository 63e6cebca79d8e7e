"""What Telnyx tells of queues and recordings, whenever it comes, and what is shown of it."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from rigs import core as rig
from rigs.core import EMPTY, T0

from conference.core.events import Outcome, Webhook
from conference.core.handlers import HANDLERS
from conference.core.handlers.recordings_and_queues import RECORDINGS_AND_QUEUES
from conference.core.participant import Place
from conference.core.room import Room
from conference.reporting import public_view

TWO = rig.inside(rig.inside(), "B")
OUT = rig.parked()  # A; and B inside
REC = "conference.recording.saved"


def enqueued(second: int, queue: str = "support", position: Any = 2, call: str = "A") -> Webhook:
    details = {"queue": queue, "current_position": position}
    return rig.hook("call.enqueued", call, occurred_at=f"2026-1-{second}", details=details)


def dequeued(second: int, call: str = "A") -> Webhook:
    return rig.hook("call.dequeued", call, occurred_at=f"2026-1-{second}")


def shown(room: Room, call: str = "A") -> dict[str, Any]:
    return next(p for p in public_view.participants(room) if p["call_control_id"] == call)


# Queues


def test_a_place_in_a_queue_is_shown_until_it_is_left() -> None:
    assert shown(OUT)["queue"] is None
    room = rig.after(OUT, enqueued(1))
    assert shown(room)["queue"] == {"name": "support", "position": 2}
    assert shown(room, "B")["queue"] is None
    assert shown(rig.after(room, dequeued(2)))["queue"] is None
    assert shown(rig.after(room, dequeued(2), enqueued(3, "sales", 7)))["queue"] == {
        "name": "sales",
        "position": 7,
    }


def test_whoever_is_in_the_conference_waits_in_no_queue() -> None:
    room = rig.after(TWO, enqueued(1))
    assert shown(room)["queue"] is None
    assert shown(rig.after(OUT, enqueued(1, position=None)))["queue"] == {
        "name": "support",
        "position": None,
    }


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_queue_events_may_come_late_and_twice(order: tuple[int, ...]) -> None:
    events = [enqueued(1), dequeued(2), enqueued(3, "sales", 1)]
    room = OUT
    for n in order:
        room = rig.after(room, events[n])
        again, commands = rig.decide(room, events[n])
        assert (again, commands) == (room, ())
    assert room.queued == {"A": Place("sales", 1, "2026-1-3")}
    assert all(rig.after(room, event) == room for event in events)


def test_an_older_one_counts_for_nothing() -> None:
    room = rig.after(OUT, dequeued(2), enqueued(1))
    assert shown(room)["queue"] is None


def test_without_a_time_the_last_one_counts() -> None:
    def untimed(kind: str) -> Webhook:
        return rig.hook(f"call.{kind}", details={"queue": "support", "current_position": 1})

    room = rig.after(OUT, enqueued(1), untimed("dequeued"))
    assert shown(room)["queue"] is None
    assert shown(rig.after(room, untimed("enqueued")))["queue"] == {
        "name": "support",
        "position": 1,
    }


def test_nothing_is_kept_of_calls_that_are_not_here() -> None:
    assert rig.after(OUT, enqueued(1, call="X"), dequeued(2, "X"), enqueued(3, call="")) == OUT
    gone = rig.after(OUT, enqueued(1), rig.hangup())
    assert gone.queued == {}
    assert rig.after(gone, enqueued(2)).queued == {}


# Recordings


def recording(room: Room, *verbs: str, who: str = "", **values: Any) -> Room:
    """A moderator's commands, which Telnyx has taken."""
    for verb in verbs:
        room = rig.well(
            rig.after(room, rig.asks(f"record-{verb}", *([who] if who else []), at=T0, **values))
        )
    return room


STORIES: list[tuple[str, list[str], bool]] = [
    ("it goes on", ["start"], True),
    ("we have ended it", ["start", "stop"], False),
    ("and it is saved", ["start", "stop", "saved"], False),
    ("it has ended by itself", ["start", "saved"], False),
    ("there is another one since", ["start", "stop", "start", "saved"], True),
    ("and that has ended by itself", ["start", "stop", "start", "saved", "saved"], False),
    ("we have ended one of two", ["start", "start", "stop one"], True),
    ("we have ended one of two, and it is saved", ["start", "start", "stop one", "saved"], True),
    ("one of two has ended by itself", ["start", "start", "saved"], True),
    ("both have", ["start", "start", "saved", "saved"], False),
    ("we have ended both", ["start", "start", "stop", "saved"], False),
    ("one of others is saved", ["saved", "start"], True),
    ("a stop that ends nothing is owed nothing", ["stop", "start", "saved"], False),
    ("a pause is no end", ["start", "pause", "resume"], True),
]


@pytest.mark.parametrize("who", ["", "A"], ids=["conference", "call"])
@pytest.mark.parametrize(
    ("story", "goes_on"), [s[1:] for s in STORIES], ids=[s[0] for s in STORIES]
)
def test_recording_is_shown_as_long_as_it_goes_on(
    who: str, story: list[str], goes_on: bool
) -> None:
    room = TWO
    for step in story:
        if step == "saved":
            room = rig.after(room, rig.hook("call.recording.saved") if who else rig.hook(REC, ""))
        elif step == "stop one":
            room = recording(room, "stop", who=who, recording_id="1")
        else:
            room = recording(room, step, who=who)
    assert (public_view.room(room)["recording"], shown(room)["recording"]) == (
        goes_on and not who,
        goes_on and bool(who),
    )
    assert shown(room, "B")["recording"] is False


def test_a_recording_that_could_not_be_made_does_not_go_on() -> None:
    room = recording(TWO, "start", who="A")
    assert shown(rig.after(room, rig.hook("call.recording.error")))["recording"] is False


def test_recordings_of_others_change_nothing() -> None:
    room = recording(recording(TWO, "start", who="A"), "start")
    other = [rig.hook("call.recording.saved", call) for call in ("B", "X", "")]
    assert rig.after(room, *other, rig.hook(REC, "A", conference="L")) == room


def test_nothing_is_kept_of_what_was_recorded_when_it_is_over() -> None:
    room = recording(recording(TWO, "start", "stop", "start", who="A"), "start")
    room = rig.after(room, rig.hangup(), rig.hangup("B"), rig.ended())
    assert (public_view.room(room)["recording"], room.recordings.unsaved) == (False, {})
    assert (
        rig.after(room, rig.hook("call.recording.saved")).recordings.going_on
        == room.recordings.going_on
    )
    assert rig.after(room, rig.hook(REC, "")).recordings.going_on == {}


def test_an_answer_that_comes_late_is_of_a_conference_that_is_over() -> None:
    asked = rig.after(TWO, rig.asks("record-start"))
    command = rig.head(asked, rig.requests("K"))
    assert command is not None
    room = rig.after(asked, rig.left("A"), rig.left("B"), rig.ended(), Outcome(command, T0))
    assert room.recordings.going_on == {}


# The way of the events to their handlers


def test_every_handler_changes_something_and_needs_nobody_here() -> None:
    room = recording(recording(OUT, "start", who="A"), "start")
    for event_type in RECORDINGS_AND_QUEUES:
        event = rig.hook(event_type, occurred_at="2026-1-1", details={"queue": "support"})
        assert rig.after(room, event) != room, event_type
        assert rig.after(EMPTY, event) == EMPTY, event_type
        assert HANDLERS[event_type] is RECORDINGS_AND_QUEUES[event_type]


def test_what_changes_nothing_costs_a_room_nothing() -> None:
    room = rig.ringing()
    assert rig.after(room, rig.hook("call.dtmf.received", details={"digit": "1"})) == room
