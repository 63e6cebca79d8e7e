"""The effects of Telnyx's responses to create, find and join."""

from __future__ import annotations

from typing import Any

from conference.core import commands as c
from conference.core.entering import (
    NO_SEAT_FOR,
    PATIENCE,
    SEAT_PAUSE,
    UNREACHABLE,
    caller_joined,
    conference_lost,
    conference_opened,
    enter,
    find_conference,
    let_next_open,
    no_seat,
)
from conference.core.events import Outcome
from conference.core.leaving import dismiss
from conference.core.outcomes.meanings import Reactions, meaning
from conference.core.outcomes.of_calls import await_webhook, call_gone, not_answered_yet
from conference.core.outcomes.retries import FIRST_RETRY, FOUND_WITHIN
from conference.core.reconcile import snapshot_soon
from conference.core.replacing import replace
from conference.core.room import Room
from conference.core.transitions import change, delay_head, note_opened_at, set_deadline, without
from conference.core.words import Words, say

MAY_BE_TAKEN = ("refused", "busy")  # the meanings of a create's refusal that may be of its name
LONGEST_CREATE_PAUSE = 6.0  # seconds between two creates while the name is taken


def _created(room: Room, command: c.Create, event: Outcome) -> Room:
    conference = _id(event.data)
    if not conference:
        return find_conference(room, event.at, command.request)  # unreadable: perhaps open
    if conference in room.ended:
        return let_next_open(room, event.at)
    return conference_opened(room, conference, event.at, creator=command.call)


def _name_taken(room: Room, command: c.Create, event: Outcome) -> Room:
    if command.attempt == 1 and command.call in room.participants:
        room = change(room, command.call, opens=False)  # else it may be the name of our own
    return find_conference(room, event.at, command.request)


def _creator_refused(room: Room, command: c.Create, event: Outcome) -> Room:
    """Look once for a conference of this name before the caller is dismissed: Telnyx may refuse a
    taken name with any code."""
    if (
        meaning(event) in MAY_BE_TAKEN
        and event.status < 500
        and room.status_of(command.call) == "waiting"
    ):
        room = change(room, command.call, opens=False)
        return find_conference(room, event.at, command.request, refused=command.call)
    return _give_up(room, command.call, event.at)


def _give_up(room: Room, call: str, at: float) -> Room:
    return let_next_open(_dismiss_waiting(room, call, say(room, UNREACHABLE), at), at)


def _creator_inside(room: Room, command: c.Create, event: Outcome) -> Room:
    """The call is in a conference already: find the one that has the name."""
    return find_conference(room, event.at, command.request)


def _found(room: Room, command: c.Find, event: Outcome) -> Room:
    """Join the conference. One that counts as ended, and is listed FOUND_WITHIN later with its name
    still taken, has not ended: the join shows it, without fresh patience."""
    conference = _id(event.data)
    ended = room.ended.get(conference)
    if conference and (ended is None or event.at - ended >= FOUND_WITHIN):
        room = replace(room, ended=without(room.ended, conference))
        room = conference_opened(room, conference, event.at, fresh_patience=ended is None)
        room = note_opened_at(room, event.data.get("opened_at"))
        return snapshot_soon(room, event.at)  # who else is in it?
    if command.refused and not conference:
        return _give_up(room, command.refused, event.at)
    # The name was taken a moment ago: that conference is ending, or no list shows it. Open one
    # after its end.
    room = let_next_open(room, event.at)
    create = room.head(c.CONFERENCE)
    if not isinstance(create, c.Create):
        return room
    return delay_head(room, c.CONFERENCE, create, _next_create(room, create.call, event.at))


def _next_create(room: Room, call: str, at: float) -> float:
    """Return when to create the conference again: after twice the time that the caller has waited,
    within limits, and when the caller's patience ends."""
    ends = room.participants[call].patience or at + PATIENCE
    waited = at - (ends - PATIENCE)
    return min(at + min(max(2 * waited, FIRST_RETRY), LONGEST_CREATE_PAUSE), ends)


def _in_already(room: Room, command: c.Join, event: Outcome) -> Room:
    room = caller_joined(room, command.call, command.conference, event.at)
    waits = room.participants[command.call].status == "waiting"
    return enter(room, command.call, event.at) if waits else room


def _full(room: Room, command: c.Join, event: Outcome) -> Room:
    """Telnyx counts more participants than the room: no seat is given for a while."""
    if room.status_of(command.call) != "waiting":
        return room
    room = no_seat(room, command.call, event.at)
    if room.status_of(command.call) != "greeting":
        return room
    return set_deadline(room, SEAT_PAUSE, event.at + NO_SEAT_FOR)


def _conference_gone(room: Room, command: c.Join, event: Outcome) -> Room:
    """Forget the conference, which has ended, and open a new one."""
    room = conference_lost(room, command.conference, event.at)
    participant = room.participants[command.call]
    if participant.status == "waiting" and participant.tries == command.n:
        room = enter(room, command.call, event.at)
    return room


def _conference_not_found(room: Room, command: c.Join, event: Outcome) -> Room:
    """The conference counts as ended, unless somebody is inside: then Telnyx's lists decide."""
    if command.conference != room.conference or not room.joined:
        return _conference_gone(room, command, event)
    waits = room.status_of(command.call) == "waiting"
    room = snapshot_soon(room, event.at)
    return enter(room, command.call, event.at) if waits else room


def _join_refused(room: Room, command: c.Join, event: Outcome) -> Room:
    return _dismiss_waiting(room, command.call, say(room, UNREACHABLE), event.at)


def _dismiss_waiting(room: Room, call: str, why: Words, at: float) -> Room:
    """Dismiss a caller who still waits to get in; a moderator may have kicked them meanwhile."""
    return dismiss(room, call, why, at) if room.status_of(call) == "waiting" else room


def _id(data: Any) -> str:
    value = data.get("id") if isinstance(data, dict) else None
    return value if isinstance(value, str) else ""


OF_ENTERING: Reactions = {
    (c.Create, "done"): _created,
    (c.Create, "name taken"): _name_taken,
    (c.Create, "in already"): _creator_inside,
    (c.Create, "gone"): call_gone,
    (c.Create, "not answered"): not_answered_yet,
    (c.Create, "else"): _creator_refused,
    (c.Find, "done"): _found,
    (c.Find, "else"): _found,
    (c.Join, "done"): await_webhook,
    (c.Join, "in already"): _in_already,
    (c.Join, "full"): _full,
    (c.Join, "no conference"): _conference_gone,
    (c.Join, "not found"): _conference_not_found,
    (c.Join, "gone"): call_gone,
    (c.Join, "not answered"): not_answered_yet,
    (c.Join, "else"): _join_refused,
}
