"""Ends of calls, stays and conferences. Each can cause the others.

The webhooks for the last caller are, in order: call.hangup, conference.participant.left,
conference.ended; or as Ways.last_events has them.
"""

from __future__ import annotations

from ..webhooks import events
from . import gathering, playing, queues, recordings
from .hearing import beep
from .parties import Conference, Leg, Participant
from .world import World


def hang_up(world: World, leg: Leg, cause: str, source: str) -> None:
    """End the leg, unless it has ended. cause, source: as in call.hangup."""
    if leg.state == "ended":
        return
    with world.last_events():
        _hang_up(world, leg, cause, source)


def _hang_up(world: World, leg: Leg, cause: str, source: str) -> None:
    gathering.end(world, leg, "call_hangup")
    playing.silence(world, leg, "call_hangup")
    leg.ended_at = world.clock.now()
    leg.hangup_cause, leg.hangup_source = cause, source
    world.emit("call.hangup", events.hangup(world, leg))
    leave(world, leg)
    application = world.account.connection(leg.connection_id)
    if application and application["call_cost_in_webhooks"]:
        world.emit("call.cost", events.cost(world, leg))
    queues.hung_up(world, leg)
    recordings.end_all(world, leg)
    world.hear(leg)
    if leg.peer:
        hang_up(world, leg.peer, cause, source)


def hang_up_by_application(world: World, leg: Leg) -> None:
    """Let the application end a leg.

    The application is the callee of an incoming leg, and the caller of an outgoing one.
    """
    incoming = leg.direction == "incoming"
    unanswered = "call_rejected" if incoming else "originator_cancel"
    cause = "normal_clearing" if leg.state == "answered" else unanswered
    hang_up(world, leg, cause, "callee" if incoming else "caller")


def hang_up_by_phone(world: World, leg: Leg) -> None:
    """Let the phone end a leg."""
    incoming = leg.direction == "incoming"
    unanswered = "originator_cancel" if incoming else "call_rejected"
    cause = "normal_clearing" if leg.state == "answered" else unanswered
    if leg.state != "ended":
        world.happened("hangs up", leg.number, cause)
    hang_up(world, leg, cause, "caller" if incoming else "callee")


def leave(world: World, leg: Leg) -> None:
    """Take the leg out of its conference, if it is in one; the call stays up."""
    if not (participant := leg.participant):
        return
    room = participant.conference
    _take_out(world, participant)
    world.hear(leg)
    if room.status == "completed":
        return  # the conference is ending, and empties itself
    if not room.inside:
        end(world, room, "all_left", by=leg)
    elif participant.end_on_exit:
        # Participants by TeXML continue with the rest of their documents.
        end(world, room, "host_left", by=leg, hang_up_all=room.noun is None)
    elif participant.soft_end_on_exit and world.account.ways.soft_end != "conference stays":
        end(
            world, room, "host_left", by=leg, hang_up_all=world.account.ways.soft_end == "calls end"
        )
    else:
        if participant.beep in ("always", "on_exit"):
            beep(room, world.clock.now())
        world.hear_all(room)


def _take_out(world: World, participant: Participant) -> None:
    gathering.end(world, participant.leg, "cancelled")
    playing.cut(world, participant, participant.clips, "cancelled")
    participant.status, participant.updated_at = "left", world.clock.now()
    participant.leg.participant = None
    del participant.conference.inside[participant.leg.call_control_id]
    world.emit("conference.participant.left", events.participant(participant))


def time_out(world: World, room: Conference) -> None:
    """End the conference, since its time is over, and usually the calls in it."""
    end(world, room, "time_exceeded", hang_up_all=not world.account.ways.leaves_calls_up)


def end(
    world: World, room: Conference, reason: str, *, by: Leg | None = None, hang_up_all: bool = True
) -> None:
    """End the conference, unless it has ended. reason: as in conference.ended."""
    if room.status == "completed":
        return
    room.end_reason, room.ended_by = reason, by
    room.updated_at = world.clock.now()
    if world.active.get(key := (room.owner.connection_id, room.name)) is room:
        del world.active[key]
    playing.cut(world, room, room.clips, "cancelled")
    recordings.end_all(world, room)
    for participant in tuple(room.inside.values()):
        if hang_up_all:
            hang_up_by_application(world, participant.leg)
        else:
            _take_out(world, participant)
            world.hear(participant.leg)
    if reason == "ended_via_api":
        hang_up_by_application(world, room.owner)  # seen live, even after the owner had left
    world.emit("conference.ended", events.conference(world, room, room.owner) | {"reason": reason})
