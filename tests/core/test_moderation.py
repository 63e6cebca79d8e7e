"""What a moderator's every request does to a room, in each state that a participant can be in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from rigs import core as rig
from rigs.core import EMPTY, MUSIC, NOW, T0, Case

from conference.core import commands as c
from conference.core import entering
from conference.core.commands import CONFERENCE, HOLD_AND_MUTE
from conference.core.events import ModeratorRequest, Refused
from conference.core.parts import Asked, Told
from conference.core.requests.hands import DOWN, TURN, UP
from conference.core.requests.kicking import KICKED
from conference.core.requests.passthrough import MOST_WAITING
from conference.core.requests.verbs import VERBS
from conference.core.room import ENDED_KEPT, Deadline, Room
from conference.reporting import public_view

OWN = "https://example.com/own.mp3"
ALONE = rig.inside()
TWO = rig.inside(ALONE, "B")
PARKED = rig.parked()
MUTED = rig.well(rig.after(TWO, rig.asks("mute", "A", at=T0)))
HELD = rig.well(rig.after(TWO, rig.asks("hold", "A", at=T0)))
ALONE_HELD = rig.well(rig.after(ALONE, rig.asks("hold", "A", at=T0)))
OPENING = rig.waiting(rig.waiting(), "B")
LATER = rig.after(OPENING, rig.answer(OPENING, CONFERENCE, 503, at=T0))  # the create is held back
JOINING = rig.waiting(rig.inside(), "B")
JOINING_LATER = rig.after(JOINING, rig.answer(JOINING, "B", 503, at=T0))
LOCKED = rig.well(rig.after(TWO, rig.asks("lock", at=T0)))
HOST = replace(
    TWO, participants={**TWO.participants, "B": replace(TWO.participants["B"], role="moderator")}
)
CROWD = rig.ringing(rig.greeting(rig.waiting(rig.parked(rig.inside(TWO, "C"), "C"), "D"), "E"), "F")
HOSTS = rig.state("B", role="moderator")
ALL_MUTED = rig.well(
    rig.after(TWO, rig.asks("mute", "A", at=T0), rig.asks("mute-all", at=T0, newcomers=True))
)
ALL_HELD = rig.well(rig.after(TWO, rig.asks("hold-all", at=T0, newcomers=True)))
RAISED = rig.well(rig.after(TWO, rig.asks("raise-hand", "A", at=T0)))
ASKING = rig.well(rig.after(RAISED, rig.asks("mode", at=T0, mode="questions")))
CHIMES = rig.with_settings(TWO, chimes=True)
IN_EUROPE = rig.with_settings(TWO, region="Europe")


def keep(call: str = "A", **given: Any) -> c.Remember:
    return c.Remember(call, rig.state(call, **given), at=NOW)


def goodbye(call: str, text: str = KICKED) -> c.Speak:
    return c.Speak(call, "goodbye", text, "female", "en-GB", at=NOW)


def many(kind: Any, *calls: str, **given: Any) -> Any:
    return kind("K", calls, **given, at=NOW)


def do(action: str, of: Any = "conference", about: str = "K", **body: Any) -> c.PassThrough:
    return c.PassThrough(of, about, action, body, "request", at=NOW)


def says(text: str, room: Room, *calls: str) -> c.PassThrough:
    """Return the announcement to these participants that changes the room."""
    body = {"payload": text, "voice": "female", "language": "en-GB", "call_control_ids": [*calls]}
    return replace(do("speak", **body), id=f"announcement {room.version} 0")


def asked(**given: Asked) -> dict[str, Any]:
    return {"asked": given}


MUTE, HOLD = Asked(mute_by="moderator"), Asked(hold=True)
WITH_ALL, LISTENS = Asked(mute_by="mute-all"), Asked(mute_by="listener")
BOTH = ["A", "B"]
VOICE = {"voice": "female", "language": "en-GB"}
OUT = {"status": "parked", "tries": 2, "taken_out": True}
BACK = {"status": "waiting", "tries": 3, "patience": NOW + 20}
QUEUED = rig.after(PARKED, rig.hook("call.enqueued", at=T0, details={"queue": "q"}))
WAY_IN = {"mute": True, "beep_enabled": "never", "hold_audio_url": OWN}
UNSTARTED = {"start_conference_on_create": False}
CLOSED = {"conference": "", "joined": frozenset()}

NOT_YET_IN = {"rings": rig.ringing(), "is greeted": rig.greeting(), "waits": rig.waiting()}

TABLE: list[Case] = [
    # mute, unmute
    *(
        Case(
            f"a mute of one who {name} is kept for later",
            room=room,
            event=rig.asks("mute", "A"),
            changes=asked(A=MUTE),
            commands=[keep(mute_by="moderator", parked=room is PARKED)],
        )
        for name, room in {**NOT_YET_IN, "is parked": PARKED}.items()
    ),
    Case(
        "mute",
        room=TWO,
        event=rig.asks("mute", "A"),
        changes=asked(A=MUTE),
        commands=[keep(mute_by="moderator"), many(c.Mute, "A")],
    ),
    Case(
        "several are muted at once",
        room=TWO,
        event=rig.asks("mute", "B", "A"),
        changes=asked(A=MUTE, B=MUTE),
        commands=[
            keep("B", mute_by="moderator"),
            keep(mute_by="moderator"),
            many(c.Mute, "A", "B"),
        ],
    ),
    Case(
        "a mute that is so already sends nothing",
        room=MUTED,
        event=rig.asks("mute", "A"),
        changes={},
        commands=[],
    ),
    Case(
        "unmute",
        room=MUTED,
        event=rig.asks("unmute", "A"),
        changes=asked(),
        commands=[keep(), many(c.Unmute, "A")],
    ),
    Case(
        "an unmute that is so already sends nothing",
        room=TWO,
        event=rig.asks("unmute", "A"),
        changes={},
        commands=[],
    ),
    Case(
        "whoever is held is muted as well",
        room=HELD,
        event=rig.asks("mute", "A"),
        changes=asked(A=Asked(True, "moderator")),
        commands=[keep(hold=True, mute_by="moderator"), many(c.Mute, "A")],
    ),
    # hold, unhold
    Case(
        "hold, with the room's music",
        room=TWO,
        event=rig.asks("hold", "A"),
        changes=asked(A=HOLD),
        commands=[keep(hold=True), many(c.Hold, "A", "B", music=MUSIC)],  # B is alone now
    ),
    Case(
        "hold, with music of its own",
        room=TWO,
        event=rig.asks("hold", "A", audio_url=OWN),
        changes=asked(A=Asked(hold=True, music=OWN)),
        commands=[keep(hold=True), many(c.Hold, "A", music=OWN)],
    ),
    Case(
        "hold, with music from Telnyx's storage",
        room=TWO,
        event=rig.asks("hold", "A", media_name="waltz"),
        changes=asked(A=Asked(hold=True, music="waltz")),
        commands=[keep(hold=True), many(c.Hold, "A", music="waltz")],
    ),
    Case(
        "a hold that is so already sends nothing",
        room=HELD,
        event=rig.asks("hold", "A"),
        changes={},
        commands=[],
    ),
    Case(
        "other music for whoever is on hold",
        room=HELD,
        event=rig.asks("hold", "A", audio_url=OWN),
        changes=asked(A=Asked(hold=True, music=OWN)),
        commands=[keep(hold=True), many(c.Hold, "A", music=OWN)],
    ),
    Case(
        "whoever is alone is on hold already",
        room=ALONE,
        event=rig.asks("hold", "A"),
        changes=asked(A=HOLD),
        commands=[keep(hold=True)],
    ),
    Case(
        "unhold",
        room=HELD,
        event=rig.asks("unhold", "A"),
        changes=asked(),
        commands=[keep(), many(c.Unhold, "A", "B")],
    ),
    Case(
        "after an unhold no music of its own is left",
        room=rig.after(HELD, rig.asks("hold", "A", at=T0, audio_url=OWN)),
        event=rig.asks("unhold", "A"),
        changes=asked(),
        commands=[],  # what was asked for before is in flight
    ),
    Case(
        "whoever is alone stays on hold",
        room=ALONE_HELD,
        event=rig.asks("unhold", "A"),
        changes=asked(),
        commands=[keep()],
    ),
    # everyone
    Case(
        "mute-all",
        room=TWO,
        event=rig.asks("mute-all"),
        changes=asked(A=WITH_ALL, B=WITH_ALL),
        commands=[
            keep(mute_by="mute-all"),
            keep("B", mute_by="mute-all"),
            many(c.Mute, "A", "B"),
        ],
    ),
    Case(
        "mute-all leaves out the moderators",
        room=HOST,
        event=rig.asks("mute-all"),
        changes=asked(A=WITH_ALL),
        commands=[keep(mute_by="mute-all"), many(c.Mute, "A")],
    ),
    Case(
        "mute-all is for those who are here or on the way",
        room=CROWD,
        event=rig.asks("mute-all"),
        changes=asked(A=WITH_ALL, B=WITH_ALL, C=WITH_ALL, D=WITH_ALL, E=WITH_ALL, F=WITH_ALL),
        commands=[
            keep(mute_by="mute-all"),
            keep("B", mute_by="mute-all"),
            keep("C", mute_by="mute-all", parked=True),
            *(keep(call, mute_by="mute-all") for call in "DEF"),
            many(c.Mute, "A", "B"),
        ],
    ),
    Case(
        "mute-all for newcomers, too",
        room=HOST,
        event=rig.asks("mute-all", newcomers=True),
        changes=asked(A=WITH_ALL) | {"newcomers_muted": True},
        commands=[
            keep(mute_by="mute-all", newcomers_muted=True),
            c.Remember("B", replace(HOSTS, newcomers_muted=True), at=NOW),
            many(c.Mute, "A"),
        ],
    ),
    Case(
        "mute-all of some who are muted by name or as listeners",
        room=rig.given(CROWD, asked={"A": MUTE, "B": LISTENS}),
        event=rig.asks("mute-all"),
        changes=asked(A=MUTE, B=LISTENS, C=WITH_ALL, D=WITH_ALL, E=WITH_ALL, F=WITH_ALL),
        commands=[
            keep("C", mute_by="mute-all", parked=True),
            *(keep(call, mute_by="mute-all") for call in "DEF"),
            many(c.Mute, "A", "B"),
        ],
    ),
    Case(
        "undo-mute-all",
        room=ALL_MUTED,
        event=rig.asks("undo-mute-all"),
        changes=asked(A=MUTE) | {"newcomers_muted": False},
        commands=[keep(mute_by="moderator"), keep("B"), many(c.Unmute, "B")],
    ),
    Case(
        "undo-mute-all of those muted by name",
        room=MUTED,
        event=rig.asks("undo-mute-all"),
        changes={},
        commands=[],
    ),
    Case(
        "unmute-all after mute-all for newcomers, too",
        room=ALL_MUTED,
        event=rig.asks("unmute-all"),
        changes=asked() | {"newcomers_muted": False},
        commands=[keep(), keep("B"), many(c.Unmute, "A", "B")],
    ),
    Case(
        "hold-all for newcomers, too",
        room=TWO,
        event=rig.asks("hold-all", newcomers=True),
        changes=asked(A=HOLD, B=HOLD) | {"newcomers_held": True},
        commands=[
            keep(hold=True, newcomers_held=True),
            keep("B", hold=True, newcomers_held=True),
            many(c.Hold, "A", "B", music=MUSIC),
        ],
    ),
    Case(
        "unhold-all after hold-all for newcomers, too",
        room=ALL_HELD,
        event=rig.asks("unhold-all"),
        changes=asked() | {"newcomers_held": False},
        commands=[keep(), keep("B"), many(c.Unhold, "A", "B")],
    ),
    Case(
        "role",
        room=TWO,
        event=rig.asks("role", "A", role="listener"),
        changes={"A": {"role": "listener"}, **asked(A=LISTENS)},
        commands=[keep(role="listener", mute_by="listener"), many(c.Mute, "A")],
    ),
    Case(
        "a role that is held already",
        room=HOST,
        event=rig.asks("role", "A", "B", role="moderator"),
        changes={"A": {"role": "moderator"}},
        commands=[keep(role="moderator")],
    ),
    Case(
        "mute-all of the muted alone",
        room=rig.well(rig.after(MUTED, rig.asks("mute", "B"))),
        event=rig.asks("mute-all"),
        changes={},
        commands=[],
    ),
    Case(
        "unmute-all",
        room=MUTED,
        event=rig.asks("unmute-all"),
        changes=asked(),
        commands=[keep(), many(c.Unmute, "A")],
    ),
    Case(
        "hold-all",
        room=HOST,
        event=rig.asks("hold-all", audio_url=OWN),
        changes=asked(A=Asked(hold=True, music=OWN), B=Asked(hold=True, music=OWN)),
        commands=[
            keep(hold=True),
            keep("B", hold=True, role="moderator"),
            many(c.Hold, "A", "B", music=OWN),
        ],
    ),
    Case(
        "unhold-all",
        room=HELD,
        event=rig.asks("unhold-all"),
        changes=asked(),
        commands=[keep(), many(c.Unhold, "A", "B")],
    ),
    Case(
        "unhold-all, also of those who hear music of their own",
        room=rig.well(rig.after(TWO, rig.asks("hold", "A", audio_url=OWN, at=T0))),
        event=rig.asks("unhold-all"),
        changes=asked(),
        commands=[keep(), many(c.Unhold, "A", "B")],
    ),
    # lock, unlock
    Case(
        "lock",
        room=TWO,
        event=rig.asks("lock"),
        changes={"locked": True},
        commands=[keep(locked=True), keep("B", locked=True)],
    ),
    Case(
        "chimes",
        room=CHIMES,
        event=rig.asks("chimes", on=False),
        changes={"chimes_off": True},
        commands=[keep(chimes_off=True), keep("B", chimes_off=True)],
    ),
    Case("lock, again", room=LOCKED, event=rig.asks("lock"), changes={}, commands=[]),
    Case(
        "unlock",
        room=LOCKED,
        event=rig.asks("unlock"),
        changes={"locked": False},
        commands=[keep(), keep("B")],
    ),
    Case("unlock, again", room=TWO, event=rig.asks("unlock"), changes={}, commands=[]),
    Case(
        "lift-bans",
        room=replace(TWO, banned=frozenset({"+13125550112"})),
        event=rig.asks("lift-bans"),
        changes={"banned": frozenset()},
        commands=[],
    ),
    # kick
    *(
        Case(
            f"whoever {name} is hung up at once",
            room=room,
            event=rig.asks("kick", "A"),
            changes={"A": {"status": "ending"}, "deadlines": {}},
            commands=[c.Hangup("A", at=NOW)],
        )
        for name, room in [("rings", rig.ringing()), ("is greeted", rig.greeting())]
    ),
    Case(
        "a kicked caller does not wait for our answer of the call",
        room=rig.after(EMPTY, rig.hook("call.initiated", at=T0, direction="incoming", from_="+1")),
        event=rig.asks("kick", "A"),
        changes={"A": {"status": "ending"}},
        commands=[c.Hangup("A", at=NOW)],
    ),
    Case(
        "kick of one who opens the conference: the others still wait for that",
        room=OPENING,
        event=rig.asks("kick", "A"),
        changes={"A": {"status": "refused"}},
        commands=[goodbye("A")],
    ),
    Case(
        "kick of one who is to try again: the next one opens it",
        room=LATER,
        event=rig.asks("kick", "A"),
        changes={"A": {"status": "refused"}, "B": {"tries": 2}, "deadlines": {}},
        commands=[goodbye("A"), c.Create("B", "demo", 2, "always", 250, at=NOW)],
    ),
    Case(
        "kick of one who is about to join: after Telnyx's answer",
        room=JOINING,
        event=rig.asks("kick", "B"),
        changes={"B": {"status": "refused"}},
        commands=[],
    ),
    Case(
        "kick of one who is to try again to join: it does not",
        room=JOINING_LATER,
        event=rig.asks("kick", "B"),
        changes={"B": {"status": "refused"}, "deadlines": {}},
        commands=[goodbye("B")],
    ),
    Case(
        "kick",
        room=TWO,
        event=rig.asks("kick", "B"),
        changes={"B": {"status": "refused"}, "joined": frozenset("A")},
        commands=[goodbye("B"), many(c.Hold, "A", music=MUSIC)],
    ),
    Case(
        "kick, with other words",
        room=TWO,
        event=rig.asks("kick", "B", text="Out."),
        changes={"B": {"status": "refused"}, "joined": frozenset("A")},
        commands=[goodbye("B", "Out."), many(c.Hold, "A", music=MUSIC)],
    ),
    Case(
        "kick of all",
        room=TWO,
        event=rig.asks("kick", *BOTH),
        changes={**{x: {"status": "refused"} for x in BOTH}, **CLOSED},
        commands=[goodbye("A"), goodbye("B")],
    ),
    Case(
        "kick of one who is parked: nobody waits for the hour to end",
        room=PARKED,
        event=rig.asks("kick", "A"),
        changes={"A": {"status": "refused"}, "deadlines": {}},
        commands=[goodbye("A")],
    ),
    *(
        Case(
            f"whoever is {name} goes anyway",
            room=room,
            event=rig.asks("kick", "A"),
            changes={},
            commands=[],
        )
        for name, room in [
            ("leaving", rig.leaving()),
            ("refused", rig.refused()),
            ("ending", rig.ending()),
        ]
    ),
    # leave, join
    Case(
        "leave",
        room=TWO,
        event=rig.asks("leave", "A"),
        changes={"A": OUT, "joined": frozenset("B")},
        commands=[c.Leave("A", "K", 2, at=NOW), keep(parked=True), many(c.Hold, "B", music=MUSIC)],
    ),
    Case(
        "leave of the only one",
        room=ALONE,
        event=rig.asks("leave", "A"),
        changes={"A": OUT, **CLOSED, "told": {}},
        commands=[c.Leave("A", "K", 2, at=NOW), keep(parked=True)],
    ),
    Case(
        "leave, with the region",
        room=IN_EUROPE,
        event=rig.asks("leave", *BOTH),
        changes={"A": OUT, "B": OUT, **CLOSED},
        commands=[
            command
            for x in BOTH
            for command in (c.Leave(x, "K", 2, "", "Europe", at=NOW), keep(x, parked=True))
        ],
    ),
    Case(
        "join",
        room=PARKED,
        event=rig.asks("join", "A"),
        changes={"A": BACK, "deadlines": {}},
        commands=[c.Join("A", "K", 3, at=NOW), keep()],
    ),
    Case(
        "join of the only one opens a conference",
        room=rig.parked(ALONE),
        event=rig.asks("join", "A"),
        changes={"A": BACK, "deadlines": {}},
        commands=[c.Create("A", "demo", 3, "always", 250, at=NOW), keep()],
    ),
    Case(
        "join of one who is not out yet: when it is",
        room=rig.after(TWO, rig.asks("leave", "A", at=T0)),
        event=rig.asks("join", "A"),
        changes={"A": {"status": "waiting"}},
        commands=[],
    ),
    Case(
        "join, in a way that is asked for",
        room=PARKED,
        event=rig.asks("join", "A", mute=True, beep_enabled="never", hold_audio_url=OWN),
        changes={
            "A": {**BACK, "join_options": WAY_IN},
            "deadlines": {},
            **asked(A=Asked(mute_by="moderator", music=OWN)),
        },
        commands=[c.Join("A", "K", 3, "", WAY_IN, at=NOW), keep(mute_by="moderator")],
    ),
    Case(
        "join of the only one, in a way that is asked for",
        room=rig.parked(ALONE),
        event=rig.asks("join", "A", start_conference_on_create=False),
        changes={"A": {**BACK, "join_options": UNSTARTED}, "deadlines": {}},
        commands=[c.Create("A", "demo", 3, "always", 250, "", UNSTARTED, at=NOW), keep()],
    ),
    Case(
        "leave, without a beep",
        room=TWO,
        event=rig.asks("leave", "A", beep_enabled="never"),
        changes={"A": OUT, "joined": frozenset("B")},
        commands=[
            c.Leave("A", "K", 2, beep="never", at=NOW),
            keep(parked=True),
            many(c.Hold, "B", music=MUSIC),
        ],
    ),
    # queues
    Case(
        "enqueue of one who is parked",
        room=PARKED,
        event=rig.asks("enqueue", "A", queue_name="support"),
        changes={},
        commands=[do("enqueue", "call", "A", queue_name="support")],
    ),
    Case(
        "enqueue of one who is inside: out first",
        room=TWO,
        event=rig.asks("enqueue", "A", queue_name="support"),
        changes={"A": OUT, "joined": frozenset("B")},
        commands=[c.Leave("A", "K", 2, at=NOW), keep(parked=True), many(c.Hold, "B", music=MUSIC)],
    ),
    Case(
        "enqueue of one who is in that queue",
        room=QUEUED,
        event=rig.asks("enqueue", "A", queue_name="q"),
        changes={},
        commands=[],
    ),
    Case(
        "enqueue of one who is in another queue: out of it first",
        room=QUEUED,
        event=rig.asks("enqueue", "A", queue_name="support"),
        changes={},
        commands=[do("leave_queue", "call", "A")],
    ),
    Case(
        "join of one who is in a queue: out of it first",
        room=QUEUED,
        event=rig.asks("join", "A"),
        changes={"A": {"status": "waiting"}, "deadlines": {}},
        commands=[do("leave_queue", "call", "A"), keep()],
    ),
    Case(
        "leave-queue",
        room=PARKED,
        event=rig.asks("leave-queue", "A"),
        changes={},
        commands=[do("leave_queue", "call", "A")],
    ),
    # move, rename
    Case(
        "move",
        room=TWO,
        event=rig.asks("move", "A", room="blue"),
        changes={"A": OUT, "joined": frozenset("B")},
        commands=[c.Leave("A", "K", 2, "blue", at=NOW), many(c.Hold, "B", music=MUSIC)],
    ),
    Case(
        "a move to where it is sends nothing",
        room=TWO,
        event=rig.asks("move", "A", room="demo"),
        changes={},
        commands=[],
    ),
    Case(
        "rename",
        room=TWO,
        event=rig.asks("rename", "A", label="Ann"),
        changes={"A": {"label": "Ann"}},
        commands=[keep(label="Ann")],
    ),
    Case(
        "no name any more",
        room=rig.well(rig.after(TWO, rig.asks("rename", "A", at=T0, label="Ann"))),
        event=rig.asks("rename", "A", label=""),
        changes={"A": {"label": ""}},
        commands=[keep()],
    ),
    Case(
        "a name that it has already sends nothing",
        room=rig.well(rig.after(TWO, rig.asks("rename", "A", at=T0, label="Ann"))),
        event=rig.asks("rename", "A", label="Ann"),
        changes={},
        commands=[],
    ),
    # passed on
    Case(
        "play, to everyone who is here",
        room=TWO,
        event=rig.asks("play", audio_url=OWN, loop="2"),
        changes={},
        commands=[do("play", audio_url=OWN, loop="2", call_control_ids=BOTH)],
    ),
    Case(
        "play, to one",
        room=TWO,
        event=rig.asks("play", "B", media_name="waltz"),
        changes={},
        commands=[do("play", media_name="waltz", call_control_ids=["B"])],
    ),
    Case("stop", room=TWO, event=rig.asks("stop"), changes={}, commands=[do("stop")]),
    Case(
        "stop, for one",
        room=TWO,
        event=rig.asks("stop", "A"),
        changes={},
        commands=[do("stop", call_control_ids=["A"])],
    ),
    Case(
        "speak, with the room's voice",
        room=TWO,
        event=rig.asks("speak", payload="Hello"),
        changes={},
        commands=[do("speak", payload="Hello", **VOICE)],
    ),
    Case(
        "speak, with a voice whose languages we do not know",
        room=TWO,
        event=rig.asks("speak", "A", payload="Hello", voice="AWS.Polly.Joanna"),
        changes={},
        commands=[do("speak", payload="Hello", voice="AWS.Polly.Joanna", call_control_ids=["A"])],
    ),
    Case(
        "speak, in another language",
        room=TWO,
        event=rig.asks("speak", payload="Olá", language="pt-PT"),
        changes={},
        commands=[do("speak", payload="Olá", voice="female", language="pt-PT")],
    ),
    Case(
        "send-dtmf",
        room=IN_EUROPE,
        event=rig.asks("send-dtmf", "A", digits="1"),
        changes={},
        commands=[do("send_dtmf", digits="1", call_control_ids=["A"])],
    ),
    Case(
        "gather, from each, one after the other",
        room=IN_EUROPE,
        event=rig.asks("gather", *BOTH, audio_url=OWN),
        changes={},
        commands=[do("gather_using_audio", audio_url=OWN, call_control_id="A")],
    ),
    Case(
        "supervise, with the region",
        room=IN_EUROPE,
        event=rig.asks("supervise", "A", supervisor_role="monitor"),
        changes={},
        commands=[do("update", region="Europe", supervisor_role="monitor", call_control_id="A")],
    ),
    Case(
        "adjust",
        room=IN_EUROPE,
        event=rig.asks("adjust", "A", beep_enabled="never"),
        changes={},
        commands=[do("participants", beep_enabled="never", call_control_id="A")],
    ),
    Case(
        "record-start",
        room=TWO,
        event=rig.asks("record-start"),
        changes={},
        commands=[do("record_start", format="mp3")],
    ),
    Case(
        "record-start, in another format",
        room=IN_EUROPE,
        event=rig.asks("record-start", format="wav"),
        changes={},
        commands=[do("record_start", region="Europe", format="wav")],
    ),
    Case(
        "record-start of calls, wherever they are",
        room=rig.parked(IN_EUROPE),
        event=rig.asks("record-start", *BOTH, channels="single"),
        changes={},
        commands=[do("record_start", "call", x, format="mp3", channels="single") for x in BOTH],
    ),
    *(
        Case(
            f"record-{action}{where}",
            room=TWO,
            event=rig.asks(f"record-{action}", *calls, **values),
            changes={},
            commands=[sent],
        )
        for action in ("stop", "pause", "resume")
        for values in [{"recording_id": "R"}]
        for where, calls, sent in [
            ("", (), do(f"record_{action}", **values)),
            (" of a call", ("B",), do(f"record_{action}", "call", "B", **values)),
        ]
    ),
    # modes and hands; more in test_hands
    Case(
        "mode",
        room=HOST,
        event=rig.asks("mode", mode="questions"),
        changes={"mode": "questions"},
        commands=[
            says("Question time: everyone is muted. Raise your hand to speak.", HOST, "A", "B"),
            keep(mode="questions"),
            keep("B", role="moderator", mode="questions"),
            many(c.Mute, "A"),
        ],
    ),
    Case(
        "raise-hand",
        room=RAISED,
        event=rig.asks("raise-hand", "B"),
        changes={"hands": ("A", "B")},
        commands=[says(UP.format(place=2), RAISED, "B")],
    ),
    Case(
        "lower-hand",
        room=RAISED,
        event=rig.asks("lower-hand", "A"),
        changes={"hands": ()},
        commands=[says(DOWN, RAISED, "A")],
    ),
    Case(
        "next-hand",
        room=ASKING,
        event=rig.asks("next-hand"),
        changes={"hands": (), "called": "A"},
        commands=[says(TURN, ASKING, "A"), many(c.Unmute, "A")],
    ),
    Case(
        "end",
        room=IN_EUROPE,
        event=rig.asks("end"),
        changes={"ending": "K"},
        commands=[do("end")],
    ),
]


@rig.each_case(TABLE)
def test_a_request_changes(case: Case) -> None:
    room, commands = rig.decide(case.room, case.event)
    assert rig.changes(case.room, room) == case.changes
    assert list(commands) == case.commands


def test_every_verb_has_a_row_that_does_something() -> None:
    does = {case.event.verb for case in TABLE if case.changes or case.commands}
    assert does == VERBS.keys() - {"dial", "admit", "admit-next"}  # see test_lobby_rules


@rig.each_case([case for case in TABLE if case.changes])
def test_a_request_that_is_repeated_sends_nothing(case: Case) -> None:
    """Those that change the room; what is passed on is done as often as it is asked for."""
    once, _ = rig.decide(case.room, case.event)
    if case.event.verb == "next-hand":
        return  # the next hand is another one
    try:
        twice, commands = rig.decide(once, case.event)
    except Refused as no:
        assert (no.kind, case.event.verb in ("leave", "join", "move")) == ("not-now", True)
    else:
        assert (rig.changes(once, twice), commands, twice.pending) == ({}, (), once.pending)


class NotNow(NamedTuple):
    name: str
    room: Room
    event: ModeratorRequest
    kind: str
    why: str


FOR_A_CONFERENCE: dict[str, tuple[str, ...]] = {
    "stop": (),
    "speak": (),
    "send-dtmf": (),
    "gather": ("A",),
    "adjust": ("A",),
    "supervise": ("A",),
    "play": ("A",),
    "record-start": (),
    "record-stop": (),
    "record-pause": (),
    "record-resume": (),
}
IN_THE_CONFERENCE = ("play", "stop", "speak", "send-dtmf", "gather", "supervise", "adjust")
WITH_B = rig.inside(call="B")
BESIDE_A_CONFERENCE = {
    "rings": rig.ringing(WITH_B),
    "is greeted": rig.greeting(WITH_B),
    "waits": rig.let_in(WITH_B),
}
NOT_NOW: list[NotNow] = [
    NotNow(
        "of an empty room",
        room=EMPTY,
        event=rig.asks("lock"),
        kind="nobody-here",
        why="lasts as long as the meeting",
    ),
    *(
        NotNow(
            "without a conference",
            room=EMPTY,
            event=rig.asks(verb),
            kind="no-conference",
            why="no conference is running",
        )
        for verb in ("mute-all", "unmute-all", "hold-all", "unhold-all")
    ),
    *(
        NotNow(
            "without a conference",
            room=rig.waiting(),
            event=rig.asks(verb, *who),
            kind="no-conference",
            why="room demo",
        )
        for verb, who in FOR_A_CONFERENCE.items()
    ),
    NotNow(
        "to nobody",
        room=EMPTY,
        event=rig.asks("play"),
        kind="no-conference",
        why="nobody is in the conference",
    ),
    *(
        NotNow(
            f"of one who {name}",
            room=room,
            event=rig.asks("join", "A"),
            kind="not-now",
            why="not parked",
        )
        for name, room in {**NOT_YET_IN, "is inside": TWO, "goes": rig.ending()}.items()
    ),
    *(
        NotNow(
            f"of one who {name}",
            room=room,
            event=rig.asks(verb, "A", room="blue"),
            kind="not-now",
            why="not joined",
        )
        for verb in ("leave", "move")
        for name, room in {**NOT_YET_IN, "is parked": PARKED, "goes": rig.ending()}.items()
    ),
    *(
        NotNow(
            "of two, one not inside",
            room=PARKED,
            event=rig.asks(verb, "B", "A"),
            kind="not-now",
            why="A is parked, not joined",
        )
        for verb in ("leave", *IN_THE_CONFERENCE)
    ),
    *(
        NotNow(
            f"of one who {name}, beside a conference",
            room=room,
            event=rig.asks(verb, "A"),
            kind="not-now",
            why=f"is on the way in.*A is {room.status_of('A')}, not joined",
        )
        for verb in IN_THE_CONFERENCE
        for name, room in BESIDE_A_CONFERENCE.items()
    ),
    NotNow(
        "with options, of one who is in that queue",
        room=QUEUED,
        event=rig.asks("enqueue", "A", queue_name="q", keep_after_hangup=True, max_size=5),
        kind="not-now",
        why="keep_after_hangup and max_size would have no effect: .* queues update-call",
    ),
    *(
        NotNow(
            "of a call that rings",
            room=rig.ringing(TWO, "C"),
            event=rig.asks(f"record-{action}", "B", "C"),
            kind="not-now",
            why="C is ringing, not greeting or",
        )
        for action in ("start", "stop", "pause", "resume")
    ),
    *(
        NotNow(
            "of a stranger",
            room=TWO,
            event=rig.asks(verb, "A", "X", room="blue"),
            kind="unknown-participant",
            why="X is not",
        )
        for verb in ("mute", "kick", "leave", "move", "rename", "play", "record-stop")
    ),
]


@pytest.mark.parametrize(
    "case", NOT_NOW, ids=[f"{case.event.verb} {case.name}" for case in NOT_NOW]
)
def test_a_request_is_refused(case: NotNow) -> None:
    with pytest.raises(Refused, match=case.why) as no:
        rig.decide(case.room, case.event)
    assert no.value.kind == case.kind


def _queued(room: Room, event: ModeratorRequest, times: int) -> Room:
    return rig.after(room, *(replace(event, id=str(n)) for n in range(times)))


@pytest.mark.parametrize(
    ("event", "of", "another"),
    [
        (rig.asks("speak", payload="Hello"), rig.requests("K"), rig.asks("stop", "A")),
        (rig.asks("supervise", "A", supervisor_role="barge"), rig.requests("K"), rig.asks("end")),
        (rig.asks("record-start", "A"), rig.requests("A"), rig.asks("record-stop", "B", "A")),
    ],
    ids=lambda value: getattr(value, "verb", ""),
)
def test_past_twenty_that_wait_for_their_turn_requests_are_refused(
    event: ModeratorRequest, of: str, another: ModeratorRequest
) -> None:
    full = _queued(TWO, event, MOST_WAITING)
    assert len(rig.pending(full, of)) == MOST_WAITING == 20
    for one_more in (event, another):
        with pytest.raises(Refused, match="20 commands wait") as no:
            rig.decide(full, one_more)
        assert no.value.kind == "overloaded"
    room = rig.after(full, rig.answer(full, of), event)
    assert len(rig.pending(room, of)) == MOST_WAITING, "there is room for one more"


def test_one_request_may_name_more_than_may_wait() -> None:
    room = TWO
    for n in range(MOST_WAITING + 1):
        room = rig.inside(room, f"C{n}")
    everyone = rig.asks("supervise", *sorted(room.joined), supervisor_role="barge")
    room = rig.after(_queued(room, rig.asks("stop"), MOST_WAITING - MOST_WAITING // 2), everyone)
    assert len(rig.pending(room, rig.requests("K"))) > len(room.joined) > MOST_WAITING
    with pytest.raises(Refused):
        rig.decide(room, replace(everyone, id="another"))


@pytest.mark.parametrize("verb", [v.name for v in VERBS.values() if v.of == "participants"])
def test_without_anyone_named_nobody_is_concerned(verb: str) -> None:
    values = {"room": "blue", "label": "Ann", "role": "listener"}
    assert rig.decide(TWO, rig.asks(verb, **values)) == (TWO, ())


def test_each_kicked_call_ends_with_the_options_that_are_for_it() -> None:
    headers = [{"name": "X-Why", "value": "late"}]
    called = {"C": rig.newcomer("C", direction="outgoing")}
    room = replace(TWO, participants={**TWO.participants, **called})
    room = rig.after(room, rig.asks("kick", "A", "C", reason="Answered", custom_headers=headers))
    assert rig.head(room, "C") == c.Hangup("C", {"reason": "Answered"}, at=NOW)
    room = rig.well(room, NOW, only="A")
    room = rig.after(room, rig.hook("call.speak.ended"))
    assert rig.head(room, "A") == c.Hangup("A", {"custom_headers": headers}, at=NOW)


def test_the_other_queue_follows_when_the_call_has_left_the_first() -> None:
    room = rig.after(QUEUED, rig.asks("enqueue", "A", queue_name="support"))
    room, commands = rig.decide(room, rig.answer(room, "A"))
    assert commands == (do("enqueue", "call", "A", queue_name="support"),)


# What outlasts what


def test_a_moderators_hold_outlasts_the_rules_and_the_other_way_round() -> None:
    room = rig.after(HELD, rig.hook("call.hangup", "B"))
    assert not rig.pending(room, c.HOLD_AND_MUTE), "A is alone, and on hold already"
    room = rig.inside(room, "C", NOW)
    assert room.holding.told["A"].held is True, "company does not end a moderator's hold"
    room = rig.well(rig.after(room, rig.asks("unhold", "A")))
    assert room.holding.told == {}
    room = rig.well(rig.after(room, rig.hook("call.hangup", "C")))
    assert room.holding.told["A"].held is True, "alone again"
    assert rig.well(rig.after(room, rig.asks("unhold", "A"))).holding.told["A"].held is True


def test_a_mute_outlasts_a_new_conference_and_being_parked() -> None:
    room = rig.after(MUTED, rig.hook("conference.participant.left", "B", occurred_at="2026-6"))
    room = rig.parked(room)
    assert room.holding.asked == {"A": MUTE}
    room = rig.after(room, rig.asks("join", "A"))
    room = rig.well(room)
    joined = rig.hook("conference.participant.joined", "A", conference="K", occurred_at="2026-7")
    room, commands = rig.decide(room, joined)
    assert many(c.Hold, "A", music=MUSIC) in commands
    assert rig.well(room).holding.told["A"].muted is True


def test_a_mute_on_the_way_in_can_be_undone_before_it_has_come_in() -> None:
    """Telnyx may have it muted by then, or not: the join is in flight."""
    room = rig.after(PARKED, rig.asks("join", "A", mute=True), rig.asks("unmute", "A"))
    room = rig.well(room, only="A")
    room = rig.after(room, rig.joined(occurred_at="2026-6"))
    assert room.holding.told["A"] == Told(held=False, muted=None)
    room, commands = rig.decide(room, rig.answer(room, HOLD_AND_MUTE))  # B is not alone any more
    assert commands == (c.Unmute("K", ("A",), at=NOW),)
    assert rig.well(room).holding.told == {}


def test_a_way_in_counts_for_what_is_asked_for_and_no_later_entry() -> None:
    room = rig.after(PARKED, rig.asks("join", "A", mute=True, hold=True, beep_enabled="never"))
    room = rig.well(rig.after(rig.well(room), rig.joined(occurred_at="2026-6")))
    assert room.holding.told["A"] == Told(True, True, MUSIC)
    room = rig.well(
        rig.after(room, rig.asks("unmute", "A"), rig.asks("unhold", "A"), rig.asks("mute", "B"))
    )
    room = rig.after(room, rig.asks("unmute", "B"))
    room = rig.after(room, rig.answer(room, HOLD_AND_MUTE, 422, "90019"))
    create = rig.head(room, CONFERENCE)
    assert (create.call, create.beep, create.options) == ("A", "always", {})
    room = rig.after(room, rig.answer(room, CONFERENCE, data={"id": "L"}))
    room = rig.after(room, rig.joined(conference="L", occurred_at="2026-7"))
    follows = rig.head(room, rig.requests("L"))
    assert follows.body == {"call_control_id": "A", "beep_enabled": "never"}


@pytest.mark.parametrize(
    ("way", "then"),
    [
        ({}, Asked(hold=True, music=OWN)),
        ({"mute": True}, Asked(hold=True, mute_by="moderator", music=OWN)),
        ({"hold": False}, Asked()),
        ({"hold_media_name": "waltz"}, Asked(hold=True, music="waltz")),
    ],
)
def test_a_join_changes_the_music_only_where_it_says_so(way: dict[str, Any], then: Asked) -> None:
    room = rig.parked(rig.well(rig.after(TWO, rig.asks("hold", "A", audio_url=OWN))))
    room = rig.after(room, rig.asks("join", "A", **way))
    assert room.holding.asked.get("A", Asked()) == then


def test_only_what_was_asked_for_last_is_remembered() -> None:
    room = rig.after(
        TWO, rig.asks("mute", "A"), rig.asks("unmute", "A"), rig.asks("rename", "A", label="Ann")
    )
    queue = rig.pending(room, c.memory("A"))
    assert queue == (keep(mute_by="moderator"), keep(label="Ann"))


@pytest.mark.parametrize("direction", ["incoming", "outgoing"])
def test_whoever_calls_a_locked_room_is_told_so_and_whoever_is_called_is_not(
    direction: Any,
) -> None:
    room = rig.ringing(LOCKED, "C")
    called = replace(room.participants["C"], direction=direction)
    room = replace(room, participants={**room.participants, "C": called})
    room, commands = rig.decide(room, rig.hook("call.answered", "C"))
    incoming = direction == "incoming"
    assert room.participants["C"].status == ("refused" if incoming else "greeting")
    assert isinstance(commands[0], c.Speak)
    assert ("locked" in commands[0].text) == incoming


def test_whose_answer_is_refused_is_not_let_into_a_locked_room() -> None:
    """Answered before a restart, say: but not greeted."""
    room = rig.after(rig.inside(call="B"), rig.asks("lock"), rig.initiated("A"))
    room, commands = rig.decide(room, rig.answer(room, "A", 422, "99999"))
    assert rig.status(room)["A"] == "refused"
    assert commands == (goodbye("A", entering.LOCKED),)


def test_a_listener_is_muted_until_it_is_unmuted_by_name() -> None:
    room = rig.after(EMPTY, rig.asks("dial", to="+1", role="listener"))
    assert rig.head(room, rig.DIAL).client_state.mute_by == "listener"
    room = rig.after(room, rig.answer(room, rig.DIAL, data={"call_control_id": "A"}))
    assert room.holding.asked == {"A": Asked(mute_by="listener")}
    room = rig.after(rig.inside(room, "B"), rig.hook("call.answered"), rig.hook("call.speak.ended"))
    assert rig.status(room)["A"] == "waiting"
    assert rig.after(room, rig.asks("unmute-all")).holding.asked == {"A": Asked(mute_by="listener")}
    assert rig.after(room, rig.asks("unmute", "A")).holding.asked == {}
    other = rig.after(EMPTY, rig.asks("dial", to="+1", role="participant"))
    assert rig.head(other, rig.DIAL).client_state.mute_by == ""


def test_a_room_is_over_with_its_meeting_locked_or_not() -> None:
    assert EMPTY.over(NOW)
    assert not LOCKED.over(NOW)
    gone = rig.after(LOCKED, rig.hook("call.hangup", "A"), rig.hook("call.hangup", "B"))
    gone = rig.well(gone)
    assert gone.over(NOW + ENDED_KEPT)


@pytest.mark.parametrize(
    ("music", "chosen"), [(OWN, ""), ("other", "other")], ids=["refused", "another meanwhile"]
)
def test_a_moderators_music_that_is_refused_gives_way_to_the_rooms(music: str, chosen: str) -> None:
    room = rig.after(TWO, rig.asks("hold", "A", audio_url=OWN))
    sent = rig.head(room, c.HOLD_AND_MUTE)
    room = rig.after(
        room, rig.asks("hold", "A", media_name=music) if chosen else rig.asks("hold", "A")
    )
    room = rig.given(room, asked={"A": Asked(hold=True, music=music)})
    not_found = rig.answer(room, c.HOLD_AND_MUTE, 404, "10005", detail="Audio file not found")
    room, commands = rig.decide(room, not_found)
    assert isinstance(sent, c.Hold)
    assert room.holding.asked["A"].music == chosen
    held = ["A"] if chosen else ["A", "B"]  # B is alone, with the room's music
    assert commands == (many(c.Hold, *held, music=chosen or MUSIC),)
    assert room.holding.refused_music == frozenset(), "the room's own is not to blame"


def test_a_hold_of_one_who_has_come_back_meanwhile_is_told_anew() -> None:
    """Whether it was on hold before it left or after it came back, nobody knows."""
    room = rig.after(TWO, rig.asks("mute", "A", at=T0))
    mute = rig.head(room, c.HOLD_AND_MUTE)
    room = rig.after(
        room, rig.asks("leave", "A"), rig.answer(rig.after(room, rig.asks("leave", "A")), "A")
    )
    room = rig.after(room, rig.asks("join", "A"))
    room = rig.after(room, rig.answer(room, "A"))
    joined = rig.hook("conference.participant.joined", "A", occurred_at="2026-7")
    room = rig.after(room, joined)
    assert rig.head(room, c.HOLD_AND_MUTE) == mute
    room, commands = rig.decide(room, rig.answer(room, c.HOLD_AND_MUTE))
    assert commands == (many(c.Mute, "A"),)


def test_who_is_put_into_a_queue_is_out_of_the_conference_before() -> None:
    room = rig.after(TWO, rig.asks("enqueue", "A", queue_name="support"))
    _, commands = rig.decide(room, rig.answer(room, "A"))
    assert commands == (do("enqueue", "call", "A", queue_name="support"),)


def test_why_music_is_on_is_said_in_words() -> None:
    assert public_view.reason(ALONE) == "music is on, because only ... is here"
    assert public_view.reason(ALONE_HELD) == "music is on, because only ... is here"
    assert public_view.reason(HELD) == "music is on, because everyone but ... is on hold"
    all_held = rig.after(TWO, rig.asks("hold-all"))
    assert public_view.reason(all_held) == "music is on, because everyone is on hold"
    three = rig.after(rig.inside(TWO, "C"), rig.asks("hold", "A"))
    assert public_view.reason(three) is None


def test_till_a_conference_is_started_nobody_is_held_or_freed_by_us() -> None:
    """Telnyx has them on hold, until one comes who is to start it."""
    room = rig.after(rig.parked(ALONE), rig.asks("join", "A", start_conference_on_create=False))
    created = rig.answer(room, CONFERENCE, data={"id": "L"})
    entered = rig.hook("conference.participant.joined", "A", conference="L", occurred_at="2026-7")
    room = rig.after(room, created, entered)
    assert (room.waits_for_start, room.joined) == (True, frozenset("A"))
    assert not rig.pending(room, c.HOLD_AND_MUTE)
    assert public_view.reason(room) is not None
    assert [p["on_hold"] for p in public_view.participants(room)] == [True]
    assert public_view.reason(rig.after(room, rig.hook("call.hangup", "A"))) is None, (
        "the room is empty"
    )
    join_options = {"start_conference_on_enter": True}
    starter = replace(
        rig.waiting(room, "B").participants["B"], join_options=join_options, status="waiting"
    )
    room = replace(room, participants={**room.participants, "B": starter})
    started = rig.hook("conference.participant.joined", "B", conference="L", occurred_at="2026-8")
    room, commands = rig.decide(room, started)
    assert (room.waits_for_start, commands) == (False, ())
    assert [p["on_hold"] for p in public_view.participants(room)] == [False, False]
    assert not rig.after(room, rig.hook("conference.ended", conference="L")).waits_for_start


def test_how_conferences_are_opened_is_a_setting() -> None:
    quiet = rig.with_settings(rig.greeting(), comfort_noise=False, duration_minutes=30)
    room = rig.after(quiet, rig.hook("call.speak.ended"))
    create = rig.head(room, CONFERENCE)
    assert isinstance(create, c.Create)
    assert create.options == {"comfort_noise": False, "duration_minutes": 30}


def test_a_call_in_a_queue_stays_until_an_hour_after_it_is_out() -> None:
    due = Deadline("call", "A")
    room, commands = rig.decide(QUEUED, rig.time(QUEUED.deadlines[due]))
    assert (commands, room.participants["A"].status) == ((), "parked")
    out = rig.after(room, rig.hook("call.dequeued", occurred_at="2026-9", details={"queue": "q"}))
    _, commands = rig.decide(out, rig.time(out.deadlines[due]))
    assert [type(command) for command in commands] == [c.Speak]


def test_a_parked_caller_is_hung_up_after_an_hour() -> None:
    assert PARKED.deadlines == {Deadline("call", "A"): T0 + 3600}
