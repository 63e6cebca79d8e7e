"""What follows from each of Telnyx's answers, and how a command is tried again."""

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
    ending,
    greeting,
    hangup,
    head,
    hook,
    initiated,
    inside,
    joined,
    left,
    refused,
    ringing,
    status,
    time,
    waiting,
    well,
    with_settings,
)

from conference.core import commands as c
from conference.core.command_ids import command_id
from conference.core.commands import CONFERENCE, HOLD_AND_MUTE, LOOK
from conference.core.decide import decide
from conference.core.entering import FULL, NO_WAY_IN
from conference.core.events import Broke, Outcome
from conference.core.outcomes.meanings import meaning
from conference.core.room import Asked, Deadline, Room, Told
from conference.telnyx_api.client import TIMEOUT

CALL_GONE = [(422, "90018"), (422, "90015"), (404, "90015")]
NO_CONFERENCE = [(422, "90019"), (404, ""), (404, "90058"), (422, "90058"), (404, "10005")]
REFUSED = [(422, "90017"), (422, "10011"), (400, "")]
KEY_REFUSED = [(401, "10009"), (403, "10010")]
OUR_FAULT = REFUSED + KEY_REFUSED
GONE: dict[str, Any] = {"A": None, "ended": {"A": NOW}}
HELD = Told(held=True, music=MUSIC)

ANSWERING = after(EMPTY, initiated(at=T0))
ANSWERING_AGAIN = after(ANSWERING, answer(ANSWERING, "A", 422, "99999", at=T0))
ANSWERING_AGAIN = after(ANSWERING_AGAIN, answer(ANSWERING_AGAIN, CONFERENCE, 422, "90034", at=T0))
GREETED = after(ringing(), hook("call.answered", at=T0))  # the speak is in flight
PARTING = after(waiting(), answer(waiting(), CONFERENCE, 422, "99999", at=T0))
OPENING = waiting(waiting(), "B")
FINDING = after(OPENING, answer(OPENING, CONFERENCE, 422, "90033", at=T0))
FINDING = replace(FINDING, deadlines={})  # but for the look at who is in it
JOINING = waiting(inside(), "B")
HANGING_UP = after(refused(), hook("call.speak.ended", at=T0))
HOLDING = after(waiting(), answer(waiting(), CONFERENCE, data={"id": "K"}, at=T0), joined(at=T0))
TWO = inside(inside(), "B")
UNHOLDING = after(JOINING, joined("B", at=T0))  # unhold of A is in flight
LOOKING = after(TWO, joined("X", at=T0), time(T0 + 1))


def goodbye(call: str, text: str) -> c.Speak:
    return c.Speak(call, "goodbye", text, "female", "en-GB", at=NOW)


def pick_up(call: str) -> c.Answer:
    return c.Answer(call, STATE, at=NOW)


def create(call: str, n: int) -> c.Create:
    return c.Create(call, "demo", n, "always", 250, at=NOW)


def until(call: str, at: float, kind: Any = "call") -> dict[str, Any]:
    return {"deadlines": {Deadline(kind, call): at}}


BACK_TO_RINGING = {"A": {"status": "ringing"}}
LET_IN = {"tries": 2, "patience": NOW + 20}  # with patience as if just come
RINGING_ANEW = {"status": "ringing", "patience": None}  # it was not the caller who waited
BYE_A = {"A": {"status": "refused"}}
BYE_B = {"B": {"status": "refused"}}
REOPENED = {
    "A": {"status": "waiting", "tries": 2, "patience": NOW + 20},
    "conference": "",
    "joined": frozenset(),
    "told": {},
    "ended": {"K": NOW},
}

Said = tuple[int, str]
Row = tuple[str, Room, str, list[Said], dict[str, Any], list[c.Command]]
OK = [(200, "")]
TABLE: list[Row] = [
    ("answer taken: its webhook is awaited", ANSWERING, "A", OK, until("A", NOW + 4), []),
    ("answer, the call is gone", ANSWERING, "A", CALL_GONE, GONE, []),
    ("answer of an outgoing leg: left alone", ANSWERING, "A", [(422, "90102")], GONE, []),
    (
        "answer refused to our key",
        ANSWERING,
        "A",
        KEY_REFUSED,
        {"A": {"status": "ending"}},
        [c.Hangup("A", at=NOW)],
    ),
    (
        "answer refused: it may have been answered before a restart",
        ANSWERING,
        "A",
        REFUSED,
        {"A": {"status": "waiting", "tries": 1, "patience": NOW + 20}},
        [create("A", 1)],
    ),
    (
        "answer refused, and so was the way in",
        ANSWERING_AGAIN,
        "A",
        REFUSED,
        {"A": {"status": "ending"}},
        [c.Hangup("A", at=NOW)],
    ),
    ("greeting begun: its end is awaited", GREETED, "A", OK, until("A", NOW + 2.6), []),
    ("greeting, the call is gone", GREETED, "A", CALL_GONE, GONE, []),
    (
        "greeting before the answer: answered once more",
        GREETED,
        "A",
        [(422, "90034")],
        BACK_TO_RINGING,
        [pick_up("A")],
    ),
    (
        "a greeting is not worth a call",
        GREETED,
        "A",
        OUR_FAULT,
        {"A": {"status": "waiting", "tries": 1, "patience": NOW + 20}},
        [create("A", 1)],
    ),
    (
        "goodbye begun: its end is awaited",
        PARTING,
        "A",
        OK,
        until("A", NOW + 2 + len(NO_WAY_IN) / 10),
        [],
    ),
    ("goodbye, the call is gone", PARTING, "A", CALL_GONE, GONE, []),
    (
        "goodbye refused",
        PARTING,
        "A",
        OUR_FAULT,
        {"A": {"status": "ending"}},
        [c.Hangup("A", at=NOW)],
    ),
    (
        "created: the others join",
        OPENING,
        CONFERENCE,
        OK,
        {"conference": "K", "B": LET_IN, **until("A", NOW + 4)},
        [c.Join("B", "K", 2, at=NOW)],
    ),
    (
        "creator gone: the next opens",
        OPENING,
        CONFERENCE,
        CALL_GONE,
        {**GONE, "B": {"tries": 2}},
        [create("B", 2)],
    ),
    (
        "creator not answered: answered once more, and the next opens",
        OPENING,
        CONFERENCE,
        [(422, "90034")],
        {"A": RINGING_ANEW, "B": {"tries": 2}},
        [pick_up("A"), create("B", 2)],
    ),
    (
        "name taken: find it, and look who is in it",
        OPENING,
        CONFERENCE,
        [(422, "90033")],
        until("", NOW + 1, "look"),
        [c.Find("demo", at=NOW)],
    ),
    (
        "creator refused: told so, and the next opens",
        OPENING,
        CONFERENCE,
        [*OUR_FAULT, (422, "90032")],
        {**BYE_A, "B": {"tries": 2}},
        [goodbye("A", NO_WAY_IN), create("B", 2)],
    ),
    (
        "found: all join",
        FINDING,
        CONFERENCE,
        OK,
        {"conference": "K", "A": LET_IN, "B": LET_IN},
        [c.Join("A", "K", 2, at=NOW), c.Join("B", "K", 2, at=NOW)],
    ),
    (
        "find refused: create again, later",
        FINDING,
        CONFERENCE,
        OUR_FAULT,
        {"A": {"tries": 2}, "deadlines": {Deadline("retry", CONFERENCE): NOW + 0.5}},
        [],
    ),
    ("join taken: its webhook is awaited", JOINING, "B", OK, until("B", NOW + 4), []),
    (
        "joined twice is joined",
        JOINING,
        "B",
        [(422, "90044")],
        {
            "B": {"status": "joined", "joined_at": NOW, "patience": None},
            "joined": frozenset("AB"),
        },
        [c.Unhold("K", ("A",), at=NOW)],
    ),
    ("full: told so", JOINING, "B", [(422, "90032")], BYE_B, [goodbye("B", FULL)]),
    (
        "join, the conference is gone: forgotten, and a new one opened",
        JOINING,
        "B",
        NO_CONFERENCE,
        {**REOPENED, "B": {"tries": 2}},
        [create("A", 2)],
    ),
    ("join, the call is gone", JOINING, "B", CALL_GONE, {"B": None, "ended": {"B": NOW}}, []),
    (
        "join before the answer: answered once more",
        JOINING,
        "B",
        [(422, "90034")],
        {"B": RINGING_ANEW},
        [pick_up("B")],
    ),
    ("join refused: told so", JOINING, "B", OUR_FAULT, BYE_B, [goodbye("B", NO_WAY_IN)]),
    ("hangup taken: its webhook is awaited", HANGING_UP, "A", OK, until("A", NOW + 4), []),
    ("hangup of a call that is gone", HANGING_UP, "A", CALL_GONE, GONE, []),
    (
        "hangup refused: tried again, since the leg is paid for",
        HANGING_UP,
        "A",
        OUR_FAULT,
        until("A", NOW + 30, "retry"),
        [],
    ),
    ("held", HOLDING, HOLD_AND_MUTE, OK, {"told": {"A": HELD}}, []),
    (
        "a hold that is refused is not repeated",
        HOLDING,
        HOLD_AND_MUTE,
        [(401, "10009"), (403, "10010")],
        {"told": {"A": HELD}},
        [],
    ),
    (
        "music that is refused: our own instead",
        HOLDING,
        HOLD_AND_MUTE,
        [(400, ""), (422, "10005"), (404, "10005")],  # 10005: it was not found
        {"bad_music": MUSIC},
        [c.Hold("K", ("A",), at=NOW)],  # where we are reached is not known in this room
    ),
    (
        "hold, the call is gone",
        HOLDING,
        HOLD_AND_MUTE,
        [(422, "90018")],
        {**GONE, "joined": frozenset(), "conference": ""},
        [],
    ),
    (
        "hold of who is not inside: the lists tell",
        HOLDING,
        HOLD_AND_MUTE,
        [(422, "90015"), (404, "90015")],
        {"told": {"A": HELD}, **until("", NOW + 1, "look")},
        [],
    ),
    (
        "hold, the conference is gone: forgotten, and a new one opened",
        HOLDING,
        HOLD_AND_MUTE,
        [(422, "90019"), (404, "90058"), (404, "")],
        {n: v for n, v in REOPENED.items() if n != "told"},
        [create("A", 2)],
    ),
    ("unheld", UNHOLDING, HOLD_AND_MUTE, OK, {"told": {}}, []),
    ("an unhold that is refused", UNHOLDING, HOLD_AND_MUTE, OUR_FAULT, {"told": {}}, []),
    (
        "a look refused proves nothing, and another follows",
        LOOKING,
        LOOK,
        OUR_FAULT,
        until("", NOW + 30, "look"),
        [],
    ),
]
CASES = [
    pytest.param(room, of, said, changed, sent, id=f"{name} ({said[0]} {said[1]})".strip())
    for name, room, of, answers, changed, sent in TABLE
    for said in answers
]


@pytest.mark.parametrize(("before", "of", "said", "changed", "sent"), CASES)
def test_an_answer_means(
    before: Room, of: str, said: Said, changed: dict[str, Any], sent: list[c.Command]
) -> None:
    was = head(before, of)
    data = {"id": "K"} if said == (200, "") else None
    room, commands = decide(before, answer(before, of, *said, data=data))
    assert changes(before, room) == changed
    assert list(commands) == sent
    assert room.head(of) != was, "the answer leaves its command pending"


@pytest.mark.parametrize("command", [c.Hold, c.Unhold, c.Mute, c.Unmute])
def test_telnyx_was_told_what_it_confirms(command: type[c.HoldOrMute]) -> None:
    given = command("K", ("A",), at=T0)
    room = replace(TWO, pending={HOLD_AND_MUTE: (given,)}, asked={"A": Asked(True, True)})
    room = replace(room, told={"A": Told(True, True, MUSIC), "B": Told(None, None)})
    expected = {
        c.Hold: Told(True, True, ""),
        c.Unhold: Told(False, True, ""),
        c.Mute: Told(True, True, MUSIC),
        c.Unmute: Told(True, False, MUSIC),
    }[command]
    room = after(room, Outcome(given, NOW))
    assert room.told == {"A": expected, "B": Told(None, None)}


@pytest.mark.parametrize(
    ("ask", "sent"),
    [
        (Asked(mute=True), c.Mute("K", ("B",), at=NOW)),
        (Asked(hold=True), c.Hold("K", ("B",), at=NOW, music=MUSIC)),
    ],
)
def test_told_of_another_conference_is_not_told(ask: Asked, sent: c.Command) -> None:
    given = replace(sent, conference="old", at=T0)  # type: ignore[call-arg]
    room = replace(TWO, asked={"B": ask}, pending={HOLD_AND_MUTE: (given,)})
    room, commands = decide(room, Outcome(given, NOW))
    assert (room.told, commands) == ({}, (sent,))


@pytest.mark.parametrize("command", [c.Hold, c.Unhold, c.Mute, c.Unmute])
@pytest.mark.parametrize(
    ("said", "then", "conference"),
    [
        ((422, "90018"), {"B": "joined"}, "K"),
        ((422, "90015"), {"A": "joined", "B": "joined"}, "K"),
        ((422, "90019"), {"A": "waiting", "B": "waiting"}, ""),
        ((422, "99999"), {"A": "joined", "B": "joined"}, "K"),
    ],
)
def test_every_hold_and_mute_may_be_refused(
    command: type[c.HoldOrMute], said: Said, then: dict[str, str], conference: str
) -> None:
    given = command("K", ("A",), at=T0)
    room = replace(TWO, pending={HOLD_AND_MUTE: (given,)})
    room = after(room, Outcome(given, NOW, *said))
    assert (status(room), room.conference) == (then, conference)


@pytest.mark.parametrize(
    ("status", "code", "means"),
    [
        (200, "", "done"),
        (204, "90018", "done"),
        (0, "", "unknown"),
        (401, "10009", "key refused"),
        (403, "90018", "key refused"),
        (429, "10011", "limited"),
        (422, "10011", "refused"),
        (500, "90018", "busy"),
        (302, "", "refused"),
    ],
)
def test_the_status_counts_before_the_code(status: int, code: str, means: str) -> None:
    assert meaning(Outcome(c.Hangup("A"), NOW, status, code)) == means


@pytest.mark.parametrize("said", [*CALL_GONE, (422, "99999"), (403, "10010")])
def test_those_refused_together_are_told_one_by_one(said: Said) -> None:
    """Of several it is not said whose fault it is; a refusal of one counts as told."""
    both = c.Mute("K", ("A", "B"), at=T0)
    asked = {call: Asked(mute=True) for call in "AB"}
    room = replace(inside(TWO, "C"), pending={HOLD_AND_MUTE: (both,)}, asked=asked)
    room, commands = decide(room, Outcome(both, NOW, *said))
    assert (room.joined, room.told) == (frozenset("ABC"), {})
    assert commands == (c.Mute("K", ("A",), at=NOW),)
    room, commands = decide(room, Outcome(*commands, NOW, *said))  # type: ignore[call-arg]
    assert commands == (c.Mute("K", ("B",), at=NOW),)
    room, commands = decide(room, Outcome(*commands, NOW))  # type: ignore[call-arg]
    assert room.told["B"] == Told(muted=True)
    assert (room.pending, room.singly) == ({}, frozenset())
    gone = meaning(Outcome(both, NOW, *said)) == "gone"
    assert ("A" in room.participants) != gone


def test_whoever_was_refused_with_others_does_not_hold_up_the_rest() -> None:
    asked = {call: Asked(mute=True) for call in "ABC"}
    room = replace(inside(TWO, "C"), asked=asked, singly=frozenset("A"))
    room, commands = decide(room, joined("X"))
    assert commands == (c.Mute("K", ("B", "C"), at=NOW),)
    assert well(room).told.keys() == {"A", "B", "C"}
    assert well(room).singly == frozenset()


def test_a_gone_call_that_was_held_alone_may_have_been_forgotten_already() -> None:
    room = after(HOLDING, hangup())
    room = after(room, answer(room, HOLD_AND_MUTE, 422, "90018", at=NOW + 1))
    assert (room.ended, room.pending) == ({"A": NOW}, {})


# One outcome of a command that an event has settled before changes nothing.


@pytest.mark.parametrize("said", [(200, ""), (422, "90018"), (503, ""), (0, ""), (422, "99999")])
@pytest.mark.parametrize(
    ("before", "of", "evidence"),
    [
        (ANSWERING, "A", hook("call.answered")),
        (GREETED, "A", hook("call.speak.ended")),
        (OPENING, CONFERENCE, hook("conference.created")),
        (JOINING, "B", joined("B")),
        (HANGING_UP, "A", hangup()),
    ],
    ids=["answer", "greeting", "create", "join", "hangup"],
)
def test_evidence_beats_an_outcome(before: Room, of: str, evidence: Any, said: Said) -> None:
    room = after(before, evidence)
    assert decide(room, answer(before, of, *said, data={"id": "L"})) == (room, ())


# Trying again

RETRIED = [
    pytest.param(room, of, id=type(head(room, of)).__name__)
    for room, of in [
        (ANSWERING, "A"),
        (GREETED, "A"),
        (OPENING, CONFERENCE),
        (FINDING, CONFERENCE),
        (JOINING, "B"),
        (HANGING_UP, "A"),
    ]
]


def once_more(room: Room, of: str, said: int, at: float) -> tuple[Room, float, c.Command]:
    """Telnyx answers so; the room then, the pause until the next try, and that try."""
    room, now = decide(room, answer(room, of, said, at=at))
    assert now == (), "it is sent again without a pause"
    due = room.deadlines[Deadline("retry", of)]
    assert decide(room, time(due - 0.01)) == (room, ()), "it is sent too early"
    room, (again,) = decide(room, time(due))
    return room, due - at, again


@pytest.mark.parametrize("said", [500, 503, 429, 0])
@pytest.mark.parametrize(("room", "of"), RETRIED)
def test_the_identical_command_is_tried_again_after_growing_pauses(
    room: Room, of: str, said: int
) -> None:
    first, at, pauses = head(room, of), T0, []
    for attempt in range(2, 6):
        room, pause, again = once_more(room, of, said, at)
        assert again == replace(first, attempt=attempt)
        if isinstance(first, c.OfCall):
            assert command_id(again) == command_id(first)  # type: ignore[arg-type]
        at += pause
        pauses.append(pause)
    longest = [0.5, 0.75, 1.125, 1.6875]  # seconds, spread by a quarter at most
    assert all(0.75 * most <= pause <= most for pause, most in zip(pauses, longest, strict=True))


@pytest.mark.parametrize(("room", "of"), RETRIED)
def test_no_two_tries_are_more_than_five_seconds_apart(room: Room, of: str) -> None:
    """Also where the first of them waited for an answer in vain."""
    many = replace(head(room, of), attempt=9)
    room = replace(room, pending={**room.pending, of: (many,)})
    assert 2 <= once_more(room, of, 0, T0)[1] <= 5 - TIMEOUT


def test_callers_do_not_come_back_all_at_once() -> None:
    spread = set()
    for call in "ABCDEFGH":
        room = after(EMPTY, initiated(call))
        spread.add(once_more(room, call, 503, NOW)[1])
    assert len(spread) == 8


@pytest.mark.parametrize(("room", "of"), RETRIED)
def test_telnyx_is_asked_again_when_it_says(room: Room, of: str) -> None:
    room = after(room, answer(room, of, 429, "10011", at=T0, retry_after=7.0))
    assert room.deadlines[Deadline("retry", of)] == T0 + 7


GIVEN_UP: list[tuple[str, Room, str, dict[str, str], list[c.Command]]] = [
    ("answer", ANSWERING, "A", {"A": "ending"}, [c.Hangup("A")]),
    ("greeting", GREETED, "A", {"A": "waiting"}, [create("A", 1)]),
    (
        "create",
        OPENING,
        CONFERENCE,
        {"A": "refused", "B": "refused"},
        [goodbye("A", NO_WAY_IN), goodbye("B", NO_WAY_IN)],
    ),
    (
        "create, with somebody who came later",
        waiting(waiting(), "B", T0 + 5),
        CONFERENCE,
        {"A": "refused", "B": "waiting"},
        [goodbye("A", NO_WAY_IN), create("B", 2)],
    ),
    (
        "find",
        FINDING,
        CONFERENCE,
        {"A": "refused", "B": "refused"},
        [goodbye("A", NO_WAY_IN), goodbye("B", NO_WAY_IN)],
    ),
    ("join", JOINING, "B", {"A": "joined", "B": "refused"}, [goodbye("B", NO_WAY_IN)]),
    ("goodbye", PARTING, "A", {"A": "ending"}, [c.Hangup("A")]),
]


@pytest.mark.parametrize("said", [429, 500, 503])
@pytest.mark.parametrize(
    ("room", "of", "then", "sent"), [row[1:] for row in GIVEN_UP], ids=[row[0] for row in GIVEN_UP]
)
def test_after_20_seconds_of_errors_it_is_given_up(
    room: Room, of: str, then: dict[str, str], sent: list[c.Command], said: int
) -> None:
    before = status(room)
    room = after(room, answer(room, of, said, at=T0))
    still, _ = decide(room, answer(room, of, said, at=T0 + 19.9))
    assert status(still) == before
    assert still.head(of) == replace(head(room, of), attempt=3)
    room, commands = decide(room, answer(room, of, said, at=T0 + 20))
    assert status(room) == then
    assert list(commands) == [replace(command, at=T0 + 20) for command in sent]


def test_the_20_seconds_begin_when_telnyx_answers_again() -> None:
    room = after(JOINING, answer(JOINING, "B", 0, at=T0 + 30))
    room = after(room, answer(room, "B", 503, at=T0 + 31))
    assert status(room)["B"] == "waiting"
    room = after(room, answer(room, "B", 503, at=T0 + 49))
    assert status(room)["B"] == "waiting"
    refused = after(ANSWERING, answer(ANSWERING, "A", 0, at=T0 + 45))
    refused = after(refused, answer(refused, "A", 429, at=T0 + 46))
    assert status(refused) == {"A": "ringing"}


def test_only_who_comes_too_often_waits_as_long_as_telnyx_says() -> None:
    room = after(JOINING, answer(JOINING, "B", 503, at=T0, retry_after=60.0))
    assert room.deadlines[Deadline("retry", "B")] <= T0 + 0.5


def test_a_goodbye_before_the_answer_ends_the_call() -> None:
    room = after(PARTING, answer(PARTING, "A", 422, "90034"))
    assert status(room) == {"A": "ending"}
    assert isinstance(head(room, "A"), c.Hangup)


def test_a_creator_who_has_left_meanwhile_does_not_keep_the_others_out() -> None:
    room = after(OPENING, left("A", at=T0))
    assert status(room)["A"] == "leaving"
    room, commands = decide(room, answer(room, CONFERENCE, 422, "99999"))
    assert status(room) == {"A": "leaving", "B": "waiting"}
    assert commands == (create("B", 2),)


def test_an_answer_that_is_refused_to_somebody_inside_changes_nothing() -> None:
    room = after(ANSWERING, joined("A", at=T0))
    assert room.joined == {"A"}
    room = replace(room, pending={**room.pending, "A": ANSWERING.pending["A"]})
    assert after(room, answer(room, "A", 422, "99999")).joined == {"A"}


def test_a_hangup_waits_for_nothing_and_is_not_given_up() -> None:
    room = after(PARTING, answer(PARTING, "A", 503, at=T0), hook("call.speak.ended", at=T0))
    assert head(room, "A") == c.Hangup("A", at=T0)
    assert Deadline("retry", "A") not in room.deadlines
    waits = replace(room, deadlines={Deadline("call", "A"): T0})
    assert status(after(waits, time(T0))) == {"A": "ending"}


def test_what_cannot_be_worked_out_keeps_nothing_else_waiting() -> None:
    room = after(OPENING, Broke(NOW, head(OPENING, CONFERENCE)))
    assert CONFERENCE not in room.pending
    assert room.deadlines[Deadline("look", "")] == NOW + 1
    assert after(JOINING, Broke(NOW, c.Hangup("B"))).pending == JOINING.pending, "not that one"


@pytest.mark.parametrize(("room", "of"), RETRIED[:-1])
def test_without_any_answer_one_id_is_used_for_less_than_50_seconds(room: Room, of: str) -> None:
    first = head(room, of)
    still = after(room, answer(room, of, 0, at=T0 + 49.9))
    assert still.head(of) == replace(first, attempt=2)
    room = after(room, answer(room, of, 0, at=T0 + 50))
    same = {command_id(first)} if isinstance(first, c.OfCall) else set()
    room = after(room, time(T0 + 50))
    commands = [queue[0] for queue in room.pending.values()]
    assert same.isdisjoint(command_id(x) for x in commands if isinstance(x, c.OfCall))
    assert first not in commands
    assert room.deadlines[Deadline("look", "")] == T0 + 51, "the lists decide"


@pytest.mark.parametrize("said", [0, 429, 503])
@pytest.mark.parametrize("seconds", [20, 50, 600])
def test_a_hangup_is_tried_until_telnyx_answers(said: int, seconds: float) -> None:
    """To repeat it is harmless, and nobody else would hang up a call that is paid for."""
    room = after(HANGING_UP, answer(HANGING_UP, "A", said, at=T0 + seconds))
    assert status(room) == {"A": "ending"}
    assert head(room, "A") == replace(head(HANGING_UP, "A"), attempt=2)
    assert Deadline("retry", "A") in room.deadlines


NO_ANSWER: list[tuple[str, Room, str, dict[str, str], list[c.Command]]] = [
    ("answer: greet it", ANSWERING, "A", {"A": "greeting"}, [replace(head(GREETED, "A"))]),
    ("greeting: let it in", GREETED, "A", {"A": "waiting"}, [create("A", 1)]),
    ("create: try anew", OPENING, CONFERENCE, {"A": "waiting", "B": "waiting"}, [create("A", 2)]),
    ("find: create", FINDING, CONFERENCE, {"A": "waiting", "B": "waiting"}, [create("A", 2)]),
    (
        "join: join anew",
        JOINING,
        "B",
        {"A": "joined", "B": "waiting"},
        [c.Join("B", "K", 2)],
    ),
    ("goodbye: hang up", PARTING, "A", {"A": "ending"}, [c.Hangup("A")]),
]


@pytest.mark.parametrize(
    ("room", "of", "then", "sent"),
    [row[1:] for row in NO_ANSWER],
    ids=[row[0] for row in NO_ANSWER],
)
def test_after_50_seconds_without_any_answer_the_room_carries_on(
    room: Room, of: str, then: dict[str, str], sent: list[c.Command]
) -> None:
    at = T0 + 50
    room, early = decide(room, answer(room, of, 0, at=at))
    room, late = decide(room, time(at))
    assert status(room) == then
    assert [*early, *late] == [replace(command, at=at) for command in sent]


def test_patience_is_not_spent_while_telnyx_is_away() -> None:
    room = after(OPENING, answer(OPENING, CONFERENCE, 0, at=T0 + 19))
    room = after(room, time(T0 + 30), answer(room, CONFERENCE, 422, "99999", at=T0 + 45))
    assert status(room) == {"A": "refused", "B": "waiting"}
    assert room.participants["B"].patience == T0 + 65


# Hold and mute take no command_id: what Telnyx was told is not known, and computed anew


def anew(command: c.Command) -> c.Command:
    return replace(command, attempt=1)


def test_a_hold_that_a_limit_was_in_the_way_of_was_not_done() -> None:
    """So nobody is freed of it who is not alone any more when its time has come."""
    room = after(HOLDING, answer(HOLDING, HOLD_AND_MUTE, 429, at=T0))
    assert room.told == {}
    due = room.deadlines[Deadline("retry", HOLD_AND_MUTE)]
    assert decide(inside(room, "B"), time(due))[1] == ()


@pytest.mark.parametrize("said", [0, 503])
def test_a_hold_without_an_answer_is_computed_anew(said: int) -> None:
    first = head(HOLDING, HOLD_AND_MUTE)
    room, commands = decide(HOLDING, answer(HOLDING, HOLD_AND_MUTE, said, at=T0))
    assert (room.told, commands) == ({"A": Told(None, False, MUSIC)}, ())
    due = room.deadlines[Deadline("retry", HOLD_AND_MUTE)]
    _, (again,) = decide(room, time(due))
    assert anew(again) == replace(first, at=due)
    # Meanwhile B has come, and nobody is alone: whether A is held is not known, so it is freed.
    room = inside(room, "B")
    room, commands = decide(room, time(due))
    assert [anew(x) for x in commands] == [c.Unhold("K", ("A",), at=due)]
    assert after(room, answer(room, HOLD_AND_MUTE, at=due + 1)).told == {}


def test_a_mute_without_an_answer_is_computed_anew() -> None:
    mute = c.Mute("K", ("A",), at=T0)
    room = replace(TWO, asked={"A": Asked(mute=True)}, pending={HOLD_AND_MUTE: (mute,)})
    room = after(room, Outcome(mute, T0, 0))
    assert room.told == {"A": Told(muted=None)}
    room, commands = decide(replace(room, asked={}), time(T0 + 1))
    assert [anew(x) for x in commands] == [c.Unmute("K", ("A",), at=T0 + 1)]


def test_an_unhold_without_an_answer_is_computed_anew() -> None:
    room = after(UNHOLDING, answer(UNHOLDING, HOLD_AND_MUTE, 0, at=T0))
    assert room.told == {"A": Told(held=None)}
    room, commands = decide(room, time(T0 + 1))
    assert [anew(x) for x in commands] == [c.Unhold("K", ("A",), at=T0 + 1)]


def test_pauses_grow_while_a_hold_is_not_answered() -> None:
    room, at, pauses = HOLDING, T0, []
    for _ in range(4):
        room, pause, _ = once_more(room, HOLD_AND_MUTE, 503, at)
        at += pause
        pauses.append(pause)
    assert pauses[0] <= 0.5 < pauses[2] <= 1.125 < pauses[3]


# The name is taken, the conference has ended


def test_the_name_is_taken_found_and_joined() -> None:
    room, commands = decide(OPENING, answer(OPENING, CONFERENCE, 422, "90033"))
    assert commands == (c.Find("demo", at=NOW),)
    room, commands = decide(room, answer(room, CONFERENCE, data={"id": "L"}))
    assert commands == (c.Join("A", "L", 2, at=NOW), c.Join("B", "L", 2, at=NOW))
    room = well(after(well(room), joined("A", conference="L"), joined("B", conference="L")))
    assert status(room) == {"A": "joined", "B": "joined"}


@pytest.mark.parametrize("data", [{"id": ""}, {}, None, {"id": 7}, ["L"], {"id": "old"}], ids=repr)
def test_the_name_is_taken_and_nothing_found_so_that_it_is_created_again_later(data: Any) -> None:
    room = after(OPENING, ended("old", T0), answer(OPENING, CONFERENCE, 422, "90033"))
    room, commands = decide(room, answer(room, CONFERENCE, data=data))
    assert commands == ()
    room, commands = decide(room, time(NOW + 0.5))
    assert commands == (create("A", 2),)
    assert command_id(create("A", 2)) != command_id(create("A", 1))


def test_whoever_finds_nothing_for_20_seconds_is_told_so() -> None:
    room, at = OPENING, T0
    while at < T0 + 25 and "waiting" in status(room).values():
        room = after(room, answer(room, CONFERENCE, 422, "90033", at=at))
        room = after(room, answer(room, CONFERENCE, data={"id": ""}, at=at))
        at += 0.5
        room = after(room, time(at))
    assert status(room) == {"A": "refused", "B": "refused"}
    assert T0 + 20 <= at <= T0 + 21
    assert (head(room, "A").text, head(room, "B").text) == (NO_WAY_IN, NO_WAY_IN)


def test_created_and_ended_already_is_created_again() -> None:
    room = after(OPENING, ended("old", T0))
    room, commands = decide(room, answer(room, CONFERENCE, data={"id": "old"}))
    assert (room.conference, commands) == ("", (create("A", 2),))


@pytest.mark.parametrize("data", [{"id": None}, {"id": ""}, {}, "K", None], ids=repr)
def test_created_without_an_id_is_found(data: Any) -> None:
    room, commands = decide(OPENING, answer(OPENING, CONFERENCE, data=data))
    assert (room.conference, commands) == ("", (c.Find("demo", at=NOW),))


def test_created_for_a_caller_who_has_gone_is_joined_by_the_others() -> None:
    room = after(OPENING, hangup("A"))
    room, commands = decide(room, answer(room, CONFERENCE, data={"id": "K"}))
    assert commands == (c.Join("B", "K", 2, at=NOW),)


def test_all_who_join_an_ended_conference_open_one_new_one() -> None:
    room = waiting(waiting(inside(), "B"), "C")
    room, first = decide(room, answer(room, "B", 422, "90019"))
    room, second = decide(room, answer(room, "C", 422, "90019"))
    assert (first, second) == ((create("A", 2),), ())
    assert status(room) == dict.fromkeys("ABC", "waiting")
    room, commands = decide(room, answer(room, CONFERENCE, data={"id": "L"}))
    assert [(type(x), x.call) for x in commands] == [(c.Join, "B"), (c.Join, "C")]  # type: ignore[union-attr]


def test_a_late_answer_of_the_ended_conference_does_not_end_the_new_one() -> None:
    room = waiting(waiting(inside(), "B"), "C")
    room = after(room, answer(room, "B", 422, "90019"))
    room = after(room, answer(room, CONFERENCE, data={"id": "L"}))
    room, commands = decide(room, answer(room, "C", 422, "90019"))
    assert room.conference == "L"
    assert commands == (c.Join("C", "L", 2, at=NOW),)


def test_joined_twice_in_an_ended_conference_opens_another_at_once() -> None:
    room = after(JOINING, ended("K", T0))
    assert decide(room, answer(room, "B", 422, "90044"))[1] == (create("B", 2),)


@pytest.mark.parametrize("said", [(200, ""), (422, "90044")])
def test_a_late_answer_does_not_open_an_ended_conference_again(said: Said) -> None:
    room = after(JOINING, ended("K", T0))
    room, commands = decide(room, answer(room, "B", *said))
    assert (room.conference, room.joined) == ("", frozenset())
    room = after(room, time(NOW + 4))
    assert isinstance(head(room, CONFERENCE), c.Create), "B waits for nothing"
    assert not any(isinstance(command, c.Hold) for command in commands)


def test_too_early_for_a_caller_who_has_gone_lets_the_next_open() -> None:
    room = after(OPENING, hangup("A"))
    room, commands = decide(room, answer(room, CONFERENCE, 422, "90034"))
    assert (status(room), commands) == ({"B": "waiting"}, (create("B", 2),))


def test_a_refused_creator_who_has_gone_lets_the_next_open() -> None:
    room = after(OPENING, hangup("A"))
    room, commands = decide(room, answer(room, CONFERENCE, 422, "99999"))
    assert (status(room), commands) == ({"B": "waiting"}, (create("B", 2),))


def test_an_answer_that_begins_late_to_speak_does_not_extend_a_call_that_has_moved_on() -> None:
    queued = replace(inside(), pending={"A": (head(GREETED, "A"),)})
    room = after(queued, answer(queued, "A"))
    assert (status(room), room.deadlines, room.pending) == ({"A": "joined"}, {}, {})


def test_a_region_goes_with_every_command_of_a_conference() -> None:
    room = waiting(with_settings(region="Europe"))
    assert head(room, CONFERENCE).region == "Europe"
    room = after(room, answer(room, CONFERENCE, 422, "90033"))
    assert head(room, CONFERENCE).region == "Europe"
    room = after(room, answer(room, CONFERENCE, data={"id": "K"}))
    assert head(room, "A").region == "Europe"
    room = after(well(room), joined())
    assert head(room, HOLD_AND_MUTE).region == "Europe"


def test_a_caller_who_left_while_it_was_being_created_is_not_waited_for() -> None:
    room = after(waiting(), left(occurred_at="2026-5"))
    room = after(room, answer(room, CONFERENCE, data={"id": "K"}))
    assert status(room) == {"A": "leaving"}
    assert room.deadlines == {Deadline("call", "A"): NOW + 5}


def test_hanging_up_is_not_forgotten_while_it_may_have_failed() -> None:
    assert status(after(ending(), time(T0 + 3.9))) == {"A": "ending"}
    assert status(after(greeting(), time(T0))) == {"A": "greeting"}


@pytest.mark.parametrize(
    ("room", "of", "then"),
    [(GREETED, "A", {}), (JOINING, "B", {"A": "waiting", "B": "waiting"})],
    ids=["a call", "a conference"],
)
def test_a_404_with_a_code_of_its_own_is_not_there(
    room: Room, of: str, then: dict[str, str]
) -> None:
    assert status(after(room, answer(room, of, 404, "10007"))) == then


def test_our_own_music_refused_as_well_is_not_repeated_for_ever() -> None:
    room = after(HOLDING, answer(HOLDING, HOLD_AND_MUTE, 400))
    room, commands = decide(room, answer(room, HOLD_AND_MUTE, 400))
    assert (room.told, commands) == ({"A": replace(HELD, music="")}, ())
