"""The verbs of modes and raised hands. Who is muted follows by the rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from conference.core import hands
from conference.core.announcements.announcing import announce
from conference.core.client_state import Mode
from conference.core.entering import remember
from conference.core.events import ModeratorRequest, Refused
from conference.core.meeting import remember_all
from conference.core.muting import mode_mutes, mute_reason, without_own_mute
from conference.core.parts import NOTHING_ASKED
from conference.core.replacing import replace
from conference.core.requests import moderation
from conference.core.requests.required_status import require_status
from conference.core.requests.whole_room import check_goes_on
from conference.core.room import Room
from conference.core.transitions import change_holding, forget_refusals, set_asked
from conference.core.words import Sentence, join, say

# Spoken to participants inside.
MODES: Mapping[Mode, Sentence] = {
    "conversation": Sentence("The conversation is open again."),
    "questions": Sentence("Question time: everyone is muted."),
    "lecture": Sentence("Lecture: everyone is muted."),
}
UP = Sentence("Your hand is up. You are number {place} in the queue.")
DOWN = Sentence("Your hand is down.")
TURN = Sentence("You can speak now.")
TURN_OVER = Sentence("Your turn is over.")

NO_HAND = {
    "moderator": "is a moderator, and can speak without raising a hand",
    "listener": "is a listener, and cannot raise a hand",
}


def raise_hand(room: Room, event: ModeratorRequest) -> Room:
    """Put the hands of participants at the end of the queue: `speak` follows, with the place.

    Nothing follows for a hand that is up. Raise Refused for a moderator or listener.
    """
    for call in require_status(room, event.calls, "joined"):
        if why := NO_HAND.get(room.participants[call].role):
            raise Refused("not-now", f"{call} {why}")
    for call in event.calls:
        if not hands.is_up(room, call):
            room = replace(room, hands=(*room.hands, call))
            room = announce(room, say(room, UP, place=len(room.hands)), event.at, [call])
    return room


def lower_hand(room: Room, event: ModeratorRequest) -> Room:
    """Lower the hands of participants, also of one whose turn it is: `speak` follows for each."""
    before = room
    for call in event.calls:
        if hands.is_up(room, call):
            text = say(room, TURN_OVER if call == room.called else DOWN)
            room = announce(hands.lower(room, call), text, event.at, [call])
    return request_mutes(before, room, event.calls)


def next_hand(room: Room, event: ModeratorRequest) -> Room:
    """Let the first of the queue speak: `mute` follows for the former speaker, `unmute` for the
    next one, and `speak` for both.

    With an empty queue only the former one's turn ends. Raise Refused if there is none either.
    """
    if room.hands:
        return _give_turn(room, room.hands[0], event.at)
    if not room.called:
        raise Refused("not-now", f"nobody in room {room.name} has raised a hand")
    return _give_turn(room, "", event.at)


def unmute(room: Room, event: ModeratorRequest) -> Room:
    """Take back a mute. Participants muted by the mode get the turn instead, before all hands: one
    of their own is taken back, too, and the others hold again after the turn.

    Raise Refused for several of them: in such a mode one speaks at a time.
    """
    muted = [call for call in room.joined.intersection(event.calls) if mode_mutes(room, call)]
    if len(muted) > 1:
        why = f"in the mode {room.mode} one participant speaks at a time: unmute one"
        raise Refused("not-now", why)
    others = tuple(call for call in event.calls if call not in muted)
    room = moderation.unmute(room, replace(event, calls=others))
    return _give_turn(room, muted[0], event.at) if muted else room


def _give_turn(room: Room, call: str, at: float) -> Room:
    """End the former turn and begin this one, which takes back a mute of the participant's own.

    A participant whose turn it is keeps it. An empty call only ends the former turn.
    """
    before, former = room, room.called
    room = hands.give_turn(room, call)
    if call:
        room = _without_own_mute(room, call, at)
    if former == call:
        return request_mutes(before, room, [call])
    if former:
        room = announce(room, say(room, TURN_OVER), at, [former])
    if call:
        room = announce(room, say(room, TURN), at, [call])
    return request_mutes(before, room, (former, call))


def _without_own_mute(room: Room, call: str, at: float) -> Room:
    asked = room.holding.asked.get(call, NOTHING_ASKED).mute_by
    left = without_own_mute(asked, room.participants[call].role)
    return room if left == asked else remember(set_asked(room, call, mute_by=left), call, at)


def mode(room: Room, event: ModeratorRequest) -> Room:
    """Change the mode until the meeting is over: `speak` to everyone and `remember` follow, and
    `mute` or `unmute` by the rule.

    The turn ends. The queue of hands stays, except in a conversation. Nothing follows for the mode
    that the room is in. Raise Refused if nobody is there.
    """
    wanted: Mode = event.values["mode"]
    if wanted == room.mode:
        return room
    check_goes_on(room, event.at, "a mode")
    before = room
    kept = () if wanted == "conversation" else room.hands
    room = replace(room, mode=wanted, hands=kept, called="")
    words = join(say(room, MODES[wanted]), hands.how_to_speak(room, wanted))
    room = announce(room, words, event.at, room.joined)
    room = request_mutes(before, room, room.joined)
    return remember_all(before, room, event.at)


def request_mutes(before: Room, room: Room, calls: Iterable[str]) -> Room:
    """Store the request that mutes or unmutes these calls by the rule, as `set_asked` does."""
    request = room.draft.request
    changed = [
        call
        for call in room.joined.intersection(calls)
        if bool(mute_reason(before, call)) != bool(mute_reason(room, call))
    ]
    if not request or not changed:
        return room
    for call in changed:
        room = forget_refusals(room, call)
    mute_asked_by = {**room.holding.mute_asked_by, **dict.fromkeys(changed, request)}
    return change_holding(room, mute_asked_by=mute_asked_by)
