"""The recording from the start, and the notice that participants hear of every recording."""

from __future__ import annotations

from collections.abc import Mapping

from conference.core.announcements.announcing import announce
from conference.core.commands import CONFERENCE, Create
from conference.core.forwarding import for_conference
from conference.core.fronts import front
from conference.core.recordings import is_recorded, set_recorded, will_be_recorded
from conference.core.replacing import replace
from conference.core.room import Room
from conference.core.transitions import send
from conference.core.words import Sentence, say

RECORDED = Sentence("This conference is recorded.")
ENDED = Sentence("The recording has ended.")
NO_LONGER = Sentence("This conference is no longer recorded.")


def record(before: Room, room: Room, at: float) -> Room:
    """Record a conference from its start, or from its first moderator: `record_start` follows once.

    A conference that was open before a restart of the line counts as recorded already, and those
    inside as having heard so.
    """
    if room.settings.record != "record-from-start" or front(room).records_itself:
        return room
    if not room.conference or room.conference == room.recordings.from_start:
        return room
    if room.settings.record_from_host and not _moderator_inside(room):
        return room
    room = replace(room, recordings=replace(room.recordings, from_start=room.conference))
    if _was_open_before(before):
        heard = dict.fromkeys(room.joined, room.conference)
        room = replace(room, recordings=replace(room.recordings, heard=heard))
        return set_recorded(room, room.conference)
    return send(room, for_conference(room, "record_start", _body(room), "record-from-start"), at)


def _moderator_inside(room: Room) -> bool:
    return any(room.participants[call].role == "moderator" for call in room.joined)


def _was_open_before(before: Room) -> bool:
    """Whether this change has found the conference, and no snapshot was compared before."""
    opens = isinstance(before.head(CONFERENCE), Create)
    return not (before.conference or opens or before.reconciliation.compared_at)


def _body(room: Room) -> dict[str, object]:
    trim = {"trim": "trim-silence"} if room.settings.trim == "trim-silence" else {}
    return {"format": "mp3", "play_beep": room.settings.record_beep, **trim}


def tell_recording(before: Room, room: Room, at: float) -> Room:
    """Let participants hear that they are recorded, and that they are so no more: `speak` follows.

    Each one inside hears of a change once. One who comes later hears it in private. One who has
    heard of a recording in a conference that is lost hears if the next one has none.
    """
    if not room.settings.announce_recording or not front(room).speaks:
        return room
    if not _differ(before, room):
        return room
    heard, recorded = room.recordings.heard, is_recorded(room)
    if not (heard or recorded) or (not recorded and will_be_recorded(room)):
        return room
    if recorded:
        hear = [call for call in room.joined if heard.get(call) != room.conference]
        return _tell(room, {RECORDED: hear}, {**heard, **dict.fromkeys(hear, room.conference)}, at)
    knew = [call for call in room.joined if call in heard]
    ended = [call for call in knew if heard[call] == room.conference]
    lost = [call for call in knew if heard[call] != room.conference]
    kept = {call: of for call, of in heard.items() if call not in room.joined}
    return _tell(room, {ENDED: ended, NO_LONGER: lost}, kept, at)


def _differ(before: Room, room: Room) -> bool:
    """Whether anything differs that the notice depends on. Changes of the speaker are many."""
    inside = before.joined is not room.joined or before.recordings is not room.recordings
    return inside or before.pending is not room.pending


def _tell(
    room: Room, words: Mapping[Sentence, list[str]], heard: Mapping[str, str], at: float
) -> Room:
    """Speak to those who hear the words, and keep what participants have heard."""
    for text, calls in words.items():
        if calls:
            room = replace(room, recordings=replace(room.recordings, heard=heard))
            room = announce(room, say(room, text), at, calls)
    return room
