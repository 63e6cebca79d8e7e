"""The effects of outcomes: one table of all reactions, and the usual way to retry a command."""

from __future__ import annotations

from conference.core import commands as c
from conference.core.entering import let_next_open
from conference.core.events import Outcome
from conference.core.outcomes.meanings import Reactions, meaning
from conference.core.outcomes.of_calls import OF_CALLS, release_unknown_call, retry_until_done
from conference.core.outcomes.of_entering import OF_ENTERING
from conference.core.outcomes.of_holding import OF_HOLDING
from conference.core.outcomes.of_requests import OF_REQUESTS
from conference.core.outcomes.retries import (
    SAME_ID_FOR,
    TRIED_FOR,
    again_later,
    next_try,
    passes,
)
from conference.core.reconcile import compare, snapshot_by, snapshot_soon
from conference.core.replacing import replace
from conference.core.room import Deadline, Room
from conference.core.room_states import without_company
from conference.core.transitions import change, complete_head, set_deadline

SNAPSHOT_LATER = 30.0  # seconds from a refused snapshot to the next, if RECONCILE_SECONDS is 0
SPEECH_TRIED_FOR = 4.0  # seconds of errors: without a greeting or name a caller comes in sooner
ADVANCE_ON_TIMEOUT = ("ringing", "greeting", "waiting", "refused")


def outcome(room: Room, event: Outcome) -> Room:
    """React to the outcome of a command, unless an event has completed the command before."""
    queue = c.queue_of(event.command)
    if room.head(queue) != event.command:
        return room
    command, meant = type(event.command), meaning(event)
    if passes(event):
        if not _still_wanted(room, event.command):
            return let_next_open(complete_head(room, queue), event.at)
        return REACTIONS.get((command, "retry"), _try_again)(room, event.command, event)
    react = REACTIONS.get((command, meant), REACTIONS[command, "else"])
    return react(complete_head(room, queue), event.command, event)


def _still_wanted(room: Room, command: c.Command) -> bool:
    """Is a retry still wanted? The caller may have been kicked or let in meanwhile."""
    match command:
        case c.Create() | c.Join():
            return room.status_of(command.call) == "waiting"
        case c.Kick(alone=True):
            return command.call in without_company(room)
        case c.Dial():
            return command.id not in room.ended
        case c.Leave():
            return room.status_of(command.call) in ("waiting", "parked")
        case c.PassThrough(in_turn=True):
            return room.status_of(command.about) in ("greeting", "waiting", "parked")
        case _:
            return True


def _snapshot_later(room: Room, command: c.TakeSnapshot, event: Outcome) -> Room:
    return snapshot_by(room, event.at + (room.settings.reconcile_seconds or SNAPSHOT_LATER))


def _try_again(room: Room, command: c.Command, event: Outcome) -> Room:
    """Retry the identical command after a pause.

    After TRIED_FOR with errors, react as to a refusal. After SAME_ID_FOR, advance without it.
    """
    if meaning(event) == "unknown":
        room = _renew_patience(room)
    elif command.refused_since is None:
        event = replace(event, command=replace(command, refused_since=event.at))
    elif _tried_enough(command, command.refused_since, event):
        return REACTIONS[type(command), "else"](
            complete_head(room, c.queue_of(command)), command, event
        )
    if event.at - command.at < SAME_ID_FOR:
        return again_later(room, event)
    return _advance(
        snapshot_soon(complete_head(room, c.queue_of(command)), event.at), command, event
    )


def _tried_enough(command: c.Command, refused_since: float, event: Outcome) -> bool:
    """Have errors lasted too long? Before the join, the pause that would follow counts too."""
    if isinstance(command, c.Speak | c.Record):
        return next_try(event) - refused_since > SPEECH_TRIED_FOR
    return event.at - refused_since >= TRIED_FOR


def _advance(room: Room, command: c.Command, event: Outcome) -> Room:
    """Advance as after a timeout: Telnyx would no longer know a repetition by its command_id."""
    if isinstance(command, c.Answer) and command.call in room.reconciliation.unknown_calls:
        return release_unknown_call(room, command, event)
    statuses = ("waiting",) if isinstance(command, c.Create) else ADVANCE_ON_TIMEOUT
    if isinstance(command, c.OfCall) and room.status_of(command.call) in statuses:
        return set_deadline(room, Deadline("call", command.call), event.at)
    return let_next_open(room, event.at)


def _renew_patience(room: Room) -> Room:
    """Restart the patience of waiting callers: it counts only while Telnyx responds."""
    for participant in room.in_status("waiting"):
        room = change(room, participant.call, patience=None)
    return room


REACTIONS: Reactions = {
    **OF_CALLS,
    **OF_ENTERING,
    **OF_HOLDING,
    **OF_REQUESTS,
    (c.TakeSnapshot, "done"): compare,
    (c.TakeSnapshot, "retry"): retry_until_done,
    (c.TakeSnapshot, "else"): _snapshot_later,
}
