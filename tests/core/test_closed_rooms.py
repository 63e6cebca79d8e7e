"""Outside the opening hours callers are refused; moderators, and those invited, are not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from rigs import core as rig
from rigs import texml_rooms as texml_rig
from rigs.core import EMPTY

from conference.core import commands as c
from conference.core.admission.opening_hours import Hours, Window
from conference.core.admission.refusals import CLOSED, CLOSED_FOR_GOOD
from conference.core.client_state import ClientState
from conference.core.entering import HELD_ELSEWHERE, LOCKED
from conference.core.events import HandedOver, SnapshotWanted
from conference.core.parts import NOTHING_ASKED
from conference.core.room import Room
from conference.core.room_settings import Known
from conference.core.snapshot import Snapshot
from conference.core.texml.door import refusal
from conference.core.texml.facts import Fetch
from conference.reporting import public_view

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC).timestamp()  # a Monday
EVENING = NOON + 6 * 3600
OFFICE = Hours({day: (Window(480, 1080),) for day in range(5)})
ROOM = rig.with_settings(opening_hours=OFFICE, roster={"+13125550142": Known("Ann", "moderator")})
WORDS = CLOSED.format(when="tomorrow at eight in the morning")


def comes(room: Room, call: str = "A", at: float = EVENING, **given: Any) -> tuple[Room, list[str]]:
    """Let a caller call, and answer the call. Return the words that follow."""
    room = rig.well(rig.after(room, rig.initiated(call, at, **given)), at, call)
    room, commands = rig.decide(room, rig.hook("call.answered", call, at))
    return room, [each.text for each in commands if isinstance(each, c.Speak)]


def test_a_caller_of_a_closed_room_hears_when_it_opens_and_is_hung_up() -> None:
    room, words = comes(ROOM)
    assert (words, rig.status(room)) == ([WORDS], {"A": "refused"})
    room, commands = rig.decide(
        rig.well(room, EVENING), rig.hook("call.speak.ended", at=EVENING + 5)
    )
    assert [type(each) for each in commands] == [c.Hangup]
    assert comes(ROOM, at=EVENING - 1)[1] == [ROOM.settings.greeting_first]


def test_the_zone_of_the_room_counts_and_is_spoken() -> None:
    there = replace(ROOM, settings=replace(ROOM.settings, time_zone="America/New_York"))
    assert comes(there)[1] == [ROOM.settings.greeting_first], "one in the afternoon"
    words = CLOSED.format(when="today at eight in the morning")
    assert comes(there, at=NOON)[1] == [words], "seven in the morning"


def test_a_room_that_never_opens_again_has_no_time() -> None:
    past = rig.with_settings(opening_hours=Hours(dates={"2026-11-29": (Window(480, 1080),)}))
    assert comes(past)[1] == [CLOSED_FOR_GOOD]


def test_a_moderator_comes_in_at_any_time() -> None:
    assert comes(ROOM, from_="+13125550142")[1] == [ROOM.settings.greeting_first]


def test_a_pin_of_the_reception_leads_to_the_words_too() -> None:
    known = rig.newcomer("A", stages=("pin",), status="greeting")
    for role, words in (("participant", WORDS), ("moderator", ROOM.settings.greeting_first)):
        event = HandedOver(EVENING, replace(known, role=role), NOTHING_ASKED)
        _, commands = rig.decide(ROOM, event)
        assert [each.text for each in commands if isinstance(each, c.Speak)] == [words]


def test_a_moderator_moves_and_dials_people_in() -> None:
    moved = HandedOver(EVENING, rig.newcomer("A", status="parked"), NOTHING_ASKED, request="r")
    _, commands = rig.decide(ROOM, moved)
    assert [type(each) for each in commands if not isinstance(each, c.Remember)] == [c.Create]
    state = ClientState("demo", direction="outgoing", number="+2", member=1)
    room = rig.after(
        ROOM, rig.hook("call.initiated", at=EVENING, direction="outgoing", client_state=state)
    )
    _, commands = rig.decide(room, rig.hook("call.answered", at=EVENING + 9))
    assert [each.text for each in commands if isinstance(each, c.Speak)] == [
        ROOM.settings.greeting_first
    ]


def test_at_the_end_of_the_hours_those_inside_and_on_the_way_stay() -> None:
    room = rig.inside(ROOM, "A", NOON)
    room = rig.well(rig.after(room, rig.initiated("B", EVENING - 9)), EVENING - 9)
    room = rig.after(room, rig.hook("call.answered", "B", EVENING - 8))  # is greeted
    room = rig.well(room, EVENING - 8)
    room = rig.well(rig.after(room, rig.hook("call.speak.ended", "B", EVENING + 1)), EVENING + 1)
    room = rig.after(room, rig.joined("B", EVENING + 2))
    assert rig.status(room) == {"A": "joined", "B": "joined"}
    assert comes(room, "C", EVENING + 3)[1] == [WORDS]


def test_a_caller_in_the_lobby_came_in_time() -> None:
    room = replace(ROOM, settings=replace(ROOM.settings, lobby=True))
    room, words = comes(room, at=EVENING - 9)
    assert words != [WORDS]
    room = rig.well(room, EVENING - 9)
    room = rig.well(rig.after(room, rig.hook("call.speak.ended", at=EVENING - 1)), EVENING - 1)
    admitted = rig.after(room, rig.asks("admit", "A", at=EVENING + 60))
    admitted = rig.well(admitted, EVENING + 60)
    assert [each.text for each in rig.pending(admitted, "A") if isinstance(each, c.Speak)] == []
    assert rig.status(admitted) == {"A": "greeting"}
    assert admitted.participants["A"].stages == ()


def test_after_a_restart_callers_who_were_on_the_way_stay() -> None:
    state = ClientState("demo", stages=("lobby",), member=1)
    room = replace(ROOM, settings=replace(ROOM.settings, lobby=True))
    room = rig.after(room, SnapshotWanted(EVENING))
    looked = rig.answer(room, c.SNAPSHOT, at=EVENING, data=Snapshot("", {}, calls={"A": state}))
    room, commands = rig.decide(room, looked)
    assert rig.status(room) == {"A": "greeting"}
    assert WORDS not in [each.text for each in commands if isinstance(each, c.Speak)]


def test_the_lock_is_named_before_the_hours() -> None:
    locked = rig.after(rig.inside(ROOM, "A", NOON), rig.asks("lock", at=NOON))
    assert comes(locked, "B")[1] == [LOCKED]


# By TeXML


def test_by_texml_the_words_are_the_same() -> None:
    assert refusal(ROOM, Fetch("A", EVENING)) == WORDS
    assert refusal(ROOM, Fetch("A", NOON)) == ""
    assert refusal(ROOM, Fetch("A", EVENING, role="moderator")) == ""
    assert refusal(ROOM, Fetch("A", EVENING, "+13125550142")) == "", "by the roster"
    assert refusal(rig.inside(ROOM, "B", NOON), Fetch("A", EVENING)) == HELD_ELSEWHERE
    expected = rig.after(ROOM, Fetch("A", EVENING - 1))
    assert refusal(expected, Fetch("A", EVENING)) == "", "got the document in time"
    inside = texml_rig.texml("A", room=ROOM, at=NOON)
    assert refusal(inside, Fetch("B", EVENING, role="listener")) == WORDS


# As it is shown


@pytest.mark.parametrize(
    ("room", "at", "shown"),
    [
        (EMPTY, NOON, None),
        (ROOM, NOON, {"open": True, "opens_at": None}),
        (ROOM, EVENING, {"open": False, "opens_at": "2026-12-01T08:00:00+00:00"}),
    ],
)
def test_the_room_shows_whether_it_is_open(room: Room, at: float, shown: Any) -> None:
    assert public_view.hours(room, at) == {"hours": shown}
