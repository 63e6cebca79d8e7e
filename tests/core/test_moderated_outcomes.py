"""What follows from Telnyx's answers to what a moderator asked for, and from its webhooks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rigs import core as rig
from rigs.core import EMPTY, MUSIC, NOW, STATE, T0, Answers

from conference.core import commands as c
from conference.core.client_state import ClientState
from conference.core.command_ids import command_id
from conference.core.commands import CONFERENCE, HOLD_AND_MUTE, memory
from conference.core.entering import OUTSIDE, UNREACHABLE
from conference.core.events import HandedOver, ModeratorRequest, Outcome
from conference.core.outcomes.outcome import REACTIONS
from conference.core.parts import Asked
from conference.core.room import NEXT_SNAPSHOT, Deadline, Room
from conference.core.snapshot import Seen, Snapshot
from conference.simulator.api.description import OPERATIONS

TWO = rig.inside(rig.inside(), "B")
OUT = rig.after(TWO, rig.asks("leave", "A", at=T0))  # the leave is in flight
GOING = rig.after(TWO, rig.asks("move", "A", room="blue", at=T0))
BACK = rig.after(OUT, rig.asks("join", "A", at=T0))
KICKED = rig.after(OUT, rig.asks("kick", "A", at=T0))
KICKED_ON_THE_MOVE = rig.after(GOING, rig.asks("kick", "A", at=T0))
PARKED = rig.parked()
KEEPING = rig.after(PARKED, rig.asks("mute", "A", at=T0))
PLAYING = rig.after(TWO, rig.asks("play", audio_url="https://example.com/a.mp3", at=T0))
SPEAKING = rig.after(TWO, rig.asks("speak", payload="Hello", at=T0))
RECORDING = rig.after(TWO, rig.asks("record-start", at=T0))
RECORDED = rig.given(TWO, going_on={"K": 1})
STOPPING = rig.after(RECORDED, rig.asks("record-stop", at=T0))
A_RECORDED = rig.after(
    rig.given(TWO, going_on={"K": 1, "old": 1}), rig.asks("record-start", "A", at=T0)
)
PAUSING = rig.after(RECORDED, rig.asks("record-pause", at=T0))

OK = [(200, "")]
REFUSED = [(422, "90015"), (422, "90018"), (422, "99999"), (401, "10009"), (404, ""), (400, "")]
NO_CONFERENCE = [(422, "90019"), (404, "90058"), (404, "")]
HOUR = {Deadline("call", "A"): NOW + 3600}
SOON = {NEXT_SNAPSHOT: NOW + 1}
JOIN = c.Join("A", "K", 3, at=NOW)
AGAIN = {"tries": 3, "patience": NOW + 20}
UNTRACKED = {"A": {"taken_out": False}}
GONE: dict[str, Any] = {"A": None, "ended": {"A": NOW}, "moved_away": frozenset("A")}
BYE = rig.head(rig.after(TWO, rig.asks("kick", "A", at=T0)), "A")

Said = tuple[int, str]
OF_A, OF_K = rig.requests("A"), rig.requests("K")
TABLE: list[Answers] = [
    Answers(
        "out: parked for an hour at most",
        room=OUT,
        of="A",
        answers=OK,
        changes={"deadlines": HOUR},
        commands=[],
    ),
    Answers(
        "out of what there is no more: the lists tell",
        room=OUT,
        of="A",
        answers=[*NO_CONFERENCE, *REFUSED],
        changes={**UNTRACKED, "deadlines": {**HOUR, **SOON}},
        commands=[],
    ),
    Answers(
        "out, and asked back in meanwhile",
        room=BACK,
        of="A",
        answers=OK,
        changes={"A": AGAIN},
        commands=[JOIN],
    ),
    Answers(
        "not out, and asked back in meanwhile",
        room=BACK,
        of="A",
        answers=REFUSED,
        changes={"A": {**AGAIN, "taken_out": False}, "deadlines": SOON},
        commands=[JOIN],
    ),
    Answers(
        "out, and kicked meanwhile", room=KICKED, of="A", answers=OK, changes={}, commands=[BYE]
    ),
    Answers("out, for another room", room=GOING, of="A", answers=OK, changes=GONE, commands=[]),
    Answers(
        "not out, for another room: that one will see",
        room=GOING,
        of="A",
        answers=REFUSED,
        changes={**GONE, "deadlines": SOON},
        commands=[],
    ),
    Answers(
        "kicked on the way to another room: stays here",
        room=KICKED_ON_THE_MOVE,
        of="A",
        answers=OK,
        changes={},
        commands=[BYE],
    ),
    Answers(
        "remembered, or not",
        room=KEEPING,
        of=memory("A"),
        answers=[*OK, *REFUSED],
        changes={},
        commands=[],
    ),
    Answers("done", room=PLAYING, of=OF_K, answers=OK, changes={}, commands=[]),
    Answers("not done", room=PLAYING, of=OF_K, answers=REFUSED, changes={}, commands=[]),
    Answers(
        "recording",
        room=RECORDING,
        of=OF_K,
        answers=OK,
        changes={"going_on": {"K": 1}},
        commands=[],
    ),
    Answers(
        "not recording",
        room=RECORDING,
        of=OF_K,
        answers=REFUSED,
        changes={},
        commands=[],
    ),
    Answers(
        "recording a call; of a conference that is over nothing is kept",
        room=A_RECORDED,
        of=OF_A,
        answers=OK,
        changes={"going_on": {"K": 1, "A": 1}},
        commands=[],
    ),
    Answers(
        "not recording any more; it is yet to be saved",
        room=STOPPING,
        of=OF_K,
        answers=OK,
        changes={"going_on": {}, "unsaved": {"K": 1}},
        commands=[],
    ),
    Answers(
        "still recording",
        room=STOPPING,
        of=OF_K,
        answers=REFUSED,
        changes={},
        commands=[],
    ),
    Answers("a pause is no end", room=PAUSING, of=OF_K, answers=OK, changes={}, commands=[]),
    Answers(
        "recording what is no more",
        room=replace(RECORDING, conference="L"),
        of=OF_K,
        answers=OK,
        changes={},
        commands=[],
    ),
]


@rig.each_answer(TABLE)
def test_an_answer_to_a_moderators_command_means(case: Answers, said: Said) -> None:
    was = rig.head(case.room, case.of)
    room, commands = rig.decide(case.room, rig.answer(case.room, case.of, *said))
    assert rig.changes(case.room, room) == case.changes
    assert list(commands) == [replace(x, at=x.at) for x in case.commands]
    assert was not in rig.pending(room, case.of)[:1], "the answer leaves its command pending"


def test_every_reaction_to_a_moderators_commands_has_a_row() -> None:
    tried = {type(rig.head(case.room, case.of)) for case in TABLE}
    assert tried == {kind for kind, _ in REACTIONS} & {c.Leave, c.Remember, c.PassThrough}


# Tried again, or not


@pytest.mark.parametrize("said", [0, 429, 500, 503])
@pytest.mark.parametrize(("room", "of"), [(OUT, "A"), (KEEPING, memory("A")), (SPEAKING, OF_K)])
def test_it_is_tried_again_with_the_same_id(room: Room, of: str, said: int) -> None:
    first = rig.head(room, of)
    room, now = rig.decide(room, rig.answer(room, of, said, at=T0))
    assert now == ()
    due = room.deadlines[rig.retry(of)]
    (again,) = rig.decide(room, rig.time(due))[1]
    assert replace(again, attempt=1, refused_since=None) == first
    if isinstance(first, c.Leave | c.PassThrough):
        assert command_id(again) == command_id(first)  # type: ignore[arg-type]


@pytest.mark.parametrize("said", [0, 429, 503])
@pytest.mark.parametrize(
    ("room", "of", "then"),
    [(OUT, "A", True), (KEEPING, memory("A"), False), (SPEAKING, OF_K, False)],
    ids=["leave: until Telnyx answers", "remember: 20 s", "do: 20 s"],
)
def test_how_long_it_is_tried(room: Room, of: str, then: bool, said: int) -> None:
    still = rig.after(room, rig.answer(room, of, said, at=T0 + 19.9))
    assert rig.pending(still, of)
    late = rig.after(room, rig.answer(room, of, said, at=T0 + 20))
    assert bool(rig.pending(late, of)) == then
    assert rig.status(late) == rig.status(room)


@pytest.mark.parametrize("said", [0, 500, 503])
@pytest.mark.parametrize("action", sorted({"play", "stop", "send-dtmf", "gather"}))
def test_what_telnyx_may_have_done_is_not_done_twice(action: str, said: int) -> None:
    """Of these commands it knows no repetition."""
    who = () if action in ("play", "stop", "send-dtmf") else ("A",)
    room = rig.after(TWO, rig.asks(action, *who, at=T0))
    once, commands = rig.decide(room, rig.answer(room, OF_K, said, at=T0))
    assert (once.pending, once.deadlines, commands) == ({}, {}, ())
    limited = rig.after(room, rig.answer(room, OF_K, 429, at=T0))
    assert rig.pending(limited, OF_K), "of this one we know that it was not done"


DIALLING = rig.after(EMPTY, rig.asks("dial", to="+13125550142", at=T0))


@pytest.mark.parametrize(("room", "of"), [(DIALLING, rig.DIAL), (SPEAKING, OF_K)])
def test_nothing_is_repeated_once_telnyx_has_forgotten_its_id(room: Room, of: str) -> None:
    """It may have been done at first, and the next try would come too late."""
    room = rig.after(room, rig.answer(room, of, 0, at=T0 + 2), rig.time(T0 + 4))
    soon = rig.after(room, rig.answer(room, of, 429, at=T0 + 5, retry_after=40.0))
    assert soon.deadlines[rig.retry(of)] == T0 + 45
    late = rig.after(room, rig.answer(room, of, 429, at=T0 + 5, retry_after=60.0))
    assert not rig.pending(late, of)


def test_which_commands_take_an_id_is_as_telnyx_describes_it() -> None:
    rooms = {"conferences": "conference", "calls": "call"}
    described = {}
    for each in OPERATIONS:
        about, last = each.path.split("/")[1], each.path.split("/")[-1]
        action = "participants" if each.method == "PATCH" else last
        if each.method in ("POST", "PATCH") and about in rooms:
            described[rooms[about], action] = each.takes_command_id
    sent = [
        rig.decide(TWO, rig.asks(verb, *who, at=T0))[1][0]
        for verb in ("play", "stop", "speak", "send-dtmf", "gather", "supervise", "adjust", "end")
        for who in [("A",) if verb in ("gather", "supervise", "adjust") else ()]
    ]
    for verb in ("record-start", "record-stop", "record-pause", "record-resume"):
        sent += [rig.decide(TWO, rig.asks(verb, *who))[1][0] for who in [("A",), ()]]
    does = {(x.of, x.name): x.takes_id for x in sent if isinstance(x, c.PassThrough)}
    assert len(does) == 16
    assert does == {which: described[which] for which in does}


def test_two_requests_are_two_commands() -> None:
    one, other = (replace(rig.head(SPEAKING, OF_K), id=each) for each in ("1", "2"))
    assert command_id(one) != command_id(other)
    calls = (replace(one, of="call", about=each) for each in "AB")
    assert len({command_id(each) for each in calls}) == 2


def test_one_command_to_a_conference_at_a_time() -> None:
    room, commands = rig.decide(SPEAKING, rig.asks("stop"))
    assert commands == ()
    _, commands = rig.decide(room, rig.answer(room, OF_K))
    assert [x.name for x in commands if isinstance(x, c.PassThrough)] == ["stop"]


# Kicked while something is under way


@pytest.mark.parametrize("said", [(200, ""), (422, "90032"), (422, "90044"), (422, "99999")])
def test_a_join_that_a_kick_has_overtaken_changes_nothing(said: Said) -> None:
    before = rig.after(rig.waiting(rig.inside(), "B"), rig.asks("kick", "B"))
    room, commands = rig.decide(before, rig.answer(before, "B", *said))
    assert rig.status(room) == {"A": "joined", "B": "refused"}
    assert [(x.call, x.text) for x in commands if isinstance(x, c.Speak)] == [("B", BYE.text)]
    assert [type(x) for x in rig.pending(room, "B")] == [c.Speak], "one goodbye is enough"


@pytest.mark.parametrize("said", [(422, "90032"), (422, "90034"), (422, "99999")])
def test_a_create_that_a_kick_has_overtaken_leaves_the_room_to_the_next(said: Said) -> None:
    before = rig.after(rig.waiting(rig.waiting(), "B"), rig.asks("kick", "A"))
    room, commands = rig.decide(before, rig.answer(before, CONFERENCE, *said))
    assert room.participants["B"].status == "waiting"
    assert c.Create("B", "demo", 2, "always", 250, at=NOW) in commands
    assert UNREACHABLE not in [x.text for x in commands if isinstance(x, c.Speak)]


@pytest.mark.parametrize("said", [0, 429, 500, 503])
def test_nobody_who_was_kicked_is_let_in_by_another_try(said: int) -> None:
    before = rig.after(rig.waiting(rig.inside(), "B"), rig.asks("kick", "B"))
    room, commands = rig.decide(before, rig.answer(before, "B", said))
    assert [(x.call, x.text) for x in commands if isinstance(x, c.Speak)] == [("B", BYE.text)]
    assert rig.retry("B") not in room.deadlines
    before = rig.after(rig.waiting(rig.waiting(), "B"), rig.asks("kick", "A"))
    room, commands = rig.decide(before, rig.answer(before, CONFERENCE, said))
    assert commands == (c.Create("B", "demo", 2, "always", 250, at=NOW),)
    before = rig.after(PARKED, rig.asks("enqueue", "A", queue_name="q"), rig.asks("kick", "A"))
    room, commands = rig.decide(before, rig.answer(before, "A", said))
    assert [type(x) for x in commands] == [c.Speak]


def test_a_kick_is_the_last_word_on_who_was_to_leave_and_come_back() -> None:
    room = rig.after(TWO, rig.asks("leave", "A"), rig.asks("join", "A"), rig.asks("kick", "A"))
    assert [type(x) for x in rig.pending(room, "A")] == [c.Leave, c.Speak]
    room = rig.after(
        room, rig.answer(room, "A"), rig.answer(rig.after(room, rig.answer(room, "A")), "A")
    )
    room, commands = rig.decide(room, rig.hook("call.speak.ended"))
    assert commands == (c.Hangup("A", at=NOW),)


def test_a_kicked_caller_in_a_locked_room_who_was_never_answered_is_hung_up() -> None:
    room = rig.ringing(rig.inside(call="B"))
    room = rig.after(room, rig.asks("lock"), rig.time(T0 + 4))
    assert rig.status(room)["A"] == "refused"
    room, commands = rig.decide(room, rig.answer(room, "A", 422, "90034"))
    assert (rig.status(room)["A"], commands) == ("ending", (c.Hangup("A", at=NOW),))


# Overtaken by what takes the call out


@pytest.mark.parametrize("code", ["90015", "90018"])
@pytest.mark.parametrize("takes_out", [rig.asks("leave", "A"), rig.asks("move", "A", room="blue")])
def test_a_mute_of_who_was_taken_out_meanwhile_does_not_lose_the_call(
    takes_out: ModeratorRequest, code: str
) -> None:
    room = rig.after(rig.inside(TWO, "C"), rig.asks("mute", "A"), takes_out)
    out = rig.answer(room, "A")
    room = rig.after(room, rig.answer(room, HOLD_AND_MUTE, 422, code))
    assert room.participants["A"].status == "parked"
    assert rig.head(room, "A") == out.command
    assert bool(rig.change(room, out).handovers) == ("room" in takes_out.values)


# Asked back in


@pytest.mark.parametrize("said", [(200, ""), (422, "99999"), (401, "")])
def test_whoever_was_put_into_a_queue_and_is_asked_back_is_let_in_after_it(said: Said) -> None:
    """Though somebody else has opened the conference meanwhile."""
    room = rig.after(rig.inside(), rig.asks("enqueue", "A", queue_name="q"))
    room = rig.after(room, rig.answer(room, "A"), rig.left("A", occurred_at="2026-5"))
    room = rig.waiting(room, "B")
    room = rig.after(room, rig.asks("join", "A"), rig.answer(room, CONFERENCE, data={"id": "L"}))
    assert [type(x) for x in rig.pending(room, "A")] == [c.PassThrough], "one after the other"
    room, commands = rig.decide(room, rig.answer(room, "A", *said))
    assert [(type(x), x.conference) for x in commands if isinstance(x, c.Join)] == [(c.Join, "L")]
    assert rig.status(room)["A"] == "waiting"


def test_an_answer_to_what_moves_nobody_lets_nobody_in() -> None:
    room = rig.after(rig.waiting(rig.inside(), "B"), rig.asks("record-start", "B"))
    assert rig.decide(room, rig.answer(room, rig.requests("B")))[1] == ()


def test_whoever_is_seen_inside_before_it_was_taken_out_is_not_in_for_that() -> None:
    look = c.TakeSnapshot("demo", at=T0)
    room = replace(BACK, pending={**BACK.pending, **rig.queued(c.SNAPSHOT, look)})
    both = dict.fromkeys("AB", Seen(False, False))
    snapshot = Snapshot("K", both, dict.fromkeys("AB", ClientState("demo", number="+1")))
    room = rig.after(room, Outcome(look, NOW, data=snapshot), rig.joined(occurred_at="2026-4"))
    assert rig.status(room)["A"] == "waiting"
    room, commands = rig.decide(room, rig.answer(room, "A"))
    assert JOIN in commands
    late = rig.after(room, rig.left(occurred_at="2026-5"), rig.joined(occurred_at="2026-6"))
    assert rig.status(late)["A"] == "joined"


def test_the_left_of_our_leave_throws_out_nobody_who_is_known_to_be_back() -> None:
    """Known by Telnyx's answer or by a look, neither of which says since when."""
    room = rig.after(BACK, rig.answer(BACK, "A"))
    room = rig.after(room, rig.answer(room, "A", 422, "90044"))
    assert rig.status(room)["A"] == "joined"
    late = rig.after(room, rig.left(occurred_at="2026-5"))
    assert rig.status(late)["A"] == "joined"
    assert rig.status(rig.after(late, rig.left(occurred_at="2026-7")))["A"] == "leaving", (
        "of its own accord"
    )
    told = rig.after(room, rig.joined(occurred_at="2026-6"))
    assert rig.status(rig.after(told, rig.left(occurred_at="2026-5")))["A"] == "joined"
    assert rig.status(rig.after(told, rig.left(occurred_at="2026-7")))["A"] == "leaving"


def test_a_left_without_a_time_is_checked_where_the_call_was_brought_back() -> None:
    room = rig.after(BACK, rig.answer(BACK, "A"), rig.left(occurred_at="2026-5"))
    room = rig.after(room, rig.answer(room, "A"), rig.joined(occurred_at="2026-6"))
    checked, commands = rig.decide(room, rig.left())
    assert (rig.status(checked)["A"], commands) == ("joined", ())
    assert checked.deadlines[NEXT_SNAPSHOT] == NOW + 1
    assert rig.status(rig.after(room, rig.left(occurred_at="2026-7")))["A"] == "leaving"


@pytest.mark.parametrize("said", [0, 503])
def test_no_patience_is_spent_while_it_is_taken_out(said: int) -> None:
    room, at = BACK, NOW
    for _ in range(20):
        room = rig.after(room, rig.answer(room, "A", said, at=at))
        at = room.deadlines[rig.retry("A")]
        room = rig.after(room, rig.time(at))
    assert at > NOW + 30
    _, commands = rig.decide(room, rig.answer(room, "A", at=at))
    assert [type(x) for x in commands] == [c.Join]


# Parked


def test_after_an_hour_a_parked_caller_hears_so_and_is_hung_up() -> None:
    at = T0 + 3600
    assert rig.decide(PARKED, rig.time(at - 1)) == (PARKED, ())
    room, commands = rig.decide(PARKED, rig.time(at))
    goodbye = c.Speak("A", "goodbye", OUTSIDE, "female", "en-GB", at=at)
    assert (rig.status(room)["A"], commands) == ("refused", (goodbye,))


def test_the_left_that_our_leave_causes_takes_nobody_out_again() -> None:
    """It may come late, when the caller is asked back in already."""
    room = rig.after(BACK, rig.answer(BACK, "A"))
    room, commands = rig.decide(room, rig.left(occurred_at="2026-5"))
    assert (room.participants["A"].status, commands) == ("waiting", ())
    assert isinstance(rig.head(room, "A"), c.Join), "the join is still awaited"
    room = rig.after(room, rig.answer(room, "A"), rig.joined(occurred_at="2026-6"))
    assert rig.status(room)["A"] == "joined"
    late = rig.after(room, rig.left(occurred_at="2026-5"))
    assert rig.status(late)["A"] == "joined"
    assert rig.status(rig.after(room, rig.left(occurred_at="2026-7")))["A"] == "leaving", (
        "of its own accord"
    )


def test_whoever_leaves_while_we_take_it_out_is_parked_all_the_same() -> None:
    room = rig.after(OUT, rig.left(occurred_at="2026-5"), rig.answer(OUT, "A", 422, "90015"))
    assert room.participants["A"].status == "parked"
    room = rig.after(room, rig.asks("join", "A"))
    room = rig.after(room, rig.answer(room, "A"), rig.joined(occurred_at="2026-6"))
    assert rig.status(rig.after(room, rig.left(occurred_at="2026-7")))["A"] == "leaving"


def test_a_joined_that_comes_twice_does_not_bring_back_who_left() -> None:
    come = rig.joined(occurred_at="2026-1")
    room = rig.after(
        rig.inside(rig.inside(occurred_at="2026-1"), "B"),
        rig.asks("leave", "A"),
        rig.asks("join", "A"),
    )
    assert rig.decide(room, come) == (room, ())


def test_whoever_is_parked_and_seen_inside_is_taken_out_again() -> None:
    """A join that was repeated may be carried out late."""
    room, commands = rig.decide(PARKED, rig.joined(occurred_at="2026-6"))
    assert commands == (c.Leave("A", "K", 3, at=NOW),)
    assert rig.status(room)["A"] == "parked"
    assert rig.decide(room, rig.joined(occurred_at="2026-7"))[1] == (), "under way"
    snapshot = Snapshot("K", {"A": Seen(False, False)}, {"A": ClientState("demo")})
    look = c.TakeSnapshot("demo", at=T0)
    looking = replace(PARKED, pending=rig.queued(c.SNAPSHOT, look))
    assert rig.decide(looking, Outcome(look, NOW, data=snapshot))[1] == commands


def test_a_parked_caller_may_hang_up_and_its_conference_may_end() -> None:
    assert rig.status(rig.after(PARKED, rig.ended())) == {"A": "parked", "B": "leaving"}
    gone = rig.after(KEEPING, rig.hangup())
    assert ("A" in gone.participants, gone.holding.asked, gone.pending) == (False, {}, {})
    assert gone.deadlines == {}


# From one room to another


NEWCOMER = rig.newcomer(label="Ann", role="moderator", since=T0)
COMING = HandedOver(
    NOW,
    replace(
        NEWCOMER,
        status="parked",
        tries=7,
        joined_at=T0,
        patience=T0,
        moved_at="2026-1",
        taken_out=True,
    ),
    Asked(hold=True, mute_by="moderator", music="waltz"),
    left="old",
)
KEPT = rig.state(role="moderator", label="Ann", hold=True, mute_by="moderator")


@pytest.mark.parametrize(
    ("before", "member", "sent"),
    [
        (EMPTY, 1, c.Create("A", "demo", 8, "always", 250, at=NOW)),
        (rig.inside(EMPTY, "B"), 2, c.Join("A", "K", 8, at=NOW)),
        (rig.after(rig.inside(EMPTY, "B"), rig.asks("lock")), 2, c.Join("A", "K", 8, at=NOW)),
        (rig.after(rig.inside(EMPTY, "B"), rig.hangup("A")), 2, c.Join("A", "K", 8, at=NOW)),
    ],
    ids=["opens it", "joins it", "though it is locked", "though it was here before"],
)
def test_a_call_that_is_handed_over_comes_in_with_all_that_was_asked_for(
    before: Room, member: int, sent: c.Command
) -> None:
    """Held, muted, and with a number of its new room."""
    room, commands = rig.decide(before, COMING)
    changed = rig.changes(before, room)
    assert changed.pop("A") == replace(
        replace(NEWCOMER, member=member),
        **{"status": "waiting", "tries": 8, "patience": NOW + 20, "waits_since": NOW},  # type: ignore[arg-type]
        **{"moved_at": "2026-1", "moved_from": "old", "taken_out": True},  # type: ignore[arg-type]
    )
    changed.pop("ended", None)
    assert "A" not in room.ended, "it is here"
    assert changed == {"asked": {"A": Asked(True, "moderator", "waltz")}}
    kept = replace(KEPT, member=member, locked=before.locked)
    assert commands == (c.Remember("A", kept, at=NOW), sent)
    assert rig.decide(room, COMING) == (room, ())


def test_the_old_room_tells_the_new_one() -> None:
    before = rig.given(GOING, asked={"A": Asked(mute_by="moderator")})
    event = rig.answer(before, "A")
    ((to, told),) = rig.change(before, event).handovers
    assert to == "blue"
    moved = before.participants["A"]
    assert told == HandedOver(NOW, moved, Asked(mute_by="moderator"), "K", request="request")
    ((_, bare),) = rig.change(GOING, event).handovers
    assert bare.asked == Asked()


def test_its_recordings_go_with_it() -> None:
    before = rig.given(GOING, going_on={"A": 1, "K": 1}, unsaved={"A": 2})
    event = rig.answer(before, "A")
    ((_, told),) = rig.change(before, event).handovers
    room = rig.after(rig.inside(EMPTY, "B"), told)
    assert (room.recordings.going_on, room.recordings.unsaved) == ({"A": 1}, {"A": 2})
    bare = rig.after(rig.inside(EMPTY, "B"), COMING)
    assert (bare.recordings.going_on, bare.recordings.unsaved) == ({}, {})


def test_who_is_put_into_a_queue_on_the_way_to_another_room_stays() -> None:
    """It was asked for last, and was not refused."""
    out_of_none = rig.after(GOING, rig.asks("leave-queue", "A"))
    event = rig.answer(out_of_none, "A")
    assert rig.change(out_of_none, event).handovers
    before = rig.after(GOING, rig.asks("enqueue", "A", queue_name="q"))
    event = rig.answer(before, "A")
    room, commands = rig.decide(before, event)
    assert not rig.change(before, event).handovers
    assert [x.name for x in commands if isinstance(x, c.PassThrough)] == ["enqueue"]
    assert c.Remember("A", replace(STATE, parked=True), at=NOW) in commands
    assert room.participants["A"].status == "parked"
    assert rig.after(room, rig.answer(room, "A")).deadlines[Deadline("call", "A")] == NOW + 3600


def test_there_and_back_within_a_minute_no_command_is_taken_for_a_repetition() -> None:
    rooms = {"demo": rig.inside(rig.inside(EMPTY, "B")), "blue": replace(EMPTY, name="blue")}
    sent: list[c.Command] = []
    for here, there in [("demo", "blue"), ("blue", "demo")] * 2:
        going = rig.after(rooms[here], rig.asks("move", "A", room=there))
        sent.append(rig.head(going, "A"))
        event = rig.answer(going, "A")
        rooms[here] = rig.after(going, event)
        ((_, told),) = rig.change(going, event).handovers
        rooms[there], commands = rig.decide(rooms[there], told)
        sent += [x for x in commands if isinstance(x, c.Create | c.Join)]
        come = rig.joined(
            conference="K" if there == "demo" else "L", occurred_at=f"2026-{len(sent)}"
        )
        rooms[there] = rig.after(rooms[there], come)
    ids = [command_id(x) for x in sent]  # type: ignore[arg-type]
    assert (len(sent), len({*ids})) == (8, 8)


@pytest.mark.parametrize("kind", ["conference.created", "conference.participant.joined"])
def test_what_comes_late_of_the_old_conference_is_none_of_the_new_rooms(kind: str) -> None:
    """The old room has forgotten it, so that it is found by its call."""
    room = rig.after(EMPTY, COMING)
    late = rig.hook(kind, conference="old", occurred_at="2026-2")
    assert rig.decide(room, late) == (room, ())
    assert rig.after(room, replace(late, conference="new")).conference == "new"
    back = rig.after(rig.inside(EMPTY, "B"), COMING, rig.joined(occurred_at="2026-3"))
    assert rig.status(back)["A"] == "joined"
    assert rig.after(back, rig.left(conference="old", occurred_at="2026-2")) == back


def test_nobody_is_handed_over_who_stays_or_has_gone() -> None:
    event = rig.answer(GOING, "A")
    gone = rig.after(GOING, rig.hangup())
    assert not rig.change(gone, event).handovers
    for before in (OUT, KICKED_ON_THE_MOVE):
        out = rig.answer(before, "A")
        assert not rig.change(before, out).handovers
    assert not rig.change(GOING, rig.hangup()).handovers


def test_a_call_that_has_moved_is_not_found_again_in_its_old_room() -> None:
    """A look that began before may still show it there."""
    room = rig.after(GOING, rig.answer(GOING, "A"))
    look = c.TakeSnapshot("demo", at=T0)
    room = replace(room, pending={**room.pending, **rig.queued(c.SNAPSHOT, look)})
    snapshot = Snapshot("K", {"B": Seen(True, False)}, dict.fromkeys("AB", ClientState("demo")))
    assert rig.status(rig.after(room, Outcome(look, NOW, data=snapshot))) == {"B": "joined"}


def test_nor_after_ten_minutes_while_telnyx_keeps_that_it_was_there() -> None:
    """What the new room has it remember may be refused for long."""
    room = replace(rig.after(GOING, rig.answer(GOING, "A")), ended={})
    room = replace(room, pending=rig.queued(c.SNAPSHOT, c.TakeSnapshot("demo", at=T0)))
    snapshot = Snapshot("K", {"B": Seen(True, False)}, dict.fromkeys("AB", STATE))
    room = rig.after(room, rig.answer(room, c.SNAPSHOT, data=snapshot))
    assert rig.status(room) == {"B": "joined"}
    there = HandedOver(NOW, NEWCOMER, Asked())
    assert rig.status(rig.after(room, there))["A"] == "waiting", "and back again"
    assert rig.after(room, there).reconciliation.moved_away == frozenset()
    room = replace(room, pending=rig.queued(c.SNAPSHOT, c.TakeSnapshot("demo", at=T0)))
    room = rig.after(room, rig.answer(room, c.SNAPSHOT, data=replace(snapshot, calls={"B": STATE})))
    assert room.reconciliation.moved_away == frozenset(), "and is known to be elsewhere"
    assert isinstance(room.reconciliation.moved_away, frozenset)


def test_what_is_asked_for_before_the_call_is_answered_is_told_once_more() -> None:
    """Our answer carries what was known then, and may have come later."""
    room = rig.after(rig.ringing(), rig.asks("mute", "A", at=T0))
    room = rig.after(room, rig.answer(room, memory("A")))
    then = STATE
    _, commands = rig.decide(room, rig.hook("call.answered", client_state=then))
    assert c.Remember("A", replace(then, mute_by="moderator"), at=NOW) in commands
    _, commands = rig.decide(
        room, rig.hook("call.answered", client_state=replace(then, mute_by="moderator"))
    )
    assert [type(x) for x in commands] == [c.Speak]
    carried_on = rig.after(room, rig.time(T0 + 4))
    _, commands = rig.decide(carried_on, rig.hook("call.answered", client_state=then))
    assert [type(x) for x in commands] == [c.Remember]


def test_whoever_is_left_alone_hears_music() -> None:
    assert rig.head(OUT, HOLD_AND_MUTE) == c.Hold("K", ("B",), music=MUSIC, at=T0)
