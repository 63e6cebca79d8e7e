"""Callers of a full room wait in order until there is a seat."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rigs import core as rig
from rigs.core import EMPTY, NOW, T0

from conference.core import commands as c
from conference.core.admission.full_room import PLACE
from conference.core.client_state import ClientState
from conference.core.entering import FULL, LOCKED, NO_SEAT_FOR
from conference.core.events import SnapshotWanted
from conference.core.room import Deadline, Room
from conference.core.room_settings import Known, Pin, RoleSettings
from conference.core.snapshot import Seen, Snapshot
from conference.reporting import public_view

HOST = "+13125550111"
SETTINGS = replace(
    EMPTY.settings,
    queue_when_full=True,
    max_participants=2,
    roster={HOST: Known("Ann", "moderator")},
)
ROOM = replace(EMPTY, settings=SETTINGS)


def answered(room: Room, call: str, number: str = "+1", at: float = T0) -> Room:
    room = rig.well(rig.after(room, rig.initiated(call, at, from_=number)), at, call)
    return rig.well(rig.after(room, rig.hook("call.answered", call, at)), at, call)


def comes(room: Room, call: str, number: str = "+1", at: float = T0) -> Room:
    room = answered(room, call, number, at)
    room = rig.well(rig.after(room, rig.hook("call.speak.ended", call, at)), at)
    return rig.well(rig.after(room, rig.joined(call, at)), at)


def waits(room: Room, call: str, at: float = T0) -> Room:
    return rig.well(
        rig.after(answered(room, call, at=at), rig.hook("call.speak.ended", call, at)), at
    )


def names(room: Room, call: str) -> list[str]:
    return [command.name for command in rig.pending(room, call)]


TWO = comes(comes(ROOM, "A"), "B")


def test_a_caller_hears_the_place_and_waits_in_a_queue() -> None:
    room = rig.after(rig.ringing(TWO, "C"), rig.hook("call.answered", "C"))
    assert rig.head(room, "C").text == PLACE.format(n=1)
    room = rig.after(rig.well(room), rig.hook("call.speak.ended", "C"))
    assert names(room, "C") == ["enqueue", "playback_start"]
    room = rig.after(rig.ringing(rig.well(room), "D"), rig.hook("call.answered", "D"))
    assert rig.head(room, "D").text == PLACE.format(n=2)


def test_they_come_in_by_themselves_in_order() -> None:
    room = waits(waits(TWO, "C"), "D")
    room = rig.after(room, rig.hangup("A"))
    assert (names(room, "C"), names(room, "D")) == (["playback_stop", "leave_queue", "speak"], [])
    room = rig.after(rig.well(room), rig.hook("call.speak.ended", "C"))
    room = rig.well(rig.after(rig.well(room), rig.joined("C")))
    assert rig.status(room) == {"B": "joined", "C": "joined", "D": "greeting"}
    room = rig.after(room, rig.hangup("B"))
    assert names(room, "D") == ["playback_stop", "leave_queue", "speak"]


def test_a_newcomer_does_not_overtake_them() -> None:
    room = rig.after(waits(TWO, "C"), rig.hangup("A"))
    room = answered(room, "D")
    assert room.participants["D"].stages == ("seat",), "C is on the way to the seat"


def test_one_who_finds_a_seat_is_greeted_at_once() -> None:
    room = rig.after(rig.ringing(comes(ROOM, "A"), "B"), rig.hook("call.answered", "B"))
    assert rig.head(room, "B").text == "Next."


def test_a_moderator_does_not_wait() -> None:
    room = comes(waits(TWO, "C"), "D", HOST)
    assert rig.status(room) == {"A": "joined", "B": "joined", "C": "greeting", "D": "joined"}


def test_the_moderator_takes_none_of_the_other_seats() -> None:
    room = comes(waits(waits(TWO, "C"), "D"), "E", HOST)
    room = rig.after(room, rig.hangup("A"))
    assert (room.participants["C"].stages, names(room, "D")) == ((), [])
    room = rig.well(rig.after(rig.well(room), rig.hook("call.speak.ended", "C")))
    room = rig.well(rig.after(room, rig.joined("C"), rig.hangup("E")))
    assert room.participants["D"].wait == "in queue", "the seat is kept for the next moderator"


def test_a_second_moderator_has_a_seat_like_others() -> None:
    room = comes(comes(comes(ROOM, "A"), "D", HOST), "E", HOST)
    assert rig.status(waits(room, "C"))["C"] == "greeting"
    assert names(rig.after(waits(room, "C"), rig.hangup("E")), "C")[-1] == "speak"


MODERATOR_PIN = Pin("907713", "demo", "moderator")
CAN_HAVE_ONE = [
    ("by a PIN", {"pins": (MODERATOR_PIN,)}, 3),
    ("by the roster", {"roster": {HOST: Known("Ann", "moderator")}}, 3),
    ("since it waits for one", {"roles": {"participant": RoleSettings(starts=False)}}, 3),
    ("muted ones only", {"roles": {"participant": RoleSettings(muted=True)}}, 2),
    ("nobody", {}, 2),
]


@pytest.mark.parametrize(("fields", "places"), [row[1:] for row in CAN_HAVE_ONE])
def test_a_place_more_where_moderators_can_come(fields: dict[str, Any], places: int) -> None:
    room = rig.with_settings(max_participants=2, **fields)
    assert rig.head(rig.waiting(room, "A"), c.CONFERENCE).max_participants == places


@pytest.mark.parametrize("leaves", [False, True])
def test_one_whom_telnyx_refuses_as_too_many_waits_too(leaves: bool) -> None:
    room = answered(comes(ROOM, "A"), "B")
    room = rig.after(room, rig.hook("call.speak.ended", "B"))
    room = rig.after(room, rig.answer(room, "B", 422, "90032"))
    assert (rig.status(room)["B"], rig.head(room, "B").text) == ("greeting", PLACE.format(n=1))
    assert rig.head(room, "B").n == 2, "words of their own: Telnyx ignores a repeated id"
    assert rig.pending(room, c.memory("B"))[-1].client_state.stages == ("seat",)  # type: ignore[union-attr]
    room = rig.well(rig.after(rig.well(room), rig.hook("call.speak.ended", "B")))
    room = rig.after(room, rig.hangup("A") if leaves else rig.time(NOW + NO_SEAT_FOR))
    assert names(room, "B") == ["playback_stop", "leave_queue", "speak"]
    assert Deadline("seat", "") not in room.deadlines


def test_nobody_waits_for_ever() -> None:
    room = waits(TWO, "C")
    due = room.deadlines[Deadline("lobby", "C")]
    assert due == T0 + 30 * 60
    room = rig.after(room, rig.time(due))
    assert rig.pending(room, "C")[-1].text == FULL  # type: ignore[union-attr]


def test_without_the_setting_a_caller_is_refused() -> None:
    room = answered(replace(TWO, settings=replace(SETTINGS, queue_when_full=False)), "C")
    room = rig.after(room, rig.hook("call.speak.ended", "C"))
    assert rig.head(room, "C").text == FULL


def test_after_a_kill_they_wait_again_in_order() -> None:
    begun = replace(ROOM, pending=rig.queued(c.SNAPSHOT, c.TakeSnapshot("demo", at=NOW)))
    inside = {call: ClientState("demo", member=n) for n, call in enumerate("AB", 1)}
    outside = {
        call: ClientState("demo", stages=("seat",), member=n) for call, n in (("D", 4), ("C", 3))
    }
    found = Snapshot("K", dict.fromkeys("AB", Seen(False, False)), calls=inside | outside)
    room = rig.after(begun, rig.answer(begun, c.SNAPSHOT, data=found))
    assert rig.status(room) == {"A": "joined", "B": "joined", "C": "greeting", "D": "greeting"}
    assert rig.pending(room, "C")[-1].text == PLACE.format(n=1)  # type: ignore[union-attr]


def test_the_view_shows_those_who_wait_for_a_seat() -> None:
    about = public_view.about(waits(waits(TWO, "C"), "D"))
    assert (about["waiting_for_seat"], about["lobby"]) == (2, 0)
    assert about["summary"] == "2 talking, 2 waiting for a seat"


def test_a_seat_that_a_look_finds_free_lets_the_next_caller_in_without_a_greeting() -> None:
    room = replace(TWO, settings=replace(SETTINGS, greeting_first="", greeting_next=""))
    room = waits(room, "C")
    seen = {"A": Seen(held=True, muted=False)}
    calls = {call: rig.state(call) for call in "AC"}
    for at in (NOW + 60, NOW + 70):  # what is missing counts when two looks agree
        room = rig.after(room, SnapshotWanted(at))
        found = Snapshot("K", seen, calls)
        room = rig.well(rig.after(room, rig.answer(room, c.SNAPSHOT, data=found, at=at)), at)
    assert rig.status(room)["C"] == "waiting"


UNGREETED = {"greeting_first": "", "greeting_next": ""}


def ungreeted(call: str) -> Room:
    """Return a full room without greetings, where this caller waits for a seat."""
    room = rig.given(ROOM, settings=replace(SETTINGS, **UNGREETED))
    for each in ("A", "B"):
        room = rig.well(rig.after(answered(room, each), rig.joined(each, T0)), T0)
    return waits(room, call)


def test_a_request_that_frees_a_seat_lets_the_next_caller_in_without_a_greeting() -> None:
    room = rig.after(ungreeted("C"), rig.asks("kick", "A"))
    assert names(room, "C") == ["playback_stop", "leave_queue"]
    assert (room.status_of("C"), room.participants["C"].tries) == ("waiting", 0)
    assert rig.well(room).participants["C"].tries == 1, "a join has followed"


def test_a_seat_in_a_locked_room_is_for_nobody_who_waits() -> None:
    room = rig.after(ungreeted("C"), rig.asks("lock"))
    room = rig.after(rig.well(room), rig.asks("kick", "A"))
    assert room.status_of("C") == "refused"
    assert rig.pending(room, "C")[-1].text == LOCKED  # type: ignore[union-attr]


def hears_the_place(room: Room, call: str) -> Room:
    """A caller of a full room hears the place, and is not in Telnyx's queue yet."""
    return answered(room, call)


def test_one_seat_is_given_once_also_while_the_words_are_spoken() -> None:
    room = hears_the_place(hears_the_place(TWO, "C"), "D")
    one = rig.well(rig.after(room, rig.hangup("B")))
    assert [one.participants[call].wait for call in "CD"] == ["admitted", "spoken to"]
    two = rig.well(rig.after(one, rig.hangup("A")))
    assert [two.participants[call].wait for call in "CD"] == ["admitted", "admitted"]


def test_one_who_becomes_a_moderator_needs_no_seat() -> None:
    room = rig.after(waits(waits(TWO, "C"), "D"), rig.asks("role", "D", role="moderator"))
    assert names(room, "D")[:2] == ["playback_stop", "leave_queue"]
    assert names(room, "C") == []


def test_without_the_queue_one_found_waiting_passes_and_hears_that_it_is_full() -> None:
    """The setting was taken back, and the server restarted."""
    room = rig.ringing(TWO, "C")
    room = replace(room, settings=replace(SETTINGS, queue_when_full=False))
    room = rig.after(room, rig.hook("call.answered", "C"))
    assert rig.head(room, "C").text == "Next."
    room = rig.after(rig.well(room), rig.hook("call.speak.ended", "C"))
    assert rig.head(room, "C").text == FULL
