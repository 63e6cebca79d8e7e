"""Mutes that a participant's own key does not lift."""

from __future__ import annotations

from conference.core.hands import how_to_speak
from conference.core.muting import mode_mutes, mute_reason
from conference.core.room import Room

LISTENERS = "Listeners stay muted."


def stays_muted(room: Room, call: str) -> str:
    """Return why the own key does not unmute the participant now, in spoken words; empty if it
    does, or if the participant is not muted."""
    if not mute_reason(room, call):
        return ""
    if room.participants[call].role == "listener":
        return LISTENERS
    return how_to_speak(room, room.mode) if mode_mutes(room, call) and call != room.called else ""
