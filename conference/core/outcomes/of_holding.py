"""The effects of Telnyx's responses to hold, unhold, mute and unmute.

`told` records what Telnyx was told of each call. The rule compares it with what is wanted, and
makes the next command.
"""

from __future__ import annotations

from typing import Literal, get_args

from conference.core import commands as c
from conference.core.entering import call_ended, conference_lost
from conference.core.events import Outcome
from conference.core.fronts import front
from conference.core.outcomes.meanings import Meaning, Reaction, Reactions, meaning
from conference.core.outcomes.retries import again_later, next_try
from conference.core.parts import FREE, NOTHING_ASKED, Told
from conference.core.reconcile import snapshot_soon
from conference.core.replacing import replace
from conference.core.room import Deadline, Room, refused
from conference.core.rules import asked_for
from conference.core.transitions import (
    change_holding,
    complete_head,
    forget_refusals,
    send_again,
    set_asked,
    set_deadline,
)

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds before a refused command is sent again; doubled
TRIES_IN_A_ROW = 5  # of a command with a transient error of its own
MUSIC_AGAIN = 300.0  # seconds until refused music is tried again
DOWNLOAD_FAILED = "90040"


def _note_told(room: Room, command: c.HoldOrMute, at: float, *, unknown: bool) -> Room:
    """Record what the command told Telnyx. `unknown`: the response does not show if it was done."""
    room = change_holding(room, told_at=at)
    if command.conference != room.conference:
        return room
    told = dict(room.holding.told)
    for call in room.joined.intersection(command.calls):
        doubtful = unknown or call in room.holding.rejoined
        told[call] = _as_told(told.get(call, FREE), command, doubtful)
    one_by_one = room.holding.one_by_one & room.joined
    if len(command.calls) == 1:
        one_by_one -= {*command.calls}
    told = {call: t for call, t in told.items() if t != FREE}
    if not unknown:
        room = _end_requests(room, command)
    return change_holding(room, told=told, one_by_one=one_by_one, rejoined=frozenset())


def _end_requests(room: Room, command: c.HoldOrMute) -> Room:
    """End the wait of the command's requests, except for calls with a newer request."""
    over = {call for call, request in asked_for(room, command) if request in command.asked_by}
    if isinstance(command, c.Hold | c.Unhold):
        rest = {k: v for k, v in room.holding.hold_asked_by.items() if k not in over}
        return change_holding(room, hold_asked_by=rest)
    rest = {k: v for k, v in room.holding.mute_asked_by.items() if k not in over}
    return change_holding(room, mute_asked_by=rest)


def _as_told(told: Told, command: c.HoldOrMute, unknown: bool) -> Told:
    match command:
        case c.Hold():
            return replace(told, held=None if unknown else True, music=command.music)
        case c.Unhold():
            return replace(told, held=None if unknown else False, music="")
        case c.Mute():
            return replace(told, muted=None if unknown else True)
        case c.Unmute():
            return replace(told, muted=None if unknown else False)


def _done(room: Room, command: c.HoldOrMute, event: Outcome) -> Room:
    pair = ("hold", "unhold") if isinstance(command, c.Hold | c.Unhold) else ("mute", "unmute")
    for call in command.calls:
        room = forget_refusals(room, call, pair)
    return _note_told(room, command, event.at, unknown=False)


def _refused(room: Room, command: c.HoldOrMute, event: Outcome) -> Room:
    """Repeat for several calls one by one. For one call, let the rule try again after a pause.

    Telnyx's reason may pass, and a participant must not be shown as held without being held. The
    requests behind the command end: a moderator gets Telnyx's refusal, once.
    """
    if len(command.calls) > 1:
        return change_holding(room, one_by_one=room.holding.one_by_one | {*command.calls})
    room = _end_requests(_note_told(room, command, event.at, unknown=True), command)
    (call,) = command.calls
    if call not in room.joined or command.conference != room.conference:
        return room
    pause = refused(command.name, call)
    times = room.holding.refusals.get(pause.of, 0) + 1
    room = change_holding(room, refusals={**room.holding.refusals, pause.of: times})
    seconds = min(FIRST_PAUSE * 2 ** min(times - 1, 9), LONGEST_PAUSE)
    return set_deadline(room, pause, event.at + seconds)


def _maybe_done(room: Room, command: c.HoldOrMute, event: Outcome) -> Room:
    """Keep the place in the queue during a pause; with "limited" the command was surely not done.

    The rule then makes the command anew, if it is still wanted. An error that concerns only these
    calls gives way after a few tries, so that it does not hold up the others.
    """
    if 400 <= event.status < 500 and event.status != 429 and command.attempt >= TRIES_IN_A_ROW:
        return _refused(complete_head(room, c.HOLD_AND_MUTE), command, event)
    if meaning(event) != "limited":
        room = _note_told(room, command, event.at, unknown=True)
    return again_later(room, event)


def _music_refused(room: Room, command: c.Hold, event: Outcome) -> Room:
    """Fall back from a moderator's music to HOLD_AUDIO_URL, to our own, and to silence.

    The room's music is tried again after MUSIC_AGAIN. A download that timed out is repeated first.
    """
    if event.code == DOWNLOAD_FAILED and command.attempt == 1:
        room = _note_told(room, command, event.at, unknown=True)
        return send_again(room, command, next_try(event))
    if not command.music:
        return _refused(room, command, event)
    for call in command.calls:
        if room.holding.asked.get(call, NOTHING_ASKED).music == command.music:
            room = set_asked(room, call, music="")
    if command.music not in (room.music, room.wait_music):
        return room
    room = change_holding(room, refused_music=room.holding.refused_music | {command.music})
    return set_deadline(room, Deadline("music", command.music), event.at + MUSIC_AGAIN)


def _call_gone(room: Room, command: c.HoldOrMute, event: Outcome) -> Room:
    """Forget the call. Of several calls Telnyx does not say which has ended: tell one by one."""
    if len(command.calls) > 1:
        return _refused(room, command, event)
    call = command.calls[0]
    return call_ended(room, call, event.at) if call in room.joined else room


def _not_inside(room: Room, command: c.HoldOrMute, event: Outcome) -> Room:
    """Take a snapshot: a call may have left, with no event to show it. Until then, try again."""
    return snapshot_soon(_refused(room, command, event), event.at)


def _conference_gone(room: Room, command: c.HoldOrMute, event: Outcome) -> Room:
    """Forget the conference; its callers open a new one. By TeXML they cannot, and would be
    forgotten with it: the lists decide, or the callback of its end."""
    if not front(room).reopens:
        return _not_inside(room, command, event)
    return conference_lost(room, command.conference, event.at)


_REACTIONS: dict[Meaning | Literal["retry", "else"], Reaction] = {
    "done": _done,
    "gone": _call_gone,
    "not inside": _not_inside,
    "no conference": _conference_gone,
    "retry": _maybe_done,
    "else": _refused,
}

OF_HOLDING: Reactions = {
    (command, meant): reaction
    for command in get_args(c.HoldOrMute)
    for meant, reaction in _REACTIONS.items()
} | {(c.Hold, "bad music"): _music_refused}
