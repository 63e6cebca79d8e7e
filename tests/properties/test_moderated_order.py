"""A moderator among callers: whatever the order, Telnyx ends with what was asked for.

As in test_any_order, callers come and go at a small Telnyx, and its webhooks and answers reach the
room in an order that hypothesis chooses; and now somebody asks for this and that meanwhile.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rigs.moderated_stories import FOR_NEWCOMERS, KINDS, ModeratedStory
from rigs.stories import SETTINGS, settings, steps

from conference.core.room_settings import RoleSettings, RoomSettings

hypothesis = pytest.importorskip("hypothesis")
st = pytest.importorskip("hypothesis.strategies")


@settings(250)
@hypothesis.given(
    st.integers(2, 4),
    st.booleans(),
    steps(KINDS, 60, 200),
)
def test_what_a_moderator_asks_for_survives_whatever_happens(
    callers: int, dedupe: bool, given: list[tuple[str, Any]]
) -> None:
    ModeratedStory(callers, dedupe).runs(given)


@settings(250)
@hypothesis.given(
    st.sampled_from([("mute newcomers",), ("hold newcomers",), (*FOR_NEWCOMERS,)]),
    steps(KINDS, 30, 100),
)
def test_so_it_does_of_those_who_come_later(
    begins: tuple[str, ...], given: list[tuple[str, Any]]
) -> None:
    story = ModeratedStory(4, dedupe=True)
    for _ in range(2):
        story.act("come", 0)
        story.calm_down()
    story.runs([*((kind, 0) for kind in begins), ("come", 0), *given])


ROLES = {
    "participant": RoleSettings(starts=False, muted=True),
    "moderator": RoleSettings(ends=True),
}
WITH_HOSTS = [replace(SETTINGS, roles=ROLES, host_grace_seconds=s) for s in (0, 60)]


@settings(150)
@hypothesis.given(
    st.sampled_from(WITH_HOSTS),
    steps([*KINDS, *["moderator"] * 3], 40, 120),
)
def test_so_it_does_in_a_room_that_waits_for_its_host_and_ends_with_it(
    room: RoomSettings, given: list[tuple[str, Any]]
) -> None:
    ModeratedStory(4, dedupe=True, settings=room).runs(given)
