"""Every recorded webhook, in every state of its call: what changes in the room, and what not."""

from dataclasses import fields

import pytest
from lines import TestLine, test_line
from recorded import EVENT_TYPES, make, post

from conference.core.room import Room

STATES = {
    "unknown": [],
    "ringing": ["call.initiated"],
    "greeting": ["call.initiated", "call.answered"],
    "joined": [
        "call.initiated",
        "call.answered",
        "call.speak.ended",
        "conference.created",
        "conference.participant.joined",
    ],
}
GONE = {"participants", "deadlines", "ended"}
OUT = {"participants", "joined", "told", "deadlines", "conference"}
LET_IN = OUT | {"told_at"}  # alone, and so on hold
CHANGES = {
    ("unknown", "call.initiated"): {"participants", "deadlines", "origin"},
    ("unknown", "call.hangup"): {"ended", "origin"},
    ("ringing", "call.answered"): {"participants", "deadlines"},
    ("ringing", "call.hangup"): GONE,
    ("ringing", "conference.participant.joined"): LET_IN,
    ("ringing", "conference.ended"): {"ended"},
    ("greeting", "conference.ended"): {"ended"},
    ("ringing", "conference.floor.changed"): {"speaker"},
    ("ringing", "conference.floor.changed.unwrapped"): {"speaker"},
    ("greeting", "conference.floor.changed"): {"speaker"},
    ("greeting", "conference.floor.changed.unwrapped"): {"speaker"},
    ("greeting", "call.speak.ended"): {"participants", "deadlines", "conference"},
    ("greeting", "call.hangup"): GONE,
    ("greeting", "conference.participant.joined"): LET_IN,
    ("joined", "call.hangup"): OUT | {"ended"},
    ("joined", "conference.participant.left"): OUT,
    ("joined", "conference.ended"): OUT | {"ended"},
    ("joined", "conference.floor.changed"): {"speaker"},
    ("joined", "conference.floor.changed.unwrapped"): {"speaker"},
}


def changed(before: Room, after: Room) -> set[str]:
    names = (f.name for f in fields(Room) if f.compare)
    return {name for name in names if getattr(before, name) != getattr(after, name)}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_what_a_webhook_changes(state: str, event_type: str) -> None:
    with test_line() as line:
        line.happens(*STATES[state])
        before = line.room
        event = make(event_type)

        assert post(line.client, event).status_code == 200
        assert changed(before, line.room) == CHANGES.get((state, event_type), set())

        sent, after = list(line.api.sent), line.room
        assert post(line.client, event).status_code == 200, "the second time"
        assert (line.room, line.api.sent) == (after, sent)


def test_every_event_is_recorded_with_its_source() -> None:
    assert len(EVENT_TYPES) == 36
    assert {name for name in EVENT_TYPES if name.startswith("conference.")} >= {
        f"conference.{what}" for what in ("created", "ended", "floor.changed", "recording.saved")
    }


def test_recorded_story_of_one_call(line: TestLine) -> None:
    line.happens(*STATES["joined"])
    (participant,) = line.room.participants.values()
    assert (participant.status, participant.number) == ("joined", "+13125550142")
    line.happens("call.hangup", "conference.participant.left", "conference.ended")
    room = line.room
    assert (room.participants, room.conference, room.pending, room.told) == ({}, "", {}, {})
