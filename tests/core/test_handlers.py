"""What each webhook changes in the room, and which commands follow from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rigs.core import (
    EMPTY,
    MUSIC,
    NOW,
    STATE,
    T0,
    after,
    answer,
    changes,
    ended,
    greeting,
    hangup,
    hook,
    initiated,
    inside,
    joined,
    leaving,
    left,
    let_in,
    newcomer,
    refused,
    ringing,
    status,
    waiting,
    well,
    with_settings,
)

from conference.core.client_state import ClientState
from conference.core.commands import (
    CONFERENCE,
    Answer,
    Command,
    Create,
    Hangup,
    Hold,
    Join,
    Speak,
    Unhold,
)
from conference.core.decide import decide
from conference.core.events import Webhook
from conference.core.handlers.calls_and_conferences import HANDLERS, RINGS_AT_MOST
from conference.core.handlers.recordings_and_queues import REFLECTED
from conference.core.room import Asked, Deadline, Room, Told

OURS = ClientState("demo", "moderator", "outgoing", "+2", "Ann", hold=True, mute=True)
FIRST = Speak("A", "greeting", "First.", "female", "en-GB", at=NOW)
TWO = inside(inside(), "B")
OPENING = waiting(waiting(), "B")  # A's create is in flight, B waits for it
QUIET = with_settings(greeting_first="", greeting_next="")
HELD = Told(held=True, music=MUSIC)


def speak(call: str, text: str) -> Speak:
    return Speak(call, "greeting", text, "female", "en-GB", at=NOW)


def create(call: str = "A", n: int = 1) -> Create:
    return Create(call, "demo", n, "always", 250, at=NOW)


LET_IN = {"tries": 2, "patience": NOW + 20}  # with patience as if just come


def until(call: str, at: float) -> dict[str, Any]:
    return {"deadlines": {Deadline("call", call): at}}


def known(call: str = "A", **given: Any) -> Any:
    given = {"number": "+2", "role": "moderator", "label": "Ann", "direction": "outgoing"} | given
    return newcomer(call, **given)


Row = tuple[str, Room, Webhook, dict[str, Any], list[Command]]
TABLE: list[Row] = [
    # call.initiated
    (
        "an incoming call is answered with our client_state",
        EMPTY,
        initiated(),
        {"A": newcomer()},
        [Answer("A", STATE, at=NOW)],
    ),
    (
        "a webhook tells where Telnyx reaches us",
        EMPTY,
        initiated(delivered_to="https://line.example/base/webhook/?x=1"),
        {"A": newcomer(), "origin": "https://line.example/base"},
        [Answer("A", STATE, at=NOW)],
    ),
    (
        "an address that is no URL is none",
        EMPTY,
        initiated(delivered_to="ftp://line.example/webhook"),
        {"A": newcomer()},
        [Answer("A", STATE, at=NOW)],
    ),
    (
        "an outgoing call of ours rings, for eleven minutes at most, and is not answered",
        EMPTY,
        initiated(direction="outgoing", to="+9", client_state=OURS),
        {"A": known(), "asked": {"A": Asked(True, True)}, **until("A", NOW + RINGS_AT_MOST)},
        [],
    ),
    (
        "an outgoing call of ours without a number has the one that was dialled",
        EMPTY,
        initiated(
            direction="outgoing", to="+9", client_state=ClientState("demo", direction="outgoing")
        ),
        {"A": newcomer(number="+9", direction="outgoing"), **until("A", NOW + RINGS_AT_MOST)},
        [],
    ),
    (
        "a moderator's mute alone is known again, too",
        EMPTY,
        hook("call.answered", client_state=replace(OURS, hold=False)),
        {"A": known(status="greeting"), "asked": {"A": Asked(mute=True)}},
        [FIRST],
    ),
    ("somebody else's outgoing call is left alone", EMPTY, initiated(direction="outgoing"), {}, []),
    ("a call is answered once", ringing(), initiated(), {}, []),
    ("a call that has ended is not answered", after(EMPTY, hangup()), initiated(), {}, []),
    (
        "a new address replaces the old one",
        after(EMPTY, initiated("B", T0, delivered_to="https://old.example/webhook")),
        initiated(delivered_to="https://new.example/webhook"),
        {"A": newcomer(), "origin": "https://new.example"},
        [Answer("A", STATE, at=NOW)],
    ),
    (
        "any webhook tells it while it is not known",
        EMPTY,
        hangup("B", delivered_to="https://line.example/webhook"),
        {"origin": "https://line.example", "ended": {"B": NOW}},
        [],
    ),
    (
        "only a new call tells it later",
        after(EMPTY, initiated("B", T0, delivered_to="https://old.example/webhook")),
        hangup("X", delivered_to="https://new.example/webhook"),
        {"ended": {"X": NOW}},
        [],
    ),
    # call.answered
    (
        "the first caller is greeted as the first",
        ringing(),
        hook("call.answered"),
        {"A": {"status": "greeting"}, "deadlines": {}},
        [FIRST],
    ),
    *(
        (
            f"a caller is greeted as the next while another is {name}",
            ringing(room, "B"),
            hook("call.answered", "B"),
            {
                "B": {"status": "greeting"},
                "deadlines": {d: t for d, t in room.deadlines.items() if d.key != "B"},
            },
            [speak("B", "Next.")],
        )
        for name, room in [("greeted", greeting()), ("waiting", waiting()), ("inside", inside())]
    ),
    (
        "a caller is greeted as the first while another is about to go",
        ringing(leaving(), "B"),
        hook("call.answered", "B"),
        {"B": {"status": "greeting"}, "deadlines": {Deadline("call", "A"): T0 + 5}},
        [speak("B", "First.")],
    ),
    (
        "answered settles the answer that Telnyx has not confirmed",
        after(EMPTY, initiated(at=T0)),
        hook("call.answered"),
        {"A": {"status": "greeting"}},
        [FIRST],
    ),
    (
        "without a greeting the caller opens the conference at once",
        ringing(QUIET),
        hook("call.answered"),
        {"A": {"status": "waiting", "tries": 1, "patience": NOW + 20}, "deadlines": {}},
        [create()],
    ),
    (
        "an answered call is known again by our client_state",
        EMPTY,
        hook("call.answered", client_state=OURS),
        {"A": known(status="greeting"), "asked": {"A": Asked(True, True)}},
        [FIRST],
    ),
    ("answered without our client_state is not ours", EMPTY, hook("call.answered"), {}, []),
    ("a caller is greeted once", greeting(), hook("call.answered"), {}, []),
    (
        "an answer after the end changes nothing",
        after(EMPTY, hangup()),
        hook("call.answered", client_state=OURS),
        {},
        [],
    ),
    # call.speak.ended
    (
        "after the greeting the first caller opens the conference",
        greeting(),
        hook("call.speak.ended"),
        {"A": {"status": "waiting", "tries": 1, "patience": NOW + 20}, "deadlines": {}},
        [create()],
    ),
    (
        "the end of the greeting settles a speak that Telnyx has not confirmed",
        after(ringing(), hook("call.answered", at=T0)),
        hook("call.speak.ended"),
        {"A": {"status": "waiting", "tries": 1, "patience": NOW + 20}},
        [create()],
    ),
    (
        "while another opens it the next caller waits",
        greeting(waiting(), "B"),
        hook("call.speak.ended", "B"),
        {"B": {"status": "waiting", "tries": 1, "patience": NOW + 20}, "deadlines": {}},
        [],
    ),
    (
        "where there is a conference the caller joins it",
        greeting(inside(), "B"),
        hook("call.speak.ended", "B"),
        {"B": {"status": "waiting", "tries": 1, "patience": NOW + 20}, "deadlines": {}},
        [Join("B", "K", 1, at=NOW)],
    ),
    (
        "after a goodbye the call is hung up",
        refused(),
        hook("call.speak.ended"),
        {"A": {"status": "ending"}, "deadlines": {}},
        [Hangup("A", at=NOW)],
    ),
    (
        "a greeting that the hangup cut short lets nobody in",
        greeting(),
        hook("call.speak.ended", cause="call_hangup"),
        {},
        [],
    ),
    ("what is spoken later changes nothing", inside(), hook("call.speak.ended"), {}, []),
    (
        "speech on a call of ours that is not known: worth a look",
        EMPTY,
        hook("call.speak.ended"),
        {"deadlines": {Deadline("look", ""): NOW + 1}},
        [],
    ),
    (
        "speech on a call that has ended changes nothing",
        after(EMPTY, hangup()),
        hook("call.speak.ended"),
        {},
        [],
    ),
    # call.hangup
    (
        "a hangup before everything else is remembered",
        EMPTY,
        hangup(),
        {"ended": {"A": NOW}},
        [],
    ),
    (
        "the last one to hang up closes the room",
        inside(),
        hangup(),
        {"A": None, "joined": frozenset(), "told": {}, "conference": "", "ended": {"A": NOW}},
        [],
    ),
    (
        "whoever stays is alone, and on hold",
        TWO,
        hangup("B"),
        {"B": None, "joined": frozenset("A"), "ended": {"B": NOW}},
        [Hold("K", ("A",), music=MUSIC, at=NOW)],
    ),
    (
        "a caller who waited and hangs up leaves the opening to its opener",
        OPENING,
        hangup("B"),
        {"B": None, "ended": {"B": NOW}},
        [],
    ),
    (
        "a create in flight outlives its caller: its outcome tells whether there is a conference",
        OPENING,
        hangup("A"),
        {"A": None, "ended": {"A": NOW}},
        [],
    ),
    (
        "a create that is held back does not: the next caller opens",
        after(OPENING, answer(OPENING, CONFERENCE, 503, at=T0)),
        hangup("A"),
        {"A": None, "B": {"tries": 2}, "ended": {"A": NOW}, "deadlines": {}},
        [create("B", n=2)],
    ),
    (
        "whoever spoke and hangs up is not the speaker any more",
        after(TWO, hook("conference.floor.changed", "B")),
        hangup("B"),
        {"B": None, "joined": frozenset("A"), "ended": {"B": NOW}, "speaker": ""},
        [Hold("K", ("A",), music=MUSIC, at=NOW)],
    ),
    # conference.created
    (
        "created may come before the answer: those who wait go in",
        OPENING,
        hook("conference.created"),
        {"conference": "K", "B": LET_IN, **until("A", NOW + 4)},
        [Join("B", "K", 2, at=NOW)],
    ),
    ("another's conference is not ours", OPENING, hook("conference.created", "B"), {}, []),
    ("created counts once", TWO, hook("conference.created", conference="L"), {}, []),
    ("a conference that nobody asked for is not ours", EMPTY, hook("conference.created"), {}, []),
    (
        "created after its end opens nothing",
        after(OPENING, ended()),
        hook("conference.created"),
        {},
        [],
    ),
    # conference.participant.joined
    (
        "whoever is in alone is put on hold",
        let_in(),
        joined(occurred_at="2026-1"),
        {
            "A": {"status": "joined", "joined_at": NOW, "moved_at": "2026-1", "patience": None},
            "joined": frozenset("A"),
            "deadlines": {},
        },
        [Hold("K", ("A",), music=MUSIC, at=NOW)],
    ),
    (
        "with the second one nobody is alone",
        let_in(inside(), "B"),
        joined("B"),
        {
            "B": {"status": "joined", "joined_at": NOW, "patience": None},
            "joined": frozenset("AB"),
            "deadlines": {},
        },
        [Unhold("K", ("A",), at=NOW)],
    ),
    (
        "joined settles a join that Telnyx has not confirmed",
        waiting(inside(), "B"),
        joined("B"),
        {"B": {"status": "joined", "joined_at": NOW, "patience": None}, "joined": frozenset("AB")},
        [Unhold("K", ("A",), at=NOW)],
    ),
    (
        "the creator's joined may come before everything else: those who wait go in",
        OPENING,
        joined(),
        {
            "conference": "K",
            "A": {"status": "joined", "joined_at": NOW, "patience": None},
            "B": LET_IN,
            "joined": frozenset("A"),
        },
        [Join("B", "K", 2, at=NOW), Hold("K", ("A",), music=MUSIC, at=NOW)],
    ),
    ("a joined of another conference is not ours", TWO, joined("A", conference="L"), {}, []),
    ("while another opens, an unknown conference is not ours", OPENING, joined("B"), {}, []),
    ("joined after the hangup changes nothing", after(TWO, hangup()), joined(), {}, []),
    (
        "joined after the conference's end changes nothing",
        after(OPENING, ended()),
        joined(),
        {},
        [],
    ),
    (
        "joined counts once, and the newest is what a left must be newer than",
        TWO,
        joined(occurred_at="2026-6"),
        {"A": {"moved_at": "2026-6"}},
        [],
    ),
    ("a joined that is older than the left counts no more", leaving(), joined(), {}, []),
    (
        "a joined that is newer than the left counts",
        leaving(TWO, "B"),
        joined("B", occurred_at="2026-6"),
        {
            "B": {"status": "joined", "joined_at": NOW, "moved_at": "2026-6"},
            "joined": frozenset("AB"),
            "deadlines": {},
        },
        [],
    ),
    (
        "a stranger is worth a look",
        TWO,
        joined("X"),
        {"deadlines": {Deadline("look", ""): NOW + 1}},
        [],
    ),
    # conference.participant.left
    (
        "whoever left is hung up soon, and whoever stays is alone",
        TWO,
        left("B", occurred_at="2026-5"),
        {
            "B": {"status": "leaving", "moved_at": "2026-5"},
            "joined": frozenset("A"),
            **until("B", NOW + 5),
        },
        [Hold("K", ("A",), music=MUSIC, at=NOW)],
    ),
    (
        "left may overtake the joined",
        let_in(inside(), "B"),
        left("B", occurred_at="2026-5"),
        {"B": {"status": "leaving", "moved_at": "2026-5"}, **until("B", NOW + 5)},
        [],
    ),
    (
        "left settles a join that Telnyx has not confirmed",
        waiting(inside(), "B"),
        left("B", occurred_at="2026-5"),
        {"B": {"status": "leaving", "moved_at": "2026-5"}, **until("B", NOW + 5)},
        [],
    ),
    (
        "a left that is older than the joined counts no more",
        inside(occurred_at="2026-6"),
        left(occurred_at="2026-5"),
        {},
        [],
    ),
    ("a left of another conference counts nothing", TWO, left(conference="L"), {}, []),
    ("a left of an ended conference is known", after(OPENING, ended()), left(), {}, []),
    ("left counts once", leaving(), left(occurred_at="2026-7"), {}, []),
    ("a stranger's left changes nothing", TWO, left("X"), {}, []),
    # conference.ended
    (
        "with the conference all are out, and hung up soon",
        let_in(TWO, "C"),
        ended(),
        {
            **{call: {"status": "leaving", "moved_at": "2026-9"} for call in "ABC"},
            "conference": "",
            "joined": frozenset(),
            "ended": {"K": NOW},
            "deadlines": {Deadline("call", call): NOW + 5 for call in "ABC"},
        },
        [],
    ),
    (
        "whoever was just about to join learns it from Telnyx's answer",
        waiting(inside(), "B"),
        ended(),
        {
            "A": {"status": "leaving", "moved_at": "2026-9"},
            "conference": "",
            "joined": frozenset(),
            "told": {},
            "ended": {"K": NOW},
            **until("A", NOW + 5),
        },
        [],
    ),
    ("the end of another conference concerns nobody", TWO, ended("L"), {"ended": {"L": NOW}}, []),
    # conference.floor.changed
    (
        "somebody else speaks",
        TWO,
        hook("conference.floor.changed", "B"),
        {"speaker": "B"},
        [],
    ),
    (
        "a speaker may be known before it is known to be in",
        let_in(inside(), "B"),
        hook("conference.floor.changed", "B"),
        {"speaker": "B"},
        [],
    ),
    (
        "a speaker elsewhere is none here",
        TWO,
        hook("conference.floor.changed", "B", conference="L"),
        {},
        [],
    ),
    # anything else
    ("an event without a handler changes nothing", TWO, hook("call.dtmf.received"), {}, []),
]


@pytest.mark.parametrize(
    ("before", "event", "changed", "sent"), [row[1:] for row in TABLE], ids=[r[0] for r in TABLE]
)
def test_a_webhook_changes(
    before: Room, event: Webhook, changed: dict[str, Any], sent: list[Command]
) -> None:
    room, commands = decide(before, event)
    assert changes(before, room) == changed
    assert list(commands) == sent


def test_every_handler_has_a_row_that_changes_something() -> None:
    elsewhere = {"call.gather.ended", *REFLECTED}  # test_confirming.py, test_reflected.py
    changing = {event.type for _, _, event, changed, _ in TABLE if changed}
    assert changing == HANDLERS.keys() - elsewhere


@pytest.mark.parametrize("row", TABLE, ids=[r[0] for r in TABLE])
def test_a_webhook_that_comes_twice_counts_once(row: Row) -> None:
    _, before, event, _, _ = row
    once, _ = decide(before, event)
    twice, commands = decide(once, event)
    assert (changes(once, twice), commands) == ({}, ())


def test_ended_calls_are_forgotten_after_ten_minutes_and_are_2000_at_most() -> None:
    room = after(EMPTY, hangup("old", T0), hangup("new", T0 + 599), hangup("now", T0 + 600))
    assert room.ended == {"new": T0 + 599, "now": T0 + 600}
    many = after(EMPTY, *(hangup(f"call {n}", T0) for n in range(2001)))
    assert len(many.ended) == 2000
    assert "call 0" not in many.ended and "call 2000" in many.ended


def test_a_room_closes_while_its_last_caller_is_still_being_hung_up() -> None:
    room = leaving()
    assert (status(room), room.conference, room.joined) == ({"A": "leaving"}, "", frozenset())
    assert well(room).told == {}
