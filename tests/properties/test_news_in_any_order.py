"""The news of a room, whatever the order of events: enough to know who is in the conference."""

from __future__ import annotations

from typing import Any

import pytest
from rigs.moderated_stories import KINDS, ModeratedStory
from rigs.stories import settings

from conference.core.change import Change
from conference.core.events import Event
from conference.core.news import News, news

hypothesis = pytest.importorskip("hypothesis")
st = pytest.importorskip("hypothesis.strategies")


class FollowedStory(ModeratedStory):
    """Somebody outside knows only what is told."""

    def __init__(self, callers: int, dedupe: bool) -> None:
        super().__init__(callers, dedupe)
        self.open = ""
        self.here: set[str] = set()

    def _happen(self, event: Event) -> Change:
        change = super()._happen(event)
        for each in news(change):
            self.log.append(f"    told: {each.kind} {each.conference} {each.call}")
            self.follow(each)
        assert (self.open, self.here) == (self.room.conference, self.room.joined)
        return change

    def follow(self, told: News) -> None:
        if told.kind == "conference-start":
            assert self.open == "", "one conference at a time"
            self.open = told.conference
        assert told.conference == self.open != ""
        if told.kind == "participant-join":
            assert told.call not in self.here
            self.here.add(told.call)
        if told.kind == "participant-speech-start":
            assert told.call in self.here
        if told.kind == "participant-leave":
            self.here.remove(told.call)
        if told.kind == "conference-end":
            assert self.here == set(), "all have left"
            self.open = ""


@settings(80)
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
