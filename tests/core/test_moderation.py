"""What a moderator's every request does to a room, in each state that a participant can be in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rigs.core import (
    EMPTY,
    MUSIC,
    NOW,
    T0,
    after,
    answer,
    asks,
    changes,
    ending,
    greeting,
    head,
    hook,
    initiated,
    inside,
    joined,
    leaving,
    parked,
    refused,
    ringing,
    status,
    time,
    waiting,
    well,
    with_settings,
)

from conference.core import commands as c
from conference.core import entering as steps
from conference.core.client_state import ClientState
from conference.core.commands import CONFERENCE, HOLD_AND_MUTE
from conference.core.decide import decide
from conference.core.events import Refused, Remote
from conference.core.requests.moderation import KICKED
from conference.core.requests.passthrough import MOST_WAITING
from conference.core.requests.verbs import VERBS
from conference.core.room import Asked, Deadline, Room, Told
from conference.reporting import public_view as view

OWN = "https://example.com/own.mp3"
ALONE = inside()
TWO = inside(ALONE, "B")
PARKED = parked()
MUTED = well(after(TWO, asks("mute", "A", at=T0)))
HELD = well(after(TWO, asks("hold", "A", at=T0)))
ALONE_HELD = well(after(ALONE, asks("hold", "A", at=T0)))
OPENING = waiting(waiting(), "B")
LATER = after(OPENING, answer(OPENING, CONFERENCE, 503, at=T0))  # the create is held back
JOINING = waiting(inside(), "B")
JOINING_LATER = after(JOINING, answer(JOINING, "B", 503, at=T0))
LOCKED = after(TWO, asks("lock", at=T0))
HOST = replace(
    TWO, participants={**TWO.participants, "B": replace(TWO.participants["B"], role="moderator")}
)
CROWD = ringing(greeting(waiting(parked(inside(TWO, "C"), "C"), "D"), "E"), "F")
IN_EUROPE = with_settings(TWO, region="Europe")


def keep(call: str = "A", **given: Any) -> c.Remember:
    return c.Remember(call, ClientState("demo", number="+1", **given), at=NOW)


def goodbye(call: str, text: str = KICKED) -> c.Speak:
    return c.Speak(call, "goodbye", text, "female", "en-GB", at=NOW)


def many(kind: Any, *calls: str, **given: Any) -> Any:
    return kind("K", calls, **given, at=NOW)


def do(action: str, of: Any = "conference", about: str = "K", **body: Any) -> c.Do:
    return c.Do(of, about, action, body, "request", at=NOW)


def asked(**given: Asked) -> dict[str, Any]:
    return {"asked": given}


MUTE, HOLD = Asked(mute=True), Asked(hold=True)
BOTH = ["A", "B"]
VOICE = {"voice": "female", "language": "en-GB"}
OUT = {"status": "parked", "tries": 2, "taken_out": True}
BACK = {"status": "waiting", "tries": 3, "patience": NOW + 20}
QUEUED = after(PARKED, hook("call.enqueued", at=T0, details={"queue": "q"}))
WAY_IN = {"mute": True, "beep_enabled": "never", "hold_audio_url": OWN}
UNSTARTED = {"start_conference_on_create": False}
CLOSED = {"conference": "", "joined": frozenset()}

Row = tuple[str, Room, Remote, dict[str, Any], list[c.Command]]
TABLE: list[Row] = [
    # mute, unmute
    *(
        (f"a mute of one who {name} is kept for later", room, asks("mute", "A"), *muted)
        for name, room in [
            *(("rings", ringing()), ("is greeted", greeting())),
            *(("waits", waiting()), ("is parked", PARKED)),
        ]
        for muted in [(asked(A=MUTE), [keep(mute=True, parked=room is PARKED)])]
    ),
    (
        "mute",
        TWO,
        asks("mute", "A"),
        asked(A=MUTE),
        [keep(mute=True), many(c.Mute, "A")],
    ),
    (
        "several are muted at once",
        TWO,
        asks("mute", "B", "A"),
        asked(A=MUTE, B=MUTE),
        [keep("B", mute=True), keep(mute=True), many(c.Mute, "A", "B")],
    ),
    ("a mute that is so already sends nothing", MUTED, asks("mute", "A"), {}, []),
    ("unmute", MUTED, asks("unmute", "A"), asked(), [keep(), many(c.Unmute, "A")]),
    ("an unmute that is so already sends nothing", TWO, asks("unmute", "A"), {}, []),
    (
        "whoever is held is muted as well",
        HELD,
        asks("mute", "A"),
        asked(A=Asked(True, True)),
        [keep(hold=True, mute=True), many(c.Mute, "A")],
    ),
    # hold, unhold
    (
        "hold, with the room's music",
        TWO,
        asks("hold", "A"),
        asked(A=HOLD),
        [keep(hold=True), many(c.Hold, "A", music=MUSIC)],
    ),
    (
        "hold, with music of its own",
        TWO,
        asks("hold", "A", audio_url=OWN),
        asked(A=Asked(hold=True, music=OWN)),
        [keep(hold=True), many(c.Hold, "A", music=OWN)],
    ),
    (
        "hold, with music from Telnyx's storage",
        TWO,
        asks("hold", "A", media_name="waltz"),
        asked(A=Asked(hold=True, music="waltz")),
        [keep(hold=True), many(c.Hold, "A", music="waltz")],
    ),
    ("a hold that is so already sends nothing", HELD, asks("hold", "A"), {}, []),
    (
        "other music for whoever is on hold",
        HELD,
        asks("hold", "A", audio_url=OWN),
        asked(A=Asked(hold=True, music=OWN)),
        [keep(hold=True), many(c.Hold, "A", music=OWN)],
    ),
    (
        "whoever is alone is on hold already",
        ALONE,
        asks("hold", "A"),
        asked(A=HOLD),
        [keep(hold=True)],
    ),
    ("unhold", HELD, asks("unhold", "A"), asked(), [keep(), many(c.Unhold, "A")]),
    (
        "after an unhold no music of its own is left",
        after(HELD, asks("hold", "A", at=T0, audio_url=OWN)),
        asks("unhold", "A"),
        asked(),
        [],  # what was asked for before is in flight
    ),
    ("whoever is alone stays on hold", ALONE_HELD, asks("unhold", "A"), asked(), [keep()]),
    # everyone
    (
        "mute-all",
        TWO,
        asks("mute-all"),
        asked(A=MUTE, B=MUTE),
        [keep(mute=True), keep("B", mute=True), many(c.Mute, "A", "B")],
    ),
    (
        "mute-all leaves out the moderators",
        HOST,
        asks("mute-all"),
        asked(A=MUTE),
        [keep(mute=True), many(c.Mute, "A")],
    ),
    (
        "mute-all is for those who are here or about to be",
        CROWD,
        asks("mute-all"),
        asked(A=MUTE, B=MUTE, D=MUTE),
        [
            *(keep(mute=True), keep("B", mute=True), keep("D", mute=True)),
            many(c.Mute, "A", "B"),
        ],
    ),
    (
        "mute-all of the muted alone",
        well(after(MUTED, asks("mute", "B"))),
        asks("mute-all"),
        {},
        [],
    ),
    ("unmute-all", MUTED, asks("unmute-all"), asked(), [keep(), many(c.Unmute, "A")]),
    (
        "hold-all",
        HOST,
        asks("hold-all", audio_url=OWN),
        asked(A=Asked(hold=True, music=OWN), B=Asked(hold=True, music=OWN)),
        [
            *(keep(hold=True), keep("B", hold=True, role="moderator")),
            many(c.Hold, "A", "B", music=OWN),
        ],
    ),
    ("unhold-all", HELD, asks("unhold-all"), asked(), [keep(), many(c.Unhold, "A")]),
    (
        "unhold-all, also of those who hear music of their own",
        well(after(TWO, asks("hold", "A", audio_url=OWN, at=T0))),
        asks("unhold-all"),
        asked(),
        [keep(), many(c.Unhold, "A")],
    ),
    # lock, unlock
    ("lock", TWO, asks("lock"), {"locked": True}, []),
    ("lock, again", LOCKED, asks("lock"), {}, []),
    ("unlock", LOCKED, asks("unlock"), {"locked": False}, []),
    ("unlock, again", TWO, asks("unlock"), {}, []),
    ("an empty room can be locked", EMPTY, asks("lock"), {"locked": True}, []),
    # kick
    *(
        (
            f"whoever {name} is hung up at once",
            room,
            asks("kick", "A"),
            {"A": {"status": "ending"}, "deadlines": {}},
            [c.Hangup("A", at=NOW)],
        )
        for name, room in [("rings", ringing()), ("is greeted", greeting())]
    ),
    (
        "a kicked caller does not wait for our answer of the call",
        after(EMPTY, hook("call.initiated", at=T0, direction="incoming", from_="+1")),
        asks("kick", "A"),
        {"A": {"status": "ending"}},
        [c.Hangup("A", at=NOW)],
    ),
    (
        "kick of one who opens the conference: the others still wait for that",
        OPENING,
        asks("kick", "A"),
        {"A": {"status": "refused"}},
        [goodbye("A")],
    ),
    (
        "kick of one who is to try again: the next one opens it",
        LATER,
        asks("kick", "A"),
        {"A": {"status": "refused"}, "B": {"tries": 2}, "deadlines": {}},
        [goodbye("A"), c.Create("B", "demo", 2, "always", 250, at=NOW)],
    ),
    (
        "kick of one who is about to join: after Telnyx's answer",
        JOINING,
        asks("kick", "B"),
        {"B": {"status": "refused"}},
        [],
    ),
    (
        "kick of one who is to try again to join: it does not",
        JOINING_LATER,
        asks("kick", "B"),
        {"B": {"status": "refused"}, "deadlines": {}},
        [goodbye("B")],
    ),
    (
        "kick",
        TWO,
        asks("kick", "B"),
        {"B": {"status": "refused"}, "joined": frozenset("A")},
        [goodbye("B"), many(c.Hold, "A", music=MUSIC)],
    ),
    (
        "kick, with other words",
        TWO,
        asks("kick", "B", text="Out."),
        {"B": {"status": "refused"}, "joined": frozenset("A")},
        [goodbye("B", "Out."), many(c.Hold, "A", music=MUSIC)],
    ),
    (
        "kick of all",
        TWO,
        asks("kick", *BOTH),
        {**{x: {"status": "refused"} for x in BOTH}, **CLOSED},
        [goodbye("A"), goodbye("B")],
    ),
    (
        "kick of one who is parked: nobody waits for the hour to end",
        PARKED,
        asks("kick", "A"),
        {"A": {"status": "refused"}, "deadlines": {}},
        [goodbye("A")],
    ),
    *(
        (f"whoever is {name} goes anyway", room, asks("kick", "A"), {}, [])
        for name, room in [("leaving", leaving()), ("refused", refused()), ("ending", ending())]
    ),
    # leave, join
    (
        "leave",
        TWO,
        asks("leave", "A"),
        {"A": OUT, "joined": frozenset("B")},
        [c.Leave("A", "K", 2, at=NOW), keep(parked=True), many(c.Hold, "B", music=MUSIC)],
    ),
    (
        "leave of the only one",
        ALONE,
        asks("leave", "A"),
        {"A": OUT, **CLOSED, "told": {}},
        [c.Leave("A", "K", 2, at=NOW), keep(parked=True)],
    ),
    (
        "leave, with the region",
        IN_EUROPE,
        asks("leave", *BOTH),
        {"A": OUT, "B": OUT, **CLOSED},
        [
            command
            for x in BOTH
            for command in (c.Leave(x, "K", 2, "", "Europe", at=NOW), keep(x, parked=True))
        ],
    ),
    (
        "join",
        PARKED,
        asks("join", "A"),
        {"A": BACK, "deadlines": {}},
        [c.Join("A", "K", 3, at=NOW), keep()],
    ),
    (
        "join of the only one opens a conference",
        parked(ALONE),
        asks("join", "A"),
        {"A": BACK, "deadlines": {}},
        [c.Create("A", "demo", 3, "always", 250, at=NOW), keep()],
    ),
    (
        "join of one who is not out yet: when it is",
        after(TWO, asks("leave", "A", at=T0)),
        asks("join", "A"),
        {"A": {"status": "waiting"}},
        [],
    ),
    (
        "join, in a way that is asked for",
        PARKED,
        asks("join", "A", mute=True, beep_enabled="never", hold_audio_url=OWN),
        {
            "A": {**BACK, "way_in": WAY_IN},
            "deadlines": {},
            **asked(A=Asked(mute=True, music=OWN)),
        },
        [c.Join("A", "K", 3, "", WAY_IN, at=NOW), keep(mute=True)],
    ),
    (
        "join of the only one, in a way that is asked for",
        parked(ALONE),
        asks("join", "A", start_conference_on_create=False),
        {"A": {**BACK, "way_in": UNSTARTED}, "deadlines": {}},
        [c.Create("A", "demo", 3, "always", 250, "", UNSTARTED, at=NOW), keep()],
    ),
    (
        "leave, without a beep",
        TWO,
        asks("leave", "A", beep_enabled="never"),
        {"A": OUT, "joined": frozenset("B")},
        [
            c.Leave("A", "K", 2, beep="never", at=NOW),
            keep(parked=True),
            many(c.Hold, "B", music=MUSIC),
        ],
    ),
    # queues
    (
        "enqueue of one who is parked",
        PARKED,
        asks("enqueue", "A", queue_name="support"),
        {},
        [do("enqueue", "call", "A", queue_name="support")],
    ),
    (
        "enqueue of one who is inside: out first",
        TWO,
        asks("enqueue", "A", queue_name="support"),
        {"A": OUT, "joined": frozenset("B")},
        [c.Leave("A", "K", 2, at=NOW), keep(parked=True), many(c.Hold, "B", music=MUSIC)],
    ),
    ("enqueue of one who is in that queue", QUEUED, asks("enqueue", "A", queue_name="q"), {}, []),
    (
        "join of one who is in a queue: out of it first",
        QUEUED,
        asks("join", "A"),
        {"A": {"status": "waiting"}, "deadlines": {}},
        [do("leave_queue", "call", "A"), keep()],
    ),
    ("leave-queue", PARKED, asks("leave-queue", "A"), {}, [do("leave_queue", "call", "A")]),
    # move, rename
    (
        "move",
        TWO,
        asks("move", "A", room="blue"),
        {"A": OUT, "joined": frozenset("B")},
        [c.Leave("A", "K", 2, "blue", at=NOW), many(c.Hold, "B", music=MUSIC)],
    ),
    ("a move to where it is sends nothing", TWO, asks("move", "A", room="demo"), {}, []),
    (
        "rename",
        TWO,
        asks("rename", "A", label="Ann"),
        {"A": {"label": "Ann"}},
        [keep(label="Ann")],
    ),
    (
        "no name any more",
        well(after(TWO, asks("rename", "A", at=T0, label="Ann"))),
        asks("rename", "A", label=""),
        {"A": {"label": ""}},
        [keep()],
    ),
    (
        "a name that it has already sends nothing",
        well(after(TWO, asks("rename", "A", at=T0, label="Ann"))),
        asks("rename", "A", label="Ann"),
        {},
        [],
    ),
    # passed on
    (
        "play, to everyone who is here",
        TWO,
        asks("play", audio_url=OWN, loop="2"),
        {},
        [do("play", audio_url=OWN, loop="2", call_control_ids=BOTH)],
    ),
    (
        "play, to one",
        TWO,
        asks("play", "B", media_name="waltz"),
        {},
        [do("play", media_name="waltz", call_control_ids=["B"])],
    ),
    ("stop", TWO, asks("stop"), {}, [do("stop")]),
    ("stop, for one", TWO, asks("stop", "A"), {}, [do("stop", call_control_ids=["A"])]),
    (
        "speak, with the room's voice",
        TWO,
        asks("speak", payload="Hello"),
        {},
        [do("speak", payload="Hello", **VOICE)],
    ),
    (
        "speak, with a voice whose languages we do not know",
        TWO,
        asks("speak", "A", payload="Hello", voice="AWS.Polly.Joanna"),
        {},
        [do("speak", payload="Hello", voice="AWS.Polly.Joanna", call_control_ids=["A"])],
    ),
    (
        "speak, in another language",
        TWO,
        asks("speak", payload="Olá", language="pt-PT"),
        {},
        [do("speak", payload="Olá", voice="female", language="pt-PT")],
    ),
    (
        "send-dtmf",
        IN_EUROPE,
        asks("send-dtmf", "A", digits="1"),
        {},
        [do("send_dtmf", digits="1", call_control_ids=["A"])],
    ),
    (
        "gather, from each, one after the other",
        IN_EUROPE,
        asks("gather", *BOTH, audio_url=OWN),
        {},
        [do("gather_using_audio", audio_url=OWN, call_control_id="A")],
    ),
    (
        "supervise, with the region",
        IN_EUROPE,
        asks("supervise", "A", supervisor_role="monitor"),
        {},
        [do("update", region="Europe", supervisor_role="monitor", call_control_id="A")],
    ),
    (
        "adjust",
        IN_EUROPE,
        asks("adjust", "A", beep_enabled="never"),
        {},
        [do("participants", beep_enabled="never", call_control_id="A")],
    ),
    ("record-start", TWO, asks("record-start"), {}, [do("record_start", format="mp3")]),
    (
        "record-start, in another format",
        IN_EUROPE,
        asks("record-start", format="wav"),
        {},
        [do("record_start", region="Europe", format="wav")],
    ),
    (
        "record-start of calls, wherever they are",
        parked(IN_EUROPE),
        asks("record-start", *BOTH, channels="single"),
        {},
        [do("record_start", "call", x, format="mp3", channels="single") for x in BOTH],
    ),
    *(
        (f"record-{action}{where}", TWO, asks(f"record-{action}", *calls, **values), {}, [sent])
        for action in ("stop", "pause", "resume")
        for values in [{"recording_id": "R"}]
        for where, calls, sent in [
            ("", (), do(f"record_{action}", **values)),
            (" of a call", ("B",), do(f"record_{action}", "call", "B", **values)),
        ]
    ),
    ("end", IN_EUROPE, asks("end"), {}, [do("end")]),
]


@pytest.mark.parametrize(
    ("before", "event", "changed", "sent"), [row[1:] for row in TABLE], ids=[r[0] for r in TABLE]
)
def test_a_request_changes(
    before: Room, event: Remote, changed: dict[str, Any], sent: list[c.Command]
) -> None:
    room, commands = decide(before, event)
    assert changes(before, room) == changed
    assert list(commands) == sent


def test_every_verb_has_a_row_that_does_something() -> None:
    does = {event.verb for _, _, event, changed, sent in TABLE if changed or sent}
    assert does == VERBS.keys() - {"dial"}


@pytest.mark.parametrize("row", [r for r in TABLE if r[3]], ids=[r[0] for r in TABLE if r[3]])
def test_a_request_that_is_repeated_sends_nothing(row: Row) -> None:
    """Those that change the room; what is passed on is done as often as it is asked for."""
    _, before, event, _, _ = row
    once, _ = decide(before, event)
    try:
        twice, commands = decide(once, event)
    except Refused as no:
        assert (no.kind, event.verb in ("leave", "join", "move")) == ("not-now", True)
    else:
        assert (changes(once, twice), commands, twice.pending) == ({}, (), once.pending)


NOT_NOW: list[tuple[str, Room, Remote, str, str]] = [
    *(
        ("without a conference", EMPTY, asks(verb), "no-conference", "no conference is running")
        for verb in ("mute-all", "unmute-all", "hold-all", "unhold-all")
    ),
    *(
        ("without a conference", waiting(), asks(verb, *who), "no-conference", "room demo")
        for verb, *who in [
            *(("stop",), ("speak",), ("send-dtmf",), ("end",), ("gather", "A"), ("adjust", "A")),
            *(("supervise", "A"), ("play", "A"), ("record-start",), ("record-stop",)),
            *(("record-pause",), ("record-resume",)),
        ]
    ),
    ("to nobody", EMPTY, asks("play"), "no-conference", "nobody is in the conference"),
    *(
        (f"of one who {name}", room, asks("join", "A"), "not-now", "not parked")
        for name, room in [
            *(("rings", ringing()), ("is greeted", greeting()), ("waits", waiting())),
            *(("is inside", TWO), ("goes", ending())),
        ]
    ),
    *(
        (f"of one who {name}", room, asks(verb, "A", room="blue"), "not-now", "not joined")
        for verb in ("leave", "move")
        for name, room in [
            *(("rings", ringing()), ("is greeted", greeting()), ("waits", waiting())),
            *(("is parked", PARKED), ("goes", ending())),
        ]
    ),
    ("of two, one not inside", PARKED, asks("leave", "B", "A"), "not-now", "A is parked"),
    *(
        ("of a stranger", TWO, asks(verb, "A", "X", room="blue"), "unknown-participant", "X is not")
        for verb in ("mute", "kick", "leave", "move", "rename", "play", "record-stop")
    ),
]


@pytest.mark.parametrize(
    ("before", "event", "kind", "why"),
    [row[1:] for row in NOT_NOW],
    ids=[f"{row[2].verb} {row[0]}" for row in NOT_NOW],
)
def test_a_request_is_refused(before: Room, event: Remote, kind: str, why: str) -> None:
    with pytest.raises(Refused, match=why) as no:
        decide(before, event)
    assert no.value.kind == kind


def _queued(room: Room, event: Remote, times: int) -> Room:
    return after(room, *(replace(event, id=str(n)) for n in range(times)))


@pytest.mark.parametrize(
    ("event", "of", "another"),
    [
        (asks("speak", payload="Hello"), "done to K", asks("stop", "A")),
        (asks("supervise", "A", supervisor_role="barge"), "done to K", asks("end")),
        (asks("record-start", "A"), "done to A", asks("record-stop", "B", "A")),
    ],
    ids=lambda value: getattr(value, "verb", ""),
)
def test_past_twenty_that_wait_for_their_turn_requests_are_refused(
    event: Remote, of: str, another: Remote
) -> None:
    full = _queued(TWO, event, MOST_WAITING)
    assert len(full.pending[of]) == MOST_WAITING == 20
    for one_more in (event, another):
        with pytest.raises(Refused, match="20 commands wait") as no:
            decide(full, one_more)
        assert no.value.kind == "overloaded"
    room = after(full, answer(full, of), event)
    assert len(room.pending[of]) == MOST_WAITING, "there is room for one more"


def test_one_request_may_name_more_than_may_wait() -> None:
    room = TWO
    for n in range(MOST_WAITING + 1):
        room = inside(room, f"C{n}")
    everyone = asks("supervise", *sorted(room.joined), supervisor_role="barge")
    room = after(_queued(room, asks("stop"), MOST_WAITING - MOST_WAITING // 2), everyone)
    assert len(room.pending["done to K"]) > len(room.joined) > MOST_WAITING
    with pytest.raises(Refused):
        decide(room, replace(everyone, id="another"))


@pytest.mark.parametrize("verb", [v.name for v in VERBS.values() if v.of == "participants"])
def test_without_anyone_named_nobody_is_concerned(verb: str) -> None:
    values = {"room": "blue", "label": "Ann"}
    assert decide(TWO, asks(verb, **values)) == (TWO, ())


# What outlasts what


def test_a_moderators_hold_outlasts_the_rules_and_the_other_way_round() -> None:
    room = after(HELD, hook("call.hangup", "B"))
    assert room.head(c.HOLD_AND_MUTE) is None, "A is alone, and on hold already"
    room = inside(room, "C", NOW)
    assert room.told["A"].held is True, "company does not end a moderator's hold"
    room = well(after(room, asks("unhold", "A")))
    assert room.told == {}
    room = well(after(room, hook("call.hangup", "C")))
    assert room.told["A"].held is True, "alone again"
    assert well(after(room, asks("unhold", "A"))).told["A"].held is True


def test_a_mute_outlasts_a_new_conference_and_being_parked() -> None:
    room = after(MUTED, hook("conference.participant.left", "B", occurred_at="2026-6"))
    room = parked(room)
    assert room.asked == {"A": MUTE}
    room = after(room, asks("join", "A"))
    room = well(room)
    joined = hook("conference.participant.joined", "A", conference="K", occurred_at="2026-7")
    room, commands = decide(room, joined)
    assert many(c.Hold, "A", music=MUSIC) in commands
    assert well(room).told["A"].muted is True


def test_a_mute_on_the_way_in_can_be_undone_before_it_has_come_in() -> None:
    """Telnyx may have it muted by then, or not: the join is in flight."""
    room = after(PARKED, asks("join", "A", mute=True), asks("unmute", "A"))
    room = well(room, only="A")
    room = after(room, joined(occurred_at="2026-6"))
    assert room.told["A"] == Told(held=False, muted=None)
    room, commands = decide(room, answer(room, HOLD_AND_MUTE))  # B is not alone any more
    assert commands == (c.Unmute("K", ("A",), at=NOW),)
    assert well(room).told == {}


def test_a_way_in_counts_for_what_is_asked_for_and_no_later_entry() -> None:
    room = after(PARKED, asks("join", "A", mute=True, hold=True, beep_enabled="never"))
    room = well(after(well(room), joined(occurred_at="2026-6")))
    assert room.told["A"] == Told(True, True, MUSIC)
    room = well(after(room, asks("unmute", "A"), asks("unhold", "A"), asks("mute", "B")))
    room = after(room, asks("unmute", "B"))
    room = after(room, answer(room, HOLD_AND_MUTE, 422, "90019"))
    create = head(room, CONFERENCE)
    assert (create.call, create.options) == ("A", {"beep_enabled": "never"})


@pytest.mark.parametrize(
    ("way", "then"),
    [
        ({}, Asked(hold=True, music=OWN)),
        ({"mute": True}, Asked(hold=True, mute=True, music=OWN)),
        ({"hold": False}, Asked()),
        ({"hold_media_name": "waltz"}, Asked(hold=True, music="waltz")),
    ],
)
def test_a_join_changes_the_music_only_where_it_says_so(way: dict[str, Any], then: Asked) -> None:
    room = parked(well(after(TWO, asks("hold", "A", audio_url=OWN))))
    room = after(room, asks("join", "A", **way))
    assert room.asked.get("A", Asked()) == then


def test_only_what_was_asked_for_last_is_remembered() -> None:
    room = after(TWO, asks("mute", "A"), asks("unmute", "A"), asks("rename", "A", label="Ann"))
    queue = room.pending[c.memory("A")]
    assert queue == (keep(mute=True), keep(label="Ann"))


@pytest.mark.parametrize("direction", ["incoming", "outgoing"])
def test_whoever_calls_a_locked_room_is_told_so_and_whoever_is_called_is_not(
    direction: Any,
) -> None:
    room = ringing(LOCKED, "C")
    called = replace(room.participants["C"], direction=direction)
    room = replace(room, participants={**room.participants, "C": called})
    room, commands = decide(room, hook("call.answered", "C"))
    incoming = direction == "incoming"
    assert room.participants["C"].status == ("refused" if incoming else "greeting")
    assert isinstance(commands[0], c.Speak)
    assert ("locked" in commands[0].text) == incoming


def test_whose_answer_is_refused_is_not_let_into_a_locked_room() -> None:
    """Answered before a restart, say: but not greeted."""
    room = after(inside(call="B"), asks("lock"), initiated("A"))
    room, commands = decide(room, answer(room, "A", 422, "99999"))
    assert status(room)["A"] == "refused"
    assert commands == (goodbye("A", steps.LOCKED),)


def test_a_listener_is_muted_until_it_is_unmuted_by_name() -> None:
    room = after(EMPTY, asks("dial", to="+1", role="listener"))
    assert head(room, "dial request").client_state.mute is True
    room = after(room, answer(room, "dial request", data={"call_control_id": "A"}))
    assert room.asked == {"A": Asked(mute=True)}
    room = after(inside(room, "B"), hook("call.answered"), hook("call.speak.ended"))
    assert status(room)["A"] == "waiting"
    assert after(room, asks("unmute-all")).asked == {"A": Asked(mute=True)}
    assert after(room, asks("unmute", "A")).asked == {}
    other = after(EMPTY, asks("dial", to="+1", role="participant"))
    assert head(other, "dial request").client_state.mute is False


def test_a_lock_is_worth_keeping() -> None:
    assert EMPTY.over(NOW)
    assert not after(EMPTY, asks("lock")).over(NOW)
    assert after(EMPTY, asks("lock"), asks("unlock")).over(NOW)


@pytest.mark.parametrize(
    ("music", "chosen"), [(OWN, ""), ("other", "other")], ids=["refused", "another meanwhile"]
)
def test_a_moderators_music_that_is_refused_gives_way_to_the_rooms(music: str, chosen: str) -> None:
    room = after(TWO, asks("hold", "A", audio_url=OWN))
    sent = room.head(c.HOLD_AND_MUTE)
    room = after(room, asks("hold", "A", media_name=music) if chosen else asks("hold", "A"))
    room = replace(room, asked={"A": Asked(hold=True, music=music)})
    room, commands = decide(room, answer(room, c.HOLD_AND_MUTE, 422, "10005"))
    assert isinstance(sent, c.Hold)
    assert room.asked["A"].music == chosen
    assert commands == (many(c.Hold, "A", music=chosen or MUSIC),)
    assert room.bad_music == "", "the room's own is not to blame"


def test_a_hold_of_one_who_has_come_back_meanwhile_is_told_anew() -> None:
    """Whether it was on hold before it left or after it came back, nobody knows."""
    room = after(TWO, asks("mute", "A", at=T0))
    mute = room.head(c.HOLD_AND_MUTE)
    room = after(room, asks("leave", "A"), answer(after(room, asks("leave", "A")), "A"))
    room = after(room, asks("join", "A"))
    room = after(room, answer(room, "A"))
    joined = hook("conference.participant.joined", "A", occurred_at="2026-7")
    room = after(room, joined)
    assert room.head(c.HOLD_AND_MUTE) == mute
    room, commands = decide(room, answer(room, c.HOLD_AND_MUTE))
    assert commands == (many(c.Mute, "A"),)


def test_who_is_put_into_a_queue_is_out_of_the_conference_before() -> None:
    room = after(TWO, asks("enqueue", "A", queue_name="support"))
    _, commands = decide(room, answer(room, "A"))
    assert commands == (do("enqueue", "call", "A", queue_name="support"),)


def test_till_a_conference_is_started_nobody_is_held_or_freed_by_us() -> None:
    """Telnyx has them on hold, until one comes who is to start it."""
    room = after(parked(ALONE), asks("join", "A", start_conference_on_create=False))
    created = answer(room, CONFERENCE, data={"id": "L"})
    entered = hook("conference.participant.joined", "A", conference="L", occurred_at="2026-7")
    room = after(room, created, entered)
    assert (room.waits_for_start, room.joined, room.pending.get(c.HOLD_AND_MUTE)) == (
        *(True, frozenset("A")),
        None,
    )
    assert view.reason(room) is not None
    assert [p["on_hold"] for p in view.participants(room)] == [True]
    assert view.reason(after(room, hook("call.hangup", "A"))) is None, "the room is empty"
    way_in = {"start_conference_on_enter": True}
    starter = replace(waiting(room, "B").participants["B"], way_in=way_in, status="waiting")
    room = replace(room, participants={**room.participants, "B": starter})
    started = hook("conference.participant.joined", "B", conference="L", occurred_at="2026-8")
    room, commands = decide(room, started)
    assert (room.waits_for_start, commands) == (False, ())
    assert [p["on_hold"] for p in view.participants(room)] == [False, False]
    assert not after(room, hook("conference.ended", conference="L")).waits_for_start


def test_how_conferences_are_opened_is_a_setting() -> None:
    quiet = with_settings(greeting(), comfort_noise=False, duration_minutes=30)
    room = after(quiet, hook("call.speak.ended"))
    create = room.head(CONFERENCE)
    assert isinstance(create, c.Create)
    assert create.options == {"comfort_noise": False, "duration_minutes": 30}


def test_who_waits_in_a_queue_is_not_hung_up_till_it_is_out_of_it() -> None:
    due = Deadline("call", "A")
    room, commands = decide(QUEUED, time(QUEUED.deadlines[due]))
    assert (commands, room.participants["A"].status) == ((), "parked")
    out = after(room, hook("call.dequeued", occurred_at="2026-9", details={"queue": "q"}))
    _, commands = decide(out, time(out.deadlines[due]))
    assert [type(command) for command in commands] == [c.Hangup]


def test_a_parked_caller_is_hung_up_after_an_hour() -> None:
    assert PARKED.deadlines == {Deadline("call", "A"): T0 + 3600}
