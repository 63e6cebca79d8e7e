"""The effects of Telnyx's responses to hold, unhold, mute and unmute.

`told` records what Telnyx was told of each call. The rule compares it with what is wanted, and
makes the next command.
"""

from __future__ import annotations

from typing import Literal, get_args

from conference.core import commands as c
from conference.core.entering import call_ended, conference_lost
from conference.core.events import Outcome
from conference.core.outcomes.meanings import Meaning, Reaction, Reactions, meaning
from conference.core.outcomes.retries import again_later
from conference.core.parts import FREE, NOTHING_ASKED, Told
from conference.core.reconcile import snapshot_soon
from conference.core.replacing import replace
from conference.core.room import Room
from conference.core.rules import asked_for
from conference.core.transitions import change_holding, set_asked


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
    return _note_told(room, command, event.at, unknown=False)


def _refused(room: Room, command: c.HoldOrMute, event: Outcome) -> Room:
    """Repeat for several calls one by one. Count one call as told: a repetition would not help."""
    if len(command.calls) > 1:
        return change_holding(room, one_by_one=room.holding.one_by_one | {*command.calls})
    return _note_told(room, command, event.at, unknown=False)


def _maybe_done(room: Room, command: c.HoldOrMute, event: Outcome) -> Room:
    """Keep the place in the queue during a pause; with "limited" the command was surely not done.

    The rule then makes the command anew, if it is still wanted.
    """
    if meaning(event) != "limited":
        room = _note_told(room, command, event.at, unknown=True)
    return again_later(room, event)


def _music_refused(room: Room, command: c.Hold, event: Outcome) -> Room:
    """Fall back from a moderator's music to HOLD_AUDIO_URL, to our own, and to silence."""
    if meaning(event) == "refused":
        if command.music == room.settings.hold_audio_url != room.holding.bad_music:
            return change_holding(room, bad_music=command.music)
        asked = {call: room.holding.asked.get(call, NOTHING_ASKED).music for call in command.calls}
        chosen = [call for call, music in asked.items() if music == command.music != ""]
        if command.music != room.music and chosen:
            for call in chosen:
                room = set_asked(room, call, music="")
            return room
    return _refused(room, command, event)


def _call_gone(room: Room, command: c.HoldOrMute, event: Outcome) -> Room:
    """Forget the call. Of several calls Telnyx does not say which has ended: tell one by one."""
    if len(command.calls) > 1:
        return _refused(room, command, event)
    call = command.calls[0]
    return call_ended(room, call, event.at) if call in room.joined else room


def _not_inside(room: Room, command: c.HoldOrMute, event: Outcome) -> Room:
    """Take a snapshot: one of the calls has left, and no event has shown it."""
    return snapshot_soon(_refused(room, command, event), event.at)


def _conference_gone(room: Room, command: c.HoldOrMute, event: Outcome) -> Room:
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
} | {(c.Hold, "else"): _music_refused}
