"""What Telnyx's lists show of participants on hold.

Telnyx does not document it: a list may show `on_hold`, show it as false, or leave the participant
out. Until a list has shown a hold, no list proves that a participant on hold has left, and an
`on_hold` that stays false counts a few times only.
"""

from __future__ import annotations

from conference.core.commands import HOLD_AND_MUTE
from conference.core.fronts import front
from conference.core.parts import FREE
from conference.core.replacing import replace
from conference.core.room import Room
from conference.core.snapshot import Seen, Snapshot
from conference.core.transitions import change_reconciliation, set_told

UNSEEN_AT_MOST = 2  # holds that are repeated because no list showed them


def note_shown_holds(room: Room, snapshot: Snapshot) -> Room:
    """Remember that Telnyx's lists show holds, once one has shown some participant on hold."""
    known = room.reconciliation.shows_holds
    if known or not any(seen.held for seen in snapshot.joined.values()):
        return room
    return change_reconciliation(room, shows_holds=True)


def may_be_left_out(room: Room, call: str) -> bool:
    """Whether a list without this participant proves nothing: it may leave out those on hold.

    Callbacks and lists of TeXML are documented. There the calls are in no other list, either.
    """
    if room.reconciliation.shows_holds or not front(room).legs_stay_up:
        return False
    in_flight = getattr(room.head(HOLD_AND_MUTE), "calls", ())
    return call in in_flight or room.holding.told.get(call, FREE).held is not False


def as_listed(room: Room, call: str, seen: Seen) -> Seen:
    """Return what a list shows of the participant. A hold that Telnyx has accepted stays one where
    lists do not show holds."""
    told = room.holding.told.get(call, FREE)
    known = room.reconciliation
    hidden = not known.shows_holds and known.unseen_holds >= UNSEEN_AT_MOST
    return replace(seen, held=True) if hidden and told.held else seen


def set_told_as_listed(room: Room, call: str, seen: Seen) -> Room:
    """Store the hold and mute that a list shows, so that the rule repeats a command that got lost.

    Count the holds that no list showed although Telnyx had accepted them.
    """
    told, seen = room.holding.told.get(call, FREE), as_listed(room, call, seen)
    if told.held and not seen.held:
        unseen = room.reconciliation.unseen_holds + 1
        room = change_reconciliation(room, unseen_holds=min(unseen, UNSEEN_AT_MOST))
    music = told.music if told.held and seen.held else ""
    return set_told(room, call, held=seen.held, muted=seen.muted, music=music)
