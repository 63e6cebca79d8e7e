"""The door of a room for callers by TeXML: who comes in, in which role, and what they hear first.

Telnyx lets them in by itself, once it has the document.
"""

from __future__ import annotations

from conference.core import greeting as words
from conference.core.admission.known_callers import known_caller, lost_host
from conference.core.admission.refusals import closed, is_closed
from conference.core.admission.seats import has_seat_beside
from conference.core.client_state import Role
from conference.core.entering import FULL, HELD_ELSEWHERE, LOCKED, MINUTES_USED_UP
from conference.core.meeting import expected, goes_on
from conference.core.room import Room
from conference.core.room_settings import Known
from conference.core.texml.attributes import MOST_SEATS
from conference.core.texml.entering_and_leaving import (
    asked_at_door,
    has_call_control_callers,
    not_expected,
)
from conference.core.texml.facts import Fetch
from conference.core.transitions import change_texml, forget_asked, put_asked
from conference.core.words import NOTHING, Sentence, Words, say

HAS_LOBBY = Sentence("The host lets callers in one by one, and not by this number. Goodbye.")
NOT_STARTED = Sentence("The conference has not started yet. Please hold until it does.")


def refusal(room: Room, event: Fetch) -> Words:
    """Return the words for a caller who cannot come in; empty if they can.

    Neither a lock nor the opening hours keep a moderator out, and one seat is left for a moderator.
    A caller who got the document before, and gets it again, is no new caller.
    """
    at, role = event.at, _role(room, event)[1]
    guest, new = role != "moderator", event.call not in expected(room, at)
    inside = [room.participants[call] for call in room.joined]
    most = room.settings.seats(MOST_SEATS)
    fits = has_seat_beside(room, inside, most) if guest else len(inside) < most
    reasons = (
        (has_call_control_callers(room), say(room, HELD_ELSEWHERE)),
        (new and guest and room.locked and goes_on(room, at), say(room, LOCKED)),
        (new and is_closed(room, role, at), closed(room, at)),
        (room.minutes.used_up(at), say(room, MINUTES_USED_UP)),
        (not fits, say(room, FULL)),
    )
    return next((words for applies, words in reasons if applies), NOTHING)


def caller_at_door(room: Room, event: Fetch) -> Room:
    """Expect the caller for a while: nobody reports one who hangs up before they are in.

    Moderators' requests for everyone concern the caller from now on.
    """
    began = event.at - room.settings.expects_for
    for call in [call for call, since in room.texml.expected.items() if since <= began]:
        room = not_expected(room, call)
        if call not in room.participants:
            room = forget_asked(room, call)
    if event.call not in room.texml.expected and event.call not in room.participants:
        room, role = _role(room, event)
        room = put_asked(room, event.call, asked_at_door(room, role))
        if role != "participant":
            room = change_texml(room, roles={**room.texml.roles, event.call: role})
    return change_texml(room, expected={**room.texml.expected, event.call: event.at})


def role_at_door(room: Room, call: str) -> Role:
    """Return the role in which a caller who is about to come in does so."""
    known = room.participants.get(call)
    return known.role if known else room.texml.role(call)


def greeting(room: Room, call: str) -> Words:
    """Return the greeting for a caller who is about to come in; others may be expected before."""
    first = not room.joined and next(iter(room.texml.expected), call) == call
    return words.greeting(room, role_at_door(room, call), first=first)


def _role(room: Room, event: Fetch) -> tuple[Room, Role]:
    """Return the role of the caller: of a lost host, of the PIN, or by the roster."""
    if event.call in room.texml.roles:
        return room, room.texml.roles[event.call]
    if event.role is None:
        room, known = known_caller(room, event.number)
        return room, known.role
    room, host = lost_host(room, event.number)
    return room, (host or Known(role=event.role)).role
