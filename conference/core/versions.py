"""Versions: the rows of a room that have changed, for programs that follow it by polling.

A row is what is shown of one participant. Each change of a room raises the room's version, and
gives it to the participants whose rows it changes. A version is also a time in milliseconds, so
that it grows over a restart, and is the same in each process that reads the room.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from conference.core.meeting import PRESENT
from conference.core.replacing import replace
from conference.core.room import Room
from conference.core.rules import alone
from conference.core.transitions import without

MOST_GONE = 250  # calls whose row is gone; programs that need more of them read the whole room


def changed_rows(before: Room, after: Room, touched: Iterable[str]) -> tuple[str, ...]:
    """Return the calls whose rows may differ, also those that appear or disappear, sorted.

    A part that is the same object is skipped: the cost grows with the change, not with the room.
    """
    rows = set(touched)
    if before.speaker != after.speaker:
        rows.update((before.speaker, after.speaker))
    if before.waits_for_start != after.waits_for_start:
        rows.update(after.joined)
    was, now = before.holding, after.holding
    if was is not now:
        rows.update(_differing(was.told, now.told), _differing(was.asked, now.asked))
    if before.joined is not after.joined or was.asked is not now.asked:
        rows.update((alone(before), alone(after)))
    rows.update(_differing(before.recordings.going_on, after.recordings.going_on))
    rows.update(_differing(before.queued, after.queued))
    known = (before.participants, after.participants)
    return tuple(sorted(call for call in rows if any(call in each for each in known)))


def stamp(before: Room, after: Room, rows: Iterable[str], at: float) -> dict[str, Any]:
    """Return the new fields of the room after a change of these rows. `at`: Unix seconds."""
    version = max(before.version + 1, int(at * 1000))
    fields: dict[str, Any] = {"version": version}
    if not before.version:
        fields["goes_back_to"] = version  # nothing is known of the time before
    here = [call for call in rows if call in after.participants]
    if here:
        participants = {**after.participants}
        for call in here:
            participants[call] = replace(participants[call], version=version)
        if before.speaker != after.speaker and before.speaker in participants:
            former = participants[before.speaker]
            participants[former.call] = replace(former, spoke_at=at)
        fields["participants"] = participants
    return fields | _gone(before, after, rows, version)


def _gone(before: Room, after: Room, rows: Iterable[str], version: int) -> dict[str, Any]:
    """Return the new fields for the calls whose row is gone, or is back."""
    gone = before.gone
    for call in rows:
        if is_shown(after, call):
            gone = without(gone, call)
        elif is_shown(before, call):
            gone = {**without(gone, call), call: version}  # the oldest first
    if gone is before.gone and (after.participants or not gone):
        return {}
    if not after.participants:  # the whole room is a short answer
        return {"gone": {}, "goes_back_to": version}
    forgotten = [*gone][: max(len(gone) - MOST_GONE, 0)]
    kept = {call: at for call, at in gone.items() if call not in forgotten}
    goes_back_to = gone[forgotten[-1]] if forgotten else before.goes_back_to or version
    return {"gone": kept, "goes_back_to": goes_back_to}


def is_shown(room: Room, call: str) -> bool:
    """Whether the call has a row: it is in the room or on the way in."""
    return room.status_of(call) in PRESENT


def _differing(before: Mapping[str, object], after: Mapping[str, object]) -> set[str]:
    """Return the keys whose values are not the same object."""
    if before is after:
        return set()
    return {key for key in before.keys() | after.keys() if before.get(key) is not after.get(key)}
