"""Rows of TeXML's answers, with exactly the fields of Telnyx's API description (2026-07)."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from typing import Any

from ..network.parties import Conference, Leg, Participant, Recording
from ..network.world import World
from ..webhooks import events
from . import callbacks

VERSION = "v2/texml"
_REASONS = {
    "host_left": "participant-with-end-conference-on-exit-left",
    "all_left": "last-participant-left",
    "ended_via_api": "conference-ended-via-api",
    "time_exceeded": "time-exceeded",
}


def date(world: World, at: float) -> str:
    """Return a simulated time by RFC 2822."""
    return format_datetime(world.moment(at))


def uri(world: World, *parts: str) -> str:
    """Return the address of something of the account, without the host."""
    return "/".join([f"/{VERSION}/Accounts/{world.texml.account_sid}", *parts]) + ".json"


def conference(world: World, room: Conference) -> dict[str, Any]:
    """Return a conference."""
    ended_by = room.ended_by
    parts = ("Conferences", room.id)
    return {
        "account_sid": world.texml.account_sid,
        "api_version": VERSION,
        "call_sid_ending_conference": ended_by.call_control_id if ended_by else None,
        "date_created": date(world, room.created_at),
        "date_updated": date(world, room.updated_at),
        "friendly_name": room.name,
        "reason_conference_ended": _REASONS.get(room.end_reason or ""),
        "region": room.region,
        "sid": room.id,
        "status": room.status.replace("_", "-"),
        "subresource_uris": {
            "participants": uri(world, *parts, "Participants"),
            "recordings": uri(world, *parts, "Recordings"),
        },
        "uri": uri(world, *parts),
    }


def participant(world: World, stay: Participant) -> dict[str, Any]:
    """Return a participant."""
    coached = stay.whispers_to[0] if stay.whispers_to else None
    return new_participant(world, stay.leg, stay.conference) | {
        "api_version": VERSION,
        "call_sid_legacy": stay.leg.call_control_id,
        "coaching": coached is not None,
        "coaching_call_sid": coached,
        "coaching_call_sid_legacy": coached,
        "date_created": date(world, stay.created_at),
        "date_updated": date(world, stay.updated_at),
        "end_conference_on_exit": stay.end_on_exit,
        "hold": stay.on_hold,
        "muted": stay.muted,
        "status": "connected",
    }


def connecting(world: World, leg: Leg, room: Conference) -> dict[str, Any]:
    """Return a participant that has been dialled and has not answered."""
    return new_participant(world, leg, room) | {
        "api_version": VERSION,
        "call_sid_legacy": leg.call_control_id,
        "coaching_call_sid_legacy": None,
        "date_created": date(world, leg.started_at),
        "date_updated": date(world, leg.started_at),
    }


def new_participant(world: World, leg: Leg, room: Conference | None) -> dict[str, Any]:
    """Return a participant as in the answer to dialling. room: None if it does not exist yet."""
    noun = leg.texml.noun if leg.texml else None
    name = room.id if room else noun.name if noun else ""
    return {
        "account_sid": world.texml.account_sid,
        "call_sid": leg.call_control_id,
        "coaching": False,
        "coaching_call_sid": None,
        "conference_sid": room.id if room else None,
        "end_conference_on_exit": bool(noun and noun.end_conference_on_exit),
        "hold": False,
        "muted": bool(noun and noun.muted),
        "status": "connecting",
        "uri": uri(world, "Conferences", name, "Participants", leg.call_control_id),
    }


def call(world: World, leg: Leg) -> dict[str, Any]:
    """Return a call."""
    until = world.clock.now() if leg.ended_at is None else leg.ended_at
    talked = until - leg.answered_at if leg.answered_at is not None else 0
    changes = (leg.ended_at, leg.answered_at, leg.started_at)
    return {
        "account_sid": world.texml.account_sid,
        "answered_by": None,
        "caller_name": leg.from_,
        "date_created": date(world, leg.started_at),
        "date_updated": date(world, next(at for at in changes if at is not None)),
        "direction": "inbound" if leg.direction == "incoming" else "outbound",
        "duration": str(int(talked)),
        "end_time": None if leg.ended_at is None else date(world, leg.ended_at),
        "from": leg.from_,
        "from_formatted": leg.from_,
        "price": None,
        "price_unit": None,
        "sid": leg.call_control_id,
        "start_time": date(world, leg.started_at),
        "status": callbacks.status(leg),
        "to": leg.to,
        "to_formatted": leg.to,
        "uri": uri(world, "Calls", leg.call_control_id),
    }


def conference_recording(world: World, each: Recording) -> dict[str, Any]:
    """Return a recording as in the list of a conference's recordings."""
    (url,) = events.download(world, each).values()
    return {
        "account_sid": world.texml.account_sid,
        "call_sid": each.leg.call_control_id,
        "channels": 2 if each.channels == "dual" else 1,
        "conference_sid": each.conference.id if each.conference else None,
        "date_created": date(world, each.started_at),
        "date_updated": date(world, each.saved_at or each.ended_at or each.started_at),
        "duration": int(each.lasted),
        "error_code": None,
        "media_url": url,
        "sid": each.id,
        "source": "Conference",
        "start_time": date(world, each.started_at),
        "status": "completed" if each.saved_at is not None else "processing",
        "subresource_uris": {"transcriptions": None},
        "uri": uri(world, "Recordings", each.id),
    }


def recording(world: World, each: Recording) -> dict[str, Any]:
    """Return a recording as in the account's list and by itself: names and dates differ."""
    row = conference_recording(world, each)
    row["subresources_uris"] = row.pop("subresource_uris")
    row["duration"] = str(row["duration"])
    for name, at in (
        ("date_created", each.started_at),
        ("date_updated", each.saved_at or each.ended_at or each.started_at),
        ("start_time", each.started_at),
    ):
        row[name] = iso(world, at)
    row["status"] = "completed" if each.saved_at is not None else "in-progress"
    return row


def iso(world: World, at: float) -> str:
    """Return a simulated time as ISO 8601, to the second, as in the description's examples."""
    moment = world.moment(at)
    moment -= timedelta(microseconds=moment.microsecond)
    return moment.isoformat().replace("+00:00", "Z")
