"""What follows from each of Telnyx's answers, and how a command is tried again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from rigs import core as rig
from rigs.core import EMPTY, MUSIC, NOW, T0, Answers

from conference.core import commands as c
from conference.core.client_state import ClientState
from conference.core.command_ids import command_id
from conference.core.commands import CONFERENCE, HOLD_AND_MUTE, SNAPSHOT
from conference.core.entering import FULL, UNREACHABLE
from conference.core.events import InternalFault, Outcome
from conference.core.outcomes.meanings import meaning
from conference.core.parts import Asked, Told
from conference.core.room import NEXT_SNAPSHOT, Deadline, Room, refused
from conference.telnyx_api.client import TIMEOUT

CALL_GONE = [(422, "90018"), (422, "90015"), (404, "90015")]
NO_CONFERENCE = [(422, "90019"), (404, "90058"), (422, "90058"), (422, "90033")]
REFUSED = [(422, "90017"), (422, "10011"), (400, "")]
KEY_REFUSED = [(401, "10009"), (403, "10010")]
OUR_FAULT = REFUSED + KEY_REFUSED
GONE: dict[str, Any] = {"A": None, "ended": {"A": NOW}}
HELD = Told(held=True, music=MUSIC)
UNKNOWN = Told(held=None, music=MUSIC)

ANSWERING = rig.after(EMPTY, rig.initiated(at=T0))
ANSWERING_AGAIN = rig.after(ANSWERING, rig.answer(ANSWERING, "A", 422, "99999", at=T0))
ANSWERING_AGAIN = rig.after(
    ANSWERING_AGAIN, rig.answer(ANSWERING_AGAIN, CONFERENCE, 422, "90034", at=T0)
)
GREETED = rig.after(rig.ringing(), rig.hook("call.answered", at=T0))  # the speak is in flight
PARTING = rig.after(rig.waiting(), rig.answer(rig.waiting(), CONFERENCE, 403, "10010", at=T0))
OPENING = rig.waiting(rig.waiting(), "B")
FINDING = rig.after(OPENING, rig.answer(OPENING, CONFERENCE, 422, "90033", at=T0))
LOOKING_ONCE = rig.after(OPENING, rig.answer(OPENING, CONFERENCE, 422, "99999", at=T0))
JOINING = rig.waiting(rig.inside(), "B")
HANGING_UP = rig.after(rig.refused(), rig.hook("call.speak.ended", at=T0))
HOLDING = rig.after(
    rig.waiting(), rig.answer(rig.waiting(), CONFERENCE, data={"id": "K"}, at=T0), rig.joined(at=T0)
)
TWO = rig.inside(rig.inside(), "B")
UNHOLDING = rig.after(JOINING, rig.joined("B", at=T0))  # unhold of A is in flight
LOOKING = rig.after(TWO, rig.joined("X", at=T0), rig.time(T0 + 1))


def goodbye(call: str, text: str) -> c.Speak:
    return c.Speak(call, "goodbye", text, "female", "en-GB", at=NOW)


def pick_up(call: str) -> c.Answer:
    return c.Answer(call, rig.state(call), at=NOW)


def create(call: str, n: int) -> c.Create:
    return c.Create(call, "demo", n, "always", 250, at=NOW)


def again(command: str, told: dict[str, Told], *deadlines: Deadline) -> dict[str, Any]:
    """Return the changes after a refused hold or mute of A: told, and the pause before the next."""
    pause = refused(command, "A")
    due = dict.fromkeys((pause, *deadlines), NOW + 1)
    return {"told": told, "refusals": {pause.of: 1}, "deadlines": due}


def until(call: str, at: float, kind: Any = "call") -> dict[str, Any]:
    return {"deadlines": {Deadline(kind, call): at}}


BACK_TO_RINGING = {"A": {"status": "ringing"}}
LET_IN = {"tries": 2, "patience": NOW + 20}  # with patience as if just come
RINGING_ANEW = {"status": "ringing", "patience": None}  # it was not the caller who waited
BYE_A = {"A": {"status": "refused"}}
BYE_B = {"B": {"status": "refused"}}
REOPENED = {
    "A": {"status": "waiting", "tries": 2, "patience": NOW + 20, "returns": True},
    "conference": "",
    "joined": frozenset(),
    "told": {},
    "ended": {"K": NOW},
}

Said = tuple[int, str]
OK = [(200, "")]
TABLE: list[Answers] = [
    Answers(
        "answer taken: its webhook is awaited",
        room=ANSWERING,
        of="A",
        answers=OK,
        changes=until("A", NOW + 4),
        commands=[],
    ),
    Answers(
        "answer, the call is gone",
        room=ANSWERING,
        of="A",
        answers=CALL_GONE,
        changes=GONE,
        commands=[],
    ),
    Answers(
        "answer of an outgoing leg: left alone",
        room=ANSWERING,
        of="A",
        answers=[(422, "90102")],
        changes=GONE,
        commands=[],
    ),
    Answers(
        "answer refused to our key",
        room=ANSWERING,
        of="A",
        answers=KEY_REFUSED,
        changes={"A": {"status": "ending"}},
        commands=[c.Hangup("A", at=NOW)],
    ),
    Answers(
        "answer refused: it may have been answered before a restart",
        room=ANSWERING,
        of="A",
        answers=REFUSED,
        changes={"A": {"status": "waiting", "tries": 1, "patience": NOW + 20}},
        commands=[create("A", 1)],
    ),
    Answers(
        "answer refused, and so was the way in",
        room=ANSWERING_AGAIN,
        of="A",
        answers=REFUSED,
        changes={"A": {"status": "ending"}},
        commands=[c.Hangup("A", at=NOW)],
    ),
    Answers(
        "greeting begun: its end is awaited",
        room=GREETED,
        of="A",
        answers=OK,
        changes=until("A", NOW + 2.6),
        commands=[],
    ),
    Answers(
        "greeting, the call is gone",
        room=GREETED,
        of="A",
        answers=CALL_GONE,
        changes=GONE,
        commands=[],
    ),
    Answers(
        "greeting before the answer: answered once more",
        room=GREETED,
        of="A",
        answers=[(422, "90034")],
        changes=BACK_TO_RINGING,
        commands=[pick_up("A")],
    ),
    Answers(
        "a greeting is not worth a call",
        room=GREETED,
        of="A",
        answers=OUR_FAULT,
        changes={"A": {"status": "waiting", "tries": 1, "patience": NOW + 20}},
        commands=[create("A", 1)],
    ),
    Answers(
        "goodbye begun: its end is awaited",
        room=PARTING,
        of="A",
        answers=OK,
        changes=until("A", NOW + 2 + len(UNREACHABLE) / 10),
        commands=[],
    ),
    Answers(
        "goodbye, the call is gone",
        room=PARTING,
        of="A",
        answers=CALL_GONE,
        changes=GONE,
        commands=[],
    ),
    Answers(
        "goodbye refused",
        room=PARTING,
        of="A",
        answers=OUR_FAULT,
        changes={"A": {"status": "ending"}},
        commands=[c.Hangup("A", at=NOW)],
    ),
    Answers(
        "created: the others join",
        room=OPENING,
        of=CONFERENCE,
        answers=OK,
        changes={"conference": "K", "B": LET_IN, **until("A", NOW + 4)},
        commands=[c.Join("B", "K", 2, at=NOW)],
    ),
    Answers(
        "creator gone: the next opens",
        room=OPENING,
        of=CONFERENCE,
        answers=CALL_GONE,
        changes={**GONE, "B": {"tries": 2}},
        commands=[create("B", 2)],
    ),
    Answers(
        "creator not answered: answered once more, and the next opens",
        room=OPENING,
        of=CONFERENCE,
        answers=[(422, "90034")],
        changes={"A": RINGING_ANEW, "B": {"tries": 2}},
        commands=[pick_up("A"), create("B", 2)],
    ),
    Answers(
        "name taken: find it",
        room=OPENING,
        of=CONFERENCE,
        answers=[(422, "90033"), (409, ""), (409, "90001")],
        changes={},
        commands=[c.Find("demo", at=NOW)],
    ),
    Answers(
        "create refused: find a conference that may have the name",
        room=OPENING,
        of=CONFERENCE,
        answers=REFUSED,
        changes={},
        commands=[c.Find("demo", refused="A", at=NOW)],
    ),
    Answers(
        "no conference has the name: the creator is told so, and the next opens",
        room=LOOKING_ONCE,
        of=CONFERENCE,
        answers=OUR_FAULT,
        changes={**BYE_A, "B": {"tries": 2}},
        commands=[goodbye("A", UNREACHABLE), create("B", 2)],
    ),
    Answers(
        "creator refused: told so, and the next opens",
        room=OPENING,
        of=CONFERENCE,
        answers=[*KEY_REFUSED, (422, "90032")],
        changes={**BYE_A, "B": {"tries": 2}},
        commands=[goodbye("A", UNREACHABLE), create("B", 2)],
    ),
    Answers(
        "found: all join, and a look who is in it",
        room=FINDING,
        of=CONFERENCE,
        answers=OK,
        changes={
            "conference": "K",
            "A": LET_IN,
            "B": LET_IN,
            **until("", NOW + 1, "snapshot"),
        },
        commands=[c.Join("A", "K", 2, at=NOW), c.Join("B", "K", 2, at=NOW)],
    ),
    Answers(
        "find refused: create again, later",
        room=FINDING,
        of=CONFERENCE,
        answers=OUR_FAULT,
        changes={"A": {"tries": 2}, "deadlines": {rig.retry(CONFERENCE): NOW + 2}},
        commands=[],
    ),
    Answers(
        "join taken: its webhook is awaited",
        room=JOINING,
        of="B",
        answers=OK,
        changes=until("B", NOW + 4),
        commands=[],
    ),
    Answers(
        "joined twice is joined",
        room=JOINING,
        of="B",
        answers=[(422, "90044")],
        changes={
            "B": {"status": "joined", "joined_at": NOW, "patience": None},
            "joined": frozenset("AB"),
        },
        commands=[c.Unhold("K", ("A",), at=NOW)],
    ),
    Answers(
        "full: told so",
        room=JOINING,
        of="B",
        answers=[(422, "90032")],
        changes=BYE_B,
        commands=[goodbye("B", FULL)],
    ),
    Answers(
        "join, the conference is gone: forgotten, and a new one opened",
        room=JOINING,
        of="B",
        answers=NO_CONFERENCE,
        changes={**REOPENED, "B": {"tries": 2}},
        commands=[create("A", 2)],
    ),
    Answers(
        "join, the call is gone",
        room=JOINING,
        of="B",
        answers=CALL_GONE,
        changes={"B": None, "ended": {"B": NOW}},
        commands=[],
    ),
    Answers(
        "join before the answer: answered once more",
        room=JOINING,
        of="B",
        answers=[(422, "90034")],
        changes={"B": RINGING_ANEW},
        commands=[pick_up("B")],
    ),
    Answers(
        "join refused: told so",
        room=JOINING,
        of="B",
        answers=OUR_FAULT,
        changes=BYE_B,
        commands=[goodbye("B", UNREACHABLE)],
    ),
    Answers(
        "hangup taken: its webhook is awaited",
        room=HANGING_UP,
        of="A",
        answers=OK,
        changes=until("A", NOW + 4),
        commands=[],
    ),
    Answers(
        "hangup of a call that is gone",
        room=HANGING_UP,
        of="A",
        answers=CALL_GONE,
        changes=GONE,
        commands=[],
    ),
    Answers(
        "hangup refused: tried again, since the leg is paid for",
        room=HANGING_UP,
        of="A",
        answers=OUR_FAULT,
        changes={"deadlines": {rig.retry("A"): NOW + 30}},
        commands=[],
    ),
    Answers(
        "held",
        room=HOLDING,
        of=HOLD_AND_MUTE,
        answers=OK,
        changes={"told": {"A": HELD}},
        commands=[],
    ),
    Answers(
        "a hold that is refused: unknown, and repeated after a pause",
        room=HOLDING,
        of=HOLD_AND_MUTE,
        answers=OUR_FAULT,
        changes=again("hold", {"A": UNKNOWN}),
        commands=[],
    ),
    Answers(
        "hold, the call is gone",
        room=HOLDING,
        of=HOLD_AND_MUTE,
        answers=[(422, "90018")],
        changes={**GONE, "joined": frozenset(), "conference": ""},
        commands=[],
    ),
    Answers(
        "hold of who is not inside: the lists tell",
        room=HOLDING,
        of=HOLD_AND_MUTE,
        answers=[(422, "90015"), (404, "90015"), (404, "10005"), (404, "")],
        changes=again("hold", {"A": UNKNOWN}, NEXT_SNAPSHOT),
        commands=[],
    ),
    Answers(
        "hold, the conference is gone: forgotten, and a new one opened",
        room=HOLDING,
        of=HOLD_AND_MUTE,
        answers=[(422, "90019"), (404, "90058")],
        changes={n: v for n, v in REOPENED.items() if n != "told"},
        commands=[create("A", 2)],
    ),
    Answers(
        "unheld", room=UNHOLDING, of=HOLD_AND_MUTE, answers=OK, changes={"told": {}}, commands=[]
    ),
    Answers(
        "an unhold that is refused: unknown, and repeated after a pause",
        room=UNHOLDING,
        of=HOLD_AND_MUTE,
        answers=OUR_FAULT,
        changes=again("unhold", {"A": Told(held=None)}),
        commands=[],
    ),
    Answers(
        "a look refused proves nothing, and another follows",
        room=LOOKING,
        of=SNAPSHOT,
        answers=OUR_FAULT,
        changes=until("", NOW + 30, "snapshot"),
        commands=[],
    ),
]


@rig.each_answer(TABLE)
def test_an_answer_means(case: Answers, said: Said) -> None:
    was = rig.head(case.room, case.of)
    data = {"id": "K"} if said == (200, "") else None
    room, commands = rig.decide(case.room, rig.answer(case.room, case.of, *said, data=data))
    assert rig.changes(case.room, room) == case.changes
    assert list(commands) == case.commands
    assert was not in rig.pending(room, case.of)[:1], "the answer leaves its command pending"


@pytest.mark.parametrize("command", [c.Hold, c.Unhold, c.Mute, c.Unmute])
def test_telnyx_was_told_what_it_confirms(command: type[c.HoldOrMute]) -> None:
    given = command("K", ("A",), at=T0)
    room = rig.given(
        TWO, pending=rig.queued(HOLD_AND_MUTE, given), asked={"A": Asked(True, "moderator")}
    )
    room = rig.given(room, told={"A": Told(True, True, MUSIC), "B": Told(None, None)})
    expected = {
        c.Hold: Told(True, True, ""),
        c.Unhold: Told(False, True, ""),
        c.Mute: Told(True, True, MUSIC),
        c.Unmute: Told(True, False, MUSIC),
    }[command]
    room = rig.after(room, Outcome(given, NOW))
    assert room.holding.told == {"A": expected, "B": Told(None, None)}


@pytest.mark.parametrize(
    ("ask", "sent"),
    [
        (Asked(mute_by="moderator"), c.Mute("K", ("B",), at=NOW)),
        (Asked(hold=True), c.Hold("K", ("A", "B"), at=NOW, music=MUSIC)),  # A is alone now
    ],
)
def test_told_of_another_conference_is_not_told(ask: Asked, sent: c.Command) -> None:
    given = replace(sent, conference="old", at=T0)  # type: ignore[call-arg]
    room = rig.given(TWO, asked={"B": ask}, pending=rig.queued(HOLD_AND_MUTE, given))
    room, commands = rig.decide(room, Outcome(given, NOW))
    assert (room.holding.told, commands) == ({}, (sent,))


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
    room = replace(TWO, pending=rig.queued(HOLD_AND_MUTE, given))
    room = rig.after(room, Outcome(given, NOW, *said))
    assert (rig.status(room), room.conference) == (then, conference)


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


@pytest.mark.parametrize("account", ["", "AC1"], ids=["call control", "texml"])
@pytest.mark.parametrize(
    ("status", "code", "means"),
    [
        (401, "10009", "key refused"),
        (403, "10009", "key refused"),
        (403, "10010", "refused"),
        (403, "10038", "refused"),
        (403, "", "refused"),
    ],
)
def test_a_call_that_telnyx_does_not_allow_is_not_the_keys_fault(
    account: str, status: int, code: str, means: str
) -> None:
    dial = c.Dial("+13125550142", ClientState("demo"), "id", 30, 600, account=account)
    assert meaning(Outcome(dial, NOW, status, code)) == means


@pytest.mark.parametrize("said", [*CALL_GONE, (422, "99999"), (403, "10010")])
def test_those_refused_together_are_told_one_by_one(said: Said) -> None:
    """Of several it is not said whose fault it is; a refusal of one counts as told."""
    both = c.Mute("K", ("A", "B"), at=T0)
    asked = {call: Asked(mute_by="moderator") for call in "AB"}
    room = rig.given(rig.inside(TWO, "C"), pending=rig.queued(HOLD_AND_MUTE, both), asked=asked)
    room, commands = rig.decide(room, Outcome(both, NOW, *said))
    assert (room.joined, room.holding.told) == (frozenset("ABC"), {})
    assert commands == (c.Mute("K", ("A",), at=NOW),)
    room, commands = rig.decide(room, Outcome(*commands, NOW, *said))  # type: ignore[call-arg]
    assert commands == (c.Mute("K", ("B",), at=NOW),)
    room, commands = rig.decide(room, Outcome(*commands, NOW))  # type: ignore[call-arg]
    assert room.holding.told["B"] == Told(muted=True)
    assert (room.pending, room.holding.one_by_one) == ({}, frozenset())
    gone = meaning(Outcome(both, NOW, *said)) == "gone"
    assert ("A" in room.participants) != gone


def test_whoever_was_refused_with_others_does_not_hold_up_the_rest() -> None:
    asked = {call: Asked(mute_by="moderator") for call in "ABC"}
    room = rig.given(rig.inside(TWO, "C"), asked=asked, one_by_one=frozenset("A"))
    room, commands = rig.decide(room, rig.joined("X"))
    assert commands == (c.Mute("K", ("B", "C"), at=NOW),)
    assert rig.well(room).holding.told.keys() == {"A", "B", "C"}
    assert rig.well(room).holding.one_by_one == frozenset()


def test_a_gone_call_that_was_held_alone_may_have_been_forgotten_already() -> None:
    room = rig.after(HOLDING, rig.hangup())
    room = rig.after(room, rig.answer(room, HOLD_AND_MUTE, 422, "90018", at=NOW + 1))
    assert (room.ended, room.pending) == ({"A": NOW}, {})


# One outcome of a command that an event has settled before changes nothing.


@pytest.mark.parametrize("said", [(200, ""), (422, "90018"), (503, ""), (0, ""), (422, "99999")])
@pytest.mark.parametrize(
    ("before", "of", "evidence"),
    [
        (ANSWERING, "A", rig.hook("call.answered")),
        (GREETED, "A", rig.hook("call.speak.ended")),
        (OPENING, CONFERENCE, rig.hook("conference.created")),
        (JOINING, "B", rig.joined("B")),
        (HANGING_UP, "A", rig.hangup()),
    ],
    ids=["answer", "greeting", "create", "join", "hangup"],
)
def test_evidence_beats_an_outcome(before: Room, of: str, evidence: Any, said: Said) -> None:
    room = rig.after(before, evidence)
    assert rig.decide(room, rig.answer(before, of, *said, data={"id": "L"})) == (room, ())


# Trying again

RETRIED = [
    pytest.param(room, of, id=type(rig.head(room, of)).__name__)
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
    room, now = rig.decide(room, rig.answer(room, of, said, at=at))
    assert now == (), "it is sent again without a pause"
    due = room.deadlines[rig.retry(of)]
    assert rig.decide(room, rig.time(due - 0.01)) == (room, ()), "it is sent too early"
    room, (again,) = rig.decide(room, rig.time(due))
    return room, due - at, again


@pytest.mark.parametrize("said", [500, 503, 429, 0])
@pytest.mark.parametrize(("room", "of"), RETRIED)
def test_the_identical_command_is_tried_again_after_growing_pauses(
    room: Room, of: str, said: int
) -> None:
    first, at, pauses = rig.head(room, of), T0, []
    for attempt in range(2, 6):
        room, pause, again = once_more(room, of, said, at)
        assert again == replace(first, attempt=attempt)
        if isinstance(first, c.OfCall):
            assert command_id(again) == command_id(first)  # type: ignore[arg-type]
        at += pause
        pauses.append(pause)
    longest = [0.25, 0.3375, 0.4557, 0.6151]  # seconds, spread by a quarter at most
    assert all(0.75 * most <= pause <= most for pause, most in zip(pauses, longest, strict=True))


@pytest.mark.parametrize(("room", "of"), RETRIED)
def test_no_two_tries_are_more_than_five_seconds_apart(room: Room, of: str) -> None:
    """Also where the first of them waited for an answer in vain."""
    many = replace(rig.head(room, of), attempt=9)
    room = replace(room, pending={**room.pending, **rig.queued(of, many)})
    assert 2 <= once_more(room, of, 0, T0)[1] <= 5 - TIMEOUT


def test_callers_do_not_come_back_all_at_once() -> None:
    spread = set()
    for call in "ABCDEFGH":
        room = rig.after(EMPTY, rig.initiated(call))
        spread.add(once_more(room, call, 503, NOW)[1])
    assert len(spread) == 8


@pytest.mark.parametrize(("room", "of"), RETRIED)
def test_telnyx_is_asked_again_when_it_says(room: Room, of: str) -> None:
    room = rig.after(room, rig.answer(room, of, 429, "10011", at=T0, retry_after=2.5))
    assert room.deadlines[rig.retry(of)] == T0 + 2.5


class GivenUp(NamedTuple):
    name: str
    room: Room
    of: str
    then: dict[str, str]
    commands: list[c.Command]


GIVEN_UP: list[GivenUp] = [
    GivenUp("answer", room=ANSWERING, of="A", then={"A": "ending"}, commands=[c.Hangup("A")]),
    GivenUp(
        "create",
        room=OPENING,
        of=CONFERENCE,
        then={"A": "refused", "B": "refused"},
        commands=[goodbye("A", UNREACHABLE), goodbye("B", UNREACHABLE)],
    ),
    GivenUp(
        "create, with somebody who came later",
        room=rig.waiting(rig.waiting(), "B", T0 + 5),
        of=CONFERENCE,
        then={"A": "refused", "B": "waiting"},
        commands=[goodbye("A", UNREACHABLE), create("B", 2)],
    ),
    GivenUp(
        "find",
        room=FINDING,
        of=CONFERENCE,
        then={"A": "refused", "B": "refused"},
        commands=[goodbye("A", UNREACHABLE), goodbye("B", UNREACHABLE)],
    ),
    GivenUp(
        "join",
        room=JOINING,
        of="B",
        then={"A": "joined", "B": "refused"},
        commands=[goodbye("B", UNREACHABLE)],
    ),
]


@pytest.mark.parametrize("said", [429, 500, 503])
@pytest.mark.parametrize(
    ("room", "then", "command"),
    [(GREETED, "waiting", create("A", 1)), (PARTING, "ending", c.Hangup("A"))],
    ids=["greeting", "goodbye"],
)
def test_a_speech_is_given_up_after_a_few_seconds_of_errors(
    room: Room, then: str, command: c.Command, said: int
) -> None:
    room = rig.after(room, rig.answer(room, "A", said, at=T0))
    still = rig.after(room, rig.answer(room, "A", said, at=T0 + 2))
    assert rig.head(still, "A") == replace(rig.head(room, "A"), attempt=3)
    room, commands = rig.decide(room, rig.answer(room, "A", said, at=T0 + 4))
    assert (rig.status(room), commands) == ({"A": then}, (replace(command, at=T0 + 4),))


@pytest.mark.parametrize("said", [429, 500, 503])
@rig.each_case(GIVEN_UP)
def test_after_20_seconds_of_errors_it_is_given_up(case: GivenUp, said: int) -> None:
    room, of, before = case.room, case.of, rig.status(case.room)
    room = rig.after(room, rig.answer(room, of, said, at=T0))
    still, _ = rig.decide(room, rig.answer(room, of, said, at=T0 + 19.9))
    assert rig.status(still) == before
    assert rig.head(still, of) == replace(rig.head(room, of), attempt=3)
    room, commands = rig.decide(room, rig.answer(room, of, said, at=T0 + 20))
    assert rig.status(room) == case.then
    assert list(commands) == [replace(command, at=T0 + 20) for command in case.commands]


def test_the_20_seconds_begin_when_telnyx_answers_again() -> None:
    room = rig.after(JOINING, rig.answer(JOINING, "B", 0, at=T0 + 30))
    room = rig.after(room, rig.answer(room, "B", 503, at=T0 + 31))
    assert rig.status(room)["B"] == "waiting"
    room = rig.after(room, rig.answer(room, "B", 503, at=T0 + 49))
    assert rig.status(room)["B"] == "waiting"
    refused = rig.after(ANSWERING, rig.answer(ANSWERING, "A", 0, at=T0 + 45))
    refused = rig.after(refused, rig.answer(refused, "A", 429, at=T0 + 46))
    assert rig.status(refused) == {"A": "ringing"}


def test_only_who_comes_too_often_waits_as_long_as_telnyx_says() -> None:
    room = rig.after(JOINING, rig.answer(JOINING, "B", 503, at=T0, retry_after=60.0))
    assert room.deadlines[rig.retry("B")] <= T0 + 0.5


def test_a_goodbye_before_the_answer_ends_the_call() -> None:
    room = rig.after(PARTING, rig.answer(PARTING, "A", 422, "90034"))
    assert rig.status(room) == {"A": "ending"}
    assert isinstance(rig.head(room, "A"), c.Hangup)


def test_a_creator_who_has_left_meanwhile_does_not_keep_the_others_out() -> None:
    room = rig.after(OPENING, rig.left("A", at=T0))
    assert rig.status(room)["A"] == "leaving"
    room, commands = rig.decide(room, rig.answer(room, CONFERENCE, 422, "99999"))
    assert rig.status(room) == {"A": "leaving", "B": "waiting"}
    assert commands == (create("B", 2),)


def test_an_answer_that_is_refused_to_somebody_inside_changes_nothing() -> None:
    room = rig.after(ANSWERING, rig.joined("A", at=T0))
    assert room.joined == {"A"}
    answering = rig.queued("A", *rig.pending(ANSWERING, "A"))
    room = replace(room, pending={**room.pending, **answering})
    assert rig.after(room, rig.answer(room, "A", 422, "99999")).joined == {"A"}


def test_a_hangup_waits_for_nothing_and_is_not_given_up() -> None:
    room = rig.after(
        PARTING, rig.answer(PARTING, "A", 503, at=T0), rig.hook("call.speak.ended", at=T0)
    )
    assert rig.head(room, "A") == c.Hangup("A", at=T0)
    assert rig.retry("A") not in room.deadlines
    waits = replace(room, deadlines={Deadline("call", "A"): T0})
    assert rig.status(rig.after(waits, rig.time(T0))) == {"A": "ending"}


def test_what_cannot_be_worked_out_keeps_nothing_else_waiting() -> None:
    room = rig.after(OPENING, InternalFault(NOW, rig.head(OPENING, CONFERENCE)))
    assert not rig.pending(room, CONFERENCE)
    assert room.deadlines[NEXT_SNAPSHOT] == NOW + 1
    assert rig.after(JOINING, InternalFault(NOW, c.Hangup("B"))).pending == JOINING.pending, (
        "not that one"
    )


@pytest.mark.parametrize(("room", "of"), RETRIED[:-1])
def test_without_any_answer_one_id_is_used_for_less_than_50_seconds(room: Room, of: str) -> None:
    first = rig.head(room, of)
    still = rig.after(room, rig.answer(room, of, 0, at=T0 + 49.9))
    assert rig.head(still, of) == replace(first, attempt=2)
    room = rig.after(room, rig.answer(room, of, 0, at=T0 + 50))
    same = {command_id(first)} if isinstance(first, c.OfCall) else set()
    room = rig.after(room, rig.time(T0 + 50))
    commands = [queue[0] for queue in room.pending.values()]
    assert same.isdisjoint(command_id(x) for x in commands if isinstance(x, c.OfCall))
    assert first not in commands
    assert room.deadlines[NEXT_SNAPSHOT] == T0 + 51, "the lists decide"


@pytest.mark.parametrize("said", [0, 429, 503])
@pytest.mark.parametrize("seconds", [20, 50, 600])
def test_a_hangup_is_tried_until_telnyx_answers(said: int, seconds: float) -> None:
    """To repeat it is harmless, and nobody else would hang up a call that is paid for."""
    room = rig.after(HANGING_UP, rig.answer(HANGING_UP, "A", said, at=T0 + seconds))
    assert rig.status(room) == {"A": "ending"}
    assert rig.head(room, "A") == replace(rig.head(HANGING_UP, "A"), attempt=2)
    assert rig.retry("A") in room.deadlines


NO_ANSWER: list[GivenUp] = [
    GivenUp(
        "answer: greet it",
        room=ANSWERING,
        of="A",
        then={"A": "greeting"},
        commands=[replace(rig.head(GREETED, "A"))],
    ),
    GivenUp(
        "greeting: let it in",
        room=GREETED,
        of="A",
        then={"A": "waiting"},
        commands=[create("A", 1)],
    ),
    GivenUp(
        "create: try anew",
        room=OPENING,
        of=CONFERENCE,
        then={"A": "waiting", "B": "waiting"},
        commands=[create("A", 2)],
    ),
    GivenUp(
        "find: create",
        room=FINDING,
        of=CONFERENCE,
        then={"A": "waiting", "B": "waiting"},
        commands=[create("A", 2)],
    ),
    GivenUp(
        "join: join anew",
        room=JOINING,
        of="B",
        then={"A": "joined", "B": "waiting"},
        commands=[c.Join("B", "K", 2)],
    ),
    GivenUp(
        "goodbye: hang up", room=PARTING, of="A", then={"A": "ending"}, commands=[c.Hangup("A")]
    ),
]


@rig.each_case(NO_ANSWER)
def test_after_50_seconds_without_any_answer_the_room_carries_on(case: GivenUp) -> None:
    at = T0 + 50
    room, early = rig.decide(case.room, rig.answer(case.room, case.of, 0, at=at))
    room, late = rig.decide(room, rig.time(at))
    assert rig.status(room) == case.then
    assert [*early, *late] == [replace(command, at=at) for command in case.commands]


def test_patience_is_not_spent_while_telnyx_is_away() -> None:
    room = rig.after(OPENING, rig.answer(OPENING, CONFERENCE, 0, at=T0 + 19))
    room = rig.after(
        room, rig.time(T0 + 30), rig.answer(room, CONFERENCE, 403, "10010", at=T0 + 45)
    )
    assert rig.status(room) == {"A": "refused", "B": "waiting"}
    assert room.participants["B"].patience == T0 + 65


# Hold and mute take no command_id: what Telnyx was told is not known, and computed anew


def anew(command: c.Command) -> c.Command:
    return replace(command, attempt=1)


def test_a_hold_that_a_limit_was_in_the_way_of_was_not_done() -> None:
    """So nobody is freed of it who is not alone any more when its time has come."""
    room = rig.after(HOLDING, rig.answer(HOLDING, HOLD_AND_MUTE, 429, at=T0))
    assert room.holding.told == {}
    due = room.deadlines[rig.retry(HOLD_AND_MUTE)]
    assert rig.decide(rig.inside(room, "B"), rig.time(due))[1] == ()


@pytest.mark.parametrize("said", [0, 503])
def test_a_hold_without_an_answer_is_computed_anew(said: int) -> None:
    first = rig.head(HOLDING, HOLD_AND_MUTE)
    room, commands = rig.decide(HOLDING, rig.answer(HOLDING, HOLD_AND_MUTE, said, at=T0))
    assert (room.holding.told, commands) == ({"A": Told(None, False, MUSIC)}, ())
    due = room.deadlines[rig.retry(HOLD_AND_MUTE)]
    _, (again,) = rig.decide(room, rig.time(due))
    assert anew(again) == replace(first, at=due)
    # Meanwhile B has come, and nobody is alone: whether A is held is not known, so it is freed.
    room = rig.inside(room, "B")
    room, commands = rig.decide(room, rig.time(due))
    assert [anew(x) for x in commands] == [c.Unhold("K", ("A",), at=due)]
    assert rig.after(room, rig.answer(room, HOLD_AND_MUTE, at=due + 1)).holding.told == {}


def test_a_mute_without_an_answer_is_computed_anew() -> None:
    mute = c.Mute("K", ("A",), at=T0)
    room = rig.given(
        TWO, asked={"A": Asked(mute_by="moderator")}, pending=rig.queued(HOLD_AND_MUTE, mute)
    )
    room = rig.after(room, Outcome(mute, T0, 0))
    assert room.holding.told == {"A": Told(muted=None)}
    room, commands = rig.decide(rig.given(room, asked={}), rig.time(T0 + 1))
    assert [anew(x) for x in commands] == [c.Unmute("K", ("A",), at=T0 + 1)]


def test_an_unhold_without_an_answer_is_computed_anew() -> None:
    room = rig.after(UNHOLDING, rig.answer(UNHOLDING, HOLD_AND_MUTE, 0, at=T0))
    assert room.holding.told == {"A": Told(held=None)}
    room, commands = rig.decide(room, rig.time(T0 + 1))
    assert [anew(x) for x in commands] == [c.Unhold("K", ("A",), at=T0 + 1)]


def test_pauses_grow_while_a_hold_is_not_answered() -> None:
    room, at, pauses = HOLDING, T0, []
    for _ in range(4):
        room, pause, _ = once_more(room, HOLD_AND_MUTE, 503, at)
        at += pause
        pauses.append(pause)
    assert pauses[0] <= 0.25 < pauses[2] <= 0.4557 < pauses[3]


# The name is taken, the conference has ended


def test_the_name_is_taken_found_and_joined() -> None:
    room, commands = rig.decide(OPENING, rig.answer(OPENING, CONFERENCE, 422, "90033"))
    assert commands == (c.Find("demo", at=NOW),)
    room, commands = rig.decide(room, rig.answer(room, CONFERENCE, data={"id": "L"}))
    assert commands == (c.Join("A", "L", 2, at=NOW), c.Join("B", "L", 2, at=NOW))
    room = rig.well(
        rig.after(rig.well(room), rig.joined("A", conference="L"), rig.joined("B", conference="L"))
    )
    assert rig.status(room) == {"A": "joined", "B": "joined"}


def test_a_name_taken_by_another_code_is_found_and_joined() -> None:
    room, commands = rig.decide(
        LOOKING_ONCE, rig.answer(LOOKING_ONCE, CONFERENCE, data={"id": "L"})
    )
    assert commands == (c.Join("A", "L", 2, at=NOW), c.Join("B", "L", 2, at=NOW))
    assert rig.status(room) == {"A": "waiting", "B": "waiting"}


@pytest.mark.parametrize("data", [{"id": ""}, {}, None], ids=repr)
def test_a_refused_create_is_looked_for_once_alone(data: Any) -> None:
    """A refusal for good is none of the name: each caller hears so after one look."""
    room = LOOKING_ONCE
    for creator, opens in (("A", "B"), ("B", "")):
        room = rig.after(room, rig.answer(room, CONFERENCE, data=data))
        assert rig.status(room)[creator] == "refused"
        if opens:
            assert rig.head(room, CONFERENCE) == create(opens, 2)
            room = rig.after(room, rig.answer(room, CONFERENCE, 422, "99999"))
    assert not rig.pending(room, CONFERENCE)


def test_a_conference_that_is_ending_and_refuses_its_name_by_another_code_is_waited_for() -> None:
    room = rig.after(LOOKING_ONCE, rig.ended("old", T0))
    room, commands = rig.decide(room, rig.answer(room, CONFERENCE, data={"id": "old"}))
    assert (rig.status(room), commands) == ({"A": "waiting", "B": "waiting"}, ())
    assert rig.decide(room, rig.time(NOW + 2))[1] == (replace(create("A", 2), at=NOW),)


@pytest.mark.parametrize(
    ("said", "then"), [((409, "10036"), c.Find), ((408, ""), c.Find), ((503, ""), c.Speak)]
)
def test_after_20_seconds_of_errors_a_conference_that_may_have_the_name_is_looked_for(
    said: tuple[int, str], then: type[c.Command]
) -> None:
    tried = replace(rig.head(OPENING, CONFERENCE), refused_since=T0)
    room = rig.given(OPENING, pending=rig.queued(CONFERENCE, tried))
    _, commands = rig.decide(room, Outcome(tried, T0 + 20, *said))
    assert type(commands[0]) is then


def test_nobody_is_dismissed_who_hung_up_during_the_look() -> None:
    room = rig.after(LOOKING_ONCE, rig.hangup("A"))
    room, commands = rig.decide(room, rig.answer(room, CONFERENCE, data={"id": ""}))
    assert (rig.status(room), commands) == ({"B": "waiting"}, (create("B", 2),))


@pytest.mark.parametrize("data", [{"id": ""}, {}, None, {"id": 7}, ["L"], {"id": "old"}], ids=repr)
def test_the_name_is_taken_and_nothing_found_so_that_it_is_created_again_later(data: Any) -> None:
    room = rig.after(OPENING, rig.ended("old", T0), rig.answer(OPENING, CONFERENCE, 422, "90033"))
    room, commands = rig.decide(room, rig.answer(room, CONFERENCE, data=data))
    assert commands == ()
    room, commands = rig.decide(room, rig.time(NOW + 2))
    assert commands == (replace(create("A", 2), at=NOW),)
    assert command_id(create("A", 2)) != command_id(create("A", 1))


def test_whoever_finds_nothing_for_20_seconds_is_told_so() -> None:
    room, at = OPENING, T0
    while at < T0 + 25 and "waiting" in rig.status(room).values():
        room = rig.after(room, rig.answer(room, CONFERENCE, 422, "90033", at=at))
        room = rig.after(room, rig.answer(room, CONFERENCE, data={"id": ""}, at=at))
        at += 0.5
        room = rig.after(room, rig.time(at))
    assert rig.status(room) == {"A": "refused", "B": "refused"}
    assert T0 + 20 <= at <= T0 + 21
    assert (rig.head(room, "A").text, rig.head(room, "B").text) == (UNREACHABLE, UNREACHABLE)


def test_created_and_ended_already_is_created_again() -> None:
    room = rig.after(OPENING, rig.ended("old", T0))
    room, commands = rig.decide(room, rig.answer(room, CONFERENCE, data={"id": "old"}))
    assert (room.conference, commands) == ("", (create("A", 2),))


@pytest.mark.parametrize("data", [{"id": None}, {"id": ""}, {}, "K", None], ids=repr)
def test_created_without_an_id_is_found(data: Any) -> None:
    room, commands = rig.decide(OPENING, rig.answer(OPENING, CONFERENCE, data=data))
    assert (room.conference, commands) == ("", (c.Find("demo", at=NOW),))


def test_created_for_a_caller_who_has_gone_is_joined_by_the_others() -> None:
    room = rig.after(OPENING, rig.hangup("A"))
    room, commands = rig.decide(room, rig.answer(room, CONFERENCE, data={"id": "K"}))
    assert commands == (c.Join("B", "K", 2, at=NOW),)


def test_all_who_join_an_ended_conference_open_one_new_one() -> None:
    room = rig.waiting(rig.waiting(rig.inside(), "B"), "C")
    room, first = rig.decide(room, rig.answer(room, "B", 422, "90019"))
    room, second = rig.decide(room, rig.answer(room, "C", 422, "90019"))
    assert (first, second) == ((create("A", 2),), ())
    assert rig.status(room) == dict.fromkeys("ABC", "waiting")
    room, commands = rig.decide(room, rig.answer(room, CONFERENCE, data={"id": "L"}))
    assert [(type(x), x.call) for x in commands] == [(c.Join, "B"), (c.Join, "C")]  # type: ignore[union-attr]


def test_a_late_answer_of_the_ended_conference_does_not_end_the_new_one() -> None:
    room = rig.waiting(rig.waiting(rig.inside(), "B"), "C")
    room = rig.after(room, rig.answer(room, "B", 422, "90019"))
    room = rig.after(room, rig.answer(room, CONFERENCE, data={"id": "L"}))
    room, commands = rig.decide(room, rig.answer(room, "C", 422, "90019"))
    assert room.conference == "L"
    assert commands == (c.Join("C", "L", 2, at=NOW),)


def test_joined_twice_in_an_ended_conference_opens_another_at_once() -> None:
    room = rig.after(JOINING, rig.ended("K", T0))
    assert rig.decide(room, rig.answer(room, "B", 422, "90044"))[1] == (create("B", 2),)


@pytest.mark.parametrize("said", [(200, ""), (422, "90044")])
def test_a_late_answer_does_not_open_an_ended_conference_again(said: Said) -> None:
    room = rig.after(JOINING, rig.ended("K", T0))
    room, commands = rig.decide(room, rig.answer(room, "B", *said))
    assert (room.conference, room.joined) == ("", frozenset())
    room = rig.after(room, rig.time(NOW + 4))
    assert isinstance(rig.head(room, CONFERENCE), c.Create), "B waits for nothing"
    assert not any(isinstance(command, c.Hold) for command in commands)


def test_too_early_for_a_caller_who_has_gone_lets_the_next_open() -> None:
    room = rig.after(OPENING, rig.hangup("A"))
    room, commands = rig.decide(room, rig.answer(room, CONFERENCE, 422, "90034"))
    assert (rig.status(room), commands) == ({"B": "waiting"}, (create("B", 2),))


def test_a_refused_creator_who_has_gone_lets_the_next_open() -> None:
    room = rig.after(OPENING, rig.hangup("A"))
    room, commands = rig.decide(room, rig.answer(room, CONFERENCE, 422, "99999"))
    assert (rig.status(room), commands) == ({"B": "waiting"}, (create("B", 2),))


def test_an_answer_that_begins_late_to_speak_does_not_extend_a_call_that_has_moved_on() -> None:
    queued = replace(rig.inside(), pending=rig.queued("A", rig.head(GREETED, "A")))
    room = rig.after(queued, rig.answer(queued, "A"))
    assert (rig.status(room), room.deadlines, room.pending) == ({"A": "joined"}, {}, {})


def test_a_region_goes_with_every_command_of_a_conference() -> None:
    room = rig.waiting(rig.with_settings(region="Europe"))
    assert rig.head(room, CONFERENCE).region == "Europe"
    room = rig.after(room, rig.answer(room, CONFERENCE, 422, "90033"))
    assert rig.head(room, CONFERENCE).region == "Europe"
    room = rig.after(room, rig.answer(room, CONFERENCE, data={"id": "K"}))
    assert rig.head(room, "A").region == "Europe"
    room = rig.after(rig.well(room), rig.joined())
    assert rig.head(room, HOLD_AND_MUTE).region == "Europe"


def test_a_caller_who_left_while_it_was_being_created_is_not_waited_for() -> None:
    room = rig.after(rig.waiting(), rig.left(occurred_at="2026-5"))
    room = rig.after(room, rig.answer(room, CONFERENCE, data={"id": "K"}))
    assert rig.status(room) == {"A": "leaving"}
    assert room.deadlines == {Deadline("call", "A"): NOW + 5}


def test_hanging_up_is_not_forgotten_while_it_may_have_failed() -> None:
    assert rig.status(rig.after(rig.ending(), rig.time(T0 + 3.9))) == {"A": "ending"}
    assert rig.status(rig.after(rig.greeting(), rig.time(T0))) == {"A": "greeting"}


@pytest.mark.parametrize(
    ("room", "of", "then"),
    [(GREETED, "A", {"A": "waiting"}), (JOINING, "B", {"A": "joined", "B": "waiting"})],
    ids=["a call", "a conference"],
)
def test_a_404_with_a_code_of_its_own_is_not_found(
    room: Room, of: str, then: dict[str, str]
) -> None:
    late = T0 + 4  # until then the command is repeated
    assert rig.status(rig.after(room, rig.answer(room, of, 404, "10007", at=late))) == then
