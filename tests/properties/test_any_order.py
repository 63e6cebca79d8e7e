"""Whatever the order, and however often: one conference, and in the end what Telnyx has.

Callers come and go at a small Telnyx; its webhooks and its answers reach the room in an order that
hypothesis chooses, and on failure hypothesis shows the shortest such story.
"""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from rigs.stories import SETTINGS, Story, settings, steps
from rigs.telnyx_model import HoldsListed

hypothesis = pytest.importorskip("hypothesis")
st = pytest.importorskip("hypothesis.strategies")

KINDS = ["webhook", "carry out", "answer"] * 6 + ["come"] * 3
KINDS += ["again", "hang up", "drop out", "time"]
LOSING = KINDS + ["lost"] * 4


@settings(300)
@hypothesis.given(st.integers(2, 4), st.booleans(), steps(KINDS, 40, 160), steps(KINDS, 0, 40))
def test_any_order_ends_as_telnyx_has_it(
    callers: int, dedupe: bool, first: list[tuple[str, int]], then: list[tuple[str, int]]
) -> None:
    story = Story(callers, dedupe)
    try:
        for kind, which in first:
            story.act(kind, which)
        story.calm_down()
        story.agree()
        story.to_come.clear()
        for call in list(story.telnyx.answered):
            story.hang_up(call)
        for kind, which in then:
            story.act(kind, which)
        story.calm_down()
        story.agree()
        assert story.room.participants == {}
        assert story.room.deadlines == {}
    finally:
        hypothesis.note("\n".join(story.log))


@pytest.mark.parametrize("holds_listed", get_args(HoldsListed))
@settings(150)
@hypothesis.given(st.integers(2, 4), steps(LOSING, 40, 160))
def test_whatever_webhooks_are_lost_it_ends_as_telnyx_has_it(
    holds_listed: HoldsListed, callers: int, first: list[tuple[str, int]]
) -> None:
    story = Story(callers, dedupe=True, settings=replace(SETTINGS, reconcile_seconds=30))
    story.telnyx.holds_listed = holds_listed
    story.begin_serving()
    try:
        for kind, which in first:
            story.act(kind, which)
        story.calm_down()
        story.agree()
        for call in list(story.telnyx.answered):
            story.hang_up(call)
        story.to_come.append("Z")
        story.dial_in("Z")
        story.calm_down()
        story.agree()
        assert story.room.joined == {"Z"}, "alone and on hold"
        before = len(story.log)
        story.calm_down()
        assert all("Snapshot" in line or "pass" in line for line in story.log[before:])
    finally:
        hypothesis.note("\n".join(story.log))
