"""What should be true of a room. The difference to what Telnyx was told becomes commands.

Everything is computed from the room as it is, never from what has just happened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from conference.core.commands import HOLD_AND_MUTE, SNAPSHOT, Hold, HoldOrMute, Mute, Unhold, Unmute
from conference.core.fronts import account, front
from conference.core.parts import FREE, NOTHING, Told
from conference.core.room import NEXT_SNAPSHOT, Deadline, Room
from conference.core.transitions import change_holding, close, send, set_deadline

ALONE_POSTPONED_BY = 60.0  # seconds by which someone on the way keeps a lonely call alive


def alone(room: Room) -> str:
    """The call that is the room's only joined participant; empty where there is none."""
    return next(iter(room.joined)) if len(room.joined) == 1 else ""


def hold_reason(room: Room, call: str) -> str | None:
    """Why this participant should be on hold: a moderator wants it, or it is alone."""
    if room.holding.asked.get(call, NOTHING).hold:
        return "moderator"
    return "alone" if call == alone(room) else None


def wanted(room: Room) -> Mapping[str, Told]:
    """Hold and mute as they should be, for each joined participant who is not simply free."""
    concerned = room.joined.intersection((alone(room), *room.holding.asked))
    return {
        call: Told(held=held, muted=asked.mute, music=(asked.music or room.music) * held)
        for call in concerned
        for held in [hold_reason(room, call) is not None]
        for asked in [room.holding.asked.get(call, NOTHING)]
    }


def apply(before: Room, room: Room, at: float) -> Room:
    """Bring the room to what the rules want of it, one step."""
    moved = room.participants is not before.participants
    if moved or not room.participants:
        room = _close_when_empty(room)
    if moved:
        room = _set_alone_deadline(room, at)
        room = _cancel_snapshot(before, room)
    room = _schedule_snapshot(room, at)
    if HOLD_AND_MUTE in room.pending:
        return room
    command = next_hold_or_mute(room)
    return send(room, command, at) if command else _clear_requests(room)


def _clear_requests(room: Room) -> Room:
    """Telnyx was told what every request asked for."""
    if not room.holding.hold_asked_by and not room.holding.mute_asked_by:
        return room
    return change_holding(room, hold_asked_by={}, mute_asked_by={})


def next_hold_or_mute(room: Room) -> HoldOrMute | None:
    """One command that brings what Telnyx was told nearer to what is wanted."""
    if not room.conference or room.waits_for_start:  # till it starts Telnyx holds them all
        return None
    want = wanted(room)
    lists: dict[str, list[str]] = {"unhold": [], "hold": [], "mute": [], "unmute": []}
    for call in sorted(want.keys() | room.holding.told.keys()):
        w, told = want.get(call, FREE), room.holding.told.get(call, FREE)
        if told.held != w.held or (w.held and told.music != w.music):
            lists["hold" if w.held else "unhold"].append(call)
        if told.muted != w.muted:
            lists["mute" if w.muted else "unmute"].append(call)
    command = _next_command(room, lists, want)
    if command is None:
        return None
    asked_by = frozenset(request for _, request in asked_for(room, command))
    return replace(command, account=account(room), asked_by=asked_by)


def asked_for(room: Room, command: HoldOrMute) -> Iterator[tuple[str, str]]:
    """The calls of the command for which a request asked for it, each with the request's id."""
    holds = isinstance(command, Hold | Unhold)
    asked_by = room.holding.hold_asked_by if holds else room.holding.mute_asked_by
    yield from ((call, asked_by[call]) for call in command.calls if call in asked_by)


def _next_command(
    room: Room, lists: Mapping[str, list[str]], want: Mapping[str, Told]
) -> HoldOrMute | None:
    where, region = room.conference, room.settings.region
    if calls := _next_calls(room, lists["unhold"]):
        return Unhold(where, calls, region)
    if calls := _next_calls(room, lists["hold"]):
        music = want[calls[0]].music
        alike = tuple(call for call in calls if want[call].music == music)
        return Hold(where, alike, region, music)
    if calls := _next_calls(room, lists["mute"]):
        return Mute(where, calls, region)
    if calls := _next_calls(room, lists["unmute"]):
        return Unmute(where, calls, region)
    return None


def _next_calls(room: Room, calls: list[str]) -> tuple[str, ...]:
    """The calls for the next command: all at once, but one at a time after a joint refusal, and
    where the front takes one at a time."""
    if not front(room).several_at_once:
        return tuple(calls[:1])
    together = [call for call in calls if call not in room.holding.one_by_one]
    return tuple(together or calls[:1])


def _close_when_empty(room: Room) -> Room:
    """The last one out closes the room, unless somebody is on the way into its conference."""
    if room.joined or not room.conference or room.in_status("waiting"):
        return room
    return close(room) if front(room).is_over(room) else room


def _set_alone_deadline(room: Room, at: float) -> Room:
    """Whoever is alone for ALONE_MINUTES is told so and hung up."""
    limit = room.settings.alone_minutes * 60
    lonely = Deadline("alone", alone(room))
    for deadline in [d for d in room.deadlines if d.kind == "alone" and d != lonely]:
        room = set_deadline(room, deadline, None)
    if lonely.of and limit and lonely not in room.deadlines:
        room = set_deadline(room, lonely, at + limit)
    return room


def _schedule_snapshot(room: Room, at: float) -> Room:
    every = room.settings.reconcile_seconds
    minds = room.watches_unknown_calls or room.participants or front(room).watched_while_empty
    if not minds or not every or SNAPSHOT in room.pending or NEXT_SNAPSHOT in room.deadlines:
        return room
    return set_deadline(room, NEXT_SNAPSHOT, at + every)


def _cancel_snapshot(before: Room, room: Room) -> Room:
    if before.participants and not room.participants and not room.watches_unknown_calls:
        return set_deadline(room, NEXT_SNAPSHOT, None)
    return room
