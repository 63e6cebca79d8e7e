"""The end of a conference by the line itself: nobody is brought back, and nothing more is sent."""

from __future__ import annotations

from typing import Any

import pytest
from rigs import core as rig
from rigs.core import EMPTY, NOW, T0, with_settings

from conference.core import commands as c
from conference.core.events import Refused, SnapshotWanted
from conference.core.host import AWAY, GOODBYE
from conference.core.replacing import replace
from conference.core.requests.passthrough import MOST_WAITING
from conference.core.room import Room
from conference.core.room_settings import Known, RoleSettings
from conference.core.snapshot import Snapshot

TWO = rig.inside(rig.inside(), "B")
ENDS = rig.after(TWO, rig.asks("end"))
ENDED = rig.after(ENDS, rig.answer(ENDS, rig.requests("K")))
LOST = [(422, "90019"), (404, "90058")]


def names(commands: tuple[c.Command, ...]) -> list[str]:
    return [each.name for each in commands]


@pytest.mark.parametrize("room", [ENDS, ENDED], ids=["end is in flight", "Telnyx has accepted"])
def test_no_hold_or_mute_is_sent_to_a_conference_that_ends(room: Room) -> None:
    for event in (rig.hangup("A"), rig.asks("mute", "B"), rig.asks("hold", "B")):
        room, commands = rig.decide(room, event)
        assert {*names(commands)} <= {"remember"}, event


@pytest.mark.parametrize("said", LOST)
@pytest.mark.parametrize("accepted", [True, False])
def test_one_held_as_the_end_was_requested_opens_no_new_conference(
    said: tuple[int, str], accepted: bool
) -> None:
    """Telnyx ends the conference before a hold that was in flight."""
    room = rig.after(TWO, rig.asks("hold", "A"), rig.asks("end"))
    if accepted:
        room = rig.after(room, rig.answer(room, rig.requests("K")))
    room, commands = rig.decide(room, rig.answer(room, c.HOLD_AND_MUTE, *said))
    assert names(commands) == []
    assert rig.status(room) == {"A": "leaving", "B": "leaving"}
    assert (room.conference, room.ending) == ("", "")
    room = rig.after(rig.well(room), rig.ended(), rig.hangup("A"), rig.hangup("B"))
    assert (room.participants, room.pending) == ({}, {})


def test_calls_that_stay_up_after_a_lost_conference_hear_so() -> None:
    room = rig.after(TWO, rig.asks("hold", "A"), rig.asks("end"))
    room = rig.after(room, rig.answer(room, c.HOLD_AND_MUTE, 422, "90019"), rig.hangup("A"))
    due = room.next_deadline
    assert due is not None
    _, commands = rig.decide(room, rig.time(due))
    assert [(x.call, x.text) for x in commands if isinstance(x, c.Speak)] == [
        ("B", "You are no longer in the conference. Goodbye.")
    ]


def test_a_caller_of_the_next_meeting_opens_a_conference_while_the_old_one_ends() -> None:
    room = rig.waiting(ENDED, "C")
    room, commands = rig.decide(room, rig.answer(room, "C", 422, "90019"))
    assert [(x.call, x.room) for x in commands if isinstance(x, c.Create)] == [("C", "demo")]
    assert rig.status(room) == {"A": "leaving", "B": "leaving", "C": "waiting"}


@pytest.mark.parametrize("said", [(422, "99999"), (401, "10009")])
def test_hold_and_mute_go_on_if_telnyx_refuses_the_end(said: tuple[int, str]) -> None:
    room = rig.after(ENDS, rig.asks("hold", "B"))
    room, commands = rig.decide(room, rig.answer(room, rig.requests("K"), *said))
    assert names(commands) == ["hold"]
    assert room.ending == ""
    lost = rig.after(room, rig.answer(room, c.HOLD_AND_MUTE, 422, "90019"))
    assert rig.status(lost) == {"A": "waiting", "B": "waiting"}


def test_an_end_of_which_telnyx_has_no_conference_is_done() -> None:
    room, commands = rig.decide(ENDS, rig.answer(ENDS, rig.requests("K"), 422, "90019"))
    assert (room.ending, names(commands)) == ("K", [])


def test_the_next_conference_does_not_end() -> None:
    room = rig.after(ENDED, rig.ended(), rig.hangup("A"), rig.hangup("B"))
    room = rig.waiting(room, "C", NOW)
    room = rig.after(room, rig.answer(room, c.CONFERENCE, data={"id": "L"}))
    room, commands = rig.decide(room, rig.joined("C", conference="L"))
    assert (room.ending, names(commands)) == ("", ["hold"])


def test_the_leave_of_the_host_is_not_announced_in_a_conference_that_ends() -> None:
    settings: dict[str, Any] = {"roles": {"moderator": RoleSettings(ends=True)}}
    room = with_settings(**settings, roster={"+1": Known("Ann", "moderator")})
    room = rig.inside(rig.inside(room), "B")
    room = rig.after(room, rig.asks("end"))
    _, commands = rig.decide(room, rig.hangup("A"))
    assert names(commands) == []


def hosted() -> Room:
    """The host has left, and the goodbye is spoken."""
    roles = {"moderator": RoleSettings(ends=True)}
    room = with_settings(roles=roles, roster={"+13125550111": Known("Ann", "moderator")})
    room = rig.inside(rig.inside(room, "B"), "C")
    rings = rig.well(rig.after(room, rig.initiated("A", T0, from_="+13125550111")), T0, "A")
    for event in (rig.hook("call.answered", "A", T0), rig.hook("call.speak.ended", "A", T0)):
        rings = rig.well(rig.after(rings, event), T0)
    room = rig.well(rig.after(rings, rig.joined("A", T0)))
    room = rig.well(rig.after(room, rig.hangup("A")))
    return rig.well(rig.after(room, rig.time(room.deadlines[AWAY])))


def test_the_end_after_the_host_is_requested_again_until_the_conference_is_over() -> None:
    room = hosted()
    due = room.deadlines[GOODBYE]
    room, commands = rig.decide(room, rig.time(due))
    assert names(commands) == ["end"]
    room = rig.after(room, rig.answer(room, rig.requests("K"), 422, "99999", at=due))
    room, again = rig.decide(room, rig.time(room.deadlines[GOODBYE]))
    assert names(again) == ["end"]
    assert again[0].id != commands[0].id  # type: ignore[union-attr]
    over = rig.after(room, rig.ended(at=due), rig.hangup("B"), rig.hangup("C"))
    assert [each for each in over.deadlines if each.kind == "host"] == []


def test_the_end_after_the_host_ends_no_conference_that_follows() -> None:
    room = hosted()
    room = rig.after(room, rig.time(room.deadlines[GOODBYE]))
    room = rig.after(rig.waiting(room, "D"), rig.ended())
    assert rig.status(room) == {"B": "leaving", "C": "leaving", "D": "waiting"}
    assert [each for each in room.deadlines if each.kind == "host"] == []


def test_callers_in_the_lobby_do_not_put_off_the_end_after_the_host() -> None:
    """Even if their role could end the conference, too: they may never be admitted."""
    ends = RoleSettings(ends=True)
    room = with_settings(hosted(), lobby=True, roles={"moderator": ends, "participant": ends})
    room = rig.after(rig.ringing(room, "D"), rig.hook("call.answered", "D"))
    assert room.participants["D"].waits_outside
    listeners = {each: replace(room.participants[each], role="listener") for each in "BC"}
    room = rig.given(room, participants={**room.participants, **listeners})
    _, commands = rig.decide(room, rig.time(room.deadlines[GOODBYE]))
    assert "end" in names(commands)


def test_no_number_of_waiting_commands_keeps_the_line_from_ending_a_conference() -> None:
    room = hosted()
    for n in range(MOST_WAITING + 1):
        request = rig.asks("stop")
        request = type(request)(request.verb, request.at, f"{n}", (), {})
        try:
            room = rig.after(room, request)
        except Refused:
            break
    with pytest.raises(Refused):
        rig.after(room, rig.asks("end"))
    room = rig.after(room, rig.time(room.deadlines[GOODBYE]))
    last = rig.pending(room, rig.requests("K"))[-1]
    assert last.name == "end"


def test_a_room_without_a_conference_ends_none() -> None:
    assert rig.after(rig.greeting(EMPTY), rig.asks("end")).ending == ""


def test_lists_without_the_conference_bring_nobody_back_into_one_that_ends() -> None:
    room = ENDED
    for at in (NOW + 1, NOW + 5):
        room = rig.after(room, SnapshotWanted(at))
        empty = Snapshot(calls={"A": rig.state(), "B": rig.state("B")}, conference="")
        room, commands = rig.decide(room, rig.answer(room, c.SNAPSHOT, data=empty, at=at + 1))
    assert names(commands) == []
    assert rig.status(room) == {"A": "leaving", "B": "leaving"}
