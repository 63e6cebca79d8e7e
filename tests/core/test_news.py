"""What each event makes known outside the room."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from rigs import core as rig
from rigs.core import EMPTY, NOW
from rigs.texml_rooms import comes, goes, speaks, texml

from conference.core.commands import CONFERENCE
from conference.core.events import Event
from conference.core.news import News, news
from conference.core.room import Room
from conference.core.texml.facts import StatusCallback

START, END = "conference-start", "conference-end"
JOIN, LEAVE, SPEAKS = "participant-join", "participant-leave", "participant-speech-start"

ALONE = rig.inside()
TWO = rig.inside(ALONE, "B")
SPEAKER = rig.after(TWO, rig.hook("conference.floor.changed", "B"))
EARLY = rig.after(rig.waiting(), rig.hook("conference.floor.changed", "A"))
LAST = rig.after(ALONE, rig.left())
TAKEN_OUT = rig.well(rig.after(SPEAKER, rig.asks("leave", "B")), NOW)
BACK = rig.well(rig.after(TAKEN_OUT, rig.left("B"), rig.asks("join", "B")), NOW)
SPOKE = rig.after(EMPTY, comes("A", 1), comes("B", 2), speaks("B", 3))
OPENED = rig.answer(rig.waiting(), CONFERENCE, data={"id": "K"})
BY_B = rig.hook("conference.ended", "B", occurred_at="2026-9")
BOTH_LEAVE = [(LEAVE, "K", "A"), (LEAVE, "K", "B")]
GONE = rig.answer(rig.waiting(TWO, "C"), "C", 422, "90019")
NO_CONFERENCE = rig.answer(rig.waiting(ALONE, "B"), "B", 422, "90019")


class Case(NamedTuple):
    name: str
    room: Room
    event: Event
    told: list[tuple[str, str, str]]


TABLE: list[Case] = [
    Case("a call comes", room=EMPTY, event=rig.initiated(), told=[]),
    Case("a greeting ends", room=rig.greeting(), event=rig.hook("call.speak.ended"), told=[]),
    Case("Telnyx has created it", room=rig.waiting(), event=OPENED, told=[(START, "K", "A")]),
    Case(
        "so its webhook says",
        room=rig.waiting(),
        event=rig.hook("conference.created"),
        told=[(START, "K", "A")],
    ),
    Case("that is known", room=rig.let_in(), event=rig.hook("conference.created"), told=[]),
    Case("the first is in", room=rig.let_in(), event=rig.joined(), told=[(JOIN, "K", "A")]),
    Case(
        "in, before it is open",
        room=rig.waiting(),
        event=rig.joined(),
        told=[(START, "K", "A"), (JOIN, "K", "A")],
    ),
    Case("in, twice", room=ALONE, event=rig.joined(), told=[]),
    Case(
        "a second is in",
        room=rig.let_in(ALONE, "B"),
        event=rig.joined("B"),
        told=[(JOIN, "K", "B")],
    ),
    Case(
        "B speaks",
        room=TWO,
        event=rig.hook("conference.floor.changed", "B"),
        told=[(SPEAKS, "K", "B")],
    ),
    Case("B speaks on", room=SPEAKER, event=rig.hook("conference.floor.changed", "B"), told=[]),
    Case(
        "A answers",
        room=SPEAKER,
        event=rig.hook("conference.floor.changed", "A"),
        told=[(SPEAKS, "K", "A")],
    ),
    Case(
        "speaks before it is in",
        room=rig.waiting(),
        event=rig.hook("conference.floor.changed"),
        told=[],
    ),
    Case(
        "is in, and speaks",
        room=EARLY,
        event=rig.joined(),
        told=[(START, "K", "A"), (JOIN, "K", "A"), (SPEAKS, "K", "A")],
    ),
    Case(
        "comes back, and has not spoken since",
        room=BACK,
        event=rig.joined("B"),
        told=[(JOIN, "K", "B")],
    ),
    Case(
        "comes back by TeXML",
        room=rig.after(SPOKE, goes("B", 4)),
        event=comes("B", 5),
        told=[(JOIN, "X", "B")],
    ),
    Case(
        "comes back by TeXML, and the callback of the leave is lost",
        room=rig.after(SPOKE, comes("B", 5)),
        event=speaks("B", 6),
        told=[(SPEAKS, "X", "B")],
    ),
    Case("somebody leaves", room=TWO, event=rig.left("B"), told=[(LEAVE, "K", "B")]),
    Case("who spoke leaves", room=SPEAKER, event=rig.hangup("B"), told=[(LEAVE, "K", "B")]),
    Case(
        "the last leaves", room=ALONE, event=rig.left(), told=[(LEAVE, "K", "A"), (END, "K", "A")]
    ),
    Case(
        "the last hangs up",
        room=ALONE,
        event=rig.hangup(),
        told=[(LEAVE, "K", "A"), (END, "K", "A")],
    ),
    Case("hangs up, having left", room=LAST, event=rig.hangup(), told=[]),
    Case("Telnyx says that it has ended", room=LAST, event=rig.ended(), told=[]),
    Case("it ends for all", room=TWO, event=rig.ended(), told=[*BOTH_LEAVE, (END, "K", "A")]),
    Case(
        "it is gone",
        room=rig.waiting(ALONE, "B"),
        event=NO_CONFERENCE,
        told=[(LEAVE, "K", "A"), (END, "K", "A")],
    ),
    Case(
        "Telnyx has it no more",
        room=rig.waiting(TWO, "C"),
        event=GONE,
        told=[*BOTH_LEAVE, (END, "K", "")],
    ),
    Case(
        "the end overtakes the last",
        room=ALONE,
        event=BY_B,
        told=[(LEAVE, "K", "A"), (END, "K", "A")],
    ),
    Case("another's event", room=TWO, event=rig.ended("L"), told=[]),
]


@rig.each_case(TABLE)
def test_what_is_told_of_an_event(case: Case) -> None:
    found = news(rig.change(case.room, case.event))
    assert [(each.kind, each.conference, each.call) for each in found] == case.told
    assert {(each.room, each.at) for each in found} <= {("demo", NOW)}


def test_who_it_concerns_is_known_also_when_it_has_gone() -> None:
    (told,) = news(rig.change(TWO, rig.hangup("B")))
    assert told == News(LEAVE, "demo", "K", NOW, "B", TWO.participants["B"])  # type: ignore[arg-type]


T = "2026-08-21T15:04:05.271992"
SENT = {"CallSidLegacy": "v2:A", "ConnectionId": "149", "FromSipUri": "+1@192.0.2.1:5060"}
BY_TEXML = StatusCallback(
    "participant-leave", NOW, "X", "demo", "B", "acc", sequence=3, occurred_at=T, more=SENT
)


def test_news_of_what_telnyx_reported_have_its_time_and_its_other_fields() -> None:
    (left,) = news(rig.change(texml("A", "B"), BY_TEXML))
    assert (left.occurred_at, left.at, left.more) == (T, NOW, SENT)
    (left,) = news(
        rig.change(TWO, rig.hangup("B", occurred_at=T, details={"connection_id": "149"}))
    )
    assert (left.occurred_at, left.more) == (T, {"ConnectionId": "149"})


def test_the_fields_of_one_call_are_not_those_of_another() -> None:
    ended = rig.hook("conference.ended", "A", occurred_at=T, details={"connection_id": "149"})
    of_a, of_b, end = news(rig.change(TWO, ended))
    assert [each.occurred_at for each in (of_a, of_b, end)] == [T, T, T]
    assert (of_a.more, of_b.more, end.more) == (
        {"ConnectionId": "149"},
        {},
        {"ConnectionId": "149"},
    )


def test_news_of_what_telnyx_did_not_report_have_no_time_of_it() -> None:
    (opened,) = news(rig.change(rig.waiting(), OPENED))
    assert (opened.occurred_at, opened.more) == ("", {})


SAID = {"CallSid": "A", "RecordingStatus": "completed", "RecordingUrl": "https://x.test/r"}


@pytest.mark.parametrize(("conference", "of"), [("X", "X"), ("", "R")])
def test_what_telnyx_says_of_a_recording_is_told_in_its_words(conference: str, of: str) -> None:
    event = StatusCallback(
        "recording-completed", NOW, conference, call="A", recording="R", fields=SAID
    )
    for room in (EMPTY, ALONE):
        (told,) = news(rig.change(room, event))
        assert told == News("recording-completed", "demo", of, NOW, "A", fields=SAID)
    assert "x.test" not in repr((event, told)), "whoever has the address has the recording"
