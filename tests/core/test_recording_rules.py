"""Recordings from the start, and the notice of recordings: to all, to late ones, and at the end."""

from __future__ import annotations

from typing import Any

import pytest
from rigs import core as rig
from rigs.core import EMPTY, NOW, T0, with_settings

from conference.core import commands as c
from conference.core.announcements.recording_notice import ENDED, NO_LONGER, RECORDED
from conference.core.events import Event, Outcome, SnapshotWanted
from conference.core.replacing import replace
from conference.core.room import Room
from conference.core.snapshot import Seen, Snapshot

ANNOUNCES = with_settings(announce_recording=True)
RECORDS = with_settings(ANNOUNCES, record="record-from-start")
FROM_HOST = with_settings(RECORDS, record_from_host=True)
BODY = {"format": "mp3", "play_beep": True}
TWO = rig.inside(rig.inside(ANNOUNCES), "B")
SAVED = rig.hook("conference.recording.saved")


def requests(room: Room, name: str) -> list[c.PassThrough]:
    """The commands with this name that wait for Telnyx, by any conference."""
    waiting = [each for commands in room.pending.values() for each in commands]
    return [each for each in waiting if isinstance(each, c.PassThrough) and each.name == name]


def starts(room: Room) -> list[Any]:
    return [each.body for each in requests(room, "record_start")]


def heard(room: Room) -> list[tuple[str, list[str]]]:
    """The announcements that wait for Telnyx, with those who hear them."""
    found = requests(room, "speak")
    return [(each.body["payload"], each.body["call_control_ids"]) for each in found]


def accepted(room: Room, name: str, conference: str = "K") -> Room:
    """Let Telnyx accept the only command with this name; the others wait on."""
    (command,) = requests(room, name)
    return rig.after(room, Outcome(command, NOW, 200, ""))


def asked(room: Room, verb: str, *calls: str, **values: Any) -> Room:
    """Let Telnyx accept a moderator's request, and nothing that follows from it."""
    return accepted(rig.after(room, rig.asks(verb, *calls, **values)), verb.replace("-", "_"))


def opened(room: Room) -> Room:
    """Let a first caller open the conference."""
    waits = rig.waiting(room)
    return rig.after(waits, rig.answer(waits, c.CONFERENCE, data={"id": "K"}))


# From the start


@pytest.mark.parametrize(
    ("settings", "body"),
    [
        ({}, BODY),
        ({"record_beep": False}, {**BODY, "play_beep": False}),
        ({"trim": "trim-silence"}, {**BODY, "trim": "trim-silence"}),
        ({"region": "Europe"}, {**BODY, "region": "Europe"}),
    ],
    ids=["as usual", "without a beep", "trimmed", "in a region"],
)
def test_a_conference_is_recorded_when_it_opens(settings: Any, body: Any) -> None:
    room = opened(with_settings(RECORDS, **settings))
    assert starts(room) == [body]
    later = rig.inside(rig.inside(RECORDS), "B")
    assert starts(later) == [], "once for each conference"


@pytest.mark.parametrize("room", [EMPTY, ANNOUNCES], ids=["no rooms file", "not from the start"])
def test_else_no_recording_begins(room: Room) -> None:
    assert starts(opened(room)) == []


def test_the_webhook_may_come_before_the_response_to_the_create() -> None:
    waits = rig.waiting(RECORDS)
    assert starts(rig.after(waits, rig.hook("conference.created"))) == [BODY]


def test_a_room_may_be_recorded_from_its_first_moderator_on() -> None:
    room = rig.inside(rig.inside(FROM_HOST), "B")
    assert room.recordings.going_on == {} and room.recordings.from_start == ""
    hosted = rig.after(room, rig.asks("role", "B", role="moderator"))
    assert starts(hosted) == [BODY]
    gone = rig.after(rig.well(hosted), rig.hangup("B"))
    assert starts(rig.inside(gone, "C")) == []
    assert gone.recordings.going_on == {"K": 1}, "the recording goes on without the moderator"


def test_the_next_conference_is_recorded_again() -> None:
    room = rig.well(opened(RECORDS))
    again = rig.waiting(rig.after(room, rig.hangup("A"), rig.ended("K")), "B")
    again = rig.after(again, rig.answer(again, c.CONFERENCE, data={"id": "L"}))
    assert [(each.about, each.body) for each in requests(again, "record_start")] == [("L", BODY)]


def test_a_moderator_ends_it_for_this_conference() -> None:
    room = rig.well(rig.after(rig.inside(RECORDS), rig.asks("record-stop")))
    assert room.recordings.going_on == {}
    assert starts(rig.inside(room, "B")) == []


def test_by_texml_telnyx_records_by_itself() -> None:
    assert starts(rig.after(replace(RECORDS, front="texml", conference="K"), rig.time(NOW))) == []


def recovered(room: Room) -> Room:
    """Let the first snapshot after a restart show one call inside."""
    waits = rig.after(room, SnapshotWanted(NOW))
    seen = Snapshot(conference="K", joined={"A": Seen(held=False, muted=False)})
    seen = replace(seen, calls={"A": rig.STATE})
    return rig.after(waits, rig.answer(waits, c.SNAPSHOT, data=seen))


def test_a_conference_from_before_a_restart_counts_as_recorded() -> None:
    room = recovered(RECORDS)
    assert starts(room) == [] and room.recordings.going_on == {"K": 1}
    assert heard(room) == [], "A has heard it before"
    assert heard(rig.after(rig.let_in(rig.well(room), "B"), rig.joined("B"))) == [(RECORDED, ["B"])]
    assert recovered(ANNOUNCES).recordings.going_on == {}


def test_a_conference_that_is_found_while_the_line_runs_is_recorded() -> None:
    """The name was taken: by a create of our own whose response is lost."""
    found = rig.waiting(rig.given(RECORDS, compared_at=T0))
    found = rig.after(found, rig.answer(found, c.CONFERENCE, 422, "90033"))
    found = rig.after(found, rig.answer(found, c.CONFERENCE, data={"id": "K"}))
    assert starts(found) == [BODY]


# The notice


def test_everyone_hears_of_a_recording_and_of_its_end() -> None:
    begun = asked(TWO, "record-start")
    assert heard(begun) == [(RECORDED, ["A", "B"])]
    ended = asked(rig.well(begun), "record-stop")
    assert heard(ended) == [(ENDED, ["A", "B"])]
    assert heard(rig.after(rig.well(begun), SAVED)) == [(ENDED, ["A", "B"])]


def test_a_request_alone_is_no_recording() -> None:
    asks = rig.after(TWO, rig.asks("record-start"))
    assert heard(asks) == []
    refused = rig.after(asks, rig.answer(asks, rig.requests("K"), 422, "99999"))
    assert heard(refused) == []


def test_a_late_one_hears_of_it_alone() -> None:
    room = rig.well(asked(TWO, "record-start"))
    late = rig.after(rig.let_in(room, "C"), rig.joined("C"))
    assert heard(late) == [(RECORDED, ["C"])]
    assert heard(rig.after(rig.well(late), rig.hangup("B"))) == []


def test_the_first_one_hears_of_a_recording_from_the_start() -> None:
    room = rig.well(opened(RECORDS))
    assert heard(rig.after(room, rig.joined())) == [(RECORDED, ["A"])]


def test_the_recording_of_a_call_is_announced_too() -> None:
    begun = asked(TWO, "record-start", "B")
    assert heard(begun) == [(RECORDED, ["A", "B"])]
    assert heard(rig.after(rig.well(begun), rig.hangup("B"))) == [(ENDED, ["A"])]


def test_a_second_recording_is_not_announced() -> None:
    room = rig.well(asked(TWO, "record-start"))
    assert heard(asked(room, "record-start")) == []


@pytest.mark.parametrize("room", [EMPTY, with_settings(ANNOUNCES, announce_recording=False)])
def test_nothing_is_announced_without_the_setting(room: Room) -> None:
    assert heard(asked(rig.inside(rig.inside(room), "B"), "record-start")) == []


def reopened(room: Room) -> Room:
    """Let Telnyx lose the conference, A open the next one, L, and A and B join it."""
    asks = rig.after(room, rig.asks("leave", "B"))
    back = rig.after(rig.well(asks), rig.asks("join", "B"))
    gone = rig.after(back, rig.answer(back, "B", 422, "90019"))
    gone = rig.after(gone, rig.answer(gone, c.CONFERENCE, data={"id": "L"}))
    return rig.after(gone, *(rig.joined(call, conference="L") for call in "AB"))


def test_a_room_that_reopens_without_a_recording_says_so() -> None:
    room = reopened(rig.well(asked(TWO, "record-start")))
    assert heard(room) == [(NO_LONGER, ["A"]), (NO_LONGER, ["B"])]
    assert heard(rig.after(rig.let_in(rig.well(room), "C"), rig.joined("C", conference="L"))) == []
    assert heard(reopened(TWO)) == []


def test_a_room_that_reopens_is_recorded_from_the_start_again() -> None:
    room = reopened(rig.inside(rig.inside(RECORDS), "B"))
    assert [each.about for each in requests(room, "record_start")] == ["L"]
    assert heard(room) == [], "it is not known yet whether Telnyx records"
    assert heard(accepted(room, "record_start")) == [(RECORDED, ["A", "B"])]
    (command,) = requests(room, "record_start")
    refused = rig.after(room, Outcome(command, NOW, 422, "99999"))
    assert heard(refused) == [(NO_LONGER, ["A", "B"])]


def test_any_event_may_follow() -> None:
    events: list[Event] = [rig.time(T0 + 99), SAVED, rig.hangup("A"), rig.hangup("B"), rig.ended()]
    room = rig.after(rig.well(asked(TWO, "record-start")), *events)
    assert room.recordings.heard == {} and room.recordings.going_on == {}
