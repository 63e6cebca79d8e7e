"""What each webhook changes in the room, and which commands follow from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rigs import core as rig
from rigs.core import EMPTY, MUSIC, NOW, STATE, T0, Case

from conference.core.client_state import ClientState
from conference.core.commands import (
    CONFERENCE,
    Answer,
    Create,
    Hangup,
    Hold,
    Join,
    Speak,
    Unhold,
)
from conference.core.handlers.calls_and_conferences import HANDLERS, RINGS_AT_MOST
from conference.core.handlers.recordings_and_queues import RECORDINGS_AND_QUEUES
from conference.core.parts import Asked, Told
from conference.core.room import NEXT_SNAPSHOT, Deadline

OURS = rig.state(
    role="moderator", direction="outgoing", number="+2", label="Ann", hold=True, mute_by="moderator"
)
FIRST = Speak("A", "greeting", "First.", "female", "en-GB", at=NOW)
TWO = rig.inside(rig.inside(), "B")
OPENING = rig.waiting(rig.waiting(), "B")  # A's create is in flight, B waits for it
TIMED = rig.inside(rig.inside(), "B", occurred_at="2026-4")
QUIET = rig.with_settings(greeting_first="", greeting_next="")
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
    return rig.newcomer(call, **given)


TABLE: list[Case] = [
    # call.initiated
    Case(
        "an incoming call is answered with our client_state",
        room=EMPTY,
        event=rig.initiated(),
        changes={"A": rig.newcomer()},
        commands=[Answer("A", STATE, at=NOW)],
    ),
    Case(
        "a webhook tells where Telnyx reaches us",
        room=EMPTY,
        event=rig.initiated(delivered_to="https://line.example/base/webhook/?x=1"),
        changes={"A": rig.newcomer(), "origin": "https://line.example/base"},
        commands=[Answer("A", STATE, at=NOW)],
    ),
    Case(
        "an address that is no URL is none",
        room=EMPTY,
        event=rig.initiated(delivered_to="ftp://line.example/webhook"),
        changes={"A": rig.newcomer()},
        commands=[Answer("A", STATE, at=NOW)],
    ),
    Case(
        "an outgoing call of ours rings, for eleven minutes at most, and is not answered",
        room=EMPTY,
        event=rig.initiated(direction="outgoing", to="+9", client_state=OURS),
        changes={
            "A": known(),
            "asked": {"A": Asked(True, "moderator")},
            **until("A", NOW + RINGS_AT_MOST),
        },
        commands=[],
    ),
    Case(
        "an outgoing call of ours without a number has the one that was dialled",
        room=EMPTY,
        event=rig.initiated(
            direction="outgoing", to="+9", client_state=ClientState("demo", direction="outgoing")
        ),
        changes={
            "A": rig.newcomer(number="+9", direction="outgoing"),
            **until("A", NOW + RINGS_AT_MOST),
        },
        commands=[],
    ),
    Case(
        "a moderator's mute alone is known again, too",
        room=EMPTY,
        event=rig.hook("call.answered", client_state=replace(OURS, hold=False)),
        changes={"A": known(status="greeting"), "asked": {"A": Asked(mute_by="moderator")}},
        commands=[FIRST],
    ),
    Case(
        "somebody else's outgoing call is left alone",
        room=EMPTY,
        event=rig.initiated(direction="outgoing"),
        changes={},
        commands=[],
    ),
    Case(
        "a call is answered once",
        room=rig.ringing(),
        event=rig.initiated(),
        changes={},
        commands=[],
    ),
    Case(
        "a call that has ended is not answered",
        room=rig.after(EMPTY, rig.hangup()),
        event=rig.initiated(),
        changes={},
        commands=[],
    ),
    Case(
        "a new address replaces the old one",
        room=rig.after(EMPTY, rig.initiated("B", T0, delivered_to="https://old.example/webhook")),
        event=rig.initiated(delivered_to="https://new.example/webhook"),
        changes={"A": rig.newcomer(member=2), "origin": "https://new.example"},
        commands=[Answer("A", replace(STATE, member=2), at=NOW)],
    ),
    Case(
        "any webhook tells it while it is not known",
        room=EMPTY,
        event=rig.hangup("B", delivered_to="https://line.example/webhook"),
        changes={"origin": "https://line.example", "ended": {"B": NOW}},
        commands=[],
    ),
    Case(
        "only a new call tells it later",
        room=rig.after(EMPTY, rig.initiated("B", T0, delivered_to="https://old.example/webhook")),
        event=rig.hangup("X", delivered_to="https://new.example/webhook"),
        changes={"ended": {"X": NOW}},
        commands=[],
    ),
    # call.answered
    Case(
        "the first caller is greeted as the first",
        room=rig.ringing(),
        event=rig.hook("call.answered"),
        changes={"A": {"status": "greeting"}, "deadlines": {}},
        commands=[FIRST],
    ),
    *(
        Case(
            f"a caller is greeted as the next while another is {name}",
            room=rig.ringing(room, "B"),
            event=rig.hook("call.answered", "B"),
            changes={
                "B": {"status": "greeting"},
                "deadlines": {d: t for d, t in room.deadlines.items() if d.of != "B"},
            },
            commands=[speak("B", "Next.")],
        )
        for name, room in [
            ("greeted", rig.greeting()),
            ("waiting", rig.waiting()),
            ("inside", rig.inside()),
        ]
    ),
    Case(
        "a caller is greeted as the first while another is about to go",
        room=rig.ringing(rig.leaving(), "B"),
        event=rig.hook("call.answered", "B"),
        changes={"B": {"status": "greeting"}, "deadlines": {Deadline("call", "A"): T0 + 5}},
        commands=[speak("B", "First.")],
    ),
    Case(
        "answered settles the answer that Telnyx has not confirmed",
        room=rig.after(EMPTY, rig.initiated(at=T0)),
        event=rig.hook("call.answered"),
        changes={"A": {"status": "greeting"}},
        commands=[FIRST],
    ),
    Case(
        "without a greeting the caller opens the conference at once",
        room=rig.ringing(QUIET),
        event=rig.hook("call.answered"),
        changes={"A": {"status": "waiting", "tries": 1, "patience": NOW + 20}, "deadlines": {}},
        commands=[create()],
    ),
    Case(
        "an answered call is known again by our client_state",
        room=EMPTY,
        event=rig.hook("call.answered", client_state=OURS),
        changes={"A": known(status="greeting"), "asked": {"A": Asked(True, "moderator")}},
        commands=[FIRST],
    ),
    Case(
        "answered without our client_state is not ours",
        room=EMPTY,
        event=rig.hook("call.answered"),
        changes={},
        commands=[],
    ),
    Case(
        "a caller is greeted once",
        room=rig.greeting(),
        event=rig.hook("call.answered"),
        changes={},
        commands=[],
    ),
    Case(
        "an answer after the end changes nothing",
        room=rig.after(EMPTY, rig.hangup()),
        event=rig.hook("call.answered", client_state=OURS),
        changes={},
        commands=[],
    ),
    # call.speak.ended
    Case(
        "after the greeting the first caller opens the conference",
        room=rig.greeting(),
        event=rig.hook("call.speak.ended"),
        changes={"A": {"status": "waiting", "tries": 1, "patience": NOW + 20}, "deadlines": {}},
        commands=[create()],
    ),
    Case(
        "the end of the greeting settles a speak that Telnyx has not confirmed",
        room=rig.after(rig.ringing(), rig.hook("call.answered", at=T0)),
        event=rig.hook("call.speak.ended"),
        changes={"A": {"status": "waiting", "tries": 1, "patience": NOW + 20}},
        commands=[create()],
    ),
    Case(
        "while another opens it the next caller waits",
        room=rig.greeting(rig.waiting(), "B"),
        event=rig.hook("call.speak.ended", "B"),
        changes={"B": {"status": "waiting", "tries": 1, "patience": NOW + 20}, "deadlines": {}},
        commands=[],
    ),
    Case(
        "where there is a conference the caller joins it",
        room=rig.greeting(rig.inside(), "B"),
        event=rig.hook("call.speak.ended", "B"),
        changes={"B": {"status": "waiting", "tries": 1, "patience": NOW + 20}, "deadlines": {}},
        commands=[Join("B", "K", 1, at=NOW)],
    ),
    Case(
        "after a goodbye the call is hung up",
        room=rig.refused(),
        event=rig.hook("call.speak.ended"),
        changes={"A": {"status": "ending"}, "deadlines": {}},
        commands=[Hangup("A", at=NOW)],
    ),
    Case(
        "a greeting that the hangup cut short lets nobody in",
        room=rig.greeting(),
        event=rig.hook("call.speak.ended", cause="call_hangup"),
        changes={},
        commands=[],
    ),
    Case(
        "what is spoken later changes nothing",
        room=rig.inside(),
        event=rig.hook("call.speak.ended"),
        changes={},
        commands=[],
    ),
    Case(
        "speech on a call of ours that is not known: worth a look",
        room=EMPTY,
        event=rig.hook("call.speak.ended"),
        changes={"deadlines": {NEXT_SNAPSHOT: NOW + 1}},
        commands=[],
    ),
    Case(
        "speech on a call that has ended changes nothing",
        room=rig.after(EMPTY, rig.hangup()),
        event=rig.hook("call.speak.ended"),
        changes={},
        commands=[],
    ),
    # call.hangup
    Case(
        "a hangup before everything else is remembered",
        room=EMPTY,
        event=rig.hangup(),
        changes={"ended": {"A": NOW}},
        commands=[],
    ),
    Case(
        "the last one to hang up closes the room",
        room=rig.inside(),
        event=rig.hangup(),
        changes={
            "A": None,
            "joined": frozenset(),
            "told": {},
            "conference": "",
            "ended": {"A": NOW},
        },
        commands=[],
    ),
    Case(
        "whoever stays is alone, and on hold",
        room=TWO,
        event=rig.hangup("B"),
        changes={"B": None, "joined": frozenset("A"), "ended": {"B": NOW}},
        commands=[Hold("K", ("A",), music=MUSIC, at=NOW)],
    ),
    Case(
        "a caller who waited and hangs up leaves the opening to its opener",
        room=OPENING,
        event=rig.hangup("B"),
        changes={"B": None, "ended": {"B": NOW}},
        commands=[],
    ),
    Case(
        "a create in flight outlives its caller: its outcome tells whether there is a conference",
        room=OPENING,
        event=rig.hangup("A"),
        changes={"A": None, "ended": {"A": NOW}},
        commands=[],
    ),
    Case(
        "a create that is held back does not: the next caller opens",
        room=rig.after(OPENING, rig.answer(OPENING, CONFERENCE, 503, at=T0)),
        event=rig.hangup("A"),
        changes={"A": None, "B": {"tries": 2}, "ended": {"A": NOW}, "deadlines": {}},
        commands=[create("B", n=2)],
    ),
    Case(
        "whoever spoke and hangs up is not the speaker any more",
        room=rig.after(TWO, rig.hook("conference.floor.changed", "B")),
        event=rig.hangup("B"),
        changes={"B": None, "joined": frozenset("A"), "ended": {"B": NOW}, "speaker": ""},
        commands=[Hold("K", ("A",), music=MUSIC, at=NOW)],
    ),
    # conference.created
    Case(
        "created may come before the answer: those who wait go in",
        room=OPENING,
        event=rig.hook("conference.created"),
        changes={"conference": "K", "B": LET_IN, **until("A", NOW + 4)},
        commands=[Join("B", "K", 2, at=NOW)],
    ),
    Case(
        "another's conference is not ours",
        room=OPENING,
        event=rig.hook("conference.created", "B"),
        changes={},
        commands=[],
    ),
    Case(
        "created counts once",
        room=TWO,
        event=rig.hook("conference.created", conference="L"),
        changes={},
        commands=[],
    ),
    Case(
        "a conference that nobody asked for is not ours",
        room=EMPTY,
        event=rig.hook("conference.created"),
        changes={},
        commands=[],
    ),
    Case(
        "created after its end opens nothing",
        room=rig.after(OPENING, rig.ended()),
        event=rig.hook("conference.created"),
        changes={},
        commands=[],
    ),
    # conference.participant.joined
    Case(
        "whoever is in alone is put on hold",
        room=rig.let_in(),
        event=rig.joined(occurred_at="2026-1"),
        changes={
            "A": {"status": "joined", "joined_at": NOW, "moved_at": "2026-1", "patience": None},
            "joined": frozenset("A"),
            "deadlines": {},
        },
        commands=[Hold("K", ("A",), music=MUSIC, at=NOW)],
    ),
    Case(
        "with the second one nobody is alone",
        room=rig.let_in(rig.inside(), "B"),
        event=rig.joined("B"),
        changes={
            "B": {"status": "joined", "joined_at": NOW, "patience": None},
            "joined": frozenset("AB"),
            "deadlines": {},
        },
        commands=[Unhold("K", ("A",), at=NOW)],
    ),
    Case(
        "joined settles a join that Telnyx has not confirmed",
        room=rig.waiting(rig.inside(), "B"),
        event=rig.joined("B"),
        changes={
            "B": {"status": "joined", "joined_at": NOW, "patience": None},
            "joined": frozenset("AB"),
        },
        commands=[Unhold("K", ("A",), at=NOW)],
    ),
    Case(
        "the creator's joined may come before everything else: those who wait go in",
        room=OPENING,
        event=rig.joined(),
        changes={
            "conference": "K",
            "A": {"status": "joined", "joined_at": NOW, "patience": None},
            "B": LET_IN,
            "joined": frozenset("A"),
        },
        commands=[Join("B", "K", 2, at=NOW), Hold("K", ("A",), music=MUSIC, at=NOW)],
    ),
    Case(
        "a joined of another conference is not ours",
        room=TWO,
        event=rig.joined("A", conference="L"),
        changes={},
        commands=[],
    ),
    Case(
        "while another opens, an unknown conference is not ours",
        room=OPENING,
        event=rig.joined("B"),
        changes={},
        commands=[],
    ),
    Case(
        "joined after the hangup changes nothing",
        room=rig.after(TWO, rig.hangup()),
        event=rig.joined(),
        changes={},
        commands=[],
    ),
    Case(
        "joined after the conference's end changes nothing",
        room=rig.after(OPENING, rig.ended()),
        event=rig.joined(),
        changes={},
        commands=[],
    ),
    Case(
        "joined counts once, and the newest is what a left must be newer than",
        room=TWO,
        event=rig.joined(occurred_at="2026-6"),
        changes={"A": {"moved_at": "2026-6"}},
        commands=[],
    ),
    Case(
        "a joined that is older than the left counts no more",
        room=rig.leaving(),
        event=rig.joined(occurred_at="2026-4"),
        changes={},
        commands=[],
    ),
    Case(
        "a joined without a time counts, and is checked",
        room=rig.leaving(TWO, "B"),
        event=rig.joined("B"),
        changes={
            "B": {"status": "joined", "joined_at": NOW},
            "joined": frozenset("AB"),
            "deadlines": {NEXT_SNAPSHOT: NOW + 1},
        },
        commands=[],
    ),
    Case(
        "a joined that is newer than the left counts",
        room=rig.leaving(TWO, "B"),
        event=rig.joined("B", occurred_at="2026-6"),
        changes={
            "B": {"status": "joined", "joined_at": NOW, "moved_at": "2026-6"},
            "joined": frozenset("AB"),
            "deadlines": {},
        },
        commands=[],
    ),
    Case(
        "a stranger is worth a look",
        room=TWO,
        event=rig.joined("X"),
        changes={"deadlines": {NEXT_SNAPSHOT: NOW + 1}},
        commands=[],
    ),
    # conference.participant.left
    Case(
        "whoever left is hung up soon, and whoever stays is alone",
        room=TWO,
        event=rig.left("B", occurred_at="2026-5"),
        changes={
            "B": {"status": "leaving", "moved_at": "2026-5"},
            "joined": frozenset("A"),
            **until("B", NOW + 5),
        },
        commands=[Hold("K", ("A",), music=MUSIC, at=NOW)],
    ),
    Case(
        "left may overtake the joined",
        room=rig.let_in(rig.inside(), "B"),
        event=rig.left("B", occurred_at="2026-5"),
        changes={"B": {"status": "leaving", "moved_at": "2026-5"}, **until("B", NOW + 5)},
        commands=[],
    ),
    Case(
        "left settles a join that Telnyx has not confirmed",
        room=rig.waiting(rig.inside(), "B"),
        event=rig.left("B", occurred_at="2026-5"),
        changes={"B": {"status": "leaving", "moved_at": "2026-5"}, **until("B", NOW + 5)},
        commands=[],
    ),
    Case(
        "a left that is older than the joined counts no more",
        room=rig.inside(occurred_at="2026-6"),
        event=rig.left(occurred_at="2026-5"),
        changes={},
        commands=[],
    ),
    Case(
        "a left without a time counts",
        room=TIMED,
        event=rig.left("B"),
        changes={"B": {"status": "leaving"}, "joined": frozenset("A"), **until("B", NOW + 5)},
        commands=[Hold("K", ("A",), music=MUSIC, at=NOW)],
    ),
    Case(
        "a left of another conference counts nothing",
        room=TWO,
        event=rig.left(conference="L"),
        changes={},
        commands=[],
    ),
    Case(
        "a left of an ended conference is known",
        room=rig.after(OPENING, rig.ended()),
        event=rig.left(),
        changes={},
        commands=[],
    ),
    Case(
        "left counts once",
        room=rig.leaving(),
        event=rig.left(occurred_at="2026-7"),
        changes={},
        commands=[],
    ),
    Case(
        "a stranger's left changes nothing", room=TWO, event=rig.left("X"), changes={}, commands=[]
    ),
    # conference.ended
    Case(
        "with the conference all are out, and hung up soon",
        room=rig.let_in(TWO, "C"),
        event=rig.ended(),
        changes={
            **{call: {"status": "leaving", "moved_at": "2026-9"} for call in "ABC"},
            "conference": "",
            "joined": frozenset(),
            "ended": {"K": NOW},
            "deadlines": {Deadline("call", call): NOW + 5 for call in "ABC"},
        },
        commands=[],
    ),
    Case(
        "whoever was just about to join learns it from Telnyx's answer",
        room=rig.waiting(rig.inside(), "B"),
        event=rig.ended(),
        changes={
            "A": {"status": "leaving", "moved_at": "2026-9"},
            "conference": "",
            "joined": frozenset(),
            "told": {},
            "ended": {"K": NOW},
            **until("A", NOW + 5),
        },
        commands=[],
    ),
    Case(
        "the end of another conference concerns nobody",
        room=TWO,
        event=rig.ended("L"),
        changes={"ended": {"L": NOW}},
        commands=[],
    ),
    # conference.floor.changed
    Case(
        "somebody else speaks",
        room=TWO,
        event=rig.hook("conference.floor.changed", "B"),
        changes={"speaker": "B"},
        commands=[],
    ),
    Case(
        "a speaker may be known before it is known to be in",
        room=rig.let_in(rig.inside(), "B"),
        event=rig.hook("conference.floor.changed", "B"),
        changes={"speaker": "B"},
        commands=[],
    ),
    Case(
        "a speaker elsewhere is none here",
        room=TWO,
        event=rig.hook("conference.floor.changed", "B", conference="L"),
        changes={},
        commands=[],
    ),
    # anything else
    Case(
        "an event without a handler changes nothing",
        room=TWO,
        event=rig.hook("call.dtmf.received"),
        changes={},
        commands=[],
    ),
]


@rig.each_case(TABLE)
def test_a_webhook_changes(case: Case) -> None:
    room, commands = rig.decide(case.room, case.event)
    assert rig.changes(case.room, room) == case.changes
    assert list(commands) == case.commands


def test_every_handler_has_a_row_that_changes_something() -> None:
    # test_entry_stages.py, test_keypad.py and test_recordings_and_queues.py have the others.
    elsewhere = {"call.gather.ended", "call.dtmf.received", *RECORDINGS_AND_QUEUES}
    changing = {case.event.type for case in TABLE if case.changes}
    assert changing == HANDLERS.keys() - elsewhere


@rig.each_case(TABLE)
def test_a_webhook_that_comes_twice_counts_once(case: Case) -> None:
    once, _ = rig.decide(case.room, case.event)
    twice, commands = rig.decide(once, case.event)
    assert (rig.changes(once, twice), commands) == ({}, ())


def test_ended_calls_are_forgotten_after_ten_minutes_and_are_2000_at_most() -> None:
    room = rig.after(
        EMPTY, rig.hangup("old", T0), rig.hangup("new", T0 + 599), rig.hangup("now", T0 + 600)
    )
    assert room.ended == {"new": T0 + 599, "now": T0 + 600}
    many = rig.after(EMPTY, *(rig.hangup(f"call {n}", T0) for n in range(2001)))
    assert len(many.ended) == 2000
    assert "call 0" not in many.ended and "call 2000" in many.ended


def test_a_room_closes_while_its_last_caller_is_still_being_hung_up() -> None:
    room = rig.leaving()
    assert (rig.status(room), room.conference, room.joined) == ({"A": "leaving"}, "", frozenset())
    assert rig.well(room).holding.told == {}
