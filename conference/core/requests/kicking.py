"""The verb `kick`: participants hear a goodbye and are hung up, and may be kept out.

`lift-bans` lets those who are kept out call again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from conference.core.admission.bans import REMOVED, ban
from conference.core.commands import of_call
from conference.core.entering import stop_opening
from conference.core.events import ModeratorRequest, Refused
from conference.core.leaving import dismiss, hang_up
from conference.core.participant import Participant
from conference.core.replacing import replace
from conference.core.requests.whole_room import check_goes_on
from conference.core.room import Deadline, Room, retry
from conference.core.transitions import change, set_deadline
from conference.core.words import Sentence, Words, say

SPOKEN_TO = ("waiting", "joined", "parked")
OF_HANGUP = ("reason", "custom_headers")
GET_ON_KICK: Mapping[str, tuple[str, Callable[[Participant], bool]]] = {
    "text": ("a participant who can be spoken to", lambda p: p.status in SPOKEN_TO),
    "reason": ("an outgoing call that rings", lambda p: p.is_called),
    "custom_headers": ("an answered call", lambda p: p.status in (*SPOKEN_TO, "greeting")),
}
"""Parameter of kick -> the participants that it is for, in words and as a test."""
KICKED = Sentence("You are being taken out of the conference. Goodbye.")


def kick(room: Room, event: ModeratorRequest) -> Room:
    """End the calls: `speak` (the goodbye) follows, then `hangup`.

    While a call rings or hears its greeting, `hangup` follows at once: Telnyx does not say which of
    two speeches has ended. On request later calls of their numbers stay out.
    """
    _check_some_get_it(room, event)
    banned = event.values.get("ban")
    words = Words(event.values.get("text") or say(room, REMOVED if banned else KICKED))
    if banned:
        check_goes_on(room, event.at, "a ban")
        for call in event.calls:
            room = ban(room, room.participants[call])
    given = [name for name in OF_HANGUP if name in event.values]
    for call in event.calls:
        participant = room.participants[call]
        gets = [name for name in given if GET_ON_KICK[name][1](participant)]
        room = change(room, call, ends_with={name: event.values[name] for name in gets})
        status = participant.status
        if status in ("ringing", "greeting"):
            room = hang_up(room, call, event.at)
        elif status in SPOKEN_TO:
            room = _cut_short(room, call)
            room = dismiss(room, call, words, event.at)
            room = stop_opening(room, call, event.at)
    return room


def lift_bans(room: Room, event: ModeratorRequest) -> Room:
    """Let the numbers that are kept out call again."""
    return replace(room, banned=frozenset()) if room.banned else room


def _check_some_get_it(room: Room, event: ModeratorRequest) -> None:
    """Raise Refused for a parameter that is for none of the participants who can be kicked."""
    called = map(room.participants.__getitem__, event.calls)
    named = [p for p in called if p.status in (*SPOKEN_TO, "ringing", "greeting")]
    for name, (receivers, fits) in GET_ON_KICK.items():
        if name in event.values and named and not any(map(fits, named)):
            raise Refused("not-now", f"{name} is for {receivers}")


def _cut_short(room: Room, call: str) -> Room:
    """Drop the commands of a caller who must go, except one in flight.

    The goodbye follows in the same queue, even if it is empty now.
    """
    queue = of_call(call)
    under_way = room.under_way(call)[:1]
    if retry(queue) in room.deadlines:
        under_way = ()
    room = set_deadline(set_deadline(room, retry(queue), None), Deadline("call", call), None)
    return replace(room, pending={**room.pending, queue: under_way})
