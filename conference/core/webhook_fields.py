"""Read the fields that matter from a webhook's payload, checked and within bounds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from conference.core.human_text import is_readable

Details = Mapping[str, str | int]

_LONGEST = 512  # characters of an id, number, cause or detail; longer ones count as absent
_LONGEST_ADDRESS = 2048  # of played media: links to private files are long
_MOST = 10**9  # the bound of a number; larger ones count as absent
_UTC = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|\+00:00)", re.ASCII)
_PRESSED = re.compile(r"[0-9A-D*#]{0,128}", re.ASCII)

_MEDIA = ("media_url", "media_name")
_PLAYED = (*_MEDIA, "status", "status_detail")
_RECORDED = ("recording_id", "channels", "format")

DETAILS: Mapping[str, tuple[str, ...]] = {
    "call.initiated": (),
    "call.answered": (),
    "call.hangup": ("hangup_cause", "hangup_source"),
    "call.bridged": (),
    "call.hold": (),
    "call.unhold": (),
    "call.dtmf.received": ("digit",),
    "call.gather.ended": ("status", "digits", "gather_id"),
    "call.speak.started": (),
    "call.speak.ended": ("status",),
    "call.playback.started": _MEDIA,
    "call.playback.ended": _PLAYED,
    # Some webhooks name no recording: Telnyx's list of recordings can be filtered by this id.
    "call.recording.saved": (*_RECORDED, "call_leg_id"),
    "call.recording.error": ("reason",),
    "call.machine.detection.ended": ("result",),
    "call.machine.greeting.ended": ("result",),
    "call.machine.premium.detection.ended": ("result",),
    "call.machine.premium.greeting.ended": ("result",),
    "call.enqueued": ("queue", "current_position", "queue_avg_wait_time_secs"),
    "call.dequeued": ("queue", "queue_position", "reason", "wait_time_secs"),
    "call.cost": ("status", "total_cost", "cost_parts.currency", "billed_duration_secs"),
    "conference.created": (),
    "conference.ended": ("reason",),
    "conference.floor.changed": (),
    "conference.participant.joined": (),
    "conference.participant.left": (),
    "conference.participant.speak.started": (),
    "conference.participant.speak.ended": (),
    "conference.participant.playback.started": _MEDIA,
    "conference.participant.playback.ended": _PLAYED,
    "conference.speak.started": (),
    "conference.speak.ended": (),
    "conference.playback.started": _MEDIA,
    "conference.playback.ended": _PLAYED,
    "conference.recording.saved": _RECORDED,
}
"""Every event of a call or conference that is shown, with the payload's fields that matter.
`list.field` is that field of the first object in the list."""

_NUMBERS = {
    *("current_position", "queue_position", "queue_avg_wait_time_secs", "wait_time_secs"),
    "billed_duration_secs",
}
_KEYS = {"digit", "digits"}


def details(event_type: str, payload: Mapping[str, Any]) -> Details:
    """Return the fields that matter for this event, by Telnyx's names. Missing ones and those of
    another type are left out."""
    found = {}
    for path in DETAILS.get(event_type, ()):
        outer, _, name = path.rpartition(".")
        value = _detail(_first(payload.get(outer)) if outer else payload, name)
        if value is not None:
            found[name] = value
    return found


def text(fields: Mapping[str, Any], name: str, longest: int = _LONGEST) -> str:
    """Return the field if it is readable text; "" for anything else."""
    value = fields.get(name)
    if isinstance(value, str) and len(value) <= longest and is_readable(value):
        return value if value.strip(".") else ""  # "." and ".." would change a path
    return ""


def sortable(value: object) -> str:
    """Return Telnyx's time as text that sorts; "" for anything else."""
    match = _UTC.fullmatch(value) if isinstance(value, str) else None
    return f"{match[1]}.{(match[2] or ''):0<6}"[:26] if match else ""


def _detail(fields: Mapping[str, Any], name: str) -> str | int | None:
    value = fields.get(name)
    if name in _NUMBERS:
        return value if type(value) is int and 0 <= value < _MOST else None
    if name in _KEYS:
        return value if isinstance(value, str) and _PRESSED.fullmatch(value) else None
    return text(fields, name, _LONGEST_ADDRESS if name == "media_url" else _LONGEST) or None


def _first(value: object) -> Mapping[str, Any]:
    first = value[0] if isinstance(value, list) and value else None
    return first if isinstance(first, dict) else {}
