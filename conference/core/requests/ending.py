"""The end of a meeting at a moderator's request: nobody on the way in may begin another one."""

from __future__ import annotations

from conference.core.commands import PassThrough, Queue
from conference.core.entering import stop_opening
from conference.core.events import ModeratorRequest
from conference.core.fronts import account
from conference.core.leaving import hang_up
from conference.core.meeting import expected, present
from conference.core.requests.passthrough import pass_on, running_conference
from conference.core.room import Room, retry
from conference.core.texml.entering_and_leaving import by_texml, send_away
from conference.core.transitions import clear_queue, remember_ended


def end(room: Room, event: ModeratorRequest) -> Room:
    """End the conference: `end` follows, and `hangup` for those outside it.

    Callers by TeXML on the way in are kicked when they join. Raise Refused if nobody is there.
    """
    outside = [p.call for p in present(room) if p.status != "joined"]
    coming, dials = expected(room, event.at), [q for q in room.pending if q.of == "dial"]
    if room.conference or not (outside or coming or dials):
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
    for queue in dials:
        room = _cancel_dial(room, queue, event.at)
    for call in outside:
        room = stop_opening(room, call, event.at)
    return room


def _cancel_dial(room: Room, queue: Queue, at: float) -> Room:
    """Drop a dial that waits for its next try. Of one in flight, `dialled` hangs up the call."""
    if retry(queue) in room.deadlines:
        return clear_queue(room, queue)
    return remember_ended(room, queue.id, at)
