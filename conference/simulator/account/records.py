"""Records of the account, with the fields and defaults of Telnyx's description (2026-07).

The fields of numbers and outbound voice profiles are those of Telnyx's Python SDK (4.189.0).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Record = dict[str, Any]
Fields = Mapping[str, Any]


def application(id: str, date: str, fields: Fields) -> Record:
    """Return a Call Control application. fields: those that differ from the defaults."""
    given = _common(id, date) | {
        "record_type": "call_control_application",
        "application_name": "",
        "redact_dtmf_debug_logging": False,
        "webhook_api_version": "1",
        "webhook_event_url": None,
        "webhook_event_failover_url": "",
        "webhook_timeout_secs": None,
    }
    return merged(given, fields)


def texml_application(id: str, date: str, fields: Fields) -> Record:
    """Return a TeXML application. fields: those that differ from the defaults."""
    given = _common(id, date) | {
        "record_type": "texml_application",
        "friendly_name": "",
        "status_callback": None,
        "status_callback_method": "post",
        "voice_fallback_url": None,
        "voice_method": "post",
        "voice_url": None,
    }
    return merged(given, fields)


def _common(id: str, date: str) -> Record:
    return {
        "id": id,
        "active": True,
        "anchorsite_override": "Latency",
        "call_cost_in_webhooks": False,
        "dtmf_type": "RFC 2833",
        "first_command_timeout": False,
        "first_command_timeout_secs": 30,
        "inbound": {
            "channel_limit": None,
            "shaken_stir_enabled": False,
            "sip_subdomain": None,
            "sip_subdomain_receive_settings": "from_anyone",
        },
        "outbound": {"channel_limit": None, "outbound_voice_profile_id": None},
        "tags": [],
        "created_at": date,
        "updated_at": date,
    }


def number(id: str, date: str, phone_number: str) -> Record:
    """Return a bought number that is on no application."""
    return {
        "record_type": "phone_number",
        "id": id,
        "phone_number": phone_number,
        "phone_number_type": "local",
        "country_iso_alpha2": "US" if phone_number.startswith("+1") else None,
        "status": "active",
        "connection_id": None,
        "connection_name": None,
        "customer_reference": None,
        "billing_group_id": None,
        "deletion_lock_enabled": False,
        "external_pin": None,
        "hd_voice_enabled": False,
        "tags": [],
        "created_at": date,
        "purchased_at": date,
        "updated_at": date,
    }


def profile(id: str, date: str, fields: Fields) -> Record:
    """Return an outbound voice profile. fields: those that differ from the defaults."""
    given = {
        "record_type": "outbound_voice_profile",
        "id": id,
        "name": "",
        "traffic_type": "conversational",
        "service_plan": "global",
        "usage_payment_method": "rate-deck",
        "enabled": True,
        "concurrent_call_limit": None,
        "max_destination_rate": None,
        "daily_spend_limit": None,
        "daily_spend_limit_enabled": False,
        "whitelisted_destinations": ["US", "CA"],
        "billing_group_id": None,
        "tags": [],
        "created_at": date,
        "updated_at": date,
    }
    return merged(given, fields)


def merged(record: Fields, fields: Fields) -> Record:
    """Return the record with these fields; a field that is an object keeps its other members."""
    new = dict(record)
    for name, value in fields.items():
        old = new.get(name)
        if isinstance(old, dict) and isinstance(value, dict):
            value = {**old, **value}
        new[name] = value
    return new
