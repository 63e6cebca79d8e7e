"""The verbs of a room as a whole: for everyone in its meeting, those on the way in included."""

from __future__ import annotations

from conference.core.client_state import Role
from conference.core.commands import Dial, PassThrough, queue_of
from conference.core.entering import remember, stop_opening
from conference.core.events import ModeratorRequest, Refused
from conference.core.fronts import account
from conference.core.leaving import hang_up
from conference.core.meeting import dials, expected, goes_on, present
from conference.core.replacing import replace
from conference.core.requests.moderation import hold, mute, unhold, unmute
from conference.core.requests.passthrough import pass_on, running_conference
from conference.core.room import Room, retry
from conference.core.texml.entering_and_leaving import by_texml, send_away
from conference.core.transitions import clear_queue, forget_asked, remember_ended


def mute_all(room: Room, event: ModeratorRequest) -> Room:
    """Mute everyone in the room or on the way in, except moderators."""
    return mute(room, replace(event, calls=_everyone(room, event.at, but="moderator")))


def unmute_all(room: Room, event: ModeratorRequest) -> Room:
    """Unmute everyone in the room or on the way in, except listeners."""
    return unmute(room, replace(event, calls=_everyone(room, event.at, but="listener")))


def hold_all(room: Room, event: ModeratorRequest) -> Room:
    return hold(room, replace(event, calls=_everyone(room, event.at)))


def unhold_all(room: Room, event: ModeratorRequest) -> Room:
    return unhold(room, replace(event, calls=_everyone(room, event.at)))


def lock(room: Room, event: ModeratorRequest) -> Room:
    """Let no new callers in until the meeting is over: they hear why and are hung up.

    `remember` follows for each call. Raise Refused if nobody is there.
    """
    if not goes_on(room, event.at):
        why = "a lock lasts as long as the meeting, so lock it when somebody is there"
        raise Refused("nobody-here", f"nobody is in room {room.name}: {why}")
    return _set_lock(room, event, locked=True)


def unlock(room: Room, event: ModeratorRequest) -> Room:
    """Let callers in again: `remember` follows for each call."""
    return _set_lock(room, event, locked=False)


def _set_lock(room: Room, event: ModeratorRequest, *, locked: bool) -> Room:
    if room.locked == locked:
        return room
    room = replace(room, locked=locked)
    for participant in present(room):
        if participant.takes_part:
            room = remember(room, participant.call, event.at)
    return room


def end(room: Room, event: ModeratorRequest) -> Room:
    """End the conference: `end` follows, and `hangup` for those outside it.

    Callers by TeXML on the way in are kicked when they join. Raise Refused if nobody is there.
    """
    outside = [p.call for p in present(room) if p.status != "joined"]
    coming, calling = expected(room, event.at), dials(room)
    if room.conference or not (outside or coming or calling):
        running_conference(room)
        about, ours = room.conference, account(room)
        room = pass_on(
            room, PassThrough("conference", about, "end", {}, event.id, account=ours), event.at
        )
    for call in (*outside, *coming):
        if call in coming or by_texml(room, call):
            room = send_away(room, call, event.at)
        else:
            room = hang_up(room, call, event.at)
    for dial in calling:
        room = _cancel_dial(room, dial, event.at)
    for call in outside:
        room = stop_opening(room, call, event.at)
    return room


def _cancel_dial(room: Room, dial: Dial, at: float) -> Room:
    """Drop a dial that waits for its next try. Of one in flight, `dialled` hangs up the call."""
    room = forget_asked(room, dial.id)
    if retry(queue_of(dial)) in room.deadlines:
        return clear_queue(room, queue_of(dial))
    return remember_ended(room, dial.id, at)


def _everyone(room: Room, at: float, but: Role | None = None) -> tuple[str, ...]:
    """Return the calls in the room or on the way in, except those of one role.

    A call that Telnyx has not begun yet has the id of its `Dial`. Raise Refused if there are none.
    """
    people, coming, calling = list(present(room)), expected(room, at), dials(room)
    if not people and not coming and not calling:
        running_conference(room)
    roles = [(p.call, p.role) for p in people]
    roles += [(dial.id, dial.client_state.role) for dial in calling]
    return (*(call for call, role in roles if role != but), *coming)
