"""Outgoing calls by either door: nobody is called twice, and each call is counted once."""

from __future__ import annotations

from typing import Any

import pytest
from rigs import core as rig
from rigs.core import EMPTY, NOW, T0
from rigs.texml_rooms import comes, texml

from conference.core import commands as c
from conference.core.client_state import ClientState
from conference.core.events import ModeratorRequest, Outcome, Refused
from conference.core.requests.dialling import RING_SECONDS
from conference.core.requests.under_way import calls_under_way
from conference.core.room import Room
from conference.core.transitions import change

BOB, CLEO = "+13125550142", "+13125550143"
DOORS = pytest.mark.parametrize("door", ["call-control", "texml"])


def dial(to: str = BOB, n: int = 1, at: float = NOW, **values: Any) -> ModeratorRequest:
    return ModeratorRequest("dial", at, f"request {n}", (), {"to": to, **values})


def pending(n: int = 1) -> c.Queue:
    return c.Queue("dial", f"request {n}")


def answered(room: Room, n: int = 1, call: str = "D", status: int = 200, at: float = NOW) -> Room:
    """Return the room after Telnyx's answer to dial n."""
    data = {"call_control_id": call} if status == 200 else None
    return rig.after(room, Outcome(rig.head(room, pending(n)), at, status, data=data))


def of(door: str) -> Room:
    return texml("A", "B") if door == "texml" else rig.inside()


def refusal(room: Room, event: ModeratorRequest) -> str:
    """Return the reason for which the room refuses, and changes nothing."""
    with pytest.raises(Refused) as refused:
        rig.decide(room, event)
    assert refused.value.kind == "already-here"
    return str(refused.value)


@DOORS
def test_a_number_that_is_being_called_is_not_called_again(door: str) -> None:
    waits = rig.after(of(door), dial(label="Bob"))
    rings = answered(waits)
    for room in (waits, rings):
        assert refusal(room, dial(n=2)).startswith("Bob is being called")
        assert "force" in refusal(room, dial(n=2))
        assert rig.pending(rig.after(room, dial(CLEO, 2)), pending(2))
        (command,) = rig.pending(rig.after(room, dial(n=2, force=True)), pending(2))
        assert isinstance(command, c.Dial) and command.to == BOB


def test_a_number_whose_call_a_moderator_has_ended_can_be_called() -> None:
    """The call counts all the same until it is known to have ended."""
    room = rig.after(rig.after(rig.inside(), dial()), rig.asks("end"))
    assert len(calls_under_way([room], NOW)) == 1
    assert rig.pending(rig.after(room, dial(n=2)), pending(2))


@DOORS
def test_it_is_named_by_its_last_digits_without_a_label(door: str) -> None:
    why = refusal(answered(rig.after(of(door), dial())), dial(n=2))
    assert why.startswith("...0142 is being called")
    assert "555" not in why


def calls_with(number: str, status: str = "joined") -> Room:
    """A is inside, and B with this number has the status."""
    at_status: dict[str, Room] = {
        "ringing": rig.ringing(rig.inside(), "B"),
        "greeting": rig.greeting(rig.inside(), "B"),
        "waiting": rig.waiting(rig.inside(), "B"),
        "joined": rig.inside(rig.inside(), "B"),
        "parked": rig.parked(rig.inside(rig.inside(), "B"), "B"),
        "leaving": rig.leaving(rig.inside(rig.inside(), "B"), "B"),
        "refused": rig.refused(rig.inside(), "B"),
        "ending": rig.ending(rig.inside(), "B"),
    }
    return change(at_status[status], "B", number=number)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("ringing", "on the way in"),
        ("greeting", "on the way in"),
        ("waiting", "on the way in"),
        ("joined", "in the conference already"),
        ("parked", "outside the conference until a join"),
    ],
)
def test_a_caller_who_is_here_is_not_called(status: str, words: str) -> None:
    assert words in refusal(calls_with(BOB, status), dial())
    assert rig.pending(rig.after(calls_with(BOB, status), dial(force=True)), pending())


@pytest.mark.parametrize("status", ["leaving", "refused", "ending"])
def test_a_caller_on_the_way_out_can_be_called(status: str) -> None:
    assert rig.pending(rig.after(calls_with(BOB, status), dial()), pending())


@pytest.mark.parametrize(
    "number",
    [
        *("13125550142", "0013125550142", " 13125550142", "+1 (312) 555-0142"),
        *("tel:+13125550142", "tel:+1-312-555-0142", "+13125550142;isub=1"),
        *("sip:+13125550142@sip.example.com", "SIP:+13125550142@sip.example.com;user=phone"),
        *("sip:13125550142@sip.example.com", "sip:%2B13125550142@sip.example.com"),
        *("sip:+13125550142;npdi=yes@sip.example.com", "13125550142@sip.example.com"),
        '"Bob" <sip:+13125550142@sip.example.com>',
    ],
)
def test_a_number_is_known_however_telnyx_writes_it(number: str) -> None:
    assert refusal(calls_with(number), dial())


@pytest.mark.parametrize(
    "number",
    [
        *("", "anonymous", "0142", "sip:bob@example.com", "+13125550141", "+131255501420"),
        '"+13125550142" <sip:bob@example.com>',
    ],
)
def test_another_number_is_none_of_it(number: str) -> None:
    assert rig.pending(rig.after(calls_with(number), dial()), pending())


def test_a_caller_by_texml_is_not_called() -> None:
    assert "in the conference already" in refusal(
        texml("A", room=rig.after(EMPTY, comes("B", from_=BOB))), dial()
    )


def test_a_call_that_has_failed_or_ended_does_not_count() -> None:
    failed = answered(rig.after(EMPTY, dial()), status=422)
    hung_up = rig.after(answered(rig.after(EMPTY, dial())), rig.hangup("D"))
    for room in (failed, hung_up):
        assert rig.pending(rig.after(room, dial(n=2)), pending(2))
        assert len(calls_under_way([room], NOW)) == 0


def test_by_texml_a_call_that_telnyx_has_refused_does_not_count() -> None:
    room = answered(rig.after(texml("A", "B"), dial()), status=422)
    assert len(calls_under_way([room], NOW)) == 0
    assert rig.pending(rig.after(room, dial(n=2)), pending(2))


def test_by_texml_a_call_without_an_answer_of_telnyx_counts_while_it_may_ring() -> None:
    """No event would report that it rings, and a repetition would be a second call."""
    room = answered(rig.after(texml("A", "B"), dial()), status=0)
    assert rig.pending(room, pending()) == ()
    assert "being called" in refusal(room, dial(n=2))
    assert len(calls_under_way([room], NOW)) == 1
    later = NOW + RING_SECONDS + 10
    assert len(calls_under_way([room], later)) == 0
    assert rig.pending(rig.after(room, dial(n=2, at=later)), pending(2))


def test_by_texml_each_forced_call_without_an_answer_of_telnyx_counts() -> None:
    room = texml("A", "B")
    for n in (1, 2, 3):
        label = f"Bob {n}"
        room = answered(rig.after(room, dial(n=n, force=True, label=label)), n, status=0)
    assert len(calls_under_way([room], NOW)) == 3
    for n in (1, 2, 3):  # each comes in once it answers
        room = rig.after(room, comes(f"D{n}", 8 + n, to=BOB, from_="+13125550100"))
        assert len(calls_under_way([room], NOW)) == 3
    shown = [(room.participants[call].label, call) for call in ("D1", "D2", "D3")]
    assert shown == [("Bob 1", "D1"), ("Bob 2", "D2"), ("Bob 3", "D3")]
    assert room.texml.dialled == {}


def test_by_texml_the_call_without_an_answer_of_telnyx_is_none_that_rings() -> None:
    room = answered(rig.after(texml("A", "B"), dial(label="Bob")))
    room = answered(rig.after(room, dial(n=2, force=True, label="Bea")), 2, status=0)
    room = rig.after(room, comes("E", 8, to=BOB))
    assert [room.participants[call].label for call in ("D", "E")] == ["Bob", "Bea"]
    assert [*room.texml.dialled] == ["request 1"]


def test_by_texml_the_end_of_one_forced_call_leaves_the_other() -> None:
    room = texml("A", "B")
    for n in (1, 2, 3):
        room = answered(rig.after(room, dial(n=n, force=True)), n, f"D{n}")
    refused = answered(rig.after(room, dial(n=4, force=True)), 4, status=422)
    assert refused.texml.dialled == room.texml.dialled
    room = rig.well(rig.after(room, rig.asks("kick", "D2")), NOW)
    room = rig.after(room, comes("D1", 8, to=BOB))
    assert [*room.texml.dialled] == ["request 3"]
    assert len(calls_under_way([room], NOW)) == 2


def test_by_texml_a_call_that_was_kicked_while_it_rang_does_not_count() -> None:
    room = answered(rig.after(texml("A", "B"), dial()))
    room = rig.well(rig.after(room, rig.asks("kick", "D")), NOW)
    assert len(calls_under_way([room], NOW)) == 0
    assert rig.pending(rig.after(room, dial(n=2)), pending(2))


@DOORS
def test_a_call_counts_once_whether_its_event_or_the_answer_comes_first(door: str) -> None:
    state = ClientState("demo", direction="outgoing", number=BOB, dial="request 1")
    room = rig.after(of(door), dial())
    assert len(calls_under_way([room], NOW)) == 1
    first = (
        comes("D", 8, to=BOB)
        if door == "texml"
        else rig.hook("call.initiated", "D", direction="outgoing", client_state=state)
    )
    early = rig.after(room, first)
    assert early.participants["D"].direction == "outgoing"
    assert len(calls_under_way([early], NOW)) == 1, "its dial is pending, too"
    assert len(calls_under_way([answered(early)], NOW)) == 1
    for at in (NOW - 1, NOW + 1):  # a request may have waited for its turn
        second = rig.after(early, dial(n=2, at=at, force=True))
        assert len(calls_under_way([second], NOW)) == 2
        assert len(calls_under_way([answered(second, 2, "E")], NOW)) == 2


@pytest.mark.parametrize("status", ["joined", "parked", "refused", "leaving", "ending"])
def test_a_call_counts_until_it_has_ended(status: str) -> None:
    room = change(calls_with(BOB, status), "B", direction="outgoing")
    assert len(calls_under_way([room, EMPTY], T0)) == 1
