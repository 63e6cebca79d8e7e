"""Versions: the rows of a room that have changed, for programs that follow it by polling.

A row is what is shown of one participant. Each change of a room raises the room's version, and
gives it to the participants whose rows it changes. A version is also a time in milliseconds, so
that it grows over a restart, and is the same in each process that reads the room.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import zip_longest
from typing import Any

from conference.core.meeting import PRESENT
from conference.core.participant import Participant
from conference.core.replacing import replace
from conference.core.room import Room
from conference.core.room_states import alone

MOST_GONE = 250  # calls whose row is gone; programs that need more of them read the whole room


def changed_rows(before: Room, after: Room, touched: Iterable[str]) -> tuple[str, ...]:
    """Return the calls whose rows may differ, also those that appear or disappear, sorted.

    A part that is the same object is skipped: the cost grows with the change, not with the room.
    """
    rows = set(touched)
    if before.speaker != after.speaker:
        rows.update((before.speaker, after.speaker))
    if (before.waits_for_start, before.begun) != (after.waits_for_start, after.begun):
        rows.update(after.joined)
    if before.mode != after.mode:
        rows.update(after.joined)
    if before.called != after.called:
        rows.update((before.called, after.called))
    if before.hands is not after.hands:
        rows.update(_moved_up(before.hands, after.hands))
    was, now = before.holding, after.holding
    if was.told is not now.told:
        rows.update(_differing(was.told, now.told))
    if was.asked is not now.asked:
        rows.update(_differing(was.asked, now.asked))
    if was.asked is not now.asked or before.joined is not after.joined:
        rows.update((alone(before), alone(after)))
    if before.recordings is not after.recordings:
        rows.update(_differing(before.recordings.going_on, after.recordings.going_on))
    if before.queued is not after.queued:
        rows.update(_differing(before.queued, after.queued))
    known, knew = after.participants, before.participants
    return tuple(sorted([call for call in rows if call in known or call in knew]))


def stamp(
    before: Room, after: Room, rows: Iterable[str], touched: Iterable[str], at: float
) -> dict[str, Any]:
    """Return the new fields of the room after a change of these rows. `at`: Unix seconds."""
    version = max(before.version + 1, int(at * 1000))
    fields: dict[str, Any] = {"version": version}
    if not before.version:
        fields["goes_back_to"] = version  # nothing is known of the time before
    former = before.speaker if before.speaker != after.speaker else ""
    changed: dict[str, Participant] = {}
    for call in rows:
        if row := after.participants.get(call):
            spoke_at = at if call == former else row.spoke_at
            changed[call] = replace(row, version=version, spoke_at=spoke_at)
    if changed:
        fields["participants"] = {**after.participants, **changed}
    return fields | _gone(before, after, touched, version)


def _gone(before: Room, after: Room, touched: Iterable[str], version: int) -> dict[str, Any]:
    """Return the new fields about calls whose row is gone; {} if no call left or came back."""
    back = {call for call in touched if call in before.gone and is_shown(after, call)}
    left = [call for call in touched if is_shown(before, call) and not is_shown(after, call)]
    if not back and not left:
        return {}
    kept = {call: gone_in for call, gone_in in before.gone.items() if call not in back}
    gone = [*kept.items(), *((call, version) for call in left)]  # the oldest first
    excess = max(len(gone) - MOST_GONE, 0)
    fields: dict[str, Any] = {"gone": dict(gone[excess:])}
    return fields | {"goes_back_to": gone[excess - 1][1]} if excess else fields


def is_shown(room: Room, call: str) -> bool:
    """Whether the call has a row: it is in the room or on the way in."""
    return room.status_of(call) in PRESENT


def _moved_up(before: tuple[str, ...], after: tuple[str, ...]) -> set[str]:
    """Return the calls whose hands have another place in the queue, or none."""
    places = zip_longest(before, after)
    return {call for was, now in places if was != now for call in (was, now) if call}


def _differing(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    """Return the keys whose values are not the same object."""
    keys = before.keys() | after.keys()
    return [key for key in keys if before.get(key) is not after.get(key)]
