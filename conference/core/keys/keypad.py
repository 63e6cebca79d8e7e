"""A pressed key: the sequence that it completes, and the action that follows.

Only keys of participants inside count, and only while no gather reads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from conference.core.announcements.announcing import announce
from conference.core.client_state import Role
from conference.core.events import Refused, RequestAnswered, Webhook
from conference.core.keys.action import MODERATORS, Press
from conference.core.keys.actions import ACTIONS, first_allowed
from conference.core.keys.dialling import IS_OFF
from conference.core.keys.pressed import (
    Key,
    Pressed,
    add,
    complete,
    seconds_between,
    sequence,
)
from conference.core.participant import Participant
from conference.core.replacing import replace
from conference.core.room import Room
from conference.core.transitions import change
from conference.core.words import Sentence, Words, say

ENDS_INPUT, ENDS_QUESTION = "#", "*"
ONLY_MODERATORS = Sentence("Only a moderator can do this.")
NOT_FOR: Mapping[Role, Sentence] = {
    "moderator": Sentence("Moderators cannot do this."),
    "participant": Sentence("Participants cannot do this."),
    "listener": Sentence("Listeners cannot do this."),
}
"""By the role that may not: for a key that others than moderators may press, too."""
NOT_NOW = Sentence("That is not possible now.")
SOON = Sentence("Please try again in a moment.")
NOT_POSSIBLE = {
    "overloaded": SOON,
    "not-ready": SOON,
    "dial-is-off": IS_OFF,
    "dial-refused": Sentence("This number may not be called."),
    "dial-limit": Sentence("No further call is possible now. Please try again later."),
    "already-here": Sentence("This number is here already, or is being called."),
}
"""By the kind of a refusal; NOT_NOW for any other."""


class Reading(NamedTuple):
    """A key of a participant, and what it completes.

    `pressed`: the participant's keys, with this one. `done`: the sequence that it completes.
    `question`: the action that has read the key. `typed`: its complete input; None before.
    """

    pressed: Pressed
    done: str = ""
    question: str = ""
    typed: str | None = None


def press_key(room: Room, event: Webhook) -> Room:
    """Take a key of a participant: `speak` follows in private when a sequence is complete."""
    reading = read_key(room, event)
    if reading is None:
        return room
    if reading.question:
        return _read_further(room, event, reading)
    room = change(room, event.call, pressed=reading.pressed)
    return _begin(room, event, reading.done) if reading.done else room


def read_key(room: Room, event: Webhook) -> Reading | None:
    """Return the key with those before it; None if it does not count."""
    participant = room.participants.get(event.call)
    digit = str(event.details.get("digit", ""))
    if participant is None or len(digit) != 1 or not _counts(room, participant, event):
        return None
    key = Key(digit, event.at, event.occurred_at)
    before = _without_old_question(participant.pressed, key)
    if before.question:
        return _read_input(room, before, key)
    pressed = add(before, key)
    if pressed is before:
        return None
    return Reading(pressed, done=sequence(pressed, tuple(room.settings.keys)))


def _read_input(room: Room, before: Pressed, key: Key) -> Reading | None:
    """Return the input of a question with this key; None if the key does not count."""
    reads = ACTIONS[before.question].reads
    pressed = add(before, key, reads.within) if reads else before
    if reads is None or pressed is before:
        return None
    typed = pressed.text.partition(ENDS_INPUT)[0]
    complete = ENDS_INPUT in pressed.text or len(typed) >= reads.most(room)
    return Reading(pressed, question=before.question, typed=typed if complete else None)


def answer_request(room: Room, event: RequestAnswered) -> Room:
    """Answer the key whose request the engine has applied: `speak` follows in private."""
    words = _not_possible(room, event.refused) if event.refused else Words(event.words)
    return _answer(room, event.call, words, event.at)


def _counts(room: Room, participant: Participant, event: Webhook) -> bool:
    """Whether the key is for us: not in a gather, nor from before the participant joined."""
    if not room.settings.keys or participant.status != "joined":
        return False
    on_the_way_in = "" < event.occurred_at < participant.moved_at
    return not on_the_way_in and event.at >= participant.pressed.gathers_until


def _without_old_question(pressed: Pressed, key: Key) -> Pressed:
    """Forget a question that was not answered in time, or that the key ends."""
    reads = ACTIONS[pressed.question].reads if pressed.question in ACTIONS else None
    if not pressed.question:
        return pressed
    last = pressed.keys[-1] if pressed.keys else pressed.past
    in_time = reads and last and seconds_between(last, key) <= reads.within
    if in_time and key.digit != ENDS_QUESTION:
        return pressed
    return replace(pressed, question="", keys=())


def _begin(room: Room, event: Webhook, done: str) -> Room:
    """Do the action of a complete sequence, or ask for the keys that the action reads."""
    participant = room.participants[event.call]
    names = room.settings.keys[done]
    name = first_allowed(names, participant.role)
    room = _keep(room, event, complete(participant.pressed))
    if not name:
        return _answer(room, event.call, _not_allowed(room, names, participant.role), event.at)
    press = Press(event.call, event.at, event.id)
    reads = ACTIONS[name].reads
    if reads is None:
        return _do(room, event, name, press)
    words, question = reads.prompt(room, press)
    if question:
        pressed = room.participants[event.call].pressed
        room = _keep(room, event, replace(pressed, question=name))
    return _answer(room, event.call, words, event.at)


def _read_further(room: Room, event: Webhook, reading: Reading) -> Room:
    """Keep a key of the input of a question. Do the action when the input is complete."""
    name, pressed = reading.question, reading.pressed
    if reading.typed is None:
        return _keep(room, event, pressed)
    room = _keep(room, event, complete(pressed))
    role = room.participants[event.call].role
    if role not in ACTIONS[name].roles:  # meanwhile
        return _answer(room, event.call, _not_allowed(room, name, role), event.at)
    return _do(room, event, name, Press(event.call, event.at, event.id, reading.typed))


def _do(room: Room, event: Webhook, name: str, press: Press) -> Room:
    """Do the action, and answer in private: at once, or when the engine has applied a request."""
    try:
        room, words = ACTIONS[name].does(room, press)
    except Refused as refusal:
        words = _not_possible(room, refusal.kind)
    *others, last = room.draft.requests or [None]
    if last is None:
        return _answer(room, event.call, words, event.at)
    requests = (*others, last._replace(words=words))
    return replace(room, draft=room.draft._replace(requests=requests))


def _not_allowed(room: Room, names: str, role: Role) -> Words:
    """Return in spoken words why this role may do none of the actions of a key."""
    may = {each for name in names.split() if name in ACTIONS for each in ACTIONS[name].roles}
    return say(room, ONLY_MODERATORS if may <= {*MODERATORS} else NOT_FOR[role])


def _keep(room: Room, event: Webhook, pressed: Pressed) -> Room:
    return change(room, event.call, pressed=pressed)


def _not_possible(room: Room, refused: str) -> Words:
    return say(room, NOT_POSSIBLE.get(refused, NOT_NOW))


def _answer(room: Room, call: str, words: Words, at: float) -> Room:
    return announce(room, words, at, [call]) if words else room
