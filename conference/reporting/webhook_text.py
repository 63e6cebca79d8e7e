"""Describes a webhook's details as a log may show them: no keys, no whole number, no secret."""

from __future__ import annotations

import re

from conference.core.events import CAUSE_FIELDS, Webhook
from conference.reporting.public_view import mask_number

RECORDINGS = "/api/telnyx/recordings/"  # new links to a recording; Telnyx's last ten minutes
_KEYS_PRESSED = ("digit", "digits")
_IDS = ("recording_id", "call_leg_id")  # shown whole
_SECRET = re.compile(r"(?<=//)[^/?#]*@|[?#].*", re.DOTALL)  # password and query of an address
_NUMBER = re.compile(r"\+?\d{7,}", re.ASCII)


def webhook_text(event: Webhook) -> str:
    """Return the type, the cause and the details, such as `call.hangup, busy, hangup source x`."""
    parts = [event.type]
    if event.cause:
        parts.append(mask_numbers(event.cause))
    for name, value in event.details.items():
        if name not in CAUSE_FIELDS:
            parts.append(f"{name.replace('_', ' ')} {_shown(name, str(value))}")
    if recording := event.details.get("recording_id"):
        parts.append(f"fresh links: GET {RECORDINGS}{recording}")
    return ", ".join(parts)


def mask_numbers(text: str) -> str:
    """Return the text with the last four digits of each phone number."""
    return _NUMBER.sub(lambda number: mask_number(number[0]), text)


def _shown(name: str, value: str) -> str:
    if name in _KEYS_PRESSED:
        return "***"
    if name in _IDS:
        return value
    return mask_numbers(_SECRET.sub("", value) if name == "media_url" else value)
