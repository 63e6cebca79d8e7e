"""After a restart: what lasts as long as the meeting, from the client_states of its calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from conference.core import members
from conference.core.client_state import OF_MEETING, ClientState
from conference.core.entering import LOCKED, locked_out, remember
from conference.core.leaving import dismiss
from conference.core.muting import as_newcomer
from conference.core.participant import Participant
from conference.core.parts import NOTHING_ASKED
from conference.core.replacing import replace
from conference.core.room import Room
from conference.core.snapshot import Snapshot
from conference.core.transitions import change, put_asked
from conference.core.words import say


def may_be_new(call: str, state: ClientState, snapshot: Snapshot) -> bool:
    """Whether the call may be no part of the meeting: a locked room has not let it in."""
    outside = call not in snapshot.joined and not state.parked
    return outside and state.direction == "incoming" and not state.of_meeting


def restore_meeting(room: Room, found: Collection[ClientState], at: float) -> Room:
    """Restore what lasts as long as the meeting, from before a restart, by the meeting's calls.

    Most of those found decide: one may have missed the newest change. A room that went on meanwhile
    keeps its own.
    """
    if _went_on(room):
        return room
    before = room
    for name in OF_MEETING:
        kept = Counter(getattr(state, name) for state in found).most_common(2)
        if kept and (len(kept) == 1 or kept[0][1] > kept[1][1]):
            room = replace(room, **{name: kept[0][0]})
    for participant in before.participants.values():
        if not before.newcomers_muted and not before.newcomers_held:
            room = treat_as_newcomer(room, participant, at)
        if not before.locked and locked_out(room, participant.call):
            room = _turn_away(room, participant, at)
    return room


def _went_on(room: Room) -> bool:
    """Whether the room knows its meeting by events and lists since the start."""
    return bool(room.participants and room.reconciliation.compared_at)


def restore_numbers(room: Room, snapshot: Snapshot, found: Collection[ClientState]) -> Room:
    """Let the numbers from before a restart go on: above those of the found calls, and one for each
    call that has left since."""
    left_too = 0 if _went_on(room) else snapshot.stays
    return members.skip_to(room, max([left_too, *(state.member for state in found)]))


def missed_newest(room: Room, state: ClientState) -> bool:
    """Whether the call has yet to learn what newcomers are: it is one, or the line was killed
    before Telnyx kept its newest client_state."""
    names = ("newcomers_muted", "newcomers_held")
    return any(getattr(room, name) and not getattr(state, name) for name in names)


def treat_as_newcomer(room: Room, newcomer: Participant, at: float) -> Room:
    """Mute and hold a caller as the room's newcomers are."""
    before = room.holding.asked.get(newcomer.call, NOTHING_ASKED)
    asked = as_newcomer(room, newcomer.role, before)
    if asked == before:
        return room
    return remember(put_asked(room, newcomer.call, asked), newcomer.call, at)


def _turn_away(room: Room, newcomer: Participant, at: float) -> Room:
    """Turn away a caller who came after the restart, before the lists showed the lock.

    One who rings, or hears the greeting, is turned away after that.
    """
    if newcomer.status in ("waiting", "joined"):
        return dismiss(room, newcomer.call, say(room, LOCKED), at)
    return change(room, newcomer.call, barred=True) if newcomer.status == "greeting" else room
