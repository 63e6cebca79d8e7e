"""Payloads of the webhooks, with the fields of Telnyx's API description (2026-07)."""

from __future__ import annotations

from math import ceil
from typing import Any

from ..network.parties import Conference, Leg, Participant, Queue, Recording
from ..network.world import World

_RATE = 0.002  # USD a minute
_SIP = {  # SIP status by hangup cause
    "normal_clearing": "200",
    "time_limit": "200",
    "not_found": "404",
    "timeout": "487",
    "no_answer": "480",
    "user_busy": "486",
    "originator_cancel": "487",
    "call_rejected": "603",
}


def call(leg: Leg) -> dict[str, Any]:
    """Return the fields of every webhook about a call."""
    return {
        "call_control_id": leg.call_control_id,
        "call_leg_id": leg.call_leg_id,
        "call_session_id": leg.call_session_id,
        "client_state": leg.client_state,
        "connection_id": leg.connection_id,
    }


def initiated(leg: Leg) -> dict[str, Any]:
    """Return the payload of call.initiated."""
    return call(leg) | {
        "direction": leg.direction,
        "from": leg.from_,
        "to": leg.to,
        "state": "parked" if leg.direction == "incoming" else "bridging",
        "calling_party_type": "pstn",
        "from_sip_uri": f"{leg.from_}@127.0.0.1:5060",
        "to_sip_uri": f"{leg.to}@127.0.0.1:5060",
    }


def answered(world: World, leg: Leg) -> dict[str, Any]:
    """Return the payload of call.answered. As with Telnyx, it has no direction."""
    start = world.date(leg.started_at)
    return call(leg) | {"from": leg.from_, "to": leg.to, "state": "answered", "start_time": start}


def hangup(world: World, leg: Leg) -> dict[str, Any]:
    """Return the payload of call.hangup."""
    return call(leg) | {
        "from": leg.from_,
        "to": leg.to,
        "state": "hangup",
        "start_time": world.date(leg.started_at),
        "end_time": world.date(leg.ended_at or 0.0),
        "hangup_cause": leg.hangup_cause,
        "hangup_source": leg.hangup_source,
        "sip_hangup_cause": _SIP.get(leg.hangup_cause, "unspecified"),
        "call_quality_stats": _quality(leg),
    }


def cost(world: World, leg: Leg) -> dict[str, Any]:
    """Return the payload of call.cost, for a call that has ended. Whole minutes are billed."""
    lasted = 0.0 if leg.answered_at is None else (leg.ended_at or 0.0) - leg.answered_at
    billed = ceil(lasted / 60) * 60
    costs = f"{billed / 60 * _RATE:.4f}"
    part = {
        "billed_duration_secs": billed,
        "call_part": "call-control",
        "cost": costs,
        "currency": "USD",
        "rate": f"{_RATE:.4f}",
    }
    return call(leg) | {
        "billed_duration_secs": billed,
        "billing_group_id": None,
        "cost_parts": [part],
        "occurred_at": world.date(world.clock.now()),
        "status": "success",
        "total_cost": costs,
    }


def _quality(leg: Leg) -> dict[str, Any] | None:
    if leg.answered_at is None or leg.ended_at is None:
        return None
    packets = str(int((leg.ended_at - leg.answered_at) * 50))
    inbound = {"mos": "4.50", "packet_count": packets, "skip_packet_count": "0"}
    jitter = {"jitter_max_variance": "2.74", "jitter_packet_count": "0"}
    outbound = {"packet_count": packets, "skip_packet_count": "0"}
    return {"inbound": inbound | jitter, "outbound": outbound}


def participant(each: Participant) -> dict[str, Any]:
    """Return the payload of conference.participant.joined and left.

    The client_state in it is the one of the conference's owner.
    """
    owner = each.conference.owner
    ids = {"conference_id": each.conference.id, "client_state": owner.client_state}
    return call(each.leg) | ids


def conference(world: World, room: Conference, about: Leg) -> dict[str, Any]:
    """Return the payload of conference.created, ended and floor.changed.

    about: the owner; for floor.changed, the new speaker.
    """
    return call(about) | {
        "client_state": room.owner.client_state,
        "conference_id": room.id,
        "occurred_at": world.date(world.clock.now()),
    }


def played(world: World, room: Conference) -> dict[str, Any]:
    """Return the payload of conference.speak.* and conference.playback.*, which name no call."""
    return {
        "conference_id": room.id,
        "connection_id": room.owner.connection_id,
        "creator_call_session_id": room.owner.call_session_id,
        "occurred_at": world.date(world.clock.now()),
    }


def typed(leg: Leg) -> dict[str, Any]:
    """Return the common fields of call.dtmf.received, gather.ended, hold and unhold."""
    return call(leg) | {"from": leg.from_, "to": leg.to}


def enqueued(world: World, queue: Queue, leg: Leg) -> dict[str, Any]:
    """Return the payload of call.enqueued."""
    return call(leg) | {
        "queue": queue.name,
        "current_position": queue.position(leg.call_control_id),
        "queue_avg_wait_time_secs": average_wait(world, queue),
    }


def dequeued(world: World, queue: Queue, leg: Leg, reason: str) -> dict[str, Any]:
    """Return the payload of call.dequeued. The call must still be in the queue."""
    return call(leg) | {
        "queue": queue.name,
        "queue_position": queue.position(leg.call_control_id),
        "reason": reason,
        "wait_time_secs": int(world.clock.now() - queue.places[leg.call_control_id].since),
    }


def average_wait(world: World, queue: Queue) -> int:
    """Return how long the calls in a queue have waited on average, in whole seconds."""
    waits = [world.clock.now() - place.since for place in queue.places.values()]
    return int(sum(waits) / len(waits)) if waits else 0


def recorded(world: World, recording: Recording) -> dict[str, Any]:
    """Return the payload of call.recording.saved or conference.recording.saved.

    As with Telnyx, the first has no call_control_id and the second no call_leg_id.
    """
    leg, room = recording.leg, recording.conference
    ids = call(leg)
    del ids["call_leg_id" if room else "call_control_id"]
    common = {
        "client_state": recording.client_state or leg.client_state,
        "channels": recording.channels,
        "recording_started_at": world.date(recording.started_at),
        "recording_ended_at": world.date(recording.ended_at or 0.0),
        "recording_urls": download(world, recording),
        "public_recording_urls": {},
    }
    named = {"conference_id": room.id, "recording_id": recording.id} if room else {}
    return ids | common | named | ({"format": recording.format} if room else {})


def download(world: World, recording: Recording) -> dict[str, str]:
    """Return a download address by format, valid for ten minutes. There is nothing to download."""
    file = f"{recording.file_name}-{int(world.unix(recording.started_at))}.{recording.format}"
    signed = f"X-Amz-Date={world.date(world.clock.now())}&X-Amz-Expires=600"
    return {recording.format: f"https://s3.amazonaws.com/telephony-recorder-prod/{file}?{signed}"}
