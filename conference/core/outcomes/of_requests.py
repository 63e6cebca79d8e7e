"""What follows from Telnyx's answers to what a moderator asked for."""

from __future__ import annotations

from conference.core import commands as c
from conference.core.entering import PARKED_AT_MOST, finish_move, remember
from conference.core.events import Outcome
from conference.core.outcomes.meanings import meaning
from conference.core.outcomes.of_calls import until_it_is_done
from conference.core.outcomes.reactions import Reactions
from conference.core.outcomes.retries import SAME_ID_FOR, TRIED_FOR, again_later, next_try
from conference.core.reconcile import snapshot_soon
from conference.core.recordings import apply_command
from conference.core.requests.dialling import dialled
from conference.core.room import Deadline, Room
from conference.core.transitions import (
    change,
    change_reconciliation,
    complete_head,
    forget,
    set_deadline,
)


def _out(room: Room, command: c.Leave, event: Outcome) -> Room:
    """It stays parked, for a while; or goes to the other room, which is told. Unless somebody has
    asked for something else meanwhile, which is the last word."""
    if room.participants[command.call].status != "parked":
        return finish_move(room, command.call, event.at)
    if command.to and _is_to_be_queued(room, command.call):
        room = remember(room, command.call, event.at)
    elif command.to:
        room = change_reconciliation(
            room, moved_away=room.reconciliation.moved_away | {command.call}
        )
        return forget(room, command.call, event.at)
    return set_deadline(room, Deadline("call", command.call), event.at + PARKED_AT_MOST)


def _is_to_be_queued(room: Room, call: str) -> bool:
    return any(isinstance(x, c.PassThrough) and x.name == "enqueue" for x in room.under_way(call))


def _out_perhaps(room: Room, command: c.Leave, event: Outcome) -> Room:
    """It was in no conference, or its call has ended: the lists tell."""
    room = change(room, command.call, taken_out=False)
    return snapshot_soon(_out(room, command, event), event.at)


def _remembered(room: Room, command: c.Remember, event: Outcome) -> Room:
    return room


def _remember_later(room: Room, command: c.Remember, event: Outcome) -> Room:
    """Worth a few tries: it matters only after a restart."""
    if event.at - command.at < TRIED_FOR:
        return again_later(room, event)
    return complete_head(room, c.queue_of(command))


def _done(room: Room, command: c.PassThrough, event: Outcome) -> Room:
    return _moved_by(apply_command(room, command), command, event.at)


def _not_done(room: Room, command: c.PassThrough | c.Dial, event: Outcome) -> Room:
    """Whoever asked is told."""
    return _moved_by(room, command, event.at)


def _moved_by(room: Room, command: c.PassThrough | c.Dial, at: float) -> Room:
    """The command was to move a call: let the call in, if it has been asked back meanwhile."""
    if isinstance(command, c.PassThrough) and command.in_turn:
        return finish_move(room, command.about, at)
    return room


def _do_again(room: Room, command: c.PassThrough | c.Dial, event: Outcome) -> Room:
    """For a moderator's patience; but not what Telnyx may have done, and would do twice, as TeXML
    would call twice."""
    knows_it_again = not command.account if isinstance(command, c.Dial) else command.takes_id
    perhaps_done = meaning(event) != "limited" and not knows_it_again
    too_late = event.at - command.at >= TRIED_FOR or next_try(event) - command.at >= SAME_ID_FOR
    if perhaps_done or too_late:
        return _not_done(complete_head(room, c.queue_of(command)), command, event)
    return again_later(room, event)


REQUESTED: Reactions = {
    (c.Leave, "done"): _out,
    (c.Leave, "retry"): until_it_is_done,
    (c.Leave, "else"): _out_perhaps,
    (c.Remember, "retry"): _remember_later,
    (c.Remember, "else"): _remembered,
    (c.Dial, "done"): dialled,
    (c.Dial, "retry"): _do_again,
    (c.Dial, "else"): _not_done,
    (c.PassThrough, "done"): _done,
    (c.PassThrough, "retry"): _do_again,
    (c.PassThrough, "else"): _not_done,
}
