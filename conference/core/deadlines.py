"""The end of every wait: carry on as if the awaited event had arrived, and let Telnyx object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conference.core.admission.admitting import bell
from conference.core.admission.outside import too_long
from conference.core.admission.seating import seat
from conference.core.announcements.announcing import announce
from conference.core.announcements.chimes import announce_waiting
from conference.core.commands import HOLD_AND_MUTE, Queue
from conference.core.entering import HOST_DID_NOT_COME, NOBODY_CAME, OUTSIDE, PARKED_AT_MOST, enter
from conference.core.entry_stages import begin_entry, fail_stage
from conference.core.events import DeadlinePassed
from conference.core.fronts import front
from conference.core.host import host_deadline
from conference.core.keys.moderator_pin import compare_waiting_pin
from conference.core.leaving import dismiss, hang_up
from conference.core.limits.fresh_conference import move_on
from conference.core.limits.minutes_limit import minutes_deadline
from conference.core.limits.time_limits import ALONE_SOON, BEFORE_ALONE, HOST_LATE, announce_end
from conference.core.reconcile import take_snapshot
from conference.core.replacing import replace
from conference.core.room import Deadline, Room
from conference.core.room_states import waits_for_host
from conference.core.rules import ALONE_POSTPONED_BY, company_is_coming, next_hold_or_mute
from conference.core.texml.entering_and_leaving import kick_out
from conference.core.transitions import (
    change_holding,
    complete_head,
    forget,
    release,
    send,
    set_deadline,
)
from conference.core.words import say


def deadline_passed(room: Room, event: DeadlinePassed) -> Room:
    """Act on each deadline that has passed."""
    for deadline in sorted(d for d, at in room.deadlines.items() if at <= event.at):
        if deadline in room.deadlines:
            room = set_deadline(room, deadline, None)
            room = DEADLINES[deadline.kind](room, deadline.of, event.at)
    return room


def _call(room: Room, call: str, at: float) -> Room:
    participant = room.participants[call]
    if participant.is_called:
        return hang_up(room, call, at) if front(room).reports_no_answer else release(room, call)
    if participant.status == "ending" and room.under_way(call):
        return room  # our hangup is still on its way
    carry_on = CARRY_ON.get(participant.status)
    return carry_on(room, call, at) if carry_on else room


def _retry(room: Room, queue: Queue, at: float) -> Room:
    """Let the head of the queue go out again. Hold and mute are computed anew instead."""
    head = room.head(queue)
    if queue != HOLD_AND_MUTE or head is None:
        return room
    room = complete_head(room, queue)
    command = next_hold_or_mute(room)
    return send(room, replace(command, attempt=head.attempt), at) if command else room


def _alone(room: Room, call: str, at: float) -> Room:
    if company_is_coming(room, at):
        return set_deadline(room, Deadline("alone", call), at + ALONE_POSTPONED_BY)
    if front(room).speaks and waits_for_host(room):
        return dismiss(room, call, say(room, HOST_DID_NOT_COME), at)
    if front(room).speaks:
        return dismiss(room, call, say(room, NOBODY_CAME), at)
    if room.texml.facts:
        room = kick_out(room, room.texml.facts, call, at, alone=True)
    return set_deadline(room, Deadline("alone", call), at + ALONE_POSTPONED_BY)


def _alone_soon(room: Room, call: str, at: float) -> Room:
    """Announce the end of a call alone; put both off while company is coming."""
    if not company_is_coming(room, at):
        return announce(
            room, say(room, HOST_LATE if waits_for_host(room) else ALONE_SOON), at, [call]
        )
    room = set_deadline(room, Deadline("alone", call), at + ALONE_POSTPONED_BY + BEFORE_ALONE)
    return set_deadline(room, Deadline("alone-soon", call), at + ALONE_POSTPONED_BY)


def _snapshot(room: Room, key: str, at: float) -> Room:
    return take_snapshot(room, at)


def _music(room: Room, address: str, at: float) -> Room:
    """Try the music again that Telnyx has refused: by the rule, those on hold get it now."""
    kept = room.holding.refused_music - {address}
    return change_holding(room, refused_music=kept)


def _refused(room: Room, command_and_call: str, at: float) -> Room:
    """Let the rule send the refused hold or mute again, if it is still wanted."""
    return room


def _parked(room: Room, call: str, at: float) -> Room:
    if room.queue_of(call):  # Telnyx's queue has its own time limit
        return set_deadline(room, Deadline("call", call), at + PARKED_AT_MOST)
    return _outside(room, call, at)


def _outside(room: Room, call: str, at: float) -> Room:
    return dismiss(room, call, say(room, OUTSIDE), at)


CARRY_ON: dict[str, Callable[[Room, str, float], Room]] = {
    "ringing": begin_entry,  # perhaps answered, and the webhook lost
    "greeting": fail_stage,  # the end of the greeting was not reported
    "waiting": enter,  # the refusal "already joined" replaces a lost `joined`
    "joined": compare_waiting_pin,
    "parked": _parked,
    "leaving": _outside,  # Telnyx has left the call up
    "refused": hang_up,
    "ending": forget,
}

DEADLINES: dict[str, Callable[[Room, Any, float], Room]] = {
    "call": _call,
    "retry": _retry,
    "alone": _alone,
    "alone-soon": _alone_soon,
    "snapshot": _snapshot,
    "music": _music,
    "refused": _refused,
    "host": host_deadline,
    "lobby": too_long,
    "bell": bell,
    "chime": announce_waiting,
    "seat": seat,
    "ends-soon": announce_end,
    "fresh": move_on,
    "minutes": minutes_deadline,
}
