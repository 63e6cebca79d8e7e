"""The payloads of the webhooks, with the fields of Telnyx's API description (2026-07)."""

from __future__ import annotations

from typing import Any

from .parties import Conference, Leg, Participant
from .world import World

_SIP = {  # the SIP answers that go with the hangup causes
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
    """What every webhook about a call has."""
    return {
        "call_control_id": leg.call_control_id,
        "call_leg_id": leg.call_leg_id,
        "call_session_id": leg.call_session_id,
        "client_state": leg.client_state,
        "connection_id": leg.connection_id,
    }


def initiated(leg: Leg) -> dict[str, Any]:
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
    """It has no direction: so it is."""
    start = world.date(leg.started_at)
    return call(leg) | {"from": leg.from_, "to": leg.to, "state": "answered", "start_time": start}


def hangup(world: World, leg: Leg) -> dict[str, Any]:
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


def _quality(leg: Leg) -> dict[str, Any] | None:
    if leg.answered_at is None or leg.ended_at is None:
        return None
    packets = str(int((leg.ended_at - leg.answered_at) * 50))
    inbound = {"mos": "4.50", "packet_count": packets, "skip_packet_count": "0"}
    jitter = {"jitter_max_variance": "2.74", "jitter_packet_count": "0"}
    outbound = {"packet_count": packets, "skip_packet_count": "0"}
    return {"inbound": inbound | jitter, "outbound": outbound}


def participant(each: Participant) -> dict[str, Any]:
    """For conference.participant.joined and left. The client_state is the conference owner's."""
    owner = each.conference.owner
    ids = {"conference_id": each.conference.id, "client_state": owner.client_state}
    return call(each.leg) | ids


def conference(world: World, room: Conference, about: Leg) -> dict[str, Any]:
    """For conference.created and ended (about the owner) and floor.changed (the new speaker)."""
    return call(about) | {
        "client_state": room.owner.client_state,
        "conference_id": room.id,
        "occurred_at": world.date(world.clock.now()),
    }


def spoken(world: World, room: Conference) -> dict[str, Any]:
    """For conference.speak.started and ended: they name no call."""
    return {
        "conference_id": room.id,
        "connection_id": room.owner.connection_id,
        "creator_call_session_id": room.owner.call_session_id,
        "occurred_at": world.date(world.clock.now()),
    }
