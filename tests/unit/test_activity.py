"""The lines that describe a change, for the log and for `/api/events`."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import pytest
from rigs.core import EMPTY, NOW, T0, asks, given, hangup, hook, joined, time

from conference.core.change import Change
from conference.core.client_state import ClientState, StageName
from conference.core.commands import (
    Command,
    Hold,
    Mute,
    PassThrough,
    TakeSnapshot,
    Unhold,
    Unmute,
)
from conference.core.events import Event, HandedOver, Outcome
from conference.core.participant import Participant
from conference.core.parts import FREE, NOTHING_ASKED, Asked, PinEntry, Texml, Told
from conference.core.room import Room
from conference.core.room_settings import RoomSettings
from conference.core.texml.facts import Fetch, PinPosted, StatusCallback
from conference.reporting.activity import activity

ANN = Participant("A", "+13125550142", "participant", "incoming", "joined", T0)
BOB = replace(ANN, call="B", number="+13125550143")
PLAY = PassThrough("conference", "K", "play", {}, "request", at=NOW - 0.5)


def room(*inside: Participant, **parts: object) -> Room:
    """A room with its conference, and these participants in it."""
    calls = {each.call: each for each in inside}
    empty = replace(EMPTY, participants=calls, conference="K", joined=frozenset(calls))
    return given(empty, **parts)


BOTH = room(ANN, BOB)


class Texts(NamedTuple):
    """A row of a table: what a change is described as."""

    name: str
    before: Room
    event: Event
    after: Room
    texts: list[str]
    commands: tuple[Command, ...] = ()


def answered(command: Command, status: int = 200, **why: str) -> Outcome:
    return Outcome(command, NOW, status, **why)


EVENTS = [
    Texts(
        name="a caller who is let in",
        before=room(replace(ANN, status="waiting")),
        event=joined("A"),
        after=room(ANN),
        texts=[
            "conference.participant.joined",
            "...0142: waiting -[conference.participant.joined]> joined, room demo, conference K",
        ],
    ),
    Texts(
        name="the last caller leaves",
        before=room(ANN),
        event=hangup("A", cause="busy"),
        after=replace(EMPTY, participants={}),
        texts=[
            "call.hangup, busy",
            "...0142: joined -[call.hangup]> gone, busy, room demo, conference K",
            "room demo: open as K -[call.hangup]> no conference, 0 inside",
        ],
    ),
    Texts(
        name="a conference opens",
        before=EMPTY,
        event=answered(PLAY),
        after=replace(EMPTY, conference="K"),
        texts=[
            "Telnyx's response to play: done, after 0.5 s",
            "room demo: no conference -[play 200]> open as K, 0 inside",
        ],
    ),
    Texts(
        name="a request and its command",
        before=BOTH,
        event=asks("mute", "B"),
        after=BOTH,
        commands=(Mute("K", ("B",), at=T0), replace(PLAY, attempt=2), TakeSnapshot("demo")),
        texts=["a moderator requests mute", "we send mute", "we send play, try 2"],
    ),
    Texts(
        name="a moderator parks a call",
        before=room(ANN),
        event=asks("leave", "A"),
        after=room(replace(ANN, status="parked")),
        texts=[
            "a moderator requests leave",
            "...0142: joined -[a moderator: leave]> parked, room demo, conference K",
        ],
    ),
    Texts(
        name="a deadline",
        before=room(replace(ANN, status="waiting")),
        event=time(NOW),
        after=room(replace(ANN, status="refused")),
        texts=["...0142: waiting -[time is up]> refused, room demo, conference K"],
    ),
    Texts(
        name="a call that is moved here",
        before=EMPTY,
        event=HandedOver(NOW, ANN, NOTHING_ASKED),
        after=replace(EMPTY, participants={"A": replace(ANN, status="waiting")}),
        texts=["...0142: new -[moved here]> waiting, room demo, conference none"],
    ),
    Texts(
        name="a call by TeXML",
        before=EMPTY,
        event=Fetch("A", NOW),
        after=EMPTY,
        texts=["Telnyx fetches the TeXML document"],
    ),
    *(
        Texts(
            name=f"a PIN by TeXML: {said}",
            before=EMPTY,
            event=PinPosted("A", NOW, "+13125550142", 1, "4821"),
            after=replace(EMPTY, texml=Texml(entries={"A": entry})),
            texts=[f"Telnyx posts a PIN: {said}"],
        )
        for said, entry in (
            ("it is not known", PinEntry(NOW, ("silent", "unknown"))),
            ("none was entered", PinEntry(NOW, ("silent",))),
            ("it waits for its turn", PinEntry(NOW, pin="4821", turn=NOW + 15)),
            ("there were too many wrong ones", PinEntry(NOW, put_off=True)),
            ("it leads to room blue as listener", PinEntry(NOW, room="blue", role="listener")),
        )
    ),
    Texts(
        name="a refusal",
        before=BOTH,
        event=answered(PLAY, 422, code="10015", detail="No."),
        after=BOTH,
        texts=["Telnyx's response to play: refused (10015 No.), after 0.5 s"],
    ),
    Texts(
        name="no answer",
        before=BOTH,
        event=answered(PLAY, 0, detail="ReadTimeout"),
        after=BOTH,
        texts=["Telnyx's response to play: unknown (ReadTimeout), after 0.5 s"],
    ),
    Texts(
        name="a command that is not sent any more",
        before=BOTH,
        event=answered(PLAY, 408, code="dropped", detail="too late"),
        after=BOTH,
        texts=["play is dropped: too late"],
    ),
    Texts(
        name="another speaker",
        before=BOTH,
        event=hook("conference.floor.changed", "A"),
        after=replace(BOTH, speaker="A"),
        texts=[],
    ),
]


class HoldTexts(NamedTuple):
    """A row of a table: how a change of Bob's hold and mute is described."""

    name: str
    before: Told
    command: Command
    after: Told
    text: str
    asked: Asked = NOTHING_ASKED
    inside: tuple[Participant, ...] = (ANN, BOB)
    status: int = 200


HELD, MUTED, UNKNOWN = Told(True), Told(muted=True), Told(None, None)
HOLD, UNHOLD, MUTE, UNMUTE = (kind("K", ("B",), at=T0) for kind in (Hold, Unhold, Mute, Unmute))
HOLDS = [
    HoldTexts(
        name="alone",
        before=FREE,
        command=HOLD,
        after=HELD,
        inside=(BOB,),
        text="put on hold because alone (hold 200)",
    ),
    HoldTexts(
        name="held by a moderator",
        before=FREE,
        command=HOLD,
        after=HELD,
        asked=Asked(hold=True),
        text="put on hold by a moderator (hold 200)",
    ),
    HoldTexts(
        name="held, and the reason is gone already",
        before=FREE,
        command=HOLD,
        after=HELD,
        text="put on hold (hold 200)",
    ),
    HoldTexts(
        name="other music",
        before=HELD,
        command=HOLD,
        after=Told(True, music="jazz"),
        text="other hold music (hold 200)",
    ),
    HoldTexts(
        name="freed",
        before=HELD,
        command=UNHOLD,
        after=FREE,
        text="no longer on hold (unhold 200)",
    ),
    HoldTexts(
        name="muted by a moderator",
        before=FREE,
        command=MUTE,
        after=MUTED,
        asked=Asked(mute_by="moderator"),
        text="muted by a moderator (mute 200)",
    ),
    HoldTexts(
        name="muted with everybody",
        before=FREE,
        command=MUTE,
        after=MUTED,
        asked=Asked(mute_by="mute-all"),
        text="muted with everybody (mute 200)",
    ),
    HoldTexts(
        name="muted as a listener",
        before=FREE,
        command=MUTE,
        after=MUTED,
        asked=Asked(mute_by="listener"),
        text="muted as a listener (mute 200)",
    ),
    HoldTexts(
        name="muted by the own key",
        before=FREE,
        command=MUTE,
        after=MUTED,
        asked=Asked(mute_by="self"),
        text="muted by the own key (mute 200)",
    ),
    HoldTexts(
        name="muted, and on hold before",
        before=HELD,
        command=MUTE,
        after=Told(True, True),
        text="muted (mute 200)",
    ),
    HoldTexts(
        name="unmuted",
        before=MUTED,
        command=UNMUTE,
        after=FREE,
        text="no longer muted (unmute 200)",
    ),
    HoldTexts(
        name="no answer",
        before=FREE,
        command=UNHOLD,
        after=UNKNOWN,
        status=0,
        text="hold unknown, mute unknown (unhold no answer)",
    ),
    HoldTexts(
        name="known again",
        before=UNKNOWN,
        command=UNHOLD,
        after=FREE,
        text="not on hold, not muted (unhold 200)",
    ),
]


def described(change: Change) -> list[str]:
    return [line.text for line in activity(change)]


@pytest.mark.parametrize("case", EVENTS, ids=[case.name for case in EVENTS])
def test_a_change_in_words(case: Texts) -> None:
    calls = tuple({**case.before.participants, **case.after.participants})
    change = Change(case.before, case.after, case.event, case.commands, touched=calls)
    assert described(change) == case.texts


@pytest.mark.parametrize("case", HOLDS, ids=[case.name for case in HOLDS])
def test_hold_and_mute_in_words(case: HoldTexts) -> None:
    asked = {"B": case.asked} if case.asked != NOTHING_ASKED else {}
    before = room(*case.inside, asked=asked, told={"B": case.before})
    after = room(*case.inside, asked=asked, told={"B": case.after})
    change = Change(before, after, Outcome(case.command, NOW, case.status))
    assert described(change)[1:] == [f"...0143: {case.text}, room demo, conference K"]


def test_a_line_names_its_calls_and_the_number_of_the_first() -> None:
    lines = activity(Change(BOTH, BOTH, asks("mute", "B", "A")))
    assert [(line.kind, line.calls, line.number) for line in lines] == [
        ("request", ("B", "A"), "...0143")
    ]


def test_lines_share_equal_texts() -> None:
    """Thousands are kept. Each webhook is read anew, so that its ids are other objects."""
    first, second = (
        next(activity(Change(BOTH, BOTH, hook("call.speak.started", "".join(["v3:", "A"])))))
        for _ in range(2)
    )
    assert first.calls[0] is second.calls[0]
    assert first.text is second.text


def test_the_details_of_a_status_callback_have_no_whole_number() -> None:
    more = {"CallSidLegacy": "v2:A", "FromSipUri": "+13125550142@192.0.2.1:5060", "ToSipUri": "+1"}
    event = StatusCallback("participant-join", NOW, "K", call="A", more=more)
    (line,) = activity(Change(BOTH, BOTH, event))
    assert line.details == {"CallSidLegacy": "v2:A"}


SAYS = "no +1 312 555 0142 at https://ann:s3cret@example.com"
MASKED = "no +...0142 at https://example.com"


def test_text_of_others_is_masked_in_each_line() -> None:
    gone = replace(EMPTY, participants={})
    events = (
        hangup("A", cause=SAYS),
        hook("call.hangup", "A", details={"hangup_source": SAYS}),
        answered(PLAY, 422, code="90057", detail=SAYS),
    )
    changes = [Change(room(ANN), gone, event, (), touched=("A",)) for event in events]
    lines = [line for change in changes for line in described(change)]
    assert [line for line in lines if " at https:" in line] == [
        f"call.hangup, {MASKED}",
        f"...0142: joined -[call.hangup]> gone, {MASKED}, room demo, conference K",
        f"call.hangup, hangup source {MASKED}",
        f"Telnyx's response to play: refused (90057 {MASKED}), after 0.5 s",
    ]


@pytest.mark.parametrize(
    ("stages", "state", "shown"),
    [
        (("pin",), None, {}),
        (("pin",), ClientState("reception", stages=("pin",)), {}),
        ((), ClientState("reception", stages=("pin",)), {}),  # late: the caller is in the room
        ((), ClientState("demo"), {"digits": "4821"}),
    ],
)
def test_no_key_of_the_reception_is_shown(
    stages: tuple[StageName, ...], state: ClientState | None, shown: dict[str, str]
) -> None:
    here = replace(room(ANN), settings=RoomSettings(stages=stages))
    event = hook("call.gather.ended", details={"digits": "4821"}, client_state=state)
    (line,) = activity(Change(here, here, event))
    assert line.details == shown
    assert "4821" not in line.text
