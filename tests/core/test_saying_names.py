"""A caller without a name says it on entry, and the others hear it when the caller joins."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from rigs import core as rig
from rigs.core import EMPTY, NOW, T0, with_settings

from conference.core import commands as c
from conference.core.admission.saying_names import ASK, AWAITED_FOR, SAVED_WITHIN, SERVED_FOR
from conference.core.announcements.chimes import NEXT_CHIME
from conference.core.announcements.names import LONGEST
from conference.core.client_state import ClientState
from conference.core.client_state import encode as encode_state
from conference.core.codec import decode_room, encode
from conference.core.events import Outcome, Webhook
from conference.core.human_text import speech_seconds
from conference.core.outcomes.outcome import SPEECH_TRIED_FOR
from conference.core.participant import SpokenName
from conference.core.room import Deadline, Room
from conference.core.room_settings import Known
from conference.core.snapshot import Snapshot
from conference.core.transitions import change
from conference.reporting import public_view

ANN = "+13125550111"
ADDRESS = "https://s3.example/name.mp3?X-Amz-Signature=secret"
ASKS = with_settings(
    EMPTY,
    ask_name=True,
    chimes=True,
    announce_names=True,
    announce_recording=True,
    roster={ANN: Known("Ann", "moderator")},
)
ONE_MORE = "A caller has joined."
NAMED = "has joined."


def answered(room: Room, call: str = "B", at: float = T0, number: str = "+2") -> Room:
    """The caller is answered, and Telnyx begins to speak what follows."""
    room = rig.well(rig.after(room, rig.initiated(call, at, from_=number)), at, call)
    return rig.well(rig.after(room, rig.hook("call.answered", call, at)), at, call)


def spoken(call: str = "B", at: float = T0) -> Webhook:
    return rig.hook("call.speak.ended", call, at)


def says(room: Room, call: str = "B", at: float = T0) -> Room:
    """The prompt is over, and Telnyx records."""
    return rig.well(rig.after(answered(room, call, at), spoken(call, at)), at, call)


def saved(call: str = "B", at: float = T0, address: str = ADDRESS) -> Webhook:
    return rig.hook("call.recording.saved", call, at, recording=address)


def named(room: Room, call: str = "B", at: float = T0, address: str = ADDRESS) -> Room:
    """The name is saved, and the caller is greeted."""
    return rig.well(rig.after(says(room, call, at), saved(call, at, address)), at)


def joins(room: Room, call: str = "B", at: float = NOW) -> Room:
    """A caller who is greeted comes in. What follows waits for Telnyx."""
    room = rig.well(rig.after(room, spoken(call, at)), at)
    return rig.after(room, rig.joined(call, at))


def host(room: Room = ASKS) -> Room:
    """Ann of the roster is inside."""
    return rig.well(joins(answered(room, "A", number=ANN), "A", T0))


def heard(room: Room) -> list[tuple[str, str, list[str]]]:
    """What waits for Telnyx to be heard inside, with those who hear it."""
    found = [x for x in rig.pending(room, rig.requests("K")) if isinstance(x, c.PassThrough)]
    return [
        (x.name, x.body.get("payload") or x.body["audio_url"], x.body["call_control_ids"])
        for x in found
    ]


HOST = host()
RECORDS = says(HOST)


def test_a_caller_is_asked_and_recorded_and_then_greeted() -> None:
    room, commands = rig.decide(rig.ringing(HOST, "B"), rig.hook("call.answered", "B"))
    assert commands == (c.Speak("B", "name", ASK, "female", "en-GB", at=NOW),)
    room, commands = rig.decide(rig.well(room, NOW, "B"), spoken(at=NOW))
    assert commands == (c.Record("B", int(LONGEST), at=NOW),)
    room = rig.well(room, NOW, "B")
    assert room.deadlines[Deadline("call", "B")] == NOW + LONGEST + SAVED_WITHIN
    room, commands = rig.decide(room, saved(at=NOW))
    greeting = c.Speak("B", "greeting", "Next.", "female", "en-GB", at=NOW)
    assert commands == (c.Remember("B", rig.state("B"), at=NOW), greeting)
    assert rig.status(room) == {"A": "joined", "B": "greeting"}


def test_the_others_hear_the_name_before_the_words() -> None:
    room = joins(named(HOST))
    assert heard(room) == [("play", ADDRESS, ["A"]), ("speak", NAMED, ["A"])]
    first, second = rig.pending(room, rig.requests("K"))
    assert isinstance(first, c.PassThrough) and isinstance(second, c.PassThrough)
    assert first.id != second.id
    assert room.deadlines[NEXT_CHIME] == NOW + LONGEST + speech_seconds(NAMED)


def test_names_are_heard_on_request_only() -> None:
    room = with_settings(HOST, announce_names=False)
    assert heard(joins(named(room))) == [("speak", ONE_MORE, ["A"])]
    silent = with_settings(HOST, chimes=False)
    assert heard(joins(named(silent))) == []


def test_said_and_written_names_are_heard_one_after_the_other() -> None:
    one = joins(named(HOST))
    room = rig.well(one, NOW)
    for call in "CD":
        room = named(room, call, NOW, f"{ADDRESS}{call}")
    room = change(room, "D", label="Dora")
    for call in "CD":
        room = rig.well(joins(room, call), NOW)
    room = rig.after(room, rig.time(room.deadlines[NEXT_CHIME]))
    there = ["A", "B"]
    assert heard(room) == [("play", f"{ADDRESS}C", there), ("speak", "Dora. have joined.", there)]


def test_who_has_a_name_is_not_asked() -> None:
    assert HOST.participants["A"].stages == ()
    room = with_settings(HOST, ask_name=False)
    assert [x.text for x in rig.pending(after_answer(room), "B")] == ["Next."]  # type: ignore[union-attr]
    renamed = rig.after(rig.ringing(HOST, "B"), rig.asks("rename", "B", label="Bob"))
    said = SpokenName(address=ADDRESS, until=NOW + SERVED_FOR)
    named_before = change(rig.ringing(HOST, "B"), "B", spoken_name=said)
    off_by_now = with_settings(rig.ringing(HOST, "B"), ask_name=False)
    for rings in (renamed, named_before, off_by_now):
        room = rig.after(rings, rig.hook("call.answered", "B"))
        assert [x.text for x in rig.pending(room, "B")] == ["Next."]  # type: ignore[union-attr]


def after_answer(room: Room) -> Room:
    return rig.after(rig.ringing(room, "B"), rig.hook("call.answered", "B"))


@pytest.mark.parametrize("role", ["moderator", "participant", "listener"])
def test_callers_of_each_role_are_asked_after_the_pin_and_before_the_lobby(role: Any) -> None:
    settings = with_settings(stages=("pin",), ask_name=True, lobby=True).settings
    lobby = () if role == "moderator" else ("lobby",)
    assert settings.stages_for(role) == ("pin", "name", *lobby)
    assert settings.stages_for(role, "Ann") == ("pin", *lobby)


def test_a_call_that_the_line_dials_is_not_asked() -> None:
    room = rig.after(HOST, rig.asks("dial", to="+13125550142"))
    assert rig.head(room, rig.DIAL).client_state.stages == ()


# A failure is no reason to lose a caller

ASKED = answered(HOST)
ASKING = after_answer(HOST)
BEGINNING = rig.after(answered(HOST), spoken())
FAILED = rig.hook("call.recording.error", "B", cause="Internal server error")
FAILURES: dict[str, tuple[Room, Any]] = {
    "no prompt": (ASKING, rig.answer(ASKING, "B", 422, "90017")),
    "the end of the prompt is lost": (ASKED, rig.time(ASKED.deadlines[Deadline("call", "B")])),
    "no recording": (BEGINNING, rig.answer(BEGINNING, "B", 422, "99999")),
    "a failed recording": (RECORDS, FAILED),
    "nothing is saved": (RECORDS, rig.time(RECORDS.deadlines[Deadline("call", "B")])),
    "saved without an address": (RECORDS, saved(address="")),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_without_a_name_the_caller_comes_in(failure: str) -> None:
    before, event = FAILURES[failure]
    room, commands = rig.decide(before, event)
    assert [x.text for x in commands if isinstance(x, c.Speak)] == ["Next."]
    room = joins(rig.well(room, event.at), at=event.at)
    assert heard(room) == [("speak", ONE_MORE, ["A"])]


def test_a_recording_that_telnyx_keeps_refusing_holds_nobody_up() -> None:
    room, at = BEGINNING, T0
    while isinstance(rig.head(room, "B"), c.Record):
        room = rig.after(room, rig.answer(room, "B", 503, at=at))
        due = room.deadlines.get(rig.retry("B"), at)
        room, at = rig.after(room, rig.time(due)), due
    assert rig.head(room, "B").purpose == "greeting"
    assert at - T0 <= SPEECH_TRIED_FOR


def test_a_caller_who_hangs_up_meanwhile_is_forgotten() -> None:
    room = rig.after(RECORDS, rig.hangup("B"), saved())
    assert rig.status(room) == {"A": "joined"}


def test_not_answered_yet_is_asked_when_it_is() -> None:
    room = rig.after(BEGINNING, rig.answer(BEGINNING, "B", 422, "90034"))
    assert rig.status(room)["B"] == "ringing"


def test_the_end_of_another_speech_records_no_second_time() -> None:
    for room in (BEGINNING, RECORDS):
        assert rig.after(room, spoken(at=NOW)) == room


def test_the_end_of_the_prompt_is_awaited_no_more_when_the_recording_begins() -> None:
    assert Deadline("call", "B") in ASKED.deadlines
    assert Deadline("call", "B") not in BEGINNING.deadlines


# The key


@pytest.mark.parametrize(("digit", "stops"), [("#", True), ("1", False), ("*", False)])
def test_the_hash_key_ends_the_recording(digit: str, stops: bool) -> None:
    event = rig.hook("call.dtmf.received", "B", details={"digit": digit})
    room, commands = rig.decide(RECORDS, event)
    assert [(x.name, x.about) for x in commands if isinstance(x, c.PassThrough)] == (
        [("record_stop", "B")] if stops else []
    )
    if stops:
        assert room.deadlines[Deadline("call", "B")] == NOW + SAVED_WITHIN
    else:
        assert room == RECORDS


@pytest.mark.parametrize("begun", [True, False], ids=["begun", "Telnyx has not responded"])
def test_the_key_counts_once(begun: bool) -> None:
    """However often it is pressed, the caller comes in when nothing is saved."""
    room, sent = RECORDS if begun else BEGINNING, 0
    for n in range(20):
        event = rig.hook("call.dtmf.received", "B", NOW + n / 5, details={"digit": "#"}, id=f"{n}")
        room, commands = rig.decide(room, event)
        room, sent = rig.well(room, event.at, rig.requests("B")), sent + len(commands)
    assert sent == 1
    assert room.deadlines[Deadline("call", "B")] == NOW + SAVED_WITHIN


NOT_SAVED = rig.after(RECORDS, rig.time(RECORDS.deadlines[Deadline("call", "B")]))
BEFORE_OR_AFTER = {
    "asked": ASKED,
    "named": named(HOST),
    "greeted without a name": NOT_SAVED,
    "inside without a name": rig.well(joins(rig.well(NOT_SAVED))),
    "gone": HOST,
}


@pytest.mark.parametrize("room", BEFORE_OR_AFTER.values(), ids=BEFORE_OR_AFTER)
def test_it_ends_nothing_before_or_after(room: Room) -> None:
    event = rig.hook("call.dtmf.received", "B", details={"digit": "#"})
    assert rig.after(room, event) == room


# The two kinds of recordings


def test_a_name_is_no_recording_of_the_call() -> None:
    assert RECORDS.recordings == HOST.recordings
    room = rig.well(joins(named(HOST)))
    assert room.recordings == HOST.recordings
    shown = {row["call_control_id"]: row for row in public_view.participants(RECORDS)}
    assert shown["B"]["recording"] is False


def test_a_recording_that_a_moderator_has_made_is_no_name() -> None:
    room = rig.well(joins(named(HOST)), NOW)
    room = rig.well(rig.after(room, rig.asks("record-start", "B", format="mp3")), NOW)
    assert room.recordings.going_on == {"B": 1}
    room = rig.after(room, saved(at=NOW + 9, address="https://s3.example/whole-call.mp3"))
    assert room.recordings.going_on == {}
    assert room.participants["B"].spoken_name.address == ADDRESS
    late = rig.after(RECORDS, rig.time(RECORDS.deadlines[Deadline("call", "B")]))
    late = rig.after(late, saved(at=T0 + AWAITED_FOR))
    assert late.participants["B"].spoken_name.address == ""


@pytest.mark.parametrize("stopped", [False, True])
def test_a_recording_soon_after_a_name_that_was_not_saved_is_no_name(stopped: bool) -> None:
    late = rig.after(RECORDS, rig.time(RECORDS.deadlines[Deadline("call", "B")]))
    room = rig.well(joins(rig.well(late, NOW), at=NOW), NOW)
    room = rig.well(rig.after(room, rig.asks("record-start", "B", format="mp3")), NOW)
    if stopped:
        room = rig.well(rig.after(room, rig.asks("record-stop", "B")), NOW)
    room = rig.after(room, saved(at=NOW + 20, address="https://s3.example/whole-call.mp3"))
    assert room.participants["B"].spoken_name.address == ""
    assert (room.recordings.going_on, room.recordings.unsaved) == ({}, {})


def test_a_name_that_is_saved_late_is_kept() -> None:
    late = rig.after(RECORDS, rig.time(RECORDS.deadlines[Deadline("call", "B")]))
    room = rig.after(late, saved(at=NOW + 20))
    assert room.participants["B"].spoken_name.address == ADDRESS
    assert rig.status(room)["B"] == "greeting" and rig.pending(room, "B") == rig.pending(late, "B")


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_its_webhooks_may_come_in_any_order_and_twice(order: tuple[int, ...]) -> None:
    events = [Outcome(rig.head(BEGINNING, "B"), NOW), saved(at=NOW), spoken(at=NOW)]
    room = BEGINNING
    for n in order:
        room = rig.after(room, events[n])
    assert room.participants["B"].spoken_name.address == ADDRESS
    assert rig.status(room)["B"] in ("greeting", "waiting")


# How long, and for which callers


def test_a_name_is_heard_for_as_long_as_telnyx_serves_it() -> None:
    for after, words in ((SERVED_FOR - 1, "play"), (SERVED_FOR, "speak")):
        room = joins(named(HOST), at=T0 + after)
        assert heard(room)[0][0] == words


def test_its_address_is_private() -> None:
    room = joins(named(HOST))
    assert "secret" not in repr(named(HOST)) + repr(saved())
    assert "secret" not in str(public_view.room(room))
    assert not [
        x for x in room.pending.values() if any("secret" in encode_remembered(each) for each in x)
    ]
    assert decode_room(encode(room)) == room


def encode_remembered(command: c.Command) -> str:
    return encode_state(command.client_state) if isinstance(command, c.Remember) else ""


def test_moderators_hear_the_name_of_one_who_waits_in_the_lobby() -> None:
    room = rig.after(named(with_settings(HOST, lobby=True)), spoken())
    assert heard(room) == []
    waits = with_settings(HOST, lobby=True)
    room = rig.after(says(waits), saved())
    assert heard(room) == [("play", ADDRESS, ["A"]), ("speak", "is waiting in the lobby.", ["A"])]
    plain = rig.after(says(with_settings(waits, announce_names=False)), saved())
    assert heard(plain) == [("speak", "A caller is waiting in the lobby.", ["A"])]


def test_after_a_restart_the_caller_is_asked_again() -> None:
    state = ClientState("demo", number="+2", stages=("name",), member=2)
    begun = Room("demo", ASKS.settings, pending=rig.queued(c.SNAPSHOT, c.TakeSnapshot("demo")))
    seen = rig.answer(begun, c.SNAPSHOT, data=Snapshot(calls={"B": state}))
    room, commands = rig.decide(begun, seen)
    assert [x.text for x in commands if isinstance(x, c.Speak)] == [ASK]
    assert rig.status(room) == {"B": "greeting"}
