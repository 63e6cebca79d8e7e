"""The effects of Telnyx's responses to the commands of moderators' requests."""

from __future__ import annotations

from conference.core import commands as c
from conference.core import join_options
from conference.core.entering import PARKED_AT_MOST, finish_move, remember
from conference.core.events import Outcome
from conference.core.keys.gathers import gather_is_refused
from conference.core.outcomes.meanings import Reactions, meaning
from conference.core.outcomes.of_calls import retry_until_done
from conference.core.outcomes.retries import (
    FOUND_WITHIN,
    SAME_ID_FOR,
    TRIED_FOR,
    again_later,
    next_try,
)
from conference.core.reconcile import snapshot_soon
from conference.core.recordings import apply_command
from conference.core.replacing import replace
from conference.core.requests.dialling import dialled
from conference.core.room import Deadline, Room
from conference.core.texml.entering_and_leaving import not_dialled
from conference.core.transitions import (
    change,
    complete_head,
    forget_asked,
    hand_over,
    send_again,
    set_deadline,
)


def _left(room: Room, command: c.Leave, event: Outcome) -> Room:
    """The call is out: keep it parked, or forget it here, so that the other room takes it over.

    A newer request has priority: the call enters again if it waits, or stays for a queue.
    """
    if room.participants[command.call].status != "parked":
        return finish_move(room, command.call, event.at)
    if command.to and _queue_follows(room, command.call):
        room = remember(room, command.call, event.at)
    elif command.to:
        left, by = command.conference, command.request
        return hand_over(room, command.call, command.to, event.at, left=left, request=by)
    return set_deadline(room, Deadline("call", command.call), event.at + PARKED_AT_MOST)


def _leave_again(room: Room, command: c.Leave, event: Outcome) -> Room:
    """Retry without end, until the conference has ended: then the call is out."""
    if room.ended.get(command.conference, event.at) < event.at:
        return _left(complete_head(room, c.queue_of(command)), command, event)
    return retry_until_done(room, command, event)


def _queue_follows(room: Room, call: str) -> bool:
    return any(isinstance(x, c.PassThrough) and x.name == "enqueue" for x in room.under_way(call))


def _may_have_left(room: Room, command: c.Leave, event: Outcome) -> Room:
    """The call was in no conference, or has ended: a snapshot shows which."""
    room = change(room, command.call, taken_out=False)
    return snapshot_soon(_left(room, command, event), event.at)


def _remembered(room: Room, command: c.Remember, event: Outcome) -> Room:
    return room


def _remember_later(room: Room, command: c.Remember, event: Outcome) -> Room:
    """Retry for a short time only: the client state matters only after a restart."""
    if event.at - command.at < TRIED_FOR:
        return again_later(room, event)
    return complete_head(room, c.queue_of(command))


def _done(room: Room, command: c.PassThrough, event: Outcome) -> Room:
    room = join_options.keep(apply_command(room, command), command)
    return _finish_move(room, command, event.at)


def _not_done(room: Room, command: c.PassThrough | c.Dial, event: Outcome) -> Room:
    if isinstance(command, c.PassThrough):
        if command.name == "gather_using_audio":
            room = gather_is_refused(room, command.body["call_control_id"])
        if command.name == "end" and meaning(event) != "no conference":
            room = replace(room, ending="")
        return _finish_move(room, command, event.at)
    room = forget_asked(room, command.id)  # of a request for everyone
    perhaps_done = meaning(event) in ("unknown", "busy")
    return room if perhaps_done else not_dialled(room, command)


def _not_found(room: Room, command: c.PassThrough, event: Outcome) -> Room:
    """Retry a command for a participant inside for a few seconds: Telnyx's REST lags behind."""
    inside = command.body.get("call_control_id") in room.joined
    if inside and event.at - command.at < FOUND_WITHIN:
        return send_again(room, command, next_try(event))
    return _not_done(room, command, event)


def _finish_move(room: Room, command: c.PassThrough, at: float) -> Room:
    """After a command that moves a call, let the call in if a newer request wants it back."""
    return finish_move(room, command.about, at) if command.in_turn else room


def _retry(room: Room, command: c.PassThrough | c.Dial, event: Outcome) -> Room:
    """Retry for as long as a moderator waits, but never do twice what Telnyx may have done once.

    Telnyx knows a repetition by its command_id. Some commands take none, like TeXML's dial.
    """
    repeatable = not command.account if isinstance(command, c.Dial) else command.repeatable
    perhaps_done = meaning(event) != "limited" and not repeatable
    too_late = event.at - command.at >= TRIED_FOR or next_try(event) - command.at >= SAME_ID_FOR
    if perhaps_done or too_late:
        return _not_done(complete_head(room, c.queue_of(command)), command, event)
    return again_later(room, event)


OF_REQUESTS: Reactions = {
    (c.Leave, "done"): _left,
    (c.Leave, "retry"): _leave_again,
    (c.Leave, "else"): _may_have_left,
    (c.Remember, "retry"): _remember_later,
    (c.Remember, "else"): _remembered,
    (c.Dial, "done"): dialled,
    (c.Dial, "retry"): _retry,
    (c.Dial, "else"): _not_done,
    (c.PassThrough, "done"): _done,
    (c.PassThrough, "retry"): _retry,
    (c.PassThrough, "no conference"): _not_found,
    (c.PassThrough, "else"): _not_done,
}
