"""The rows and pages of Telnyx's answers, with exactly the fields of its description (2026-07)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from .errors import refused
from .parties import Conference, Leg, Participant
from .world import World

PAGE = "20"  # rows, unless asked otherwise

Query = Mapping[str, str]


def active_call(world: World, leg: Leg) -> dict[str, Any]:
    return {
        "record_type": "call",
        "call_control_id": leg.call_control_id,
        "call_leg_id": leg.call_leg_id,
        "call_session_id": leg.call_session_id,
        "client_state": leg.client_state,
        "call_duration": _duration(world, leg),
    }


def _duration(world: World, leg: Leg) -> int:
    """Whole seconds since it was answered."""
    if leg.answered_at is None:
        return 0
    until = world.clock.now() if leg.ended_at is None else leg.ended_at
    return int(until - leg.answered_at)


def call(world: World, leg: Leg) -> dict[str, Any]:
    row = active_call(world, leg) | {
        "is_alive": leg.state != "ended",
        "start_time": world.date(leg.started_at),
    }
    if leg.ended_at is not None:
        row["end_time"] = world.date(leg.ended_at)
    return row


def conference(world: World, room: Conference) -> dict[str, Any]:
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
    return {
        "record_type": "participant",
        "id": each.id,
        "call_control_id": each.leg.call_control_id,
        "call_leg_id": each.leg.call_leg_id,
        "conference": {"id": each.conference.id, "name": each.conference.name},
        "status": each.status,
        "muted": each.muted,
        "on_hold": each.on_hold,
        "whisper_call_control_ids": [],
        "end_conference_on_exit": each.end_on_exit,
        "soft_end_conference_on_exit": each.soft_end_on_exit,
        "created_at": world.date(each.created_at),
        "updated_at": world.date(each.updated_at),
    }


def application(world: World) -> dict[str, Any]:
    """A good one, with the fields that the account has otherwise."""
    return {
        "record_type": "call_control_application",
        "id": world.connection_id,
        "application_name": "conference line",
        "active": True,
        "anchorsite_override": "Latency",
        "call_cost_in_webhooks": False,
        "dtmf_type": "RFC 2833",
        "first_command_timeout": False,
        "first_command_timeout_secs": 30,
        "inbound": {"channel_limit": None, "sip_subdomain": None},
        "outbound": {"channel_limit": None, "outbound_voice_profile_id": None},
        "redact_dtmf_debug_logging": False,
        "tags": [],
        "webhook_api_version": "2",
        "webhook_event_url": world.account.webhook_url(),
        "webhook_event_failover_url": "",
        "webhook_timeout_secs": None,
        "created_at": world.date(0),
        "updated_at": world.date(0),
        **world.account.application,
    }


def phone_number(world: World) -> dict[str, Any]:
    """Likewise. Its fields are those of Telnyx's Python SDK (4.189.0)."""
    return {
        "record_type": "phone_number",
        "id": "1293384261075731461",
        "phone_number": world.number,
        "phone_number_type": "local",
        "country_iso_alpha2": "US",
        "status": "active",
        "connection_id": world.connection_id,
        "connection_name": "conference line",
        "deletion_lock_enabled": False,
        "tags": [],
        "created_at": world.date(0),
        "purchased_at": world.date(0),
        "updated_at": world.date(0),
        **world.account.number,
    }


def numbered(rows: Sequence[dict[str, Any]], query: Query) -> dict[str, Any]:
    """The page that page[number] and page[size] ask for, and its meta."""
    size = int(query.get("page[size]", PAGE))
    number = int(query.get("page[number]", "1"))
    meta = {
        "page_number": number,
        "page_size": size,
        "total_pages": -(-len(rows) // size),
        "total_results": len(rows),
    }
    return {"data": list(rows[(number - 1) * size : number * size]), "meta": meta}


def by_cursor(
    rows: Sequence[tuple[int, dict[str, Any]]], query: Query, path: str
) -> dict[str, Any]:
    """The page that page[limit] and page[after] ask for, and its meta.

    rows: (position, row) in ascending order; a position never changes, so that rows which go
    between two requests do not shift the pages. path: where the next page is to be asked for.
    """
    limit = int(query.get("page[limit]", PAGE))
    after = _position(query["page[after]"]) if query.get("page[after]") else -1
    rest = [(position, row) for position, row in rows if position > after]
    page, more = rest[:limit], len(rest) > limit
    cursor = _cursor(page[-1][0]) if more else None
    address = f"{path}?page[after]={quote(cursor)}&page[limit]={limit}" if cursor else None
    meta = {
        "cursors": {"after": cursor, "before": None},
        "next": address,
        "previous": None,
        "total_items": len(rows),
    }
    return {"data": [row for _, row in page], "meta": meta}


def _cursor(position: int) -> str:
    return "v1:" + base64.b64encode(b"after %d" % position).decode()


def _position(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor.removeprefix("v1:"), validate=True)[len(b"after ") :])
    except (binascii.Error, ValueError) as error:
        raise refused("cursor", "page[after]") from error
