"""How Telnyx's answers to create, find and join bring callers into the conference, or not."""

from __future__ import annotations

from typing import Any

from conference.core import commands as c
from conference.core.entering import (
    FULL,
    UNREACHABLE,
    caller_joined,
    conference_lost,
    conference_opened,
    enter,
    find_conference,
    let_next_open,
)
from conference.core.events import Outcome
from conference.core.leaving import dismiss
from conference.core.outcomes.of_calls import call_gone, too_early, webhook_awaited
from conference.core.outcomes.reactions import Reactions
from conference.core.outcomes.retries import FIRST_RETRY
from conference.core.reconcile import snapshot_soon
from conference.core.room import Room
from conference.core.transitions import delay_head


def _created(room: Room, command: c.Create, event: Outcome) -> Room:
    conference = _id(event.data)
    if not conference:
        return find_conference(room, event.at)  # an answer that we cannot read: it may be open
    if conference in room.ended:
        return let_next_open(room, event.at)
    return conference_opened(room, conference, event.at, creator=command.call)


def _name_taken(room: Room, command: c.Create, event: Outcome) -> Room:
    return snapshot_soon(find_conference(room, event.at), event.at)  # who else is in it?


def _creator_refused(room: Room, command: c.Create, event: Outcome) -> Room:
    return let_next_open(_no_way_in(room, command.call, UNREACHABLE, event.at), event.at)


def _found(room: Room, command: c.Find, event: Outcome) -> Room:
    conference = _id(event.data)
    if conference and conference not in room.ended:
        return conference_opened(room, conference, event.at)
    # The name was taken a moment ago, so its conference is just ending: open one when it has.
    room = let_next_open(room, event.at)
    create = room.head(c.CONFERENCE)
    return delay_head(room, c.CONFERENCE, create, event.at + FIRST_RETRY) if create else room


def _in_already(room: Room, command: c.Join, event: Outcome) -> Room:
    room = caller_joined(room, command.call, command.conference, event.at)
    waits = room.participants[command.call].status == "waiting"
    return enter(room, command.call, event.at) if waits else room


def _full(room: Room, command: c.Join, event: Outcome) -> Room:
    return _no_way_in(room, command.call, FULL, event.at)


def _joined_nothing(room: Room, command: c.Join, event: Outcome) -> Room:
    """The conference had ended: forget it, and open a new one."""
    room = conference_lost(room, command.conference, event.at)
    participant = room.participants[command.call]
    if participant.status == "waiting" and participant.tries == command.n:
        room = enter(room, command.call, event.at)
    return room


def _join_refused(room: Room, command: c.Join, event: Outcome) -> Room:
    return _no_way_in(room, command.call, UNREACHABLE, event.at)


def _no_way_in(room: Room, call: str, why: str, at: float) -> Room:
    """Say so to whoever still wants in: it may have been kicked meanwhile."""
    return dismiss(room, call, why, at) if room.status_of(call) == "waiting" else room


def _id(data: Any) -> str:
    value = data.get("id") if isinstance(data, dict) else None
    return value if isinstance(value, str) else ""


ENTERING: Reactions = {
    (c.Create, "done"): _created,
    (c.Create, "name taken"): _name_taken,
    (c.Create, "gone"): call_gone,
    (c.Create, "not answered"): too_early,
    (c.Create, "else"): _creator_refused,
    (c.Find, "done"): _found,
    (c.Find, "else"): _found,
    (c.Join, "done"): webhook_awaited,
    (c.Join, "in already"): _in_already,
    (c.Join, "full"): _full,
    (c.Join, "no conference"): _joined_nothing,
    (c.Join, "gone"): call_gone,
    (c.Join, "not answered"): too_early,
    (c.Join, "else"): _join_refused,
}
