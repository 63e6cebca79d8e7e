"""Tell participants that somebody else has muted or unmuted them."""

from __future__ import annotations

from conference.core.announcing import announce
from conference.core.client_state import Role
from conference.core.keys.keymap import how_to_unmute
from conference.core.parts import NOTHING_ASKED
from conference.core.room import Room

UNMUTED = "You were unmuted by the moderator."


def tell_mutes(before: Room, room: Room, at: float) -> Room:
    """Speak to participants whose mute this change alters, and to those who come in muted.

    `speak` follows, once for all who hear the same words. A participant whose own key has caused
    it has an answer already. Nothing follows in a room without keys.
    """
    was, now = before.holding.asked, room.holding.asked
    if not room.settings.keys or (was is now and before.joined is room.joined):
        return room
    hear: dict[str, list[str]] = {}
    for call in sorted((was.keys() | now.keys()) & room.joined):
        if words := _words(before, room, call):
            hear.setdefault(words, []).append(call)
    for words, calls in hear.items():
        room = announce(room, words, at, calls)
    return room


def _words(before: Room, room: Room, call: str) -> str:
    """Return the words for a participant inside; empty if there is nothing to tell."""
    participant, known = room.participants[call], before.participants.get(call)
    asked = room.holding.asked.get(call, NOTHING_ASKED)
    if call not in before.joined:
        is_told = not asked.mute or participant.recovered
        return "" if is_told else _muted(room, participant.role, "You are muted.")
    was_muted = before.holding.asked.get(call, NOTHING_ASKED).mute
    if asked.mute == was_muted or known is None or known.pressed != participant.pressed:
        return ""
    if asked.mute:
        return _muted(room, participant.role, "You were muted by the moderator.")
    return UNMUTED


def _muted(room: Room, role: Role, words: str) -> str:
    if role == "listener":
        return f"{words} Listeners stay muted."
    return f"{words} {how_to_unmute(room.settings.keys, role)}".rstrip()
