"""Tell participants that somebody else has muted or unmuted them."""

from __future__ import annotations

from conference.core.announcements.announcing import announce
from conference.core.keys.keymap import how_to_unmute
from conference.core.keys.staying_muted import stays_muted
from conference.core.muting import mode_mutes, mute_reason
from conference.core.parts import NOTHING_ASKED
from conference.core.room import Room, came_in
from conference.core.words import NOTHING, Sentence, Words, join, say

MUTED = Sentence("You are muted.")
MUTED_BY_MODERATOR = Sentence("You were muted by the moderator.")
UNMUTED = Sentence("You were unmuted by the moderator.")


def tell_mutes(before: Room, room: Room, at: float) -> Room:
    """Speak to participants whose mute this change alters, and to those who come in muted.

    `speak` follows, once for all who hear the same words. A participant whose own key has caused
    it has an answer already. Nothing follows in a room without keys.
    """
    was, now = before.holding.asked, room.holding.asked
    if not room.settings.keys or (was is now and before.joined is room.joined):
        return room
    hear: dict[Words, list[str]] = {}
    for call in sorted((was.keys() | now.keys() | came_in(before, room)) & room.joined):
        if words := _words(before, room, call):
            hear.setdefault(words, []).append(call)
    for words, calls in hear.items():
        room = announce(room, words, at, calls)
    return room


def _words(before: Room, room: Room, call: str) -> Words:
    """Return the words for a participant inside; empty if there is nothing to tell."""
    participant, known = room.participants[call], before.participants.get(call)
    asked = room.holding.asked.get(call, NOTHING_ASKED)
    if call not in before.joined:
        returns = known is not None and known.returns
        is_told = not mute_reason(room, call) or participant.recovered or returns
        return NOTHING if is_told else _muted(room, call, MUTED)
    has_turn = call == room.called
    if mode_mutes(room, call) and not (has_turn and call == before.called):
        return NOTHING  # the words about modes and turns are enough
    was = before.holding.asked.get(call, NOTHING_ASKED)
    was_muted, muted = (each.own_mute if has_turn else each.mute for each in (was, asked))
    if muted == was_muted or known is None or known.pressed != participant.pressed:
        return NOTHING
    if muted:
        return _muted(room, call, MUTED_BY_MODERATOR)
    return say(room, UNMUTED)


def _muted(room: Room, call: str, sentence: Sentence) -> Words:
    role = room.participants[call].role
    how = stays_muted(room, call) or how_to_unmute(room, role)
    return join(say(room, sentence), how)
