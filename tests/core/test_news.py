"""What is told outside: of each event, and over whole stories, whatever their order."""

from __future__ import annotations

from typing import Any

import pytest
from rigs.core import (
    EMPTY,
    NOW,
    after,
    answer,
    ended,
    greeting,
    hangup,
    hook,
    initiated,
    inside,
    joined,
    left,
    let_in,
    waiting,
)
from rigs.moderated_stories import KINDS, ModeratedStory

from conference.core.commands import CONFERENCE
from conference.core.events import Event
from conference.core.news import News, news
from conference.core.room import Room
from conference.core.texml.facts import StatusCallback

START, END = "conference-start", "conference-end"
JOIN, LEAVE, SPEAKS = "participant-join", "participant-leave", "participant-speech-start"

ALONE = inside()
TWO = inside(ALONE, "B")
SPEAKER = after(TWO, hook("conference.floor.changed", "B"))
EARLY = after(waiting(), hook("conference.floor.changed", "A"))
LAST = after(ALONE, left())
OPENED = answer(waiting(), CONFERENCE, data={"id": "K"})
BY_B = hook("conference.ended", "B", occurred_at="2026-9")
BOTH_LEAVE = [(LEAVE, "K", "A"), (LEAVE, "K", "B")]
GONE = answer(waiting(TWO, "C"), "C", 422, "90019")
NO_CONFERENCE = answer(waiting(ALONE, "B"), "B", 422, "90019")

TABLE: list[tuple[str, Room, Event, list[tuple[str, str, str]]]] = [
    ("a call comes", EMPTY, initiated(), []),
    ("a greeting ends", greeting(), hook("call.speak.ended"), []),
    ("Telnyx has created it", waiting(), OPENED, [(START, "K", "A")]),
    ("so its webhook says", waiting(), hook("conference.created"), [(START, "K", "A")]),
    ("that is known", let_in(), hook("conference.created"), []),
    ("the first is in", let_in(), joined(), [(JOIN, "K", "A")]),
    ("in, before it is open", waiting(), joined(), [(START, "K", "A"), (JOIN, "K", "A")]),
    ("in, twice", ALONE, joined(), []),
    ("a second is in", let_in(ALONE, "B"), joined("B"), [(JOIN, "K", "B")]),
    ("B speaks", TWO, hook("conference.floor.changed", "B"), [(SPEAKS, "K", "B")]),
    ("B speaks on", SPEAKER, hook("conference.floor.changed", "B"), []),
    ("A answers", SPEAKER, hook("conference.floor.changed", "A"), [(SPEAKS, "K", "A")]),
    ("speaks before it is in", waiting(), hook("conference.floor.changed"), []),
    (
        "is in, and speaks",
        EARLY,
        joined(),
        [(START, "K", "A"), (JOIN, "K", "A"), (SPEAKS, "K", "A")],
    ),
    ("somebody leaves", TWO, left("B"), [(LEAVE, "K", "B")]),
    ("who spoke leaves", SPEAKER, hangup("B"), [(LEAVE, "K", "B")]),
    ("the last leaves", ALONE, left(), [(LEAVE, "K", "A"), (END, "K", "A")]),
    ("the last hangs up", ALONE, hangup(), [(LEAVE, "K", "A"), (END, "K", "A")]),
    ("hangs up, having left", LAST, hangup(), []),
    ("Telnyx says that it has ended", LAST, ended(), []),
    ("it ends for all", TWO, ended(), [*BOTH_LEAVE, (END, "K", "A")]),
    ("it is gone", waiting(ALONE, "B"), NO_CONFERENCE, [(LEAVE, "K", "A"), (END, "K", "A")]),
    ("Telnyx has it no more", waiting(TWO, "C"), GONE, [*BOTH_LEAVE, (END, "K", "")]),
    ("the end overtakes the last", ALONE, BY_B, [(LEAVE, "K", "A"), (END, "K", "A")]),
    ("another's event", TWO, ended("L"), []),
]


@pytest.mark.parametrize(
    ("room", "event", "told"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_what_is_told_of_an_event(
    room: Room, event: Event, told: list[tuple[str, str, str]]
) -> None:
    found = news(room, after(room, event), event)
    assert [(each.kind, each.conference, each.call) for each in found] == told
    assert {(each.room, each.at) for each in found} <= {("demo", NOW)}


def test_who_it_concerns_is_known_also_when_it_has_gone() -> None:
    (told,) = news(TWO, after(TWO, hangup("B")), hangup("B"))
    assert told == News(LEAVE, "demo", "K", NOW, "B", TWO.participants["B"])  # type: ignore[arg-type]


SAID = {"CallSid": "A", "RecordingStatus": "completed", "RecordingUrl": "https://x.test/r"}


@pytest.mark.parametrize(("conference", "of"), [("X", "X"), ("", "R")])
def test_what_telnyx_says_of_a_recording_is_told_in_its_words(conference: str, of: str) -> None:
    event = StatusCallback(
        "recording-completed", NOW, conference, call="A", recording="R", fields=SAID
    )
    for room in (EMPTY, ALONE):
        (told,) = news(room, after(room, event), event)
        assert told == News("recording-completed", "demo", of, NOW, "A", fields=SAID)
    assert "x.test" not in repr((event, told)), "whoever has the address has the recording"


class FollowedStory(ModeratedStory):
    """Somebody outside knows only what is told."""

    def __init__(self, callers: int, dedupe: bool) -> None:
        super().__init__(callers, dedupe)
        self.open = ""
        self.here: set[str] = set()

    def _happen(self, event: Event) -> None:
        before = self.room
        super()._happen(event)
        for each in news(before, self.room, event):
            self.log.append(f"    told: {each.kind} {each.conference} {each.call}")
            self.follow(each)
        assert (self.open, self.here) == (self.room.conference, self.room.joined)

    def follow(self, told: News) -> None:
        if told.kind == START:
            assert self.open == "", "one conference at a time"
            self.open = told.conference
        assert told.conference == self.open != ""
        if told.kind == JOIN:
            assert told.call not in self.here
            self.here.add(told.call)
        if told.kind == SPEAKS:
            assert told.call in self.here
        if told.kind == LEAVE:
            self.here.remove(told.call)
        if told.kind == END:
            assert self.here == set(), "all have left"
            self.open = ""


hypothesis = pytest.importorskip("hypothesis")
st = pytest.importorskip("hypothesis.strategies")


@hypothesis.settings(max_examples=80, deadline=None, derandomize=True, database=None)
@hypothesis.given(
    st.integers(2, 4),
    st.booleans(),
    st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 9)), min_size=60, max_size=200),
)
def test_who_follows_what_is_told_knows_who_is_inside(
    callers: int, dedupe: bool, steps: list[tuple[str, Any]]
) -> None:
    story = FollowedStory(callers, dedupe)
    try:
        for kind, which in steps:
            story.act(kind, which)
        story.calm_down()
    finally:
        hypothesis.note("\n".join(story.log))
