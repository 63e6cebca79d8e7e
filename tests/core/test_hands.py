"""Modes and raised hands: who can speak, whose turn comes next, and what people hear of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from rigs import core as rig
from rigs.core import EMPTY, NOW, T0
from rigs.texml_rooms import OURS, comes, texml

from conference.core import commands as c
from conference.core.client_state import Mode, decode, encode
from conference.core.decide import decide
from conference.core.events import Event, HandedOver, ModeratorRequest, Refused, SnapshotWanted
from conference.core.muting import mute_reason
from conference.core.requests.hands import DOWN, MODES, TURN, TURN_OVER, UP
from conference.core.room import Room, client_state
from conference.core.snapshot import Seen, Snapshot
from conference.reporting import public_view

HOST = rig.asks("role", "A", at=T0, role="moderator")
FOUR = rig.inside(rig.inside(rig.inside(rig.inside(), "B"), "C"), "D")
HOSTED = rig.well(rig.after(FOUR, HOST))
CONVERSATION, QUESTIONS, LECTURE = (
    rig.asks("mode", mode=mode) for mode in ("conversation", "questions", "lecture")
)
NEXT, MUTE_ALL = rig.asks("next-hand"), rig.asks("mute-all")
EVERYONE = "ABCD"
QUESTION_TIME = "Question time: everyone is muted. Raise your hand to speak."
LECTURES = "Lecture: everyone is muted. Only the moderators can speak."


def raises(*calls: str) -> ModeratorRequest:
    return rig.asks("raise-hand", *calls)


def lowers(*calls: str) -> ModeratorRequest:
    return rig.asks("lower-hand", *calls)


def gets_role(call: str, role: str) -> ModeratorRequest:
    return rig.asks("role", call, role=role)


def muted(room: Room) -> str:
    """Return the calls that Telnyx has muted."""
    return "".join(sorted(call for call, told in room.holding.told.items() if told.muted))


def spoken(before: Room, event: Event) -> list[tuple[str, str]]:
    """Return what people hear of the event, in order, with the calls that hear it."""
    said: list[tuple[str, str]] = []
    for command in rig.pending(decide(before, event).after, rig.requests("K")):
        if isinstance(command, c.PassThrough):
            hear = "".join(command.body["call_control_ids"])
            said.append((command.body["payload"], hear))
    return said


class Story(NamedTuple):
    """A row: A is a moderator; B, C and D are participants."""

    name: str
    events: list[Event]
    muted: str
    hands: str = ""
    called: str = ""


RAISED = [QUESTIONS, raises("B"), raises("C")]
CALLED = [*RAISED, NEXT]
LISTENS = [gets_role("B", "listener"), QUESTIONS]
STORIES = [
    Story("question time", [QUESTIONS], "BCD"),
    Story("a lecture", [LECTURE], "BCD"),
    Story("a conversation again", [QUESTIONS, CONVERSATION], ""),
    Story("a lecture becomes question time", [LECTURE, raises("C"), QUESTIONS], "BCD", "C"),
    # hands
    Story("hands wait in the order of raising", RAISED, "BCD", "BC"),
    Story("several hands at once, as named", [QUESTIONS, raises("D", "B")], "BCD", "DB"),
    Story("a hand that is up keeps its place", [*RAISED, raises("B")], "BCD", "BC"),
    Story("a lowered hand loses its place", [*RAISED, lowers("B"), raises("B")], "BCD", "CB"),
    Story("a hand that is not up is lowered", [*RAISED, lowers("D")], "BCD", "BC"),
    Story("hands in a conversation", [raises("B")], "", "B"),
    Story("the end of question time lowers all hands", [*CALLED, CONVERSATION], ""),
    # turns
    Story("the first one's turn", CALLED, "CD", "C", "B"),
    Story("the next one's turn", [*CALLED, NEXT], "BD", "", "C"),
    Story("nobody's turn", [*CALLED, NEXT, NEXT], "BCD"),
    Story("the speaker's hand cannot be raised", [*CALLED, raises("B")], "CD", "C", "B"),
    Story("the speaker lowers the hand", [*CALLED, lowers("B")], "BCD", "C"),
    Story("after a turn the hand may be raised", [*CALLED, NEXT, raises("B")], "BD", "B", "C"),
    Story("a turn in a lecture", [LECTURE, raises("B"), NEXT], "CD", "", "B"),
    Story("a turn ends with the mode", [*CALLED, LECTURE], "BCD", "C"),
    Story("a turn in a conversation", [raises("B"), NEXT], "", "", "B"),
    # other mutes
    Story("mute-all stays below a turn", [MUTE_ALL, raises("B"), NEXT], "CD", "", "B"),
    Story("and comes back after it", [MUTE_ALL, raises("B"), NEXT, NEXT], "BCD"),
    Story("mute-all ends a turn", [*CALLED, MUTE_ALL], "BCD", "C"),
    Story("mute-all outlasts the mode", [MUTE_ALL, QUESTIONS, CONVERSATION], "BCD"),
    Story("its end in question time", [MUTE_ALL, QUESTIONS, rig.asks("undo-mute-all")], "BCD"),
    Story("a mute by name outlasts it", [rig.asks("mute", "B"), QUESTIONS, CONVERSATION], "B"),
    Story("a mute in question time, too", [QUESTIONS, rig.asks("mute", "B"), CONVERSATION], "B"),
    Story("a turn takes it back", [rig.asks("mute", "B"), *CALLED, CONVERSATION], ""),
    Story("a mute in the turn holds", [*CALLED, rig.asks("mute", "B")], "BCD", "C", "B"),
    Story(
        "and is taken back in it",
        [*CALLED, rig.asks("mute", "B"), rig.asks("unmute", "B")],
        "CD",
        "C",
        "B",
    ),
    Story("unmute gives the turn", [*CALLED, rig.asks("unmute", "D")], "BC", "C", "D"),
    Story("unmute gives it to a hand", [*RAISED, rig.asks("unmute", "C")], "BD", "B", "C"),
    Story("unmute of a moderator", [*CALLED, rig.asks("unmute", "A")], "CD", "C", "B"),
    Story("a moderator can be muted by name", [QUESTIONS, rig.asks("mute", "A")], "ABCD"),
    # roles
    Story("a new moderator is free", [QUESTIONS, gets_role("B", "moderator")], "CD"),
    Story("a moderator no more is muted", [QUESTIONS, gets_role("A", "participant")], "ABCD"),
    Story("a new moderator needs no hand", [*RAISED, gets_role("B", "moderator")], "CD", "C"),
    Story("nor a turn", [*CALLED, gets_role("B", "moderator")], "CD", "C"),
    Story("a listener has no hand", [*RAISED, gets_role("B", "listener")], "BCD", "C"),
    Story("a new listener has no turn", [*CALLED, gets_role("B", "listener")], "BCD", "C"),
    Story("a listener stays one", [gets_role("B", "listener"), QUESTIONS, CONVERSATION], "B"),
    Story(
        "a listener gets the turn by name",
        [*LISTENS, rig.asks("unmute", "B")],
        "CD",
        "",
        "B",
    ),
    Story("and no more", [*LISTENS, rig.asks("unmute", "B"), CONVERSATION], "B"),
    Story(
        "also if unmuted twice",
        [*LISTENS, rig.asks("unmute", "B"), rig.asks("unmute", "B"), CONVERSATION],
        "B",
    ),
    Story(
        "or muted by name before",
        [*LISTENS, rig.asks("mute", "B"), rig.asks("unmute", "B"), NEXT, CONVERSATION],
        "B",
    ),
    Story(
        "a listener can be muted in the turn",
        [*LISTENS, rig.asks("unmute", "B"), rig.asks("mute", "B")],
        "BCD",
        "",
        "B",
    ),
    Story(
        "a listener unmuted before question time",
        [gets_role("B", "listener"), rig.asks("unmute", "B"), QUESTIONS, CONVERSATION],
        "",
    ),
    Story(
        "unmute in question time lifts no mute-all",
        [MUTE_ALL, QUESTIONS, rig.asks("unmute", "B"), CONVERSATION],
        "BCD",
    ),
]


@rig.each_case(STORIES)
@pytest.mark.parametrize("room", [HOSTED, rig.well(rig.after(texml(*"ABCD"), HOST))])
def test_the_mode_the_roles_and_the_turn_say_who_is_muted(room: Room, case: Story) -> None:
    for event in case.events:
        room = rig.well(rig.after(room, event))
    assert (muted(room), "".join(room.hands), room.called) == (case.muted, case.hands, case.called)


def test_a_mute_by_the_mode_is_stored_with_nobody() -> None:
    room = rig.well(rig.after(HOSTED, QUESTIONS))
    assert room.holding.asked == {}
    assert [mute_reason(room, call) for call in "ABCD"] == ["", "mode", "mode", "mode"]


def test_the_former_speaker_is_muted_before_the_next_one_is_unmuted() -> None:
    room = rig.well(rig.after(HOSTED, *CALLED))
    room, commands = rig.decide(room, NEXT)
    assert [command for command in commands if isinstance(command, c.HoldOrMute)] == [
        c.Mute("K", ("B",), asked_by=frozenset({"request"}), at=NOW)
    ]
    _, commands = rig.decide(room, rig.answer(room, c.HOLD_AND_MUTE))
    assert commands == (
        c.Unmute("K", ("C",), asked_by=frozenset({"request"}), at=NOW, request=""),
    ), "the request waits for both"


# What people hear

HEARD: list[tuple[str, list[Event], Event, list[tuple[str, str]]]] = [
    ("question time", [], QUESTIONS, [(QUESTION_TIME, EVERYONE)]),
    ("a lecture", [], LECTURE, [(LECTURES, EVERYONE)]),
    ("its end", [LECTURE], CONVERSATION, [(MODES["conversation"], EVERYONE)]),
    ("the mode that it is in", [QUESTIONS], QUESTIONS, []),
    ("no mode yet", [], CONVERSATION, []),
    ("a hand", [QUESTIONS], raises("B"), [(UP.format(place=1), "B")]),
    ("the third hand", RAISED, raises("D"), [(UP.format(place=3), "D")]),
    ("a hand that is up", RAISED, raises("B"), []),
    ("a lowered hand", RAISED, lowers("B"), [(DOWN, "B")]),
    ("a hand that was not up", RAISED, lowers("D"), []),
    ("the first turn", RAISED, NEXT, [(TURN, "B")]),
    ("the second turn", CALLED, NEXT, [(TURN_OVER, "B"), (TURN, "C")]),
    ("the last turn", [*CALLED, NEXT], NEXT, [(TURN_OVER, "C")]),
    ("the speaker becomes a listener", CALLED, gets_role("B", "listener"), [(TURN_OVER, "B")]),
    ("the speaker becomes a moderator", CALLED, gets_role("B", "moderator"), []),
    ("the speaker has done", CALLED, lowers("B"), [(TURN_OVER, "B")]),
]


@pytest.mark.parametrize(
    ("before", "event", "heard"), [row[1:] for row in HEARD], ids=[row[0] for row in HEARD]
)
def test_those_concerned_hear_it(
    before: list[Event], event: Event, heard: list[tuple[str, str]]
) -> None:
    assert spoken(rig.well(rig.after(HOSTED, *before)), event) == heard


def test_the_words() -> None:
    assert UP.format(place=3) == "Your hand is up. You are number 3 in the queue."
    with_keys = rig.with_settings(HOSTED, keys={"*9": "record hand"})
    words = "Question time: everyone is muted. To speak, press star nine."
    assert spoken(with_keys, QUESTIONS) == [(words, EVERYONE)]


def test_those_on_hold_hear_of_the_mode_too() -> None:
    """Telnyx speaks to a participant on hold only by name."""
    held = rig.well(rig.after(HOSTED, rig.asks("hold", "B")))
    assert spoken(held, QUESTIONS) == [(QUESTION_TIME, EVERYONE)]


def test_by_texml_the_mutes_follow_alone() -> None:
    _, commands = rig.decide(texml("A", "B"), QUESTIONS)
    by = frozenset({"request"})
    assert commands == (c.Mute("X", ("A",), at=NOW, asked_by=by, **OURS),)


# Refusals


class No(NamedTuple):
    name: str
    before: list[Event]
    event: Event
    why: str


NOT_NOW = [
    No("next, with no hand", [QUESTIONS], NEXT, "nobody in room demo has raised a hand"),
    No("a moderator's hand", [], raises("A"), "A is a moderator, and can speak without"),
    No("a listener's", [gets_role("B", "listener")], raises("C", "B"), "B is a listener, and"),
    No("unmute of two", [QUESTIONS], rig.asks("unmute", "B", "C"), "one participant speaks"),
    No("unmute of another one", CALLED, rig.asks("unmute", "B", "D"), "one participant speaks"),
    No("unmute-all", [QUESTIONS], rig.asks("unmute-all"), "request the mode conversation"),
]


@rig.each_case(NOT_NOW)
def test_it_is_refused(case: No) -> None:
    room = rig.well(rig.after(HOSTED, *case.before))
    with pytest.raises(Refused, match=case.why) as refused:
        rig.decide(room, case.event)
    assert refused.value.kind == "not-now"


def test_only_those_inside_raise_a_hand() -> None:
    with pytest.raises(Refused, match="not joined"):
        rig.decide(rig.ringing(FOUR, "E"), raises("E"))


def test_an_empty_room_has_no_mode() -> None:
    with pytest.raises(Refused) as refused:
        rig.decide(EMPTY, QUESTIONS)
    assert refused.value.kind == "nobody-here"


# Coming and going


@pytest.mark.parametrize("event", [rig.left, rig.hangup, lambda call: rig.asks("leave", call)])
def test_who_leaves_loses_the_place_and_the_turn(event: Any) -> None:
    room = rig.well(rig.after(HOSTED, *CALLED, raises("D")))
    gone = rig.after(room, event("C"))
    assert (gone.hands, gone.called) == (("D",), "B")
    gone = rig.after(room, event("B"))
    assert (gone.hands, gone.called) == (("C", "D"), "")


def test_a_listener_with_the_turn_keeps_it_when_others_leave() -> None:
    room = rig.well(rig.after(HOSTED, gets_role("B", "listener"), QUESTIONS))
    room = rig.well(rig.after(room, rig.asks("unmute", "B"), rig.hangup("D")))
    assert (room.called, muted(room)) == ("B", "C")


@pytest.mark.parametrize("outside", [rig.parked, rig.greeting])
def test_one_outside_gets_no_turn_by_unmute(outside: Any) -> None:
    room = rig.well(rig.after(HOSTED, *CALLED))
    room = outside(room, "D" if outside is rig.parked else "E")
    after = rig.after(room, rig.asks("unmute", *{*room.participants} - room.joined))
    assert (room.called, after.called) == ("B", "B")
    assert spoken(room, rig.asks("unmute", *{*room.participants} - room.joined)) == []


def test_a_conference_that_is_lost_keeps_the_queue() -> None:
    room = rig.after(rig.well(rig.after(HOSTED, *CALLED)), rig.asks("mute", "B"))
    room = rig.after(room, rig.answer(room, c.HOLD_AND_MUTE, 422, "90019"))
    assert (room.conference, room.hands, room.called) == ("", ("C",), "B")


def test_a_newcomer_is_muted_as_soon_as_they_are_inside() -> None:
    room = rig.well(rig.after(HOSTED, QUESTIONS))
    _, commands = rig.decide(rig.let_in(room, "E"), rig.joined("E"))
    assert commands == (c.Mute("K", ("E",), at=NOW),)
    by_texml = rig.well(rig.after(texml("A", "B"), QUESTIONS))
    _, commands = rig.decide(by_texml, comes("C", 9))
    assert commands == (c.Mute("X", ("C",), at=NOW, **OURS),)


def test_a_call_from_another_room_leaves_hand_and_mute_behind() -> None:
    room = rig.well(rig.after(HOSTED, *CALLED))
    room = rig.after(room, rig.asks("move", "B", room="blue"), rig.left("B"))
    moved = decide(room, rig.answer(room, "B"))
    ((to, handed),) = moved.handovers
    assert (to, moved.after.called, moved.after.hands) == ("blue", "", ("C",))
    assert isinstance(handed, HandedOver) and not handed.asked.mute


def test_the_mode_ends_with_the_meeting() -> None:
    room = rig.well(rig.after(rig.inside(), QUESTIONS, raises("A")))
    over = rig.after(room, rig.hangup("A"))
    assert (over.mode, over.hands, over.called) == ("conversation", (), "")


def test_a_caller_who_rings_at_the_end_begins_a_conversation() -> None:
    room = rig.ringing(rig.well(rig.after(rig.inside(), QUESTIONS)), "B")
    _, commands = rig.decide(room, rig.hangup("A"))
    assert commands == (c.Remember("B", rig.state("B"), at=NOW),), "so does Telnyx know it"


# A restart


def kept(room: Room) -> dict[str, Any]:
    """Return the client_states that Telnyx has, by call."""
    return {p.call: decode(encode(client_state(room, p))) for p in room.participants.values()}


@pytest.mark.parametrize("mode", ["questions", "lecture"])
def test_the_mode_outlasts_a_kill(mode: Mode) -> None:
    room = rig.well(rig.after(HOSTED, rig.asks("mode", mode=mode), rig.asks("mute", "C")))
    inside = {call: Seen(False, call in muted(room)) for call in "ABCD"}
    fresh = rig.after(EMPTY, SnapshotWanted(NOW))
    shown = Snapshot("K", inside, kept(room))
    fresh, commands = rig.decide(fresh, rig.answer(fresh, c.SNAPSHOT, data=shown))
    assert (fresh.mode, muted(fresh)) == (mode, "BCD")
    assert commands == (), "everyone is muted already"
    free = rig.well(rig.after(fresh, CONVERSATION))
    assert muted(free) == "C", "muted by name"


def test_most_calls_decide_what_the_mode_was() -> None:
    states = kept(rig.well(rig.after(HOSTED, LECTURE)))
    states["A"] = replace(states["A"], mode="questions")
    fresh = rig.after(EMPTY, SnapshotWanted(NOW))
    shown = Snapshot("K", dict.fromkeys("ABCD", Seen(False, True)), states)
    assert rig.after(fresh, rig.answer(fresh, c.SNAPSHOT, data=shown)).mode == "lecture"


# What is shown


def test_it_is_shown() -> None:
    room = rig.well(rig.after(HOSTED, QUESTIONS, raises("B", "C", "D"), NEXT))
    shown = public_view.room(room)
    assert (shown["mode"], shown["hands"], shown["called"]) == ("questions", ["C", "D"], "B")
    rows = {p["call_control_id"]: p for p in shown["participants"]}
    assert [rows[call]["hand"] for call in "ABCD"] == [None, None, 1, 2]
    assert [rows[call]["mute_reason"] for call in "ABCD"] == [None, None, "mode", "mode"]
    free = public_view.room(HOSTED)
    assert (free["mode"], free["hands"], free["called"]) == ("conversation", [], None)


@pytest.mark.parametrize(
    ("before", "event", "rows"),
    [
        ([], QUESTIONS, "ABCD"),
        (RAISED, raises("D"), "D"),
        (RAISED, lowers("C"), "C"),
        (RAISED, NEXT, "BC"),
        (CALLED, NEXT, "BC"),
    ],
)
def test_the_rows_that_it_changes_get_a_new_version(
    before: list[Event], event: Event, rows: str
) -> None:
    room = rig.well(rig.after(HOSTED, *before))
    change = decide(room, event)
    assert "".join(change.rows) == rows
    shown = public_view.since(change.after, room.version)
    assert "".join(p["call_control_id"] for p in shown["participants"]) == rows


def test_a_change_of_speaker_looks_for_no_hold_or_mute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two thirds of all webhooks: they cost the same in a room of 500 in question time."""
    room = rig.well(rig.after(HOSTED, QUESTIONS))
    looked: list[Room] = []
    monkeypatch.setattr("conference.core.rules.wanted", lambda room: looked.append(room) or {})
    rig.after(room, rig.hook("conference.floor.changed", "A"))
    assert looked == []
