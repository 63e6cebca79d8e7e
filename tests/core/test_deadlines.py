"""Every wait has its way out, and begins when Telnyx has taken the command."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import pytest
from rigs import core as rig
from rigs.core import EMPTY, NOW, STATE, T0

from conference.core import commands as c
from conference.core.client_state import ClientState
from conference.core.commands import CONFERENCE, HOLD_AND_MUTE, SNAPSHOT
from conference.core.entering import FULL, NOBODY_CAME, OUTSIDE, UNREACHABLE
from conference.core.events import Event, Outcome, SnapshotWanted
from conference.core.human_text import speech_seconds
from conference.core.room import NEXT_SNAPSHOT, Deadline, Room
from conference.core.snapshot import Seen, Snapshot

OUTGOING = rig.after(
    EMPTY,
    rig.initiated(
        at=T0, direction="outgoing", client_state=ClientState("demo", direction="outgoing")
    ),
)
LONELY = rig.with_settings(alone_minutes=10)
ALONE = Deadline("alone", "A")
LOOK_DUE = NEXT_SNAPSHOT


def speak(purpose: str, text: str, at: float) -> c.Speak:
    return c.Speak("A", purpose, text, "female", "en-GB", at=at)


def spoken(text: str) -> float:
    """Seconds that this may take to say."""
    return 2 + len(text) / 10


class Wait(NamedTuple):
    name: str
    room: Room
    seconds: float
    then: str  # the call's status, or none when it is forgotten
    commands: list[c.Command]


TABLE: list[Wait] = [
    Wait(
        "an answer that no webhook confirms: greet",
        room=rig.ringing(),
        seconds=4,
        then="greeting",
        commands=[speak("greeting", "First.", T0 + 4)],
    ),
    Wait(
        "a greeting whose end is not reported: let in",
        room=rig.greeting(),
        seconds=spoken("First."),
        then="waiting",
        commands=[c.Create("A", "demo", 1, "always", 250, at=T0 + spoken("First."))],
    ),
    Wait(
        "a create that no joined confirms: join, and let Telnyx object",
        room=rig.let_in(),
        seconds=4,
        then="waiting",
        commands=[c.Join("A", "K", 2, at=T0 + 4)],
    ),
    Wait(
        "a join that no joined confirms: join anew",
        room=rig.let_in(rig.well(rig.after(rig.let_in(call="B"), rig.hangup("B", T0)))),
        seconds=4,
        then="waiting",
        commands=[c.Join("A", "K", 2, at=T0 + 4)],
    ),
    Wait(
        "a left that no hangup follows: the caller hears so",
        room=rig.leaving(),
        seconds=5,
        then="refused",
        commands=[c.Speak("A", "goodbye", OUTSIDE, "female", "en-GB", at=T0 + 5)],
    ),
    Wait(
        "a goodbye whose end is not reported: hang up",
        room=rig.refused(),
        seconds=spoken(UNREACHABLE),
        then="ending",
        commands=[c.Hangup("A", at=T0 + spoken(UNREACHABLE))],
    ),
    Wait(
        "an outgoing call that rings: hang up",
        room=OUTGOING,
        seconds=660,
        then="ending",
        commands=[c.Hangup("A", at=T0 + 660)],
    ),
    Wait(
        "a hangup that no webhook confirms: forget the call",
        room=rig.ending(),
        seconds=4,
        then="",
        commands=[],
    ),
]


@rig.each_case(TABLE)
def test_a_wait_ends(case: Wait) -> None:
    room, due = case.room, T0 + case.seconds
    assert room.next_deadline == pytest.approx(due)
    assert rig.decide(room, rig.time(due - 0.01)) == (room, ())
    later, commands = rig.decide(room, rig.time(due))
    assert rig.status(later) == ({"A": case.then} if case.then else {})
    assert list(commands) == case.commands
    assert later.deadlines == {}


@pytest.mark.parametrize(
    ("room", "of", "seconds"),
    [
        (rig.after(EMPTY, rig.initiated(at=T0)), "A", 4),
        (rig.after(rig.ringing(), rig.hook("call.answered", at=T0)), "A", spoken("First.")),
        (rig.waiting(), CONFERENCE, 4),
        (rig.waiting(rig.inside(call="B")), "A", 4),
        (rig.after(rig.refused(), rig.hook("call.speak.ended", at=T0)), "A", 4),
    ],
    ids=["answer", "greeting", "create", "join", "hangup"],
)
def test_a_wait_begins_when_telnyx_has_taken_the_command(
    room: Room, of: str, seconds: float
) -> None:
    assert Deadline("call", "A") not in room.deadlines
    room = rig.after(room, rig.answer(room, of, at=T0 + 40, data={"id": "K"}))
    assert room.deadlines == {Deadline("call", "A"): pytest.approx(T0 + 40 + seconds)}


def test_hangup_takes_every_wait_of_its_call_away() -> None:
    for room in (
        OUTGOING,
        rig.ringing(),
        rig.greeting(),
        rig.let_in(),
        rig.leaving(),
        rig.refused(),
        rig.ending(),
    ):
        assert list(room.deadlines) == [Deadline("call", "A")]
        assert rig.after(room, rig.hangup()).deadlines == {}
    joining = rig.waiting(rig.inside(call="B"))
    held_back = rig.after(joining, rig.answer(joining, "A", 503, at=T0))
    assert list(held_back.deadlines) == [rig.retry("A")]
    assert rig.after(held_back, rig.hangup()).deadlines == {}


def test_several_deadlines_may_pass_at_once() -> None:
    room, commands = rig.decide(rig.greeting(rig.ringing(), "B"), rig.time(T0 + 60))
    assert rig.status(room) == {"A": "greeting", "B": "waiting"}
    assert {type(command) for command in commands} == {c.Speak, c.Create}


# Patience


def test_whoever_cannot_be_joined_within_20_seconds_is_told_so() -> None:
    room = rig.let_in()
    room = rig.well(rig.after(room, rig.time(T0 + 10)), T0 + 10)
    assert rig.status(room) == {"A": "waiting"}
    room, commands = rig.decide(room, rig.time(T0 + 20))
    assert rig.status(room) == {"A": "refused"}
    assert commands == (speak("goodbye", UNREACHABLE, T0 + 20),)


def test_whoever_was_in_has_new_patience_for_the_next_conference() -> None:
    room = rig.waiting(rig.inside(), "B", T0 + 100)
    room = rig.after(room, rig.answer(room, "B", 422, "90019", at=T0 + 100))
    assert rig.status(room) == {"A": "waiting", "B": "waiting"}
    assert room.participants["A"].patience == T0 + 120


def test_a_caller_whose_answer_comes_late_is_let_in_all_the_same() -> None:
    room = rig.with_settings(greeting_first="", greeting_next="")
    room = rig.after(rig.ringing(room), rig.time(T0 + 10))
    room = rig.after(room, rig.answer(room, CONFERENCE, 422, "90034", at=T0 + 10))
    assert rig.status(room) == {"A": "ringing"}
    room, commands = rig.decide(room, rig.hook("call.answered", at=T0 + 35))
    assert rig.status(room) == {"A": "waiting"}
    assert commands == (c.Create("A", "demo", 2, "always", 250, at=T0 + 35),)


# Alone


def test_whoever_is_alone_for_long_is_told_so_and_hung_up() -> None:
    room = rig.inside(LONELY)
    assert room.deadlines == {ALONE: T0 + 600}
    room, commands = rig.decide(room, rig.time(T0 + 600))
    assert commands == (speak("goodbye", NOBODY_CAME, T0 + 600),)
    assert (rig.status(room), room.deadlines) == ({"A": "refused"}, {})
    room, commands = rig.decide(rig.well(room, T0 + 600), rig.hook("call.speak.ended", at=T0 + 605))
    assert commands == (c.Hangup("A", at=T0 + 605),)


def test_with_company_nobody_is_hung_up() -> None:
    room = rig.inside(rig.inside(LONELY), "B", T0 + 300)
    assert room.deadlines == {}
    assert rig.after(room, rig.hangup("B", T0 + 400)).deadlines == {ALONE: T0 + 1000}


def test_another_who_is_alone_has_a_time_of_its_own() -> None:
    room = rig.after(rig.inside(rig.inside(LONELY), "B", T0 + 300), rig.hangup("A", T0 + 400))
    assert room.deadlines == {Deadline("alone", "B"): T0 + 1000}


def test_an_event_does_not_prolong_being_alone() -> None:
    room = rig.ringing(rig.inside(LONELY), "B", T0 + 300)
    assert room.deadlines[ALONE] == T0 + 600


def alone(*calls: str, at: float) -> dict[Deadline, float]:
    return {Deadline("alone", call): at for call in calls}


def test_whoever_can_hear_nobody_for_long_is_told_so_and_hung_up_held_or_not() -> None:
    room = rig.inside(rig.inside(LONELY), "B", T0 + 300)
    room = rig.well(rig.after(room, rig.asks("hold", "B", at=T0 + 400)), T0 + 400)
    assert room.deadlines == alone("A", "B", at=T0 + 1000)
    room, commands = rig.decide(room, rig.time(T0 + 1000))
    assert [(x.call, x.text) for x in commands if isinstance(x, c.Speak)] == [
        ("A", NOBODY_CAME),
        ("B", NOBODY_CAME),
    ]
    assert (rig.status(room), room.deadlines) == ({"A": "refused", "B": "refused"}, {})


def test_when_all_are_on_hold_all_are_hung_up_in_the_end() -> None:
    room = rig.inside(rig.inside(rig.inside(LONELY), "B"), "C")
    room = rig.well(rig.after(room, rig.asks("hold-all", at=T0 + 60)), T0 + 60)
    assert room.deadlines == alone("A", "B", "C", at=T0 + 660)
    room = rig.after(room, rig.time(T0 + 660))
    assert {*rig.status(room).values()} == {"refused"}


def test_one_who_comes_to_the_held_has_the_whole_time() -> None:
    room = rig.well(rig.after(rig.inside(LONELY), rig.asks("hold", "A", at=T0)))
    room = rig.inside(room, "B", T0 + 500)
    assert room.deadlines == alone("A", at=T0 + 600) | alone("B", at=T0 + 1100)


@pytest.mark.parametrize(
    "events",
    [
        [rig.asks("unhold", "B", at=T0 + 500)],
        [rig.asks("unhold-all", at=T0 + 500)],
        [rig.initiated("C", T0 + 500), rig.joined("C", T0 + 501)],
    ],
    ids=["unhold", "unhold-all", "a third one comes"],
)
def test_with_two_who_are_free_nobody_is_hung_up(events: list[Event]) -> None:
    room = rig.inside(rig.inside(LONELY), "B", T0 + 300)
    room = rig.well(rig.after(room, rig.asks("hold", "B", at=T0 + 400)), T0 + 400)
    assert room.deadlines == alone("A", "B", at=T0 + 1000)
    room = rig.after(room, *events)
    assert [d for d in room.deadlines if d.kind == "alone"] == []


def test_a_moderator_s_hold_of_one_of_three_concerns_nobody_s_time() -> None:
    room = rig.inside(rig.inside(rig.inside(LONELY), "B"), "C")
    assert rig.well(rig.after(room, rig.asks("hold", "B"))).deadlines == {}


def test_one_who_comes_on_hold_is_no_company_to_wait_for() -> None:
    room = rig.after(rig.greeting(rig.inside(LONELY), "B", T0 + 599), rig.asks("hold", "B"))
    room = rig.after(room, rig.time(T0 + 600))
    assert rig.status(room)["A"] == "refused"


def test_nor_is_one_for_the_held_though_two_are() -> None:
    room = rig.well(rig.after(rig.inside(LONELY), rig.asks("hold", "A", at=T0)))
    room = rig.greeting(room, "B", T0 + 599)
    assert rig.status(rig.after(room, rig.time(T0 + 600)))["A"] == "refused"
    room = rig.after(rig.greeting(room, "C", T0 + 599), rig.time(T0 + 600))
    assert (rig.status(room)["A"], room.deadlines[ALONE]) == ("joined", T0 + 660)


def test_two_in_a_conference_that_nobody_starts_are_no_company_for_each_other() -> None:
    room = replace(rig.inside(rig.inside(LONELY), "B"), waits_for_start=True)
    room = rig.after(room, rig.initiated("C"))
    room = rig.after(room, rig.joined("C"), rig.hangup("C"))
    until = room.deadlines[ALONE]
    room = rig.after(room, rig.time(until))
    assert rig.status(room) == {"A": "refused", "B": "refused"}


@pytest.mark.parametrize("minutes", [0, 10])
def test_alone_minutes_of_0_mean_never(minutes: float) -> None:
    room = rig.inside(rig.with_settings(alone_minutes=minutes))
    assert room.deadlines == ({ALONE: T0 + 600} if minutes else {})


@pytest.mark.parametrize("come", [rig.greeting, rig.waiting])
def test_somebody_on_the_way_keeps_a_lonely_call_alive_for_a_minute(come: object) -> None:
    room = come(rig.inside(LONELY), "B", T0 + 599)  # type: ignore[operator]
    room, commands = rig.decide(room, rig.time(T0 + 600))
    assert rig.status(room)["A"] == "joined"
    assert room.deadlines[ALONE] == T0 + 660
    assert commands == ()


@pytest.mark.parametrize("go", [rig.refused, rig.ending])
def test_somebody_on_the_way_out_does_not(go: object) -> None:
    room = go(rig.inside(LONELY), "B", T0 + 599)  # type: ignore[operator]
    room = rig.after(room, rig.time(T0 + 600))
    assert rig.status(room)["A"] == "refused"


# Looks


def test_a_room_with_somebody_in_it_is_looked_at_again_and_again() -> None:
    room = rig.inside(rig.with_settings(reconcile_seconds=30))
    seen = Snapshot("K", {"A": Seen(held=True, muted=False)}, None)
    times = []
    for _ in range(3):
        due = room.deadlines[LOOK_DUE]
        times.append(due)
        room, commands = rig.decide(room, rig.time(due))
        assert commands == (c.TakeSnapshot("demo", at=due),)
        room = rig.after(room, Outcome(rig.head(room, SNAPSHOT), due, data=seen))
    assert times == [T0 + 30, T0 + 60, T0 + 90]


@pytest.mark.parametrize("data", [None, "no snapshot", {}])
def test_a_look_that_shows_nothing_is_followed_by_another(data: object) -> None:
    room = rig.after(rig.inside(rig.with_settings(reconcile_seconds=30)), rig.time(T0 + 30))
    room = rig.after(room, Outcome(rig.head(room, SNAPSHOT), T0 + 31, data=data))
    assert (room.pending, list(room.deadlines)) == ({}, [LOOK_DUE])


def test_an_empty_room_is_not_looked_at() -> None:
    room = rig.inside(rig.with_settings(reconcile_seconds=30))
    assert LOOK_DUE in room.deadlines
    assert rig.after(room, rig.hangup()).deadlines == {}


def test_reconcile_seconds_of_0_mean_never_but_a_stranger_is_worth_a_look() -> None:
    room = rig.inside()
    assert room.deadlines == {}
    assert rig.after(room, rig.joined("X")).deadlines == {LOOK_DUE: NOW + 1}


def test_what_telnyx_has_is_looked_at_when_serving_begins() -> None:
    room, commands = rig.decide(EMPTY, SnapshotWanted(T0))
    assert commands == (c.TakeSnapshot("demo", at=T0),)
    assert rig.decide(room, SnapshotWanted(T0 + 1))[1] == ()


@pytest.mark.parametrize("said", [0, 429, 503])
def test_a_look_is_tried_until_telnyx_answers(said: int) -> None:
    room = rig.after(EMPTY, SnapshotWanted(T0))
    room = rig.after(room, rig.answer(room, SNAPSHOT, said, at=T0 + 600))
    assert list(room.deadlines) == [rig.retry(SNAPSHOT)]
    assert T0 + 600 < room.deadlines[rig.retry(SNAPSHOT)] <= T0 + 600.5
    assert rig.decide(room, rig.time(T0 + 601))[1] == (c.TakeSnapshot("demo", at=T0, attempt=2),)


def test_a_look_that_is_refused_is_tried_again_when_the_next_one_is_due() -> None:
    room = rig.after(EMPTY, SnapshotWanted(T0))
    assert rig.after(room, rig.answer(room, SNAPSHOT, 401, at=T0)).deadlines == {LOOK_DUE: T0 + 30}
    often = rig.after(rig.with_settings(reconcile_seconds=10), SnapshotWanted(T0))
    assert rig.after(often, rig.answer(often, SNAPSHOT, 401, at=T0)).deadlines == {
        LOOK_DUE: T0 + 10
    }


def test_what_takes_longer_to_say_is_given_longer() -> None:
    assert speech_seconds("Welcome.") == 2.8
    assert speech_seconds("\u3088\u3046\u3053\u305d") == 2 + 12 / 10, "a kana is a syllable"


def test_a_look_takes_no_second_one_along() -> None:
    room = rig.after(rig.inside(), rig.joined("X", T0), rig.time(T0 + 1), rig.joined("Y", T0 + 1))
    room, commands = rig.decide(room, rig.time(T0 + 2))
    assert commands == ()
    assert room.pending == rig.queued(SNAPSHOT, c.TakeSnapshot("demo", at=T0 + 1))


def test_an_early_look_is_not_put_off() -> None:
    room = rig.after(rig.inside(), rig.joined("X", T0), rig.joined("Y", T0 + 0.5))
    assert room.deadlines == {LOOK_DUE: T0 + 1}
    regular = rig.inside(rig.with_settings(reconcile_seconds=30))
    assert rig.after(regular, rig.joined("X", T0 + 29.5)).deadlines == {LOOK_DUE: T0 + 30}


# Retries


def test_a_command_that_is_held_back_goes_out_in_its_time() -> None:
    room = rig.after(EMPTY, rig.initiated(at=T0))
    room = rig.after(room, rig.answer(room, "A", 429, at=T0, retry_after=3))
    assert rig.decide(room, rig.time(T0 + 2.9)) == (room, ())
    room, commands = rig.decide(room, rig.time(T0 + 3))
    assert commands == (c.Answer("A", STATE, at=T0, attempt=2),)


def test_a_hold_that_is_held_back_may_have_become_needless() -> None:
    room = rig.after(rig.let_in(), rig.joined(at=T0))
    room = rig.after(room, rig.answer(room, HOLD_AND_MUTE, 0, at=T0), rig.hangup(at=T0))
    room, commands = rig.decide(room, rig.time(T0 + 1))
    assert (commands, room.pending, room.deadlines) == ((), {}, {})


def test_a_hold_that_is_held_back_waits_for_the_start_of_the_conference() -> None:
    room = rig.after(rig.let_in(), rig.joined(at=T0))
    room = rig.after(room, rig.answer(room, HOLD_AND_MUTE, 0, at=T0))
    room, commands = rig.decide(replace(room, waits_for_start=True), rig.time(T0 + 1))
    assert (commands, room.pending) == ((), {})


def test_nothing_happens_before_its_time() -> None:
    assert rig.decide(rig.greeting(), rig.time(T0)) == (rig.greeting(), ())
    assert rig.changes(rig.inside(), rig.after(rig.inside(), rig.time(T0 + 10**6))) == {}


def test_the_full_room_is_told_in_words() -> None:
    room = rig.waiting(rig.inside(), "B")
    room = rig.after(room, rig.answer(room, "B", 422, "90032"))
    assert rig.head(room, "B").text == FULL


def test_those_who_wait_for_a_start_hear_nobody_and_not_for_ever() -> None:
    room = rig.inside(rig.inside(LONELY), "B")
    room = rig.after(replace(room, waits_for_start=True), rig.initiated("C", T0 + 60))
    room = rig.after(room, rig.hangup("C", T0 + 60))
    assert room.deadlines == alone("A", "B", at=T0 + 660)
    started = rig.after(replace(room, waits_for_start=False), rig.initiated("D", T0 + 90))
    assert [d for d in started.deadlines if d.kind == "alone"] == []
