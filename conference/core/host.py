"""The host: a participant whose role starts the conference, or ends it by leaving.

A conference that waits begins when its first host has joined. It ends when its last one has left,
after `host_grace_seconds`: within these, a host whose call was lost may call again, and is known by
the number.

Deadlines "host": of AWAY, when the grace period ends; of GOODBYE, when its last words are spoken,
and then each minute until the meeting is over.
"""

from __future__ import annotations

from collections.abc import Mapping

from conference.core.admission.known_callers import keep_lost_host
from conference.core.announcements.announcing import announce
from conference.core.client_state import Role
from conference.core.commands import Kick, of_call
from conference.core.fronts import front
from conference.core.greeting import WAIT_FOR_HOST
from conference.core.human_text import speech_seconds
from conference.core.meeting import remember_all
from conference.core.participant import Participant
from conference.core.replacing import replace
from conference.core.requests.whole_room import end_conference
from conference.core.room import Deadline, Room, came_in
from conference.core.room_states import waits_for_host
from conference.core.transitions import set_deadline
from conference.core.words import Sentence, Words, say

AWAY, GOODBYE = Deadline("host", "away"), Deadline("host", "goodbye")
END_AGAIN = 60.0  # seconds from an end that Telnyx may have refused to the next one
POSTPONED_BY = 5.0  # seconds that the end is put off while a host is on the way in

HERE = Sentence("The host has arrived.")
BACK = Sentence("The host is back.")
LEFT = Sentence("The host has left. The conference ends in {time} unless the host returns.")
ENDS = Sentence("The host has not returned. The conference ends now. Goodbye.")
ENDS_AT_ONCE = Sentence("The host has left. The conference ends now. Goodbye.")
MINUTES = Sentence("a minute"), Sentence("{n} minutes")
SECONDS = Sentence("a second"), Sentence("{n} seconds")


def watch(before: Room, room: Room, at: float) -> Room:
    """Note that the first host has come or the last one has left: announcements follow."""
    if not room.settings.roles:
        return room
    return _note_hosts(before, _begin(before, room, at), at)


def ends_without_host(room: Room) -> float | None:
    """Return when the conference ends unless a host returns, in Unix seconds; None otherwise."""
    due = [room.deadlines[each] for each in (AWAY, GOODBYE) if each in room.deadlines]
    return min(due, default=None) if room.joined and not _inside(room) else None


def _begin(before: Room, room: Room, at: float) -> Room:
    if not waits_for_host(room):
        return room
    hosts = {call for call in room.joined if _starts(room, call)}
    if not hosts and not _has_started(room):
        return _explain_wait(before, room, at)
    room = remember_all(room, replace(room, begun=True), at)
    return announce(room, say(room, HERE), at, room.joined - hosts)


def _explain_wait(before: Room, room: Room, at: float) -> Room:
    """Tell newcomers from another room why music plays. All others hear that as their greeting."""
    newcomers = came_in(before, room)
    moved = frozenset(call for call in newcomers if room.participants[call].moved_from)
    return announce(room, say(room, WAIT_FOR_HOST), at, moved)


def _has_started(room: Room) -> bool:
    """Whether a host must have been inside, as by TeXML before a restart: Telnyx reports that the
    conference has started, and other callers do not start it."""
    facts, waits = room.texml.facts, room.settings.texml.get("startConferenceOnEnter") == "false"
    return waits and facts is not None and facts.started and facts.conference == room.conference


def _starts(room: Room, call: str) -> bool:
    return room.settings.starts(room.participants[call].role)


def _note_hosts(before: Room, room: Room, at: float) -> Room:
    """Begin the grace period for each host who leaves; announce the last leave, and a return."""
    were, are = _inside(before), _inside(room)
    left = [p for call, p in were.items() if call not in are]
    if not left:
        came_back = bool(are) and not were and AWAY in room.deadlines
        words = say(room, BACK)
        return announce(room, words, at, room.joined - are.keys()) if came_back else room
    grace = room.settings.host_grace_seconds
    for gone in left:
        if _is_lost(before, room, gone):
            room = keep_lost_host(room, gone, at)
    room = set_deadline(set_deadline(room, GOODBYE, None), AWAY, at + grace)
    if _inside(room) or not grace:
        return room
    return announce(room, say(room, LEFT, time=_in_words(room, grace)), at, room.joined)


def _inside(room: Room) -> Mapping[str, Participant]:
    """Return the participants inside whose leave ends the conference.

    One whose conference is lost, and who enters again, has not left.
    """
    settings = room.settings
    if not any(role.ends for role in settings.roles.values()):
        return {}
    return {
        call: p
        for call, p in room.participants.items()
        if p.joined_at is not None and p.status in ("waiting", "joined") and _ends(room, p.role)
    }


def _ends(room: Room, role: Role) -> bool:
    return room.settings.role(role).ends


def _is_lost(before: Room, room: Room, host: Participant) -> bool:
    """Whether the host's call was lost, and no moderator has taken the host out."""
    kicked = isinstance(before.head(of_call(host.call)), Kick)
    return not kicked and room.status_of(host.call) in (None, "leaving")


def host_deadline(room: Room, step: str, at: float) -> Room:
    """End the conference that its hosts have left: a goodbye, then `end`.

    Nothing follows with a host inside. With one on the way in, or while everyone moves to a fresh
    conference and would not hear the goodbye, the end is put off.
    """
    room = replace(room, host_left={})
    if _inside(room):
        return room
    host_comes = any(_ends(room, p.role) for p in room.participants.values() if _comes(p))
    nobody_hears = step == AWAY.of and not room.joined and room.in_status("waiting")
    if host_comes or nobody_hears:
        return set_deadline(room, Deadline("host", step), at + POSTPONED_BY)
    if step == GOODBYE.of or not room.joined or not front(room).speaks:
        room = set_deadline(room, GOODBYE, at + END_AGAIN)
        return end_conference(room, at, f"host {room.version}")
    text = say(room, ENDS if room.settings.host_grace_seconds else ENDS_AT_ONCE)
    room = announce(room, text, at, room.joined)
    return set_deadline(room, GOODBYE, at + speech_seconds(text))


def _comes(participant: Participant) -> bool:
    return participant.status in ("greeting", "waiting") and not participant.waits_outside


def _in_words(room: Room, seconds: float) -> Words:
    """Return "a minute", "90 seconds" and the like."""
    minutes, rest = divmod(round(seconds), 60)
    n, units = (minutes, MINUTES) if minutes and not rest else (round(seconds), SECONDS)
    return say(room, units[n != 1], n=n)
