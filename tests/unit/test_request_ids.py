"""`requests` of the lines of activity: which moderators' requests each came of."""

from __future__ import annotations

from typing import Any

import pytest
from rigs import core as rig
from rigs.core import EMPTY, NOW
from rigs.texml_rooms import comes, goes, texml

from conference.core.client_state import ClientState
from conference.core.commands import HOLD_AND_MUTE, Queue
from conference.core.decide import decide
from conference.core.events import Event, ModeratorRequest
from conference.core.room import Room
from conference.reporting import request_ids
from conference.reporting.activity import activity
from conference.reporting.activity_line import ActivityLine
from conference.reporting.request_ids import CallsOutside

BOB = "+13125550142"
DIAL = Queue("dial", "d1")
STATE = ClientState("demo", direction="outgoing", number=BOB, dial="d1", member=2)
NOBODY: tuple[str, ...] = ()


class Watched:
    """A room, and the lines of the changes that its events make."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.lines: list[ActivityLine] = []
        self._outside = CallsOutside()

    def happens(self, *events: Event) -> list[ActivityLine]:
        """Apply the events. Return the lines of the last one."""
        made: list[ActivityLine] = []
        for event in events:
            change = decide(self.room, event)
            made = list(activity(change, self._outside.requests))
            self._outside.note(change)
            self.room, self.lines = change.after, self.lines + made
        return made

    def answered(self, of: str | Queue, status: int = 200, **given: Any) -> list[ActivityLine]:
        """Let Telnyx answer the first command of the queue."""
        return self.happens(rig.answer(self.room, of, status, **given))


def asks(id: str, verb: str, *calls: str, **values: Any) -> ModeratorRequest:
    return ModeratorRequest(verb, NOW, id, calls, values)


def dials(id: str = "d1", **values: Any) -> ModeratorRequest:
    return asks(id, "dial", to=BOB, **values)


def of(lines: list[ActivityLine]) -> list[tuple[str, tuple[str, ...]]]:
    return [(line.kind, line.requests) for line in lines]


def of_calls(lines: list[ActivityLine]) -> dict[str, tuple[str, ...]]:
    """Return the requests of the changes, by call."""
    return {line.calls[0]: line.requests for line in lines if line.kind == "change" and line.calls}


THREE = rig.inside(rig.inside(rig.inside(), "B"), "C")


def test_what_a_webhook_or_a_rule_causes_came_of_no_request() -> None:
    watched = Watched(EMPTY)
    watched.happens(rig.initiated(), rig.hook("call.answered"))
    watched.answered("A")
    watched.room = rig.let_in()
    watched.happens(rig.joined())
    watched.answered(HOLD_AND_MUTE)
    assert "we send hold" in [line.text for line in watched.lines]
    assert {line.requests for line in watched.lines} == {()}


def test_a_request_its_commands_their_outcomes_and_the_changes_have_its_id() -> None:
    watched = Watched(THREE)
    assert of(watched.happens(asks("m1", "mute", "A"))) == [
        ("request", ("m1",)),
        ("command", ("m1",)),  # remember
        ("command", ("m1",)),  # mute
    ]
    assert of(watched.answered(HOLD_AND_MUTE)) == [("outcome", ("m1",)), ("change", ("m1",))]


def test_a_joint_command_has_the_ids_of_all_its_requests_and_each_change_its_own() -> None:
    watched = Watched(THREE)
    watched.happens(asks("m1", "mute", "A"), asks("m2", "mute", "B"), asks("m3", "mute", "C"))
    lines = watched.answered(HOLD_AND_MUTE)
    assert of(lines)[-1] == ("command", ("m2", "m3"))
    assert of_calls(lines) == {"A": ("m1",)}
    lines = watched.answered(HOLD_AND_MUTE)
    assert of(lines)[0] == ("outcome", ("m2", "m3"))
    assert of_calls(lines) == {"B": ("m2",), "C": ("m3",)}


def test_a_change_keeps_its_request_though_a_newer_one_wants_the_opposite() -> None:
    watched = Watched(THREE)
    watched.happens(asks("m1", "mute", "A"), asks("m2", "unmute", "A"))
    lines = watched.answered(HOLD_AND_MUTE)
    assert of_calls(lines) == {"A": ("m1",)}
    assert of(lines)[-1] == ("command", ("m2",))


def test_a_hold_by_the_rule_came_of_the_request_that_left_somebody_alone() -> None:
    watched = Watched(rig.inside(rig.inside(), "B"))
    lines = watched.happens(asks("h1", "hold", "A"))
    assert ("command", ("h1",)) in of(lines)
    lines = watched.answered(HOLD_AND_MUTE)
    assert of_calls(lines) == {"A": ("h1",), "B": ("h1",)}


# Dials


def test_a_dial_and_all_that_becomes_of_its_call_have_its_id() -> None:
    watched = Watched(rig.inside())
    watched.happens(dials())
    watched.answered(DIAL, data={"call_control_id": "D"})
    watched.happens(
        rig.hook("call.initiated", "D", direction="outgoing", client_state=STATE, to=BOB),
        rig.hook("call.answered", "D", client_state=STATE),
        rig.hook("call.speak.ended", "D"),
    )
    watched.answered("D")
    watched.happens(rig.joined("D"))
    joined = watched.lines[-3:]
    assert of(joined) == [("webhook", ("d1",)), ("change", ("d1",)), ("command", NOBODY)]
    assert joined[-1].text == "we send unhold", "which is for the other caller"
    assert {line.requests for line in watched.lines[:-1]} == {("d1",)}
    watched.happens(rig.hangup("D"))
    late = rig.hook("conference.participant.left", "D"), rig.hook("call.cost", "D")
    assert [of(watched.happens(event)) for event in late] == [[("webhook", ("d1",))]] * 2


def test_a_webhook_that_overtakes_the_answer_to_the_dial_has_the_id_by_its_client_state() -> None:
    watched = Watched(rig.inside())
    watched.happens(dials())
    lines = watched.happens(rig.hangup("D", client_state=STATE, cause="user_busy"))
    assert of(lines) == [("webhook", ("d1",))]
    owners = rig.hook("conference.speak.ended", "", client_state=STATE)
    assert of(watched.happens(owners)) == [("webhook", NOBODY)], "its client_state is the owner's"


@pytest.mark.parametrize(
    ("status", "text"),
    [(422, "refused"), (403, "refused"), (0, "unknown")],
)
def test_a_refused_dial_ends_with_an_outcome_that_has_its_id(status: int, text: str) -> None:
    watched = Watched(rig.inside())
    watched.happens(dials())
    (line,) = watched.answered(DIAL, status, at=NOW + 60)
    assert (line.kind, line.requests) == ("outcome", ("d1",))
    assert f"dial: {text}" in line.text


def ringing(room: Room = EMPTY) -> Watched:
    watched = Watched(room)
    watched.happens(dials())
    watched.answered(DIAL, data={"call_control_id": "D"})
    return watched


@pytest.mark.parametrize("cause", ["user_busy", "no_answer", "call_rejected", "timeout"])
def test_a_call_that_nobody_takes_ends_with_the_id_and_the_reason(cause: str) -> None:
    lines = ringing(rig.inside()).happens(rig.hangup("D", cause=cause))
    assert of(lines) == [("webhook", ("d1",)), ("change", ("d1",))]
    assert all(cause in line.text for line in lines)


def test_a_call_that_texml_never_reports_ends_with_the_id() -> None:
    watched = ringing(texml("A", "B"))
    (line,) = watched.happens(rig.time(NOW + 3600))
    assert (line.text.split(",")[0], line.requests) == (
        "...0142: ringing -[time is up]> gone",
        ("d1",),
    )


def test_a_call_that_end_hangs_up_has_both_ids() -> None:
    watched = ringing(rig.inside())
    lines = watched.happens(asks("e1", "end"))
    assert [(line.text, line.requests) for line in lines if "D" in line.calls] == [
        ("...0142: ringing -[a moderator: end]> ending, room demo, conference K", ("e1", "d1")),
        ("we send hangup", ("e1",)),
    ]
    assert of(watched.happens(rig.hangup("D")))[0] == ("webhook", ("d1", "e1"))


def test_a_dial_that_end_cancels_before_its_next_try_has_a_line() -> None:
    watched = Watched(rig.inside())
    watched.happens(dials())
    watched.answered(DIAL, 503)
    lines = watched.happens(asks("e1", "end"))
    (line,) = [line for line in lines if "d1" in line.requests]
    assert (line.kind, line.requests) == ("change", ("e1", "d1"))
    assert line.text == "...0142: not called any more, room demo"


def test_a_dial_in_flight_when_the_meeting_ends_is_followed_to_its_hangup() -> None:
    watched = Watched(rig.inside())
    watched.happens(dials(), asks("e1", "end"))
    lines = watched.answered(DIAL, data={"call_control_id": "D"})
    assert ("command", ("d1",)) in of(lines), "hangup"
    assert of(watched.happens(rig.hangup("D")))[0] == ("webhook", ("d1",))


def test_by_texml_it_is_followed_until_it_is_kicked() -> None:
    watched = Watched(texml("A", "B"))
    watched.happens(dials(), asks("e1", "end"))
    watched.answered(DIAL, data={"call_control_id": "D"})
    assert of(watched.happens(comes("D"))) == [("webhook", ("d1",)), ("command", ("d1",))]


def test_only_the_newest_calls_that_ended_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_ids, "MOST_OUTSIDE", 2)
    watched = Watched(rig.inside())
    for n in range(3):
        watched.happens(dials(f"d{n}", force=True))
        watched.answered(Queue("dial", f"d{n}"), data={"call_control_id": f"D{n}"})
        watched.happens(rig.hangup(f"D{n}"))
    costs = [watched.happens(rig.hook("call.cost", f"D{n}"))[0].requests for n in range(3)]
    assert costs == [(), ("d1",), ("d2",)]


# Calls that a request ends or moves


def test_a_kick_is_followed_over_the_goodbye_to_the_end_of_the_call() -> None:
    watched = Watched(rig.inside(rig.inside(), "B"))
    watched.happens(asks("k1", "kick", "B"))
    watched.answered("B")
    lines = watched.happens(rig.hook("call.speak.ended", "B"))
    assert [line.kind for line in lines] == ["webhook", "change", "command"]
    assert lines[-1].text == "we send hangup"
    watched.answered("B")
    lines = watched.happens(rig.hangup("B"))
    assert of(lines) == [("webhook", ("k1",)), ("change", ("k1",))]
    assert {line.requests for line in watched.lines} == {("k1",)}
    assert "we send hold" in [line.text for line in watched.lines], "for A, who is alone by it"
    assert of(watched.happens(rig.left("B"))) == [("webhook", ("k1",))], "after the call"


def test_a_kick_by_texml_is_followed_to_the_end_of_the_call() -> None:
    watched = Watched(texml("A", "B"))
    watched.happens(asks("k1", "kick", "B"))
    watched.answered("B")
    assert of(watched.happens(goes("B")))[:2] == [("webhook", ("k1",)), ("change", ("k1",))]


def test_a_move_is_followed_into_the_other_room() -> None:
    there = Watched(EMPTY)
    here = Watched(rig.inside(rig.inside(), "B"))
    here.happens(asks("v1", "move", "B", room="blue"))
    event = rig.answer(here.room, "B")
    ((to, handover),) = rig.change(here.room, event).handovers
    here.happens(event)
    assert to == "blue"
    lines = there.happens(handover)
    assert [line.text for line in lines][1:] == ["we send remember", "we send create"]
    assert {line.requests for line in lines} == {("v1",)}
