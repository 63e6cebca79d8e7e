"""The rules: the state that a room should have. Its difference to what Telnyx was told becomes
commands.

Rules read the room as it is, never the event.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import attrgetter, is_

from conference.core.admission.admitting import watch_lobby
from conference.core.admission.seating import watch_seats
from conference.core.commands import HOLD_AND_MUTE, SNAPSHOT, Hold, HoldOrMute, Mute, Unhold, Unmute
from conference.core.fronts import account, front
from conference.core.hands import lower_those_gone
from conference.core.host import watch
from conference.core.limits.minutes_limit import count_minutes
from conference.core.limits.time_limits import set_alone_deadlines, watch_end
from conference.core.meeting import end_meeting, expected
from conference.core.muting import mode_mutes, mute_reason
from conference.core.parts import FREE, NOTHING_ASKED, Told
from conference.core.replacing import replace
from conference.core.room import NEXT_SNAPSHOT, Room, refused
from conference.core.room_states import (
    RoomState,
    is_held,
    state_of,
    two_free,
    waits_for_host,
)
from conference.core.transitions import change_holding, close, send, set_deadline

DECIDING = (
    *("conference", "ending", "front", "waits_for_start", "begun", "origin", "mode", "called"),
    *("participants", "joined", "holding", "deadlines"),
)
"""The fields of the room that decide about hold and mute, except the settings, which stay."""
_deciding = attrgetter(*DECIDING)

COMING = ("greeting", "waiting")
ALONE_POSTPONED_BY = 60.0  # seconds that a call alone is kept while another caller is on the way


def company_is_coming(room: Room, at: float) -> bool:
    """Whether those on the way in will end the wait: for the host, or for two without a
    moderator's hold."""
    people = room.participants
    coming = [p.call for p in people.values() if p.status in COMING and not p.waits_outside]
    coming += expected(room, at)
    if waits_for_host(room):
        roles = (people[call].role if call in people else room.texml.role(call) for call in coming)
        return any(map(room.settings.starts, roles))
    free = [call for call in coming if not is_held(room, call)]
    return bool(free) and len(free) + len(two_free(room)) >= 2


def wanted(room: Room) -> Mapping[str, Told]:
    """Return the hold and mute that each joined participant should have, but for the free ones."""
    state = state_of(room)
    held = state.holds(room)
    concerned = room.joined.intersection((*held, *room.holding.asked))
    if room.mode != "conversation":
        concerned |= {call for call in room.joined if mode_mutes(room, call)}
    return {call: _wanted_for(room, call, state, call in held) for call in concerned}


def _wanted_for(room: Room, call: str, state: RoomState, held: bool) -> Told:
    """Return what is wanted for one participant. `held`: by the state of the room."""
    asked = room.holding.asked.get(call, NOTHING_ASKED)
    muted = bool(mute_reason(room, call))
    if asked.hold or not held:
        music = (asked.music or room.music) if asked.hold else ""
        return Told(held=asked.hold, muted=muted, music=music)
    theirs = room.wait_music if state.hold_reason == "not-started" else room.music
    return Told(held=True, muted=muted, music=asked.music or theirs)


def apply(before: Room, room: Room, at: float) -> Room:
    """Bring the room one step nearer to what the rules want: at most one hold or mute."""
    moved = room.participants is not before.participants
    if moved or not room.participants:
        room = _close_when_empty(room)
    if moved:
        room = lower_those_gone(_cancel_snapshot(before, room))
        room = watch_lobby(watch(before, room, at), at)
        room = watch_seats(before, room, at)
        room = count_minutes(room, at)
    if moved or _holds_differ(before, room):
        room = set_alone_deadlines(room, at)
    room = watch_end(before, room, at)
    room = end_meeting(room, at)
    room = _schedule_snapshot(room, at)
    if HOLD_AND_MUTE in room.pending or not _may_differ(before, room):
        return room
    command = next_hold_or_mute(room)
    return send(room, command, at) if command else _clear_requests(room)


def _may_differ(before: Room, room: Room) -> bool:
    """Whether a hold or mute may be due: a part that decides about it has changed.

    So most events, such as a change of speaker, cost the same in a small room and in a large one.
    """
    same = all(map(is_, _deciding(before), _deciding(room)))
    return HOLD_AND_MUTE in before.pending or not same


def _clear_requests(room: Room) -> Room:
    """Forget the requests: Telnyx was told everything that they asked for."""
    if not room.holding.hold_asked_by and not room.holding.mute_asked_by:
        return room
    return change_holding(room, hold_asked_by={}, mute_asked_by={})


def next_hold_or_mute(room: Room) -> HoldOrMute | None:
    """Return the next command for the difference between wanted and told; None if none is due."""
    if not room.conference or room.ending:
        return None
    if room.waits_for_start:  # until its start Telnyx holds everyone
        return None
    want = wanted(room)
    lists: dict[str, list[str]] = {"unhold": [], "hold": [], "mute": [], "unmute": []}
    for call in sorted(want.keys() | room.holding.told.keys()):
        w, told = want.get(call, FREE), room.holding.told.get(call, FREE)
        due = []
        if told.held != w.held or (w.held and told.music != w.music):
            due.append("hold" if w.held else "unhold")
        if told.muted != w.muted:
            due.append("mute" if w.muted else "unmute")
        for name in due:
            if refused(name, call) not in room.deadlines:
                lists[name].append(call)
    command = _next_command(room, lists, want)
    if command is None:
        return None
    asked_by = frozenset(request for _, request in asked_for(room, command))
    return replace(command, account=account(room), asked_by=asked_by)


def asked_for(room: Room, command: HoldOrMute) -> Iterator[tuple[str, str]]:
    """Yield the calls of the command that a moderator's request concerns, with the request's id."""
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
    """Return the calls for the next command: all at once; but one at a time after a joint refusal,
    and always if the front takes one at a time."""
    if not front(room).several_at_once:
        return tuple(calls[:1])
    together = [call for call in calls if call not in room.holding.one_by_one]
    return tuple(together or calls[:1])


def _close_when_empty(room: Room) -> Room:
    """Close a room without participants, unless a caller is on the way into its conference."""
    if room.joined or not room.conference or room.in_status("waiting"):
        return room
    return close(room) if front(room).is_over(room) else room


def _holds_differ(before: Room, room: Room) -> bool:
    asked_for_more = room.holding.asked is not before.holding.asked
    return asked_for_more or room.waits_for_start != before.waits_for_start


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
