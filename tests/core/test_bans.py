"""A caller who is kicked with a ban stays out until the meeting is over."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rigs import core as rig
from rigs.core import EMPTY, NOW, T0

from conference.core import commands as c
from conference.core.admission.bans import MOST_BANNED, REMOVED
from conference.core.codec import decode_room, encode
from conference.core.events import Refused
from conference.core.room import Room
from conference.reporting import public_view

NUMBER = "+13125550112"


def calls(room: Room, call: str, number: str = NUMBER) -> Room:
    """A caller dials, and the line answers."""
    room = rig.well(rig.after(room, rig.initiated(call, from_=number)), NOW, call)
    return rig.after(room, rig.hook("call.answered", call))


def meeting() -> Room:
    """A is inside, and B with the number."""
    room = calls(rig.inside(EMPTY, "A", T0), "B")
    room = rig.well(rig.after(rig.well(room), rig.hook("call.speak.ended", "B")))
    return rig.well(rig.after(room, rig.joined("B")))


BANNED = rig.after(meeting(), rig.asks("kick", "B", ban=True))


def test_the_caller_hears_so_and_stays_out() -> None:
    assert rig.head(BANNED, "B") == c.Speak(
        "B", "goodbye", REMOVED, "female", "en-GB", at=NOW, request="request"
    )
    room = rig.after(rig.well(BANNED), rig.hangup("B"))
    again = calls(room, "C", "0013125550112")
    assert (rig.head(again, "C").text, rig.status(again)["C"]) == (REMOVED, "refused")
    other = calls(room, "D", "+13125550113")
    assert rig.head(other, "D").text == "Next."


def test_the_words_may_be_others_and_a_kick_alone_keeps_nobody_out() -> None:
    room = rig.after(meeting(), rig.asks("kick", "B", ban=True, text="Out."))
    assert rig.head(room, "B").text == "Out."
    room = rig.after(meeting(), rig.asks("kick", "B", ban=False))
    assert room.banned == frozenset()


def test_the_ban_ends_with_the_meeting() -> None:
    room = rig.after(rig.well(BANNED), rig.hangup("B"))
    assert room.banned == {NUMBER}
    assert rig.after(room, rig.hangup("A")).banned == frozenset()


def test_one_whom_a_moderator_dials_comes_in() -> None:
    called = rig.state("C", direction="outgoing", number=NUMBER)
    room = rig.after(
        BANNED, rig.hook("call.initiated", "C", direction="outgoing", client_state=called)
    )
    room = rig.after(room, rig.hook("call.answered", "C"))
    assert rig.head(room, "C").text == "Next."


def test_a_withheld_number_and_too_many() -> None:
    room = rig.after(rig.inside(rig.inside(EMPTY, "A"), "B"), rig.asks("kick", "B", ban=True))
    assert room.banned == frozenset(), "+1 is no whole number"
    full = replace(meeting(), banned=frozenset(f"+1312{n:07}" for n in range(MOST_BANNED)))
    with pytest.raises(Refused, match="keeps 1000 numbers out already"):
        rig.after(full, rig.asks("kick", "B", ban=True))


def test_without_a_meeting_nothing_would_keep_a_number_out() -> None:
    waits = calls(replace(EMPTY, settings=replace(EMPTY.settings, lobby=True)), "B")
    with pytest.raises(Refused, match="a ban lasts as long as the meeting"):
        rig.after(waits, rig.asks("kick", "B", ban=True))
    assert rig.status(rig.after(waits, rig.asks("kick", "B"))) == {"B": "ending"}


def test_it_is_stored_and_never_shown() -> None:
    assert decode_room(encode(BANNED)) == BANNED
    assert NUMBER not in repr(replace(BANNED, participants={}, pending={}))


def test_a_lift_lets_the_number_call_again() -> None:
    room = rig.after(rig.well(BANNED), rig.hangup("B"))
    assert public_view.about(room)["kept_out"] == 1
    room = rig.after(room, rig.asks("lift-bans"))
    assert public_view.about(room)["kept_out"] == 0
    assert rig.head(calls(room, "C"), "C").text == "Next."
