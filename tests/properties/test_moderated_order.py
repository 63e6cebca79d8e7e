"""A moderator among callers: whatever the order, Telnyx ends with what was asked for.

As in test_any_order, callers come and go at a small Telnyx, and its webhooks and answers reach the
room in an order that hypothesis chooses; and now somebody asks for this and that meanwhile.
"""

from __future__ import annotations

from typing import Any

import pytest
from rigs.moderated_stories import KINDS, ModeratedStory
from rigs.stories import settings

hypothesis = pytest.importorskip("hypothesis")
st = pytest.importorskip("hypothesis.strategies")


@settings(250)
@hypothesis.given(
    st.integers(2, 4),
    st.booleans(),
    st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 9)), min_size=60, max_size=200),
)
def test_what_a_moderator_asks_for_survives_whatever_happens(
    callers: int, dedupe: bool, steps: list[tuple[str, Any]]
) -> None:
    story = ModeratedStory(callers, dedupe)
    try:
        for kind, which in steps:
            story.act(kind, which)
        story.calm_down()
        story.agree()
        for call in list(story.telnyx.answered):
            story.hang_up(call)
        story.calm_down()
        assert story.room.participants == {}
        assert story.room.holding.asked == {}
        assert story.room.deadlines == {}
    finally:
        hypothesis.note("\n".join(story.log))
