"""Mutes that a participant's own key does not lift."""

from __future__ import annotations

from conference.core.hands import how_to_speak
from conference.core.muting import mode_mutes, mute_reason
from conference.core.room import Room
from conference.core.words import NOTHING, Sentence, Words, say

LISTENERS = Sentence("Listeners stay muted.")


def stays_muted(room: Room, call: str) -> Words:
    """Return why the own key does not unmute the participant now, in spoken words; empty if it
    does, or if the participant is not muted."""
    if not mute_reason(room, call):
        return NOTHING
    if room.participants[call].role == "listener":
        return say(room, LISTENERS)
    by_mode = mode_mutes(room, call) and call != room.called
    return how_to_speak(room, room.mode) if by_mode else NOTHING
