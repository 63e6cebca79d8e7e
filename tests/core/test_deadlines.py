"""Every wait has its way out, and begins when Telnyx has taken the command."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rigs.core import (
    EMPTY,
    NOW,
    STATE,
    T0,
    after,
    answer,
    changes,
    ending,
    greeting,
    hangup,
    head,
    hook,
    initiated,
    inside,
    joined,
    leaving,
    let_in,
    refused,
    ringing,
    status,
    time,
    waiting,
    well,
    with_settings,
)

from conference.core import commands as c
from conference.core.client_state import ClientState
from conference.core.commands import CONFERENCE, HOLD_AND_MUTE, LOOK
from conference.core.decide import decide
from conference.core.entering import FULL, NO_WAY_IN, NOBODY_CAME, speech_seconds
from conference.core.events import LookWanted, Outcome
from conference.core.room import Deadline, Room
from conference.core.snapshot import Seen, Snapshot

OUTGOING = after(
    EMPTY,
    initiated(at=T0, direction="outgoing", client_state=ClientState("demo", direction="outgoing")),
)
LONELY = with_settings(alone_minutes=10)
ALONE = Deadline("alone", "A")
LOOK_DUE = Deadline("look", "")


def speak(purpose: str, text: str, at: float) -> c.Speak:
    return c.Speak("A", purpose, text, "female", "en-GB", at=at)


def spoken(text: str) -> float:
    """Seconds that this may take to say."""
    return 2 + len(text) / 10


TABLE: list[tuple[str, Room, float, str, list[c.Command]]] = [
    (
        "an answer that no webhook confirms: greet",
        ringing(),
        4,
        "greeting",
        [speak("greeting", "First.", T0 + 4)],
    ),
    (
        "a greeting whose end is not reported: let in",
        greeting(),
        spoken("First."),
        "waiting",
        [c.Create("A", "demo", 1, "always", 250, at=T0 + spoken("First."))],
    ),
    (
        "a create that no joined confirms: join, and let Telnyx object",
        let_in(),
        4,
        "waiting",
        [c.Join("A", "K", 2, at=T0 + 4)],
    ),
    (
        "a join that no joined confirms: join anew",
        let_in(well(after(let_in(call="B"), hangup("B", T0)))),
        4,
        "waiting",
        [c.Join("A", "K", 2, at=T0 + 4)],
    ),
    (
        "a left that no hangup follows: hang up",
        leaving(),
        5,
        "ending",
        [c.Hangup("A", at=T0 + 5)],
    ),
    (
        "a goodbye whose end is not reported: hang up",
        refused(),
        spoken(NO_WAY_IN),
        "ending",
        [c.Hangup("A", at=T0 + spoken(NO_WAY_IN))],
    ),
    ("an outgoing call that rings: hang up", OUTGOING, 660, "ending", [c.Hangup("A", at=T0 + 660)]),
    ("a hangup that no webhook confirms: forget the call", ending(), 4, "", []),
]
ROWS = pytest.mark.parametrize(
    ("room", "seconds", "then", "sent"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)


@ROWS
def test_a_wait_ends(room: Room, seconds: float, then: str, sent: list[c.Command]) -> None:
    assert room.next_deadline == pytest.approx(T0 + seconds)
    assert decide(room, time(T0 + seconds - 0.01)) == (room, ())
    later, commands = decide(room, time(T0 + seconds))
    assert status(later) == ({"A": then} if then else {})
    assert list(commands) == sent
    assert later.deadlines == {}


@pytest.mark.parametrize(
    ("room", "of", "seconds"),
    [
        (after(EMPTY, initiated(at=T0)), "A", 4),
        (after(ringing(), hook("call.answered", at=T0)), "A", spoken("First.")),
        (waiting(), CONFERENCE, 4),
        (waiting(inside(call="B")), "A", 4),
        (after(refused(), hook("call.speak.ended", at=T0)), "A", 4),
    ],
    ids=["answer", "greeting", "create", "join", "hangup"],
)
def test_a_wait_begins_when_telnyx_has_taken_the_command(
    room: Room, of: str, seconds: float
) -> None:
    assert Deadline("call", "A") not in room.deadlines
    room = after(room, answer(room, of, at=T0 + 40, data={"id": "K"}))
    assert room.deadlines == {Deadline("call", "A"): pytest.approx(T0 + 40 + seconds)}


def test_hangup_takes_every_wait_of_its_call_away() -> None:
    for room in (OUTGOING, ringing(), greeting(), let_in(), leaving(), refused(), ending()):
        assert list(room.deadlines) == [Deadline("call", "A")]
        assert after(room, hangup()).deadlines == {}
    joining = waiting(inside(call="B"))
    held_back = after(joining, answer(joining, "A", 503, at=T0))
    assert list(held_back.deadlines) == [Deadline("retry", "A")]
    assert after(held_back, hangup()).deadlines == {}


def test_several_deadlines_may_pass_at_once() -> None:
    room, commands = decide(greeting(ringing(), "B"), time(T0 + 60))
    assert status(room) == {"A": "greeting", "B": "waiting"}
    assert {type(command) for command in commands} == {c.Speak, c.Create}


# Patience


def test_whoever_cannot_be_joined_within_20_seconds_is_told_so() -> None:
    room = let_in()
    room = well(after(room, time(T0 + 10)), T0 + 10)
    assert status(room) == {"A": "waiting"}
    room, commands = decide(room, time(T0 + 20))
    assert status(room) == {"A": "refused"}
    assert commands == (speak("goodbye", NO_WAY_IN, T0 + 20),)


def test_whoever_was_in_has_new_patience_for_the_next_conference() -> None:
    room = waiting(inside(), "B", T0 + 100)
    room = after(room, answer(room, "B", 422, "90019", at=T0 + 100))
    assert status(room) == {"A": "waiting", "B": "waiting"}
    assert room.participants["A"].patience == T0 + 120


def test_a_caller_whose_answer_comes_late_is_let_in_all_the_same() -> None:
    room = with_settings(greeting_first="", greeting_next="")
    room = after(ringing(room), time(T0 + 10))
    room = after(room, answer(room, CONFERENCE, 422, "90034", at=T0 + 10))
    assert status(room) == {"A": "ringing"}
    room, commands = decide(room, hook("call.answered", at=T0 + 35))
    assert status(room) == {"A": "waiting"}
    assert commands == (c.Create("A", "demo", 2, "always", 250, at=T0 + 35),)


# Alone


def test_whoever_is_alone_for_long_is_told_so_and_hung_up() -> None:
    room = inside(LONELY)
    assert room.deadlines == {ALONE: T0 + 600}
    room, commands = decide(room, time(T0 + 600))
    assert commands == (speak("goodbye", NOBODY_CAME, T0 + 600),)
    assert (status(room), room.deadlines) == ({"A": "refused"}, {})
    room, commands = decide(well(room, T0 + 600), hook("call.speak.ended", at=T0 + 605))
    assert commands == (c.Hangup("A", at=T0 + 605),)


def test_with_company_nobody_is_hung_up() -> None:
    room = inside(inside(LONELY), "B", T0 + 300)
    assert room.deadlines == {}
    assert after(room, hangup("B", T0 + 400)).deadlines == {ALONE: T0 + 1000}


def test_another_who_is_alone_has_a_time_of_its_own() -> None:
    room = after(inside(inside(LONELY), "B", T0 + 300), hangup("A", T0 + 400))
    assert room.deadlines == {Deadline("alone", "B"): T0 + 1000}


def test_an_event_does_not_prolong_being_alone() -> None:
    room = ringing(inside(LONELY), "B", T0 + 300)
    assert room.deadlines[ALONE] == T0 + 600


@pytest.mark.parametrize("minutes", [0, 10])
def test_alone_minutes_of_0_mean_never(minutes: float) -> None:
    room = inside(with_settings(alone_minutes=minutes))
    assert room.deadlines == ({ALONE: T0 + 600} if minutes else {})


@pytest.mark.parametrize("come", [greeting, waiting])
def test_somebody_on_the_way_keeps_a_lonely_call_alive_for_a_minute(come: object) -> None:
    room = come(inside(LONELY), "B", T0 + 599)  # type: ignore[operator]
    room, commands = decide(room, time(T0 + 600))
    assert status(room)["A"] == "joined"
    assert room.deadlines[ALONE] == T0 + 660
    assert commands == ()


@pytest.mark.parametrize("go", [refused, ending])
def test_somebody_on_the_way_out_does_not(go: object) -> None:
    room = go(inside(LONELY), "B", T0 + 599)  # type: ignore[operator]
    room = after(room, time(T0 + 600))
    assert status(room)["A"] == "refused"


# Looks


def test_a_room_with_somebody_in_it_is_looked_at_again_and_again() -> None:
    room = inside(with_settings(reconcile_seconds=30))
    seen = Snapshot("K", {"A": Seen(held=True, muted=False)}, None)
    times = []
    for _ in range(3):
        due = room.deadlines[LOOK_DUE]
        times.append(due)
        room, commands = decide(room, time(due))
        assert commands == (c.Look("demo", at=due),)
        room = after(room, Outcome(head(room, LOOK), due, data=seen))
    assert times == [T0 + 30, T0 + 60, T0 + 90]


@pytest.mark.parametrize("data", [None, "no snapshot", {}])
def test_a_look_that_shows_nothing_is_followed_by_another(data: object) -> None:
    room = after(inside(with_settings(reconcile_seconds=30)), time(T0 + 30))
    room = after(room, Outcome(head(room, LOOK), T0 + 31, data=data))
    assert (room.pending, list(room.deadlines)) == ({}, [LOOK_DUE])


def test_an_empty_room_is_not_looked_at() -> None:
    room = inside(with_settings(reconcile_seconds=30))
    assert LOOK_DUE in room.deadlines
    assert after(room, hangup()).deadlines == {}


def test_reconcile_seconds_of_0_mean_never_but_a_stranger_is_worth_a_look() -> None:
    room = inside()
    assert room.deadlines == {}
    assert after(room, joined("X")).deadlines == {LOOK_DUE: NOW + 1}


def test_what_telnyx_has_is_looked_at_when_serving_begins() -> None:
    room, commands = decide(EMPTY, LookWanted(T0))
    assert commands == (c.Look("demo", at=T0),)
    assert decide(room, LookWanted(T0 + 1))[1] == ()


@pytest.mark.parametrize("said", [0, 429, 503])
def test_a_look_is_tried_until_telnyx_answers(said: int) -> None:
    room = after(EMPTY, LookWanted(T0))
    room = after(room, answer(room, LOOK, said, at=T0 + 600))
    assert list(room.deadlines) == [Deadline("retry", LOOK)]
    assert T0 + 600 < room.deadlines[Deadline("retry", LOOK)] <= T0 + 600.5
    assert decide(room, time(T0 + 601))[1] == (c.Look("demo", at=T0, attempt=2),)


def test_a_look_that_is_refused_is_tried_again_when_the_next_one_is_due() -> None:
    room = after(EMPTY, LookWanted(T0))
    assert after(room, answer(room, LOOK, 401, at=T0)).deadlines == {LOOK_DUE: T0 + 30}
    often = after(with_settings(reconcile_seconds=10), LookWanted(T0))
    assert after(often, answer(often, LOOK, 401, at=T0)).deadlines == {LOOK_DUE: T0 + 10}


def test_what_takes_longer_to_say_is_given_longer() -> None:
    assert speech_seconds("Welcome.") == 2.8
    assert speech_seconds("\u3088\u3046\u3053\u305d") == 2 + 12 / 10, "a kana is a syllable"


def test_a_look_takes_no_second_one_along() -> None:
    room = after(inside(), joined("X", T0), time(T0 + 1), joined("Y", T0 + 1))
    room, commands = decide(room, time(T0 + 2))
    assert commands == ()
    assert room.pending == {LOOK: (c.Look("demo", at=T0 + 1),)}


def test_an_early_look_is_not_put_off() -> None:
    room = after(inside(), joined("X", T0), joined("Y", T0 + 0.5))
    assert room.deadlines == {LOOK_DUE: T0 + 1}
    regular = inside(with_settings(reconcile_seconds=30))
    assert after(regular, joined("X", T0 + 29.5)).deadlines == {LOOK_DUE: T0 + 30}


# Retries


def test_a_command_that_is_held_back_goes_out_in_its_time() -> None:
    room = after(EMPTY, initiated(at=T0))
    room = after(room, answer(room, "A", 429, at=T0, retry_after=3))
    assert decide(room, time(T0 + 2.9)) == (room, ())
    room, commands = decide(room, time(T0 + 3))
    assert commands == (c.Answer("A", STATE, at=T0, attempt=2),)


def test_a_hold_that_is_held_back_may_have_become_needless() -> None:
    room = after(let_in(), joined(at=T0))
    room = after(room, answer(room, HOLD_AND_MUTE, 0, at=T0), hangup(at=T0))
    room, commands = decide(room, time(T0 + 1))
    assert (commands, room.pending, room.deadlines) == ((), {}, {})


def test_a_hold_that_is_held_back_waits_for_the_start_of_the_conference() -> None:
    room = after(let_in(), joined(at=T0))
    room = after(room, answer(room, HOLD_AND_MUTE, 0, at=T0))
    room, commands = decide(replace(room, waits_for_start=True), time(T0 + 1))
    assert (commands, room.pending) == ((), {})


def test_nothing_happens_before_its_time() -> None:
    assert decide(greeting(), time(T0)) == (greeting(), ())
    assert changes(inside(), after(inside(), time(T0 + 10**6))) == {}


def test_the_full_room_is_told_in_words() -> None:
    room = waiting(inside(), "B")
    room = after(room, answer(room, "B", 422, "90032"))
    assert head(room, "B").text == FULL
