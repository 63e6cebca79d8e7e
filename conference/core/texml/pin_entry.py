"""The reception by TeXML: callers enter a PIN as in `conference.core.admission.reception`.

Nothing is sent to Telnyx: it posts each input, and gets the next document. What the room keeps of a
call decides about the document, so the same post again changes nothing, and is answered alike.
"""

from __future__ import annotations

from conference.core.admission import pin_defence
from conference.core.admission.reception import MOST_TRIES, compare
from conference.core.parts import PinEntry
from conference.core.replacing import replace
from conference.core.room import PIN_ENTRY_KEPT, Room
from conference.core.texml.facts import PinPosted
from conference.core.transitions import change_texml

MOST_ENTRIES = 2000  # calls that are kept; the oldest are dropped first


def pin_posted(room: Room, event: PinPosted) -> Room:
    """Compare the PIN, now or when its turn has come. Without one the try has failed.

    After a restart the address alone says how many tries there were: they count as failed.
    """
    entry = room.texml.entries.get(event.call) or PinEntry(event.at)
    if entry.is_over or len(entry.tries) >= event.nth:
        return room  # posted again
    missing = event.nth - 1 - len(entry.tries)
    entry = replace(entry, tries=entry.tries + ("unknown",) * missing)
    if entry.pin:
        return room if event.at < entry.turn else _compare(room, event, entry, entry.pin)
    if not event.digits:
        return _keep(room, event, replace(entry, tries=(*entry.tries, "silent")))
    defence, turn = pin_defence.turn(room.pin_defence, event.number, event.at)
    room = replace(room, pin_defence=defence)
    if turn is None:
        return _keep(room, event, replace(entry, put_off=True))
    if turn <= event.at:
        return _compare(room, event, entry, event.digits)
    return _keep(room, event, replace(entry, pin=event.digits, turn=turn))


def _compare(room: Room, event: PinPosted, entry: PinEntry, digits: str) -> Room:
    room, pin = compare(room, event.number, digits, event.at)
    entry = replace(entry, pin="", turn=0.0)
    if pin is None:
        return _keep(room, event, replace(entry, tries=(*entry.tries, "unknown")))
    return _keep(room, event, replace(entry, room=pin.room, role=pin.role))


def _keep(room: Room, event: PinPosted, entry: PinEntry) -> Room:
    began = event.at - PIN_ENTRY_KEPT
    others = room.texml.entries.items()
    kept = {call: each for call, each in others if call != event.call and each.at > began}
    while len(kept) >= MOST_ENTRIES:
        del kept[next(iter(kept))]
    return change_texml(room, entries={**kept, event.call: replace(entry, at=event.at)})


def tries_left(entry: PinEntry) -> bool:
    """Whether the caller may try again."""
    return len(entry.tries) < MOST_TRIES


def result(entry: PinEntry) -> str:
    """Return in words what the caller's last input has led to."""
    if entry.room:
        return f"it leads to room {entry.room} as {entry.role}"
    if entry.put_off:
        return "there were too many wrong ones"
    if entry.pin:
        return "it waits for its turn"
    return {"unknown": "it is not known", "silent": "none was entered"}[entry.tries[-1]]
