"""Member numbers: in the order in which callers come, and none twice in a meeting."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rigs import core as rig
from rigs.core import EMPTY, NOW
from rigs.texml_rooms import comes, ends, goes, listed, texml

from conference.core import commands as c
from conference.core import members
from conference.core.client_state import ClientState
from conference.core.events import Event, HandedOver, SnapshotWanted
from conference.core.members import MOST_UNCLAIMED
from conference.core.parts import Asked
from conference.core.room import Room
from conference.core.snapshot import Seen, Snapshot
from conference.core.texml.facts import Fetch

TWO = rig.inside(rig.inside(), "B")
AFRESH = replace(EMPTY, watches_unknown_calls=True)  # as after a kill
FREE = Seen(False, False)


def numbers(room: Room) -> dict[str, int]:
    return {call: p.member for call, p in room.participants.items()}


def begun(room: Room, call: str) -> Room:
    """Telnyx has begun the call that we dial."""
    return rig.after(room, rig.answer(room, rig.DIAL, data={"call_control_id": call}))


def shown(room: Room, at: float = NOW, stays: int = 0, out: str = "", **kept: int) -> Room:
    """Let Telnyx list these calls with the numbers that it keeps, inside except those `out`."""
    room = rig.after(room, SnapshotWanted(at))
    calls = {call: rig.state(call, member=member) for call, member in kept.items()}
    joined = {call: FREE for call in kept if call not in out}
    listed = Snapshot("K", joined, calls, stays=stays)
    return rig.after(room, rig.answer(room, c.SNAPSHOT, at=at, data=listed))


# In order


WAYS_IN: dict[str, tuple[Room, list[Event]]] = {
    "rings": (TWO, [rig.initiated("C")]),
    "is dialled": (
        begun(rig.after(TWO, rig.asks("dial", to="+2")), "C"),
        [],
    ),
    "is dialled, and the webhook comes first": (
        rig.after(TWO, rig.asks("dial", to="+2")),
        [
            rig.hook(
                "call.initiated",
                "C",
                direction="outgoing",
                client_state=ClientState("demo", direction="outgoing", number="+2", member=3),
            )
        ],
    ),
    "comes by TeXML": (texml("A", "B"), [comes("C", 5)]),
    "is moved here": (
        TWO,
        [HandedOver(NOW, rig.newcomer("C", status="parked", member=1), Asked(), left="old")],
    ),
    "is found by a snapshot": (shown(TWO, A=1, B=2, C=0), []),
}


@pytest.mark.parametrize(("room", "events"), WAYS_IN.values(), ids=WAYS_IN)
def test_whichever_way_a_caller_comes_in_the_next_number_is_theirs(
    room: Room, events: list[Event]
) -> None:
    room = rig.after(room, *events)
    assert numbers(room) == {"A": 1, "B": 2, "C": 3}
    assert room.members == 3


def test_a_number_is_not_given_twice() -> None:
    room = rig.after(TWO, rig.hangup("B"), rig.initiated("C"))
    assert numbers(room) == {"A": 1, "C": 3}
    room = rig.after(room, rig.hangup("C"), rig.hangup("A"), rig.initiated("D"))
    assert numbers(room) == {"D": 1}, "but in the next meeting"


def test_our_answer_has_the_number() -> None:
    room, commands = rig.decide(TWO, rig.initiated("C"))
    assert commands == (c.Answer("C", rig.state("C"), at=NOW),)
    assert rig.well(room).pending == {}, "and nothing more is sent for it"


def test_a_call_that_we_dial_has_its_number_from_the_request_on() -> None:
    room = rig.after(TWO, rig.asks("dial", to="+2"))
    assert rig.head(room, rig.DIAL).client_state.member == 3
    room = rig.after(room, rig.initiated("C"))
    assert numbers(begun(room, "D")) == {"A": 1, "B": 2, "C": 4, "D": 3}
    refused = rig.after(room, rig.answer(room, rig.DIAL, 422, "90103"), rig.initiated("E"))
    assert numbers(refused) == {"A": 1, "B": 2, "C": 4, "E": 5}, "3 was shown as being called"


def test_by_texml_too() -> None:
    room = rig.after(texml("A"), rig.asks("dial", to="+C"))
    assert rig.head(room, rig.DIAL).client_state.member == 2
    room = rig.after(room, comes("B", 3))
    room = rig.after(room, rig.answer(room, rig.DIAL, data={"call_control_id": "C"}))
    assert numbers(room) == {"A": 1, "B": 3, "C": 2}


def test_a_call_that_is_moved_has_a_number_of_its_new_room() -> None:
    moved = HandedOver(NOW, rig.newcomer("C", status="parked", member=7), Asked(), left="old")
    room, commands = rig.decide(TWO, moved)
    assert numbers(room)["C"] == 3
    assert c.Remember("C", rig.state("C"), at=NOW) in commands


# One meeting


ENDS: dict[str, tuple[Room, list[Event]]] = {
    "all hang up": (TWO, [rig.hangup("A"), rig.hangup("B")]),
    "all are kicked": (TWO, [rig.asks("kick", "A", "B")]),
    "a moderator ends it": (
        rig.well(rig.after(TWO, rig.asks("end"))),
        [rig.ended(), rig.hangup("A"), rig.hangup("B")],
    ),
    "the last one moves": (
        rig.well(rig.after(TWO, rig.hangup("A"), rig.asks("move", "B", room="blue"))),
        [],
    ),
    "a call that rings is not answered": (rig.ringing(), [rig.hangup("A")]),
    "by TeXML": (texml("A", "B"), [ends()]),
}


@pytest.mark.parametrize(("room", "events"), ENDS.values(), ids=ENDS)
def test_the_next_meeting_begins_with_1(room: Room, events: list[Event]) -> None:
    room = rig.after(room, *events)
    assert (room.members, room.unclaimed) == (0, frozenset())
    assert rig.after(room, rig.initiated("Z")).participants["Z"].member == 1


STAYS: dict[str, Room] = {
    "rings": rig.ringing(TWO, "C"),
    "is greeted": rig.greeting(TWO, "C"),
    "waits": rig.waiting(TWO, "C"),
    "is parked": rig.parked(rig.inside(TWO, "C"), "C"),
    "is leaving": rig.leaving(rig.inside(TWO, "C"), "C"),
    "is called": rig.after(TWO, rig.initiated("C"), rig.hangup("C"), rig.asks("dial", to="+2")),
}


@pytest.mark.parametrize("room", STAYS.values(), ids=STAYS)
def test_the_numbers_go_on_while_one_who_has_a_number_may_be_in(room: Room) -> None:
    """Also one who rings, though a lock would end."""
    highest = room.members
    room = rig.after(room, rig.hangup("A"), rig.hangup("B"), rig.initiated("D"))
    assert room.participants["D"].member == highest + 1


def test_by_texml_they_go_on_while_a_caller_is_expected() -> None:
    room = rig.after(texml("A"), Fetch("B", NOW), goes("A"))
    assert room.members == 1
    late = NOW + room.settings.expects_for + 1
    assert numbers(rig.after(room, comes("B", 3, at=late - 2))) == {"B": 2}
    assert numbers(rig.after(room, Fetch("C", late), comes("C", 3, at=late))) == {"C": 1}


# Over a restart


def test_found_calls_keep_their_numbers() -> None:
    room = shown(AFRESH, B=5, A=2, C=3)
    assert numbers(room) == {"A": 2, "B": 5, "C": 3}
    assert rig.after(room, rig.initiated("D")).participants["D"].member == 6
    assert room.pending.keys().isdisjoint(c.memory(call) for call in "ABC")


@pytest.mark.parametrize(("stays", "following"), [(0, 3), (2, 3), (7, 8)])
def test_the_numbers_of_those_who_have_left_are_not_given_again(stays: int, following: int) -> None:
    room = shown(AFRESH, stays=stays, A=1, B=2)
    assert rig.after(room, rig.initiated("C")).participants["C"].member == following


def test_a_list_does_not_move_the_numbers_of_a_room_that_went_on() -> None:
    """A caller may join several times: after a `leave`, say."""
    room = shown(shown(AFRESH, A=1, B=2), NOW + 5, stays=9, A=1, B=2)
    assert rig.after(room, rig.initiated("C")).participants["C"].member == 3


def test_of_two_with_the_same_number_the_later_one_gets_another_and_telnyx_keeps_it() -> None:
    """Who calls between a kill and the first list is a new caller."""
    room = rig.inside(AFRESH, "N")
    assert numbers(room) == {"N": 1}
    for n in range(3):
        room = shown(room, NOW + 3 * n, stays=4, N=1, A=1, B=2)
    assert numbers(room) == {"N": 1, "A": 5, "B": 2}
    assert rig.head(room, c.memory("A")) == c.Remember("A", rig.state(member=5), at=NOW + 3)
    assert [queue.id for queue in room.pending if queue.of == "memory"] == ["A"]


def test_two_found_ones_do_not_take_the_number_of_a_third() -> None:
    assert numbers(shown(AFRESH, A=1, B=1, C=2)) == {"A": 1, "B": 3, "C": 2}


def test_a_number_that_comes_with_a_webhook_counts_like_one_in_a_list() -> None:
    """Webhooks may come before the lists are read."""
    room = rig.after(AFRESH, rig.hook("call.answered", "B", client_state=rig.state(member=4)))
    assert numbers(room) == {"B": 4}
    room = rig.after(room, rig.initiated("N"))
    assert numbers(shown(room, B=4, A=2, out="B")) == {"B": 4, "N": 5, "A": 2}


def test_calls_of_an_older_version_get_numbers_in_the_order_in_which_they_are_found() -> None:
    assert numbers(shown(AFRESH, B=0, A=0)) == {"B": 1, "A": 2}


def test_by_texml_found_calls_get_numbers_in_the_order_in_which_they_are_found() -> None:
    room = rig.after(EMPTY, comes("B", 7))
    assert numbers(room) == {"B": 1}
    assert numbers(rig.after(room, listed(room, "A", "B", "C"))) == {"B": 1, "A": 2, "C": 3}


# The numbers that nobody has yet


def test_few_numbers_are_kept_for_calls_to_come() -> None:
    room = members.skip_to(EMPTY, 999_999)
    assert (len(room.unclaimed), max(room.unclaimed)) == (MOST_UNCLAIMED, 999_999)
    room = members.skip_to(room, 1_000_500)
    assert (len(room.unclaimed), min(room.unclaimed)) == (MOST_UNCLAIMED, 999_501)
    old = rig.newcomer(member=3)
    assert members.number(room, old)[1].member == 1_000_501


def test_a_caller_comes_in_without_a_look_at_the_others() -> None:
    """So that a caller costs no more in a large room."""

    class Unsearched(dict[str, Any]):
        def values(self) -> Any:
            raise AssertionError("searched")

        items = __iter__ = values

    room = replace(EMPTY, members=2, unclaimed=frozenset({2}), participants=Unsearched())
    for member, given in [(0, 3), (2, 2), (1, 3), (9, 9)]:
        assert members.number(room, rig.newcomer(member=member))[1].member == given
