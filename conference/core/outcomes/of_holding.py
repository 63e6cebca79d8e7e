"""What Telnyx knows of hold and mute once it has answered, or has not; and what follows."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from conference.core import commands as c
from conference.core.entering import call_ended, conference_lost
from conference.core.events import Outcome
from conference.core.outcomes.meanings import meaning
from conference.core.outcomes.reactions import Reaction, Reactions
from conference.core.outcomes.retries import again_later
from conference.core.parts import FREE, NOTHING, Told
from conference.core.reconcile import snapshot_soon
from conference.core.room import Room
from conference.core.rules import asked_for
from conference.core.transitions import change_holding, set_asked


def _tell(room: Room, command: c.HoldOrMute, at: float, *, unknown: bool) -> Room:
    """The room after Telnyx was told this; `unknown` where it may have been."""
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
        room = _answered(room, command)
    return change_holding(room, told=told, one_by_one=one_by_one, rejoined=frozenset())


def _answered(room: Room, command: c.HoldOrMute) -> Room:
    """The requests that asked for it, and for nothing else since, have their answer."""
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


def _told(room: Room, command: c.HoldOrMute, event: Outcome) -> Room:
    """Telnyx knows now."""
    return _tell(room, command, event.at, unknown=False)


def _not_told(room: Room, command: c.HoldOrMute, event: Outcome) -> Room:
    """Refused together, they are told one by one. One refusal counts as told: to repeat it would
    not help."""
    if len(command.calls) > 1:
        return change_holding(room, one_by_one=room.holding.one_by_one | {*command.calls})
    return _tell(room, command, event.at, unknown=False)


def _maybe_told(room: Room, command: c.HoldOrMute, event: Outcome) -> Room:
    """It is not sent again but computed anew in time. A limit says that it was not done."""
    if meaning(event) != "limited":
        room = _tell(room, command, event.at, unknown=True)
    return again_later(room, event)


def _music_refused(room: Room, command: c.Hold, event: Outcome) -> Room:
    """Rather our own music than silence; rather silence than the same refusal for ever."""
    if meaning(event) == "refused":
        if command.music == room.settings.hold_audio_url != room.holding.bad_music:
            return change_holding(room, bad_music=command.music)
        asked = {call: room.holding.asked.get(call, NOTHING).music for call in command.calls}
        chosen = [call for call, music in asked.items() if music == command.music != ""]
        if command.music != room.music and chosen:
            for call in chosen:
                room = set_asked(room, call, music="")
            return room
    return _not_told(room, command, event)


def _held_gone(room: Room, command: c.HoldOrMute, event: Outcome) -> Room:
    """One of them has ended. Of several it is not said which."""
    if len(command.calls) > 1:
        return _not_told(room, command, event)
    call = command.calls[0]
    return call_ended(room, call, event.at) if call in room.joined else room


def _held_outside(room: Room, command: c.HoldOrMute, event: Outcome) -> Room:
    """One of them is not inside: it has been taken out meanwhile, or the lists tell."""
    return snapshot_soon(_not_told(room, command, event), event.at)


def _held_nowhere(room: Room, command: c.HoldOrMute, event: Outcome) -> Room:
    return conference_lost(room, command.conference, event.at)


_REACTIONS: dict[str, Reaction] = {
    "done": _told,
    "gone": _held_gone,
    "not inside": _held_outside,
    "no conference": _held_nowhere,
    "retry": _maybe_told,
    "else": _not_told,
}

HOLDING: Reactions = {
    (kind, means): reaction
    for kind in get_args(c.HoldOrMute)
    for means, reaction in _REACTIONS.items()
} | {(c.Hold, "else"): _music_refused}
