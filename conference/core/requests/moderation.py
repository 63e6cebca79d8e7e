"""What moderators ask for: each a function of the room and the request."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from conference.core.client_state import Role
from conference.core.commands import PassThrough, of_call
from conference.core.entering import enter, remember, stop_opening
from conference.core.events import HandedOver, ModeratorRequest, Refused
from conference.core.fronts import front
from conference.core.leaving import dismiss, hang_up, take_out
from conference.core.recordings import add_recordings
from conference.core.requests.passthrough import pass_on, running_conference
from conference.core.room import Deadline, Room, retry
from conference.core.transitions import (
    change,
    change_reconciliation,
    put,
    set_asked,
    set_deadline,
    without,
)

KICKED = "You are being taken out of the conference. Goodbye."


def mute(room: Room, event: ModeratorRequest) -> Room:
    return _set_asked(room, event, mute=True)


def unmute(room: Room, event: ModeratorRequest) -> Room:
    return _set_asked(room, event, mute=False)


def hold(room: Room, event: ModeratorRequest) -> Room:
    return _set_asked(room, event, hold=True, music=_music(event))


def unhold(room: Room, event: ModeratorRequest) -> Room:
    return _set_asked(room, event, hold=False, music="")


def mute_all(room: Room, event: ModeratorRequest) -> Room:
    """Everyone who is here now but the moderators."""
    return mute(room, replace(event, calls=_everyone_here(room, but="moderator")))


def unmute_all(room: Room, event: ModeratorRequest) -> Room:
    """Everyone who is here now but those who were called to listen."""
    return unmute(room, replace(event, calls=_everyone_here(room, but="listener")))


def hold_all(room: Room, event: ModeratorRequest) -> Room:
    return hold(room, replace(event, calls=_everyone_here(room)))


def unhold_all(room: Room, event: ModeratorRequest) -> Room:
    return unhold(room, replace(event, calls=_everyone_here(room)))


def lock(room: Room, event: ModeratorRequest) -> Room:
    """Whoever calls from now on is told so and hung up; those who are here stay."""
    return room if room.locked else replace(room, locked=True)


def unlock(room: Room, event: ModeratorRequest) -> Room:
    return replace(room, locked=False) if room.locked else room


def kick(room: Room, event: ModeratorRequest) -> Room:
    """A goodbye, then the call is hung up; at once during the greeting, since Telnyx does not say
    which of two speeches has ended."""
    for call in event.calls:
        status = room.participants[call].status
        if status in ("ringing", "greeting"):
            room = hang_up(room, call, event.at)
        elif status in ("waiting", "joined", "parked"):
            room = _cut_short(room, call)
            room = dismiss(room, call, event.values.get("text") or KICKED, event.at)
            room = stop_opening(room, call, event.at)
    return room


def leave(room: Room, event: ModeratorRequest) -> Room:
    """Out of the conference, with the call still up: until it is asked in again."""
    return _take_all_out(room, event, to="")


def join(room: Room, event: ModeratorRequest) -> Room:
    """Back into the conference, in the way that is asked for."""
    for call in _require_status(room, event.calls, "parked"):
        room = change(room, call, way_in=dict(event.values))
        asked = {name: event.values[name] for name in ("hold", "mute") if name in event.values}
        if (music := _music(event, "hold_")) or "hold" in asked:
            asked["music"] = music
        room = set_asked(room, call, **asked)
        if room.queue_of(call):
            room = _pass_on_once(room, call, "leave_queue", {}, event)
        room = remember(enter(room, call, event.at), call, event.at)
    return room


def enqueue(room: Room, event: ModeratorRequest) -> Room:
    """Out of the conference and into one of Telnyx's queues."""
    for call in _require_status(room, event.calls, "joined", "parked"):
        if room.queue_of(call) == event.values["queue_name"]:
            continue
        if room.participants[call].status == "joined":
            room = take_out(room, call, room.conference, event.at)
            room = remember(room, call, event.at)
        room = _pass_on_once(room, call, "enqueue", dict(event.values), event)
    return room


def leave_queue(room: Room, event: ModeratorRequest) -> Room:
    for call in _require_status(room, event.calls, "parked"):
        room = _pass_on_once(room, call, "leave_queue", {}, event)
    return room


def _pass_on_once(
    room: Room, call: str, action: str, body: dict[str, Any], event: ModeratorRequest
) -> Room:
    """Pass it on, unless it is about to be."""
    waiting = room.under_way(call)
    if any(isinstance(c, PassThrough) and (c.name, c.body) == (action, body) for c in waiting):
        return room
    return pass_on(room, PassThrough("call", call, action, body, event.id), event.at)


def move(room: Room, event: ModeratorRequest) -> Room:
    """To another room."""
    to = event.values["room"]
    return room if to == room.name else _take_all_out(room, event, to)


def check_move_to(room: Room) -> None:
    """Refused, before anybody is taken out of where they are."""
    if not front(room).takes_calls:
        raise Refused("not-now", f"room {room.name} has callers of TeXML")


def rename(room: Room, event: ModeratorRequest) -> Room:
    label = event.values["label"]
    for call in event.calls:
        if room.participants[call].label != label:
            room = remember(change(room, call, label=label), call, event.at)
    return room


def take_over_call(room: Room, event: HandedOver) -> Room:
    """A call comes from another room, with what its moderator had asked for."""
    call = event.participant.call
    if call in room.participants:
        return room
    newcomer = replace(  # its tries are counted on: else the ids of its commands would come again
        event.participant,
        status="ringing",
        joined_at=None,
        patience=None,
        way_in={},  # it was into the other conference
        moved_from=event.left,
    )
    ended = without(room.ended, call)  # it may have been here
    room = put(replace(room, ended=ended), newcomer)
    room = change_reconciliation(room, moved_away=room.reconciliation.moved_away - {call})
    room = add_recordings(room, call, event.recorded, event.unsaved)
    room = set_asked(
        room, call, hold=event.asked.hold, mute=event.asked.mute, music=event.asked.music
    )
    return enter(remember(room, call, event.at), call, event.at)


def _set_asked(room: Room, event: ModeratorRequest, **fields: object) -> Room:
    for call in event.calls:
        before = room.holding.asked.get(call)
        room = set_asked(room, call, **fields)
        if room.holding.asked.get(call) != before:
            room = remember(room, call, event.at)
    return room


def _take_all_out(room: Room, event: ModeratorRequest, to: str) -> Room:
    for call in _require_status(room, event.calls, "joined"):
        beep = event.values.get("beep_enabled", "")
        room = take_out(room, call, room.conference, event.at, to, beep)
        room = room if to else remember(room, call, event.at)  # of a move the other room says so
    return room


def _music(event: ModeratorRequest, prefix: str = "") -> str:
    values = event.values
    return values.get(f"{prefix}audio_url") or values.get(f"{prefix}media_name") or ""


def _cut_short(room: Room, call: str) -> Room:
    """Of what is to be asked for a caller who is to go, only what is in flight is waited for."""
    queue = of_call(call)
    under_way = room.under_way(call)[:1]
    if retry(queue) in room.deadlines:
        under_way = ()
    room = set_deadline(set_deadline(room, retry(queue), None), Deadline("call", call), None)
    return replace(room, pending={**room.pending, queue: under_way})  # where its goodbye follows


def _require_status(room: Room, calls: tuple[str, ...], *statuses: str) -> tuple[str, ...]:
    """The calls; Refused unless each is in one of these states."""
    for call in calls:
        status = room.participants[call].status
        if status not in statuses:
            raise Refused("not-now", f"{call} is {status}, not {' or '.join(statuses)}")
    return calls


def _everyone_here(room: Room, but: Role | None = None) -> tuple[str, ...]:
    """Everyone who is in the conference, or about to be, but for those of this role. Refused where
    none is running."""
    running_conference(room)
    here = (p for p in room.participants.values() if p.status in ("waiting", "joined"))
    return tuple(p.call for p in here if p.role != but)
