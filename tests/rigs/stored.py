"""A value of every class that is stored, and the JSON that it was stored as.

What was stored once must stay readable: change no JSON here, but add rows.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from conference.core import commands as c
from conference.core import events as e
from conference.core.admission.opening_hours import Hours, Window
from conference.core.admission.pin_defence import PinDefence, Record
from conference.core.client_state import ClientState
from conference.core.participant import Participant, Place
from conference.core.parts import (
    Asked,
    Doubt,
    HoldAndMute,
    Reconciliation,
    Recordings,
    Texml,
    Told,
)
from conference.core.room import Deadline, Room
from conference.core.room_settings import Known, Pin, RoomSettings
from conference.core.snapshot import Seen, Snapshot
from conference.core.texml.facts import Facts, Fetch, PinPosted, StatusCallback


class Stored(NamedTuple):
    """A value and its JSON, without the version."""

    name: str
    value: Any
    form: str


DEMO = ClientState("demo")

COMMANDS = [
    Stored(
        "answer, the third try",
        c.Answer(
            call="A",
            client_state=ClientState(
                room="demo",
                role="listener",
                direction="outgoing",
                number="+15550101",
                label="Zoë",
                hold=True,
                mute_by="listener",
                parked=True,
            ),
            at=12.5,
            attempt=3,
            request="r1",
            refused_since=10.0,
        ),
        r"""
        {"is": "answer", "call": "A", "at": 12.5, "attempt": 3, "request": "r1",
         "refused_since": 10.0,
         "client_state": {"room": "demo", "role": "listener", "direction": "outgoing",
                          "number": "+15550101", "label": "Zo\u00eb", "hold": true,
                          "mute_by": "listener",
                          "parked": true}}
        """,
    ),
    Stored(
        "speak",
        c.Speak("A", purpose="greeting", text="Hello.", voice="female", language="en-GB", n=2),
        """
        {"is": "speak", "call": "A", "purpose": "greeting", "text": "Hello.", "voice": "female",
         "language": "en-GB", "n": 2}
        """,
    ),
    Stored(
        "gather",
        c.Gather("A", text="Press 1.", valid="1", voice="female", language="en-GB"),
        """
        {"is": "gather", "call": "A", "text": "Press 1.", "valid": "1", "voice": "female",
         "language": "en-GB"}
        """,
    ),
    Stored(
        "gather of a PIN",
        c.Gather("A", "PIN?", "0123456789", "female", "en-GB", most=6, tries=1, n=2),
        """
        {"is": "gather", "call": "A", "text": "PIN?", "valid": "0123456789", "voice": "female",
         "language": "en-GB", "most": 6, "tries": 1, "n": 2}
        """,
    ),
    Stored("record", c.Record("A", 5), '{"is": "record", "call": "A", "seconds": 5}'),
    Stored(
        "create",
        c.Create(
            call="A",
            room="demo",
            n=2,
            beep="always",
            max_participants=250,
            region="Europe",
            options={"hold": True, "volume": 0.5, "tags": ["a", None, 3]},
        ),
        """
        {"is": "create", "call": "A", "room": "demo", "n": 2, "beep": "always",
         "max_participants": 250, "region": "Europe",
         "options": {"hold": true, "volume": 0.5, "tags": ["a", null, 3]}}
        """,
    ),
    Stored("find", c.Find("demo"), '{"is": "find", "room": "demo"}'),
    Stored(
        "join",
        c.Join("A", "K", 1, options={"is": "a name of theirs"}),
        """
        {"is": "join", "call": "A", "conference": "K", "n": 1,
         "options": {"is": "a name of theirs"}}
        """,
    ),
    Stored("hangup", c.Hangup("A"), '{"is": "hangup", "call": "A"}'),
    Stored(
        "kick",
        c.Kick("A", "X", alone=True, account="acc"),
        '{"is": "kick", "call": "A", "conference": "X", "alone": true, "account": "acc"}',
    ),
    Stored(
        "leave",
        c.Leave("A", "K", 1, to="blue", region="US", beep="never"),
        """
        {"is": "leave", "call": "A", "conference": "K", "n": 1, "to": "blue", "region": "US",
         "beep": "never"}
        """,
    ),
    Stored(
        "remember",
        c.Remember("A", DEMO),
        '{"is": "remember", "call": "A", "client_state": {"room": "demo"}}',
    ),
    Stored(
        "dial",
        c.Dial(
            to="+15550102",
            client_state=DEMO,
            id="r1",
            rings=30,
            lasts=14400,
            conference="X",
            beep="always",
            attributes={"muted": "true"},
            callback="https://x/",
        ),
        """
        {"is": "dial", "to": "+15550102", "client_state": {"room": "demo"}, "id": "r1",
         "rings": 30, "lasts": 14400, "conference": "X", "beep": "always",
         "attributes": {"muted": "true"}, "callback": "https://x/"}
        """,
    ),
    Stored(
        "a moderator's own",
        c.PassThrough("conference", "K", "play", {"call_control_ids": ["A", "B"]}, "r2"),
        """
        {"is": "pass through", "of": "conference", "about": "K", "name": "play",
         "body": {"call_control_ids": ["A", "B"]}, "id": "r2"}
        """,
    ),
    Stored(
        "hold",
        c.Hold("K", ("A", "B"), music="https://x/m.wav", asked_by=frozenset({"r2", "r1"})),
        """
        {"is": "hold", "conference": "K", "calls": ["A", "B"], "music": "https://x/m.wav",
         "asked_by": ["r1", "r2"]}
        """,
    ),
    Stored("unhold", c.Unhold("K", ("A",)), '{"is": "unhold", "conference": "K", "calls": ["A"]}'),
    Stored("mute", c.Mute("K", ("A",)), '{"is": "mute", "conference": "K", "calls": ["A"]}'),
    Stored(
        "unmute",
        c.Unmute("K", ("A",), region="US"),
        '{"is": "unmute", "conference": "K", "calls": ["A"], "region": "US"}',
    ),
    Stored(
        "take snapshot",
        c.TakeSnapshot("demo", region="US", conference="X"),
        '{"is": "take snapshot", "room": "demo", "region": "US", "conference": "X"}',
    ),
]

EVENTS = [
    Stored(
        "webhook",
        e.Webhook(
            type="call.enqueued",
            at=12.5,
            id="e1",
            occurred_at="2026-08-21",
            call="A",
            leg="L",
            conference="K",
            direction="incoming",
            from_="+1",
            to="+2",
            cause="why",
            client_state=DEMO,
            delivered_to="https://x/",
            details={"queue": "support", "current_position": 3},
        ),
        """
        {"is": "webhook", "type": "call.enqueued", "at": 12.5, "id": "e1",
         "occurred_at": "2026-08-21", "call": "A", "leg": "L", "conference": "K",
         "direction": "incoming", "from_": "+1", "to": "+2", "cause": "why",
         "client_state": {"room": "demo"}, "delivered_to": "https://x/",
         "details": {"queue": "support", "current_position": 3}}
        """,
    ),
    Stored(
        "status callback",
        StatusCallback(
            type="participant-join",
            at=12.5,
            conference="X",
            room="demo",
            call="A",
            account="acc",
            sequence=7,
            occurred_at="2026-08-21",
            from_="+1",
            to="+2",
            recording="R",
            fields={"CallSid": "A"},
            origin="https://x",
        ),
        """
        {"is": "status callback", "type": "participant-join", "at": 12.5, "conference": "X",
         "room": "demo", "call": "A", "account": "acc", "sequence": 7,
         "occurred_at": "2026-08-21", "from_": "+1", "to": "+2", "recording": "R",
         "fields": {"CallSid": "A"}, "origin": "https://x"}
        """,
    ),
    Stored("fetch", Fetch("A", 12.5), '{"is": "fetch", "call": "A", "at": 12.5}'),
    Stored(
        "fetch after a PIN",
        Fetch("A", 12.5, "+1", "moderator"),
        '{"is": "fetch", "call": "A", "at": 12.5, "number": "+1", "role": "moderator"}',
    ),
    Stored(
        "PIN posted",
        PinPosted("A", 12.5, "+1", 2, "4821"),
        """
        {"is": "pin posted", "call": "A", "at": 12.5, "number": "+1", "nth": 2, "digits": "4821"}
        """,
    ),
    Stored(
        "outcome, refused",
        e.Outcome(c.Hangup("A"), 12.5, 429, "10011", "Too many", retry_after=1.5),
        """
        {"is": "outcome", "command": {"is": "hangup", "call": "A"}, "at": 12.5, "status": 429,
         "code": "10011", "detail": "Too many", "retry_after": 1.5}
        """,
    ),
    Stored(
        "outcome with JSON",
        e.Outcome(c.Find("demo"), 12, data={"id": "K", "more": [1, None, {"is": "room"}]}),
        """
        {"is": "outcome", "command": {"is": "find", "room": "demo"}, "at": 12,
         "data": {"id": "K", "more": [1, null, {"is": "room"}]}}
        """,
    ),
    Stored(
        "outcome with JSON that looks like ours",
        e.Outcome(c.Find("demo"), 12, data={"is": "room", "name": "demo"}),
        """
        {"is": "outcome", "command": {"is": "find", "room": "demo"}, "at": 12,
         "data": {"is": "json", "of": {"is": "room", "name": "demo"}}}
        """,
    ),
    Stored(
        "outcome with a snapshot",
        e.Outcome(
            command=c.TakeSnapshot("demo"),
            at=12,
            data=Snapshot(
                conference="K",
                joined={"A": Seen(held=True, muted=False)},
                calls={"A": DEMO},
                elsewhere={"B": "blue"},
                unknown_calls=frozenset({"D", "C"}),
                of_texml=True,
                coming=frozenset({"E"}),
                started=True,
            ),
        ),
        """
        {"is": "outcome", "command": {"is": "take snapshot", "room": "demo"}, "at": 12,
         "data": {"is": "snapshot", "conference": "K",
                  "joined": {"A": {"held": true, "muted": false}},
                  "calls": {"A": {"room": "demo"}}, "elsewhere": {"B": "blue"},
                  "unknown_calls": ["C", "D"], "of_texml": true, "coming": ["E"], "started": true}}
        """,
    ),
    Stored("deadline", e.DeadlinePassed(12.5), '{"is": "deadline passed", "at": 12.5}'),
    Stored("a snapshot is wanted", e.SnapshotWanted(12.5), '{"is": "snapshot wanted", "at": 12.5}'),
    Stored(
        "a moderator's request",
        e.ModeratorRequest(
            verb="speak",
            at=12.5,
            id="r1",
            calls=("A",),
            values={"text": "Hello.", "voice_settings": {"rate": 1.5}},
        ),
        """
        {"is": "moderator request", "verb": "speak", "at": 12.5, "id": "r1", "calls": ["A"],
         "values": {"text": "Hello.", "voice_settings": {"rate": 1.5}}}
        """,
    ),
    Stored(
        "handed over",
        e.HandedOver(
            at=12.5,
            participant=Participant("A", "+1", "moderator", "incoming", "joined", 10.0),
            asked=Asked(hold=True, mute_by="mute-all", music="m"),
            left="K",
            recorded=1,
            unsaved=2,
            request="r1",
        ),
        """
        {"is": "handed over", "at": 12.5, "left": "K", "recorded": 1, "unsaved": 2, "request": "r1",
         "participant": {"call": "A", "number": "+1", "role": "moderator",
                         "direction": "incoming", "status": "joined", "since": 10.0},
         "asked": {"hold": true, "mute_by": "mute-all", "music": "m"}}
        """,
    ),
    Stored(
        "request answered",
        e.RequestAnswered(12.5, "A", "Calling.", "dial-limit"),
        """
        {"is": "request answered", "at": 12.5, "call": "A", "words": "Calling.",
         "refused": "dial-limit"}
        """,
    ),
    Stored(
        "internal fault",
        e.InternalFault(12.5, c.Hangup("A")),
        """
        {"is": "internal fault", "at": 12.5, "command": {"is": "hangup", "call": "A"}}
        """,
    ),
]

ROOMS = [
    Stored("empty room", Room("demo"), '{"is": "room", "name": "demo"}'),
    Stored(
        "room with opening hours",
        Room(
            "demo",
            RoomSettings(
                opening_hours=Hours({4: (Window(1320, 1560),)}, {"2026-12-25": ()}),
                time_zone="Europe/Berlin",
            ),
        ),
        """
        {"is": "room", "name": "demo",
         "settings": {"opening_hours": {"week": [[4, [{"begins": 1320, "ends": 1560}]]],
                                        "dates": {"2026-12-25": []}},
                      "time_zone": "Europe/Berlin"}}
        """,
    ),
    Stored(
        "reception",
        Room(
            name="reception",
            settings=RoomSettings(stages=("pin",), pins=(Pin("4821", "sales", "moderator"),)),
            participants={
                "A": Participant(
                    *("A", "+1", "participant", "incoming", "greeting", 10.0),
                    stages=("pin",),
                    pin="1234",
                    pin_tries=("unknown", "silent"),
                )
            },
            pin_defence=PinDefence(
                records={"+1": Record(3, 10.5, 25.5)},
                right={"+2": 8.5},
                lately=(9.5, 10.5),
                turns={"usual": 11.5},
            ),
        ),
        """
        {"is": "room", "name": "reception",
         "settings": {"stages": ["pin"],
                      "pins": [{"digits": "4821", "room": "sales", "role": "moderator"}]},
         "participants": {"A": {"call": "A", "number": "+1", "role": "participant",
                                "direction": "incoming", "status": "greeting", "since": 10.0,
                                "stages": ["pin"], "pin": "1234",
                                "pin_tries": ["unknown", "silent"]}},
         "pin_defence": {"records": {"+1": {"wrong": 3, "at": 10.5, "next": 25.5}},
                         "right": {"+2": 8.5}, "lately": [9.5, 10.5],
                         "turns": {"usual": 11.5}}}
        """,
    ),
    Stored(
        "room with everything",
        Room(
            name="demo",
            settings=RoomSettings(
                greeting_first="First.",
                greeting_next="",
                voice="male",
                language="de-DE",
                words={"Muted.": "Stumm."},
                hold_audio_url="https://x/m.wav",
                public_url="https://x",
                beep="never",
                max_participants=3,
                region="US",
                comfort_noise=False,
                duration_minutes=5,
                alone_minutes=0.5,
                reconcile_seconds=0,
                texml={"muted": "true"},
            ),
            watches_unknown_calls=True,
            origin="https://y",
            conference="K",
            front="texml",
            waits_for_start=True,
            locked=True,
            begun=True,
            chimes_off=True,
            newcomers=("B",),
            host_left={"+1": Known("Ann", "moderator")},
            members=4,
            unclaimed=frozenset({4, 3}),
            speaker="A",
            participants={
                "B": Participant("B", "+2", "participant", "outgoing", "ringing", 1.0),
                "A": Participant(
                    call="A",
                    number="+1",
                    role="listener",
                    direction="incoming",
                    status="joined",
                    since=10.5,
                    label="Ann",
                    joined_at=11.5,
                    moved_at="2026-08-21",
                    tries=2,
                    patience=20.5,
                    stages=("confirm",),
                    join_options={"hold": True},
                    moved_from="J",
                    member=2,
                    taken_out=True,
                    waits_since=9.5,
                    our_number="+3",
                    ended_by="r4",
                ),
            },
            joined=frozenset({"C", "A"}),
            queued={"A": Place("support", 2, "2026-08-21")},
            pending={
                c.Queue("call", "B"): (c.Answer("B", DEMO), c.Hangup("B")),
                c.HOLD_AND_MUTE: (c.Mute("K", ("A",)),),
            },
            deadlines={
                Deadline("call", "B"): 40.5,
                Deadline("retry", c.Queue("call", "B")): 41.5,
                Deadline("snapshot", ""): 42.5,
                Deadline("host", "away"): 43.5,
            },
            ended={"Z": 8.5},
            holding=HoldAndMute(
                told={"A": Told(held=None, muted=True, music="m")},
                told_at=11.5,
                asked={"A": Asked(mute_by="moderator")},
                one_by_one=frozenset({"A"}),
                rejoined=frozenset({"B"}),
                refused_music=frozenset({"https://x/b.wav"}),
                refusals={"hold A": 2},
                hold_asked_by={"A": "r1"},
                mute_asked_by={"A": "r2"},
            ),
            recordings=Recordings(
                going_on={"K": 2}, unsaved={"A": 1}, heard={"A": "K"}, from_start="K"
            ),
            reconciliation=Reconciliation(
                doubts=frozenset({Doubt("told", "A", "held"), Doubt("left", "B")}),
                compared_at=7.5,
                healed=5,
                unknown_calls=frozenset({"S"}),
                moved_away=frozenset({"M"}),
                has_others=True,
            ),
            texml=Texml(
                facts=Facts(
                    conference="X",
                    account="acc",
                    newest="2026-08-21",
                    started=True,
                    inside={"A": (4, True)},
                    speaks={"A": (5, False)},
                ),
                dialled={"r1": c.Dial("+2", DEMO, "r1", rings=30, lasts=60)},
                expected={"E": 6.5, "D": 7.5},
                sent_away={"F": 8.5},
            ),
        ),
        """
        {"is": "room", "name": "demo",
         "settings": {"greeting_first": "First.", "greeting_next": "", "voice": "male",
                      "language": "de-DE", "words": {"Muted.": "Stumm."},
                      "hold_audio_url": "https://x/m.wav",
                      "public_url": "https://x", "beep": "never", "max_participants": 3,
                      "region": "US", "comfort_noise": false, "duration_minutes": 5,
                      "alone_minutes": 0.5, "reconcile_seconds": 0,
                      "texml": {"muted": "true"}},
         "watches_unknown_calls": true, "origin": "https://y", "conference": "K", "front": "texml",
         "waits_for_start": true, "locked": true, "begun": true, "chimes_off": true,
         "newcomers": ["B"],
         "host_left": {"+1": {"label": "Ann", "role": "moderator"}},
         "members": 4, "unclaimed": [3, 4],
         "speaker": "A",
         "participants": {
             "B": {"call": "B", "number": "+2", "role": "participant", "direction": "outgoing",
                   "status": "ringing", "since": 1.0},
             "A": {"call": "A", "number": "+1", "role": "listener", "direction": "incoming",
                   "status": "joined", "since": 10.5, "label": "Ann", "joined_at": 11.5,
                   "moved_at": "2026-08-21", "tries": 2, "patience": 20.5, "stages": ["confirm"],
                   "join_options": {"hold": true}, "moved_from": "J", "member": 2,
                   "taken_out": true, "waits_since": 9.5, "our_number": "+3", "ended_by": "r4"}},
         "joined": ["A", "C"],
         "queued": {"A": {"queue": "support", "position": 2, "moved_at": "2026-08-21"}},
         "pending": [
             [{"of": "call", "id": "B"},
              [{"is": "answer", "call": "B", "client_state": {"room": "demo"}},
               {"is": "hangup", "call": "B"}]],
             [{"of": "hold and mute"}, [{"is": "mute", "conference": "K", "calls": ["A"]}]]],
         "deadlines": [
             [{"kind": "call", "of": "B"}, 40.5],
             [{"kind": "retry", "of": {"is": "queue", "of": "call", "id": "B"}}, 41.5],
             [{"kind": "snapshot", "of": ""}, 42.5],
             [{"kind": "host", "of": "away"}, 43.5]],
         "ended": {"Z": 8.5},
         "holding": {"told": {"A": {"held": null, "muted": true, "music": "m"}},
                     "told_at": 11.5, "asked": {"A": {"mute_by": "moderator"}}, "one_by_one": ["A"],
                     "rejoined": ["B"], "refused_music": ["https://x/b.wav"],
                     "refusals": {"hold A": 2},
                     "hold_asked_by": {"A": "r1"}, "mute_asked_by": {"A": "r2"}},
         "recordings": {"going_on": {"K": 2}, "unsaved": {"A": 1}, "heard": {"A": "K"},
                        "from_start": "K"},
         "reconciliation": {"doubts": [{"what": "left", "which": "B"},
                                       {"what": "told", "which": "A", "has": "held"}],
                            "compared_at": 7.5, "healed": 5, "unknown_calls": ["S"],
                            "moved_away": ["M"], "has_others": true},
         "texml": {"facts": {"conference": "X", "account": "acc", "newest": "2026-08-21",
                             "started": true, "inside": {"A": [4, true]},
                             "speaks": {"A": [5, false]}},
                   "dialled": {"r1": {"to": "+2", "client_state": {"room": "demo"}, "id": "r1",
                                     "rings": 30, "lasts": 60}},
                   "expected": {"E": 6.5, "D": 7.5}, "sent_away": {"F": 8.5}}}
        """,
    ),
]

STORED = [*COMMANDS, *EVENTS, *ROOMS]
