"""A meeting outlasts its conference, whatever the order, and whatever a moderator does meanwhile.

To the steps of the other stories come two: the conference is nearly 4 hours old, and Telnyx has
ended it by time with the calls still up.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rigs.moderated_stories import KINDS as MODERATED
from rigs.moderated_stories import ModeratedStory
from rigs.stories import SETTINGS, Story, settings, steps

from conference.core import commands as c
from conference.core.limits.time_limits import LASTS_AT_MOST, MOVE, MOVE_BEFORE
from conference.core.room_settings import RoleSettings

hypothesis = pytest.importorskip("hypothesis")
st = pytest.importorskip("hypothesis.strategies")

LASTS = replace(SETTINGS, fresh_conference=True)
WITH_HOSTS = replace(
    LASTS,
    roles={"participant": RoleSettings(starts=False), "moderator": RoleSettings(ends=True)},
    host_grace_seconds=0,
)
TIMES = ["4 hours", "time exceeded"]
PLAIN = ["webhook", "carry out", "answer"] * 6 + ["come"] * 3 + ["again", "hang up", "time", *TIMES]


def grow_old(story: Story) -> None:
    """Let the conference be nearly 4 hours old, and the line know."""
    room = story.room
    if MOVE in room.deadlines:
        story.log.append("4 hours are nearly over")
        began = story.now - LASTS_AT_MOST + MOVE_BEFORE
        deadlines = {**room.deadlines, MOVE: story.now}
        story.room = replace(room, opened_at=began, deadlines=deadlines)
        story.pass_time(0.0)


def time_out(story: Story) -> None:
    """Let Telnyx end the conference by time, as soon as every caller in it is known to be."""
    under_way = [x for x in story.sent if isinstance(x, c.Join | c.Create | c.Leave)]
    if not under_way:
        story.log.append("4 hours are over")
        story.telnyx.time_out()


class Moves(Story):
    """Commands that Telnyx refuses in a move are allowed: a leave waits for a join that may be
    refused, and the name is taken while somebody has yet to leave."""

    def _judge(self, command: c.Command) -> None:
        waiting = [each for queue in self.room.pending.values() for each in queue]
        leaves = any(isinstance(each, c.Leave) for each in waiting)
        if not (isinstance(command, c.Leave) or (isinstance(command, c.Create) and leaves)):
            super()._judge(command)


class Plain(Moves):
    def act(self, kind: str, which: int) -> None:
        act = {"4 hours": grow_old, "time exceeded": time_out}.get(kind)
        act(self) if act else super().act(kind, which)


class Moderated(ModeratedStory, Moves):
    def act(self, kind: str, which: int) -> None:
        grow_old(self) if kind == "4 hours" else super().act(kind, which)


@settings(300)
@hypothesis.given(st.integers(2, 4), st.booleans(), steps(PLAIN, 40, 160))
def test_everyone_whose_call_is_up_ends_in_one_conference(
    callers: int, dedupe: bool, given: list[tuple[str, int]]
) -> None:
    Plain(callers, dedupe, settings=LASTS).runs(given)


@settings(200)
@hypothesis.given(
    st.sampled_from([LASTS, WITH_HOSTS]), steps([*MODERATED, *["4 hours"] * 4], 60, 160)
)
def test_what_a_moderator_asks_for_survives_the_move(
    room: Any, given: list[tuple[str, int]]
) -> None:
    Moderated(4, dedupe=True, settings=room).runs(given)
