"""The whole core in one function: `(room, event) -> (room, commands)`."""

from __future__ import annotations

from dataclasses import replace

from conference.core import rules
from conference.core.commands import Command, queue_of
from conference.core.deadlines import deadline_passed
from conference.core.events import (
    Broke,
    DeadlinePassed,
    Event,
    HandedOver,
    LookWanted,
    Outcome,
    Remote,
)
from conference.core.handlers import handle
from conference.core.outcomes.outcome import outcome
from conference.core.reconcile import look, look_soon
from conference.core.requests.moderation import handed_over
from conference.core.requests.verbs import requested
from conference.core.room import Room, in_flight
from conference.core.texml.facts import Fetch, StatusCallback
from conference.core.texml.handlers import called_back, fetched
from conference.core.transitions import settle


def decide(room: Room, event: Event) -> tuple[Room, tuple[Command, ...]]:
    """The room after the event, and the commands that are to be sent now.

    All that is to be sent is in the room as well, at the head of its queue in `pending`.
    """
    before = replace(room, touched=()) if room.touched else room
    after = _react(before, event)
    if after is before:
        return room, ()
    after = rules.apply(before, after, event.at)
    return after, _to_send(before, after)


def _react(room: Room, event: Event) -> Room:
    if isinstance(event, Outcome):
        return outcome(room, event)
    if isinstance(event, DeadlinePassed):
        return deadline_passed(room, event)
    if isinstance(event, Broke):
        room = settle(room, queue_of(event.command), lambda c: c == event.command)
        return look_soon(room, event.at)
    if isinstance(event, LookWanted):
        return look(room, event.at)
    if isinstance(event, HandedOver):
        return handed_over(room, event)
    if isinstance(event, Remote):
        return requested(room, event)
    if isinstance(event, StatusCallback):
        return called_back(room, event)
    if isinstance(event, Fetch):
        return fetched(room, event)
    return handle(room, event)


def _to_send(before: Room, after: Room) -> tuple[Command, ...]:
    if after.pending is before.pending and after.deadlines is before.deadlines:
        return ()
    sent = in_flight(before)
    return tuple(c for queue, c in in_flight(after).items() if sent.get(queue) is not c)
