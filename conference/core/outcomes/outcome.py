"""What follows from how a command ended: one table, and the way in which most are tried again."""

from __future__ import annotations

from dataclasses import replace

from conference.core import commands as c
from conference.core.entering import let_next_open
from conference.core.events import Outcome
from conference.core.outcomes.meanings import RETRIED, meaning
from conference.core.outcomes.of_calls import OF_CALLS, not_known_whose, until_it_is_done
from conference.core.outcomes.of_entering import ENTERING
from conference.core.outcomes.of_holding import HOLDING
from conference.core.outcomes.of_requests import REQUESTED
from conference.core.outcomes.reactions import Reactions
from conference.core.outcomes.retries import SAME_ID_FOR, TRIED_FOR, again_later
from conference.core.reconcile import compare, snapshot_by, snapshot_soon
from conference.core.room import Deadline, Room
from conference.core.rules import alone
from conference.core.transitions import change, complete_head, set_deadline

LOOK_LATER = 30.0  # seconds after one that Telnyx refused, where rooms are not compared regularly
WITH_A_WAY_ON = ("ringing", "greeting", "waiting", "refused")  # when their time is up


def outcome(room: Room, event: Outcome) -> Room:
    """React to how a command ended, unless an event has settled it before."""
    queue = c.queue_of(event.command)
    if room.head(queue) != event.command:
        return room
    kind, means = type(event.command), meaning(event)
    if means in RETRIED:
        if not _still_wanted(room, event.command):
            return let_next_open(complete_head(room, queue), event.at)
        return REACTIONS.get((kind, "retry"), _try_again)(room, event.command, event)
    react = REACTIONS.get((kind, means), REACTIONS[kind, "else"])
    return react(complete_head(room, queue), event.command, event)


def _still_wanted(room: Room, command: c.Command) -> bool:
    """Is a retry still wanted? The caller may have been kicked or let in meanwhile."""
    match command:
        case c.Create() | c.Join():
            return room.status_of(command.call) == "waiting"
        case c.Kick(alone=True):
            return alone(room) == command.call
        case c.Leave():
            return room.status_of(command.call) in ("waiting", "parked")
        case c.PassThrough(in_turn=True):
            return room.status_of(command.about) in ("waiting", "parked")
        case _:
            return True


def _look_later(room: Room, command: c.TakeSnapshot, event: Outcome) -> Room:
    return snapshot_by(room, event.at + (room.settings.reconcile_seconds or LOOK_LATER))


def _try_again(room: Room, command: c.Command, event: Outcome) -> Room:
    """Hold the identical command back for a while. At last give it up, or else carry on."""
    if meaning(event) == "unknown":
        room = _more_patience(room)
    elif command.refused_since is None:
        event = replace(event, command=replace(command, refused_since=event.at))
    elif event.at - command.refused_since >= TRIED_FOR:
        return REACTIONS[type(command), "else"](
            complete_head(room, c.queue_of(command)), command, event
        )
    if event.at - command.at < SAME_ID_FOR:
        return again_later(room, event)
    return _carry_on(
        snapshot_soon(complete_head(room, c.queue_of(command)), event.at), command, event
    )


def _carry_on(room: Room, command: c.Command, event: Outcome) -> Room:
    """As if its time were up: a later repetition would no longer be known as one."""
    if isinstance(command, c.Answer) and command.call in room.reconciliation.unknown_calls:
        return not_known_whose(room, command, event)
    at_it = ("waiting",) if isinstance(command, c.Create) else WITH_A_WAY_ON
    if isinstance(command, c.OfCall) and room.status_of(command.call) in at_it:
        return set_deadline(room, Deadline("call", command.call), event.at)
    return let_next_open(room, event.at)


def _more_patience(room: Room) -> Room:
    """A caller's patience is counted only while Telnyx answers."""
    for participant in room.in_status("waiting"):
        room = change(room, participant.call, patience=None)
    return room


REACTIONS: Reactions = {
    **OF_CALLS,
    **ENTERING,
    **HOLDING,
    **REQUESTED,
    (c.TakeSnapshot, "done"): compare,
    (c.TakeSnapshot, "retry"): until_it_is_done,
    (c.TakeSnapshot, "else"): _look_later,
}
