"""Rows of Telnyx's answers, with exactly the fields of its API description (2026-07).

What the description lacks is from Telnyx's Python SDK (4.189.0).
"""

from __future__ import annotations

from typing import Any

from ..network.parties import Conference, Leg, Participant, Place, Queue, Recording
from ..network.world import World
from ..webhooks import events


def active_call(world: World, leg: Leg) -> dict[str, Any]:
    """Return a call as in the list of active calls."""
    return {
        "record_type": "call",
        "call_control_id": leg.call_control_id,
        "call_leg_id": leg.call_leg_id,
        "call_session_id": leg.call_session_id,
        "client_state": leg.client_state,
        "call_duration": _duration(world, leg),
    }


def _duration(world: World, leg: Leg) -> int:
    """Return how long the call has been up, in whole seconds."""
    if leg.answered_at is None:
        return 0
    until = world.clock.now() if leg.ended_at is None else leg.ended_at
    return int(until - leg.answered_at)


def call(world: World, leg: Leg) -> dict[str, Any]:
    """Return a call by itself."""
    row = active_call(world, leg) | {
        "is_alive": leg.state != "ended"
        and (world.account.ways.held_calls_alive or not leg.on_hold),
        "start_time": world.date(leg.started_at),
    }
    if leg.ended_at is not None:
        row["end_time"] = world.date(leg.ended_at)
    return row


def conference(world: World, room: Conference) -> dict[str, Any]:
    """Return a conference."""
    by = room.ended_by
    return {
        "record_type": "conference",
        "id": room.id,
        "name": room.name,
        "connection_id": room.owner.connection_id,
        "region": room.region,
        "status": room.status,
        "created_at": world.date(room.created_at),
        "updated_at": world.date(room.updated_at),
        "expires_at": world.date(room.expires_at),
        "end_reason": room.end_reason,
        "ended_by": {
            "call_control_id": by.call_control_id if by else None,
            "call_session_id": by.call_session_id if by else None,
        },
    }


def participant(world: World, each: Participant) -> dict[str, Any]:
    """Return a participant as in a list."""
    return {
        "record_type": "participant",
        "id": each.id,
        "call_control_id": each.leg.call_control_id,
        "call_leg_id": each.leg.call_leg_id,
        "conference": {"id": each.conference.id, "name": each.conference.name},
        "status": each.status,
        "muted": each.muted,
        "on_hold": each.on_hold and world.account.ways.shows_hold,
        "whisper_call_control_ids": list(each.whispers_to),
        "end_conference_on_exit": each.end_on_exit,
        "soft_end_conference_on_exit": each.soft_end_on_exit,
        "created_at": world.date(each.created_at),
        "updated_at": world.date(each.updated_at),
    }


def one_participant(world: World, each: Participant) -> dict[str, Any]:
    """Return a participant by itself: some fields differ from those in a list."""
    row = participant(world, each) | {"conference_id": each.conference.id, "label": each.label}
    del row["record_type"], row["conference"]
    return row


def queue(world: World, each: Queue) -> dict[str, Any]:
    """Return a queue."""
    return {
        "record_type": "queue",
        "id": each.id,
        "name": each.name,
        "current_size": len(each.places),
        "max_size": each.max_size,
        "average_wait_time_secs": events.average_wait(world, each),
        "created_at": world.date(each.created_at),
        "updated_at": world.date(each.updated_at),
    }


def queue_call(world: World, waits_in: Queue, place: Place) -> dict[str, Any]:
    """Return a call in a queue."""
    leg = place.leg
    return {
        "record_type": "queue_call",
        "call_control_id": leg.call_control_id,
        "call_leg_id": leg.call_leg_id,
        "call_session_id": leg.call_session_id,
        "connection_id": leg.connection_id,
        "from": leg.from_,
        "to": leg.to,
        "queue_id": waits_in.id,
        "queue_position": waits_in.position(leg.call_control_id),
        "enqueued_at": world.date(place.since),
        "wait_time_secs": int(world.clock.now() - place.since),
        "is_alive": leg.state != "ended",
    }


def recording(world: World, each: Recording) -> dict[str, Any]:
    """Return a recording, with the fields of the SDK."""
    kind = "Conference" if each.conference else "Call"
    return {
        "record_type": "recording",
        "id": each.id,
        "call_control_id": each.leg.call_control_id,
        "call_leg_id": each.leg.call_leg_id,
        "call_session_id": each.leg.call_session_id,
        "conference_id": each.conference.id if each.conference else None,
        "connection_id": each.leg.connection_id,
        "from": each.leg.from_,
        "to": each.leg.to,
        "source": kind.lower(),
        "initiated_by": f"Start{kind}RecordingAPI",
        "status": "completed",
        "channels": each.channels,
        "duration_millis": int(each.lasted * 1000),
        "download_urls": events.download(world, each),
        "recording_started_at": world.date(each.started_at),
        "recording_ended_at": world.date(each.ended_at or 0.0),
        "created_at": world.date(each.saved_at or 0.0),
        "updated_at": world.date(each.saved_at or 0.0),
    }
