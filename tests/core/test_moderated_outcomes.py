"""What follows from Telnyx's answers to what a moderator asked for, and from its webhooks."""

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
    asks,
    changes,
    ended,
    hangup,
    head,
    hook,
    inside,
    joined,
    left,
    newcomer,
    parked,
    ringing,
    status,
    time,
    waiting,
)

from conference.core import commands as c
from conference.core.client_state import ClientState
from conference.core.command_ids import command_id
from conference.core.commands import CONFERENCE, HOLD_AND_MUTE, memory
from conference.core.decide import decide
from conference.core.entering import NO_WAY_IN
from conference.core.events import HandedOver, Outcome, Remote
from conference.core.outcomes.outcome import REACTIONS
from conference.core.room import Asked, Deadline, Room
from conference.core.routing import handed_over
from conference.core.snapshot import Seen, Snapshot
from conference.simulator.api.description import OPERATIONS

TWO = inside(inside(), "B")
OUT = after(TWO, asks("leave", "A", at=T0))  # the leave is in flight
GOING = after(TWO, asks("move", "A", room="blue", at=T0))
BACK = after(OUT, asks("join", "A", at=T0))
KICKED = after(OUT, asks("kick", "A", at=T0))
KICKED_ON_THE_MOVE = after(GOING, asks("kick", "A", at=T0))
PARKED = parked()
KEEPING = after(PARKED, asks("mute", "A", at=T0))
PLAYING = after(TWO, asks("play", audio_url="https://example.com/a.mp3", at=T0))
SPEAKING = after(TWO, asks("speak", payload="Hello", at=T0))
RECORDING = after(TWO, asks("record-start", at=T0))
RECORDED = replace(TWO, recorded={"K": 1})
STOPPING = after(RECORDED, asks("record-stop", at=T0))
A_RECORDED = after(replace(TWO, recorded={"K": 1, "old": 1}), asks("record-start", "A", at=T0))
PAUSING = after(RECORDED, asks("record-pause", at=T0))

OK = [(200, "")]
REFUSED = [(422, "90015"), (422, "90018"), (422, "99999"), (401, "10009"), (404, ""), (400, "")]
NO_CONFERENCE = [(422, "90019"), (404, "90058"), (404, "")]
HOUR = {Deadline("call", "A"): NOW + 3600}
SOON = {Deadline("look", ""): NOW + 1}
JOIN = c.Join("A", "K", 3, at=NOW)
AGAIN = {"tries": 3, "patience": NOW + 20}
UNTRACKED = {"A": {"taken_out": False}}
GONE: dict[str, Any] = {"A": None, "ended": {"A": NOW}, "moved": frozenset("A")}
BYE = head(after(TWO, asks("kick", "A", at=T0)), "A")

Said = tuple[int, str]
Row = tuple[str, Room, str, list[Said], dict[str, Any], list[c.Command]]
TABLE: list[Row] = [
    ("out: parked for an hour at most", OUT, "A", OK, {"deadlines": HOUR}, []),
    (
        "out of what there is no more: the lists tell",
        OUT,
        "A",
        [*NO_CONFERENCE, *REFUSED],
        {**UNTRACKED, "deadlines": {**HOUR, **SOON}},
        [],
    ),
    ("out, and asked back in meanwhile", BACK, "A", OK, {"A": AGAIN}, [JOIN]),
    (
        "not out, and asked back in meanwhile",
        BACK,
        "A",
        REFUSED,
        {"A": {**AGAIN, "taken_out": False}, "deadlines": SOON},
        [JOIN],
    ),
    ("out, and kicked meanwhile", KICKED, "A", OK, {}, [BYE]),
    ("out, for another room", GOING, "A", OK, GONE, []),
    (
        "not out, for another room: that one will see",
        GOING,
        "A",
        REFUSED,
        {**GONE, "deadlines": SOON},
        [],
    ),
    ("kicked on the way to another room: stays here", KICKED_ON_THE_MOVE, "A", OK, {}, [BYE]),
    ("remembered, or not", KEEPING, memory("A"), [*OK, *REFUSED], {}, []),
    ("done", PLAYING, "done to K", OK, {}, []),
    ("not done", PLAYING, "done to K", REFUSED, {}, []),
    ("recording", RECORDING, "done to K", OK, {"recorded": {"K": 1}}, []),
    ("not recording", RECORDING, "done to K", REFUSED, {}, []),
    (
        "recording a call; of a conference that is over nothing is kept",
        A_RECORDED,
        "done to A",
        OK,
        {"recorded": {"K": 1, "A": 1}},
        [],
    ),
    (
        "not recording any more; it is yet to be saved",
        STOPPING,
        "done to K",
        OK,
        {"recorded": {}, "unsaved": {"K": 1}},
        [],
    ),
    ("still recording", STOPPING, "done to K", REFUSED, {}, []),
    ("a pause is no end", PAUSING, "done to K", OK, {}, []),
    (
        "recording what is no more",
        replace(RECORDING, conference="L"),
        "done to K",
        OK,
        {},
        [],
    ),
]
CASES = [
    pytest.param(room, of, said, changed, sent, id=f"{name} ({said[0]} {said[1]})".strip())
    for name, room, of, answers, changed, sent in TABLE
    for said in answers
]


@pytest.mark.parametrize(("before", "of", "said", "changed", "sent"), CASES)
def test_an_answer_to_a_moderators_command_means(
    before: Room, of: str, said: Said, changed: dict[str, Any], sent: list[c.Command]
) -> None:
    was = head(before, of)
    room, commands = decide(before, answer(before, of, *said))
    assert changes(before, room) == changed
    assert list(commands) == [replace(x, at=x.at) for x in sent]
    assert room.head(of) != was, "the answer leaves its command pending"


def test_every_reaction_to_a_moderators_commands_has_a_row() -> None:
    tried = {type(head(room, of)) for _, room, of, *_ in TABLE}
    assert tried == {kind for kind, _ in REACTIONS} & {c.Leave, c.Remember, c.Do}


# Tried again, or not


@pytest.mark.parametrize("said", [0, 429, 500, 503])
@pytest.mark.parametrize(
    ("room", "of"), [(OUT, "A"), (KEEPING, memory("A")), (SPEAKING, "done to K")]
)
def test_it_is_tried_again_with_the_same_id(room: Room, of: str, said: int) -> None:
    first = head(room, of)
    room, now = decide(room, answer(room, of, said, at=T0))
    assert now == ()
    due = room.deadlines[Deadline("retry", of)]
    (again,) = decide(room, time(due))[1]
    assert replace(again, attempt=1, refused_since=None) == first
    if isinstance(first, c.Leave | c.Do):
        assert command_id(again) == command_id(first)  # type: ignore[arg-type]


@pytest.mark.parametrize("said", [0, 429, 503])
@pytest.mark.parametrize(
    ("room", "of", "then"),
    [(OUT, "A", True), (KEEPING, memory("A"), False), (SPEAKING, "done to K", False)],
    ids=["leave: until Telnyx answers", "remember: 20 s", "do: 20 s"],
)
def test_how_long_it_is_tried(room: Room, of: str, then: bool, said: int) -> None:
    still = after(room, answer(room, of, said, at=T0 + 19.9))
    assert still.head(of) is not None
    late = after(room, answer(room, of, said, at=T0 + 20))
    assert (late.head(of) is not None) == then
    assert status(late) == status(room)


@pytest.mark.parametrize("said", [0, 500, 503])
@pytest.mark.parametrize("action", sorted({"play", "stop", "send-dtmf", "gather", "adjust"}))
def test_what_telnyx_may_have_done_is_not_done_twice(action: str, said: int) -> None:
    """Of these commands it knows no repetition."""
    who = () if action in ("play", "stop", "send-dtmf") else ("A",)
    room = after(TWO, asks(action, *who, at=T0))
    once, commands = decide(room, answer(room, "done to K", said, at=T0))
    assert (once.pending, once.deadlines, commands) == ({}, {}, ())
    limited = after(room, answer(room, "done to K", 429, at=T0))
    assert limited.head("done to K") is not None, "of this one we know that it was not done"


DIALLING = after(EMPTY, asks("dial", to="+13125550142", at=T0))


@pytest.mark.parametrize(("room", "of"), [(DIALLING, "dial request"), (SPEAKING, "done to K")])
def test_nothing_is_repeated_once_telnyx_has_forgotten_its_id(room: Room, of: str) -> None:
    """It may have been done at first, and the next try would come too late."""
    room = after(room, answer(room, of, 0, at=T0 + 2), time(T0 + 4))
    soon = after(room, answer(room, of, 429, at=T0 + 5, retry_after=40.0))
    assert soon.deadlines[Deadline("retry", of)] == T0 + 45
    late = after(room, answer(room, of, 429, at=T0 + 5, retry_after=60.0))
    assert late.head(of) is None


def test_which_commands_take_an_id_is_as_telnyx_describes_it() -> None:
    rooms = {"conferences": "conference", "calls": "call"}
    described = {}
    for each in OPERATIONS:
        about, last = each.path.split("/")[1], each.path.split("/")[-1]
        action = "participants" if each.method == "PATCH" else last
        if each.method in ("POST", "PATCH") and about in rooms:
            described[rooms[about], action] = each.takes_command_id
    sent = [
        decide(TWO, asks(verb, *who, at=T0))[1][0]
        for verb in ("play", "stop", "speak", "send-dtmf", "gather", "supervise", "adjust", "end")
        for who in [("A",) if verb in ("gather", "supervise", "adjust") else ()]
    ]
    for verb in ("record-start", "record-stop", "record-pause", "record-resume"):
        sent += [decide(TWO, asks(verb, *who))[1][0] for who in [("A",), ()]]
    does = {(x.of, x.action): x.takes_id for x in sent if isinstance(x, c.Do)}
    assert len(does) == 16
    assert does == {which: described[which] for which in does}


def test_two_requests_are_two_commands() -> None:
    one, other = (replace(head(SPEAKING, "done to K"), id=each) for each in ("1", "2"))
    assert command_id(one) != command_id(other)
    calls = (replace(one, of="call", about=each) for each in "AB")
    assert len({command_id(each) for each in calls}) == 2


def test_one_command_to_a_conference_at_a_time() -> None:
    room, commands = decide(SPEAKING, asks("stop"))
    assert commands == ()
    _, commands = decide(room, answer(room, "done to K"))
    assert [x.action for x in commands if isinstance(x, c.Do)] == ["stop"]


# Kicked while something is under way


@pytest.mark.parametrize("said", [(200, ""), (422, "90032"), (422, "90044"), (422, "99999")])
def test_a_join_that_a_kick_has_overtaken_changes_nothing(said: Said) -> None:
    before = after(waiting(inside(), "B"), asks("kick", "B"))
    room, commands = decide(before, answer(before, "B", *said))
    assert status(room) == {"A": "joined", "B": "refused"}
    assert [(x.call, x.text) for x in commands if isinstance(x, c.Speak)] == [("B", BYE.text)]
    assert [type(x) for x in room.pending["B"]] == [c.Speak], "one goodbye is enough"


@pytest.mark.parametrize("said", [(422, "90032"), (422, "90034"), (422, "99999")])
def test_a_create_that_a_kick_has_overtaken_leaves_the_room_to_the_next(said: Said) -> None:
    before = after(waiting(waiting(), "B"), asks("kick", "A"))
    room, commands = decide(before, answer(before, CONFERENCE, *said))
    assert room.participants["B"].status == "waiting"
    assert c.Create("B", "demo", 2, "always", 250, at=NOW) in commands
    assert NO_WAY_IN not in [x.text for x in commands if isinstance(x, c.Speak)]


@pytest.mark.parametrize("said", [0, 429, 500, 503])
def test_nobody_who_was_kicked_is_let_in_by_another_try(said: int) -> None:
    before = after(waiting(inside(), "B"), asks("kick", "B"))
    room, commands = decide(before, answer(before, "B", said))
    assert [(x.call, x.text) for x in commands if isinstance(x, c.Speak)] == [("B", BYE.text)]
    assert Deadline("retry", "B") not in room.deadlines
    before = after(waiting(waiting(), "B"), asks("kick", "A"))
    room, commands = decide(before, answer(before, CONFERENCE, said))
    assert commands == (c.Create("B", "demo", 2, "always", 250, at=NOW),)
    before = after(PARKED, asks("enqueue", "A", queue_name="q"), asks("kick", "A"))
    room, commands = decide(before, answer(before, "A", said))
    assert [type(x) for x in commands] == [c.Speak]


def test_a_kick_is_the_last_word_on_who_was_to_leave_and_come_back() -> None:
    room = after(TWO, asks("leave", "A"), asks("join", "A"), asks("kick", "A"))
    assert [type(x) for x in room.pending["A"]] == [c.Leave, c.Speak]
    room = after(room, answer(room, "A"), answer(after(room, answer(room, "A")), "A"))
    room, commands = decide(room, hook("call.speak.ended"))
    assert commands == (c.Hangup("A", at=NOW),)


def test_a_kicked_caller_in_a_locked_room_who_was_never_answered_is_hung_up() -> None:
    room = after(ringing(), asks("lock"), time(T0 + 4))
    assert status(room) == {"A": "refused"}
    room, commands = decide(room, answer(room, "A", 422, "90034"))
    assert (status(room), commands) == ({"A": "ending"}, (c.Hangup("A", at=NOW),))


# Overtaken by what takes the call out


@pytest.mark.parametrize("code", ["90015", "90018"])
@pytest.mark.parametrize("takes_out", [asks("leave", "A"), asks("move", "A", room="blue")])
def test_a_mute_of_who_was_taken_out_meanwhile_does_not_lose_the_call(
    takes_out: Remote, code: str
) -> None:
    room = after(inside(TWO, "C"), asks("mute", "A"), takes_out)
    out = answer(room, "A")
    room = after(room, answer(room, HOLD_AND_MUTE, 422, code))
    assert room.participants["A"].status == "parked"
    assert room.head("A") == out.command
    assert (handed_over(room, after(room, out), out) is not None) == ("room" in takes_out.values)


# Asked back in


@pytest.mark.parametrize("said", [(200, ""), (422, "99999"), (401, "")])
def test_whoever_was_put_into_a_queue_and_is_asked_back_is_let_in_after_it(said: Said) -> None:
    """Though somebody else has opened the conference meanwhile."""
    room = after(inside(), asks("enqueue", "A", queue_name="q"))
    room = after(room, answer(room, "A"), left("A", occurred_at="2026-5"))
    room = waiting(room, "B")
    room = after(room, asks("join", "A"), answer(room, CONFERENCE, data={"id": "L"}))
    assert [type(x) for x in room.pending["A"]] == [c.Do], "one after the other"
    room, commands = decide(room, answer(room, "A", *said))
    assert [(type(x), x.conference) for x in commands if isinstance(x, c.Join)] == [(c.Join, "L")]
    assert status(room)["A"] == "waiting"


def test_an_answer_to_what_moves_nobody_lets_nobody_in() -> None:
    room = after(waiting(inside(), "B"), asks("record-start", "B"))
    assert decide(room, answer(room, "done to B"))[1] == ()


def test_whoever_is_seen_inside_before_it_was_taken_out_is_not_in_for_that() -> None:
    look = c.Look("demo", at=T0)
    room = replace(BACK, pending={**BACK.pending, c.LOOK: (look,)})
    both = dict.fromkeys("AB", Seen(False, False))
    snapshot = Snapshot("K", both, dict.fromkeys("AB", ClientState("demo", number="+1")))
    room = after(room, Outcome(look, NOW, data=snapshot), joined(occurred_at="2026-4"))
    assert status(room)["A"] == "waiting"
    room, commands = decide(room, answer(room, "A"))
    assert JOIN in commands
    late = after(room, left(occurred_at="2026-5"), joined(occurred_at="2026-6"))
    assert status(late)["A"] == "joined"


def test_the_left_of_our_leave_throws_out_nobody_who_is_known_to_be_back() -> None:
    """Known by Telnyx's answer or by a look, neither of which says since when."""
    room = after(BACK, answer(BACK, "A"))
    room = after(room, answer(room, "A", 422, "90044"))
    assert status(room)["A"] == "joined"
    late = after(room, left(occurred_at="2026-5"))
    assert status(late)["A"] == "joined"
    assert status(after(late, left(occurred_at="2026-7")))["A"] == "leaving", "of its own accord"
    told = after(room, joined(occurred_at="2026-6"))
    assert status(after(told, left(occurred_at="2026-5")))["A"] == "joined"
    assert status(after(told, left(occurred_at="2026-7")))["A"] == "leaving"


@pytest.mark.parametrize("said", [0, 503])
def test_no_patience_is_spent_while_it_is_taken_out(said: int) -> None:
    room, at = BACK, NOW
    for _ in range(20):
        room = after(room, answer(room, "A", said, at=at))
        at = room.deadlines[Deadline("retry", "A")]
        room = after(room, time(at))
    assert at > NOW + 30
    _, commands = decide(room, answer(room, "A", at=at))
    assert [type(x) for x in commands] == [c.Join]


# Parked


def test_after_an_hour_a_parked_caller_is_hung_up() -> None:
    at = T0 + 3600
    assert decide(PARKED, time(at - 1)) == (PARKED, ())
    room, commands = decide(PARKED, time(at))
    assert (status(room)["A"], commands) == ("ending", (c.Hangup("A", at=at),))


def test_the_left_that_our_leave_causes_takes_nobody_out_again() -> None:
    """It may come late, when the caller is asked back in already."""
    room = after(BACK, answer(BACK, "A"))
    room, commands = decide(room, left(occurred_at="2026-5"))
    assert (room.participants["A"].status, commands) == ("waiting", ())
    assert isinstance(head(room, "A"), c.Join), "the join is still awaited"
    room = after(room, answer(room, "A"), joined(occurred_at="2026-6"))
    assert status(room)["A"] == "joined"
    late = after(room, left(occurred_at="2026-5"))
    assert status(late)["A"] == "joined"
    assert status(after(room, left(occurred_at="2026-7")))["A"] == "leaving", "of its own accord"


def test_whoever_leaves_while_we_take_it_out_is_parked_all_the_same() -> None:
    room = after(OUT, left(occurred_at="2026-5"), answer(OUT, "A", 422, "90015"))
    assert room.participants["A"].status == "parked"
    room = after(room, asks("join", "A"))
    room = after(room, answer(room, "A"), joined(occurred_at="2026-6"))
    assert status(after(room, left(occurred_at="2026-7")))["A"] == "leaving"


def test_a_joined_that_comes_twice_does_not_bring_back_who_left() -> None:
    come = joined(occurred_at="2026-1")
    room = after(inside(inside(occurred_at="2026-1"), "B"), asks("leave", "A"), asks("join", "A"))
    assert decide(room, come) == (room, ())


def test_whoever_is_parked_and_seen_inside_is_taken_out_again() -> None:
    """A join that was repeated may be carried out late."""
    room, commands = decide(PARKED, joined(occurred_at="2026-6"))
    assert commands == (c.Leave("A", "K", 3, at=NOW),)
    assert status(room)["A"] == "parked"
    assert decide(room, joined(occurred_at="2026-7"))[1] == (), "under way"
    snapshot = Snapshot("K", {"A": Seen(False, False)}, {"A": ClientState("demo")})
    look = c.Look("demo", at=T0)
    looking = replace(PARKED, pending={c.LOOK: (look,)})
    assert decide(looking, Outcome(look, NOW, data=snapshot))[1] == commands


def test_a_parked_caller_may_hang_up_and_its_conference_may_end() -> None:
    assert status(after(PARKED, ended())) == {"A": "parked", "B": "leaving"}
    gone = after(KEEPING, hangup())
    assert ("A" in gone.participants, gone.asked, gone.pending, gone.deadlines) == (
        *(False, {}, {}),
        {},
    )


# From one room to another


NEWCOMER = newcomer(label="Ann", role="moderator", since=T0)
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
    Asked(hold=True, mute=True, music="waltz"),
    left="old",
)
KEEP = c.Remember("A", ClientState("demo", "moderator", number="+1", label="Ann", **{
    "hold": True, "mute": True}), at=NOW)  # fmt: skip


@pytest.mark.parametrize(
    ("before", "sent"),
    [
        (EMPTY, c.Create("A", "demo", 8, "always", 250, at=NOW)),
        (inside(EMPTY, "B"), c.Join("A", "K", 8, at=NOW)),
        (after(inside(EMPTY, "B"), asks("lock")), c.Join("A", "K", 8, at=NOW)),
        (after(inside(EMPTY, "B"), hangup("A")), c.Join("A", "K", 8, at=NOW)),
    ],
    ids=["opens it", "joins it", "though it is locked", "though it was here before"],
)
def test_a_call_that_is_handed_over_comes_in_with_all_that_was_asked_for(
    before: Room, sent: c.Command
) -> None:
    room, commands = decide(before, COMING)
    changed = changes(before, room)
    assert changed.pop("A") == replace(
        NEWCOMER,
        **{"status": "waiting", "tries": 8, "patience": NOW + 20, "waits_since": NOW},  # type: ignore[arg-type]
        **{"moved_at": "2026-1", "moved_from": "old", "taken_out": True},  # type: ignore[arg-type]
    )
    changed.pop("ended", None)
    assert "A" not in room.ended, "it is here"
    assert changed == {"asked": {"A": Asked(True, True, "waltz")}}
    assert commands == (KEEP, sent)
    assert decide(room, COMING) == (room, ())


def test_the_old_room_tells_the_new_one() -> None:
    before = replace(GOING, asked={"A": Asked(mute=True)})
    event = answer(before, "A")
    to, told = handed_over(before, after(before, event), event) or ("", COMING)
    assert to == "blue"
    assert told == HandedOver(NOW, before.participants["A"], Asked(mute=True), "K")
    bare = after(GOING, event)
    assert (handed_over(GOING, bare, event) or ("", COMING))[1].asked == Asked()


def test_its_recordings_go_with_it() -> None:
    before = replace(GOING, recorded={"A": 1, "K": 1}, unsaved={"A": 2})
    event = answer(before, "A")
    _, told = handed_over(before, after(before, event), event) or ("", COMING)
    room = after(inside(EMPTY, "B"), told)
    assert (room.recorded, room.unsaved) == ({"A": 1}, {"A": 2})
    bare = after(inside(EMPTY, "B"), COMING)
    assert (bare.recorded, bare.unsaved) == ({}, {})


def test_who_is_put_into_a_queue_on_the_way_to_another_room_stays() -> None:
    """It was asked for last, and was not refused."""
    out_of_none = after(GOING, asks("leave-queue", "A"))
    event = answer(out_of_none, "A")
    assert handed_over(out_of_none, after(out_of_none, event), event) is not None
    before = after(GOING, asks("enqueue", "A", queue_name="q"))
    event = answer(before, "A")
    room, commands = decide(before, event)
    assert handed_over(before, room, event) is None
    assert [x.action for x in commands if isinstance(x, c.Do)] == ["enqueue"]
    assert c.Remember("A", replace(STATE, parked=True), at=NOW) in commands
    assert room.participants["A"].status == "parked"
    assert after(room, answer(room, "A")).deadlines[Deadline("call", "A")] == NOW + 3600


def test_there_and_back_within_a_minute_no_command_is_taken_for_a_repetition() -> None:
    rooms = {"demo": inside(inside(EMPTY, "B")), "blue": replace(EMPTY, name="blue")}
    sent: list[c.Command] = []
    for here, there in [("demo", "blue"), ("blue", "demo")] * 2:
        going = after(rooms[here], asks("move", "A", room=there))
        sent.append(head(going, "A"))
        event = answer(going, "A")
        rooms[here] = after(going, event)
        _, told = handed_over(going, rooms[here], event) or ("", COMING)
        rooms[there], commands = decide(rooms[there], told)
        sent += [x for x in commands if isinstance(x, c.Create | c.Join)]
        come = joined(conference="K" if there == "demo" else "L", occurred_at=f"2026-{len(sent)}")
        rooms[there] = after(rooms[there], come)
    ids = [command_id(x) for x in sent]  # type: ignore[arg-type]
    assert (len(sent), len({*ids})) == (8, 8)


@pytest.mark.parametrize("kind", ["conference.created", "conference.participant.joined"])
def test_what_comes_late_of_the_old_conference_is_none_of_the_new_rooms(kind: str) -> None:
    """The old room has forgotten it, so that it is found by its call."""
    room = after(EMPTY, COMING)
    late = hook(kind, conference="old", occurred_at="2026-2")
    assert decide(room, late) == (room, ())
    assert after(room, replace(late, conference="new")).conference == "new"
    back = after(inside(EMPTY, "B"), COMING, joined(occurred_at="2026-3"))
    assert status(back)["A"] == "joined"
    assert after(back, left(conference="old", occurred_at="2026-2")) == back


def test_nobody_is_handed_over_who_stays_or_has_gone() -> None:
    event = answer(GOING, "A")
    gone = after(GOING, hangup())
    assert handed_over(gone, after(gone, event), event) is None
    for before in (OUT, KICKED_ON_THE_MOVE):
        out = answer(before, "A")
        assert handed_over(before, after(before, out), out) is None
    assert handed_over(GOING, after(GOING, hangup()), hangup()) is None


def test_a_call_that_has_moved_is_not_found_again_in_its_old_room() -> None:
    """A look that began before may still show it there."""
    room = after(GOING, answer(GOING, "A"))
    look = c.Look("demo", at=T0)
    room = replace(room, pending={**room.pending, c.LOOK: (look,)})
    snapshot = Snapshot("K", {"B": Seen(True, False)}, dict.fromkeys("AB", ClientState("demo")))
    assert status(after(room, Outcome(look, NOW, data=snapshot))) == {"B": "joined"}


def test_nor_after_ten_minutes_while_telnyx_keeps_that_it_was_there() -> None:
    """What the new room has it remember may be refused for long."""
    room = replace(after(GOING, answer(GOING, "A")), ended={})
    room = replace(room, pending={c.LOOK: (c.Look("demo", at=T0),)})
    snapshot = Snapshot("K", {"B": Seen(True, False)}, dict.fromkeys("AB", STATE))
    room = after(room, answer(room, c.LOOK, data=snapshot))
    assert status(room) == {"B": "joined"}
    there = HandedOver(NOW, NEWCOMER, Asked())
    assert status(after(room, there))["A"] == "waiting", "and back again"
    assert after(room, there).moved == frozenset()
    room = replace(room, pending={c.LOOK: (c.Look("demo", at=T0),)})
    room = after(room, answer(room, c.LOOK, data=replace(snapshot, calls={"B": STATE})))
    assert room.moved == frozenset(), "and is known to be elsewhere"


def test_what_is_asked_for_before_the_call_is_answered_is_told_once_more() -> None:
    """Our answer carries what was known then, and may have come later."""
    room = after(ringing(), asks("mute", "A", at=T0))
    room = after(room, answer(room, memory("A")))
    then = ClientState("demo", number="+1")
    _, commands = decide(room, hook("call.answered", client_state=then))
    assert c.Remember("A", replace(then, mute=True), at=NOW) in commands
    _, commands = decide(room, hook("call.answered", client_state=replace(then, mute=True)))
    assert [type(x) for x in commands] == [c.Speak]
    carried_on = after(room, time(T0 + 4))
    _, commands = decide(carried_on, hook("call.answered", client_state=then))
    assert [type(x) for x in commands] == [c.Remember]


def test_whoever_is_left_alone_hears_music() -> None:
    assert head(OUT, HOLD_AND_MUTE) == c.Hold("K", ("B",), music=MUSIC, at=T0)
