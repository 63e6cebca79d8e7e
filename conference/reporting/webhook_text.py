"""Describes a webhook's details as a log may show them: no keys, no whole number, no secret."""

from __future__ import annotations

from conference.core.events import CAUSE_FIELDS, Webhook
from conference.core.webhook_fields import DETAILS
from conference.masking import masked

RECORDINGS = "/api/telnyx/recordings/"  # new links to a recording; Telnyx's last ten minutes
KEYS_PRESSED = ("digit", "digits")
_IDS = ("recording_id", "call_leg_id")  # shown whole


def webhook_text(event: Webhook) -> str:
    """Return the type, the cause and the details, such as `call.hangup, busy, hangup source x`."""
    parts = [event.type]
    if event.cause:
        parts.append(masked(event.cause))
    for path in DETAILS.get(event.type, ()):
        name = path.rpartition(".")[2]
        if name in event.details and name not in CAUSE_FIELDS:
            value = event.details[name]
            parts.append(f"{name.replace('_', ' ')} {_shown(name, value)}")
    if recording := event.details.get("recording_id"):
        parts.append(f"fresh links: GET {RECORDINGS}{recording}")
    return ", ".join(parts)


def _shown(name: str, value: str | int) -> str:
    if name in KEYS_PRESSED:
        return "***"
    if name in _IDS or isinstance(value, int):
        return str(value)
    return masked(value)
