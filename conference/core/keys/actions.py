"""The table of actions: what a participant can do by keys.

An action is a row at the foot of this file, and a function. The function returns the room
afterwards and the words that the participant hears.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from conference.core.admission.admitting import waiting
from conference.core.announcements.chimes import people
from conference.core.client_state import Mode, MutedBy, Role
from conference.core.hands import is_up
from conference.core.keys.action import (
    EVERYONE,
    MODERATORS,
    PARTICIPANTS,
    Action,
    Press,
    Reads,
    apply,
    as_request,
    request,
)
from conference.core.keys.dialling import NUMBER, dial_out
from conference.core.keys.moderator_pin import MODERATOR_PIN, become_moderator
from conference.core.keys.roll_call import roll_call
from conference.core.keys.spoken import spoken
from conference.core.keys.staying_muted import stays_muted
from conference.core.muting import mute_all_lasts, mute_reason
from conference.core.recordings import will_be_recorded
from conference.core.requests.moderation import mute_by
from conference.core.room import Room
from conference.core.words import NOTHING, Sentence, Words, join, say

CONFIRM = "1"
CONFIRMED_WITHIN = 10.0  # seconds

# Spoken to the participant who has pressed the key.
MUTED, UNMUTED = Sentence("Muted."), Sentence("Unmuted.")
UNLOCKED = Sentence("Unlocked.")
LOCKED = Sentence("Locked.")
EVERYONE_SPEAKS = Sentence("Everyone can speak.")
EVERYONE_MUTED = Sentence("Everyone is muted.")
LOBBY_EMPTY = Sentence("Nobody is in the lobby.")
NEXT_COMES = Sentence("The next caller comes in.")
NO_HAND = Sentence("No hand is up.")
NEXT_SPEAKS = Sentence("The next one can speak.")
TURN_OVER = Sentence("The turn is over.")
RECORDING_ENDS = Sentence("The recording ends.")
RECORDING_BEGINS = Sentence("The recording begins.")
NO_CHIMES = Sentence("This room has no chimes.")
CHIMES_ON = Sentence("Chimes on.")
CHIMES_OFF = Sentence("Chimes off.")
NOBODY_ELSE = Sentence("Nobody else can be taken out.")
LAST_TAKEN_OUT = Sentence("The last caller is taken out.")
NO_VOLUME = Sentence("Volume keys are not available on this line.")
GOES_ON = Sentence("The conference goes on.")
CONFIRM_END = Sentence("To end the conference for everyone, press {key}.")
KEY_DOES = Sentence("{key}: {effect}.")


def _mute(room: Room, press: Press) -> tuple[Room, Words]:
    """Mute or unmute oneself: the own key lifts every mute without a reason in `stays_muted`."""
    if why := stays_muted(room, press.call):
        return room, why
    by: MutedBy = "" if mute_reason(room, press.call) else "self"
    event = as_request(press, "mute" if by else "unmute", press.call)
    room = apply(room, event, lambda room, event: mute_by(room, event, by))
    return room, say(room, MUTED if by else UNMUTED)


def _count(room: Room, press: Press) -> tuple[Room, Words]:
    """Count the people inside, and name them where names are announced."""
    if room.settings.announce_names:
        return roll_call(room, press)
    return room, people(room)


def _help(room: Room, press: Press) -> tuple[Room, Words]:
    """Name the keys that this participant can use now."""
    role = room.participants[press.call].role
    keys = [(key, first_allowed(names, role)) for key, names in room.settings.keys.items()]
    usable = [(key, ACTIONS[name]) for key, name in keys if name]
    offered = [each for each in usable if each[1].help and _reads(each[1], room, press)]
    return room, join(*(_effect(room, key, action) for key, action in offered))


def _effect(room: Room, key: str, action: Action) -> Words:
    """Return in spoken words what the key does."""
    effect = say(room, Sentence(action.help))
    return say(room, KEY_DOES, key=spoken(room, key).capitalize(), effect=effect)


def _reads(action: Action, room: Room, press: Press) -> bool:
    """Whether the action reads the keys that it needs, if any: no PIN of a room without one."""
    return action.reads is None or action.reads.prompt(room, press)[1]


def _lock(room: Room, press: Press) -> tuple[Room, Words]:
    """Let nobody else in, or take that back."""
    if room.locked:
        return request(room, press, "unlock"), say(room, UNLOCKED)
    return request(room, press, "lock"), say(room, LOCKED)


def _mute_all(room: Room, press: Press) -> tuple[Room, Words]:
    """Mute everyone but moderators, also later callers, or take that back."""
    if mute_all_lasts(room):
        return request(room, press, "undo-mute-all"), say(room, EVERYONE_SPEAKS)
    return request(room, press, "mute-all", newcomers=True), say(room, EVERYONE_MUTED)


def _admit(room: Room, press: Press) -> tuple[Room, Words]:
    """Admit the caller of the lobby who has waited longest."""
    if not waiting(room):
        return room, say(room, LOBBY_EMPTY)
    return request(room, press, "admit-next"), say(room, NEXT_COMES)


def _hand(room: Room, press: Press) -> tuple[Room, Words]:
    """Raise or lower one's hand: the verb speaks the answer."""
    verb = "lower-hand" if is_up(room, press.call) else "raise-hand"
    return request(room, press, verb, press.call), NOTHING


def _next_hand(room: Room, press: Press) -> tuple[Room, Words]:
    """Let the next participant with a raised hand speak, or end the last one's turn.

    Without either, the next caller of the lobby is admitted.
    """
    if not room.hands and not room.called:
        return _admit(room, press) if waiting(room) else (room, say(room, NO_HAND))
    room = request(room, press, "next-hand")
    return room, say(room, NEXT_SPEAKS if room.called else TURN_OVER)


def _mode(room: Room, press: Press) -> tuple[Room, Words]:
    """Change to the next mode: everyone hears it."""
    modes = get_args(Mode)
    following = modes[(modes.index(room.mode) + 1) % len(modes)]
    return request(room, press, "mode", mode=following), NOTHING


def _record(room: Room, press: Press) -> tuple[Room, Words]:
    """Begin a recording of the conference, or end it."""
    if will_be_recorded(room):
        return request(room, press, "record-stop"), say(room, RECORDING_ENDS)
    return request(room, press, "record-start", format="mp3"), say(room, RECORDING_BEGINS)


def _chimes(room: Room, press: Press) -> tuple[Room, Words]:
    """Announce no newcomers any more in this meeting, or take that back."""
    if not room.settings.chimes:
        return room, say(room, NO_CHIMES)
    on = room.chimes_off
    return request(room, press, "chimes", on=on), say(room, CHIMES_ON if on else CHIMES_OFF)


def _kick_last(room: Room, press: Press) -> tuple[Room, Words]:
    """Kick the participant who came last, moderators aside."""
    inside = [room.participants[call] for call in room.joined]
    others = [p for p in inside if p.role != "moderator" and p.call != press.call]
    if not others:
        return room, say(room, NOBODY_ELSE)
    last = max(others, key=lambda p: (p.joined_at or 0.0, p.member))
    return request(room, press, "kick", last.call), say(room, LAST_TAKEN_OUT)


def _volume(room: Room, press: Press) -> tuple[Room, Words]:
    """Explain that Telnyx has no volume of one participant."""
    return room, say(room, NO_VOLUME)


def _ask_end(room: Room, press: Press) -> tuple[Words, bool]:
    return say(room, CONFIRM_END, key=spoken(room, CONFIRM)), True


def _end(room: Room, press: Press) -> tuple[Room, Words]:
    """End the conference, if the key after it confirms that."""
    if press.typed != CONFIRM:
        return room, say(room, GOES_ON)
    return request(room, press, "end"), NOTHING


END_CONFIRMED = Reads(prompt=_ask_end, most=lambda room: 1, within=CONFIRMED_WITHIN)

ACTIONS: Mapping[str, Action] = {
    "mute": Action(roles=EVERYONE, help="mute or unmute yourself", does=_mute),
    "count": Action(roles=EVERYONE, help="how many people are here", does=_count),
    "roll-call": Action(roles=EVERYONE, help="who is here", does=roll_call),
    "help": Action(roles=EVERYONE, help="these keys", does=_help),
    "moderator": Action(
        roles=EVERYONE,
        help="become a moderator by PIN",
        does=become_moderator,
        reads=MODERATOR_PIN,
    ),
    "dial": Action(roles=MODERATORS, help="call somebody in", does=dial_out, reads=NUMBER),
    "lock": Action(roles=MODERATORS, help="lock or unlock the conference", does=_lock),
    "mute-all": Action(roles=MODERATORS, help="mute or unmute everyone", does=_mute_all),
    "mode": Action(roles=MODERATORS, help="conversation, questions or lecture", does=_mode),
    "hand": Action(roles=PARTICIPANTS, help="raise or lower your hand", does=_hand),
    "next-hand": Action(roles=MODERATORS, help="let the next hand speak", does=_next_hand),
    "admit": Action(roles=MODERATORS, help="admit the next caller", does=_admit),
    "record": Action(roles=MODERATORS, help="begin or end a recording", does=_record),
    "chimes": Action(roles=MODERATORS, help="announce who joins, or not", does=_chimes),
    "kick-last": Action(roles=MODERATORS, help="take the last caller out", does=_kick_last),
    "end": Action(roles=MODERATORS, help="end the conference", does=_end, reads=END_CONFIRMED),
    "volume": Action(roles=EVERYONE, help="", does=_volume),
}


def first_allowed(names: str, role: Role) -> str:
    """Return the first of these actions that the role may do; empty if there is none."""
    known = [name for name in names.split() if name in ACTIONS]
    return next((name for name in known if role in ACTIONS[name].roles), "")
