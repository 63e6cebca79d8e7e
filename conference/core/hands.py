"""Raised hands: a queue of participants who want to speak, and the one whose turn it is.

| mode | who can speak |
|---|---|
| `conversation` | everyone |
| `questions` | moderators, and the participant whose turn it is |
| `lecture` | the same; nobody is invited to raise a hand |

`muting.mute_reason` computes from the mode, the role and the turn who is muted: nothing is stored
with the participants, so the end of a mode gives everybody back what they had.
"""

from __future__ import annotations

from conference.core.client_state import Mode
from conference.core.keys.spoken import spoken
from conference.core.meeting import PRESENT
from conference.core.replacing import replace
from conference.core.room import Room
from conference.core.words import NOTHING, Sentence, Words, say

# Spoken to participants inside.
MODERATORS_SPEAK = Sentence("Only the moderators can speak.")
PRESS_TO_SPEAK = Sentence("To speak, press {key}.")
RAISE_HAND = Sentence("Raise your hand to speak.")


def is_up(room: Room, call: str) -> bool:
    """Whether the participant's hand is up: it waits in the queue, or its turn has come."""
    return call in room.hands or call == room.called


def place(room: Room, call: str) -> int | None:
    """Return the hand's place in the queue, from 1; None if it does not wait."""
    return room.hands.index(call) + 1 if call in room.hands else None


def lower(room: Room, call: str) -> Room:
    """Take the hand out of the queue, and end the turn if it is this participant's."""
    hands = tuple(each for each in room.hands if each != call)
    return replace(room, hands=hands, called="" if room.called == call else room.called)


def give_turn(room: Room, call: str) -> Room:
    """Let the participant speak instead of the former one. An empty call ends the turn."""
    return replace(lower(lower(room, room.called), call), called=call)


def how_to_speak(room: Room, mode: Mode) -> Words:
    """Return in spoken words how participants get to speak in this mode; empty in a conversation.

    The key is named where the room has one.
    """
    if mode == "lecture":
        return say(room, MODERATORS_SPEAK)
    if mode == "conversation":
        return NOTHING
    keys = (key for key, names in room.settings.keys.items() if "hand" in names.split())
    key = spoken(room, next(keys, ""))
    return say(room, PRESS_TO_SPEAK if key else RAISE_HAND, key=key)


def lower_those_gone(room: Room) -> Room:
    """Lower the hands of calls that have left, and of those whose new role needs or has none.

    A moderator speaks at any time. A listener can be given the turn by name.
    """
    if not room.hands and not room.called:
        return room
    hands = tuple(call for call in room.hands if _role(room, call) == "participant")
    called = room.called if _role(room, room.called) in ("participant", "listener") else ""
    same = len(hands) == len(room.hands) and called == room.called
    return room if same else replace(room, hands=hands, called=called)


def _role(room: Room, call: str) -> str:
    """Return the role of a call in the room or on the way in; empty for any other."""
    known = room.participants.get(call)
    return known.role if known and known.status in PRESENT and known.status != "parked" else ""
