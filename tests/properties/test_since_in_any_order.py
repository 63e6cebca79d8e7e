"""Rows kept by polling with `since` are the rows of the whole room, whatever happens.

Clients poll a room of a story now and then. Each keeps rows by the answers alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from rigs.core import EMPTY, NOW, asks, hook
from rigs.moderated_stories import KINDS, ModeratedStory
from rigs.stories import settings
from rigs.texml_rooms import comes, ends, goes, listed, speaks, starts

from conference.core import versions
from conference.core.change import Change
from conference.core.codec import decode_room, encode
from conference.core.commands import SNAPSHOT
from conference.core.decide import decide
from conference.core.events import DeadlinePassed, Event, Outcome, Refused, SnapshotWanted
from conference.core.room import Room, in_flight
from conference.core.texml.facts import Fetch
from conference.reporting import public_view

hypothesis = pytest.importorskip("hypothesis")
st = pytest.importorskip("hypothesis.strategies")

Rows = dict[str, dict[str, Any]]


def whole(room: Room) -> Rows:
    return {row["call_control_id"]: row for row in public_view.participants(room)}


@dataclass
class Client:
    """A program that keeps the rows and the room's other fields by polling."""

    version: int | None = None
    rows: Rows = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)

    def poll(self, room: Room) -> None:
        answer = public_view.since(room, self.version)
        if answer.keys() == {"version", "since"}:
            assert answer == {"version": self.version, "since": self.version}
            assert len(json.dumps(answer)) < 60
        else:
            since, rows, left = (answer.pop(name) for name in ("since", "participants", "left"))
            assert since in (None, self.version)
            self.rows = {} if since is None else self.rows
            for call in left:
                self.rows.pop(call, None)
            self.rows |= {row["call_control_id"]: row for row in rows}
            self.about = answer
            self.version = answer["version"]
        assert self.rows == whole(room)
        assert self.about == public_view.about(room)


class Followers:
    """Three clients, and what must be true of each change of the room."""

    def __init__(self) -> None:
        self.clients = [Client() for _ in range(3)]
        self.never = Client()  # polls only at the end
        self.turn = 0

    def follow(self, change: Change) -> None:
        before, after = change.before, change.after
        if after is before:
            return
        assert after.version > before.version
        assert after.version >= int(change.event.at * 1000)
        was, now = whole(before), whole(after)
        for call, row in now.items():
            participant = after.participants[call]
            assert participant.version <= after.version
            if was.get(call) != row:
                assert participant.version == after.version, f"the row of {call} has changed"
                assert call in change.rows
        for call in was.keys() - now.keys():
            gone_in = after.gone.get(call, after.goes_back_to)
            assert gone_in == after.version, f"the row of {call} is gone"
            assert call in change.rows
        assert not after.gone.keys() & now.keys()
        assert len(after.gone) <= versions.MOST_GONE
        self.turn += 1
        if self.turn == 1:
            self.never.poll(after)
        for often, client in zip((1, 3, 11), self.clients, strict=True):
            if self.turn % often == 0:
                client.poll(after)

    def end(self, room: Room) -> None:
        for client in (*self.clients, self.never):
            client.poll(room)


EXTRAS = ("floor", "recorded", "enqueued", "dequeued", "rename", "restarted")


class FollowedStory(ModeratedStory):
    """A story with floors, recordings and queues besides, and clients that follow it."""

    def __init__(self, callers: int, dedupe: bool, followers: Followers) -> None:
        super().__init__(callers, dedupe)
        self.followers = followers

    def act(self, kind: str, which: int) -> None:
        calls = sorted(self.room.participants)
        if kind not in EXTRAS:
            super().act(kind, which)
        elif kind == "restarted":
            self.room = decode_room(encode(self.room))
        elif calls:
            call = calls[which % len(calls)]
            self.log.append(f"{kind} {call}")
            self._happen(self.special(kind, call, f"2026-{len(self.log):05}"))

    def special(self, kind: str, call: str, occurred_at: str) -> Event:
        at, conference = self.now, self.room.conference
        if kind == "floor":
            return hook("conference.floor.changed", call, at, conference=conference)
        if kind == "recorded":
            return hook("call.recording.saved", call, at)
        if kind == "rename":
            return replace(asks("rename", call, at=at, label=f"L{at}"), id=f"r{at}")
        details = {"queue": "q", "current_position": 1}
        return hook(f"call.{kind}", call, at, occurred_at=occurred_at, details=details)

    def _happen(self, event: Event) -> Change:
        change = super()._happen(event)
        self.followers.follow(change)
        return change


@settings(200)
@hypothesis.given(
    st.integers(2, 4),
    st.booleans(),
    st.booleans(),
    st.sampled_from([1, 2, 250]),
    st.lists(
        st.tuples(st.sampled_from([*KINDS, *EXTRAS, *["floor"] * 6]), st.integers(0, 9)),
        min_size=60,
        max_size=200,
    ),
)
def test_a_client_that_polls_has_the_rows_of_the_whole_room(
    callers: int, dedupe: bool, all_here: bool, most_gone: int, steps: list[tuple[str, Any]]
) -> None:
    followers = Followers()
    story = FollowedStory(callers, dedupe, followers)
    with pytest.MonkeyPatch.context() as limited:
        limited.setattr(versions, "MOST_GONE", most_gone)
        try:
            if all_here:
                for call in list(story.to_come):
                    story.dial_in(call)
                story.calm_down()
            for kind, which in steps:
                story.act(kind, which)
            story.calm_down()
            followers.end(story.room)
        finally:
            hypothesis.note("\n".join(story.log))


TEXML = [
    Fetch("A", NOW),
    Fetch("B", NOW),
    Fetch("C", NOW, "+15550101", "moderator"),
    starts(),
    *(comes(call, n) for n, call in enumerate("ABCA", 1)),
    *(speaks(call, n) for n, call in enumerate("BACB", 5)),
    *(goes(call, n) for n, call in enumerate("ABC", 9)),
    ends(),
    asks("mute", "A"),
    asks("hold", "B"),
    asks("kick", "B"),
    asks("lock"),
    asks("dial", to="+15550101"),
    asks("rename", "A", label="Ann"),
    asks("mute-all"),
    SnapshotWanted(NOW),
    DeadlinePassed(NOW + 9),
    DeadlinePassed(NOW + 90),
]


@settings(200)
@hypothesis.given(st.lists(st.sampled_from([*TEXML, *["responses"] * 6]), max_size=40))
def test_so_does_one_that_polls_a_room_of_texml(events: list[Any]) -> None:
    room, followers = EMPTY, Followers()
    for each in events:
        for event in responses(room) if each == "responses" else [each]:
            try:
                change = decide(room, event)
            except Refused:
                continue
            room = change.after
            followers.follow(change)
    followers.end(room)


def responses(room: Room) -> list[Event]:
    """Return Telnyx's responses to all commands in flight."""
    others = [command for queue, command in in_flight(room).items() if queue != SNAPSHOT]
    seen = [listed(room, *room.joined)] if SNAPSHOT in room.pending else []
    return [*seen, *(Outcome(command, NOW, data={"call_sid": "C"}) for command in others)]
